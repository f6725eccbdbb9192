package deeds_test

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dsotop/demo"
	"dsotop/demo/world"
	"dsotop/internal/actions"
	"dsotop/internal/actions/deeds"
	"dsotop/internal/actions/wire"
	"dsotop/internal/platform"
	"dsotop/internal/secret"
	"dsotop/internal/sources"
	"dsotop/internal/sources/alertmanager"
	"dsotop/internal/sources/argocd"
	"dsotop/internal/sources/console"
	"dsotop/internal/sources/gitlab"
	"dsotop/internal/sources/harbor"
	"dsotop/internal/sources/kubernetes"
	"dsotop/internal/sources/transport"
)

// half is the acting half of a source.
type half interface {
	Reader() wire.Reader
	Writer() wire.Writer
}

// rig is a still platform with the acting halves of all its sources.
type rig struct {
	t      *testing.T
	p      *demo.Platform
	now    time.Time
	halfs  map[string]half
	inside *world.State
	// team presents the credentials of a team where it has some.
	team     bool
	readOnly bool
}

func (r *rig) Reader(system string) wire.Reader {
	if h := r.halfs[system]; h != nil {
		return h.Reader()
	}
	return nil
}

func (r *rig) Writer(system string) wire.Writer {
	if h := r.halfs[system]; h != nil && !r.readOnly {
		return h.Writer()
	}
	return nil
}

func (r *rig) Names(kind string) []string {
	var out []string
	for name := range r.halfs {
		if k, _, _ := strings.Cut(name, "/"); k == kind {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// start is a moment of the world; everything in it is relative to it.
func start() time.Time { return time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC) }

func newRig(t *testing.T, o demo.Options) *rig {
	t.Helper()
	r := &rig{t: t, now: start(), halfs: map[string]half{}}
	o.Dir, o.Still, o.Calm, o.Seed = t.TempDir(), true, true, 1
	o.Clock = func() time.Time { return start() }
	p, err := demo.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	r.p = p
	r.connect()
	return r
}

// connect builds the sources with the credentials of an operator, or of the team.
func (r *rig) connect() {
	r.t.Helper()
	ref := func(name string) secret.Ref {
		if r.team && name != "kubernetes" && name != "observabilite" {
			name += "-equipe"
		}
		out, err := secret.ParseRef("file:" + filepath.Join(r.p.Credentials, name))
		if err != nil {
			r.t.Fatal(err)
		}
		return out
	}
	to := func(name string, a transport.Auth) transport.Options {
		return transport.Options{Name: name, URL: r.p.URLs[name], Auth: a, Backoff: time.Millisecond}
	}
	put := func(name string, h half, err error) {
		if err != nil {
			r.t.Fatal(err)
		}
		r.halfs[name] = h
	}
	c, err := console.New(console.Options{Transport: to("console", transport.Auth{Secret: ref("console")})})
	put("console", c, err)
	g, err := gitlab.New(gitlab.Options{Transport: to("gitlab", transport.Auth{Scheme: transport.AuthHeader, Secret: ref("gitlab")}), Root: "forge-mi/projects"})
	put("gitlab", g, err)
	user := "astreinte.sre"
	if r.team {
		user = "robot$guichet+rw-robot"
	}
	h, err := harbor.New(harbor.Options{Transport: to("harbor", transport.Auth{Scheme: transport.AuthBasic, User: user, Secret: ref("harbor")})})
	put("harbor", any(h).(half), err)
	for name := range r.p.URLs {
		switch kind, rest, _ := strings.Cut(name, "/"); kind {
		case "argocd":
			a, err := argocd.New(argocd.Options{Name: name, Transport: to(name, transport.Auth{Scheme: transport.AuthBearer, Secret: ref("argocd")})})
			put(name, any(a).(half), err)
		case "kubernetes":
			k, err := kubernetes.New(kubernetes.Options{Name: rest, Kubeconfig: r.p.Kubeconfig, Context: rest})
			put(name, any(k).(half), err)
		case "alertmanager":
			a, err := alertmanager.New(alertmanager.Options{Name: name, Transport: to(name, transport.Auth{Scheme: transport.AuthBearer, Secret: ref("observabilite")}),
				Tenancy: sources.Tenancy{In: sources.TenantHeader, ID: sources.TenantAuto}})
			put(name, any(a).(half), err)
		}
	}
}

// view reads something of the world.
func view[T any](r *rig, f func(*world.State) T) T {
	if r.inside != nil { // a change is being made: the world is ours
		return f(r.inside)
	}
	var out T
	r.p.World.View(func(s *world.State) { out = f(s) })
	return out
}

// change changes the world.
func (r *rig) change(f func(*world.Tx)) {
	r.p.World.Update(func(tx *world.Tx) {
		r.inside = tx.State
		defer func() { r.inside = nil }()
		f(tx)
	})
}

// pass lets time pass.
func (r *rig) pass(d time.Duration) { r.now = r.now.Add(d); r.p.World.Step(r.now) }

func deed(t *testing.T, id string) actions.Deed {
	t.Helper()
	for _, d := range deeds.All() {
		if d.ID == id {
			return d
		}
	}
	t.Fatalf("no deed %s", id)
	return actions.Deed{}
}

// plan plans a deed with its defaults and checks that nothing was written.
func (r *rig) plan(id string, sc actions.Scene, sub actions.Subject, a actions.Args) (actions.Draft, error) {
	r.t.Helper()
	d := deed(r.t, id)
	full := actions.Args{}
	for _, p := range d.Params {
		v, ok := a[p.Name]
		if !ok && p.Default != nil {
			v = p.Default(sc, sub)
		}
		if p.Required && v == "" {
			r.t.Fatalf("%s: %s has no value", id, p.Name)
		}
		full[p.Name] = v
	}
	before := r.p.Writes()
	draft, err := d.Plan(r.t.Context(), r, sc, sub, full)
	if n := r.p.Writes() - before; n != 0 {
		r.t.Errorf("%s: planning wrote %d times", id, n)
	}
	return draft, err
}

// do sends the call of a draft once and checks that it came once.
func (r *rig) do(d actions.Draft) *wire.Reply {
	r.t.Helper()
	before := r.p.Writes()
	reply, err := r.Writer(d.Call.System).Write(r.t.Context(), d.Call)
	if err != nil {
		r.t.Fatalf("%s %s: %v", d.Call.Method, d.Call.Path, err)
	}
	if n := r.p.Writes() - before; n != 1 {
		r.t.Errorf("%s %s: %d writes", d.Call.Method, d.Call.Path, n)
	}
	return &reply
}

// journalled is a draft as a journal gives it back: the call without its body, and the memo.
func journalled(d actions.Draft) actions.Draft {
	data, _ := json.Marshal(d.Memo)
	memo := map[string]string{}
	_ = json.Unmarshal(data, &memo)
	return actions.Draft{Call: wire.Call{System: d.Call.System, Method: d.Call.Method, Path: d.Call.Path, Tenant: d.Call.Tenant}, Memo: memo}
}

// look asks the deed how it went, from what the journal keeps alone.
func (r *rig) look(id string, d actions.Draft, sub actions.Subject, reply *wire.Reply) actions.Sight {
	r.t.Helper()
	before := r.p.Writes()
	s, err := deed(r.t, id).Done(r.t.Context(), r, journalled(d), sub, r.now, reply)
	if err != nil {
		r.t.Errorf("%s: looking again: %v", id, err)
	}
	if n := r.p.Writes() - before; n != 0 {
		r.t.Errorf("%s: looking again wrote %d times", id, n)
	}
	return s
}

// scene is what the facts would say of a project, made from the world.
func (r *rig) scene(slug, environment string) actions.Scene {
	sc := actions.Scene{Now: r.now, Principal: "nobody"}
	for name := range r.halfs {
		kind, _, _ := strings.Cut(name, "/")
		h := platform.SourceHealth{Name: name, Kind: kind, State: platform.StateLive}
		if kind == "console" {
			h.Rights = []platform.Right{{Name: "projects.all", Held: true, Known: true}}
		}
		sc.Sources = append(sc.Sources, h)
	}
	slices.SortFunc(sc.Sources, func(a, b platform.SourceHealth) int { return strings.Compare(a.Name, b.Name) })
	r.p.World.View(func(s *world.State) {
		p := s.ProjectBySlug[slug]
		d := &platform.Dossier{Project: platform.Project{ID: p.ID, Slug: p.Slug, Name: p.Name, Status: p.Status, Locked: p.Locked, LastProvisioned: p.LastProvisioned,
			Owner: platform.Person{ID: p.OwnerID}, Everyone: platform.Perms(p.EveryonePerms), Prod: platform.Resources{CPU: p.ProdCPU, Memory: p.ProdMem}, Hprod: platform.Resources{CPU: p.HprodCPU, Memory: p.HprodMem}}}
		for _, k := range p.Roles {
			d.Project.Roles = append(d.Project.Roles, platform.Role{ID: k.ID, Name: k.Name, Permissions: platform.Perms(k.Permissions)})
		}
		for _, m := range p.Members {
			d.Project.Members = append(d.Project.Members, platform.Member{Person: platform.Person{ID: m.UserID}, RoleIDs: m.RoleIDs})
		}
		for _, k := range p.GroupTokens {
			d.Tokens = append(d.Tokens, platform.AccessToken{ID: k.ID, Name: k.Name, Active: k.Active, ExpiresAt: k.ExpiresAt})
		}
		for _, k := range p.Repositories {
			f := platform.RepositoryFacts{Repository: platform.Repository{ID: k.ID, ProjectID: p.ID, Name: k.Name, ExternalURL: k.ExternalURL, Infra: k.Infra},
				Git: &platform.GitRepository{ID: k.Git.ID, Name: k.Git.Name, Path: k.Git.Path, DefaultBranch: k.Git.DefaultBranch, Empty: k.Git.Empty}}
			for _, x := range slices.Backward(k.Git.Pipelines) {
				f.Pipelines = append(f.Pipelines, pipeline(x))
			}
			for _, x := range slices.Backward(p.Mirror.Pipelines) {
				f.Mirror = append(f.Mirror, pipeline(x))
			}
			for _, x := range k.Images {
				img := platform.Image{Repository: k.Name, Digest: x.Digest, Children: x.Children, Scan: platform.Scan{Status: x.Scan.Status, At: x.Scan.At}}
				for _, tag := range x.Tags {
					img.Tags = append(img.Tags, platform.Tag{Name: tag.Name})
				}
				d.Images = append(d.Images, img)
			}
			d.Repositories = append(d.Repositories, f)
		}
		stages := map[string]string{}
		for _, k := range s.Stages {
			stages[k.ID] = k.Name
		}
		for _, e := range p.Environments {
			f := platform.EnvironmentFacts{Environment: platform.Environment{ID: e.ID, Name: e.Name, ProjectID: p.ID, Stage: stages[e.StageID], ClusterID: e.ClusterID,
				Request: platform.Resources{CPU: e.CPU, GPU: e.GPU, Memory: e.Memory}, Autosync: e.Autosync}, Namespace: e.Namespace.Name, Cluster: platform.Cluster{ID: e.ClusterID, Label: e.Namespace.Cluster.Label}}
			for _, w := range e.Namespace.Workloads {
				f.Workloads = append(f.Workloads, platform.Workload{Cluster: f.Cluster.Label, Namespace: f.Namespace, Kind: w.Kind, Name: w.Name, UID: w.UID, Desired: w.Replicas, Ready: w.Ready})
			}
			if q := e.Namespace.Quota; q != nil {
				f.Quotas = append(f.Quotas, platform.Quota{Name: q.Name, Hard: q.Hard, Used: q.Used})
			}
			for _, a := range s.Applications {
				if a.Environment == e {
					f.Applications = append(f.Applications, application(a, e))
				}
			}
			d.Environments = append(d.Environments, f)
			d.Applications = append(d.Applications, f.Applications...)
		}
		for _, a := range s.Alerts {
			if a.Labels["refapp"] == slug {
				d.Alerts = append(d.Alerts, platform.Alert{Name: a.Name, Labels: a.Labels, ProjectID: p.ID})
			}
		}
		sc.Dossier = d
		for i := range d.Environments {
			if d.Environments[i].Name == environment {
				sc.Environment = &d.Environments[i]
			}
		}
	})
	return sc
}

func application(a *world.Application, e *world.Environment) platform.Application {
	out := platform.Application{Instance: "argocd/" + a.Zone, Namespace: a.Namespace, Name: a.Name, AppProject: a.AppProject, Sync: a.Sync, Health: a.Health, Autosync: a.Autosync, Prune: a.Prune,
		DestNamespace: a.DestNamespace, DestCluster: a.DestCluster, EnvironmentID: e.ID, ProjectID: e.Project.ID, Images: a.Images, Revisions: []string{a.Revision}, Type: platform.ApplicationType(a.Labels["dso/type"])}
	if a.Operation != nil {
		out.Operation = platform.Operation{Phase: a.Operation.Phase, Revision: a.Operation.Revision}
	}
	for _, h := range a.History {
		out.History = append(out.History, platform.Deployment{ID: h.ID, Revision: h.Revision, At: h.At})
	}
	return out
}

func pipeline(x *world.Pipeline) platform.Pipeline {
	p := platform.Pipeline{ID: x.ID, IID: x.IID, Path: x.Git.Path, Ref: x.Ref, SHA: x.SHA, Status: x.Status, Source: x.Source}
	for _, j := range x.Jobs {
		p.Jobs = append(p.Jobs, platform.Job{ID: j.ID, Name: j.Name, Status: j.Status})
	}
	return p
}

// told is a refusal's code; "" for another error or none.
func told(err error) string {
	if r, ok := err.(*actions.Refusal); ok { //nolint:errorlint // as the hand takes it
		return r.Reason.Code
	}
	return ""
}
