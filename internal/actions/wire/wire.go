// Package wire is what passes between the hand and the systems: one HTTP call, its answer, and who may send it. Sources implement it
// below their own credentials, rates and redaction; it imports nothing of ours.
package wire

import (
	"context"
	"net/http"
	"net/url"
)

// Call is one request to one system, as it will leave: what a plan shows is what is sent. It holds no credential.
type Call struct {
	// System is the source's name: "console", "argocd/usu", "kubernetes/usu-1".
	System string
	Method string
	// Path is below the source's base URL, escaped, with a leading slash: "/api/v1/projects/<id>/hooks".
	Path  string
	Query url.Values
	// Tenant is the value of X-Scope-OrgID where the system has tenants; "" is the source's own.
	Tenant string
	// ContentType and Body are empty for a call without a body.
	ContentType string
	Body        []byte
	// Secrets are the JSON members of Body whose values are shown as ••• ("token", "secret.value"). The body itself is sent whole.
	Secrets []string
}

// Reply is what a system answered. A reply is not an error, whatever its status.
type Reply struct {
	Status int
	// Body is at most 1 MiB (16 MiB when read for planning), with credentials in use taken out; it is not cleaned for a terminal.
	Body []byte
	// Header holds Location, Retry-After, Date, Warning and request ids only.
	Header http.Header
}

// OK reports whether the status is 2xx.
func (r Reply) OK() bool { return r.Status >= 200 && r.Status < 300 }

// Reader sends calls that change nothing, planning's and verification's: its allow-list holds reads, access reviews and Kubernetes requests with
// dryRun=All (architecture: what a write is). Reads may be retried. An error means that no answer came, or that the call is not on the list.
type Reader interface {
	Read(context.Context, Call) (Reply, error)
}

// Writer sends a call that changes something, once: never again after an answer, a cut connection or a time-out, whatever the answer asks. It is only built where
// writing is open. The caller sets the deadline in ctx. An error means that it is not known whether the system acted, unless it is a *NotSent.
type Writer interface {
	Write(context.Context, Call) (Reply, error)
}

// NotSent is the error of a call that certainly never reached the system: not on the allow-list, no connection, no credential.
type NotSent struct{ Err error }

func (e *NotSent) Error() string { return e.Err.Error() }
func (e *NotSent) Unwrap() error { return e.Err }
