package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	head, _, _ := strings.Cut(text, "/")
	await(ctx, e, func() bool {
		v := e.View()
		named = false
		if row, ok := v.Project(head); ok { // what is only read of a project that somebody looks at
			e.Look(session, []string{row.Dossier.Project.ID})
		}
		for _, k := range kinds {
			if s, ok := page.Locate(v, k, text); ok {
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
	if v := e.View(); len(v.Projects) == 0 {
		return actions.Subject{}, exit{exitSources, p.silent(v, []string{text})}
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

// allKinds are the kinds among which a text is looked for when nobody says which, in that order: those first that are known to be there. A pod is never told from one that is not.
func allKinds(text string) []actions.Kind {
	out := []actions.Kind{actions.OnProject, actions.OnEnvironment, actions.OnApplication, actions.OnRepository, actions.OnPipeline, actions.OnJob, actions.OnArtifact, actions.OnMember, actions.OnChain,
		actions.OnAlert, actions.OnSilence, actions.OnResource, actions.OnWorkload, actions.OnPod}
	if text == "console" {
		out = append([]actions.Kind{actions.OnPlatform}, out...)
	}
	return out
}

func kindsOf(kinds []actions.Kind) string {
	parts := make([]string, len(kinds))
	for i, k := range kinds {
		parts[i] = string(k)
	}
	return strings.Join(parts, ", ")
}
