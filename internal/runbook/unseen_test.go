package runbook

import (
	"testing"
	"time"

	"dsotop/internal/platform"
)

// What is not known decides no way: a check waits for its facts, asks a person when they do not come, and goes on as soon as they do.
func TestWhatIsUnknownDecidesNoWay(t *testing.T) {
	for _, c := range []struct {
		name    string
		comes   bool
		pending string
		at      string
	}{
		{"Harbor never tells", false, AskTrouble, "pull"},
		{"Harbor tells late", true, "", "registry"},
	} {
		w := newDouble()
		images := w.known.Dossier.Known[platform.FamImages]
		delete(w.known.Dossier.Known, platform.FamImages)
		run, err := Begin(Load().Book("RB-11"), w, selection(), nil, "anne", "test", false)
		if err != nil {
			t.Fatal(err)
		}
		m, err := NewMachine(run, w, nil)
		if err != nil {
			t.Fatal(err)
		}
		for range 200 {
			turn, err := m.Step(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if turn.State == Asking || run.At == c.at && run.At != "pull" {
				break
			}
			if turn.State == Waiting {
				if c.comes && w.now.Sub(run.Begun) > 10*time.Second {
					w.known.Dossier.Known[platform.FamImages] = images
				}
				w.now = turn.Look
			}
		}
		pending := ""
		if run.Pending != nil {
			pending = run.Pending.Kind
		}
		if run.At != c.at || pending != c.pending {
			t.Errorf("%s: at %s, %q\n%+v", c.name, run.At, pending, run.Records)
		}
	}
}
