package console

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

// get reads one route. A 200 whose object carries an error is that error; when it says that the token is not good, the secret is
// read again, as the transport does for a true 401.
func (s *Source) get(ctx context.Context, path string, query url.Values, out any) error {
	_, err := s.getUnless(ctx, path, query, 0, out)
	return err
}

// getUnless is get that leaves out alone when the answer has the sum known. It returns the sum of the answer; 0 is none.
func (s *Source) getUnless(ctx context.Context, path string, query url.Values, known uint64, out any) (sum uint64, err error) {
	sum, err = s.getOnce(ctx, path, query, known, out)
	if f := transport.FaultOf(err); f != nil && f.Status == http.StatusOK && f.Class == transport.ClassUnauthorised {
		changed, renewErr := s.client.RenewAuth(ctx)
		if renewErr != nil {
			return 0, renewErr
		}
		if changed {
			return s.getOnce(ctx, path, query, known, out)
		}
	}
	return sum, err
}

func (s *Source) getOnce(ctx context.Context, path string, query url.Values, known uint64, out any) (sum uint64, err error) {
	var raw json.RawMessage
	resp, err := s.client.GetJSONUnless(ctx, path, query, known, &raw)
	if err != nil {
		return 0, err
	}
	if known != 0 && resp.Sum == known {
		return known, nil
	}
	fault := &transport.Fault{Source: s.name, Method: http.MethodGet, URL: s.client.Base().JoinPath(path).String(), Status: resp.Status, Anonymous: s.client.Anonymous()}
	if class, message, ok := hidden(raw); ok {
		fault.Class, fault.Message = class, s.client.Redact(message)
		return 0, fault
	}
	if err := json.Unmarshal(raw, out); err != nil {
		fault.Class, fault.Message, fault.Err = transport.ClassMalformed, "unexpected answer: not the shape this route has", err
		return 0, fault
	}
	return resp.Sum, nil
}

// hidden finds an error inside an answer that calls itself a success: the legacy server says
// 200 {"status":401,"body":{"message":"Expired"}} to a token it does not take.
func hidden(raw []byte) (transport.Class, string, bool) {
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || raw[0] != '{' {
		return "", "", false
	}
	var envelope struct {
		Status json.RawMessage `json:"status"`
		Body   json.RawMessage `json:"body"`
	}
	var status int
	var body map[string]json.RawMessage
	if json.Unmarshal(raw, &envelope) != nil || json.Unmarshal(envelope.Status, &status) != nil || status < 400 ||
		json.Unmarshal(envelope.Body, &body) != nil || body == nil {
		return "", "", false
	}
	class := transport.ClassServer
	switch {
	case status == http.StatusUnauthorized:
		class = transport.ClassUnauthorised
	case status == http.StatusForbidden:
		class = transport.ClassForbidden
	case status == http.StatusNotFound:
		class = transport.ClassNotFound
	case status < 500:
		class = transport.ClassRequest
	}
	message := platform.CleanLine(plain(body["message"]))
	if runes := []rune(message); len(runes) > 300 {
		message = string(runes[:300])
	}
	return class, fmt.Sprintf("the answer says %d: %s", status, message), true
}

func isClass(err error, class transport.Class) bool {
	f := transport.FaultOf(err)
	return f != nil && f.Class == class
}

// projectList reads all projects when the token may, else those of its owner. all is false in the second case.
func (r *reader) projectList(ctx context.Context, tryAll bool) (list list[wireProject], all, same bool, err error) {
	query := func(filter string) url.Values {
		return url.Values{"filter": {filter}, "statusNotIn": {platform.ProjectArchived}}
	}
	if tryAll {
		same, err = r.unless(ctx, "projects", "/api/v1/projects", query("all"), "", &list)
		if !isClass(err, transport.ClassForbidden) {
			return list, true, same, err
		}
	}
	same, err = r.unless(ctx, "projects", "/api/v1/projects", query("member"), "", &list)
	return list, false, same, err
}

// explain turns the 500 that newer consoles give to admin tokens into what it is. admin tells that the token is one.
func explain(err error, admin bool) error {
	f := transport.FaultOf(err)
	if f == nil || !admin || f.Status != http.StatusInternalServerError {
		return err
	}
	known := *f
	known.Class = transport.ClassForbidden
	known.Message = "the console answers 500 to admin tokens here; a personal token of a human administrator works"
	return sources.Advise(&known, platform.RemedyPersonalToken)
}

// who is what the token routes tell.
type who struct {
	admin bool // an admin token: a bot, not a person
	known bool
	token wireToken
}

// whoAmI asks a route of the legacy server, which knows an expired token from a good one. An admin token is refused there with 403:
// that makes it a good one.
func (s *Source) whoAmI(ctx context.Context) (who, error) {
	var tokens list[wireToken]
	err := s.get(ctx, "/api/v1/user/tokens", nil, &tokens)
	switch {
	case isClass(err, transport.ClassForbidden):
		return who{admin: true, known: true}, nil
	case isClass(err, transport.ClassNotFound): // an older or newer console
		return who{}, nil
	case err != nil:
		return who{}, err
	}
	token, ok := newest(tokens)
	return who{known: ok, token: token}, nil
}

// fill writes the identity into a health.
func (w who) fill(h *platform.SourceHealth) {
	switch {
	case w.admin:
		h.Identity, h.Expires = "admin token", w.token.expiry()
	case w.known:
		h.Identity, h.Expires = w.token.Owner.v.noun().Name(), w.token.expiry()
	}
}
