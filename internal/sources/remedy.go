package sources

import (
	"crypto/tls"
	"errors"
	"net/http"
	"strings"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
)

// advised is an error whose source knows better what helps.
type advised struct {
	error
	remedy platform.Remedy
}

// Unwrap gives the error as it was.
func (a advised) Unwrap() error { return a.error }

// Advise attaches a remedy to an error, for a source that knows more than the class of the failure tells. A nil error stays nil.
func Advise(err error, remedy platform.Remedy) error {
	if err == nil {
		return nil
	}
	return advised{err, remedy}
}

// HealthOf is the health of a source after one look that ended with err (nil: it went well): what Doctor starts from.
func HealthOf(src Source, err error, now time.Time) platform.SourceHealth {
	h := platform.SourceHealth{Name: src.Name(), Kind: src.Kind(), URL: src.URL(), State: platform.StateLive, Since: now}
	if err == nil {
		h.LastSuccess = now
		return h
	}
	h.State, h.Detail, h.Remedy = stateOf(err, false), detailOf(err), remedyOf(err, false)
	return h
}

// Measured puts what a client counted into the health of one look.
func Measured(h *platform.SourceHealth, s transport.Stats) {
	h.Calls, h.Bytes, h.Latency, h.Skew = s.Calls, s.Bytes, s.Latency, s.Skew
}

// stateOf is the word for a failure. before tells whether the same part ever worked: its facts are then still shown.
func stateOf(err error, before bool) platform.State {
	switch transport.FaultOf(err).Class {
	case transport.ClassUnauthorised, transport.ClassCredential:
		return platform.StateUnauthorised
	case transport.ClassForbidden:
		return platform.StateForbidden
	case transport.ClassUnreachable, transport.ClassTimeout, transport.ClassTLS, transport.ClassGateway:
		return platform.StateUnreachable
	}
	if before {
		return platform.StateStale
	}
	return platform.StateUnreachable
}

func detailOf(err error) string { return platform.CleanLine(transport.FaultOf(err).Error()) }

func remedyOf(err error, before bool) platform.Remedy {
	if a, ok := errors.AsType[advised](err); ok {
		return a.remedy
	}
	f := transport.FaultOf(err)
	first := platform.RemedyWait // a system that answered before will again
	if !before {
		first = platform.RemedyCheckURL
	}
	switch f.Class {
	case transport.ClassUnauthorised:
		if noTenant(f) {
			return platform.RemedyCheckTenant
		}
		if f.Anonymous {
			return platform.RemedyGiveToken
		}
		return platform.RemedyRenewToken
	case transport.ClassCredential:
		if strings.Contains(f.Message, "command") { // exec: references fail because they need a person
			return platform.RemedyRunOutside
		}
		return platform.RemedyRenewToken
	case transport.ClassForbidden:
		return platform.RemedyAskRight
	case transport.ClassTLS:
		if _, ok := errors.AsType[tls.RecordHeaderError](err); ok || strings.Contains(f.Message, "HTTP response to HTTPS") { // no certificate mends a server without TLS
			return platform.RemedyCheckURL
		}
		return platform.RemedyCheckTLS
	case transport.ClassRateLimited:
		return platform.RemedySlowDown
	case transport.ClassUnreachable, transport.ClassTimeout:
		if f.ViaProxy() {
			return platform.RemedyCheckProxy
		}
		return first
	case transport.ClassNotFound, transport.ClassMalformed, transport.ClassRequest:
		if noTenant(f) {
			return platform.RemedyCheckTenant
		}
		if f.Status == http.StatusUnprocessableEntity { // understood, by what we meant to reach, and not carried out
			return platform.RemedyWait
		}
		return first
	}
	return platform.RemedyWait
}

// noTenant recognises what Loki, Mimir and their kin say (401, some releases 400) to who names no tenant, whatever the credential.
func noTenant(f *transport.Fault) bool { return strings.Contains(f.Message, "no org id") }
