// Package demo starts the simulated platform: one world, and for each system of the platform a server on the loopback that speaks its
// real wire format. It writes the configuration and the kubeconfig with which any client reaches them.
package demo

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"dsotop/demo/fakes/alertmanager"
	"dsotop/demo/fakes/argocd"
	"dsotop/demo/fakes/console"
	"dsotop/demo/fakes/forge"
	"dsotop/demo/fakes/gitlab"
	"dsotop/demo/fakes/harbor"
	"dsotop/demo/fakes/kubernetes"
	"dsotop/demo/fakes/loki"
	"dsotop/demo/fakes/prometheus"
	"dsotop/demo/fakes/sonarqube"
	"dsotop/demo/fault"
	"dsotop/demo/world"
)

// Options choose a platform.
type Options struct {
	Seed int64
	Size world.Size // "" is small
	// Dir is where the configuration, the kubeconfig and the credentials are written. It must exist.
	Dir string
	// Config is the path of the configuration; "" is Dir/config.yaml. A file of that name that the demo did not write is an error.
	Config string
	// Clock is the world's clock; nil is the real one.
	Clock func() time.Time
	// Pace is a clock that somebody leads, in the place of Clock; nil: nobody does.
	Pace *world.Clock
	// Still keeps the world from living by itself: time passes by [world.World.Step] only.
	Still bool
	// RealDates dates answers by this machine's clock, not by the world's: for a world that stands still beside systems and programs whose time passes.
	RealDates bool
	// Calm lets time pass, with nothing happening but Churn: what a platform looks like on a quiet night.
	Calm  bool
	Churn world.Churn
	// LogRate is how many lines a second the numbered container of [world.Logs] writes; 0 keeps to the pace of its history.
	LogRate int
	// ConsoleVersion is the version the console imitates; "" is the world's own.
	ConsoleVersion string
	// Provisioning is how long the console's tools take, in the world's time; 0 is 8 s, and at once in a world that is Still.
	Provisioning time.Duration
	// GatewayAfter is when the proxy before the console answers 504 in its place, while the console works on; in real time, 0 is a minute.
	GatewayAfter time.Duration
	// Faults puts a proxy before each server, in [Platform.Faults], with which it can be made to fail.
	Faults bool
}

// Platform is a platform that runs. Its methods may be called from many goroutines.
type Platform struct {
	World       *world.World
	Dir         string
	Config      string                  // path of the configuration; profiles "demo" (everything) and "team" (one project, no cluster)
	Kubeconfig  string                  // path; one context a cluster, named by its label
	Credentials string                  // folder with a file for each credential, beside the configuration and named after it
	Ledgers     string                  // folder of the onboarding's ledgers, likewise
	URLs        map[string]string       // by instance: console, gitlab, sonarqube, harbor, argocd/<zone>, kubernetes/<cluster>, alertmanager, loki, prometheus
	Faults      map[string]*fault.Proxy // by instance; empty unless asked for

	forge   string // address of the teams' own forge
	secrets map[string]string
	cancel  context.CancelFunc
	servers []*http.Server
	done    sync.WaitGroup
	close   sync.Once
	writes  atomic.Int64
	counts  []func() int64
}

// closeTime is how long connections get to end by themselves.
const closeTime = 500 * time.Millisecond

// Start starts a platform. When it returns, every server answers and both files are complete. The platform ends with ctx or Close.
func Start(ctx context.Context, o Options) (*Platform, error) {
	if o.Config == "" {
		o.Config = filepath.Join(o.Dir, "config.yaml")
	}
	p := &Platform{Dir: o.Dir, Config: o.Config, Kubeconfig: filepath.Join(o.Dir, "kubeconfig"), Credentials: aside(o.Config, "credentials"), Ledgers: aside(o.Config, "embarquement"), URLs: map[string]string{}, Faults: map[string]*fault.Proxy{}, secrets: map[string]string{}}
	for _, path := range []string{p.Config, p.Kubeconfig} {
		if err := giveWay(path); err != nil {
			return nil, err
		}
	}
	p.World = world.New(world.Options{Seed: o.Seed, Size: o.Size, Clock: o.Clock, Pace: o.Pace, Churn: o.Churn, Calm: o.Calm, LogRate: o.LogRate})
	ctx, p.cancel = context.WithCancel(ctx)
	if err := p.serve(ctx, o); err != nil {
		p.Close()
		return nil, err
	}
	if err := p.ledgers(o); err != nil {
		p.Close()
		return nil, err
	}
	if err := p.write(); err != nil {
		p.Close()
		return nil, err
	}
	if !o.Still {
		p.done.Go(func() { p.World.Run(ctx) })
	}
	context.AfterFunc(ctx, p.Close)
	return p, nil
}

// Writes is how many requests any of the systems got that could have changed something.
func (p *Platform) Writes() int64 {
	n := p.writes.Load()
	for _, count := range p.counts {
		n += count()
	}
	return n
}

// Secrets are the values of all credentials that clients present, by the names of their files: none may ever be shown.
func (p *Platform) Secrets() map[string]string {
	out := make(map[string]string, len(p.secrets))
	for k, v := range p.secrets {
		out[k] = v
	}
	return out
}

// Close ends all servers and the world, within a second. It may be called twice.
func (p *Platform) Close() {
	p.close.Do(func() {
		p.cancel()
		for _, f := range p.Faults {
			f.Close()
		}
		ctx, cancel := context.WithTimeout(context.Background(), closeTime)
		defer cancel()
		var all sync.WaitGroup
		for _, s := range p.servers {
			all.Go(func() {
				if err := s.Shutdown(ctx); err != nil {
					_ = s.Close()
				}
			})
		}
		all.Wait()
		p.done.Wait()
	})
}

// Names lists the instances of a platform as they are in [Platform.URLs], sorted. They are the same for every size and seed.
func Names() []string {
	out := []string{"console", "gitlab", "sonarqube", "harbor", "alertmanager", "loki", "prometheus"}
	world.New(world.Options{}).View(func(s *world.State) {
		for _, z := range s.Zones {
			out = append(out, "argocd/"+z.Slug)
		}
		for _, c := range s.Clusters {
			out = append(out, "kubernetes/"+c.Label)
		}
	})
	slices.Sort(out)
	return out
}

// secret makes the value of a credential, kept in a file of that name.
func (p *Platform) secret(name, prefix string) string {
	v := prefix + rand.Text()
	p.secrets[name] = v
	return v
}

// serve starts one server for each instance of each system.
func (p *Platform) serve(ctx context.Context, o Options) error {
	w := p.World
	var zones, clusters []string
	w.View(func(s *world.State) {
		for _, z := range s.Zones {
			zones = append(zones, z.Slug)
		}
		for _, c := range s.Clusters {
			clusters = append(clusters, c.Label)
		}
		for _, t := range s.Tokens {
			switch t.Name {
			case world.TokenSRE:
				p.secrets["console"] = t.Value
			case world.TokenMember:
				p.secrets["console-equipe"] = t.Value
			}
		}
	})
	if o.Provisioning == 0 && !o.Still {
		o.Provisioning = 8 * time.Second
	}
	c := console.New(w, console.Options{Version: o.ConsoleVersion, Provisioning: o.Provisioning, GatewayAfter: o.GatewayAfter})
	g := gitlab.New(w, gitlab.Options{Token: p.secret("gitlab", "glpat-"), Teams: map[string]string{p.secret("gitlab-equipe", "glpat-"): teamSlug}})
	q := sonarqube.New(w, sonarqube.Options{Token: p.secret("sonarqube", "squ_"), Teams: map[string]string{p.secret("sonarqube-equipe", "squ_"): teamSlug}})
	h := harbor.New(w, harbor.Options{User: harborUser, Password: p.secret("harbor", ""), Accounts: map[string]string{teamRobot: p.secret("harbor-equipe", "")}})
	p.counts = append(p.counts, c.WriteCount, g.WriteCount, q.WriteCount, h.WriteCount)
	obs := p.secret("observabilite", "eyJ-demo-")
	am := alertmanager.Handler(w, alertmanager.Options{Token: obs, RequireTenant: true, Writes: &p.writes})
	faces := []struct {
		name string
		h    http.Handler
	}{
		{"console", c}, {"gitlab", g}, {"sonarqube", q}, {"harbor", h}, {"alertmanager", am},
		{"loki", loki.Handler(w, loki.Options{Token: obs, RequireTenant: true, Writes: &p.writes})},
		{"prometheus", prometheus.Handler(w, prometheus.Options{Token: obs, RequireTenant: true, Alertmanager: am, Writes: &p.writes})},
	}
	for _, f := range faces {
		if err := p.listen(ctx, o, f.name, f.h, nil); err != nil {
			return err
		}
	}
	plain := o
	plain.Faults = false
	if err := p.listen(ctx, plain, "forge", forge.Handler(w), nil); err != nil {
		return err
	}
	p.forge = p.URLs["forge"] // no instance of the platform: the teams' own
	delete(p.URLs, "forge")
	admin, team := p.secret("argocd", "eyJ-argocd-"), p.secret("argocd-equipe", "eyJ-argocd-")
	for _, z := range zones {
		face := argocd.Handler(w, argocd.Options{Zone: z, Token: admin, Teams: map[string]string{team: teamSlug}, Writes: &p.writes})
		if err := p.listen(ctx, o, "argocd/"+z, face, nil); err != nil {
			return err
		}
	}
	// The console tells where each zone's Argo CD is: clients that discover them must find these.
	w.Update(func(tx *world.Tx) {
		for _, z := range tx.State.Zones {
			z.ArgoURL = p.URLs["argocd/"+z.Slug]
		}
	})
	cert, ca, err := kubernetes.Certificate(time.Now())
	if err != nil {
		return fmt.Errorf("certificate of the simulated clusters: %w", err)
	}
	p.secrets["kubernetes-ca"] = string(ca) // public, but kept with the rest until it is in the kubeconfig
	token := p.secret("kubernetes", "sre-")
	for _, label := range clusters {
		face := kubernetes.Handler(w, kubernetes.Options{Cluster: label, Token: token})
		p.counts = append(p.counts, face.WriteCount)
		if err := p.listen(ctx, o, "kubernetes/"+label, face, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}); err != nil {
			return err
		}
	}
	return nil
}

// listen serves h on a free port of the loopback until the platform is closed. Requests end with it: their context is ctx.
func (p *Platform) listen(ctx context.Context, o Options, name string, h http.Handler, secure *tls.Config) error {
	if !o.RealDates {
		h = dated(p.World, h)
	}
	if o.Faults {
		f, err := fault.New(fault.Options{Handler: h, TLS: secure})
		if err != nil {
			return fmt.Errorf("the simulated %s: %w", name, err)
		}
		p.Faults[name], p.URLs[name] = f, f.URL()
		return nil
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("no port for the simulated %s: %w", name, err)
	}
	s := &http.Server{Handler: h, TLSConfig: secure, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog: log.New(io.Discard, "", 0)}
	p.servers = append(p.servers, s)
	scheme := "http"
	if secure != nil {
		scheme = "https"
	}
	p.URLs[name] = scheme + "://" + l.Addr().String()
	p.done.Go(func() {
		serve := s.Serve
		if secure != nil {
			serve = func(l net.Listener) error { return s.ServeTLS(l, "", "") }
		}
		if err := serve(l); !errors.Is(err, http.ErrServerClosed) {
			p.cancel() // the loopback itself failed: nothing of the platform is of use any more
		}
	})
	return nil
}

// dated lets a server answer with the world's time, as it tells it in what it answers.
func dated(w *world.World, h http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		out.Header().Set("Date", w.Now().UTC().Format(http.TimeFormat))
		h.ServeHTTP(out, r)
	})
}

// giveWay removes a file of an earlier demo, so that the new one is only seen when it is complete. It refuses to touch another's.
func giveWay(path string) error {
	head := make([]byte, len(mark))
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	n, err := io.ReadFull(f, head)
	_ = f.Close()
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if string(head[:n]) != mark {
		return fmt.Errorf("%s exists and was not written by the demo: name another file", path)
	}
	return os.Remove(path)
}
