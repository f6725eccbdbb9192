package argocd

import (
	"context"
	"strings"

	"dsotop/internal/desk"
	"dsotop/internal/logs"
	"dsotop/internal/secret"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

func newMasker() *secret.Masker { return new(secret.Masker) }

// Pod implements desk.Pods: the live manifest and the events of a pod in the tree of one of the applications that deploy to its
// namespace. Without an application in the question those known here are tried one after the other.
func (s *Source) Pod(ctx context.Context, ask desk.PodAsk) (desk.PodDetail, error) {
	apps, err := s.logApps(logs.LiveAsk{Namespace: ask.Namespace, Application: ask.Application})
	if err != nil {
		return desk.PodDetail{}, err
	}
	var failed error
	for _, id := range apps {
		app := desk.AppRef{Namespace: id.namespace, Name: id.name}
		raw, err := s.raw(ctx, app, desk.ObjectRef{Version: "v1", Kind: "Pod", Namespace: ask.Namespace, Name: ask.Name})
		if err != nil {
			if failed == nil || notThere(failed) {
				failed = err
			}
			if ctx.Err() != nil {
				break
			}
			continue
		}
		d, err := sources.Pod(raw)
		if err != nil {
			return d, s.broken(pathOf(app, "/resource"), "the pod in the answer is not a JSON object")
		}
		d.FromTree = true
		d.Events, d.EventsErr = s.Events(ctx, app, desk.ObjectRef{Version: "v1", Kind: "Pod", Namespace: ask.Namespace, Name: ask.Name, UID: d.UID})
		return d, nil
	}
	if notThere(failed) { // in this API's words an object outside the tree is a bad request
		return desk.PodDetail{}, &transport.Fault{Class: transport.ClassNotFound, Source: s.name, URL: s.base, Message: "pod " + line(ask.Name) + " is in the tree of no application that deploys to " + line(ask.Namespace) + "; it may be gone"}
	}
	return desk.PodDetail{}, failed
}

func notThere(err error) bool {
	return err != nil && strings.Contains(err.Error(), "not found as part of application")
}
