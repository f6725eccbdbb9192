package timeline

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/platform"
)

type builder struct {
	d   *platform.Dossier
	out []Entry
}

// add keeps an entry that has a time: what has none cannot be on an axis.
func (b *builder) add(e Entry) {
	if e.At.IsZero() {
		return
	}
	e.Key = string(e.Kind) + "|" + e.Code + "|" + e.Namespace + "|" + e.Repository + "|" + e.Name + "|" + e.SHA + "|" + strconv.FormatInt(e.At.UnixNano(), 36)
	b.out = append(b.out, e)
}

func (b *builder) repository(r *platform.RepositoryFacts) {
	pushed := map[string]bool{}
	for i := len(r.Pipelines) - 1; i >= 0; i-- { // oldest first: the first pipeline of a commit tells of its push
		p := &r.Pipelines[i]
		if p.Source == "push" && !pushed[p.SHA] {
			pushed[p.SHA] = true
			b.add(Entry{Kind: Push, Code: CodePushed, At: p.CreatedAt, Repository: r.Name, Name: p.Branch(), SHA: p.SHA, URL: p.URL})
		}
		b.pipeline(Pipeline, r.Name, p)
	}
	for i := range r.Mirror {
		b.pipeline(Mirror, r.Name, &r.Mirror[i])
	}
	if g := r.Git; g != nil && g.HeadSHA != "" && !pushed[g.HeadSHA] {
		b.add(Entry{Kind: Push, Code: CodeHead, At: g.HeadAt, Repository: r.Name, Name: g.DefaultBranch, SHA: g.HeadSHA, URL: g.URL})
	}
	if g := r.Gate; g != nil && g.Status != platform.GateNone && g.Status != "" {
		e := Entry{Kind: Gate, Code: CodePassed, Level: Good, At: g.AnalysedAt, Repository: r.Name, SHA: g.Revision, URL: g.URL}
		if g.Status != platform.GateOK {
			e.Code, e.Level = CodeNotPassed, Bad
			if g.Status == platform.GateWarn {
				e.Level = Warn
			}
			var why []string
			for _, c := range g.Failing() {
				why = append(why, c.Metric+" "+c.Value)
			}
			e.Text = strings.Join(why, ", ")
		}
		b.add(e)
	}
}

func (b *builder) pipeline(k Kind, repository string, p *platform.Pipeline) {
	e := Entry{Kind: k, At: p.FinishedAt, Begun: p.CreatedAt, Repository: repository, Name: "#" + strconv.FormatInt(p.IID, 10), SHA: p.SHA, URL: p.URL}
	if k == Mirror {
		e.SHA = "" // of the mirror's own repository, which says nothing about the mirrored one
	}
	switch p.Status {
	case platform.PipelineSuccess:
		e.Code, e.Level = CodeSucceeded, Good
	case platform.PipelineFailed:
		e.Code, e.Level = CodeFailed, Bad
		if j, ok := p.FirstFailed(); ok {
			e.Text = j.Stage + " / " + j.Name
		}
	case platform.PipelineCanceled:
		e.Code, e.Level = CodeCanceled, Warn
	default:
		e.Code, e.Text = CodeOther, p.Status
		if p.Active() {
			e.Code, e.Level, e.Text = CodeRunning, Running, ""
		}
	}
	if e.At.IsZero() {
		e.At, e.Begun = p.CreatedAt, time.Time{}
		if !p.Active() && !p.UpdatedAt.IsZero() {
			e.At, e.Begun = p.UpdatedAt, p.CreatedAt
		}
	}
	b.add(e)
}

// tagLater is how long after its artifact a tag must have been given to count as moved: a push writes both within seconds.
const tagLater = 2 * time.Minute

func (b *builder) image(im *platform.Image) {
	name := im.Repository
	if len(im.Tags) > 0 {
		name += ":" + im.Tags[0].Name
	}
	sha := ""
	for _, t := range im.Tags {
		if hexadecimal(t.Name) {
			sha = t.Name
		}
		if !im.PushedAt.IsZero() && t.PushedAt.Sub(im.PushedAt) > tagLater {
			b.add(Entry{Kind: Image, Code: CodeTagMoved, At: t.PushedAt, Repository: im.Repository, Name: im.Repository + ":" + t.Name, SHA: sha})
		}
	}
	e := Entry{Kind: Image, Code: CodeImagePushed, At: im.PushedAt, Repository: im.Repository, Name: name, SHA: sha}
	if s := im.Scan; s.Known() && s.Critical > 0 {
		e.Level, e.Text = Warn, "C"+strconv.Itoa(s.Critical)+" H"+strconv.Itoa(s.High)
	}
	b.add(e)
}

// hexadecimal reports whether a tag may be a commit: seven to forty digits of base 16, one of them a letter or all of a SHA.
func hexadecimal(tag string) bool {
	if len(tag) < 7 || len(tag) > 40 {
		return false
	}
	return strings.Trim(tag, "0123456789abcdef") == "" && (len(tag) == 40 || strings.ContainsAny(tag, "abcdef"))
}

func (b *builder) application(a *platform.Application, env *platform.EnvironmentFacts) {
	base := Entry{Kind: Deploy, Name: a.Name, Repository: a.RepositoryName, Environment: a.EnvironmentName, Namespace: a.DestNamespace, URL: a.URL}
	if env != nil {
		base.Environment, base.Namespace = env.Name, env.Namespace
	} else if base.Namespace != "" || base.Environment != "" {
		for i := range b.d.Environments {
			x := &b.d.Environments[i]
			if x.Namespace == a.DestNamespace || (a.DestNamespace == "" && x.Name == a.EnvironmentName) ||
				slices.ContainsFunc(x.Applications, func(other platform.Application) bool { return other.Key() == a.Key() }) { // what makes a namespace lies in another
				return // told with its environment
			}
		}
	}
	for _, h := range a.History {
		e := base
		e.Code, e.Level, e.At, e.SHA = CodeDeployed, Good, h.At, h.Revision
		b.add(e)
	}
	e := base
	e.At, e.Begun, e.SHA, e.Text = a.Operation.FinishedAt, a.Operation.StartedAt, a.Operation.Revision, a.Operation.Message
	switch a.Operation.Phase {
	case platform.OperationFailed, platform.OperationError:
		e.Code, e.Level = CodeSyncFailed, Bad
		b.add(e)
	case platform.OperationRunning, platform.OperationTerminating:
		e.Code, e.Level, e.At, e.Begun = CodeSyncing, Running, a.Operation.StartedAt, time.Time{}
		b.add(e)
	}
	for _, c := range a.Conditions {
		e := base
		e.Code, e.Level, e.At, e.Text = CodeCondition, Warn, c.At, c.Type+": "+c.Message
		if strings.HasSuffix(c.Type, "Error") {
			e.Level = Bad
		}
		b.add(e)
	}
}

func (b *builder) environment(x *platform.EnvironmentFacts) {
	for i := range x.Applications {
		b.application(&x.Applications[i], x)
	}
	b.pods(x)
	for i := range x.Events {
		v := &x.Events[i]
		e := Entry{Kind: Event, Code: CodeHappened, At: v.Last, Environment: x.Name, Namespace: x.Namespace, Name: v.Kind + "/" + v.Name, Text: v.Reason + ": " + v.Message, Count: v.Count}
		if v.First.Before(v.Last) {
			e.Begun = v.First
		}
		if v.Type == "Warning" {
			e.Level = Warn
		}
		b.add(e)
	}
	for i := range x.Workloads {
		w := &x.Workloads[i]
		for _, c := range w.Conditions {
			b.add(Entry{Kind: Event, Code: CodeHappened, Level: Warn, At: c.At, Environment: x.Name, Namespace: x.Namespace, Name: w.Kind + "/" + w.Name, Text: c.Reason + ": " + c.Message})
		}
	}
}

// together is within which pods of one controller count as started at once.
const together = time.Minute

// pods tells starts of pods, those of one controller together, and how containers ended last.
func (b *builder) pods(x *platform.EnvironmentFacts) {
	started := map[string]int{} // controller → place of its newest start among the entries
	for i := range x.Pods {
		p := &x.Pods[i]
		name := p.WorkloadName
		if name == "" {
			name = p.Name
		}
		if n, ok := started[name]; ok && p.CreatedAt.Sub(b.out[n].At).Abs() <= together && !p.CreatedAt.IsZero() {
			b.out[n].Count = max(b.out[n].Count, 1) + 1
		} else if !p.CreatedAt.IsZero() {
			started[name] = len(b.out)
			b.add(Entry{Kind: Pods, Code: CodeStarted, At: p.CreatedAt, Environment: x.Name, Namespace: x.Namespace, Name: name, SHA: commitOf(p)})
		}
		for k := range p.Containers {
			c := &p.Containers[k]
			if c.LastFinished.IsZero() || (c.Init && c.LastExitCode == 0) {
				continue
			}
			e := Entry{Kind: Pods, Code: CodeEnded, Level: Warn, At: c.LastFinished, Environment: x.Name, Namespace: x.Namespace, Name: p.Name + "/" + c.Name, Text: c.LastReason + " (" + strconv.Itoa(c.LastExitCode) + ")", Count: c.Restarts}
			if c.LastReason == "OOMKilled" {
				e.Code, e.Level = CodeKilled, Bad
			}
			b.add(e)
		}
	}
}

// commitOf is the commit that the tag of a pod's first container names; "" when it names none.
func commitOf(p *platform.Pod) string {
	for i := range p.Containers {
		if c := &p.Containers[i]; !c.Init {
			if _, _, _, tag, _ := platform.ParseImage(c.Image); hexadecimal(tag) {
				return tag
			}
			return ""
		}
	}
	return ""
}

func (b *builder) alert(a *platform.Alert) {
	e := Entry{Kind: Alert, Code: CodeFiring, Level: Warn, At: a.Since, Namespace: a.Namespace, Name: a.Name, Text: a.Summary, URL: a.URL}
	switch {
	case a.Silenced || a.Inhibited:
		e.Code, e.Level = CodeSilenced, Neutral
	case a.State != "firing":
		e.Code = CodePending
	case a.Severity == "critical":
		e.Level = Bad
	}
	for i := range b.d.Environments {
		if x := &b.d.Environments[i]; x.Namespace == a.Namespace && a.Namespace != "" {
			e.Environment = x.Name
		}
	}
	b.add(e)
}

func (b *builder) log(l *platform.LogEntry) {
	e := Entry{Kind: Console, Code: CodeDone, At: l.At, Name: l.Action}
	if !l.OK() {
		e.Code, e.Level, e.Text = CodeDoneBadly, Bad, strings.Join(l.Failed, ", ")
	} else if len(l.Warned) > 0 {
		e.Level, e.Text = Warn, strings.Join(l.Warned, ", ")
	}
	b.add(e)
}

func (b *builder) broke(f *platform.Finding) {
	if f.Severity < platform.SeverityWarning {
		return
	}
	e := Entry{Kind: Broke, Code: CodeBroke, Level: Warn, At: f.Since, Environment: f.Subject.Environment, Namespace: f.Subject.Namespace, Name: f.Key(), Finding: f}
	if f.Severity >= platform.SeverityDegraded {
		e.Level = Bad
	}
	if f.Subject.Kind == "repository" {
		e.Repository = f.Subject.Name
	}
	b.add(e)
}
