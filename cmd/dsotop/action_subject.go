package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/engine"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/page"
)

// subject finds what a text names among some kinds of subjects, once the sources have told enough. A JSON object is taken as it is.
func (p *program) subject(ctx context.Context, e *engine.Engine, kinds []actions.Kind, text string, wait time.Duration) (actions.Subject, error) {
	if strings.HasPrefix(text, "{") {
		var s actions.Subject
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			return s, usage("%s: %w", text, err)
		}
		_, _ = e.SettleWithin(ctx, 2*time.Second)
		return s, nil
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	session := new(int)
	defer e.Look(session, nil)
	settled := make(chan struct{})
	go func() { e.Settle(ctx); close(settled) }()
	var found actions.Subject
	named := false
	await(ctx, e, func() bool {
		v := e.View()
		named = false
		for _, k := range kinds {
			if s, ok := locate(v, k, text); ok {
				if judged(v, s) {
					found, named = s, true
					return true
				}
				if !named {
					found, named = s, true
				}
				e.Look(session, []string{s.ProjectID, s.Namespace})
			}
		}
		select {
		case <-settled:
			return namesKnown(v)
		default:
			return false
		}
	})
	if named {
		return found, nil
	}
	return actions.Subject{}, exit{exitUsage, errors.New(p.lang.of(fmt.Sprintf("« %s » ne nomme rien de connu (%s)", text, kindsOf(kinds)), fmt.Sprintf("%q names nothing known (%s)", text, kindsOf(kinds))))}
}

// judged reports whether enough is known of the project to judge what may be done: of a pod or a workload, who tells of what runs there too.
func judged(v *fleet.View, s actions.Subject) bool {
	if !v.Ready {
		return false
	}
	if s.Kind == actions.OnPod || s.Kind == actions.OnWorkload {
		if _, e, ok := page.FindEnvironment(v, s.Namespace); ok && !e.Has(platform.FamPods) && !e.Has(platform.FamWorkloads) {
			return false
		}
	}
	row, ok := v.Project(s.ProjectID)
	return !ok || row.Unjudged == ""
}

func kindsOf(kinds []actions.Kind) string {
	parts := make([]string, len(kinds))
	for i, k := range kinds {
		parts[i] = string(k)
	}
	return strings.Join(parts, ", ")
}

// locate finds a subject: a project by slug or id; "slug/env" or a namespace; "slug/repo"; an application by name; "slug/env/pod"; "slug/env/Deployment/name";
// "slug/repo#812".
func locate(v *fleet.View, kind actions.Kind, text string) (actions.Subject, bool) {
	parts := strings.Split(text, "/")
	row, isProject := v.Project(parts[0])
	switch kind {
	case actions.OnPlatform:
		return actions.Subject{Kind: actions.OnPlatform, ID: "console", Name: text}, true
	case actions.OnProject:
		if isProject && len(parts) == 1 {
			return page.Of(&row.Dossier.Project), true
		}
	case actions.OnApplication:
		for _, r := range v.Projects {
			for i := range r.Dossier.Environments {
				for j := range r.Dossier.Environments[i].Applications {
					if a := &r.Dossier.Environments[i].Applications[j]; a.Name == text || a.Key() == text {
						return page.OfApplication(r, a), true
					}
				}
			}
		}
	case actions.OnEnvironment, actions.OnPod, actions.OnWorkload:
		var rest []string
		namespace := parts[0]
		if r, e, ok := page.FindEnvironment(v, namespace); ok {
			row, rest = r, parts[1:]
			if kind == actions.OnEnvironment && len(rest) == 0 {
				return page.OfEnvironment(&r.Dossier.Project, e), true
			}
		} else if isProject && len(parts) >= 2 {
			e, ok := v.Environment(row.Dossier.Project.ID, parts[1])
			if !ok {
				return actions.Subject{}, false
			}
			namespace, rest = e.Namespace, parts[2:]
			if kind == actions.OnEnvironment && len(rest) == 0 {
				return page.OfEnvironment(&row.Dossier.Project, e), true
			}
		}
		if kind == actions.OnPod && len(rest) == 1 {
			return page.OfPod(row, namespace, rest[0]), true
		}
		if kind == actions.OnWorkload && len(rest) == 2 {
			return page.OfWorkload(row, namespace, rest[0], rest[1]), true
		}
	case actions.OnRepository, actions.OnPipeline:
		if !isProject || len(parts) != 2 {
			return actions.Subject{}, false
		}
		name, number, numbered := strings.Cut(parts[1], "#")
		for i := range row.Dossier.Repositories {
			r := &row.Dossier.Repositories[i]
			if r.Name != name {
				continue
			}
			if kind == actions.OnRepository && !numbered {
				return page.OfRepository(&row.Dossier.Project, r), true
			}
			for j := range r.Pipelines {
				if x := &r.Pipelines[j]; numbered && (strconv.FormatInt(x.IID, 10) == number || strconv.FormatInt(x.ID, 10) == number) {
					return page.OfPipeline(row.Dossier.Project.ID, x), true
				}
			}
		}
	}
	return actions.Subject{}, false
}
