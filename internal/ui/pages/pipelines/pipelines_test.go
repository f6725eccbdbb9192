package pipelines_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/store"
	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
)

// forge is a GitLab that answers what the test says.
type forge struct {
	desk.Pipelines
	trace string
	fault error
	chart string // how the bridge ended that starts another pipeline: then every job did well
}

func jobs(status string) []platform.Job {
	at := uitest.Noon().Add(-10 * time.Minute)
	out := []platform.Job{
		{ID: 1, Name: "read-secret", Stage: "read-secret", Status: "success", Duration: 8 * time.Second, StartedAt: at},
		{ID: 2, Name: "unit", Stage: "test", Status: "success", Duration: 95 * time.Second, StartedAt: at},
		{ID: 3, Name: "lint", Stage: "test", Status: "failed", AllowFailure: true, FailureReason: "script_failure", Duration: 12 * time.Second, StartedAt: at},
		{ID: 6, Name: "docker-build", Stage: "build", Status: status, Duration: 40 * time.Second, StartedAt: at, URL: "https://gitlab.test/x/-/jobs/6"},
	}
	if status == "failed" {
		out[3].FailureReason = "missing_dependency_failure"
	}
	return out
}

func (f forge) Name() string { return "gitlab" }

func (f forge) Jobs(context.Context, string, int64) ([]platform.Job, error) {
	if f.chart != "" {
		return jobs("success"), f.fault
	}
	return jobs("failed"), f.fault
}

func (f forge) Pipeline(_ context.Context, path string, id int64) (desk.PipelineDetail, error) {
	d := desk.PipelineDetail{Pipeline: platform.Pipeline{ID: id, IID: 77, Path: path, Repository: "web", Ref: "main", SHA: "3f2a91bc00112233", Status: "failed", Source: "push",
		CreatedAt: uitest.Noon().Add(-time.Hour), Duration: 3 * time.Minute, Jobs: jobs("failed"), URL: "https://gitlab.test/x/-/pipelines/77"}, By: "vigibat-bot"}
	for _, j := range d.Jobs {
		if j.ID == 6 {
			d.Attempts = append(d.Attempts, desk.JobAttempt{Job: platform.Job{ID: 5, Name: j.Name, Stage: j.Stage, Status: "failed", FailureReason: "runner_system_failure", Duration: 3 * time.Second}, Runner: "dso-runner", Superseded: true})
		}
		d.Attempts = append(d.Attempts, desk.JobAttempt{Job: j, Queued: 2 * time.Second, Runner: "dso-runner"})
	}
	d.Children = []desk.ChildPipeline{{Bridge: platform.Job{ID: 7, Name: "chart", Stage: "build", Status: "success"}, Path: path, ID: 900, Status: "running"},
		{Bridge: platform.Job{ID: 8, Name: "later", Stage: "build", Status: "created"}}}
	if f.chart != "" {
		d.Attempts = nil
		for _, j := range jobs("success") {
			d.Attempts = append(d.Attempts, desk.JobAttempt{Job: j})
		}
		d.Children = []desk.ChildPipeline{{Bridge: platform.Job{ID: 7, Name: "chart", Stage: "deploy", Status: f.chart}, Path: path, ID: 900, Status: "failed"}}
	}
	return d, f.fault
}

func (f forge) Trace(context.Context, string, int64, int64, int64, bool) (desk.TracePart, error) {
	return desk.TracePart{Text: f.trace, Next: int64(len(f.trace))}, f.fault
}

type backend struct {
	*uitest.Backend
	forge desk.Pipelines
}

func (b backend) Pipelines(string) desk.PipelinesReach {
	return desk.PipelinesReach{Pipelines: b.forge}
}

// platformWith is the fixture with paths, and the jobs of what runs.
func platformWith(f desk.Pipelines) backend {
	b := uitest.NewBackend(7)
	b.Store.Apply(func(tx *store.Tx) {
		for sh := range store.Pipelines.All(b.Store.Current()) {
			var out []platform.Pipeline
			for _, p := range sh.Items {
				p.Path = "forge-mi/projects/" + sh.Scope[:8] + "/" + p.Repository
				p.Source, p.SHA = "push", "3f2a91bc00112233"
				switch p.Status {
				case "success":
					p.Jobs, p.Duration = jobs("success"), 4*time.Minute
				case "running":
					p.Jobs = jobs("running")
				}
				out = append(out, p)
			}
			store.Pipelines.Put(tx, sh.Source, sh.Scope, out)
		}
	})
	return backend{Backend: b, forge: f}
}

// until delivers the page's bells until the screen holds a text.
func until(s *uitest.Session, text string) {
	for !strings.Contains(s.Screen(), text) {
		<-s.Root.Bells()
		s.Send(ui.Wake())
	}
}

const trace = "\x1b[0KRunning\nsection_start:1:step_script\r\x1b[0KScript\n$ make\n[ERROR] artefact \x1b[31mexpiré\x1b[0m\nfatal: rien à construire\nsection_end:2:step_script\r\x1b[0K\nERROR: Job failed: exit code 1\n"

func TestGoldenScreens(t *testing.T) {
	for _, c := range []struct {
		name, lang string
		w, h       int
	}{{"fleet-fr-80x24", "fr", 80, 24}, {"fleet-fr-120x40", "fr", 120, 40}, {"fleet-fr-200x60", "fr", 200, 60}, {"fleet-en-120x40", "en", 120, 40}} {
		t.Run(c.name, func(t *testing.T) {
			s := uitest.Open(t, platformWith(forge{trace: trace}), c.lang, c.w, c.h)
			s.Press("2")
			until(s, "[ERROR] artefact expiré")
			untilStages(s)
			s.Exact(c.w, c.h)
			s.Golden(c.name)
			s.Press("enter")
			until(s, "[ERROR] artefact expiré")
			s.Exact(c.w, c.h)
			s.Golden(strings.Replace(c.name, "fleet", "one", 1))
		})
	}
}

// The stages of what is on screen come without anybody pointing at it: "…" says that they are being read.
func TestStagesOnScreenAreAskedFor(t *testing.T) {
	s := uitest.Open(t, platformWith(forge{trace: trace}), "fr", 120, 40)
	s.Press("2")
	untilStages(s)
}

// untilStages waits for the stages of both pipelines that failed: the second's are the last thing that is asked for.
func untilStages(s *uitest.Session) {
	for strings.Count(s.Screen(), "✔─▲─✖") < 2 {
		<-s.Root.Bells()
		s.Send(ui.Wake())
	}
}

func TestOnePipeline(t *testing.T) {
	s := uitest.Open(t, platformWith(forge{trace: trace}), "fr", 120, 40)
	s.Press("2", "enter")
	until(s, "fatal: rien à construire")
	s.Shows("vigibat-bot", "échec de docker-build : un artefact attendu a expiré", "relancé", "échec admis", "pipeline enfant")
	s.Hides("Job failed") // there is something better to say
	s.Press("G", "enter")
	s.Shows("pas encore créé")
	s.Press("/")
	s.Type("lint")
	s.Press("enter")
	s.Shows("1 sur 7")
	s.Press("esc", "!", "!", "i", "i", "c", "esc", "s", "esc")
	s.Exact(120, 40)
}

func TestAPipelineThatAnotherOneFailed(t *testing.T) {
	s := uitest.Open(t, platformWith(forge{trace: trace, chart: "failed"}), "fr", 120, 40)
	s.Press("2")
	until(s, "aucune de ses tâches n'a échoué")
	s.Press("enter")
	until(s, "─ ✖ deploy")
	s.Shows("▌deploy       ✖ ▸ chart") // the cursor is on what failed
	s.Press("enter")
	s.Shows("900")
}

func TestTheListIsWorstFirstAndFollowsTheInstant(t *testing.T) {
	b := platformWith(forge{trace: trace})
	s := uitest.Open(t, b, "fr", 160, 40)
	s.Press("2")
	until(s, "[ERROR]")
	screen := s.Screen()
	if v, p := strings.Index(screen, "vigibat"), strings.Index(screen, "portail"); v < 0 || p < v {
		t.Errorf("the failed one comes first:\n%s", screen)
	}
	s.Shows("9 pipelines", "2 en cours", "2 échoués")
	s.Press("!")
	s.Hides("portail")
	s.Press("esc")
	s.Press("T")
	s.Press("G", "enter")
	s.Type("-1h30m")
	s.Press("enter")
	s.Hides("agendaprefs", "testform") // their pipelines came later
	s.Shows("Tel qu'à l'instant choisi", "ne remonte pas jusque-là pour 4 dépôts")
	s.Press("esc", "esc")
}

func TestWithoutForge(t *testing.T) {
	s := uitest.Open(t, uitest.NewBackend(0), "fr", 80, 24)
	s.Press("2")
	s.Shows("GitLab")
	s.Exact(80, 24)
	s = uitest.Open(t, uitest.NewBackend(7), "fr", 120, 40)
	s.Press("2")
	s.Shows("vigibat", "failed")
	s.Press("enter")
	s.Exact(120, 40)
}

func TestARefusalIsSaid(t *testing.T) {
	s := uitest.Open(t, platformWith(forge{fault: errors.New("GET https://gitlab.test : 403")}), "fr", 120, 40)
	s.Press("2", "enter")
	until(s, "Ce pipeline ne peut pas être lu")
	s.Shows("403")
	s.Press("esc")
	s.Exact(120, 40)
}

func TestTheTabOfAProject(t *testing.T) {
	s := uitest.Open(t, platformWith(forge{trace: trace}), "fr", 120, 40)
	s.Press("2")
	until(s, "[ERROR]")
	s.Press("1")
	s.Press("/")
	s.Type("vigibat")
	s.Press("enter", "enter", "tab", "tab", "tab", "tab")
	s.Exact(120, 40)
}
