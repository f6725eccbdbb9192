package logql

import (
	"regexp"
	"testing"
)

func TestLiteralsAreExpressionsAllTheSame(t *testing.T) {
	lines := []string{"", "a", "Refused", "x REFUSED y", "refuse", "a.b", "aXb", "\x1b[1m", "A\r", "échec", "ÉCHEC", "rrefused"}
	for _, expr := range []string{"refused", "(?i)refused", "Refused", `a\.b`, "a.b", "\x1b", "(?i)é", "é", "(?i)a", "^a$", "x|y"} {
		matches, err := matcher(expr)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range lines {
			if want := regexp.MustCompile(expr).MatchString(line); matches(line) != want {
				t.Errorf("%q in %q: %v", expr, line, !want)
			}
		}
	}
	if _, err := matcher("("); err == nil {
		t.Error("that is no expression")
	}
}
