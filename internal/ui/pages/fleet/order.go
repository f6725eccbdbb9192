package fleet

import (
	"cmp"
	"math"
	"time"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
)

func when(p *platform.Pipeline) time.Time {
	switch {
	case !p.FinishedAt.IsZero():
		return p.FinishedAt
	case !p.UpdatedAt.IsZero() && !p.Active():
		return p.UpdatedAt
	default:
		return p.CreatedAt
	}
}

func pipelineStatus(c fleet.PipelineCell) string {
	if c.Pipeline == nil {
		return ""
	}
	return c.Pipeline.Status
}

func pipelineRank(c fleet.PipelineCell) int {
	switch {
	case c.Pipeline == nil:
		return 0
	case c.Pipeline.Status == platform.PipelineFailed:
		return 3
	case c.Pipeline.Active():
		return 2
	default:
		return 1
	}
}

// comparePipelines puts failures first, then what runs, then the newest.
func comparePipelines(a, b fleet.PipelineCell) int {
	if n := cmp.Compare(pipelineRank(b), pipelineRank(a)); n != 0 || a.Pipeline == nil || b.Pipeline == nil {
		return n
	}
	return when(b.Pipeline).Compare(when(a.Pipeline))
}

func consoleRank(r *fleet.Row) int {
	switch r.Console.Status {
	case platform.ProjectFailed:
		return 4
	case platform.ProjectWarning:
		return 3
	case platform.ProjectInitializing:
		return 2
	case platform.ProjectCreated:
		return 1 + int(r.Console.Lag)
	default:
		return 0
	}
}

func gateRank(r *fleet.Row) int {
	if r.Gate.Gate == nil {
		return 0
	}
	switch r.Gate.Gate.Status {
	case platform.GateError:
		return 3
	case platform.GateWarn:
		return 2
	default:
		return 1
	}
}

func argoText(r *fleet.Row) string {
	if r.Argo.App == nil {
		return ""
	}
	if h := r.Argo.App.Health; h != platform.HealthHealthy && h != "" {
		return h
	}
	return r.Argo.App.Sync
}

// argoRank orders applications by how much they need somebody: health first, then drift.
func argoRank(r *fleet.Row) int {
	if r.Argo.App == nil {
		return 0
	}
	switch r.Argo.App.Health {
	case platform.HealthDegraded, platform.HealthMissing:
		return 5
	case platform.HealthProgressing:
		return 3
	case platform.HealthHealthy, "":
	default:
		return 2
	}
	if r.Argo.App.Sync == platform.SyncOutOfSync {
		return 4
	}
	return 1
}

// share orders unknown shares last.
func share(g fleet.GaugeCell) float64 {
	if v := g.Value(); !math.IsNaN(v) {
		return v
	}
	return -1
}
