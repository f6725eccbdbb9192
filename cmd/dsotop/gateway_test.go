package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"maps"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dsotop/demo"
	"dsotop/demo/world"
)

// simulated is the demo platform in this process, for tests that put something between it and the program.
func simulated(t *testing.T) *demo.Platform {
	t.Helper()
	p, err := demo.Start(t.Context(), demo.Options{Seed: 1, Size: world.Small, Dir: t.TempDir(), Still: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// gateway stands before every system of a platform, one port each, as companies have it: it demands its own proof of who calls and
// presents the systems' own credentials to them.
type gateway struct {
	// lets decides about a request; nil lets everybody in. What it refuses gets a 401 whose body tells everything it was sent.
	lets func(*http.Request) bool
	// tls makes it speak TLS.
	tls *tls.Config

	// status, when not nil, is what a refusal says; else it is 401.
	status func() int
	// rewrites changes a whole JSON answer of a system.
	rewrites func(kind string, body []byte) []byte

	urls    map[string]string // by instance, as demo.Platform has them
	refused atomic.Int64
	passed  atomic.Int64
}

// open starts the gateway before a platform.
func (g *gateway) open(t *testing.T, p *demo.Platform) {
	t.Helper()
	g.urls = map[string]string{}
	secrets := p.Secrets()
	inside := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, Proxy: nil} //nolint:gosec // the simulated clusters on the loopback
	t.Cleanup(inside.CloseIdleConnections)
	for name, address := range p.URLs {
		target, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := strings.Cut(name, "/")
		secret := secrets[kind]
		if slices.Contains([]string{"alertmanager", "loki", "prometheus"}, kind) {
			secret = secrets["observabilite"]
		}
		relay := &httputil.ReverseProxy{FlushInterval: -1, Transport: inside, ErrorLog: log.New(io.Discard, "", 0), Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			for _, h := range []string{"Authorization", "Cookie", "Private-Token", "X-Dso-Token"} {
				r.Out.Header.Del(h)
			}
			if g.rewrites != nil { // what can be rewritten
				r.Out.Header.Del("Accept-Encoding")
				if kind == "kubernetes" {
					r.Out.Header.Set("Accept", "application/json")
				}
			}
			switch kind {
			case "console":
				r.Out.Header.Set("X-Dso-Token", secret)
			case "gitlab":
				r.Out.Header.Set("Private-Token", secret)
			case "harbor":
				r.Out.SetBasicAuth("astreinte.sre", secret)
			default:
				r.Out.Header.Set("Authorization", "Bearer "+secret)
			}
		}}
		if g.rewrites != nil {
			relay.ModifyResponse = func(resp *http.Response) error {
				if !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") || strings.Contains(resp.Request.URL.RawQuery, "watch=") {
					return nil
				}
				body, err := io.ReadAll(resp.Body)
				if err != nil {
					return err
				}
				body = g.rewrites(kind, body)
				resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
				resp.Header.Set("Content-Length", strconv.Itoa(len(body)))
				return nil
			}
		}
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if g.lets != nil && !g.lets(r) {
				g.refused.Add(1)
				status := http.StatusUnauthorized
				if g.status != nil {
					status = g.status()
				}
				echo(w, r, status)
				return
			}
			g.passed.Add(1)
			relay.ServeHTTP(w, r)
		}))
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		if g.tls != nil {
			server.TLS = g.tls.Clone()
			server.StartTLS()
		} else {
			server.Start()
		}
		t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
		g.urls[name] = server.URL
	}
}

// echo refuses a request and tells what it was, secrets and all, as careless gateways do.
func echo(w http.ResponseWriter, r *http.Request, status int) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("WWW-Authenticate", `Basic realm="gateway"`)
	w.WriteHeader(status)
	var heads []string
	for name, values := range r.Header {
		heads = append(heads, fmt.Sprintf("%s: %s", name, strings.Join(values, ", ")))
	}
	slices.Sort(heads)
	words := strings.Fields(cookieOf(r))
	fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","code":%d,"message":%q}`, status, strings.Join(words[min(1, len(words)):], " ")+" refused "+r.Method+" https://oauth2:"+cookieOf(r)+"@gateway.example"+r.URL.Path+" with "+strings.Join(heads, "; "))
}

func cookieOf(r *http.Request) string {
	if c := r.Header.Get("Cookie"); c != "" {
		return c
	}
	return r.Header.Get("Authorization")
}

// config writes a configuration in which every source has the address that where gives it, and extra keys ("auth: …").
func (g *gateway) config(t *testing.T, where func(name, address string) string, extra func(name string) string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("language: en\nprofiles:\n  p:\n")
	byKind := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(g.urls)) {
		kind, instance, several := strings.Cut(name, "/")
		line := fmt.Sprintf("url: %q", where(name, g.urls[name]))
		if several {
			line += ", name: " + instance
		}
		switch kind {
		case "gitlab":
			line += ", root: forge-mi/projects"
		case "alertmanager", "loki", "prometheus":
			line += ", tenant: {in: header, id: auto}"
		}
		if more := extra(name); more != "" {
			line += ", " + more
		}
		byKind[kind] = append(byKind[kind], "{"+line+"}")
	}
	for _, kind := range slices.Sorted(maps.Keys(byKind)) {
		fmt.Fprintf(&b, "    %s: [%s]\n", kind, strings.Join(byKind[kind], ", "))
	}
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func direct(_, address string) string { return address }

// write puts a text into a file of its own and returns its path.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// authority makes certificates for a test.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	n    int64
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t, n: 1}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, a.template("test authority", true), a.template("test authority", true), &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return a
}

func (a *authority) template(name string, ca bool) *x509.Certificate {
	a.n++
	return &x509.Certificate{
		SerialNumber: big.NewInt(a.n), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: ca, BasicConstraintsValid: ca, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		DNSNames:    []string{"*.cpn.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
}

// pair issues a certificate and returns it and its key as PEM.
func (a *authority) pair(name string) (cert, key []byte) {
	a.t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, a.template(name, false), a.cert, &k.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		a.t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
}

// file is the authority as a PEM file.
func (a *authority) file() string {
	return write(a.t, "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})))
}

// server is the configuration of a server with a certificate of ours. With clients it wants one from who calls.
func (a *authority) server(clients bool) *tls.Config {
	a.t.Helper()
	certificate, err := tls.X509KeyPair(a.pair("server"))
	if err != nil {
		a.t.Fatal(err)
	}
	c := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	if clients {
		c.ClientAuth, c.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
		c.ClientCAs.AddCert(a.cert)
	}
	return c
}

// outlet is a forward proxy: CONNECT for https, absolute addresses for http. It alone knows where names lead.
type outlet struct {
	url   string
	names map[string]string // "console.cpn.example:443" → address
	user  string            // "name:password" it demands; "" demands nothing

	mu    sync.Mutex
	asked map[string]int // by host, what came through; refusals under ""
}

func (o *outlet) count(host string) { o.mu.Lock(); defer o.mu.Unlock(); o.asked[host]++ }

func (o *outlet) seen(host string) int { o.mu.Lock(); defer o.mu.Unlock(); return o.asked[host] }

func newOutlet(t *testing.T, user string) *outlet {
	t.Helper()
	o := &outlet{names: map[string]string{}, asked: map[string]int{}, user: user}
	plain := &http.Transport{Proxy: nil, DialContext: (&net.Dialer{}).DialContext}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if o.user != "" {
			probe := http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
			name, password, _ := probe.BasicAuth()
			if name+":"+password != o.user {
				o.count("")
				w.Header().Set("Proxy-Authenticate", "Basic")
				http.Error(w, "denied: "+r.Header.Get("Proxy-Authorization"), http.StatusProxyAuthRequired)
				return
			}
		}
		host := r.Host
		if r.Method != http.MethodConnect && r.URL.Port() == "" {
			host += ":80"
		}
		to, known := o.names[host]
		if !known {
			o.count("")
			http.Error(w, "no such host "+host, http.StatusBadGateway)
			return
		}
		o.count(host)
		if r.Method != http.MethodConnect {
			out := r.Clone(r.Context())
			out.RequestURI, out.URL.Host = "", to
			out.Header.Del("Proxy-Authorization")
			resp, err := plain.RoundTrip(out)
			if err != nil {
				http.Error(w, "no answer", http.StatusBadGateway)
				return
			}
			defer resp.Body.Close()
			maps.Copy(w.Header(), resp.Header)
			w.WriteHeader(resp.StatusCode)
			_, _ = io.Copy(flushing{w}, resp.Body)
			return
		}
		up, err := net.Dial("tcp", to)
		if err != nil {
			http.Error(w, "no answer", http.StatusBadGateway)
			return
		}
		defer up.Close()
		// The answer comes after the connection is ours: what the client says at once must not end in the server's own buffer.
		down, buffered, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer down.Close()
		if _, err := io.WriteString(down, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
			return
		}
		go func() { _, _ = io.Copy(up, buffered); _ = up.Close() }()
		_, _ = io.Copy(down, up)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	o.url = server.URL
	t.Cleanup(func() { plain.CloseIdleConnections(); server.CloseClientConnections(); server.Close() })
	return o
}

type flushing struct{ http.ResponseWriter }

func (f flushing) Write(p []byte) (int, error) {
	n, err := f.ResponseWriter.Write(p)
	if fl, ok := f.ResponseWriter.(http.Flusher); ok {
		fl.Flush()
	}
	return n, err
}
