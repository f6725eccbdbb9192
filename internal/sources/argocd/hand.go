package argocd

import (
	"net/http"
	"net/url"
	"slices"

	"dsotop/internal/actions/wire"
	"dsotop/internal/sources/transport"
)

// newHand is the acting half. A refresh is a GET that makes the controller write; a synchronisation writes its operation, the dry one too. Applications are neither
// made, changed nor deleted from here, and no resource is patched or deleted.
func newHand(t transport.Options) *transport.Hand {
	const app = "/api/v1/applications/*"
	reads := transport.Look("/api/version", "/api/v1/account/can-i/*/*/**", app, app+"/resource-tree", app+"/managed-resources", app+"/syncwindows", app+"/manifests", app+"/revisions/*/metadata", app+"/resource", app+"/resource/actions")
	for i := range reads {
		reads[i].Query = func(q url.Values) bool { return plainRead(q) }
	}
	named := transport.Only("appNamespace", "project", "namespace", "resourceName", "version", "kind", "group")
	return transport.NewHand(t, reads, []transport.Grant{
		{Method: http.MethodGet, Path: app, Query: func(q url.Values) bool {
			return transport.Only("refresh", "appNamespace", "project")(q) && slices.Contains([]string{"normal", "hard"}, q.Get("refresh"))
		}},
		{Method: http.MethodPost, Path: app + "/sync", Body: transport.Members("name", "appNamespace", "project", "revision", "revisions", "sourcePositions", "dryRun", "prune", "resources", "strategy", "syncOptions")},
		{Method: http.MethodPost, Path: app + "/rollback", Body: transport.Members("name", "appNamespace", "project", "id", "dryRun", "prune")},
		{Method: http.MethodDelete, Path: app + "/operation", Query: transport.Only("appNamespace", "project")},
		{Method: http.MethodPost, Path: app + "/resource/actions/v2", Body: transport.Members("name", "appNamespace", "project", "namespace", "resourceName", "version", "group", "kind", "action", "resourceActionParameters")},
		{Method: http.MethodPost, Path: app + "/resource/actions", Query: named, Body: func(b []byte) bool { return len(b) > 2 && b[0] == '"' }},
	}, nil)
}

// Reader asks Argo CD what planning and verifying need to know.
func (s *Source) Reader() wire.Reader { return s.hand.Reader() }

// Writer changes what Argo CD deploys, one call at a time: see [wire.Writer].
func (s *Source) Writer() wire.Writer { return s.hand.Writer() }
