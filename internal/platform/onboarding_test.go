package platform_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dsotop/internal/platform"
)

func onboardingNow() time.Time { return time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC) }

// read tells that families were read a minute ago.
func read(families ...platform.Family) map[platform.Family]platform.FactAge {
	out := map[platform.Family]platform.FactAge{}
	for _, f := range families {
		out[f] = platform.FactAge{Source: "test", At: onboardingNow().Add(-time.Minute), State: platform.StateLive}
	}
	return out
}

// healthy is a project of three months, of which everything was read and is well.
func healthy() *platform.Dossier {
	now := onboardingNow()
	at := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	run := func(source string, days int) platform.Pipeline {
		return platform.Pipeline{IID: int64(100 - days), Status: platform.PipelineSuccess, Source: source, CreatedAt: at(days), FinishedAt: at(days)}
	}
	repo := platform.RepositoryFacts{
		Repository: platform.Repository{Name: "api", ExternalURL: "https://forge.test/api", CreatedAt: at(89)},
		Git:        &platform.GitRepository{Name: "api", CIConfigPath: ".gitlab-ci-dso.yml"},
		Pipelines:  []platform.Pipeline{run("push", 1), run("push", 80)},
		Mirror:     []platform.Pipeline{run("trigger", 1), run("api", 85)},
		Gate:       &platform.Gate{Status: platform.GateOK, AnalysedAt: at(1)},
	}
	env := func(name, stage string) platform.EnvironmentFacts {
		return platform.EnvironmentFacts{
			Environment: platform.Environment{Name: name, Stage: stage, CreatedAt: at(70)}, Known: read(platform.FamPods), Usage: &platform.Usage{At: now},
			Applications: []platform.Application{
				{Instance: "argocd/pub", Name: "x-env", Type: platform.AppInfra, Sync: platform.SyncSynced, Health: platform.HealthHealthy},
				{Instance: "argocd/pub", Name: "x-app", Type: platform.AppDeploy, Sync: platform.SyncSynced, Health: platform.HealthHealthy, History: []platform.Deployment{{At: at(60)}}},
			},
		}
	}
	return &platform.Dossier{
		Project: platform.Project{ID: "p", Slug: "web", Status: platform.ProjectCreated, CreatedAt: at(90), Hprod: platform.Resources{CPU: 4, Memory: 8}, Owner: platform.Person{Email: "owner@test"},
			Members: []platform.Member{{Person: platform.Person{Email: "m@test"}, RoleIDs: []string{"devops"}}},
			Roles:   []platform.Role{{ID: "devops", Name: "DevOps", Type: "system:managed", Permissions: 984}, {ID: "ro", Name: "Lecture", Type: "system:managed", Permissions: 768}}},
		Repositories: []platform.RepositoryFacts{repo, {Repository: platform.Repository{Name: "infra", Infra: true, CreatedAt: at(88)}}},
		Environments: []platform.EnvironmentFacts{env("dev", "dev"), env("prod", "prod")},
		Images:       []platform.Image{{Repository: "api", PushedAt: at(79), Scan: platform.Scan{Status: "Success"}}},
		Applications: []platform.Application{{Instance: "argocd/pub", Name: "prod-web-observability", Type: platform.AppObservability, Sync: platform.SyncSynced, Health: platform.HealthHealthy}},
		Known: read(platform.FamProject, platform.FamMembers, platform.FamRepositories, platform.FamGit, platform.FamPipelines, platform.FamGates, platform.FamImages, platform.FamEnvironments,
			platform.FamApplications, platform.FamLog),
	}
}

// ticked is a ledger in which everything was said.
func ticked() *platform.Ledger {
	l := &platform.Ledger{Project: "web", Track: platform.TrackCloudPi, Items: map[string]platform.Tick{}, Fields: map[string]platform.Field{}, Compatibility: map[string]string{}, Skills: map[string]string{}}
	for _, id := range platform.ManualItems() {
		l.Items[id] = platform.Tick{State: platform.StepOK, By: "a", At: onboardingNow().AddDate(0, 0, -50)}
	}
	for _, f := range platform.OnboardingFields() {
		l.Fields[f.ID] = platform.Field{Kind: f.Kind, Number: 1, Text: "x"}
	}
	for _, id := range platform.CompatibilityItems() {
		l.Compatibility[id] = "yes"
	}
	for _, id := range platform.SkillItems() {
		l.Skills[id] = "yes"
	}
	return l
}

func states(o platform.Onboarding) string {
	var out []string
	for _, s := range o.Steps {
		out = append(out, string(s.State))
	}
	return strings.Join(out, " ")
}

func TestOnboardedProject(t *testing.T) {
	o := platform.Onboard(healthy(), ticked(), onboardingNow())
	if o.Count(platform.StepOK) != 18 || o.Next() != nil {
		t.Errorf("%s\n%+v", states(o), o.Next())
	}
	for i, s := range o.Steps {
		if s.Number != i+1 || s.ID != platform.StepIDs()[i] || s.Owner != "" || s.Since.IsZero() || s.Days(onboardingNow()) < 0 || len(s.Checks) == 0 {
			t.Errorf("%+v", s)
		}
	}
}

// Nothing read and no ledger kept: nothing is claimed, neither done nor failed.
func TestOnboardingOfTheUnknown(t *testing.T) {
	o := platform.Onboard(&platform.Dossier{}, nil, onboardingNow())
	if o.Count(platform.StepUnknown) != 18 || o.Next() != nil {
		t.Error(states(o))
	}
	o = platform.Onboard(healthy(), nil, onboardingNow())
	if o.Count(platform.StepOK) != 10 || o.Count(platform.StepKO) != 0 {
		t.Error(states(o))
	}
	o = platform.Onboard(healthy(), &platform.Ledger{Broken: "conflict"}, onboardingNow())
	if o.Steps[0].State != platform.StepUnknown || o.Steps[0].Checks[0].Why[0].Code != "ledger_broken" {
		t.Errorf("%+v", o.Steps[0])
	}
}

func TestOnboardingSteps(t *testing.T) {
	type D = platform.Dossier
	type L = platform.Ledger
	tick := func(state platform.StepState) platform.Tick {
		return platform.Tick{State: state, By: "a", At: onboardingNow().AddDate(0, 0, -3)}
	}
	young := func(d *D) { d.Project.CreatedAt = onboardingNow().AddDate(0, 0, -5) }
	for name, c := range map[string]struct {
		step   int
		change func(*D, *L)
		want   platform.StepState
		owner  platform.StepOwner
		code   string
	}{
		"nobody asked":            {1, func(_ *D, l *L) { delete(l.Items, "request") }, platform.StepTodo, platform.OwnerTeam, "not_ticked"},
		"not eligible":            {2, func(_ *D, l *L) { l.Items["prequalification"] = tick(platform.StepKO) }, platform.StepKO, platform.OwnerService, "ticked_ko"},
		"a prerequisite lacks":    {3, func(_ *D, l *L) { delete(l.Fields, "backups"); delete(l.Items, "qualification") }, platform.StepRunning, platform.OwnerTeam, "answered"},
		"not stateless":           {3, func(_ *D, l *L) { l.Compatibility["stateless"] = "no" }, platform.StepKO, platform.OwnerTeam, "needed_missing"},
		"no helm":                 {3, func(_ *D, l *L) { l.Skills["helm"] = "no" }, platform.StepOK, "", "advised_missing"},
		"no kubernetes":           {3, func(_ *D, l *L) { l.Skills["kubernetes"] = "no" }, platform.StepKO, platform.OwnerTeam, "needed_missing"},
		"no account in the chat":  {4, func(_ *D, l *L) { delete(l.Items, "accounts.mattermost") }, platform.StepRunning, platform.OwnerAdmins, "not_ticked"},
		"provisioning failed":     {5, func(d *D, _ *L) { d.Project.Status = platform.ProjectFailed }, platform.StepKO, platform.OwnerAdmins, "console_status"},
		"no quota":                {5, func(d *D, _ *L) { d.Project.Hprod = platform.Resources{} }, platform.StepRunning, platform.OwnerAdmins, "no_quota"},
		"not in the console":      {5, func(d *D, _ *L) { d.Project.Derived = true }, platform.StepUnknown, platform.OwnerAdmins, "not_in_console"},
		"alone":                   {6, func(d *D, _ *L) { d.Project.Members = nil }, platform.StepTodo, platform.OwnerTeam, "people"},
		"nobody deploys":          {6, func(d *D, _ *L) { d.Project.Members[0].RoleIDs = nil }, platform.StepRunning, platform.OwnerTeam, "role_empty"},
		"no right to see members": {6, func(d *D, _ *L) { d.Known[platform.FamMembers] = platform.FactAge{State: platform.StateForbidden} }, platform.StepUnknown, platform.OwnerTeam, "unread"},
		"no infra":                {7, func(d *D, _ *L) { d.Repositories = d.Repositories[:1] }, platform.StepRunning, platform.OwnerTeam, "no_repository"},
		"first mirror runs":       {8, func(d *D, _ *L) { young(d); d.Repositories[0].Mirror[0].Status = platform.PipelineRunning }, platform.StepRunning, platform.OwnerTeam, "run"},
		"one more mirror runs":    {8, func(d *D, _ *L) { d.Repositories[0].Mirror[0].Status = platform.PipelineRunning }, platform.StepOK, "", "run"},
		"mirror failed":           {8, func(d *D, _ *L) { d.Repositories[0].Mirror[0].Status = platform.PipelineFailed }, platform.StepKO, platform.OwnerTeam, "run"},
		"no external forge":       {8, func(d *D, _ *L) { d.Repositories[0].ExternalURL = "" }, platform.StepNA, "", "only_internal"},
		"another CI file":         {9, func(d *D, _ *L) { d.Repositories[0].Git.CIConfigPath = ".gitlab-ci.yml" }, platform.StepKO, platform.OwnerAdmins, "ci_path"},
		"no pipeline yet":         {9, func(d *D, _ *L) { d.Repositories[0].Pipelines = nil }, platform.StepTodo, platform.OwnerTeam, "ci_unproved"},
		"red pipeline":            {10, func(d *D, _ *L) { d.Repositories[0].Pipelines[0].Status = platform.PipelineFailed }, platform.StepKO, platform.OwnerTeam, "run"},
		"cancelled, green before": {10, func(d *D, _ *L) { d.Repositories[0].Pipelines[0].Status = platform.PipelineCanceled }, platform.StepOK, "", "run"},
		"red gate":                {11, func(d *D, _ *L) { d.Repositories[0].Gate.Status = platform.GateError }, platform.StepKO, platform.OwnerTeam, "gate"},
		"never analysed":          {11, func(d *D, _ *L) { d.Repositories[0].Gate = nil }, platform.StepTodo, platform.OwnerTeam, "never_analysed"},
		"no SonarQube":            {11, func(d *D, _ *L) { delete(d.Known, platform.FamGates) }, platform.StepUnknown, platform.OwnerTeam, "unread"},
		"not scanned":             {12, func(d *D, _ *L) { d.Images[0].Scan = platform.Scan{} }, platform.StepRunning, platform.OwnerTeam, "not_scanned"},
		"no image":                {12, func(d *D, _ *L) { d.Images = nil }, platform.StepTodo, platform.OwnerTeam, "no_image"},
		"no environment":          {13, func(d *D, _ *L) { d.Environments = nil }, platform.StepTodo, platform.OwnerTeam, "no_environment"},
		"namespace missing":       {13, func(d *D, _ *L) { d.Environments[0].Applications[0].Health = platform.HealthMissing }, platform.StepKO, platform.OwnerAdmins, "application"},
		"secret missing": {14, func(d *D, _ *L) {
			d.Environments[0].Pods = []platform.Pod{{Name: "x", Reason: "CreateContainerConfigError", Message: `secret "db" not found`}}
		}, platform.StepKO, platform.OwnerTeam, "secret_missing"},
		"secrets not said": {14, func(_ *D, l *L) { delete(l.Items, "secrets") }, platform.StepTodo, platform.OwnerTeam, "not_ticked"},
		"flows awaited":    {15, func(_ *D, l *L) { l.Items["resources.flows"] = tick(platform.StepWaiting) }, platform.StepWaiting, platform.OwnerHost, "ticked_waiting"},
		"PAX has names": {15, func(_ *D, l *L) {
			l.Track = platform.TrackPAX
			for _, thing := range []string{"flows", "dns", "certificates"} {
				delete(l.Items, "resources."+thing)
			}
			l.Items["resources"] = tick(platform.StepNA)
		}, platform.StepNA, "", "pax_automatic"},
		"name refused": {15, func(d *D, _ *L) {
			d.Exposed = []platform.ServiceChain{{CommonName: "x.test", State: "failed", Flow: "dns_request"}}
		}, platform.StepKO, platform.OwnerHost, "chain_step"},
		"exposed":                   {15, func(d *D, _ *L) { d.Exposed = []platform.ServiceChain{{CommonName: "x.test", State: "success"}} }, platform.StepOK, "", "chain"},
		"degraded":                  {16, func(d *D, _ *L) { d.Environments[1].Applications[1].Health = platform.HealthDegraded }, platform.StepKO, platform.OwnerTeam, "application"},
		"first roll-out":            {16, func(d *D, _ *L) { young(d); d.Environments[1].Applications[1].Health = platform.HealthProgressing }, platform.StepRunning, platform.OwnerTeam, "application"},
		"nothing deployed":          {16, func(d *D, _ *L) { d.Environments = nil }, platform.StepTodo, platform.OwnerTeam, "no_application"},
		"no dashboards":             {17, func(_ *D, l *L) { delete(l.Items, "observability.dashboards") }, platform.StepTodo, platform.OwnerTeam, "not_ticked"},
		"observability out of sync": {17, func(d *D, _ *L) { d.Applications[0].Sync = platform.SyncOutOfSync }, platform.StepKO, platform.OwnerAdmins, "application"},
		"audit expired": {18, func(_ *D, l *L) {
			x := tick(platform.StepOK)
			x.Until = onboardingNow().AddDate(0, 0, -1)
			l.Items["production.audit"] = x
		}, platform.StepKO, platform.OwnerTeam, "expired"},
		"audit valid today": {18, func(_ *D, l *L) {
			x := tick(platform.StepOK)
			x.Until = onboardingNow().Truncate(24 * time.Hour)
			l.Items["production.audit"] = x
		}, platform.StepOK, "", "expires_soon"},
		"approval awaited":           {18, func(_ *D, l *L) { l.Items["production.approval"] = tick(platform.StepWaiting) }, platform.StepWaiting, platform.OwnerSecurity, "ticked_waiting"},
		"PAX ends before production": {18, func(d *D, l *L) { l.Track = platform.TrackPAX; d.Environments = d.Environments[:1] }, platform.StepNA, "", "pax_no_production"},
		"no production":              {18, func(d *D, _ *L) { d.Environments = d.Environments[:1] }, platform.StepRunning, platform.OwnerTeam, "no_production"},
		"a system's step put aside":  {11, func(d *D, l *L) { d.Repositories[0].Gate = nil; l.Items["quality"] = tick(platform.StepNA) }, platform.StepNA, "", "never_analysed"},
		"a failure cannot be waiting": {11, func(d *D, l *L) {
			d.Repositories[0].Gate.Status = platform.GateError
			l.Items["quality"] = tick(platform.StepWaiting)
		}, platform.StepKO, platform.OwnerTeam, "gate"},
		"a system's step waiting": {13, func(d *D, l *L) {
			d.Environments = nil
			x := tick(platform.StepWaiting)
			x.Owner = platform.OwnerAdmins
			l.Items["environments"] = x
		}, platform.StepWaiting, platform.OwnerAdmins, "no_environment"},
	} {
		t.Run(name, func(t *testing.T) {
			d, l := healthy(), ticked()
			c.change(d, l)
			o := platform.Onboard(d, l, onboardingNow())
			s := o.Steps[c.step-1]
			var codes []string
			for _, check := range s.Checks {
				for _, w := range check.Why {
					codes = append(codes, w.Code)
				}
			}
			if s.State != c.want || s.Owner != c.owner || !slices.Contains(codes, c.code) {
				t.Errorf("%s of %q, codes %v; want %s of %q, %s", s.State, s.Owner, codes, c.want, c.owner, c.code)
			}
			if open := c.want != platform.StepOK && c.want != platform.StepNA && c.want != platform.StepUnknown; open != (o.Next() != nil) || (open && !o.Awaits(c.owner)) {
				t.Errorf("next %+v", o.Next())
			}
		})
	}
}

func TestFields(t *testing.T) {
	for _, c := range []struct{ id, text, want, why string }{
		{"case", "2", "2", ""}, {"case", "0", "", "range"}, {"case", "5", "", "range"}, {"data_volume", "2,5", "2.5", ""}, {"data_volume", "NaN", "", "number"}, {"cpu", "x", "", "number"},
		{"start", "21/11/2026", "2026-11-21", ""}, {"start", "hier", "", "date"}, {"external", " a, b ;; c ", "a, b, c", ""}, {"architecture", "https://x/y", "https://x/y", ""},
		{"architecture", "ftp://x", "", "link"}, {"architecture", "https://u:p@x/", "", "link"}, {"backups", "chaque nuit", "chaque nuit", ""},
	} {
		f, ok := platform.FieldOf(c.id)
		v, why := f.ParseField(c.text)
		if !ok || why != c.why || (why == "" && v.String() != c.want) {
			t.Errorf("%s %q is %q %q", c.id, c.text, v, why)
		}
	}
	if n := ticked().Answered(); n != platform.PrerequisiteCount {
		t.Error(n)
	}
	if n := (&platform.Ledger{}).Answered(); n != 0 {
		t.Error(n)
	}
}
