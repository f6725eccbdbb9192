package sources

import (
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
)

func TestWhatATenantIsBlamedFor(t *testing.T) {
	for _, c := range []struct {
		in     TenantPlace
		class  transport.Class
		status int
		want   bool
	}{
		{TenantHeader, transport.ClassForbidden, http.StatusForbidden, true},
		{TenantPath, transport.ClassForbidden, http.StatusForbidden, true},
		{TenantPath, transport.ClassNotFound, http.StatusNotFound, true},
		{TenantHeader, transport.ClassNotFound, http.StatusNotFound, false}, // another system answers there
		{TenantNone, transport.ClassNotFound, http.StatusNotFound, false},
		{TenantPath, transport.ClassUnreachable, 0, false},
	} {
		if got := (Tenancy{In: c.in}).Refused(&transport.Fault{Class: c.class, Status: c.status}); got != c.want {
			t.Errorf("%q %s: %v", c.in, c.class, got)
		}
	}
	if (Tenancy{In: TenantPath}).Refused(nil) {
		t.Error("no error is a refusal")
	}
}

func TestRemedyWithoutACredentialAndWithoutTLS(t *testing.T) {
	if got := remedyOf(&transport.Fault{Class: transport.ClassUnauthorised, Anonymous: true}, false); got != platform.RemedyGiveToken {
		t.Errorf("anonymous: %s", got)
	}
	if got := remedyOf(&transport.Fault{Class: transport.ClassTLS, Err: tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}}, false); got != platform.RemedyCheckURL {
		t.Errorf("no TLS: %s", got)
	}
	if got := remedyOf(&transport.Fault{Class: transport.ClassTLS, Err: errors.New("unknown authority")}, false); got != platform.RemedyCheckTLS {
		t.Errorf("unknown authority: %s", got)
	}
	for _, f := range []transport.Fault{{Class: transport.ClassUnauthorised, Status: 401}, {Class: transport.ClassUnauthorised, Status: 401, Anonymous: true}, {Class: transport.ClassRequest, Status: 400}} {
		f.Message = "no org id"
		if got := remedyOf(&f, false); got != platform.RemedyCheckTenant {
			t.Errorf("no tenant, %d: %s", f.Status, got)
		}
	}
	if got := remedyOf(&transport.Fault{Class: transport.ClassRequest, Status: 422, Message: "too many samples"}, false); got != platform.RemedyWait {
		t.Errorf("not carried out: %s", got)
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	c, err := transport.New(transport.Options{URL: strings.Replace(plain.URL, "http:", "https:", 1), Proxy: "none", Retries: -1, Timeout: time.Second, Allow: []transport.Rule{{Method: http.MethodGet, Path: "**"}}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.Get(t.Context(), "/x", nil)
	if got := remedyOf(err, false); got != platform.RemedyCheckURL {
		t.Errorf("https on a plain server: %s (%v)", got, err)
	}
}
