package logs_test

import (
	"testing"
	"testing/fstest"

	"dsotop/internal/logs"
	"dsotop/internal/logs/format"
	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

// TestATeamsOwnFormatIsKnownOnThePage holds that what the command line knows of lines, the page knows.
func TestATeamsOwnFormatIsKnownOnThePage(t *testing.T) {
	team := fstest.MapFS{"payroll.yaml": {Data: []byte("name: payroll\ntitle: {fr: Paie, en: Payroll}\nengine: pattern\npatterns: ['PAY;<time:time>;<level:level>;<message>;<run:int>']\n" +
		"levels: {words: {error: [KO], info: [OK]}}\nsamples:\n  - text: PAY;2026-08-21T08:22:34Z;KO;transfer refused;12\n    level: error\n    message: transfer refused\n")}}
	read := 0
	formats := func() *format.Set {
		read++
		set, problems := format.Load(team)
		if len(problems) > 0 {
			t.Errorf("%v", problems)
		}
		return set
	}
	line := logs.Line{At: uitest.Noon().Add(-1e9).UnixNano(), Stream: stream("agenda-api"), Text: "PAY;2026-08-21T08:22:34Z;KO;transfer refused;12"}
	s := openWith(t, ui.Options{Lang: "en", Width: 120, Height: 40, Formats: formats}, &keeper{lines: []logs.Line{line}}, "transfer refused")
	s.Shows("ERROR transfer refused")
	if read != 1 {
		t.Errorf("formats were read %d times", read)
	}
}
