package platform

import (
	"strconv"
	"time"
)

// ciFile is the CI file that the platform wants (its GitLab projects are set to it).
const ciFile = ".gitlab-ci-dso.yml"

// delivered are the steps 8 to 12: the factory.
func (b *board) delivered() {
	b.step(b.perRepository("mirror", FamPipelines, b.mirrored)...)
	b.step(b.perRepository("ci-file", FamGit, b.ciFile)...)
	b.step(b.perRepository("pipeline", FamPipelines, b.green)...)
	b.step(b.perRepository("quality", FamGates, b.analysed)...)
	b.step(b.scanned())
}

// perRepository makes one check for each repository that builds something. judge returns false for one that it does not concern.
func (b *board) perRepository(step string, f Family, judge func(*RepositoryFacts, *OnboardingCheck) bool) []OnboardingCheck {
	for _, need := range []Family{FamRepositories, f} {
		if c, missing := b.unread(step, need, OwnerTeam); missing {
			return []OnboardingCheck{c}
		}
	}
	var out []OnboardingCheck
	any := false
	for i := range b.d.Repositories {
		r := &b.d.Repositories[i]
		if !application(r) {
			continue
		}
		any = true
		c := OnboardingCheck{ID: step + "." + r.Name, State: StepTodo, Owner: OwnerTeam}
		if judge(r, &c) {
			out = append(out, c)
		}
	}
	switch {
	case len(out) > 0:
	case any:
		out = []OnboardingCheck{{ID: step, State: StepNA, Why: []Evidence{b.why(FamRepositories, "only_internal")}}}
	default:
		out = []OnboardingCheck{{ID: step, State: StepTodo, Owner: OwnerTeam, Why: []Evidence{b.why(FamRepositories, "no_repository")}}}
	}
	return out
}

// judgeRun reads a list of runs, newest first.
func (b *board) judgeRun(runs []Pipeline, c *OnboardingCheck) (last *Pipeline) {
	if len(runs) == 0 {
		c.Why = []Evidence{b.why(FamPipelines, "no_run")}
		return nil
	}
	succeeded := -1
	for i := range runs {
		if runs[i].Status == PipelineSuccess {
			succeeded = i
			break
		}
	}
	p := &runs[0]
	c.At = newest(newest(p.CreatedAt, p.UpdatedAt), p.FinishedAt)
	switch {
	case p.Active() && succeeded > 0 && b.settled:
		c.State = StepOK
	case p.Active():
		c.State = StepRunning
	case p.Status == PipelineSuccess:
		c.State = StepOK
	case p.Status == PipelineFailed:
		c.State = StepKO
	case p.Status == PipelineManual || p.Status == "scheduled":
		c.State = StepWaiting
	case succeeded > 0: // cancelled, skipped: what was before counts
		c.State = StepOK
	}
	if c.State == StepOK { // since the first of the successes that followed each other
		for i := range runs {
			if runs[i].Status == PipelineFailed {
				break
			}
			if runs[i].Status == PipelineSuccess {
				c.At = newest(runs[i].CreatedAt, runs[i].FinishedAt)
			}
		}
	}
	c.Why = []Evidence{b.why(FamPipelines, "run", "number", strconv.FormatInt(p.IID, 10), "status", p.Status, "source", p.Source)}
	if p.Source == "" {
		c.Why[0].Code = "run_untold"
	}
	if !p.FinishedAt.IsZero() {
		c.Why[0].At = p.FinishedAt
	}
	return p
}

func (b *board) mirrored(r *RepositoryFacts, c *OnboardingCheck) bool {
	if r.ExternalURL == "" {
		return false
	}
	if r.MirrorUntold {
		c.State, c.Why = StepUnknown, []Evidence{b.why(FamPipelines, "run_untold")}
		return true
	}
	last := b.judgeRun(r.Mirror, c)
	if r.Git != nil && r.Git.Empty && c.State == StepOK {
		c.State = StepKO
		c.Why = append(c.Why, b.why(FamGit, "target_empty"))
	}
	if last != nil {
		code := "by_hand"
		for i := range r.Mirror {
			if r.Mirror[i].Source == "trigger" && r.Mirror[i].Status == PipelineSuccess {
				code = "automated"
				break
			}
		}
		c.Why = append(c.Why, b.why(FamPipelines, code))
	}
	return true
}

func (b *board) ciFile(r *RepositoryFacts, c *OnboardingCheck) bool {
	switch {
	case r.Git == nil:
		c.Why = []Evidence{b.why(FamGit, "not_in_gitlab")}
	case r.Git.Empty:
		c.Why = []Evidence{b.why(FamGit, "target_empty")}
	case r.Git.CIConfigPath != ciFile && r.Git.CIConfigPath != "":
		c.State, c.Owner = StepKO, OwnerAdmins // the console sets it
		c.Why = []Evidence{b.why(FamGit, "ci_path", "path", r.Git.CIConfigPath)}
	case len(r.Pipelines) > 0: // GitLab makes no pipeline without the file
		c.State = StepOK
		first := r.Pipelines[len(r.Pipelines)-1]
		c.At = first.CreatedAt
		c.Why = []Evidence{b.why(FamPipelines, "ci_proved", "number", strconv.FormatInt(first.IID, 10))}
	default:
		c.Why = []Evidence{b.why(FamGit, "ci_unproved")}
	}
	return true
}

func (b *board) green(r *RepositoryFacts, c *OnboardingCheck) bool {
	if last := b.judgeRun(r.Pipelines, c); last != nil {
		if j, ok := last.FirstFailed(); ok {
			c.Why = append(c.Why, b.why(FamPipelines, "job_failed", "job", j.Name, "stage", j.Stage))
		}
	}
	return true
}

func (b *board) analysed(r *RepositoryFacts, c *OnboardingCheck) bool {
	g := r.Gate
	if g == nil || g.Status == "" || (g.Status == GateNone && g.AnalysedAt.IsZero()) {
		c.Why = []Evidence{b.why(FamGates, "never_analysed")}
		return true
	}
	c.At = g.AnalysedAt
	c.Why = []Evidence{b.why(FamGates, "gate", "status", g.Status, "revision", ShortSHA(g.Revision))}
	if !g.AnalysedAt.IsZero() {
		c.Why[0].At = g.AnalysedAt
	}
	switch g.Status {
	case GateOK, GateWarn:
		c.State = StepOK
	case GateError:
		c.State = StepKO
		for _, f := range g.Failing() {
			c.Why = append(c.Why, b.why(FamGates, "condition", "metric", f.Metric, "value", f.Value, "comparator", f.Sign(), "threshold", f.Threshold))
		}
	default:
		c.State = StepRunning
	}
	return true
}

// scanned wants an image, and a report of the newest one of each repository.
func (b *board) scanned() OnboardingCheck {
	const id = "images"
	if c, missing := b.unread(id, FamImages, OwnerTeam); missing {
		return c
	}
	c := OnboardingCheck{ID: id, State: StepTodo, Owner: OwnerTeam, Why: []Evidence{b.why(FamImages, "no_image")}}
	last := map[string]*Image{}
	var order []string
	first := time.Time{}
	for i := range b.d.Images {
		x := &b.d.Images[i]
		if first.IsZero() || (!x.PushedAt.IsZero() && x.PushedAt.Before(first)) {
			first = x.PushedAt
		}
		old, ok := last[x.Repository]
		if !ok {
			order = append(order, x.Repository)
		}
		if !ok || x.PushedAt.After(old.PushedAt) {
			last[x.Repository] = x
		}
	}
	if len(order) == 0 {
		return c
	}
	c.State, c.At, c.Why = StepOK, first, nil
	for _, name := range order {
		x := last[name]
		e := b.why(FamImages, "scan", "repository", name, "critical", strconv.Itoa(x.Scan.Critical), "high", strconv.Itoa(x.Scan.High))
		switch {
		case x.Scan.Known():
		case x.Scan.Status == "":
			e.Code = "not_scanned"
			c.State = StepRunning
		case x.Scan.Status == "Error" || x.Scan.Status == "Stopped":
			e.Code = "scan_failed"
			c.State = StepKO
		default:
			e.Code = "scanning"
			if c.State == StepOK && !b.settled {
				c.State = StepRunning
			}
		}
		if x.Signed {
			c.Why = append(c.Why, e, b.why(FamImages, "signed", "repository", name))
			continue
		}
		c.Why = append(c.Why, e)
	}
	return c
}
