package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/secret"
)

// Error says what was tried, on what, and what happened, on one line without secrets.
func (f *Fault) Error() string {
	var b strings.Builder
	if f.Method != "" || f.URL != "" {
		b.WriteString(strings.TrimSpace(f.Method + " " + f.URL))
		b.WriteString(": ")
	}
	b.WriteString(f.What())
	return b.String()
}

// What says what happened, without the request: the short form for a line of a screen.
func (f *Fault) What() string {
	var parts []string
	if status := strings.TrimSpace(strconv.Itoa(f.Status) + " " + http.StatusText(f.Status)); f.Status != 0 && !strings.HasPrefix(f.Message, status) { // GitLab's messages repeat it
		parts = append(parts, status)
	}
	switch {
	case f.Message != "":
		parts = append(parts, platform.CleanLine(f.Message))
	case f.Status == 0 && f.Err != nil:
		parts = append(parts, shorten(secret.Scrub(platform.CleanLine(f.Err.Error()))))
	}
	if len(parts) == 0 {
		parts = append(parts, strings.ReplaceAll(string(f.Class), "_", " "))
	}
	if f.RetryAfter > 0 {
		parts = append(parts, "retry after "+f.RetryAfter.Round(time.Second).String())
	}
	return strings.Join(parts, ": ")
}

// Unwrap gives the cause, nil when the server's answer is the cause.
func (f *Fault) Unwrap() error { return f.Err }

// Passing reports whether the same request may succeed soon without anybody doing anything.
func (f *Fault) Passing() bool {
	switch f.Class {
	case ClassUnreachable, ClassTimeout, ClassGateway, ClassRateLimited, ClassServer, ClassMalformed:
		return true
	}
	return false
}

// FaultOf finds the *Fault in an error, or classifies an error that never met this package: network, TLS, context, JSON, and the
// errors of vendor clients that tell a status. It is nil only for a nil error.
func FaultOf(err error) *Fault {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Fault](err); ok {
		return f
	}
	f := &Fault{Class: classOf(err), Err: err}
	if status := statusOf(err); status != 0 {
		f.Class, f.Status = classOfStatus(status), status
	}
	if f.Class != ClassCanceled {
		f.Message = shorten(secret.Scrub(platform.CleanLine(err.Error())))
	}
	return f
}

// statusOf asks an error of a vendor client for its HTTP status, by the methods they commonly have.
func statusOf(err error) int {
	var coded interface{ StatusCode() int }
	if errors.As(err, &coded) {
		return coded.StatusCode()
	}
	var asked interface{ HasStatusCode(int) bool }
	if errors.As(err, &asked) {
		for _, status := range []int{400, 401, 403, 404, 409, 410, 422, 429, 500, 502, 503, 504} {
			if asked.HasStatusCode(status) {
				return status
			}
		}
	}
	return 0
}

func classOf(err error) Class {
	switch {
	case errors.Is(err, context.Canceled):
		return ClassCanceled
	case errors.Is(err, context.DeadlineExceeded):
		return ClassTimeout
	case isTLS(err):
		return ClassTLS
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return ClassTimeout
	}
	if isNetwork(err) || refusedByProxy(err) {
		return ClassUnreachable
	}
	return ClassMalformed
}

func isTLS(err error) bool {
	var (
		verify  *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		alert   tls.AlertError
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
		roots   x509.SystemRootsError
	)
	return errors.As(err, &verify) || errors.As(err, &record) || errors.As(err, &alert) || errors.As(err, &unknown) ||
		errors.As(err, &host) || errors.As(err, &invalid) || errors.As(err, &roots) || isPlainHTTP(err) || isAlert(err)
}

// isAlert recognises what the other end's TLS says: "certificate required", "unknown certificate authority". crypto/tls has no
// exported type for it.
func isAlert(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "remote error"
}

// isPlainHTTP recognises net/http's own wording when a server without TLS answers on an https URL; it has no error type.
func isPlainHTTP(err error) bool {
	return strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

func isNetwork(err error) bool {
	var (
		op  *net.OpError
		dns *net.DNSError
		adr *net.AddrError
	)
	if errors.As(err, &op) || errors.As(err, &dns) || errors.As(err, &adr) {
		return true
	}
	for _, e := range []error{io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed, syscall.ECONNRESET, syscall.ECONNREFUSED, syscall.EPIPE, http.ErrServerClosed} {
		if errors.Is(err, e) {
			// An unexpected end inside a JSON value is a malformed answer unless the connection said so itself.
			_, syntax := errors.AsType[*json.SyntaxError](err)
			return !syntax
		}
	}
	text := err.Error() // the bundled HTTP/2 keeps its types to itself
	return strings.Contains(text, "http2: ") || strings.Contains(text, "stream error: ") || strings.Contains(text, "connection reset") ||
		strings.Contains(text, "server closed idle connection") || strings.Contains(text, "malformed HTTP")
}

// ViaProxy reports whether the failure is in reaching the proxy or in what it refuses, not in the system behind it.
func (f *Fault) ViaProxy() bool {
	if f.Status == http.StatusProxyAuthRequired {
		return true
	}
	op, ok := errors.AsType[*net.OpError](f.Err)
	return ok && op.Op == "proxyconnect" || refusedByProxy(f.Err)
}

// refusedByProxy recognises what net/http makes of a proxy's refusal to connect where nobody asked it for more, as in client-go:
// an error whose whole text is that of a status.
func refusedByProxy(err error) bool {
	for err != nil {
		next := errors.Unwrap(err)
		if next == nil {
			break
		}
		err = next
	}
	if err == nil {
		return false
	}
	for status := http.StatusBadRequest; status <= http.StatusNetworkAuthenticationRequired; status++ {
		if text := http.StatusText(status); text != "" && err.Error() == text {
			return true
		}
	}
	return false
}

func classOfStatus(status int) Class {
	switch status {
	case http.StatusUnauthorized:
		return ClassUnauthorised
	case http.StatusForbidden:
		return ClassForbidden
	case http.StatusNotFound, http.StatusGone:
		return ClassNotFound
	case http.StatusProxyAuthRequired:
		return ClassUnreachable
	case http.StatusRequestTimeout:
		return ClassTimeout
	case http.StatusTooManyRequests:
		return ClassRateLimited
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return ClassGateway
	}
	switch {
	case status >= 520 && status <= 530: // what CDNs in front of a dead server say
		return ClassGateway
	case status >= 500:
		return ClassServer
	case status >= 400:
		return ClassRequest
	case status >= 300: // an API has no reason to send us elsewhere but to log in
		return ClassUnauthorised
	}
	return ClassMalformed
}

// malformed says in plain words what encoding/json found.
func malformed(err error) string {
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Sprintf("unexpected answer: field %q is a %s", e.Field, e.Value)
	}
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Sprintf("unexpected answer: not JSON at byte %d", e.Offset)
	}
	return "unexpected answer: " + err.Error()
}
