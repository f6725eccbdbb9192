package loki

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/grafana/loki/v3/pkg/logcli/client"
	"github.com/grafana/loki/v3/pkg/loghttp"

	"dsotop/internal/platform"
	"dsotop/internal/secret"
)

const (
	errorWindow = 15 * time.Minute
	errorLimit  = 20
	longestText = 4 << 10 // bytes of one line; the page of logs has them whole
)

// errorLines finds lines of a level that needs somebody, in the formats the platform asks for: words anywhere, and the numeric
// levels of GELF (3 is error, less is worse).
const errorLines = "|~ `(?i)error|fatal|exception|\"level\": ?[0-3]\\b`"

// errors reads the newest error lines of a namespace, newest first. Namespaces come from our own decoding or from clusters; the
// caller has checked that this one is a name.
func (s *Source) errors(ctx context.Context, tenant, namespace string, now time.Time) ([]platform.LogLine, error) {
	var lines []platform.LogLine
	err := s.ask(ctx, tenant, func(c client.Client) error {
		// The direction is a protobuf enum of a package that is not to be imported: zero is FORWARD, one BACKWARD.
		const backward = 1
		got, err := c.QueryRange(`{namespace="`+namespace+`"} `+errorLines, errorLimit, now.Add(-errorWindow), now, backward, 0, 0, true)
		if err != nil {
			return err
		}
		lines = mapLines(namespace, got)
		return nil
	})
	return lines, err
}

// mapLines makes log lines of an answer, newest first.
func mapLines(namespace string, got *loghttp.QueryResponse) []platform.LogLine {
	out := []platform.LogLine{}
	streams, ok := got.Data.Result.(loghttp.Streams)
	if !ok {
		return out
	}
	for _, stream := range streams {
		for _, e := range stream.Entries {
			label := func(names ...string) string {
				for _, name := range names {
					for _, v := range []string{stream.Labels[name], e.StructuredMetadata.Get(name)} {
						if v != "" {
							return cleanWord(v)
						}
					}
				}
				return ""
			}
			text := e.Line
			if len(text) > longestText {
				text = strings.ToValidUTF8(text[:longestText], "") + "…"
			}
			out = append(out, platform.LogLine{
				Namespace: namespace, Container: label("container"), Pod: label("pod"), At: e.Timestamp.UTC(),
				Level: cmp.Or(word(label("level", "detected_level", "severity")), level(text)), Text: secret.Scrub(platform.CleanLine(text)),
			})
		}
	}
	slices.SortStableFunc(out, func(a, b platform.LogLine) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Container, b.Container), cmp.Compare(a.Pod, b.Pod), cmp.Compare(a.Text, b.Text))
	})
	if len(out) > errorLimit {
		out = out[:errorLimit]
	}
	return out
}

func cleanWord(s string) string { return platform.CleanLine(s) }

// word brings a level as collectors write it to the few words of the house; "" when it says nothing.
func word(s string) string {
	switch strings.ToLower(s) {
	case "fatal", "critical", "crit", "emerg", "emergency", "alert", "panic", "error", "err", "0", "1", "2", "3":
		return "error"
	case "warn", "warning", "4":
		return "warn"
	case "info", "information", "notice", "5", "6":
		return "info"
	case "debug", "trace", "7":
		return "debug"
	}
	return ""
}

// levelField finds the level that a structured line gives itself: JSON, GELF and logfmt.
var levelField = regexp.MustCompile(`(?i)(?:"(?:level|severity|lvl)"\s*:\s*"?|\blevel=|\blvl=)([a-z0-9]+)`) //nolint:gochecknoglobals // compiled once, never changed

// level detects the level of a line; one without any is here because it speaks of an error.
func level(text string) string {
	if m := levelField.FindStringSubmatch(text); m != nil {
		if w := word(m[1]); w != "" {
			return w
		}
	}
	return "error"
}
