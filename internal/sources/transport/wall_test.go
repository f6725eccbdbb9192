package transport

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzAllowed holds the wall: whatever the spelling, what passes is below the path of the rule, on the host of the base.
func FuzzAllowed(f *testing.F) {
	for _, s := range []string{"/base/files/a", "/base/files/../secret", "/base/files/%2e%2e/x", "/base/files/a%2f..%2f..%2f..%2fx", "//evil/base/files/a", "/base/files/..;/x", "/base/files/.%2e/x"} {
		f.Add(s)
	}
	base := &url.URL{Scheme: "https", Host: "tool.example", Path: "/base/"}
	rules := []Rule{{Method: "GET", Path: "/files/**"}, {Method: "GET", Path: "/one/*/end"}}
	f.Fuzz(func(t *testing.T, text string) {
		u, err := url.Parse("https://tool.example" + text)
		if err != nil || !allowed(base, rules, http.MethodGet, u) {
			return
		}
		clean := path.Clean(u.Path)
		if u.Host != "tool.example" || !strings.HasPrefix(clean, "/base/files") && !strings.HasPrefix(clean, "/base/one/") {
			t.Fatalf("%q passed as %q on %q", text, clean, u.Host)
		}
		if allowed(base, rules, http.MethodPost, u) {
			t.Fatalf("%q passed with another method", text)
		}
	})
}

func TestClientCertificate(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.TLS.PeerCertificates) == 0 {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, "{}")
	}))
	server.TLS = &tls.Config{ClientAuth: tls.RequestClientCert} //nolint:gosec // of a test
	server.StartTLS()
	defer server.Close()
	pair := server.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, kind string, der []byte) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	cert, keyFile := write("cert.pem", "CERTIFICATE", pair.Certificate[0]), write("key.pem", "PRIVATE KEY", key)
	for _, c := range []struct {
		tls   TLS
		class Class
	}{{TLS{CAFile: cert, CertFile: cert, KeyFile: keyFile}, ""}, {TLS{CAFile: cert}, ClassForbidden}} {
		client, err := New(Options{URL: server.URL, TLS: c.tls, Proxy: "none", Allow: []Rule{{Method: "GET", Path: "/**"}}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Get(t.Context(), "/", nil)
		if f := FaultOf(err); (f == nil) != (c.class == "") || f != nil && f.Class != c.class {
			t.Errorf("%+v: %v", c.tls, err)
		}
		client.Close()
	}
}

func TestProxy(t *testing.T) {
	var seen []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.URL.String())
		_, _ = io.WriteString(w, "{}")
	}))
	defer proxy.Close()
	away := httptest.NewServer(nil)
	away.Close()
	for _, c := range []struct {
		proxy string
		class Class
	}{{proxy.URL, ""}, {away.URL, ClassUnreachable}} {
		client, err := New(Options{URL: "http://tool.example", Proxy: c.proxy, Retries: -1, Allow: []Rule{{Method: "GET", Path: "/**"}}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.Get(t.Context(), "/a", nil)
		f := FaultOf(err)
		if (f == nil) != (c.class == "") || f != nil && (f.Class != c.class || !f.ViaProxy()) {
			t.Errorf("%s: %v", c.proxy, err)
		}
		client.Close()
	}
	if len(seen) != 1 || seen[0] != "http://tool.example/a" {
		t.Errorf("the proxy saw %v", seen)
	}
	none, err := New(Options{URL: "http://tool.example", Proxy: "none"})
	if err != nil {
		t.Fatal(err)
	}
	if u, err := none.Proxy()(&http.Request{URL: none.Base()}); u != nil || err != nil {
		t.Errorf("%v %v", u, err)
	}
}
