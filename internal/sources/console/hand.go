package console

import (
	"context"
	"net/http"
	"net/url"

	"dsotop/internal/actions/wire"
	"dsotop/internal/sources/transport"
)

// newHand is the acting half. The bulk route is on no list: it tells no result of a project and works on all at once.
func newHand(t transport.Options) *transport.Hand {
	reads := transport.Look("/api/v1/version", "/api/v1/user/tokens", "/api/v1/logs", "/api/v1/zones", "/api/v1/stages", "/api/v1/clusters", "/api/v1/clusters/usage/*", "/api/v1/projects", "/api/v1/projects/*", "/api/v1/projects/*/members",
		"/api/v1/projects/*/roles", "/api/v1/environments", "/api/v1/repositories", "/api/v2/projects/*/environments", "/api/v2/projects/*/repositories", "/api/v1/health-services", "/api/v1/users/matching",
		"/api/v1/service-chains", "/api/v1/service-chains/*", "/api/v1/service-chains/*/flows")
	write := func(method, path string, members ...string) transport.Grant {
		g := transport.Grant{Method: method, Path: path}
		if members != nil {
			g.Body = transport.Members(members...)
		}
		return g
	}
	resize := []string{"cpu", "gpu", "memory", "autosync"}
	create := append([]string{"name", "stageId", "clusterId"}, resize...)
	return transport.NewHand(t, reads, []transport.Grant{
		write(http.MethodPut, "/api/v1/projects/*/hooks"),
		write(http.MethodPut, "/api/v1/projects/*", "description", "locked"),
		write(http.MethodPost, "/api/v1/projects/*/members", "email"),
		{Method: http.MethodPatch, Path: "/api/v1/projects/*/members", Body: func(b []byte) bool { return len(b) > 0 && b[0] == '[' }},
		write(http.MethodDelete, "/api/v1/projects/*/members/*"),
		write(http.MethodPost, "/api/v2/projects/*/environments", create...),
		write(http.MethodPost, "/api/v1/environments", append(create, "projectId")...),
		write(http.MethodPut, "/api/v2/projects/*/environments/*", resize...),
		write(http.MethodPut, "/api/v1/environments/*", resize...),
		write(http.MethodDelete, "/api/v2/projects/*/environments/*"),
		write(http.MethodDelete, "/api/v1/environments/*"),
		write(http.MethodPost, "/api/v2/projects/*/repositories/*/sync", "syncAllBranches", "branchName"),
		write(http.MethodPost, "/api/v1/repositories/*/sync", "syncAllBranches", "branchName"),
		write(http.MethodPost, "/api/v1/service-chains/*/retry"),
		write(http.MethodPost, "/api/v1/service-chains/validate/*"),
		{Method: http.MethodGet, Path: "/api/v1/refresh-services", Query: func(q url.Values) bool { return len(q) == 0 }},
	}, nil)
}

// Reader asks the console what planning and verifying need to know. The reply of a legacy route that hides its status says it.
func (s *Source) Reader() wire.Reader {
	if r := s.hand.Reader(); r != nil {
		return honest{read: r.Read}
	}
	return nil
}

// Writer changes the console, one call at a time: see [wire.Writer].
func (s *Source) Writer() wire.Writer {
	if w := s.hand.Writer(); w != nil {
		return honest{write: w.Write}
	}
	return nil
}

// honest gives replies the status that their body tells: the legacy server says 200 {"status":401,…} to a token it does not take, and sends a
// client without one to a page for logging in.
type honest struct {
	read, write func(context.Context, wire.Call) (wire.Reply, error)
}

// Read implements wire.Reader.
func (h honest) Read(ctx context.Context, c wire.Call) (wire.Reply, error) {
	return told(h.read(ctx, c))
}

// Write implements wire.Writer.
func (h honest) Write(ctx context.Context, c wire.Call) (wire.Reply, error) {
	return told(h.write(ctx, c))
}

func told(r wire.Reply, err error) (wire.Reply, error) {
	if err != nil || r.Status != http.StatusOK && r.Status/100 != 3 {
		return r, err
	}
	if r.Status/100 == 3 {
		r.Status = http.StatusUnauthorized
		return r, nil
	}
	if class, message, hides := hidden(r.Body); hides {
		r.Body = []byte(message)
		switch class {
		case transport.ClassUnauthorised:
			r.Status = http.StatusUnauthorized
		case transport.ClassForbidden:
			r.Status = http.StatusForbidden
		case transport.ClassNotFound:
			r.Status = http.StatusNotFound
		case transport.ClassRequest:
			r.Status = http.StatusUnprocessableEntity
		default:
			r.Status = http.StatusInternalServerError
		}
	}
	return r, nil
}
