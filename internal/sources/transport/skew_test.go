package transport

import (
	"net/http"
	"testing"
	"time"
)

// What the Dates of answers say of a clock that is so far ahead of ours, by answers that take so long.
func TestSkew(t *testing.T) {
	start := time.Date(2026, 11, 22, 10, 0, 0, 300e6, time.UTC)
	type answer struct {
		at, took time.Duration // when it was asked, and how long it took: the server answers in the middle
		ahead    time.Duration
		status   int
		age      string
		none     bool
	}
	even := func(ahead, took time.Duration) (all []answer) {
		for i := range 12 {
			all = append(all, answer{at: time.Duration(i) * 1370 * time.Millisecond, took: took, ahead: ahead})
		}
		return all
	}
	for name, c := range map[string]struct {
		answers  []answer
		from, to time.Duration
	}{
		"nothing seen":             {nil, 0, 0},
		"together":                 {even(0, 20*time.Millisecond), 0, 0},
		"together, slow answers":   {even(0, 9*time.Second), 0, 0},
		"ahead":                    {even(90*time.Second, 20*time.Millisecond), 89800 * time.Millisecond, 90 * time.Second},
		"behind":                   {even(-90*time.Second, 20*time.Millisecond), -90 * time.Second, -89800 * time.Millisecond},
		"ahead, slow answers":      {even(90*time.Second, 4*time.Second), 87 * time.Second, 90 * time.Second},
		"a little ahead":           {even(1500*time.Millisecond, 20*time.Millisecond), 1300 * time.Millisecond, 1500 * time.Millisecond},
		"set while we look":        {append(even(90*time.Second, 0), answer{at: time.Hour}, answer{at: time.Hour + 1300*time.Millisecond}), 0, 0},
		"our own clock was put on": {append(even(0, 0), answer{at: time.Hour, ahead: -time.Hour}), -time.Hour, -time.Hour + time.Second},
		"no date":                  {[]answer{{none: true, ahead: time.Hour}}, 0, 0},
		"from a cache":             {[]answer{{age: "40", ahead: -40 * time.Second}}, 0, 0},
		"fresh through a cache":    {[]answer{{age: "0", ahead: -40 * time.Second}}, -40 * time.Second, -39 * time.Second},
		"a gateway's own page":     {[]answer{{status: 502, ahead: time.Hour}, {status: 503, ahead: time.Hour}, {status: 504, ahead: time.Hour}, {status: 407, ahead: time.Hour}}, 0, 0},
		"a refusal":                {[]answer{{status: 403, ahead: time.Hour}}, time.Hour - time.Second, time.Hour},
	} {
		var k Skew
		for _, a := range c.answers {
			asked := start.Add(a.at)
			resp := &http.Response{StatusCode: max(a.status, 200), Header: http.Header{}}
			if !a.none {
				resp.Header.Set("Date", asked.Add(a.took/2+a.ahead).UTC().Format(http.TimeFormat))
			}
			if a.age != "" {
				resp.Header.Set("Age", a.age)
			}
			k.Saw(resp, asked, asked.Add(a.took))
		}
		if got := k.Least(); got < c.from || got > c.to {
			t.Errorf("%s: %v, not %v to %v", name, got, c.from, c.to)
		}
	}
}
