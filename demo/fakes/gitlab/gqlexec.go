package gitlab

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"

	"dsotop/demo/world"
)

// objectType is a type of the schema: its fields by name.
type objectType struct {
	name   string
	fields map[string]*field
}

// field is a field of a type. of is nil for scalars. resolve gets the object and the arguments; for an object type it returns nil, one
// object, or []any of them.
type field struct {
	of      *objectType
	args    []string
	resolve func(src any, args map[string]any, e *execution) any
}

// execution is one run of one query.
type execution struct {
	doc    document
	vars   map[string]any
	s      *world.State
	g      *GitLab
	errors []object
	nodes  int

	login, name string // of the caller
}

// maxNodes bounds an answer, as complexity limits do.
const maxNodes = 200_000

func (e *execution) fail(s selection, path []string, message, code string, more object) {
	ext := object{"code": code}
	for k, v := range more {
		ext[k] = v
	}
	e.errors = append(e.errors, object{"message": message, "locations": []object{{"line": s.line, "column": 1}}, "path": slices.Concat([]string{"query"}, path), "extensions": ext})
}

// check finds what the schema does not have, before anything is run.
func (e *execution) check(t *objectType, fields []selection, path []string, depth int) {
	if depth > maxDepth {
		return
	}
	for _, s := range fields {
		if s.spread != "" {
			inner := s.fields
			if s.spread != "…" {
				var ok bool
				if inner, ok = e.doc.fragments[s.spread]; !ok {
					e.fail(s, path, "Fragment "+s.spread+" was used, but not defined", "useAndDefineFragment", nil)
				}
			}
			e.check(t, inner, path, depth+1)
			continue
		}
		if s.name == "__typename" {
			continue
		}
		here := append(slices.Clip(path), s.name)
		f, ok := t.fields[s.name]
		if !ok {
			e.fail(s, here, fmt.Sprintf("Field '%s' doesn't exist on type '%s'", s.name, t.name), "undefinedField", object{"typeName": t.name, "fieldName": s.name})
			continue
		}
		for name := range s.args {
			if !slices.Contains(f.args, name) {
				e.fail(s, here, fmt.Sprintf("Field '%s' doesn't accept argument '%s'", s.name, name), "argumentNotAccepted", object{"name": s.name, "argumentName": name})
			}
		}
		switch {
		case f.of == nil && s.fields != nil:
			e.fail(s, here, "Selections can't be made on scalars (field '"+s.name+"')", "selectionMismatch", nil)
		case f.of != nil && s.fields == nil:
			e.fail(s, here, fmt.Sprintf("Field must have selections (field '%s' returns %s but has no selections. Did you mean '%s { ... }'?)", s.name, f.of.name, s.name), "selectionMismatch", nil)
		case f.of != nil:
			e.check(f.of, s.fields, here, depth+1)
		}
	}
}

func (e *execution) value(v any) any {
	switch v := v.(type) {
	case varRef:
		return e.vars[string(v)]
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = e.value(v[i])
		}
		return out
	}
	return v
}

func (e *execution) wanted(s selection) bool {
	if v, ok := s.directives["include"]; ok && e.value(v) != true {
		return false
	}
	if v, ok := s.directives["skip"]; ok && e.value(v) == true {
		return false
	}
	return true
}

func (e *execution) run(t *objectType, src any, fields []selection, out object, depth int) object {
	e.nodes++
	for _, s := range fields {
		if !e.wanted(s) || e.nodes > maxNodes || depth > maxDepth {
			continue
		}
		if s.spread != "" {
			inner := s.fields
			if s.spread != "…" {
				inner = e.doc.fragments[s.spread]
			}
			e.run(t, src, inner, out, depth+1)
			continue
		}
		if s.name == "__typename" {
			out[s.alias] = t.name
			continue
		}
		f := t.fields[s.name]
		args := map[string]any{}
		for k, v := range s.args {
			if v = e.value(v); v != nil {
				args[k] = v
			}
		}
		got := f.resolve(src, args, e)
		switch list, isList := got.([]any); {
		case f.of == nil || got == nil:
			out[s.alias] = got
		case isList:
			all := make([]any, 0, len(list))
			for _, x := range list {
				all = append(all, e.run(f.of, x, s.fields, object{}, depth+1))
			}
			out[s.alias] = all
		default:
			out[s.alias] = e.run(f.of, got, s.fields, object{}, depth+1)
		}
	}
	return out
}

// maxBody bounds a query's text.
const maxBody = 1 << 20

func (g *GitLab) graphql(w http.ResponseWriter, r *http.Request) {
	if g.o.NoGraphQL || r.Method != http.MethodPost {
		send(w, http.StatusNotFound, object{"error": "404 Not Found"})
		return
	}
	var body struct {
		Query         string         `json:"query"`
		OperationName string         `json:"operationName"`
		Variables     map[string]any `json:"variables"`
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err == nil {
		err = json.Unmarshal(raw, &body)
	}
	if err != nil {
		send(w, http.StatusUnprocessableEntity, object{"errors": []object{{"message": "Unexpected end of document"}}})
		return
	}
	doc, err := parseQuery(body.Query)
	if err != nil {
		// A mutation ends here too: the schema has none.
		if len(body.Query) >= 8 && body.Query[:8] == "mutation" {
			g.writes.Add(1)
		}
		send(w, http.StatusOK, object{"errors": []object{{"message": err.Error()}}})
		return
	}
	e := &execution{doc: doc, vars: map[string]any{}, g: g}
	e.login, e.name = g.user(r)
	for _, v := range doc.variables {
		got, ok := body.Variables[v.name]
		if !ok || got == nil {
			got = v.def
		}
		if got == nil && v.required {
			e.fail(selection{line: 1}, nil, fmt.Sprintf("Variable $%s was provided invalid value", v.name), "invalidVariable", nil)
		}
		e.vars[v.name] = got
	}
	e.check(g.schema.query, doc.fields, nil, 0)
	if len(e.errors) > 0 {
		send(w, http.StatusOK, object{"errors": e.errors})
		return
	}
	var data object
	g.world.View(func(s *world.State) {
		e.s = g.visible(s, r)
		data = e.run(g.schema.query, nil, doc.fields, object{}, 0)
	})
	send(w, http.StatusOK, object{"data": data})
}
