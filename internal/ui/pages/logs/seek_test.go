package logs_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

// A line that is not in memory is looked for in the history, by the search itself, and found with what led to it.
func TestTheSearchGoesOnInTheHistory(t *testing.T) {
	k := &keeper{lines: story()}
	at := uitest.Noon().Add(-4 * 24 * time.Hour).UnixNano()
	for i := range 3_000 { // too many to be held by themselves
		k.lines = append(k.lines, logs.Line{At: at + int64(i)*int64(time.Minute), Stream: stream("agenda-api"), Text: fmt.Sprintf("tour %d", i)})
	}
	k.lines = append(k.lines, logs.Line{At: at + int64(7*time.Minute), Stream: stream("agenda-api"), Text: "disque Saturé, voilà"})
	s := open(t, k, "fr", 120, 40, "postgres")
	s.Press("g", "/")
	s.Type("saturé")
	s.Press("enter", "N")
	wait(t, s, "disque Saturé", "tour 6", "tour 8")
	if asked := k.queries(); !strings.Contains(asked, "(?i)satur") {
		t.Errorf("the search was not sent:\n%s", asked)
	}
	s.Press("N")
	waitFor(t, s, "that nothing is left", nothingLeft("plus aucune ligne"))
}

// The error before the ones in memory is looked for in the history by the words that errors have, in one question a span of time; the
// frames of its trace are not taken for it.
func TestTheErrorBeforeIsAskedOfTheHistory(t *testing.T) {
	k := &keeper{lines: story()}
	at := uitest.Noon().Add(-4 * 24 * time.Hour).UnixNano()
	for i := range 3_000 {
		k.lines = append(k.lines, logs.Line{At: at + int64(i)*int64(time.Minute), Stream: stream("agenda-api"), Text: fmt.Sprintf("tour %d", i)})
	}
	for i, text := range []string{"2026-08-17 10:00:00,123 ERROR [main] f.g.Agenda - plus de place", "java.io.IOException: disque plein", "\tat f.g.Agenda.write(Agenda.java:12)"} {
		k.lines = append(k.lines, logs.Line{At: at + int64(7*time.Minute) + int64(i), Stream: stream("agenda-api"), Text: text})
	}
	s := open(t, k, "fr", 120, 40, "postgres")
	s.Press("g", "E")
	wait(t, s, "ERROR plus de place", "tour 6", "tour 8")
	if asked := k.queries(); !strings.Contains(asked, `"(?i)fatal" or`) {
		t.Errorf("the words of errors were not sent:\n%s", asked)
	}
}

// Of some lines only their collector says that they are errors; nearer than the one whose words say so, they are found first, in both
// directions.
func TestTheErrorBeforeMayBeOnlyTheCollectors(t *testing.T) {
	k := &keeper{lines: story()}
	at := uitest.Noon().Add(-4 * 24 * time.Hour).UnixNano()
	add := func(after time.Duration, text string, level logs.Level) {
		k.lines = append(k.lines, logs.Line{At: at + int64(after), Stream: stream("agenda-api"), Text: text, Level: level})
	}
	for i := range 3_000 {
		add(time.Duration(i)*time.Minute, fmt.Sprintf("tour %d", i), logs.LevelInfo)
	}
	add(7*time.Minute+1, "2026-08-17 10:00:00,123 ERROR [main] f.g.Agenda - plus de place", logs.LevelNone)
	add(9*time.Minute+1, "le disque ne répond plus", logs.LevelError)
	s := open(t, k, "fr", 120, 40, "postgres")
	s.Press("g", "E")
	wait(t, s, "▌17/11 14:16:20.000 api ✖ ERROR le disque ne répond plus", "tour 9")
	s.Press("E")
	wait(t, s, "▌17/11 14:14:20.000 api ✖ ERROR plus de place", "tour 7")
}

// The key for the next error may come before the lines of the time that one jumps to: it is kept until they are there.
func TestTheErrorIsLookedForWhereOneJumps(t *testing.T) {
	k := &keeper{lines: story()}
	at := uitest.Noon().Add(-4 * 24 * time.Hour).UnixNano()
	for i, text := range []string{"tour 1", "tour 2", "2026-08-17 10:00:00,123 ERROR [main] f.g.Agenda - plus de place", "tour 3"} {
		k.lines = append(k.lines, logs.Line{At: at + int64(i)*int64(time.Minute), Stream: stream("agenda-api"), Text: text})
	}
	s := open(t, k, "fr", 120, 40, "postgres")
	s.Press("J")
	s.Type("-96h")
	s.Press("enter", "e")
	wait(t, s, "▌17/11 14:09:20.000 api ✖ ERROR plus de place", "tour 3")
}

// Presets of numbers are asked of the history over what the page shows, and their answer is a list.
func TestNumbersArePresetsToo(t *testing.T) {
	k := &keeper{lines: story(), numbers: []logs.Series{
		{Labels: []logs.Label{{Name: "container", Value: "agenda-web"}}, Points: []logs.Point{{At: uitest.Noon().Add(-5 * time.Minute).UnixNano(), Value: 0.4}, {At: uitest.Noon().UnixNano(), Value: 1.25}}},
		{Labels: []logs.Label{{Name: "container", Value: "agenda-api"}}, Points: []logs.Point{{At: uitest.Noon().Add(-3 * time.Minute).UnixNano(), Value: 12}}},
	}}
	s := open(t, k, "fr", 120, 40, "postgres")
	s.Press("P")
	s.Shows("lignes par seconde et par conteneur", "conteneurs silencieux depuis 15 min", "métriques de cet espace, mêmes heures")
	s.Press("down", "down", "down", "down", "down", "down", "down", "enter")
	wait(t, s, "agenda-api", "1.2")
	s.Press("enter")
	wait(t, s, "trouvées seules")
	s.Hides("GET /sante")
}

// past is a live origin of which no container has an instance before the present one.
type past struct{ *keeper }

func (past) Name() string        { return "argocd/usu" }
func (past) Origin() logs.Origin { return logs.OriginArgo }
func (past) Lines(ctx context.Context, a logs.LiveAsk, sink func(logs.Batch) error) error {
	if a.Previous {
		return sink(logs.Batch{Notices: []logs.Notice{{Kind: logs.NoticeStart, At: uitest.Noon().UnixNano(), Count: -1, Origin: logs.OriginArgo, Source: "argocd/usu", Why: logs.WhyNoPrevious}}})
	}
	<-ctx.Done()
	return nil
}

func TestThereIsNoInstanceBefore(t *testing.T) {
	k := &keeper{lines: story()}
	s := openReach(t, logs.Reach{Tenant: "prod-x", History: k, Live: []logs.LiveOrigin{{Live: past{k}}}}, ui.Options{Lang: "fr", Width: 120, Height: 40}, "postgres")
	s.Press("p")
	wait(t, s, "aucun conteneur n'a d'instance avant la présente", "la même touche revient")
	s.Press("p")
	wait(t, s, "postgres")
}
