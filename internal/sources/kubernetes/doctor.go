package kubernetes

import (
	"context"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

// need is a right and what is missing on screen without it.
type need struct {
	name, verb, group, resource, sub, lost string
}

// needs lists what a person should have, cluster-wide.
func needs() []need {
	return []need{
		{"pods.list", "list", "", "pods", "", "pods"},
		{"pods.watch", "watch", "", "pods", "", "pods"},
		{"namespaces.list", "list", "", "namespaces", "", "namespaces"},
		{"workloads.list", "list", "apps", "deployments", "", "workloads"},
		{"events.list", "list", "", "events", "", "events"},
		{"quotas.list", "list", "", "resourcequotas", "", "quota"},
		{"pods.log", "get", "", "pods", "log", "logs"},
	}
}

// ask learns the rights, in the first configured namespace where there is one. The error is that of the first question that was
// not answered; the rights are complete nevertheless.
func (s *Source) ask(ctx context.Context) ([]platform.Right, error) {
	namespace := ""
	if s.opts.restricted() {
		namespace = s.opts.Namespaces[0]
	}
	var out []platform.Right
	var first error
	for _, n := range needs() {
		if namespace != "" && n.resource == "namespaces" {
			continue
		}
		right := platform.Right{Name: n.name, Needed: n.lost}
		if first == nil || transport.FaultOf(first).Class == transport.ClassForbidden {
			held, err := s.api.mayI(ctx, n.verb, n.group, n.resource, n.sub, namespace)
			right.Held, right.Known = held && err == nil, err == nil
			if err != nil && first == nil {
				first = s.fault("ask for access to", n.resource, err)
			}
		}
		out = append(out, right)
	}
	return out, first
}

// rights learns who we are and what we may do, for the health.
func (r *run) rights(ctx context.Context) error {
	if !r.asked.Swap(true) { // the first rows on screen come before the answers to these questions
		timer := time.NewTimer(r.paced(rightsLater))
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		}
	}
	who, whoErr := r.s.api.whoAmI(ctx)
	rights, err := r.s.ask(ctx)
	r.b.Health.Set(func(h *platform.SourceHealth) {
		h.Rights = rights
		if whoErr == nil {
			h.Identity = who
		}
	})
	if err != nil && transport.FaultOf(err).Class == transport.ClassForbidden {
		return nil // a server that refuses the question has not refused the answer
	}
	return err
}

// doctorLimit bounds the whole look.
const doctorLimit = 30 * time.Second

// Doctor looks once: version, identity, rights, and a list of one pod as proof.
func (s *Source) Doctor(ctx context.Context) (platform.SourceHealth, error) {
	ctx, cancel := context.WithTimeout(ctx, doctorLimit)
	defer cancel()
	started := time.Now()
	version, err := s.api.serverVersion(ctx)
	took := time.Since(started)
	if err != nil {
		err = s.fault("get", "/version", err)
		h := sources.HealthOf(s, err, time.Now())
		sources.Measured(&h, s.guard.Stats())
		return h, err
	}
	who, _ := s.api.whoAmI(ctx)
	rights, err := s.ask(ctx)
	if err == nil || transport.FaultOf(err).Class == transport.ClassForbidden {
		err = s.proof(ctx)
	}
	h := sources.HealthOf(s, err, time.Now())
	sources.Measured(&h, s.guard.Stats())
	h.Version, h.Identity, h.Rights, h.Latency = version, who, rights, took
	return h, err
}

// proof lists one pod where Run would start.
func (s *Source) proof(ctx context.Context) error {
	namespace := ""
	if s.opts.restricted() {
		namespace = s.opts.Namespaces[0]
	}
	for _, k := range kinds(s.opts.Name) {
		if k.essential {
			if _, err := s.api.list(ctx, k, namespace, metav1.ListOptions{Limit: 1}); err != nil {
				return s.fault("list", k.resource, err)
			}
		}
	}
	return nil
}
