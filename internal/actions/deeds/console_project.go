package deeds

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
	"dsotop/internal/platform"
)

const actionReplay, actionUpdate = "Replay hooks for Project", "Update Project"

// consoleProject are the deeds on a project as a whole. The bulk route is never used: many are done one after the other, with a result each.
func consoleProject() []actions.Deed {
	return []actions.Deed{
		{
			ID: "console.replay", On: []actions.Kind{actions.OnProject}, Key: "r", Base: actions.RiskWrite, Bulk: true, Together: 3, Timeout: provisionTimeout, Patience: provisionPatience, Undo: undoAgain,
			Ready: func(sc actions.Scene, sub actions.Subject) actions.Reason {
				return first(reachable(sc, sub, sysConsole), open(sc), may(sc, platform.PermReplayHooks))
			},
			Plan: planReplay, Done: provisioned,
		},
		{
			ID: "console.lock", On: []actions.Kind{actions.OnProject}, Key: "l", Base: actions.RiskProduction, Bulk: true, Timeout: provisionTimeout, Patience: provisionPatience, Undo: undoOpposite,
			Ready: func(sc actions.Scene, sub actions.Subject) actions.Reason {
				return first(reachable(sc, sub, sysConsole), lockReady(sc, true), admin(sc, "MANAGE"))
			},
			Plan: planLock(true), Done: locked(true),
		},
		{
			ID: "console.unlock", On: []actions.Kind{actions.OnProject}, Key: "u", Base: actions.RiskWrite, Bulk: true, Timeout: provisionTimeout, Patience: provisionPatience, Undo: undoOpposite,
			Ready: func(sc actions.Scene, sub actions.Subject) actions.Reason {
				return first(reachable(sc, sub, sysConsole), lockReady(sc, false), admin(sc, "MANAGE"))
			},
			Plan: planLock(false), Done: locked(false),
		},
	}
}

func planReplay(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, _ actions.Args) (actions.Draft, error) {
	system, id := systemOf(s, sub, sysConsole), sub.ID
	p, err := projectNow(ctx, s, system, sc, id)
	if err != nil {
		return actions.Draft{}, err
	}
	switch {
	case p.Status == platform.ProjectArchived:
		return actions.Draft{}, refuse(codeArchived, "")
	case p.Locked:
		return actions.Draft{}, refuse(codeLocked, "")
	}
	memo, entries, err := remember(ctx, s, system, id, actionReplay)
	if err != nil {
		return actions.Draft{}, err
	}
	c, err := call(system, http.MethodPut, path("/api/v1/projects", id, "hooks"), nil) // no body: with a content type and none, both halves of the console stumble
	if err != nil {
		return actions.Draft{}, err
	}
	d := actions.Draft{Call: c, Memo: memo, Warnings: []actions.Reason{warn(codeRenews, "")}}
	trail(ctx, s, sc, system, d.Memo, declared(sc))
	d.Effects = append(d.Effects, changed("status", p.Status, platform.ProjectCreated)...)
	if v := consoleVersion(ctx, s, system, sc); v != "" {
		d.Effects = append(d.Effects, changed("provisioned_version", p.Version, v)...)
	}
	d.Effects = append(d.Effects, with("tools", strings.ReplaceAll(memo[memoTools], ",", ", ")))
	if len(entries) > 0 {
		if tools, bad := entries[0].failures(); bad {
			d.Warnings = append(d.Warnings, warn(codeFailedBefore, cmp.Or(strings.TrimRight(entries[0].Data.Message, " ;\n"), join(tools))))
		}
	}
	if sc.Dossier != nil {
		for _, t := range sc.Dossier.Tokens {
			if t.Name == p.Slug+"-bot" && t.Expired(sc.Now) {
				d.Effects = append(d.Effects, actions.Effect{What: "mirror_token", From: t.ExpiresAt.Format(time.DateOnly), To: sc.Now.AddDate(1, 0, 0).Format(time.DateOnly)})
			}
		}
	}
	return d, nil
}

func join(all []string) string {
	out := ""
	for i, s := range all {
		if i > 0 {
			out += ", "
		}
		out += platform.CleanLine(s)
	}
	return out
}

type consoleAbout struct {
	Version string `json:"version"`
}

func consoleVersion(ctx context.Context, s actions.Systems, system string, sc actions.Scene) string {
	if sc.Dossier != nil && sc.Dossier.Console.Version != "" {
		return sc.Dossier.Console.Version
	}
	var v consoleAbout
	if get(ctx, s, system, "/api/v1/version", nil, &v) != nil {
		return ""
	}
	return platform.CleanLine(v.Version)
}

func lockReady(sc actions.Scene, lock bool) actions.Reason {
	switch d := sc.Dossier; {
	case d == nil:
	case d.Project.Archived():
		return actions.Reason{Code: codeArchived}
	case d.Project.Locked == lock:
		return actions.Reason{Code: codeNothing}
	}
	return actions.Reason{}
}

// planLock sends the description too: consoles of 9.22 and before keep what comes without it.
func planLock(lock bool) func(context.Context, actions.Systems, actions.Scene, actions.Subject, actions.Args) (actions.Draft, error) {
	return func(ctx context.Context, s actions.Systems, sc actions.Scene, sub actions.Subject, _ actions.Args) (actions.Draft, error) {
		system := systemOf(s, sub, sysConsole)
		p, err := projectNow(ctx, s, system, sc, sub.ID)
		switch {
		case err != nil:
			return actions.Draft{}, err
		case p.Status == platform.ProjectArchived:
			return actions.Draft{}, refuse(codeArchived, "")
		case p.Locked == lock:
			return actions.Draft{}, refuse(codeNothing, "")
		}
		memo, _, err := remember(ctx, s, system, sub.ID, actionUpdate)
		if err != nil {
			return actions.Draft{}, err
		}
		c, err := call(system, http.MethodPut, path("/api/v1/projects", sub.ID), map[string]any{"description": p.Description, "locked": lock})
		return actions.Draft{Call: c, Memo: memo, Warnings: []actions.Reason{warn(codeProvisions, "")}, Effects: changed("locked", yes(p.Locked), yes(lock))}, err
	}
}

func yes(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// locked looks at the project itself: from those who are no administrators the console drops the lock without a word.
func locked(want bool) func(context.Context, actions.Systems, actions.Draft, actions.Subject, time.Time, *wire.Reply) (actions.Sight, error) {
	return func(ctx context.Context, s actions.Systems, d actions.Draft, sub actions.Subject, since time.Time, r *wire.Reply) (actions.Sight, error) {
		seen, err := provisioned(ctx, s, d, sub, since, r)
		if err != nil || seen.State == running {
			return seen, err
		}
		var p consoleProjectWire
		if err := get(ctx, s, d.Call.System, path("/api/v1/projects", d.Memo[memoProject]), nil, &p); err != nil {
			return actions.Sight{State: unknown}, err
		}
		if p.Locked != want {
			seen.State, seen.Note = failed, codeNoRight
			return seen, nil
		}
		seen.State = done // a tool that failed meanwhile is in the steps: the lock holds all the same
		return seen, nil
	}
}
