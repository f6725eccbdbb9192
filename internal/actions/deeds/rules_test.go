package deeds_test

import (
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"dsotop/demo"
	"dsotop/demo/fakes/argocd"
	"dsotop/demo/fakes/console"
	"dsotop/demo/fakes/kubernetes"
	"dsotop/demo/world"
	"dsotop/internal/actions"
	"dsotop/internal/actions/deeds"
	"dsotop/internal/actions/wire"
	"dsotop/internal/platform"
	"dsotop/internal/secret"
	argosource "dsotop/internal/sources/argocd"
	consolesource "dsotop/internal/sources/console"
	kubesource "dsotop/internal/sources/kubernetes"
	"dsotop/internal/sources/transport"
)

// TestRefusals: what stands against a deed is said before anything is sent.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name, id, slug, env string
		subject             func(*rig) actions.Subject
		args                actions.Args
		prepare             func(*rig)
		ready               string // code of Ready; "" it lets it pass
		plan                string // code of planning
	}{
		{name: "locked", id: "console.replay", slug: "portail", subject: onProject("portail"), prepare: func(r *rig) { r.change(func(tx *world.Tx) { tx.State.ProjectBySlug["portail"].Locked = true }) }, ready: "locked", plan: "locked"},
		{name: "unlock what is open", id: "console.unlock", slug: "portail", subject: onProject("portail"), ready: "nothing_to_do", plan: "nothing_to_do"},
		{name: "a name that is taken", id: "console.env_create", slug: "portail", subject: onProject("portail"), args: actions.Args{"name": "dev", "cluster": "ovh-hp-1"}, plan: "name_taken"},
		{name: "no such cluster", id: "console.env_create", slug: "portail", subject: onProject("portail"), args: actions.Args{"name": "neuf", "cluster": "nulle-part"}, plan: "unknown_thing"},
		{name: "the same size", id: "console.env_resize", slug: "portail", env: "dev", subject: onEnvironment("portail", "dev"), plan: "no_change"},
		{name: "no such role", id: "console.member_roles", slug: "portail", subject: onMember("portail"), args: actions.Args{"roles": "Empereur"}, plan: "unknown_thing"},
		{name: "a branch that is none", id: "console.sync_repository", slug: "portail", subject: onRepository("portail", "web"), args: actions.Args{"branch": "a..b"}, plan: "bad_argument"},
		{name: "a chain that is well", id: "console.chain_retry", slug: "guichet", plan: "nothing_to_do", subject: func(r *rig) actions.Subject {
			return actions.Subject{Kind: actions.OnChain, ID: view(r, func(s *world.State) string { return s.Chains[0].ID }), Name: "x"}
		}},
		{name: "a pipeline that is well", id: "gitlab.retry_pipeline", slug: "portail", subject: onPipeline("portail", "web"), prepare: settle("portail", "web", "success", "success"), ready: "nothing_to_do", plan: "nothing_to_do"},
		{name: "no such branch", id: "gitlab.run_pipeline", slug: "portail", subject: onRepository("portail", "web"), args: actions.Args{"branch": "absente"}, plan: "gone"},
		{name: "automatic", id: "argocd.rollback", slug: "portail", env: "dev", subject: onApp("portail", "dev"), ready: "autosync_on", plan: "autosync_on"},
		{name: "no operation", id: "argocd.terminate", slug: "portail", env: "dev", subject: onApp("portail", "dev"), ready: "no_operation", plan: "no_operation"},
		{name: "an operation runs", id: "argocd.sync", slug: "habilit", env: "dev", subject: onApp("habilit", "dev"), ready: "operation_running", plan: "operation_running",
			prepare: func(r *rig) {
				r.change(func(tx *world.Tx) { tx.OperateApplication(app(r, "habilit", "dev"), "x", "admin", false, nil) })
			}},
		{name: "no such action", id: "argocd.resource_action", slug: "portail", env: "dev", subject: onWorkload("argocd", "portail", "dev", "web"), args: actions.Args{"action": "explode"}, plan: "unknown_thing"},
		{name: "as many replicas", id: "kubernetes.scale", slug: "portail", env: "dev", subject: onWorkload("kubernetes", "portail", "dev", "web"), plan: "no_change"},
		{name: "a workload that is gone", id: "kubernetes.restart", slug: "portail", env: "dev", plan: "gone", subject: func(r *rig) actions.Subject {
			sub := onWorkload("kubernetes", "portail", "dev", "web")(r)
			sub.ID = "Deployment/absent"
			return sub
		}},
		{name: "not by Kubernetes", id: "kubernetes.restart", slug: "portail", env: "dev", subject: onWorkload("argocd", "portail", "dev", "web"), ready: "not_applicable"},
		{name: "not a CronJob", id: "kubernetes.run_cronjob", slug: "portail", env: "dev", subject: onWorkload("kubernetes", "portail", "dev", "web"), ready: "not_applicable"},
		{name: "a scan runs", id: "harbor.scan", slug: "portail", ready: "operation_running", plan: "operation_running", subject: func(r *rig) actions.Subject {
			return actions.Subject{Kind: actions.OnArtifact, ID: repo(r, "portail", "web").Images[0].Digest, Name: "web"}
		}, prepare: func(r *rig) {
			r.change(func(*world.Tx) { repo(r, "portail", "web").Images[0].Scan.Status = "Running" })
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t, demo.Options{})
			if c.prepare != nil {
				c.prepare(r)
			}
			sc, sub := r.scene(c.slug, c.env), c.subject(r)
			if got := deed(t, c.id).Ready(sc, sub); got.Code != c.ready {
				t.Errorf("ready: %+v, want %q", got, c.ready)
			}
			if c.plan == "" {
				return
			}
			if _, err := r.plan(c.id, sc, sub, c.args); told(err) != c.plan {
				t.Errorf("plan: %v, want %s", err, c.plan)
			}
		})
	}
}

// TestRights: who may not is told before the key is pressed, as far as the facts tell, else when planning.
func TestRights(t *testing.T) {
	r := newRig(t, demo.Options{})
	sub := project(r, "portail")
	sc := r.scene("portail", "")
	for i := range sc.Sources {
		sc.Sources[i].Rights = nil
	}
	me := sc.Dossier.Project.Members[1] // Développeur: 784, and 896 for everyone
	for _, c := range []struct {
		who, id string
		want    actions.Reason
	}{
		{me.ID, "console.replay", actions.Reason{}},
		{me.ID, "console.env_create", actions.Reason{Code: "no_right", Detail: "MANAGE_ENVIRONMENTS"}},
		{sc.Dossier.Project.Owner.ID, "console.env_create", actions.Reason{}},
		{"a stranger", "console.env_create", actions.Reason{Code: "no_right", Detail: "MANAGE_ENVIRONMENTS", Unknown: true}},
		{me.ID, "console.lock", actions.Reason{Code: "no_right", Detail: "MANAGE", Unknown: true}},
	} {
		sc.Principal = c.who
		if got := deed(t, c.id).Ready(sc, sub); got != c.want {
			t.Errorf("%s as %s: %+v", c.id, c.who, got)
		}
	}
	sc.Sources = []platform.SourceHealth{{Name: "console", Kind: "console", State: platform.StateUnreachable}}
	if got := deed(t, "console.replay").Ready(sc, sub); got.Code != "source_down" {
		t.Errorf("a console that is down: %+v", got)
	}
	if got := deed(t, "harbor.scan").Ready(sc, sub); got.Code != "not_configured" {
		t.Errorf("no harbor: %+v", got)
	}
	// The team's tokens: GitLab's only reads, the console's is of another project.
	r.team = true
	r.connect()
	if _, err := r.plan("gitlab.retry_pipeline", r.scene("guichet", ""), onPipeline("guichet", "front")(r), nil); told(err) != "no_right" {
		t.Errorf("a token that reads: %v", err)
	}
	if _, err := r.plan("console.replay", r.scene("portail", ""), sub, nil); told(err) != "no_right" {
		t.Errorf("another's project: %v", err)
	}
	d, err := r.plan("console.replay", r.scene("guichet", ""), project(r, "guichet"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if reply := r.do(d); reply.Status != 204 {
		t.Errorf("one's own project: %d", reply.Status)
	}
}

// TestRollbackNeedsItsImage: the image of then is not in the registry any more, or nobody can tell.
func TestRollbackNeedsItsImage(t *testing.T) {
	r := newRig(t, demo.Options{})
	manual := func(env string) {
		r.change(func(*world.Tx) {
			a := app(r, "guichet", env)
			a.Autosync, a.Operation.Phase = false, "Succeeded"
		})
	}
	manual("prod")
	sc := r.scene("guichet", "prod")
	sub := onApp("guichet", "prod")(r)
	code := ""
	for _, to := range deed(t, "argocd.rollback").Params[0].Choices(sc, sub) {
		if _, err := r.plan("argocd.rollback", sc, sub, actions.Args{"to": to}); err != nil {
			code = told(err)
		}
	}
	if code != "image_gone" {
		t.Errorf("no earlier deployment lacks its image: %q", code)
	}
	delete(r.halfs, "harbor")
	unknown := false
	for _, to := range deed(t, "argocd.rollback").Params[0].Choices(sc, sub) {
		d, err := r.plan("argocd.rollback", sc, sub, actions.Args{"to": to})
		if err != nil {
			t.Errorf("without a registry: %v", err)
		}
		for _, w := range d.Warnings {
			unknown = unknown || w.Code == "image_unknown"
		}
	}
	if !unknown {
		t.Error("nobody warns that the image was not looked for")
	}
}

// TestOlderServers: a console of 9.22 and an Argo CD before 3.1 are asked by the routes they have; a window closes.
func TestOlderServers(t *testing.T) {
	r := newRig(t, demo.Options{ConsoleVersion: "9.22.2"})
	sub := onRepository("portail", "web")(r)
	d, err := r.plan("console.sync_repository", r.scene("portail", ""), sub, nil)
	if err != nil {
		t.Fatal(err)
	}
	if reply := r.do0(d); reply.Status != 404 || d.Else == nil {
		t.Fatalf("the newer route: %d", reply.Status)
	}
	first := d.Call
	d.Call = *d.Else
	if reply := r.do(d); reply.Status != 204 {
		t.Errorf("the older route: %d", reply.Status)
	}
	d.Call = first
	r.pass(time.Minute)
	if s := r.look("console.sync_repository", d, sub, nil); s.State != "done" {
		t.Errorf("%+v", s)
	}

	zone := app(r, "portail", "dev").Zone
	server := httptest.NewServer(argocd.Handler(r.p.World, argocd.Options{Zone: zone, NoActionsV2: true, ClosedWindows: func(string) bool { return true }}))
	defer server.Close()
	a, err := argosource.New(argosource.Options{Name: "argocd/" + zone, Transport: transport.Options{URL: server.URL}})
	if err != nil {
		t.Fatal(err)
	}
	r.halfs["argocd/"+zone] = a
	sc := r.scene("portail", "dev")
	if _, err := r.plan("argocd.sync", sc, onApp("portail", "dev")(r), nil); told(err) != "sync_window" {
		t.Errorf("a closed window: %v", err)
	}
	d, err = r.plan("argocd.restart", sc, onWorkload("argocd", "portail", "dev", "web")(r), nil)
	if err != nil {
		t.Fatal(err)
	}
	if reply := r.do0(d); reply.Status != 404 {
		t.Errorf("the newer route: %d", reply.Status)
	}
	d.Call = *d.Else
	if reply := r.do0(d); reply.Status != 200 {
		t.Errorf("the older route: %d %s", reply.Status, reply.Body)
	}
}

// do0 sends a call that the platform may not count.
func (r *rig) do0(d actions.Draft) *wire.Reply {
	r.t.Helper()
	reply, err := r.Writer(d.Call.System).Write(r.t.Context(), d.Call)
	if err != nil {
		r.t.Fatal(err)
	}
	return &reply
}

// TestGatewayGivesUp: the proxy in front answers 504 while the console works on; only looking tells.
func TestGatewayGivesUp(t *testing.T) {
	r := newRig(t, demo.Options{})
	server := httptest.NewServer(console.New(r.p.World, console.Options{Provisioning: 90 * time.Second, GatewayAfter: time.Millisecond}))
	defer server.Close()
	ref := view(r, func(s *world.State) string {
		for _, k := range s.Tokens {
			if k.Name == world.TokenSRE {
				return k.Value
			}
		}
		return ""
	})
	t.Setenv("DSOTOP_TEST_TOKEN", ref)
	parsed, err := secret.ParseRef("env:DSOTOP_TEST_TOKEN")
	if err != nil {
		t.Fatal(err)
	}
	c, err := consolesource.New(consolesource.Options{Transport: transport.Options{URL: server.URL, Auth: transport.Auth{Secret: parsed}}})
	if err != nil {
		t.Fatal(err)
	}
	r.halfs["console"] = c
	sub := project(r, "vigibat")
	d, err := r.plan("console.replay", r.scene("vigibat", ""), sub, nil)
	if err != nil {
		t.Fatal(err)
	}
	reply := r.do0(d)
	if reply.Status != 504 {
		t.Errorf("status %d", reply.Status)
	}
	if s := r.look("console.replay", d, sub, reply); s.State != "running" || len(s.Progress) == 0 {
		t.Errorf("after the 504: %+v", s)
	}
	r.pass(2 * time.Minute)
	if s := r.look("console.replay", d, sub, reply); s.State != "done" {
		t.Errorf("in the end: %+v", s)
	}
}

// TestReadersOfAClusterMayNotAct: an access review says no, and nothing is tried.
func TestReadersOfAClusterMayNotAct(t *testing.T) {
	r := newRig(t, demo.Options{})
	x := workload(r, "portail", "dev", "web")
	face := kubernetes.Handler(r.p.World, kubernetes.Options{Cluster: x.Namespace.Cluster.Label, ReadOnly: true})
	server := httptest.NewServer(face)
	defer server.Close()
	k, err := kubesource.New(kubesource.Options{Name: x.Namespace.Cluster.Label, Server: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	r.halfs["kubernetes/"+x.Namespace.Cluster.Label] = k
	for _, id := range []string{"kubernetes.restart", "kubernetes.scale"} {
		if _, err := r.plan(id, r.scene("portail", "dev"), onWorkload("kubernetes", "portail", "dev", "web")(r), actions.Args{"replicas": "2"}); told(err) != "no_right" {
			t.Errorf("%s: %v", id, err)
		}
	}
	// The menu knows it too, before a key is pressed.
	hand, err := actions.New(actions.Options{Deeds: deeds.All(), Systems: r, Scene: func(actions.Subject) actions.Scene { return r.scene("portail", "dev") }})
	if err != nil {
		t.Fatal(err)
	}
	may := hand.May(t.Context(), onWorkload("kubernetes", "portail", "dev", "web")(r))
	if may["kubernetes.restart"].Code != "no_right" || may["kubernetes.scale"].Code != "no_right" || may["argocd.restart"].Code != "" {
		t.Errorf("may: %+v", may)
	}
	if face.WriteCount() != 0 {
		t.Errorf("%d writes", face.WriteCount())
	}
}

// TestQuotaIsToldBeforeScaling: more pods than the quota holds is a warning, since the server only refuses them later.
func TestQuotaIsToldBeforeScaling(t *testing.T) {
	r := newRig(t, demo.Options{})
	d, err := r.plan("kubernetes.scale", r.scene("cartocrise", "prod"), onWorkload("kubernetes", "cartocrise", "prod", "moteur")(r), actions.Args{"replicas": "6"})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range d.Warnings {
		if w.Code == "quota_short" {
			return
		}
	}
	t.Errorf("warnings: %+v", d.Warnings)
}

// TestACronJobThatRuns: its status lists its jobs, where a Job's counts its pods; one more is made, and said to be one more.
func TestACronJobThatRuns(t *testing.T) {
	r := newRig(t, demo.Options{})
	r.change(func(tx *world.Tx) {
		tx.RunCronJob(workload(r, "cartocrise", "prod", "chargement-communes"), "chargement-de-midi")
	})
	d, err := r.plan("kubernetes.run_cronjob", r.scene("cartocrise", "prod"), onWorkload("kubernetes", "cartocrise", "prod", "chargement-communes")(r), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(d.Warnings, func(w actions.Reason) bool { return w.Code == "already_runs" && w.Detail == "chargement-de-midi" }) {
		t.Errorf("warnings: %+v", d.Warnings)
	}
}
