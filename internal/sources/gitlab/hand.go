package gitlab

import (
	"net/http"

	"dsotop/internal/actions/wire"
	"dsotop/internal/sources/transport"
)

// newHand is the acting half. It speaks REST by itself: the official client would say a write again. Tokens, members and repositories are on no list.
func newHand(t transport.Options) *transport.Hand {
	const project = "/api/v4/projects/*"
	post := func(path string) transport.Grant {
		return transport.Grant{Method: http.MethodPost, Path: project + path}
	}
	run := post("/pipeline")
	run.Body = transport.Members("ref", "variables")
	return transport.NewHand(t, transport.Look("/api/v4/version", "/api/v4/user", "/api/v4/personal_access_tokens/self", project, project+"/pipelines", project+"/pipelines/*", project+"/pipelines/*/jobs",
		project+"/pipelines/*/variables", project+"/jobs/*", project+"/repository/branches/*", project+"/repository/commits", project+"/repository/commits/*"),
		[]transport.Grant{post("/pipelines/*/retry"), post("/pipelines/*/cancel"), post("/jobs/*/retry"), post("/jobs/*/play"), run}, nil)
}

// Reader asks GitLab what planning and verifying need to know.
func (s *Source) Reader() wire.Reader { return s.hand.Reader() }

// Writer changes GitLab, one call at a time: see [wire.Writer].
func (s *Source) Writer() wire.Writer { return s.hand.Writer() }
