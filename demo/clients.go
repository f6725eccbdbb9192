package demo

import (
	"fmt"
	"path/filepath"
	"strings"

	"dsotop/demo/world"
	"dsotop/internal/platform"
)

// httpConfig is the file, beside the credentials, that promtool and amtool read: they take no header on their command lines.
const httpConfig = "http.yaml"

// Client is a command of a client that nobody wrote for the demo, ready to be pasted into a shell.
type Client struct {
	System string // as in Platform.URLs, without the instance; "dsotop" for ourselves
	Line   string
}

// example is the namespace that the commands look at: a production in trouble where there is one.
type example struct{ project, zone, cluster, namespace, tenant string }

func (p *Platform) example() example {
	var out example
	p.World.View(func(s *world.State) {
		zones := map[string]string{}
		for _, z := range s.Zones {
			zones[z.ID] = z.Slug
		}
		for _, project := range s.Projects {
			for _, e := range project.Environments {
				n := e.Namespace
				if n == nil || n.Cluster == nil {
					continue
				}
				production, other := platform.Tenants(project.ID)
				found := example{project.Slug, zones[n.Cluster.ZoneID], n.Cluster.Label, n.Name, other}
				if e.Name == "prod" {
					found.tenant = production
				}
				if out.project == "" || project.Slug == "agendaprefs" && e.Name == "prod" {
					out = found
				}
			}
		}
	})
	return out
}

// Clients are commands that other clients may be tried with, one or more a system.
func (p *Platform) Clients() []Client {
	e := p.example()
	file := func(name string) string { return quote(filepath.Join(p.Credentials, name)) }
	cat := func(name string) string { return "$(cat " + file(name) + ")" }
	selector := quote(fmt.Sprintf("{namespace=%q}", e.namespace))
	return []Client{
		{"dsotop", "dsotop --config " + quote(p.Config)},
		{"dsotop", "dsotop --config " + quote(p.Config) + " --profile team status"},
		{"kubernetes", fmt.Sprintf("kubectl --kubeconfig %s --context %s get pods --all-namespaces --watch", quote(p.contexts()), e.cluster)},
		{"kubernetes", fmt.Sprintf("kubectl --kubeconfig %s --context %s --namespace %s describe pods", quote(p.contexts()), e.cluster, e.namespace)},
		{"loki", fmt.Sprintf("logcli --addr=%s --org-id=%s --bearer-token-file=%s query --limit=20 %s", p.URLs["loki"], e.tenant, file("observabilite"), selector)},
		{"prometheus", fmt.Sprintf("promtool query instant --http.config.file=%s %s %s", file(httpConfig), p.URLs["prometheus"], quote(fmt.Sprintf("sum by (pod) (container_memory_working_set_bytes{namespace=%q})", e.namespace)))},
		{"alertmanager", fmt.Sprintf("amtool --alertmanager.url=%s --http.config.file=%s alert query", p.URLs["alertmanager"], file(httpConfig))},
		{"console", fmt.Sprintf(`curl -sS -H "x-dso-token: %s" '%s/api/v1/projects?filter=all'`, cat("console"), p.URLs["console"])},
		{"gitlab", fmt.Sprintf(`curl -sS -H "PRIVATE-TOKEN: %s" '%s/api/v4/groups/forge-mi%%2Fprojects%%2F%s/projects'`, cat("gitlab"), p.URLs["gitlab"], e.project)},
		{"sonarqube", fmt.Sprintf(`curl -sS -u "%s:" '%s/api/components/search_projects?ps=10'`, cat("sonarqube"), p.URLs["sonarqube"])},
		{"harbor", fmt.Sprintf(`curl -sS -u "%s:%s" '%s/api/v2.0/projects/%s/repositories'`, harborUser, cat("harbor"), p.URLs["harbor"], e.project)},
		{"argocd", fmt.Sprintf(`curl -sS -H "Authorization: Bearer %s" '%s/api/v1/applications'`, cat("argocd"), p.URLs["argocd/"+e.zone])},
	}
}

// http is the content of httpConfig: the credential, and the tenant of the example.
func (p *Platform) http(dir string) string {
	return fmt.Sprintf("%s: for promtool and amtool, --http.config.file.\nauthorization: {credentials_file: %q}\nhttp_headers: {X-Scope-OrgID: {values: [%s]}}\n",
		mark, filepath.Join(dir, "observabilite"), p.example().tenant)
}

// quote makes one word of a shell.
func quote(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-:", r))
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
