package quality

import (
	"strconv"
	"strings"
	"time"

	"dsotop/internal/ui/page"
)

// Value writes a value of SonarQube as people read it: shares with their sign, ratings as letters, numbers in the language's form; what is
// no number stays as it is.
func Value(e *page.Env, metric, value string) string {
	v, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return value
	}
	switch {
	case strings.HasSuffix(metric, "_rating") && v >= 1 && v <= 5:
		return string(rune('A' + int(v) - 1))
	case strings.HasSuffix(metric, "sqale_index"), strings.HasSuffix(metric, "technical_debt"), strings.HasSuffix(metric, "_remediation_effort"): // minutes of work
		return e.Words.Lasted(time.Duration(v * float64(time.Minute)))
	case strings.HasSuffix(metric, "coverage"), strings.HasSuffix(metric, "_ratio"), strings.HasSuffix(metric, "_density"), strings.HasSuffix(metric, "_reviewed"):
		return e.Words.Dec(v, 1) + e.Words.Form.Percent
	case v == float64(int(v)):
		return e.Words.Int(int(v))
	}
	return e.Words.Dec(v, 1)
}

// byNumber orders values, what deserves the eye first: the largest, or the smallest for what should be large. Unknown ones come last.
func byNumber(a, b string, small bool) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	switch {
	case errX != nil && errY != nil:
		return 0
	case errX != nil:
		return 1
	case errY != nil:
		return -1
	case x == y:
		return 0
	case (x < y) == small:
		return -1
	}
	return 1
}

func analysed(g gate) time.Time {
	if g.repo.Gate == nil {
		return time.Time{}
	}
	return g.repo.Gate.AnalysedAt
}
