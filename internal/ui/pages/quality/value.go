package quality

import (
	"strconv"
	"time"
)

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
