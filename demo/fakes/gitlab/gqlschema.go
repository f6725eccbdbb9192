package gitlab

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"dsotop/demo/world"
)

// schema has the types of GitLab's own schema, by their own names, with the fields that a reader of pipelines asks for.
type schema struct{ query *objectType }

func gid(kind string, id int64) string {
	return "gid://gitlab/" + kind + "/" + strconv.FormatInt(id, 10)
}

func date(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

// pipe is a pipeline with its project; stage one of its stages; build one of its jobs.
type (
	pipe struct {
		p project
		x *world.Pipeline
	}
	stage struct {
		in   pipe
		name string
		id   int64
		jobs []any
	}
	build struct {
		in pipe
		j  *world.Job
	}
	connection struct {
		nodes    []any
		total    int
		from, to int // of the page in the whole
	}
)

// scalar is a field without arguments.
func scalar[T any](f func(T) any) *field {
	return &field{resolve: func(src any, _ map[string]any, _ *execution) any { return f(src.(T)) }}
}

func to[T any](of *objectType, f func(T) any) *field {
	return &field{of: of, resolve: func(src any, _ map[string]any, _ *execution) any { return f(src.(T)) }}
}

var pageArgs = [...]string{"first", "last", "after", "before"}

// listing is a field that is a connection.
func listing[T any](of *objectType, f func(T, map[string]any, *execution) []any, args ...string) *field {
	return &field{of: of, args: append(args, pageArgs[:]...), resolve: func(src any, a map[string]any, e *execution) any {
		var t T
		if src != nil {
			t = src.(T)
		}
		return cut(f(t, a, e), a)
	}}
}

func cursor(i int) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, `{"i":"%d"}`, i))
}

func uncursor(v any, otherwise int) int {
	text, _ := v.(string)
	raw, err := base64.StdEncoding.DecodeString(text)
	var i int
	if err != nil {
		return otherwise
	}
	if _, err := fmt.Sscanf(string(raw), `{"i":"%d"}`, &i); err != nil {
		return otherwise
	}
	return i
}

// cut takes the page that the arguments ask for; at most 100 nodes, as the real one.
func cut(all []any, args map[string]any) connection {
	const most = 100
	n := len(all)
	from := min(n, max(0, uncursor(args["after"], -1)+1))
	until := max(from, min(n, uncursor(args["before"], n)))
	size := func(name string) int {
		v, ok := args[name].(float64)
		if !ok {
			return most
		}
		return min(most, max(0, int(v)))
	}
	if _, ok := args["last"]; ok {
		from = max(from, until-size("last"))
	} else {
		until = min(until, from+size("first"))
	}
	return connection{nodes: all[from:until], total: n, from: from, to: until}
}

// connectionOf makes the connection type of a node type.
func connectionOf(node *objectType, pageInfo *objectType) *objectType {
	edge := &objectType{name: node.name + "Edge", fields: map[string]*field{
		"node":   {of: node, resolve: func(src any, _ map[string]any, _ *execution) any { return src.([2]any)[0] }},
		"cursor": {resolve: func(src any, _ map[string]any, _ *execution) any { return src.([2]any)[1] }},
	}}
	return &objectType{name: node.name + "Connection", fields: map[string]*field{
		"nodes": to(node, func(c connection) any { return c.nodes }),
		"edges": to(edge, func(c connection) any {
			out := []any{}
			for i, n := range c.nodes {
				out = append(out, [2]any{n, cursor(c.from + i)})
			}
			return out
		}),
		"count":    scalar(func(c connection) any { return c.total }),
		"pageInfo": to(pageInfo, func(c connection) any { return c }),
	}}
}

func newSchema(g *GitLab) *schema {
	pageInfo := &objectType{name: "PageInfo", fields: map[string]*field{
		"hasNextPage":     scalar(func(c connection) any { return c.to < c.total }),
		"hasPreviousPage": scalar(func(c connection) any { return c.from > 0 }),
		"startCursor":     scalar(func(c connection) any { return cursorOrNull(c, c.from) }),
		"endCursor":       scalar(func(c connection) any { return cursorOrNull(c, c.to-1) }),
	}}
	pipelineType := pipelineSchema(pageInfo)
	pipelines := connectionOf(pipelineType, pageInfo)
	tree := &objectType{name: "Repository", fields: map[string]*field{
		"empty":   scalar(func(p project) any { return p.g.Empty }),
		"exists":  scalar(func(project) any { return true }),
		"rootRef": scalar(func(p project) any { return p.g.DefaultBranch }),
	}}
	groupType := &objectType{name: "Group"}
	projectType := &objectType{name: "Project", fields: map[string]*field{
		"id":                    scalar(func(p project) any { return gid("Project", p.g.ID) }),
		"name":                  scalar(func(p project) any { return p.g.Name }),
		"path":                  scalar(func(p project) any { return p.g.Path[strings.LastIndexByte(p.g.Path, '/')+1:] }),
		"fullPath":              scalar(func(p project) any { return p.g.Path }),
		"nameWithNamespace":     scalar(func(p project) any { return strings.ReplaceAll(p.g.Path, "/", " / ") }),
		"webUrl":                scalar(func(p project) any { return "https://gitlab.cpn.example/" + p.g.Path }),
		"archived":              scalar(func(project) any { return false }),
		"visibility":            scalar(func(project) any { return "private" }),
		"topics":                scalar(func(project) any { return []string{"plugin-managed"} }),
		"createdAt":             scalar(func(p project) any { return date(p.g.CreatedAt) }),
		"lastActivityAt":        scalar(func(p project) any { return date(p.g.LastActivity) }),
		"ciConfigPathOrDefault": scalar(func(p project) any { return orDefault(p.g.CIConfigPath, ".gitlab-ci.yml") }),
		"repository":            to(tree, func(p project) any { return p }),
		"group": to(groupType, func(p project) any {
			return group{id: p.p.GitLabGroupID, path: p.g.Path[:strings.LastIndexByte(p.g.Path, '/')], project: p.p, created: p.p.CreatedAt}
		}),
		"pipelines": listing(pipelines, func(p project, a map[string]any, _ *execution) []any {
			out := []any{}
			for _, x := range newestFirst(p.g) {
				if accepts(a, "ref", x.Ref) && accepts(a, "sha", x.SHA) && accepts(a, "source", x.Source) && accepts(a, "status", strings.ToUpper(x.Status)) && newer(a, x.UpdatedAt) {
					out = append(out, pipe{p, x})
				}
			}
			return out
		}, "ref", "sha", "source", "status", "updatedAfter", "scope"),
		"pipeline": {of: pipelineType, args: []string{"iid", "id", "sha"}, resolve: func(src any, a map[string]any, _ *execution) any {
			p := src.(project)
			for _, x := range newestFirst(p.g) {
				if accepts(a, "iid", strconv.FormatInt(x.IID, 10)) && accepts(a, "id", gid("Ci::Pipeline", x.ID)) && accepts(a, "sha", x.SHA) {
					return pipe{p, x}
				}
			}
			return nil
		}},
	}}
	projects := connectionOf(projectType, pageInfo)
	groups := connectionOf(groupType, pageInfo)
	groupType.fields = map[string]*field{
		"id":       scalar(func(x group) any { return gid("Group", x.id) }),
		"name":     scalar(func(x group) any { return x.name() }),
		"path":     scalar(func(x group) any { return x.name() }),
		"fullPath": scalar(func(x group) any { return x.path }),
		"fullName": scalar(func(x group) any { return strings.ReplaceAll(x.path, "/", " / ") }),
		"webUrl":   scalar(func(x group) any { return "https://gitlab.cpn.example/groups/" + x.path }),
		"projects": listing(projects, func(x group, a map[string]any, e *execution) []any {
			return nodesOf(under(e.s, x, a["includeSubgroups"] == true), a)
		}, "includeSubgroups", "search", "sort", "ids", "includeArchived"),
		"descendantGroups": listing(groups, func(x group, _ map[string]any, e *execution) []any {
			out := []any{}
			for _, d := range groupTree(e.s) {
				if strings.HasPrefix(d.path, x.path+"/") {
					out = append(out, d)
				}
			}
			return out
		}, "includeParentDescendants", "search"),
	}
	user := &objectType{name: "CurrentUser", fields: map[string]*field{
		"id":       scalar(func([2]string) any { return gid("User", 42) }),
		"username": scalar(func(who [2]string) any { return who[0] }),
		"name":     scalar(func(who [2]string) any { return who[1] }),
	}}
	metadata := &objectType{name: "Metadata", fields: map[string]*field{
		"version":    scalar(func(string) any { return "17.8.2" }),
		"revision":   scalar(func(string) any { return "1a2b3c4d5e6" }),
		"enterprise": scalar(func(string) any { return false }),
	}}
	return &schema{query: &objectType{name: "Query", fields: map[string]*field{
		"currentUser": {of: user, resolve: func(_ any, _ map[string]any, e *execution) any { return [2]string{e.login, e.name} }},
		"metadata":    {of: metadata, resolve: func(any, map[string]any, *execution) any { return "" }},
		"group": {of: groupType, args: []string{"fullPath"}, resolve: func(_ any, a map[string]any, e *execution) any {
			path, _ := a["fullPath"].(string)
			if x, ok := findGroup(e.s, path); ok && x.path == path {
				return x
			}
			return nil
		}},
		"project": {of: projectType, args: []string{"fullPath"}, resolve: func(_ any, a map[string]any, e *execution) any {
			path, _ := a["fullPath"].(string)
			if p, ok := findProject(e.s, path); ok && p.g.Path == path {
				return p
			}
			return nil
		}},
		"projects": listing(projects, func(_ any, a map[string]any, e *execution) []any { return nodesOf(under(e.s, group{}, true), a) },
			"membership", "search", "sort", "ids", "fullPaths", "archived"),
	}}}
}

func cursorOrNull(c connection, i int) any {
	if len(c.nodes) == 0 {
		return nil
	}
	return cursor(i)
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func accepts(args map[string]any, name, value string) bool {
	want, ok := args[name]
	return !ok || want == value
}

func newer(args map[string]any, t time.Time) bool {
	text, ok := args["updatedAfter"].(string)
	if !ok {
		return true
	}
	after, err := time.Parse(time.RFC3339, text)
	return err == nil && t.After(after)
}

func nodesOf(all []project, args map[string]any) []any {
	slices.SortFunc(all, func(a, b project) int { return int(b.g.ID - a.g.ID) })
	out := make([]any, 0, len(all))
	for _, p := range all {
		if search, ok := args["search"].(string); ok && !strings.Contains(p.g.Name, search) {
			continue
		}
		if ids, ok := args["ids"].([]any); ok && !slices.Contains(ids, any(gid("Project", p.g.ID))) {
			continue
		}
		out = append(out, p)
	}
	return out
}
