package main

import (
	"encoding/pem"
	"io"
	"log"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// consoleOf returns the console of a served demo, and where its token is.
func consoleOf(t *testing.T, file string) (address, ref string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "console: {url: ")
	address, rest, _ = strings.Cut(rest, ", token: \"")
	ref, _, _ = strings.Cut(rest, `"`)
	return address, ref
}

// From a console follow the zones, the clusters and the other systems; what is written opens, holds references only, is for its owner, and
// takes nothing's place.
func TestInitFromConsole(t *testing.T) {
	home := t.TempDir()
	served := serveDemo(t, home)
	address, ref := consoleOf(t, served)
	token, err := os.ReadFile(strings.TrimPrefix(ref, "file:"))
	if err != nil {
		t.Fatal(err)
	}
	kube := []string{"KUBECONFIG=" + filepath.Join(filepath.Dir(served), "kubeconfig")}
	place := filepath.Join(home, "config", "dsotop", "config.yaml")
	args := []string{"init", "--yes", "--from-console", address, "--secret", "console=" + ref, "--no-test"}

	got := dsotop(t, home, kube, append(args, "--print")...)
	contains(t, "init --print", got.out, "console: {url: "+address+", token: "+ref+"}", "- {name: usu, url: http://127.0.0.1:", "token: env:ARGOCD_USU_TOKEN}", "context: mi-prod-1}", "gitlab: {url: ", "sonarqube: {url: ", "harbor: {url: ")
	if got.code != 0 {
		t.Errorf("exit %d: %s", got.code, got.err)
	}
	if _, err := os.Stat(place); err == nil {
		t.Error("--print writes")
	}

	got = dsotop(t, home, kube, args...)
	if got.code != 0 {
		t.Fatalf("exit %d: %s%s", got.code, got.out, got.err)
	}
	st, err := os.Stat(place)
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", st, err)
	}
	data, _ := os.ReadFile(place)
	if strings.Contains(string(data)+got.out+got.err, strings.TrimSpace(string(token))) {
		t.Error("the token is written or shown")
	}
	if got := dsotop(t, home, []string{"ARGOCD_USU_TOKEN=x"}, "config", "show"); got.code != 0 {
		t.Errorf("what is written does not read: %s", got.err)
	}

	got = dsotop(t, home, kube, append(args, "--lang", "fr")...)
	contains(t, "a second init", got.err, "existe déjà : rien n'est écrit")
	if again, _ := os.ReadFile(place); got.code != exitUsage || string(again) != string(data) {
		t.Errorf("exit %d, or the file changed", got.code)
	}
	if got := dsotop(t, home, kube, append(args, "--force", "--url", "loki=https://obs.example")...); got.code != 0 {
		t.Errorf("--force: exit %d, %s", got.code, got.err)
	}
	if again, _ := os.ReadFile(place); !strings.Contains(string(again), "loki: {url: https://obs.example, token: env:OBS_TOKEN, tenant: {in: path, id: auto}}") {
		t.Errorf("--force wrote:\n%s", again)
	}
	before, _ := os.ReadFile(place)
	if err := os.WriteFile(place, append([]byte("# by hand\n"), before...), 0o600); err != nil {
		t.Fatal(err)
	}
	got = dsotop(t, home, nil, "init", "--yes", "--update", "--no-test", "--url", "prometheus=https://obs.example", "--proxy", "none")
	if again, _ := os.ReadFile(place); got.code != 0 || string(again) == string(before) || !strings.HasPrefix(string(again), "# by hand\n"+string(before[:40])) {
		t.Errorf("--update: exit %d, %s%s wrote:\n%s", got.code, got.out, got.err, again)
	}
	contains(t, "--update", got.err, "+     prometheus: {url: https://obs.example, token: env:OBS_TOKEN, tenant: {in: path, id: auto}, proxy: none}")
}

// A test that fails is told with its remedy; the configuration is there, and the exit code says that it is not whole.
func TestInitTests(t *testing.T) {
	home := t.TempDir()
	address, ref := consoleOf(t, serveDemo(t, home))
	got := dsotop(t, home, nil, "init", "--yes", "--url", "console="+address, "--secret", "console="+ref, "--lang", "en")
	contains(t, "a test that succeeds", got.err, "testing console…", "9.24.0")
	if got.code != 0 {
		t.Errorf("exit %d: %s", got.code, got.err)
	}
	got = dsotop(t, home, nil, "init", "--yes", "--url", "console="+address, "--secret", "console=env:NOT_SET", "--lang", "en", "--print")
	contains(t, "a test that fails", got.err, "NOT_SET is not set")
	if got.code != exitSources {
		t.Errorf("exit %d: %s", got.code, got.err)
	}
}

func TestInitWithoutTerminal(t *testing.T) {
	home := t.TempDir()
	const canary = "glpat-CANARY1234567890"
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "without a terminal, give at least --from-console URL"},
		{[]string{"--url", "grafana=https://x"}, `unknown system "grafana"`},
		{[]string{"--url", "gitlab=https://x", "--secret", "gitlab=" + canary}, "give a reference: env:NAME"},
		{[]string{"--url", "gitlab=ftp://x", "--no-test"}, "not an address"},
		{[]string{"--url", "loki=https://x", "--tenant", "body"}, "--tenant: path, header or none"},
		{[]string{"--kube-context", "nope"}, `no context "nope"`},
		{[]string{"--from-console", "http://127.0.0.1:1", "--no-test"}, "the console does not tell what it knows"},
	} {
		got := dsotop(t, home, []string{"DSO_TOKEN=x"}, append([]string{"init", "--lang", "en"}, c.args...)...)
		if got.code == 0 || !strings.Contains(got.err, c.want) {
			t.Errorf("%v: exit %d, %s", c.args, got.code, got.err)
		}
		if strings.Contains(got.out+got.err, canary) {
			t.Errorf("%v repeats a secret", c.args)
		}
	}
	if list, _ := os.ReadDir(filepath.Join(home, "config")); len(list) > 0 {
		t.Errorf("something was written: %v", list)
	}
	got := dsotop(t, home, nil, "--lang", "en")
	contains(t, "without configuration", got.err, "dsotop demo", "dsotop init")
	if got.code != exitUsage {
		t.Errorf("exit %d", got.code)
	}
}

// Opened without a configuration, in a terminal, the program offers the demo and the making of one; the interview tests each answer, writes where
// it is told, and asks before it replaces.
func TestFirstStepsInATerminal(t *testing.T) {
	address, ref := consoleOf(t, serveDemo(t, t.TempDir()))
	x := inTerminal(t, 220, 60, []string{"LANG=en_GB.UTF-8", "KUBECONFIG=/nowhere"})
	x.shows("no configuration yet", "dsotop demo", "dsotop init", "Your choice [1]")
	x.press("7\r")
	x.shows("answer 1, 2 or q")
	x.press("2\r")
	x.shows("Console: address [-]")
	x.press("gitlab\r")
	x.shows("an address is expected")
	x.press(address + "\r")
	x.shows("Console: where is the secret?", "[env:DSO_TOKEN]")
	x.press("env:NOT_SET\r")
	x.shows("NOT_SET is not set", "(r)etry, (c)hange")
	x.press("c\r\r" + ref + "\r")
	x.shows("9.24.0", "The console knows: zones pub, usu, dr, form", "GitLab: address [http")
	x.press("-\r-\r-\r-\r-\r-\r-\r-\r-\r-\r") // nothing but the console
	x.shows("Read-only, dsotop sends reads alone", "Allow to act in this profile? (yes/no) [no]")
	x.press("\r")
	x.shows("console: {url: "+address+", token: "+ref+"}", "Write to [")
	x.press("\r")
	x.shows("config.yaml is written, readable by you only")
	if code := x.ends(); code != exitFine && code != exitSources {
		t.Errorf("exit %d", code)
	}

	for _, c := range []struct{ press, shows string }{{"q\r", ""}, {"\x04", "given up: nothing is written"}, {"1\r", "agendaprefs"}} {
		x := inTerminal(t, 100, 30, []string{"LANG=en_GB.UTF-8"})
		x.shows("Your choice")
		x.press(c.press)
		if c.shows == "agendaprefs" {
			x.shows(c.shows, "read-only")
			x.press("q")
		}
		x.ends()
		if c.shows != "" && c.shows != "agendaprefs" && !strings.Contains(x.written()+readAll(t, x.crash), c.shows) {
			t.Errorf("%q does not tell %q", c.press, c.shows)
		}
	}
}

// A certificate of the organisation's own leads to the question of its authority; a second run offers what is there, shows what would change
// and keeps what people wrote; the session of what was written starts, with the hand that was asked for.
func TestInitAgainInATerminal(t *testing.T) {
	address, ref := consoleOf(t, serveDemo(t, t.TempDir()))
	plain, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewTLSServer(httputil.NewSingleHostReverseProxy(plain))
	t.Cleanup(front.Close)
	front.Config.ErrorLog = log.New(io.Discard, "", 0) // certificates refused are the test
	dir := t.TempDir()
	ca, path := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: front.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{"LANG=en_GB.UTF-8", "KUBECONFIG=/nowhere", "NO_PROXY=127.0.0.1", "HTTPS_PROXY=http://me:CANARY@proxy.example:3128"}
	args := []string{"--config", path, "--no-cache"}
	x := inTerminal(t, 200, 70, env, append(args, "init")...)
	x.shows("Console: address")
	x.press(front.URL + "\r")
	x.shows("with a credential", "Proxy of every system", "[-]")
	x.press("\r")
	x.shows("Console: where is the secret?")
	x.press(ref + "\r")
	x.shows("The certificate is not trusted", "Console: certificate authority (PEM file) [-]")
	x.press("/nowhere.pem\r")
	x.shows("this file cannot be read")
	x.press(ca + "\r")
	x.shows("9.24.0", "GitLab: address")
	x.press(strings.Repeat("-\r", 10))
	x.shows("Allow to act in this profile?")
	x.press("\r")
	x.shows("tls: {ca: "+ca+"}", "Write to [")
	x.press("\r")
	x.shows("is written, readable by you only")
	x.ends()
	if strings.Contains(x.written()+readAll(t, path), "CANARY") {
		t.Error("the proxy's credential is shown or written")
	}

	written := readAll(t, path)
	if err := os.WriteFile(path, []byte("# kept by hand\n"+strings.Replace(written, "    console:", "    # ask before you change it\n    console:", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	again := func(write, answer string) *terminal {
		x := inTerminal(t, 200, 90, env, append(args, "init")...)
		x.shows("is there: its answers are offered", "Console: address ["+front.URL+"]")
		x.press("\r\r\r") // the address, no proxy to write, the secret
		x.shows("the certificate authority stays " + ca)
		x.shows("GitLab: address")
		x.press(strings.Repeat("-\r", 10))
		x.shows("Allow to act in this profile?")
		x.press(write + "\r")
		x.shows("Write to [")
		x.press("\r")
		if answer != "" {
			x.shows("What changes in", "+     write: true", "Write it? (yes / no / beside")
			x.press(answer + "\r")
		}
		return x
	}
	x = again("no", "")
	x.shows("says this already: nothing is written")
	x.ends()
	x = again("yes", "beside")
	x.shows("config.new.yaml is written")
	x.ends()
	if got := readAll(t, path); strings.Contains(got, "write:") {
		t.Errorf("it was to be written beside:\n%s", got)
	}
	x = again("yes", "yes")
	x.shows("config.yaml is written")
	x.ends()
	contains(t, "the second writing", readAll(t, path), "# kept by hand", "# ask before you change it", "write: true", "tls: {ca: "+ca+"}")

	x = inTerminal(t, 100, 30, env, args...)
	x.shows("agendaprefs", "WRITE") // the session starts, and may act
	x.press("q")
	x.ends()
}

func readAll(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
