package demo

import (
	"encoding/base64"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dsotop/demo/fakes/forge"
)

// mark begins both files, so that a later demo knows that it may replace them.
const mark = "# Written by dsotop demo"

const (
	harborUser = "astreinte.sre"
	teamSlug   = "guichet"
	teamRobot  = "robot$" + teamSlug + "+rw-robot"
)

// write writes credentials, kubeconfig and configuration, in this order: who sees the configuration may use all of it.
func (p *Platform) write() error {
	dir := p.Credentials
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	ca := p.secrets["kubernetes-ca"]
	delete(p.secrets, "kubernetes-ca")
	for name, v := range p.secrets {
		if err := replace(filepath.Join(dir, name), v+"\n"); err != nil {
			return err
		}
	}
	if err := replace(filepath.Join(dir, httpConfig), p.http(dir)); err != nil {
		return err
	}
	for _, path := range []string{p.contexts(), p.Kubeconfig} {
		if err := replace(path, p.kubeconfig(ca)); err != nil {
			return err
		}
	}
	return replace(p.Config, p.config(dir))
}

// aside is where something that belongs to a configuration is, beside it: two platforms may have theirs in one folder.
func aside(config, name string) string {
	stem := strings.TrimSuffix(filepath.Base(config), filepath.Ext(config))
	if stem == "config" {
		stem = "demo"
	}
	return filepath.Join(filepath.Dir(config), stem+"-"+name)
}

// contexts is the kubeconfig that the configuration refers to. The one beside the configuration is for other clients, and the last platform's.
func (p *Platform) contexts() string { return filepath.Join(p.Credentials, "kubeconfig") }

// replace writes a file that appears whole, readable by its owner only.
func replace(path, text string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".demo-*") // made with mode 0600
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// instances lists the names of a kind's instances, sorted.
func (p *Platform) instances(kind string) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(p.URLs)) {
		if rest, ok := strings.CutPrefix(name, kind+"/"); ok {
			out = append(out, rest)
		}
	}
	return out
}

func (p *Platform) kubeconfig(ca string) string {
	var b strings.Builder
	labels := p.instances("kubernetes")
	b.WriteString(mark + ": the simulated clusters, for as long as it runs.\napiVersion: v1\nkind: Config\npreferences: {}\n")
	fmt.Fprintf(&b, "current-context: %s\nclusters:\n", labels[0])
	for _, l := range labels {
		fmt.Fprintf(&b, "- name: %s\n  cluster:\n    server: %s\n    certificate-authority-data: %s\n", l, p.URLs["kubernetes/"+l], base64.StdEncoding.EncodeToString([]byte(ca)))
	}
	fmt.Fprintf(&b, "users:\n- name: astreinte.sre\n  user:\n    token: %s\ncontexts:\n", p.secrets["kubernetes"])
	for _, l := range labels {
		fmt.Fprintf(&b, "- name: %s\n  context: {cluster: %s, user: astreinte.sre}\n", l, l)
	}
	return b.String()
}

// config is the configuration of an operator and of a team. Paths are quoted: folders may have spaces.
func (p *Platform) config(dir string) string {
	ref := func(name string) string { return fmt.Sprintf("%q", "file:"+filepath.Join(dir, name)) }
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	obs := ref("observabilite")
	line("%s: the simulated platform, for as long as it runs.", mark)
	line("profile: demo")
	line("profiles:")
	line("  demo: # an operator of the platform")
	line("    console: {url: %s, token: %s}", p.URLs["console"], ref("console"))
	line("    gitlab: {url: %s, token: %s, root: forge-mi/projects, forge: %s, forge_through: %s}", p.URLs["gitlab"], ref("gitlab"), forge.Base, p.forge)
	line("    sonarqube: {url: %s, token: %s}", p.URLs["sonarqube"], ref("sonarqube"))
	line("    harbor: {url: %s, user: %s, password: %s}", p.URLs["harbor"], harborUser, ref("harbor"))
	line("    argocd:")
	for _, z := range p.instances("argocd") {
		line("      - {name: %s, url: %s, token: %s}", z, p.URLs["argocd/"+z], ref("argocd"))
	}
	line("    kubernetes:")
	for _, l := range p.instances("kubernetes") {
		line("      - {name: %s, kubeconfig: %q, context: %s}", l, p.contexts(), l)
	}
	for _, kind := range []string{"alertmanager", "loki", "prometheus"} {
		line("    %s: {url: %s, token: %s, tenant: {in: header, id: auto}}", kind, p.URLs[kind], obs)
	}
	line("    grafana: https://grafana.cpn.example")
	line("    onboarding: {folder: %q}", p.Ledgers)
	line("  team: # the team of %s: no cluster, pods come from Argo CD", teamSlug)
	line("    console: {url: %s, token: %s}", p.URLs["console"], ref("console-equipe"))
	line("    gitlab: {url: %s, token: %s, root: forge-mi/projects, forge: %s, forge_through: %s}", p.URLs["gitlab"], ref("gitlab-equipe"), forge.Base, p.forge)
	line("    sonarqube: {url: %s, token: %s}", p.URLs["sonarqube"], ref("sonarqube-equipe"))
	line("    harbor: {url: %s, user: %s, password: %s}", p.URLs["harbor"], teamRobot, ref("harbor-equipe"))
	line("    argocd:")
	line("      - {name: pub, url: %s, token: %s}", p.URLs["argocd/pub"], ref("argocd-equipe"))
	// Below a gateway, the Alertmanager is beside the metrics.
	line("    alertmanager: {url: %s, token: %s, tenant: {in: path, id: auto}}", p.URLs["prometheus"], obs)
	line("    loki: {url: %s, token: %s, tenant: {in: path, id: auto}}", p.URLs["loki"], obs)
	line("    prometheus: {url: %s, token: %s, tenant: {in: path, id: auto}}", p.URLs["prometheus"], obs)
	line("    grafana: https://grafana.cpn.example")
	line("    onboarding: {folder: %q}", p.Ledgers)
	return b.String()
}
