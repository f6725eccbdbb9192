package harbor

import (
	"encoding/json"
	"net/http"

	"dsotop/internal/actions/wire"
	"dsotop/internal/sources/transport"
)

// newHand is the acting half. Nothing of Harbor is ever deleted or retagged from here.
func newHand(t transport.Options) *transport.Hand {
	const artifact = "/api/v2.0/projects/*/repositories/*/artifacts/*"
	return transport.NewHand(t, transport.Look("/api/v2.0/users/current/permissions", "/api/v2.0/projects/*/repositories/*/artifacts", artifact, artifact+"/tags"),
		[]transport.Grant{{Method: http.MethodPost, Path: artifact + "/scan", Body: func(b []byte) bool {
			var in map[string]string
			return len(b) == 0 || json.Unmarshal(b, &in) == nil && len(in) == 1 && in["scan_type"] == "vulnerability"
		}}}, nil)
}

// Reader asks Harbor what planning and verifying need to know.
func (s *Source) Reader() wire.Reader { return s.hand.Reader() }

// Writer changes Harbor, one call at a time: see [wire.Writer].
func (s *Source) Writer() wire.Writer { return s.hand.Writer() }
