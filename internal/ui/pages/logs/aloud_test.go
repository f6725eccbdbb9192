package logs_test

import (
	"bytes"
	"strings"
	"testing"

	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

// Who has the page read out is told how much there is over time: once, and again for another length of time.
func TestTheVolumeIsTold(t *testing.T) {
	s := open(t, &keeper{lines: story()}, "fr", 120, 40, "postgres")
	var out bytes.Buffer
	l := ui.NewLinear(s.Root, &out)
	l.Init()
	if n := strings.Count(out.String(), "Volume de "); n != 1 || !strings.Contains(out.String(), " erreurs") || !strings.Contains(out.String(), "le plus ") {
		t.Fatalf("told %d times:\n%s", n, out.String())
	}
	hears := func(key string) string {
		out.Reset()
		l.Update(uitest.Key(key))
		return out.String()
	}
	if said := hears("up"); strings.Contains(said, "Volume") {
		t.Errorf("told again:\n%s", said)
	}
	if said := hears("Z"); !strings.Contains(said, "Volume de ") {
		t.Errorf("not told after a zoom:\n%s", said)
	}
}
