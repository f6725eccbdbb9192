package runbook

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/platform"
)

// double is a world without systems: facts as given, a clock that the test moves, deeds that end as the test says.
type double struct {
	mu      sync.Mutex
	now     time.Time
	known   Known
	plans   int
	done    []string
	outcome func(id string) Outcome
	refuse  func(w Wish) error
	doErr   func() error
	answer  func(q Question) ([]float64, error)
	looked  int
	halted  []string
	resumed []string
}

func newDouble() *double {
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	all := map[platform.Family]platform.FactAge{}
	for _, f := range []platform.Family{platform.FamProject, platform.FamEnvironments, platform.FamRepositories, platform.FamMembers, platform.FamLog, platform.FamGit, platform.FamPipelines, platform.FamTokens,
		platform.FamGates, platform.FamImages, platform.FamApplications, platform.FamWorkloads, platform.FamPods, platform.FamEvents, platform.FamQuota, platform.FamAlerts, platform.FamForge, platform.FamAccess,
		platform.FamZone, platform.FamExposed, platform.FamRobots, platform.FamRepoTokens} {
		all[f] = platform.FactAge{Source: "test", At: now, State: platform.StateLive}
	}
	const digest = "sha256:d1"
	app := platform.Application{Instance: "argocd/usu", Namespace: "dso-argocd", Name: "guichet-prod-infra", Type: platform.AppDeploy, EnvironmentID: "e1", EnvironmentName: "prod", RepositoryName: "infra", Sync: "OutOfSync", Health: "Degraded",
		Revisions: []string{"77ee"}, Operation: platform.Operation{Phase: "Failed", Message: "exceeded quota"}, History: []platform.Deployment{{ID: 1, At: now.Add(-time.Hour)}, {ID: 2, At: now.Add(-time.Minute)}}}
	d := &platform.Dossier{
		Project: platform.Project{ID: "p1", Slug: "guichet", Name: "guichet", Status: "failed", LastProvisioned: "9.20.0", Owner: platform.Person{Email: "o@x.fr"}, Prod: platform.Resources{CPU: 10, Memory: 20},
			Members: []platform.Member{{Person: platform.Person{ID: "u1", Email: "m@x.fr"}}}},
		Console: platform.ConsoleInfo{Version: "9.24.0"}, Known: all,
		Log:    []platform.LogEntry{{Action: "Create Environment", At: now.Add(-time.Hour), Failed: []string{"harbor"}, Message: "no", RequestID: "req-1"}},
		Tokens: []platform.AccessToken{{Name: "guichet-bot", Active: true, ExpiresAt: now.Add(24 * time.Hour)}},
		Images: []platform.Image{{Repository: "api", Digest: digest, Tags: []platform.Tag{{Name: "a1b2c3d4"}}, PushedAt: now.Add(-time.Hour)}},
		Repositories: []platform.RepositoryFacts{{Repository: platform.Repository{ID: "r1", Name: "api", ExternalURL: "https://forge.test/api.git"}, Git: &platform.GitRepository{DefaultBranch: "main", HeadSHA: "abc"},
			Pipelines: []platform.Pipeline{{ID: 812, Path: "forge/guichet/api", Status: "failed", Ref: "main", SHA: "abc", CreatedAt: now.Add(-time.Hour), Jobs: []platform.Job{{ID: 9, Name: "build", Status: "failed"}}}},
			Mirror:    []platform.Pipeline{{ID: 811, Status: "failed", CreatedAt: now.Add(-time.Hour)}}, Gate: &platform.Gate{Status: "ERROR", Revision: "abc"}}},
		Environments: []platform.EnvironmentFacts{{Environment: platform.Environment{ID: "e1", Name: "prod", Stage: "prod", Request: platform.Resources{CPU: 2, Memory: 4}, Autosync: true}, Namespace: "guichet--prod", Known: all,
			Cluster: platform.Cluster{Label: "usu-1"}, Zone: platform.Zone{Slug: "usu"}, Applications: []platform.Application{app},
			Workloads: []platform.Workload{{Cluster: "usu-1", Kind: "CronJob", Name: "loader", Desired: -1}, {Cluster: "usu-1", Kind: "Deployment", Name: "api", Desired: 2, Ready: 1}},
			Pods:      []platform.Pod{{Name: "api-1", Phase: "Running", Reason: "Running", Ready: 1, Total: 1, CreatedAt: now.Add(-time.Hour), Containers: []platform.Container{{Image: "h/guichet/api:a1b2c3d4", Digest: digest}}}, {Name: "api-2", Phase: "Pending", Reason: "ImagePullBackOff", Total: 1}},
			Quotas:    []platform.Quota{{Name: "dso-quota", Hard: map[string]float64{"limits.cpu": 2, "limits.memory": 4 << 30}, Used: map[string]float64{"limits.cpu": 1.9}}}}},
		Exposed: []platform.ServiceChain{{ID: "c1", CommonName: "guichet.test", State: "failed", Flow: "create_cert"}},
	}
	d.Applications = []platform.Application{app}
	finding := platform.Finding{ID: "provisioning-failed", Severity: platform.SeverityCritical, Subject: platform.Subject{ProjectID: "p1", ProjectSlug: "guichet", Kind: "project", Name: "guichet"}, Runbook: "RB-01"}
	w := &double{now: now, known: Known{Dossier: d, Dossiers: []*platform.Dossier{d}, Findings: []platform.Finding{finding}, Console: d.Console,
		Services: []platform.ServiceHealth{{Name: "Harbor", Status: "OK"}, {Name: "Vault", Status: "OK"}},
		Sources:  []platform.SourceHealth{{Name: "console", Kind: "console", State: platform.StateLive}, {Name: "kubernetes/usu-1", Kind: "kubernetes", State: platform.StateLive}}}}
	w.outcome = func(string) Outcome { return Outcome{State: actions.Done} }
	w.answer = func(Question) ([]float64, error) { return []float64{1}, nil }
	return w
}

func selection() Selection {
	return Selection{ProjectID: "p1", Environment: "prod", Repository: "api", Application: "guichet-prod-infra", Workload: "Deployment/api", Pod: "api-2"}
}

func (w *double) Known(Selection) Known {
	w.mu.Lock()
	defer w.mu.Unlock()
	k := w.known
	k.Now = w.now
	return k
}

func (w *double) Look(Selection) { w.looked++ }

func (w *double) Query(_ context.Context, _ Selection, q Question) ([]float64, error) {
	return w.answer(q)
}

func (w *double) Plan(_ context.Context, wish Wish) (Planned, error) {
	w.plans++
	if w.refuse != nil {
		if err := w.refuse(wish); err != nil {
			return Planned{}, err
		}
	}
	return Planned{Plan: PlanText{Deed: wish.Deed, Subject: wish.Subjects[0].Name, Risk: "write", Call: "PUT /x"}, Handle: wish}, nil
}

func (w *double) Do(p Planned, _ actions.Consent) (string, error) {
	if w.doErr != nil {
		if err := w.doErr(); err != nil {
			return "", err
		}
	}
	wish, ok := p.Handle.(Wish)
	if !ok {
		return "", errors.New("not planned")
	}
	w.done = append(w.done, wish.Deed+"@"+wish.Subjects[0].Key())
	return "run-" + number(int64(len(w.done))), nil
}

func (w *double) Outcome(id string) (Outcome, bool) { return w.outcome(id), true }

func (w *double) Find(wish Wish, _ time.Time, _ int, _ string) (string, bool) {
	for i, d := range w.done {
		if d == wish.Deed+"@"+wish.Subjects[0].Key() {
			return "run-" + number(int64(i+1)), true
		}
	}
	return "", false
}

func (w *double) Resume(id string) error { w.resumed = append(w.resumed, id); return nil }
func (w *double) Halt(id string)         { w.halted = append(w.halted, id) }

// kept is a keeper in memory that keeps what a file would: the JSON.
type kept struct {
	raw   []byte
	saves int
}

func (k *kept) Save(r *Run) error {
	raw, err := json.Marshal(r)
	k.raw, k.saves = raw, k.saves+1
	return err
}

func (k *kept) read() *Run {
	var r Run
	if err := json.Unmarshal(k.raw, &r); err != nil {
		panic(err)
	}
	return &r
}
