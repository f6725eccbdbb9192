package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
	"dsotop/internal/config"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
)

// HandOptions say what may be done, and where it is told.
type HandOptions struct {
	// Write opens writing: without it no writing half of a source is ever made.
	Write   bool
	Deeds   []actions.Deed
	Policy  []config.PolicyRule
	Sinks   config.JournalSinks
	Journal *actions.Journal // nil keeps it in memory
	Locks   string           // folder of the locks between processes; "" locks within this one
	Account string           // of the machine
}

// acting is a source with an acting half: what planning reads through, and what writes. Writer is only called where writing is open.
type acting interface {
	Reader() wire.Reader
	Writer() wire.Writer
}

// systems gives the hand the acting halves of the sources, by name.
type systems struct{ e *Engine }

func (s systems) find(system string) acting {
	for _, src := range s.e.current() {
		if src.Name() == system {
			a, _ := src.(acting)
			return a
		}
	}
	return nil
}

// Reader implements actions.Systems.
func (s systems) Reader(system string) wire.Reader {
	if a := s.find(system); a != nil {
		return a.Reader()
	}
	return nil
}

// Writer implements actions.Systems.
func (s systems) Writer(system string) wire.Writer {
	if s.e.ReadOnly() {
		return nil
	}
	if a := s.find(system); a != nil {
		return a.Writer()
	}
	return nil
}

// Names implements actions.Systems.
func (s systems) Names(kind string) []string {
	var out []string
	for _, src := range s.e.current() {
		if src.Kind() == kind {
			out = append(out, src.Name())
		}
	}
	return out
}

// Address implements actions.Addressed.
func (s systems) Address(system string) (base string, headers []string) {
	for _, src := range s.e.current() {
		if src.Name() == system {
			base = strings.TrimRight(src.URL(), "/")
		}
	}
	token := "$" + variable(system) + "_TOKEN"
	for _, c := range s.e.opts.Profile.Sources {
		if c.Instance() != system && !(c.Discover && strings.HasPrefix(system, c.Kind+"/")) {
			continue
		}
		switch c.Auth.Scheme {
		case "bearer":
			headers = []string{"Authorization: Bearer " + token}
		case "basic":
			headers = []string{"Authorization: Basic $" + variable(system) + "_BASIC"}
		case "header":
			headers = []string{c.Auth.Header + ": " + token}
		case "cookie":
			headers = []string{"Cookie: " + c.Auth.Header + "=" + token}
		}
	}
	return base, headers
}

// variable is the shell's name of a system: DSOTOP_ARGOCD_USU.
func variable(system string) string {
	return "DSOTOP_" + strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToUpper(system))
}

// newHand makes the engine's hand.
func newHand(e *Engine) (*actions.Hand, error) {
	o := e.opts.Hand
	host, _ := os.Hostname()
	return actions.New(actions.Options{
		Deeds: o.Deeds, Systems: systems{e}, Scene: e.scene, Look: e.lookAt(), Journal: o.Journal, Locks: o.Locks, Policy: policyOf(o.Policy), ReadOnly: !o.Write,
		Who:   actions.Who{Account: o.Account, Host: host, PID: os.Getpid(), Profile: e.opts.Profile.Name},
		Clock: e.opts.Clock, Pace: e.opts.Pace, Log: e.opts.Log,
	})
}

func policyOf(rules []config.PolicyRule) actions.Policy {
	var p actions.Policy
	for _, r := range rules {
		p.Rules = append(p.Rules, actions.Rule{
			Name: r.Name, Deeds: r.Deeds, Risks: r.Risks, Production: r.Production, Projects: r.Projects, Systems: r.Systems, Who: r.Who,
			Days: r.Days, From: r.From, To: r.To, Zone: r.Zone, Do: r.Do, Approvers: r.Approvers,
		})
	}
	return p
}

// Hand does deeds; it is never nil.
func (e *Engine) Hand() *actions.Hand { return e.hand }

// scene is what is known of a subject now.
func (e *Engine) scene(sub actions.Subject) actions.Scene {
	v := e.View()
	s := actions.Scene{Now: e.opts.Clock(), Sources: v.Sources}
	for _, src := range e.current() {
		if p, ok := src.(interface{ Principal() string }); ok && s.Principal == "" {
			s.Principal = p.Principal()
		}
	}
	if row := rowOf(v, sub); row != nil {
		s.Dossier = row.Dossier
		for i := range row.Dossier.Environments {
			env := &row.Dossier.Environments[i]
			if sub.EnvironmentID != "" && env.ID == sub.EnvironmentID || sub.Namespace != "" && env.Namespace == sub.Namespace || sub.Kind == actions.OnEnvironment && sub.ID == env.ID {
				s.Environment = env
				break
			}
		}
	}
	return s
}

// rowOf finds the project of a subject.
func rowOf(v *fleet.View, sub actions.Subject) *fleet.Row {
	id := sub.ProjectID
	if id == "" && sub.Kind == actions.OnProject {
		id = sub.ID
	}
	if id == "" && sub.Namespace != "" {
		if _, project, ok := platform.ParseNamespace(sub.Namespace); ok {
			id = project
		}
	}
	if id == "" {
		return nil
	}
	row, _ := v.Project(id)
	return row
}

// lookGap is the least time between two times that all sources are asked to look again: a bulk asks often.
const lookGap = 2 * time.Second

// lookAt asks the sources to look again, at most once in a while and never later than that.
func (e *Engine) lookAt() func(actions.Subject) {
	var mu sync.Mutex
	var last time.Time
	waiting := false
	return func(actions.Subject) {
		mu.Lock()
		defer mu.Unlock()
		since := time.Since(last)
		switch {
		case waiting:
		case since >= lookGap:
			last = time.Now()
			e.Refresh()
		default:
			waiting = true
			time.AfterFunc(lookGap-since, func() {
				mu.Lock()
				waiting, last = false, time.Now()
				mu.Unlock()
				e.Refresh()
			})
		}
	}
}

// TakeUp looks again at deeds that an earlier process left without a verdict, for who stays long enough to see how they ended.
func (e *Engine) TakeUp() {
	if n, err := e.hand.Recover(); err != nil {
		e.opts.Log.Warn("The journal of deeds was not read", "error", err)
	} else if n > 0 {
		e.opts.Log.Info("Deeds without a verdict are looked at again", "count", n)
	}
}

// serveSinks sends the journal to its sinks.
func (e *Engine) serveSinks(ctx context.Context) {
	if !e.opts.Hand.Write {
		return
	}
	for _, s := range e.sinks() {
		e.running.Go(func() {
			e.hand.Journal().Pump(ctx, s, func(trouble string) {
				if trouble == "" {
					e.opts.Log.Info("The journal is sent", "sink", s.Name)
					return
				}
				e.opts.Log.Warn("The journal is not sent", "sink", s.Name, "error", trouble)
			})
		})
	}
}

// sinks are where the journal is sent.
func (e *Engine) sinks() []actions.Sink {
	var out []actions.Sink
	wait := time.Duration(float64(time.Second) / max(e.opts.Pace, 1))
	if c := e.opts.Hand.Sinks.Loki; c != nil {
		send := poster(*c, e.opts, "/loki/api/v1/push")
		labels := map[string]string{"app": "dsotop", "job": "dsotop-journal", "profile": e.opts.Profile.Name}
		out = append(out, actions.Sink{Name: "loki", Wait: wait, Send: func(ctx context.Context, lines [][]byte) error {
			values := make([][2]string, len(lines))
			for i, l := range lines {
				var at struct{ At time.Time }
				_ = json.Unmarshal(l, &at) // a line of ours has one
				values[i] = [2]string{strconv.FormatInt(at.At.UnixNano(), 10), string(l)}
			}
			body, err := json.Marshal(map[string]any{"streams": []any{map[string]any{"stream": labels, "values": values}}})
			if err != nil {
				return err
			}
			return send(ctx, body)
		}})
	}
	if c := e.opts.Hand.Sinks.Webhook; c != nil {
		send := poster(*c, e.opts, "")
		out = append(out, actions.Sink{Name: "webhook", Wait: wait, Send: func(ctx context.Context, lines [][]byte) error {
			entries := make([]json.RawMessage, len(lines))
			for i, l := range lines {
				entries[i] = l
			}
			body, err := json.Marshal(map[string]any{"version": 1, "entries": entries})
			if err != nil {
				return err
			}
			return send(ctx, body)
		}})
	}
	return out
}

// poster posts a body to one place. What is sent to a sink may arrive twice: that is its contract.
func poster(c config.Source, o Options, path string) func(context.Context, []byte) error {
	t := transportOptions(c, o)
	var query url.Values
	if path == "" { // the address is the place itself
		if u, err := url.Parse(c.URL); err == nil {
			query, path = u.Query(), cmp.Or(u.EscapedPath(), "/")
			t.URL = u.Scheme + "://" + u.Host
		}
	}
	anything := func(url.Values) bool { return true }
	hand := transport.NewHand(t, nil, []transport.Grant{{Method: http.MethodPost, Path: path, Query: anything, Body: func([]byte) bool { return true }}}, nil)
	tenant := ""
	if c.Tenant.In == "header" {
		tenant = c.Tenant.ID
	}
	return func(ctx context.Context, body []byte) error {
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		w := hand.Writer()
		if w == nil {
			return fmt.Errorf("%s: no client", c.Kind)
		}
		reply, err := w.Write(ctx, wire.Call{System: c.Instance(), Method: http.MethodPost, Path: path, Query: query, Tenant: tenant, ContentType: "application/json", Body: body})
		if err != nil {
			return err
		}
		if !reply.OK() && !slices.Contains([]int{http.StatusBadRequest, http.StatusUnprocessableEntity}, reply.Status) { // what it will never take is not sent for ever
			return fmt.Errorf("HTTP %d", reply.Status)
		}
		return nil
	}
}
