// Package transport is the one HTTP stack of every source: credentials, TLS, proxy, timeouts, retries of reads only,
// rate, redaction and counters. It also holds the wall against writes: a request that is not on the source's allow-list
// never leaves the process.
package transport

import (
	"log/slog"
	"net/http"
	"time"

	"dsotop/internal/secret"
)

// Options describe one remote system. The zero value of each field has the meaning given.
type Options struct {
	Name    string        // source instance, for logs and errors
	URL     string        // base URL; a path in it is kept as a prefix
	Auth    Auth          // none when zero
	TLS     TLS           // system roots when zero
	Proxy   string        // URL; "" means the environment's (HTTPS_PROXY, NO_PROXY); "none" means no proxy
	Timeout time.Duration // of one attempt, headers and body; 0 means 5 s
	Retries int           // further attempts for a read that failed for a passing reason; 0 means 2, negative none
	Backoff time.Duration // before the first further attempt, doubled for each next, with jitter; 0 means 250 ms
	Rate    float64       // requests per second; 0 means 10
	Burst   int           // at once after a rest; 0 means 150: the first look at what is in view
	MaxBody int64         // bytes accepted in one answer; 0 means 64 MiB
	Header  http.Header   // added to each request, e.g. X-Scope-OrgID
	Allow   []Rule        // what may be sent; empty means nothing may
	Log     *slog.Logger  // nil discards
	Clock   func() time.Time
	// Dial replaces the network in tests; nil is the network.
	Dial http.RoundTripper
}

// Auth says how a request is authenticated.
type Auth struct {
	Scheme AuthScheme
	// Header is the header name of AuthHeader ("x-dso-token", "PRIVATE-TOKEN") and the cookie name of
	// AuthCookie, which may be "" when the secret is a whole Cookie header.
	Header string
	User   string     // of AuthBasic
	Secret secret.Ref // read when needed, and read again when the server says 401
}

// AuthScheme is a way to present a credential.
type AuthScheme string

// The ways to authenticate.
const (
	AuthNone   AuthScheme = ""
	AuthBearer AuthScheme = "bearer" // Authorization: Bearer …
	AuthBasic  AuthScheme = "basic"  // user and secret; SonarQube tokens are the user, with an empty password
	AuthCookie AuthScheme = "cookie" // Header=…; when the secret contains "=", it is the whole Cookie header
	AuthHeader AuthScheme = "header" // Header: secret
)

// TLS says whom to trust and who we are.
type TLS struct {
	CAFile     string // PEM bundle added to the system roots
	CertFile   string // client certificate, PEM
	KeyFile    string
	ServerName string
	Insecure   bool // no verification: said in the header of the program, never a default
}

// Rule allows requests. Method is exact. Path is a pattern over the escaped path below the base URL's own path: "*" stands for one segment,
// a last segment "**" for any rest, e.g. "/api/v1/projects/*/members". Rules are for reads: see the house's definition of a write.
type Rule struct {
	Method string
	Path   string
	// Query, when not nil, must accept the query as well: GET …?refresh= is a write for Argo CD.
	Query func(map[string][]string) bool
}

// Class is the kind of a failure; it decides retry, health word and remedy.
type Class string

// The classes of failure.
const (
	ClassUnauthorised Class = "unauthorised" // 401, a redirect to a login page, a 200 carrying 401
	ClassForbidden    Class = "forbidden"    // 403
	ClassNotFound     Class = "not_found"    // 404, 410
	ClassRateLimited  Class = "rate_limited" // 429
	ClassServer       Class = "server"       // 500 and other 5xx of the system itself
	ClassGateway      Class = "gateway"      // 502, 503, 504: somebody in front says it is away
	ClassUnreachable  Class = "unreachable"  // no connection: name, route, refused, reset, cut
	ClassTimeout      Class = "timeout"      // no answer in time
	ClassTLS          Class = "tls"          // certificate not trusted or not for this name
	ClassMalformed    Class = "malformed"    // an answer that is not what the system would say
	ClassRefused      Class = "refused"      // our own wall: not on the allow-list
	ClassRequest      Class = "request"      // 400, 409, 422: the server did not like what we asked
	ClassCredential   Class = "credential"   // the secret reference could not be read
	ClassCanceled     Class = "canceled"     // we gave up ourselves
)

// Fault is a failure of one request. Error says what was tried, on what, and what happened, without secrets.
type Fault struct {
	Class      Class
	Source     string
	Method     string
	URL        string // without credentials and query values
	Status     int    // 0 when there was no answer
	Anonymous  bool   // the source has no credential configured
	Message    string // what the server said, cleaned, at most 300 runes; never HTML, never a stack
	RetryAfter time.Duration
	Err        error
}

// Stats are what a client did since it was made.
type Stats struct {
	Calls   uint64
	Bytes   uint64        // received, after decompression
	Latency time.Duration // of the last answer, moving average over about ten
	Skew    time.Duration // see Skew.Least
}
