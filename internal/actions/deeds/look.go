package deeds

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
	"dsotop/internal/platform"
)

// reply asks a system something that changes nothing. Its errors are refusals with a sentence where there is one.
func reply(ctx context.Context, s actions.Systems, call wire.Call) (wire.Reply, error) {
	r := s.Reader(call.System)
	if r == nil {
		return wire.Reply{}, refuse(codeNotConfigured, call.System)
	}
	if call.Method == "" {
		call.Method = http.MethodGet
	}
	out, err := r.Read(ctx, call)
	if err != nil {
		return out, fmt.Errorf("%s: %w", call.System, err) // which says the method and the address
	}
	return out, nil
}

// get reads a JSON answer. 401, 403 and 404 are refusals.
func get(ctx context.Context, s actions.Systems, system, path string, query url.Values, out any) error {
	return ask(ctx, s, wire.Call{System: system, Path: path, Query: query}, out)
}

func ask(ctx context.Context, s actions.Systems, call wire.Call, out any) error {
	r, err := reply(ctx, s, call)
	if err != nil {
		return err
	}
	if err := verdict(call, r); err != nil {
		return err
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(r.Body, out); err != nil {
		return refuse(codeUnreadable, call.System+" "+call.Path)
	}
	return nil
}

// verdict makes a refusal of an answer that is none of the asked for.
func verdict(call wire.Call, r wire.Reply) error {
	switch {
	case r.OK():
		return nil
	case r.Status == http.StatusUnauthorized:
		return refuse(codeUnauthorised, call.System)
	case r.Status == http.StatusForbidden:
		return refuse(codeNoRight, said(r, call.System))
	case r.Status == http.StatusNotFound || r.Status == http.StatusGone:
		return refuse(codeGone, said(r, call.Path))
	case r.Status >= 500:
		return refuse(codeSourceDown, call.System+": "+said(r, http.StatusText(r.Status)))
	}
	return refuse(codeUnreadable, fmt.Sprintf("%s: %d %s", call.System, r.Status, said(r, http.StatusText(r.Status))))
}

// said is the sentence of an answer, cleaned and cut.
func said(r wire.Reply, otherwise string) string {
	if text := cut(r.Said()); text != "" {
		return text
	}
	return otherwise
}

// cut cleans a sentence of others and keeps its beginning.
func cut(s string) string {
	s = platform.CleanLine(s)
	if r := []rune(s); len(r) > 300 {
		s = string(r[:300])
	}
	return s
}

// call is a write with a JSON body; body nil sends none.
func call(system, method, path string, body any) (wire.Call, error) {
	c := wire.Call{System: system, Method: method, Path: path}
	if body == nil {
		return c, nil
	}
	data, err := json.Marshal(body)
	if err != nil {
		return c, refuse(codeBad, err.Error())
	}
	c.ContentType, c.Body = "application/json", data
	return c, nil
}

// path joins escaped segments: path("/api/v1/projects", id, "hooks").
func path(base string, segments ...string) string {
	var b strings.Builder
	b.WriteString(base)
	for _, s := range segments {
		b.WriteString("/" + url.PathEscape(s))
	}
	return b.String()
}

// Words of what looking again saw.
const (
	running = "running"
	done    = "done"
	failed  = "failed"
	waiting = "waiting"
	unknown = "unknown"
)

func sight(state, note string) (actions.Sight, error) {
	return actions.Sight{State: state, Note: cut(note)}, nil
}
