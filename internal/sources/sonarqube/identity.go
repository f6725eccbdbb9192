package sonarqube

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
)

// Rights told in the health.
const (
	rightBrowse = "projects.browse" // sees projects and their measures
	rightList   = "projects.list"   // may list them; without it keys are computed from the console's repositories
)

// identity is what SonarQube says of itself and of our credential.
type identity struct {
	version string
	login   string
	expires time.Time
}

func (i identity) into(h *platform.SourceHealth) {
	h.Version, h.Identity = cmp.Or(i.version, h.Version), cmp.Or(i.login, h.Identity)
	h.Expires = i.expires
}

// identify asks whether the credential is good. SonarQube answers 200 with valid:false to a wrong one, and then lists what anybody may
// see: without this question a wrong token would look like an empty server.
func (s *Source) identify(ctx context.Context) (identity, error) {
	var id identity
	v, err := s.http.Get(ctx, pathVersion, nil)
	if err != nil && gaveUp(err) {
		return id, err
	}
	if err == nil {
		if id.version, err = versionOf(v.Body); err != nil {
			return id, s.malformed(err.Error())
		}
	}
	var valid struct {
		Valid *bool `json:"valid"`
	}
	resp, err := s.http.GetJSON(ctx, pathValidate, nil, &valid)
	if err != nil {
		return id, err
	}
	switch {
	case valid.Valid == nil:
		return id, s.malformed("an answer without validity")
	case !*valid.Valid:
		return id, &transport.Fault{
			Class: transport.ClassUnauthorised, Source: s.opts.Name, Method: http.MethodGet, URL: s.base() + pathValidate, Status: resp.Status,
			Message: "the credential is not valid (200 with valid: false)",
		}
	}
	// Told on every answer to a token since 9.x, when the token expires at all.
	id.expires = instant(resp.Header.Get("SonarQube-Authentication-Token-Expiration"))
	var me struct {
		Login      string `json:"login"`
		IsLoggedIn bool   `json:"isLoggedIn"`
	}
	if _, err := s.http.GetJSON(ctx, pathCurrent, nil, &me); err == nil {
		if id.login = line(me.Login); id.login == "" && !me.IsLoggedIn {
			id.login = "anonymous" // valid:true, because this server lets anybody read and we have no credential
		}
	} else if gaveUp(err) {
		return id, err
	}
	return id, nil
}

// versionOf reads the bare text of the version; anything long or with markup is somebody else's page.
func versionOf(body []byte) (string, error) {
	v := line(strings.TrimSpace(string(body)))
	if len(v) == 0 || len(v) > 40 || v[0] < '0' || v[0] > '9' {
		return "", errNotSonar
	}
	return v, nil
}

type plain string

func (e plain) Error() string { return string(e) }

const errNotSonar = plain("not the version of a SonarQube server")

func (s *Source) malformed(what string) error {
	return &transport.Fault{Class: transport.ClassMalformed, Source: s.opts.Name, URL: s.URL(), Message: what}
}

// gaveUp tells failures of the connection from answers: an answer, even a refusal, says something.
func gaveUp(err error) bool {
	switch transport.FaultOf(err).Class {
	case transport.ClassForbidden, transport.ClassNotFound, transport.ClassRequest:
		return false
	}
	return true
}
