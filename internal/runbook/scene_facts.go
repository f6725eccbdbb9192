package runbook

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"dsotop/internal/platform"
)

// facts makes what conditions read, of a run that began then.
func (s *scene) facts(started time.Time) *Facts {
	f := &Facts{Now: s.Now, Started: started, Since: started.Add(-exact), Console: Console{Version: s.Console.Version}}
	for _, v := range s.Services {
		f.Services = append(f.Services, Service{Name: v.Name, Status: v.Status, Message: v.Message})
	}
	for _, v := range s.Sources {
		f.Sources = append(f.Sources, SourceOf{Name: v.Name, Kind: v.Kind, State: string(v.State), Detail: v.Detail})
	}
	for _, d := range s.Dossiers {
		if p := d.Project; !p.Archived() && !p.Derived {
			f.Projects = append(f.Projects, candidate(d, s.Console))
		}
	}
	d := s.Dossier
	if d == nil {
		return f
	}
	f.Project = s.project(d)
	if s.env != nil {
		f.Environment = s.environment(s.env)
	}
	if s.rep != nil {
		f.Repository = s.repository(s.rep)
	}
	if s.app != nil {
		f.Application = s.application(s.app)
	}
	if s.wrk != nil {
		f.Workload = workload(s.wrk)
	}
	if s.pod != nil {
		f.Pod = s.podOf(s.env, s.pod)
	}
	for _, e := range d.Log {
		failed := e.Failed
		if e.FailedUnnamed && len(failed) == 0 {
			failed = []string{"?"}
		}
		f.Log = append(f.Log, LogEntry{Action: e.Action, At: s.moment(platform.FamLog, e.At), OK: e.OK(), Failed: failed, Message: e.Message, Request: e.RequestID})
	}
	for _, t := range d.Tokens {
		expires := t.ExpiresAt
		if expires.IsZero() {
			expires = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		f.Tokens = append(f.Tokens, Token{Name: t.Name, Active: t.Active && !t.Expired(s.Now), Expires: expires})
	}
	f.Images = s.images(d)
	for _, a := range d.Access {
		f.Access = append(f.Access, Account{Username: a.Username, Name: a.Name, Email: a.Email, Level: int64(a.Level), Blocked: a.Blocked, Bot: a.Bot})
	}
	for _, c := range d.Exposed {
		f.Chains = append(f.Chains, Chain{ID: c.ID, Name: c.CommonName, State: c.State, Flow: c.Flow, Detail: c.Detail, Target: c.Target})
	}
	for _, c := range d.Zone {
		if s.env == nil || c.Environment == s.env.Name {
			f.Zone = append(f.Zone, Commit{Environment: c.Environment, Zone: c.Zone, SHA: c.SHA, At: s.moment(platform.FamZone, c.At)})
		}
	}
	for _, a := range d.Alerts {
		if s.env == nil || a.Namespace == "" || a.Namespace == s.env.Namespace {
			f.Alerts = append(f.Alerts, Alert{Name: a.Name, Firing: a.Firing(), Severity: a.Severity, Namespace: a.Namespace, Summary: a.Summary, Since: s.moment(platform.FamAlerts, a.Since)})
		}
	}
	var add func(list []platform.Finding)
	add = func(list []platform.Finding) {
		for _, x := range list {
			if s.env == nil || x.Subject.Environment == "" || x.Subject.Environment == s.env.Name {
				f.Findings = append(f.Findings, Found{ID: x.ID, Severity: x.Severity.String(), Environment: x.Subject.Environment, Kind: x.Subject.Kind, Name: x.Subject.Name, Runbook: x.Runbook})
			}
			add(x.Consequences)
		}
	}
	add(s.Findings)
	return f
}

func outdated(p platform.Project, c platform.ConsoleInfo) bool {
	return c.Version != "" && c.Version != "dev" && c.Version != "unknown" && p.LastProvisioned != c.Version
}

func candidate(d *platform.Dossier, c platform.ConsoleInfo) Candidate {
	p := d.Project
	if c.Version == "" {
		c = d.Console
	}
	return Candidate{ID: p.ID, Slug: p.Slug, Status: p.Status, Locked: p.Locked, Provisioned: p.LastProvisioned, Outdated: outdated(p, c)}
}

func (s *scene) project(d *platform.Dossier) Project {
	p := d.Project
	out := Project{
		ID: p.ID, Slug: p.Slug, Name: p.Name, Status: p.Status, Locked: p.Locked, Archived: p.Archived(), Provisioned: p.LastProvisioned, Outdated: candidate(d, s.Console).Outdated,
		Owner: p.Owner.Email, ProdCPU: p.Prod.CPU, ProdMemory: p.Prod.Memory, HprodCPU: p.Hprod.CPU, HprodMemory: p.Hprod.Memory, Limitless: p.Limitless,
	}
	for _, m := range p.Members {
		out.Members = append(out.Members, m.Email)
	}
	for i := range d.Environments {
		out.Environments = append(out.Environments, s.environment(&d.Environments[i]))
	}
	for i := range d.Repositories {
		out.Repositories = append(out.Repositories, s.repository(&d.Repositories[i]))
	}
	return out
}

// recent is how far back a refusal of Kubernetes still stands.
const recent = 10 * time.Minute

func (s *scene) environment(e *platform.EnvironmentFacts) Environment {
	out := Environment{
		ID: e.ID, Name: e.Name, Namespace: e.Namespace, Stage: e.Stage, Production: e.Production(), Cluster: e.Cluster.Label, Zone: e.Zone.Slug,
		CPU: e.Request.CPU, Memory: e.Request.Memory, GPU: e.Request.GPU, Autosync: e.Autosync,
	}
	ready, desired, _, _ := e.PodCounts()
	out.Ready, out.Desired = int64(ready), int64(desired)
	for i := range e.Pods {
		out.Pods = append(out.Pods, s.podOf(e, &e.Pods[i]))
	}
	for i := range e.Workloads {
		out.Workloads = append(out.Workloads, workload(&e.Workloads[i]))
	}
	for i := range e.Applications {
		out.Applications = append(out.Applications, s.application(&e.Applications[i]))
	}
	for _, ev := range e.Events {
		if ev.Type != "Normal" {
			last := s.momentIn(e, platform.FamEvents, ev.Last)
			out.Events = append(out.Events, Event{Kind: ev.Kind, Name: ev.Name, Reason: ev.Reason, Message: ev.Message, Last: last})
			if ev.Reason == "FailedCreate" && s.Now.Sub(last) < recent {
				out.Refused = true
			}
		}
	}
	for _, q := range e.Quotas {
		if fill, name := q.Fill(); fill > out.QuotaFill {
			out.QuotaFill, out.QuotaResource = fill, name
		}
		if v := q.Hard["limits.cpu"]; v > 0 {
			out.QuotaCPU = v
		}
		if v := q.Hard["limits.memory"]; v > 0 {
			out.QuotaMemory = v / (1 << 30)
		}
	}
	return out
}

func (s *scene) podOf(e *platform.EnvironmentFacts, p *platform.Pod) Pod {
	out := Pod{Name: p.Name, Reason: p.Reason, Message: p.Message, Ready: p.Healthy(), Finished: p.Finished(), Restarts: int64(p.Restarts), Created: s.momentIn(e, platform.FamPods, p.CreatedAt)}
	if p.WorkloadName != "" {
		out.Workload = p.WorkloadKind + "/" + p.WorkloadName
	}
	for _, c := range p.Containers {
		out.Images = append(out.Images, c.Image)
		if c.Digest != "" {
			out.Digests = append(out.Digests, c.Digest)
		}
		if out.Last == "" {
			out.Last = c.LastReason
		}
		if out.Message == "" {
			out.Message = c.Message
		}
	}
	return out
}

func workload(w *platform.Workload) Workload {
	out := Workload{Kind: w.Kind, Name: w.Name, Desired: int64(w.Desired), Ready: int64(w.Ready), Updated: int64(w.Updated)}
	if len(w.Conditions) > 0 {
		out.Problem = w.Conditions[0].Message
	}
	return out
}

func (s *scene) application(a *platform.Application) Application {
	out := Application{
		Name: a.Name, Instance: a.Instance, Type: string(a.Type), Repository: a.RepositoryName, Sync: a.Sync, Health: a.Health, Message: a.HealthMessage, Phase: a.Operation.Phase,
		Operation: a.Operation.Message, OperatedAt: s.ours(a.Instance, a.Operation.StartedAt), Autosync: a.Autosync, Images: a.Images, History: int64(len(a.History)), Reconciled: s.ours(a.Instance, a.ReconciledAt), URL: a.URL,
	}
	if len(a.Revisions) > 0 {
		out.Revision = a.Revisions[0]
	}
	for _, c := range a.Conditions {
		out.Conditions = append(out.Conditions, c.Type+": "+c.Message)
	}
	for _, r := range a.Resources {
		if r.SyncStatus == "SyncFailed" {
			out.Failed = append(out.Failed, r.Kind+"/"+r.Name+": "+r.Message)
		}
	}
	history := slices.Clone(a.History)
	slices.SortFunc(history, func(x, y platform.Deployment) int { return cmp.Compare(y.ID, x.ID) })
	if len(history) > 1 {
		rev := history[1].Revision
		out.Previous = strconv.FormatInt(history[1].ID, 10) + " @ " + rev[:min(8, len(rev))]
	}
	if out.Message == "" {
		out.Message = a.Operation.Message
	}
	return out
}

func (s *scene) repository(r *platform.RepositoryFacts) Repository {
	out := Repository{ID: r.ID, Name: r.Name, External: r.ExternalURL, Private: r.Private, Infra: r.Infra, Branch: "main"}
	if r.Git != nil {
		out.Head, out.Empty, out.URL = r.Git.HeadSHA, r.Git.Empty, r.Git.URL
		if r.Git.DefaultBranch != "" {
			out.Branch = r.Git.DefaultBranch
		}
	}
	for _, h := range s.Dossier.Forge {
		if h.Repository == r.Name && h.Branch == out.Branch {
			out.ForgeHead = h.SHA
		}
	}
	if len(r.Pipelines) > 0 {
		p := r.Pipelines[0]
		out.Pipeline, out.PipelineID, out.PipelineSHA, out.PipelineRef, out.PipelineAt, out.PipelineActive, out.PipelineURL = p.Status, p.ID, p.SHA, p.Ref, s.moment(platform.FamPipelines, p.CreatedAt), p.Active(), p.URL
		if j, ok := p.FirstFailed(); ok {
			out.FailedJob, out.FailedReason = j.Name, j.FailureReason
		}
	}
	if len(r.Mirror) > 0 {
		m := r.Mirror[0]
		out.Mirror, out.MirrorAt, out.MirrorURL = m.Status, s.moment(platform.FamPipelines, m.CreatedAt), m.URL
		if j, ok := m.FirstFailed(); ok {
			out.MirrorFailedJob = j.Name
		}
	}
	if g := r.Gate; g != nil {
		out.Gate, out.GateRevision, out.GateAt = g.Status, g.Revision, s.moment(platform.FamGates, g.AnalysedAt)
		for _, c := range g.Failing() {
			out.GateFailures = append(out.GateFailures, c.Metric+" "+c.Value+" "+c.Sign()+" "+c.Threshold)
		}
	}
	return out
}

func (s *scene) images(d *platform.Dossier) []Image {
	running := map[*platform.Image]bool{}
	for e := range d.Environments {
		if s.env != nil && s.env != &d.Environments[e] {
			continue
		}
		for p := range d.Environments[e].Pods {
			for n := range d.Environments[e].Pods[p].Containers {
				c := &d.Environments[e].Pods[p].Containers[n]
				if c.Digest == "" && c.State != "" && c.State != "running" { // it asked in vain, so far
					continue
				}
				if i := d.ImageOf(c); i != nil {
					running[i] = true
				}
			}
		}
	}
	var out []Image
	for n := range d.Images {
		i := &d.Images[n]
		x := Image{Repository: i.Repository, Digest: i.Digest, Pushed: s.moment(platform.FamImages, i.PushedAt), Scan: i.Scan.Status, Critical: int64(i.Scan.Critical), High: int64(i.Scan.High), Scanned: s.moment(platform.FamImages, i.Scan.At), Signed: i.Signed, Running: running[i]}
		for _, t := range i.Tags {
			x.Tags = append(x.Tags, t.Name)
		}
		out = append(out, x)
	}
	return out
}
