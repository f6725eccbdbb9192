package loki

import (
	"strings"
	"testing"
	"time"

	"github.com/grafana/loki/v3/pkg/loghttp"

	"dsotop/internal/platform/hostile"
)

func TestLinesLoseTheirCredentials(t *testing.T) {
	for _, text := range []string{"error: cloning https://oauth2:cAn4ry-1@gitlab.example/a.git", "ERROR glpat-cAn4ryabcdefgh", `{"level":3,"msg":"failed","password":"cAn4ry-3"}`, "error Authorization: Bearer cAn4ry-4"} {
		answer := &loghttp.QueryResponse{Data: loghttp.QueryResponseData{Result: loghttp.Streams{{Entries: []loghttp.Entry{{Timestamp: time.Unix(1, 0), Line: text}}}}}}
		if got := mapLines("ns", answer); len(got) != 1 || strings.Contains(got[0].Text, "cAn4ry") {
			t.Errorf("%q gives %+v", text, got)
		}
	}
}

// FuzzHostile puts one text into every field of an answer: nothing of it may leave the mapping as a terminal would obey it.
func FuzzHostile(f *testing.F) {
	for _, text := range hostile.Texts() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		labels := loghttp.LabelSet{"container": text, "pod": text, "level": text, text: text}
		answer := &loghttp.QueryResponse{Data: loghttp.QueryResponseData{Result: loghttp.Streams{
			{Labels: labels, Entries: []loghttp.Entry{{Timestamp: time.Unix(1, 0), Line: text}, {Timestamp: time.Unix(2, 0), Line: `{"level":"` + text + `"}`}}},
		}}}
		for _, where := range hostile.Dirty(mapLines("ns", answer)) {
			t.Error(where)
		}
	})
}
