package main

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"dsotop/demo"
	"dsotop/demo/world"
	"dsotop/internal/fleet"
	"dsotop/internal/platform/hostile"
	"dsotop/internal/secret"
	"dsotop/internal/store"
	"dsotop/internal/ui"
)

// bird begins every canary of this file: seen anywhere, a secret got out.
const bird = "cAn4ry"

// aviary is a platform behind a gateway, with a canary in every credential and in everything remote that may hold a secret.
type aviary struct {
	config string
	env    []string
	// flaky makes the gateway refuse some of the requests, each time in another way, and tell what it was sent.
	flaky *atomic.Bool
	// barred makes it refuse what writes, and tell what it was sent.
	barred *atomic.Bool
	// sunk is what the journal's sink was sent.
	sunk *sink
	// hidden are further texts that must not be seen: encodings of canaries, and the client's key.
	hidden []string
}

// crash is the program with a fault in it: to look again (ctrl+r) panics with all that is known.
func crash() {
	p := &program{streams: streams{in: os.Stdin, out: os.Stdout, err: os.Stderr}, env: environment, lang: "en"}
	p.opts.Config = os.Args[2]
	cfg, profile, err := p.load()
	if err != nil {
		os.Exit(conclude(err, p.lang, p.streams))
	}
	e, done, err := p.engine(cfg, profile)
	if err != nil {
		os.Exit(conclude(err, p.lang, p.streams))
	}
	e.Start(context.Background())
	err = ui.Run(context.Background(), ui.Options{Backend: broken{e}, Lang: "en", In: p.in, Out: p.out, Environ: os.Environ()})
	done()
	os.Exit(conclude(err, p.lang, p.streams))
}

type broken struct{ ui.Backend }

func (b broken) Refresh() { panic(fmt.Sprintf("everything: %s", known(b.View()))) }

// known is all that a view holds, as text.
func known(v *fleet.View) string {
	var sb strings.Builder
	for _, row := range v.Projects {
		fmt.Fprintf(&sb, "%+v %+v\n", *row.Dossier, row.Findings)
		for _, e := range row.Dossier.Environments {
			fmt.Fprintf(&sb, "%+v\n", e)
		}
	}
	fmt.Fprintf(&sb, "%+v\n", v.Sources)
	return sb.String()
}

// releases lets canaries into everything remote that people see.
func releases(p *demo.Platform) {
	leaks := []string{
		" at https://oauth2:" + bird + "-1@gitlab.example/a.git", " with glpat-" + bird + "abcdefgh1", " Authorization: Bearer " + bird + "-2", ` {"password":"` + bird + `-3"}`,
		" DB_PASSWORD=" + bird + "-4", " robot$guichet+rw:" + bird + "-5 ", " eyJhbGciOiJIUzI1NiJ9." + bird + "6.x", " token: " + bird + "-77", " -----BEGIN PRIVATE KEY-----\n" + bird + "-8\n",
	}
	n := 0
	p.World.Update(func(tx *world.Tx) {
		hostile.Poison(tx.State, func(field, old string) string {
			switch field {
			case "Message", "HealthMessage", "Description", "Annotations", "Comment":
				if old == "" && field != "Message" {
					return ""
				}
				n++
				return old + leaks[n%len(leaks)]
			case "ExternalURL":
				return strings.Replace(old, "https://", "https://bot:"+bird+"-9@", 1)
			}
			return old
		})
	})
}

// annotate puts into every object of Kubernetes what kubectl leaves there, and what an environment and a Secret hold.
func annotate(_ string, body []byte) []byte {
	var doc any
	if json.Unmarshal(body, &doc) != nil {
		return body
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, one := range v {
				walk(one)
			}
		case map[string]any:
			for _, one := range v {
				walk(one)
			}
			if meta, ok := v["metadata"].(map[string]any); ok && meta["name"] != nil {
				meta["annotations"] = map[string]any{"kubectl.kubernetes.io/last-applied-configuration": `{"data":{"password":"` + bird + `-10"}}`}
				v["data"] = map[string]any{"password": bird + "-11"}
			}
			if containers, ok := v["containers"].([]any); ok {
				for _, c := range containers {
					if c, ok := c.(map[string]any); ok {
						c["env"] = []any{map[string]any{"name": "PASSWORD", "value": bird + "-12"}}
					}
				}
			}
			if v["internalRepoName"] != nil || v["slug"] != nil {
				v["externalToken"], v["secrets"] = bird+"-13", map[string]any{"GITLAB": bird + "-14"}
			}
		}
	}
	walk(doc)
	out, err := json.Marshal(doc)
	if err != nil {
		return body
	}
	return out
}

func newAviary(t *testing.T) *aviary {
	t.Helper()
	p, ca := simulated(t), newAuthority(t)
	releases(p)
	a := &aviary{flaky: &atomic.Bool{}, barred: &atomic.Bool{}, sunk: newSink(t)}
	var asked, refusals atomic.Int64
	g := &gateway{tls: ca.server(false), rewrites: annotate,
		lets: func(r *http.Request) bool {
			sent := fmt.Sprint(r.Header)
			if user, password, ok := r.BasicAuth(); ok {
				sent += user + password
			}
			if !strings.Contains(sent, bird) && (r.TLS == nil || len(r.TLS.PeerCertificates) == 0) {
				return false
			}
			if a.barred.Load() && r.Method != http.MethodGet && !strings.HasSuffix(r.URL.Path, "/graphql") {
				return false
			}
			return !a.flaky.Load() || asked.Add(1)%3 != 0
		},
		status: func() int {
			if a.barred.Load() {
				return 403 // a write that fails otherwise may have been done: it would be looked after for minutes
			}
			return []int{401, 403, 500, 400, 404, 502}[refusals.Add(1)%6]
		},
	}
	g.tls.ClientAuth = tls.RequestClientCert
	g.open(t, p)
	cert, key := ca.pair("astreinte.sre")
	certFile, keyFile := write(t, "cert.pem", string(cert)), write(t, "key.pem", string(key))
	a.hidden = append(a.hidden, strings.Split(string(key), "\n")[1], base64.StdEncoding.EncodeToString(key))
	for _, canary := range []string{bird + "-sonar", bird + "-harbor", bird + "-console"} {
		for _, pair := range []string{canary, "sre:" + canary, canary + ":"} {
			a.hidden = append(a.hidden, base64.StdEncoding.EncodeToString([]byte(pair)))
		}
	}
	a.env = []string{"CONSOLE_TOKEN=" + bird + "-console", "ARGO_COOKIE=argocd.token=" + bird + "-cookie"}
	caData := base64.StdEncoding.EncodeToString([]byte(mustRead(t, ca.file())))
	plugin := `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"` + bird + `-plugin"}}`
	users := map[string]string{
		"token": "token: " + bird + "-kubeconfig",
		"exec":  "exec: {apiVersion: client.authentication.k8s.io/v1, command: cat, args: [" + fmt.Sprintf("%q", write(t, "plugin.json", plugin)) + "], interactiveMode: Never}",
		"cert":  "client-certificate-data: " + base64.StdEncoding.EncodeToString(cert) + ", client-key-data: " + base64.StdEncoding.EncodeToString(key),
		"basic": "username: sre, password: " + bird + "-kubepass",
	}
	kinds := []string{"token", "exec", "cert", "basic"}
	nth := 0
	a.config = g.config(t, direct, func(name string) string {
		trust := fmt.Sprintf("tls: {ca: %q}", ca.file())
		switch kind, _, _ := strings.Cut(name, "/"); kind {
		case "console":
			return trust + ", token: env:CONSOLE_TOKEN"
		case "gitlab":
			return trust + fmt.Sprintf(", token: %q", "file:"+write(t, "gitlab", "glpat-"+bird+"gitlab01"))
		case "sonarqube":
			return trust + fmt.Sprintf(", user: sre, password: %q", "file:"+write(t, "sonar", bird+"-sonar\n"))
		case "harbor":
			return trust + fmt.Sprintf(", user: sre, password: %q", "exec:cat "+write(t, "harbor", bird+"-harbor"))
		case "argocd":
			return trust + ", cookie: env:ARGO_COOKIE"
		case "prometheus":
			return fmt.Sprintf("tls: {ca: %q, cert: %q, key: %q}", ca.file(), certFile, keyFile)
		case "kubernetes":
			nth++
			if nth > len(kinds) {
				return trust + fmt.Sprintf(", token: %q", "file:"+write(t, "kube", bird+"-kubefile"))
			}
			kube := fmt.Sprintf("apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{name: c, cluster: {server: %q, certificate-authority-data: %s}}]\nusers: [{name: u, user: {%s}}]\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n",
				g.urls[name], caData, users[kinds[nth-1]])
			return fmt.Sprintf("kubeconfig: %q, context: c", write(t, "kubeconfig", kube))
		default:
			return trust + fmt.Sprintf(", token: %q", "file:"+write(t, "obs", bird+"-bearer"))
		}
	})
	// A cluster is named by its kubeconfig or by an address, not both.
	text := mustRead(t, a.config)
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.Contains(l, "kubeconfig:") {
			lines[i] = regexp.MustCompile(`url: "[^"]*", (name: [^,]*, kubeconfig)`).ReplaceAllString(l, "$1")
		}
	}
	token := "file:" + write(t, "sink", bird+"-sink")
	lines = append(lines, fmt.Sprintf("journal: {webhook: {url: %q, token: %q}, loki: {url: %q, token: %q}}", a.sunk.url, token, a.sunk.url, token), "")
	if err := os.WriteFile(a.config, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

func mustRead(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// search looks for secrets in what the program let out.
func (a *aviary) search(t *testing.T, where, text string) {
	t.Helper()
	for _, canary := range append([]string{bird}, a.hidden...) {
		if i := strings.Index(text, canary); i >= 0 {
			t.Errorf("%s holds a secret: …%q", where, text[max(0, i-120):min(len(text), i+40)])
		}
	}
}

// searchFiles looks into every file below a folder, the last known state unpacked.
func (a *aviary) searchFiles(t *testing.T, home string) (files int, state bool) {
	t.Helper()
	err := filepath.WalkDir(home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		data := mustRead(t, path)
		a.search(t, path, data)
		if strings.HasSuffix(path, ".state") {
			s := store.New(nil)
			if _, err := s.Load(strings.NewReader(data)); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			state = true
			a.search(t, path+", unpacked", known(fleet.New(fleet.Options{}).View(s.Current(), time.Now())))
			for _, sh := range all(s.Current()) {
				a.search(t, path+", unpacked", sh)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files, state
}

// all is every shelf that could hold a message of others, as text.
func all(s *store.Snapshot) []string {
	var out []string
	out = shelves(out, s, store.Projects)
	out = shelves(out, s, store.Repositories)
	out = shelves(out, s, store.Log)
	out = shelves(out, s, store.Pipelines)
	out = shelves(out, s, store.Tokens)
	out = shelves(out, s, store.Applications)
	out = shelves(out, s, store.Pods)
	out = shelves(out, s, store.Workloads)
	out = shelves(out, s, store.Events)
	out = shelves(out, s, store.Alerts)
	out = shelves(out, s, store.LogErrors)
	out = shelves(out, s, store.ServiceHealth)
	return shelves(out, s, store.Health)
}

func shelves[T any](out []string, s *store.Snapshot, kind store.Kind[T]) []string {
	for sh := range kind.All(s) {
		out = append(out, fmt.Sprintf("%s %+v", kind.Name(), sh.Items))
	}
	return out
}

func TestNoSecretGetsOutOfACommand(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	for _, flaky := range []bool{false, true} {
		home, masked := t.TempDir(), 0
		wait := "60s" // until all is read
		if flaky {
			wait = "2s" // it never is
		}
		a.flaky.Store(flaky)
		for _, args := range [][]string{
			{"status", "--wait", wait}, {"status", "-o", "json", "--wait", wait}, {"findings", "--wait", wait}, {"findings", "-o", "yaml", "--wait", wait}, {"doctor"}, {"doctor", "-o", "json"}, {"config", "show"}, {"config", "check"},
		} {
			r := dsotop(t, home, a.env, append([]string{"--config", a.config}, args...)...)
			a.search(t, fmt.Sprint(args, " printed"), r.out)
			a.search(t, fmt.Sprint(args, " complained"), r.err)
			masked += strings.Count(r.out+r.err, secret.Mask)
			if !flaky && r.code != exitFine {
				t.Errorf("%v: code %d, %s", args, r.code, r.err)
			}
		}
		if masked == 0 {
			t.Error("no secret arrived where one could have been shown: this proves nothing")
		}
		if files, state := a.searchFiles(t, home); files < 2 || !state {
			t.Errorf("%d files, state file %v", files, state)
		}
	}
}

func TestNoSecretGetsOutOfBrokenCredentials(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	literal := bird + "-literal"
	for name, text := range map[string]string{
		"literal token":        "profiles: {p: {gitlab: {url: https://h, token: " + literal + "}}}",
		"secret in an address": "profiles: {p: {gitlab: {url: https://u:" + literal + "@h}}}",
		"secret in a proxy":    "profiles: {p: {gitlab: {url: https://h, proxy: http://u:" + literal + "@h}}}",
		"broken YAML":          "profiles:\n  p:\n    gitlab: {url: https://h, token: " + literal + "\n    console: [",
		"broken quotes":        "profiles:\n  p:\n    gitlab:\n      token: \"" + literal + "\n",
		"wrong type":           "profiles: {p: {gitlab: {url: https://h, token: [" + literal + "]}}}",
		"wrong place":          "profiles: {p: {gitlab: " + literal + "}}",
		"unknown key":          "profiles: {p: {gitlab: {url: https://h, tokn: " + literal + "}}}",
		"line break":           "profiles: {p: {gitlab: {url: https://h, token: env:TWO_LINES}}}",
		"failing command":      "profiles: {p: {gitlab: {url: https://h, token: 'exec:cat $SECRET_FILE >&2; cat $SECRET_FILE; exit 3'}}}",
		"kubeconfig not YAML":  "profiles: {p: {kubernetes: {kubeconfig: " + write(t, "k1", "users: [{name: u, user: {token: "+literal+"}}\n\tx") + "}}}",
		"kubeconfig of types":  "profiles: {p: {kubernetes: {kubeconfig: " + write(t, "k2", "apiVersion: v1\nkind: Config\nusers: [{name: u, user: {token: ["+literal+"]}}]") + "}}}",
		"kubeconfig cut":       "profiles: {p: {kubernetes: {kubeconfig: " + write(t, "k3", "token: "+literal) + "}}}",
		"kubeconfig bad key": "profiles: {p: {kubernetes: {kubeconfig: " + write(t, "k4", "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{name: c, cluster: {server: https://127.0.0.1:1}}]\n"+
			"users: [{name: u, user: {client-certificate-data: "+literal+", client-key-data: "+literal+"}}]\ncontexts: [{name: c, context: {cluster: c, user: u}}]") + "}}}",
		"key not a key": "profiles: {p: {gitlab: {url: https://127.0.0.1:1, tls: {cert: " + write(t, "c.pem", literal) + ", key: " + write(t, "k.pem", literal) + "}}}}",
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, "config.yaml", text)
			env := []string{"TWO_LINES=" + literal + "\n" + literal, "SECRET_FILE=" + write(t, "secret", literal)}
			a := &aviary{}
			for _, args := range [][]string{{"config", "check"}, {"config", "show"}, {"doctor"}, {"status", "--wait", "2s"}} {
				r := dsotop(t, home, env, append([]string{"--config", file}, args...)...)
				a.search(t, fmt.Sprint(args), r.out+r.err)
			}
			a.searchFiles(t, home)
		})
	}
}

// clipboards are the texts that a program put into the terminal's clipboard.
func clipboards(raw string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`\x1b\]52;c;([A-Za-z0-9+/=]*)`).FindAllStringSubmatch(raw, -1) {
		if text, err := base64.StdEncoding.DecodeString(m[1]); err == nil {
			out = append(out, string(text))
		}
	}
	return out
}

func TestNoSecretGetsOutOfASession(t *testing.T) {
	a := newAviary(t)
	for _, end := range []string{"quit", "panic", "kill"} {
		t.Run(end, func(t *testing.T) {
			home := t.TempDir()
			env := append([]string{"XDG_CACHE_HOME=" + filepath.Join(home, "cache"), "XDG_STATE_HOME=" + filepath.Join(home, "state"), "HOME=" + home, "TMPDIR=" + filepath.Join(home)}, a.env...)
			if end == "panic" {
				env = append(env, "DSOTOP_TEST_RUN=crash")
			}
			a.flaky.Store(false)
			x := inTerminal(t, 160, 50, env, "--config", a.config, "--write")
			x.shows("agendaprefs", "habilit")
			if end == "quit" {
				a.tour(x)
				a.act(x)
			} else {
				a.flaky.Store(true)
				x.press("\r")
				x.shows("RB-")
			}
			switch end {
			case "quit":
				x.leaves()
			case "panic":
				x.press("\x12")
			case "kill":
				_ = x.cmd.Process.Signal(syscall.SIGQUIT)
			}
			x.ends()
			raw := x.written()
			crashed := mustRead(t, x.crash)
			if end == "panic" && !strings.Contains(raw+crashed, "everything:") || end == "kill" && !strings.Contains(crashed, "goroutine") {
				t.Errorf("there is no trace of the crash:\n%s", crashed)
			}
			if end != "kill" && x.altScreen() {
				t.Error("the alternate screen was left on")
			}
			a.search(t, "the terminal", raw)
			a.search(t, "standard error", crashed)
			if end != "kill" && !strings.Contains(raw+crashed, secret.Mask) {
				t.Error("no secret arrived where one could have been shown: this proves nothing")
			}
			copies := clipboards(raw)
			for _, text := range copies {
				a.search(t, "the clipboard", text)
			}
			if sent := a.sunk.sent(); end == "quit" {
				a.search(t, "the sink", sent)
				if journal := below(t, home, "journal.jsonl"); len(journal) != 1 || !strings.Contains(mustRead(t, journal[0]), `"answer"`) {
					t.Errorf("nothing was refused: %v", journal)
				}
				if !strings.Contains(sent, `"intent"`) {
					t.Error("the journal's sink was sent nothing")
				}
			}
			if end == "quit" && len(copies) < 5 {
				t.Errorf("only %d texts were copied", len(copies))
			}
			if files, _ := a.searchFiles(t, home); files == 0 {
				t.Error("no file was written")
			}
		})
	}
}

// tour walks over every page and copies whatever it offers, first on a platform that works, then on one that refuses and tells.
func (a *aviary) tour(x *terminal) {
	for _, flaky := range []bool{false, true} {
		a.flaky.Store(flaky)
		x.press("\x12") // look again
		for project := range 3 {
			x.press("1g" + strings.Repeat("j", project) + "\r")
			for range 6 {
				x.settle("jc\r")
				x.settle("\t")
			}
			x.press("1")
			x.settle("\r\t\r")
			for range 6 {
				x.settle("jc\r")
				x.settle("\t")
			}
		}
		x.settle("1:sources\r")
		for range 12 {
			x.settle("jc\r")
		}
	}
	x.press("1")
}

// settle presses keys one by one, and after each waits until the screen moved; some keys move nothing.
func (x *terminal) settle(keys string) {
	x.t.Helper()
	for _, k := range keys {
		select {
		case <-x.moved:
		default:
		}
		x.press(string(k))
		still := time.NewTimer(50 * time.Millisecond)
		select {
		case <-x.moved:
		case <-still.C:
		}
		still.Stop()
	}
}
