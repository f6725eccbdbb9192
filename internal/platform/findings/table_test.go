package findings

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dsotop/internal/platform"
)

// The tests judge dossiers made by hand at one frozen moment.

func now() time.Time { return time.Date(2026, 8, 21, 14, 7, 0, 0, time.UTC) }

func ago(d time.Duration) time.Time { return now().Add(-d) }

// allKnown says that every family was read a minute ago.
func allKnown() map[platform.Family]platform.FactAge {
	m := map[platform.Family]platform.FactAge{}
	for _, f := range []platform.Family{platform.FamProject, platform.FamEnvironments, platform.FamRepositories, platform.FamMembers, platform.FamLog, platform.FamGit, platform.FamPipelines, platform.FamTokens, platform.FamGates,
		platform.FamImages, platform.FamApplications, platform.FamWorkloads, platform.FamPods, platform.FamEvents, platform.FamQuota, platform.FamUsage, platform.FamAlerts, platform.FamLogErrors,
		platform.FamCode, platform.FamForge, platform.FamAccess, platform.FamZone, platform.FamPlans, platform.FamExposed, platform.FamRobots, platform.FamRepoTokens} {
		m[f] = platform.FactAge{Source: "src/" + string(f), At: ago(time.Minute), State: platform.StateLive}
	}
	return m
}

// dossier is a healthy project "guichet" of one environment per given stage name.
func dossier(stages ...string) *platform.Dossier {
	d := &platform.Dossier{Known: allKnown(), Console: platform.ConsoleInfo{Version: "9.24.0"}}
	d.Project = platform.Project{ID: "e41b66d4-13c6-4bdc-a996-431cfcb2185a", Slug: "guichet", Status: platform.ProjectCreated, LastProvisioned: "9.24.0"}
	d.Repositories = []platform.RepositoryFacts{{Repository: platform.Repository{Name: "api", ExternalURL: "https://forge.example/api.git"}}, {Repository: platform.Repository{Name: "infra", Infra: true}}}
	for _, s := range stages {
		e := platform.EnvironmentFacts{Environment: platform.Environment{Name: s, Stage: s, CreatedAt: ago(1000 * time.Hour)}, Namespace: "ns-" + s, Known: allKnown(), Zone: platform.Zone{Slug: "pub"}}
		e.Applications = []platform.Application{app(s, platform.AppDeploy)}
		d.Applications = append(d.Applications, e.Applications...)
		d.Environments = append(d.Environments, e)
	}
	return d
}

func app(env string, kind platform.ApplicationType) platform.Application {
	a := platform.Application{Instance: "argocd/pub", Namespace: "dso-argocd", Name: platform.DeployApp("guichet", env, "infra", "https://gitlab.cpn.example/forge-mi/projects/guichet/infra.git"), Type: kind, RepositoryName: "infra",
		EnvironmentName: env, DestNamespace: "ns-" + env, Sync: platform.SyncSynced, Health: platform.HealthHealthy, Operation: platform.Operation{Phase: platform.OperationSucceeded, FinishedAt: ago(72 * time.Hour)}}
	if kind == platform.AppHistoric {
		a.Name = platform.HistoricApp("guichet", env, "infra")
	}
	return a
}

// setApps replaces the applications of an environment, in both places.
func setApps(d *platform.Dossier, env int, apps ...platform.Application) {
	d.Environments[env].Applications = apps
	d.Applications = nil
	for _, e := range d.Environments {
		d.Applications = append(d.Applications, e.Applications...)
	}
}

func pod(workload, image, digest string) platform.Pod {
	return platform.Pod{Name: workload + "-7c9d5-x2x4z", WorkloadKind: "Deployment", WorkloadName: workload, Phase: "Running", Reason: "Running", Ready: 1, Total: 1, CreatedAt: ago(48 * time.Hour),
		Containers: []platform.Container{{Name: workload, Image: image, Digest: digest, Ready: true, State: "running", Since: ago(48 * time.Hour)}}}
}

// broken is a pod whose container waits for a reason.
func broken(workload, image, reason, message string) platform.Pod {
	p := pod(workload, image, "")
	p.Name, p.Ready, p.Reason, p.CreatedAt = workload+"-5f6b8-q9k2w", 0, reason, ago(10*time.Minute)
	p.Containers[0].Ready, p.Containers[0].State, p.Containers[0].Reason, p.Containers[0].Message, p.Containers[0].Since = false, "waiting", reason, message, time.Time{}
	if strings.HasSuffix(reason, "PullBackOff") {
		p.Phase = "Pending"
	}
	return p
}

func artifact(repository, digest string, tags ...string) platform.Image {
	img := platform.Image{Repository: repository, Digest: digest, PushedAt: ago(24 * time.Hour)}
	for _, t := range tags {
		img.Tags = append(img.Tags, platform.Tag{Name: t, PushedAt: ago(24 * time.Hour)})
	}
	return img
}

const host = "harbor.cpn.example/guichet/"

// one is what is expected of one finding; empty fields are not looked at.
type one struct {
	id         string
	severity   string
	subject    string
	since      time.Time
	confidence platform.Confidence
	runbook    string
	args       map[string]string
	below      []string // ids folded beneath
}

type row struct {
	name string
	make func() *platform.Dossier
	want []one
	not  []string // rules that could not be evaluated
}

func play(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, func(t *testing.T) {
			d := r.make()
			res := Evaluate(All(), d, now())
			if len(res.Findings) != len(r.want) {
				t.Fatalf("findings:\n%s\nwant %d", show(res.Findings), len(r.want))
			}
			for i, w := range r.want {
				check(t, res.Findings[i], w)
			}
			for _, rule := range r.not {
				if !slices.ContainsFunc(res.NotEvaluated, func(n NotEvaluated) bool { return n.RuleID == rule }) {
					t.Errorf("%s should be reported as not evaluated", rule)
				}
			}
			if len(r.not) == 0 && len(res.NotEvaluated) > 0 {
				t.Errorf("not evaluated: %+v", res.NotEvaluated)
			}
			again := Evaluate(All(), r.make(), now())
			if show(again.Findings) != show(res.Findings) {
				t.Error("two judgements of the same facts differ")
			}
		})
	}
}

func check(t *testing.T, f platform.Finding, w one) {
	t.Helper()
	if f.ID != w.id {
		t.Errorf("id %s, want %s", f.ID, w.id)
	}
	if w.severity != "" && f.Severity.String() != w.severity {
		t.Errorf("%s: severity %s, want %s", f.ID, f.Severity, w.severity)
	}
	if w.subject != "" && f.Subject.String() != w.subject {
		t.Errorf("%s: subject %s, want %s", f.ID, f.Subject, w.subject)
	}
	if !w.since.IsZero() && !f.Since.Equal(w.since) {
		t.Errorf("%s: since %s, want %s", f.ID, f.Since, w.since)
	}
	if w.confidence != "" && f.Confidence != w.confidence {
		t.Errorf("%s: confidence %s, want %s", f.ID, f.Confidence, w.confidence)
	}
	if w.runbook != "" && f.Runbook != w.runbook {
		t.Errorf("%s: runbook %s, want %s", f.ID, f.Runbook, w.runbook)
	}
	for k, v := range w.args {
		if f.Args[k] != v {
			t.Errorf("%s: %s = %q, want %q", f.ID, k, f.Args[k], v)
		}
	}
	var below []string
	for _, c := range f.Consequences {
		below = append(below, c.ID)
	}
	if !slices.Equal(below, w.below) {
		t.Errorf("%s: beneath it %v, want %v", f.ID, below, w.below)
	}
	for _, e := range f.Why {
		if e.Source == "" || e.At.IsZero() {
			t.Errorf("%s: evidence without source or time: %+v", f.ID, e)
		}
		if e.Code == "" && e.Text == "" {
			t.Errorf("%s: empty evidence", f.ID)
		}
	}
	if len(f.Why) == 0 {
		t.Errorf("%s: no evidence", f.ID)
	}
}

func show(list []platform.Finding) string {
	var b strings.Builder
	for _, f := range list {
		b.WriteString("  " + f.Severity.String() + " " + f.Key() + " since " + f.Since.String() + "\n")
		for _, c := range f.Consequences {
			b.WriteString("    └ " + c.Severity.String() + " " + c.Key() + "\n")
		}
	}
	return b.String()
}

// with makes a dossier and changes it.
func with(change func(*platform.Dossier), stages ...string) func() *platform.Dossier {
	return func() *platform.Dossier {
		d := dossier(stages...)
		change(d)
		return d
	}
}
