package harbor

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
)

// Rights told in the health.
const (
	rightImages   = "images.list"   // list repositories and artifacts: the platform's "ro-robot" may not, "rw-robot" and people may
	rightProjects = "projects.list" // see which projects exist; only needed without a console
)

// identity is what Harbor says of itself and of our credential.
type identity struct {
	version string
	user    string
	proved  bool // Harbor recognised us
}

func (i identity) into(h *platform.SourceHealth) {
	h.Version, h.Identity = cmp.Or(i.version, h.Version), cmp.Or(i.user, h.Identity)
}

// identify asks who we are. Harbor answers a wrong password with what anybody may see, so the proof is either our own name, or the
// version, which it hides from strangers; robots have no name there.
func (s *Source) identify(ctx context.Context) (identity, error) {
	var id identity
	var info struct {
		Version *string `json:"harbor_version"`
		Auth    *string `json:"auth_mode"`
	}
	if _, err := s.http.GetJSON(ctx, "/api/v2.0/systeminfo", nil, &info); err != nil {
		return id, err
	}
	if info.Version == nil && info.Auth == nil {
		return id, &transport.Fault{Class: transport.ClassMalformed, Source: s.opts.Name, URL: s.URL(), Message: "not the system information of a Harbor"}
	}
	if info.Version != nil {
		id.version = line(*info.Version)
		id.proved = id.version != ""
	}
	auth := s.opts.Transport.Auth
	if auth.Scheme == transport.AuthNone {
		id.user = "anonymous"
		return id, nil
	}
	id.user = line(auth.User)
	if robotProject(auth.User) != "" || strings.HasPrefix(auth.User, "robot$") {
		return id, nil
	}
	var me struct {
		Username string `json:"username"`
	}
	_, err := s.http.GetJSON(ctx, "/api/v2.0/users/current", nil, &me)
	switch class := classOf(err); {
	case err == nil:
		id.user, id.proved = cmp.Or(line(me.Username), id.user), true
	case class == transport.ClassUnauthorised && id.proved:
		// Robots may have another prefix than robot$ (it is a setting): they have no person's name.
	case class == transport.ClassUnauthorised:
		return id, &transport.Fault{
			Class: transport.ClassUnauthorised, Source: s.opts.Name, Method: http.MethodGet, URL: strings.TrimRight(s.URL(), "/") + "/api/v2.0/users/current", Status: http.StatusUnauthorized,
			Message: "the user or the secret is not recognised", Err: err,
		}
	case class == transport.ClassForbidden, class == transport.ClassNotFound, class == transport.ClassRequest:
	default:
		return id, err
	}
	return id, nil
}

// robotProject is the project in a robot's full name, "robot$<project>+<name>"; "" for people and for robots of the system.
func robotProject(user string) string {
	_, rest, _ := strings.Cut(user, "$")
	project, _, ok := strings.Cut(rest, "+")
	if !ok {
		return ""
	}
	return project
}

func classOf(err error) transport.Class {
	if err == nil {
		return ""
	}
	return transport.FaultOf(err).Class
}
