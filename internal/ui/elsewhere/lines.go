package elsewhere

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/fleet"
	"dsotop/internal/logs"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
)

func number(n int64) string { return strconv.FormatInt(n, 10) }

// Shown is how a page is shown: what a command that prints it has to know.
type Shown struct {
	Ref    intent.Ref
	Filter string
	Pin    time.Time     // zero: now
	Span   time.Duration // 0: what suits the page
}

// Own is the command of this program that prints what a page shows.
func Own(v *fleet.View, s Shown) page.Line {
	key := s.Ref.Key
	line := func(words ...string) page.Line {
		return page.Line{Tool: "dsotop", Text: strings.Join(append([]string{"dsotop"}, words...), " ")}
	}
	plain := s.Filter == "" && s.Pin.IsZero()
	switch s.Ref.Kind {
	case page.Fleet:
		if plain {
			return line("status")
		}
	case page.Commit:
		return line("trace", Word(key))
	case page.Onboarding:
		if row, ok := v.Project(key); ok && key != "" && row.Dossier.Project.Slug != "" {
			return line("onboarding", Word(row.Dossier.Project.Slug))
		}
		if plain {
			return line("onboarding")
		}
	case page.Runbooks:
		if key == "" && plain {
			return line("runbook", "list")
		}
	case page.Run:
		return line("runbook", "export", Word(key))
	case page.Sources:
		if plain {
			return line("doctor")
		}
	case page.Logs:
		if words := place(v, logs.ParseKey(key).Namespace); len(words) > 0 {
			return line(append([]string{"logs"}, words...)...)
		}
	}
	words := append([]string{"print", s.Ref.Kind}, place(v, key)...)
	if s.Filter != "" {
		words = append(words, "--filter", Word(s.Filter))
	}
	if !s.Pin.IsZero() {
		words = append(words, "--at", s.Pin.UTC().Format(time.RFC3339))
	}
	if s.Span > 0 {
		words = append(words, "--span", s.Span.String())
	}
	return line(words...)
}

// place writes the key of a page as arguments: a project by its slug, a namespace by project and environment, anything else as it is.
func place(v *fleet.View, key string) []string {
	if key == "" {
		return nil
	}
	if row, ok := v.Project(key); ok && row.Dossier.Project.Slug != "" {
		return []string{Word(row.Dossier.Project.Slug)}
	}
	if row, env, ok := page.FindEnvironment(v, key); ok && row.Dossier.Project.Slug != "" && env.Name != "" {
		if again, ok := v.Environment(row.Dossier.Project.Slug, env.Name); ok && again.Namespace == key {
			return []string{Word(row.Dossier.Project.Slug), Word(env.Name)}
		}
	}
	return []string{Word(key)}
}

// Lines are the command lines of others that print the subjects, of each program the one of the nearest. Variables stand for the credentials that
// a person keeps: none of ours is ever written.
func Lines(v *fleet.View, subjects []actions.Subject) []page.Line {
	seen := map[string]bool{}
	var out []page.Line
	for _, s := range subjects {
		all := lines(v, s)
		for _, l := range all {
			if !seen[l.Tool] {
				out = append(out, l)
			}
		}
		for _, l := range all {
			seen[l.Tool] = true
		}
	}
	return out
}

func lines(v *fleet.View, s actions.Subject) []page.Line {
	curl := func(header, address string) []page.Line {
		if address == "" {
			return nil
		}
		if header != "" {
			header = " -H \"" + header + "\""
		}
		return []page.Line{{Tool: "curl", Text: "curl -fsS" + header + " " + Word(address)}}
	}
	gitlab := func(tail string) []page.Line {
		b := Base(v, "gitlab", "")
		if b == "" {
			return nil
		}
		return curl("PRIVATE-TOKEN: $GITLAB_TOKEN", b+"/api/v4/projects/"+tail)
	}
	row, _ := v.Project(s.ProjectID)
	switch s.Kind {
	case actions.OnPipeline, actions.OnJob:
		path, id, ok := cutLast(s.ID, ":")
		if !ok {
			return nil
		}
		tail := url.PathEscape(path) + "/pipelines/" + id + "/jobs"
		if s.Kind == actions.OnJob {
			tail = url.PathEscape(path) + "/jobs/" + id + "/trace"
		}
		return gitlab(tail)
	case actions.OnRepository:
		if row != nil {
			for _, r := range row.Dossier.Repositories {
				if r.ID == s.ID && r.Git != nil {
					return gitlab(url.PathEscape(r.Git.Path) + "/pipelines")
				}
			}
		}
	case actions.OnApplication:
		out := []page.Line{{Tool: "argocd", Text: "argocd app get " + Word(s.ID)}}
		if b, at := Base(v, "argocd", s.System), strings.IndexByte(s.ID, '/'); b != "" && at > 0 {
			out = append(out, curl("Authorization: Bearer $ARGOCD_AUTH_TOKEN", b+"/api/v1/applications/"+url.PathEscape(s.ID[at+1:])+"?appNamespace="+url.QueryEscape(s.ID[:at]))...)
		}
		return out
	case actions.OnPod:
		return []page.Line{{Tool: "kubectl", Text: "kubectl -n " + Word(s.Namespace) + " get pod " + Word(s.ID) + " -o yaml"}}
	case actions.OnWorkload:
		return []page.Line{{Tool: "kubectl", Text: "kubectl -n " + Word(s.Namespace) + " get " + Word(strings.ToLower(s.ID)) + " -o yaml"}}
	case actions.OnEnvironment:
		if s.Namespace != "" {
			return []page.Line{{Tool: "kubectl", Text: "kubectl -n " + Word(s.Namespace) + " get pods,deployments,events,resourcequotas"}}
		}
	case actions.OnArtifact:
		repository, digest, ok := strings.Cut(s.ID, "@")
		if b := Base(v, "harbor", ""); b != "" && ok && row != nil {
			// Harbor takes the slash of a nested repository encoded twice.
			return []page.Line{{Tool: "curl", Text: "curl -fsS -u \"$HARBOR_USER:$HARBOR_SECRET\" " + Word(b+"/api/v2.0/projects/"+url.PathEscape(row.Dossier.Project.Slug)+"/repositories/"+url.PathEscape(url.PathEscape(repository))+"/artifacts/"+digest+"?with_scan_overview=true")}}
		}
	case actions.OnAlert:
		if b := Base(v, "alertmanager", ""); b != "" {
			return append([]page.Line{{Tool: "amtool", Text: "amtool --alertmanager.url=" + Word(b) + " alert query " + Word("alertname="+s.Name)}},
				curl("", b+"/api/v2/alerts?filter="+url.QueryEscape("alertname="+strconv.Quote(s.Name)))...)
		}
	case actions.OnProject:
		if b := Base(v, "console", ""); b != "" {
			return curl("x-dso-token: $DSO_TOKEN", b+"/api/v1/projects/"+url.PathEscape(s.ProjectID))
		}
	}
	return nil
}
