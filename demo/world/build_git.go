package world

import (
	"strconv"
	"time"
)

// Outcomes of a pipeline: success, or where it stopped.
const (
	outSuccess  = "success"
	outTest     = "test-app"
	outSonar    = "sonar"
	outSecret   = "read-secret"
	outPush     = "docker-build"
	outCanceled = "canceled"
)

// outcomeOf applies the usual mix of failures to a hash.
func outcomeOf(h uint64) string {
	switch n := h % 100; {
	case n < 60:
		return outSuccess
	case n < 72:
		return outTest
	case n < 82:
		return outSonar
	case n < 90:
		return outSecret
	case n < 95:
		return outPush
	default:
		return outCanceled
	}
}

type repoPlan struct {
	name     string
	infra    bool
	external string // "" is an external forge address made from the names; "-" is none
	private  bool
	commits  int           // commits of the default branch
	every    time.Duration // between commits
	last     time.Duration // age of the newest commit
	runs     int           // pipelines kept: for the newest commits
	mirrors  int           // mirror pipelines kept
	images   int           // artifacts kept by retention; 0 is ten
	outcomes []string      // of the newest pipelines, newest last; the mix before
	shas     map[int]string
	titles   []string
	scan     Scan
	signed   bool
	gate     string // status of the last gate; "" OK, "-" never analysed
	coverage float64
	empty    bool
}

var commitTitles = []string{
	"feat: filtre par département", "fix: fuseau horaire des rendez-vous", "chore: montée de version des dépendances", "feat: export CSV",
	"fix: accents dans les en-têtes", "refactor: découpe le service d'envoi", "test: cas limites des créneaux", "feat: page d'accessibilité",
	"fix: pagination de la liste", "chore: image de base 3.20", "feat: journal des accès", "fix: délai de la base au démarrage",
}

func (b *builder) repo(p *Project, o repoPlan) *Repository {
	switch o.external {
	case "":
		o.external = "https://forge.example.gouv.fr/" + p.Slug + "/" + o.name + ".git"
	case "-":
		o.external = ""
	}
	if o.images == 0 {
		o.images = 10
	}
	b.w.ids.git++
	r := &Repository{ID: uuidOf(b.seed, "repo", p.Slug, o.name), Name: o.name, ExternalURL: o.external, Private: o.private, Infra: o.infra, Project: p,
		CreatedAt: p.CreatedAt.Add(2 * hour), UpdatedAt: p.CreatedAt.Add(3 * hour)}
	if o.private {
		r.ExternalUser = "lecture-" + p.Slug
	}
	if o.infra {
		r.DeployRevision, r.DeployPath, r.HelmValues = "HEAD", ".", "values.yaml,values-<env>.yaml"
	}
	g := &GitProject{ID: b.w.ids.git, Name: o.name, Path: b.s.ProjectsRoot + "/" + p.Slug + "/" + o.name, DefaultBranch: "main", Empty: o.empty,
		CreatedAt: r.CreatedAt}
	if o.external != "" {
		g.CIConfigPath = ".gitlab-ci-dso.yml"
	}
	r.Git = g
	p.Repositories = append(p.Repositories, r)
	author := "developpeur1." + p.Slug
	for i := range o.commits {
		back := o.commits - 1 - i
		at := b.ago(o.last + time.Duration(back)*o.every)
		if back > 0 { // the newest is where the story has it
			at = at.Add(-time.Duration(hash64(b.seed, g.Path, strconv.Itoa(i)) % uint64(max(o.every/4, 1))))
		}
		c := &Commit{SHA: hexOf(40, b.seed, "commit", g.Path, strconv.Itoa(i)), Title: commitTitles[(i+int(g.ID))%len(commitTitles)], Author: author,
			Email: author + "@example.gouv.fr", At: at.Truncate(time.Second)}
		if n := len(o.titles); n > back {
			c.Title = o.titles[n-1-back]
		}
		if s, ok := o.shas[back]; ok {
			c.SHA = s + c.SHA[len(s):]
		}
		g.Commits = append(g.Commits, c)
		g.LastActivity = c.At
		if back < o.runs {
			b.mirror(p, r, c, back < o.mirrors)
			b.run(r, c, o, back)
		}
	}
	if !o.infra && o.gate != "-" && r.Gate == nil && len(g.Commits) > 0 {
		b.analyse(r, g.Commits[len(g.Commits)-1], g.LastActivity.Add(3*minute), o)
	}
	b.retain(r, o.images)
	return r
}

// mirror adds the run that brought a commit in.
func (b *builder) mirror(p *Project, r *Repository, c *Commit, kept bool) {
	if !kept || r.ExternalURL == "" {
		return
	}
	h := hash64(b.seed, "mirror", r.Git.Path, c.SHA)
	source := "trigger"
	switch n := h % 10; {
	case n == 7:
		source = "web"
	case n > 7:
		source = "api"
	}
	b.pushMirror(p, r.Name, source, c.At.Add(20*time.Second), time.Duration(12+h>>8%14)*time.Second, "success", "")
}

// pushMirror adds a finished run of the project's mirror repository, or a running one when status is so.
func (b *builder) pushMirror(p *Project, repo, source string, at time.Time, took time.Duration, status, reason string) *Pipeline {
	pl := newMirrorRun(b.w, p, repo, source, at)
	j := pl.Jobs[0]
	pl.StartedAt, j.StartedAt = at.Add(2*time.Second), at.Add(2*time.Second)
	pl.Status, j.Status, j.FailureReason = status, status, reason
	if status != "running" {
		pl.FinishedAt, j.FinishedAt = pl.StartedAt.Add(took), pl.StartedAt.Add(took)
		pl.UpdatedAt = pl.FinishedAt
	}
	return pl
}

// newMirrorRun adds a created run to the mirror repository.
func newMirrorRun(w *World, p *Project, repo, source string, at time.Time) *Pipeline {
	w.ids.pipeline++
	w.ids.job++
	m := p.Mirror
	pl := &Pipeline{ID: w.ids.pipeline, IID: int64(len(m.Pipelines) + 1), Ref: "main", SHA: m.Commits[0].SHA, Status: "created", Source: source, Git: m,
		Variables: map[string]string{"PROJECT_NAME": repo, "GIT_BRANCH_DEPLOY": "main"}, CreatedAt: at, UpdatedAt: at,
		Jobs: []*Job{{ID: w.ids.job, Name: "repo_pull_sync", Stage: "pull", Status: "created", CreatedAt: at}}}
	m.Pipelines = append(m.Pipelines, pl)
	if at.After(m.LastActivity) {
		m.LastActivity = at
	}
	return pl
}

type stagePlan struct {
	name  string
	usual time.Duration
}

var appStages = []stagePlan{{outSecret, 8 * time.Second}, {outTest, 95 * time.Second}, {outSonar, 60 * time.Second}, {outPush, 140 * time.Second}}
var infraStages = []stagePlan{{"lint", 20 * time.Second}}

// newRun adds a created pipeline of a repository for a commit.
func newRun(w *World, r *Repository, c *Commit, source string, at time.Time) *Pipeline {
	w.ids.pipeline++
	pl := &Pipeline{ID: w.ids.pipeline, IID: int64(len(r.Git.Pipelines) + 1), Ref: r.Git.DefaultBranch, SHA: c.SHA, Status: "created", Source: source, Git: r.Git,
		CreatedAt: at, UpdatedAt: at}
	stages := appStages
	if r.Infra && len(r.Project.Repositories) > 1 {
		stages = infraStages
	}
	pl.Jobs = make([]*Job, len(stages))
	for i, s := range stages {
		w.ids.job++
		pl.Jobs[i] = &Job{ID: w.ids.job, Name: s.name, Stage: s.name, Status: "created", CreatedAt: at, Unawaited: r.Project.ID == testformID}
	}
	r.Git.Pipelines = append(r.Git.Pipelines, pl)
	if at.After(r.Git.LastActivity) {
		r.Git.LastActivity = at
	}
	return pl
}

// jobTime is how long a job takes: the usual time of its stage, more or less 30 %.
func jobTime(seed uint64, j *Job) time.Duration {
	usual := 20 * time.Second
	for _, s := range appStages {
		if s.name == j.Stage {
			usual = s.usual
		}
	}
	k := 0.7 + 0.6*float64(hash64(seed, "job", strconv.FormatInt(j.ID, 10))%1000)/1000
	return (time.Duration(float64(usual) * k)).Truncate(time.Millisecond)
}

// run adds the finished pipeline of a commit, with what it left in SonarQube and Harbor.
func (b *builder) run(r *Repository, c *Commit, o repoPlan, back int) {
	outcome := outcomeOf(hash64(b.seed, "outcome", r.Git.Path, c.SHA))
	if n := len(o.outcomes); n > back {
		outcome = o.outcomes[n-1-back]
	}
	pl := newRun(b.w, r, c, "push", c.At.Add(40*time.Second))
	if len(pl.Jobs) == 1 && outcome != outSuccess && outcome != outCanceled {
		outcome = pl.Jobs[0].Name
	}
	t := pl.CreatedAt.Add(3 * time.Second)
	pl.StartedAt = t
	for _, j := range pl.Jobs {
		j.StartedAt = t
		t = t.Add(jobTime(b.seed, j))
		j.FinishedAt = t
		finishJob(pl, j, outcome)
		if j.Status == "success" || j.Name == outSonar {
			if j.Name == outSonar {
				b.analyse(r, c, j.FinishedAt, o)
			}
			if j.Name == outPush {
				r.Images = append(r.Images, newImage(b.w, r, c, j.FinishedAt, o.scan, o.signed))
			}
		}
		if pl.Status != "running" {
			break
		}
	}
	pl.FinishedAt, pl.UpdatedAt = t, t
	if pl.Status == "running" {
		pl.Status = "success"
	}
}

// finishJob ends a job as the outcome says, and its pipeline with it when it did not go well.
func finishJob(pl *Pipeline, j *Job, outcome string) {
	pl.Status, j.Status = "running", "success"
	switch {
	case outcome == outCanceled && j.Stage != outSecret:
		pl.Status, j.Status = "canceled", "canceled"
	case outcome == j.Stage:
		pl.Status, j.Status, j.FailureReason = "failed", "failed", "script_failure"
	default:
		return
	}
	bad := false
	for _, other := range pl.Jobs {
		if bad {
			other.Status = "skipped"
			if pl.Status == "canceled" {
				other.Status = "canceled"
			}
		}
		bad = bad || other == j
	}
}

// analyse makes the gate of the newest analysis.
func (b *builder) analyse(r *Repository, c *Commit, at time.Time, o repoPlan) {
	status := o.gate
	if status == "" {
		status = "OK"
	}
	r.Gate = newGate(b.seed, r, c, at, status, o.coverage)
}

func newGate(seed uint64, r *Repository, c *Commit, at time.Time, status string, coverage float64) *Gate {
	h := hash64(seed, "gate", r.Git.Path, c.SHA)
	if coverage == 0 {
		coverage = 80.4 + float64(h%150)/10
	}
	g := &Gate{Key: SonarKey(r.Project.Slug, r.Name), Status: status, Revision: c.SHA, Version: r.Git.DefaultBranch, At: at,
		AnalysisID: "AZ" + hexOf(18, seed, "analysis", r.Git.Path, c.SHA)}
	vuln := h >> 16 % 3
	if status != "ERROR" {
		vuln = 0
	} else if coverage >= 80 && vuln == 0 {
		vuln = 2
	}
	cond := func(metric, op, threshold, actual string, bad bool) {
		st := "OK"
		if bad {
			st = "ERROR"
		}
		g.Conditions = append(g.Conditions, Condition{metric, op, threshold, actual, st})
	}
	cov := strconv.FormatFloat(coverage, 'f', 1, 64)
	cond("new_coverage", "LT", "80", cov, coverage < 80)
	cond("new_vulnerabilities", "GT", "0", strconv.FormatUint(vuln, 10), vuln > 0)
	cond("new_duplicated_lines_density", "GT", "3", "1.2", false)
	g.Measures = map[string]string{"alert_status": status, "coverage": cov, "bugs": strconv.FormatUint(h>>24%4, 10), "vulnerabilities": strconv.FormatUint(vuln, 10),
		"security_hotspots": strconv.FormatUint(h>>32%6, 10), "ncloc": strconv.FormatUint(2000+h>>40%30000, 10), "code_smells": strconv.FormatUint(h>>20%90, 10),
		"duplicated_lines_density": "1.2"}
	return g
}

// newImage is the artifact that a pipeline pushed, tagged with the short commit; main and latest move to it.
func newImage(w *World, r *Repository, c *Commit, at time.Time, scan Scan, signed bool) *Image {
	w.ids.artifact++
	if scan.Status == "" {
		scan.Status = "Success"
	}
	scan.At = at.Add(25 * time.Second)
	seed := uint64(w.opts.Seed)
	img := &Image{ID: w.ids.artifact, Digest: "sha256:" + hexOf(64, seed, "image", r.Git.Path, c.SHA), PushedAt: at, Scan: scan, Signed: signed, Commit: c.SHA,
		Size: 60*mib + int64(hash64(seed, "size", r.Git.Path)%180)*mib}
	for _, other := range r.Images {
		kept := other.Tags[:0:0]
		for _, t := range other.Tags {
			if t.Name != "main" && t.Name != "latest" {
				kept = append(kept, t)
			}
		}
		other.Tags = kept
	}
	for _, name := range []string{c.SHA[:8], "main", "latest"} {
		w.ids.tag++
		img.Tags = append(img.Tags, ImageTag{ID: w.ids.tag, Name: name, PushedAt: at})
	}
	return img
}

// retain applies the registry's rule: keep the n artifacts pushed last.
func (b *builder) retain(r *Repository, n int) {
	if len(r.Images) > n {
		r.Images = append([]*Image(nil), r.Images[len(r.Images)-n:]...)
	}
}
