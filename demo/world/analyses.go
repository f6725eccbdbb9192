package world

import (
	"math"
	"strconv"
	"time"
)

// pastAnalyses is how many analyses before the newest one a SonarQube project remembers, at most: those of the commits before.
const pastAnalyses = 24

// Analyses are what a repository's SonarQube project remembers, newest first: its gate, then what the analyses of the commits before said.
// It is nil for a repository that was never analysed.
func (w *World) Analyses(r *Repository) []*Gate {
	if r.Gate == nil {
		return nil
	}
	out := []*Gate{r.Gate}
	at := -1
	for i, c := range r.Git.Commits {
		if c.SHA == r.Gate.Revision {
			at = i
		}
	}
	now, _ := strconv.ParseFloat(r.Gate.Measures["coverage"], 64)
	for back := 1; back <= pastAnalyses && at-back >= 0; back++ {
		c := r.Git.Commits[at-back]
		h := hash64(uint64(w.opts.Seed), "past", r.Git.Path, c.SHA)
		coverage := now + float64(h%13)/10 - 0.6
		if now < 80 { // what fails now was better: the tests stayed behind
			coverage = math.Min(now+9.3*float64(back), 81+float64(h%30)/10)
		}
		status := "OK"
		if coverage < 80 {
			status = "ERROR"
		}
		g := newGate(uint64(w.opts.Seed), r, c, c.At.Add(4*time.Minute), status, math.Round(coverage*10)/10)
		g.Measures["ncloc"] = strconv.Itoa(max(lines(r.Gate)-back*(20+int(h>>8%60)), 100))
		out = append(out, g)
	}
	return out
}

func lines(g *Gate) int { n, _ := strconv.Atoi(g.Measures["ncloc"]); return n }
