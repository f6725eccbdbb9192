package pipelines

import (
	"dsotop/internal/platform"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// stage is one stage of a pipeline: its jobs, and what they come to together.
type stage struct {
	name string
	jobs []platform.Job
	mark cells.Mark
}

// stagesOf groups jobs, which are in stage order.
func stagesOf(g *style.Glyphs, jobs []platform.Job) []stage {
	var out []stage
	for _, j := range jobs {
		if n := len(out); n == 0 || out[n-1].name != j.Stage {
			out = append(out, stage{name: j.Stage})
		}
		s := &out[len(out)-1]
		s.jobs = append(s.jobs, j)
	}
	for i := range out {
		worst := -1
		for _, j := range out[i].jobs {
			if r := rankOf(j); r > worst {
				worst, out[i].mark = r, markOf(g, j)
			}
		}
	}
	return out
}

// rankOf orders jobs by what deserves the eye: of a stage the highest is shown.
func rankOf(j platform.Job) int {
	switch j.Status {
	case platform.PipelineFailed:
		if j.AllowFailure {
			return 4
		}
		return 7
	case platform.PipelineRunning:
		return 6
	case platform.PipelinePending, "preparing", "waiting_for_resource", "waiting_for_callback", "canceling":
		return 5
	case platform.PipelineManual, "scheduled":
		return 3
	case platform.PipelineSuccess:
		return 2
	case platform.PipelineCreated:
		return 1
	}
	return 0
}

// markOf is the sign of a job: an allowed failure is no failure, what waits does not move.
func markOf(g *style.Glyphs, j platform.Job) cells.Mark {
	switch {
	case j.Status == platform.PipelineFailed && j.AllowFailure:
		return cells.Mark{Role: style.Warn, Glyph: g.Warn}
	case j.Status == platform.PipelineCreated:
		return cells.Mark{Role: style.Faint, Glyph: g.Hollow}
	}
	return cells.Pipeline(g, j.Status)
}

// drawStages writes the stages as a line of signs. It says so when there are more than the room takes.
func drawStages(e *page.Env, pen *style.Pen, stages []stage) {
	for i, s := range stages {
		need := 1
		if i > 0 {
			need++
		}
		if pen.Left() < need || pen.Left() == need && i < len(stages)-1 {
			pen.Put(style.Faint, e.Glyphs.Ellipsis)
			return
		}
		if i > 0 {
			pen.Put(style.Border, e.Glyphs.HLine)
		}
		pen.Put(s.mark.Role, s.mark.Glyph)
	}
}
