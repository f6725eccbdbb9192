package loki

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/grafana/loki/v3/pkg/logcli/client"

	"dsotop/internal/logs"
)

// usualSpan is the range of a question about labels that names none.
const usualSpan = 6 * time.Hour

func span(from, to int64) (time.Time, time.Time) {
	end := time.Unix(0, to)
	if to == 0 {
		end = time.Now()
	}
	if from == 0 {
		return end.Add(-usualSpan), end
	}
	return time.Unix(0, from), end
}

// Labels implements logs.History: the names of labels, sorted.
func (s *Source) Labels(ctx context.Context, tenant string, from, to int64) ([]string, error) {
	start, end := span(from, to)
	var out []string
	err := s.through(s.person(ctx, tenant), tenant, func(c client.Client) error {
		got, err := c.ListLabelNames(true, start, end)
		if err == nil {
			out = got.Data
		}
		return err
	})
	return words(slices.DeleteFunc(out, inner)), s.judge(err)
}

// Values implements logs.History: the values of a label, sorted. Loki narrows them by query since 2.9; the client has no parameter for it.
func (s *Source) Values(ctx context.Context, tenant, label, query string, from, to int64) ([]string, error) {
	start, end := span(from, to)
	w := s.person(ctx, tenant)
	if query != "" {
		w.query = url.Values{"query": {query}}
	}
	var out []string
	err := s.through(w, tenant, func(c client.Client) error {
		got, err := c.ListLabelValues(label, true, start, end)
		if err == nil {
			out = got.Data
		}
		return err
	})
	return words(out), s.judge(err)
}

// Series implements logs.History: the label sets of the streams that match, sorted by label within each.
func (s *Source) Series(ctx context.Context, tenant, matcher string, from, to int64) ([][]logs.Label, error) {
	start, end := span(from, to)
	var out [][]logs.Label
	err := s.through(s.person(ctx, tenant), tenant, func(c client.Client) error {
		var matchers []string
		if matcher != "" {
			matchers = []string{matcher}
		}
		got, err := c.Series(matchers, start, end, true)
		if err != nil {
			return err
		}
		for _, set := range got.Data {
			out = append(out, labelsOf(set))
		}
		return nil
	})
	return out, s.judge(err)
}

// labelsOf cleans and sorts a label set.
func labelsOf[K, V ~string](set map[K]V) []logs.Label {
	out := make([]logs.Label, 0, len(set))
	for name, value := range set {
		if inner(string(name)) {
			continue
		}
		out = append(out, logs.Label{Name: cleanWord(string(name)), Value: cleanWord(string(value))})
	}
	slices.SortFunc(out, func(a, b logs.Label) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func words(in []string) []string {
	out := make([]string, 0, len(in))
	for _, w := range in {
		out = append(out, cleanWord(w))
	}
	slices.Sort(out)
	return slices.Compact(out)
}
