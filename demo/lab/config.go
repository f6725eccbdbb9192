package lab

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// writeConfig writes an ordinary configuration of dsotop: the real systems, and the simulated ones of the same platform beside them.
func (l *Lab) writeConfig() error {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	ref := func(name string) string {
		return fmt.Sprintf("%q", "file:"+filepath.Join(l.platform.Credentials, name))
	}
	line("# Written by the lab of dsotop, for as long as it runs.")
	line("profile: lab")
	line("profiles:")
	line("  lab:")
	line("    console: {url: %s, token: %s}", l.URLs["console"], ref("console"))
	line("    gitlab: {url: %s, token: %s, root: forge-mi/projects}", l.URLs["gitlab"], ref("gitlab"))
	line("    sonarqube: {url: %s, token: %s}", l.URLs["sonarqube"], ref("sonarqube"))
	line("    harbor: {url: %s, user: %s, password: %s}", l.URLs["harbor"], User, ref("harbor"))
	line("    argocd:")
	for _, name := range slices.Sorted(maps.Keys(l.URLs)) {
		if zone, ok := strings.CutPrefix(name, "argocd/"); ok {
			line("      - {name: %s, url: %s, token: %s}", zone, l.URLs[name], ref("argocd"))
		}
	}
	line("    kubernetes: # one cluster has what the simulated platform spreads over several")
	line("      - {name: %s, kubeconfig: %q, context: %s}", clusterName, l.Kubeconfig, clusterName)
	line("    alertmanager: {url: %s}", l.URLs[string(Alertmanager)])
	line("    loki: {url: %s, tenant: {in: header, id: auto}}", l.URLs[string(Loki)])
	line("    prometheus: {url: %s}", l.URLs[string(Prometheus)])
	l.Config = filepath.Join(l.Dir, "config.yaml")
	return os.WriteFile(l.Config, []byte(b.String()), 0o600)
}
