package deeds

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dsotop/internal/actions"
	"dsotop/internal/platform"
)

const (
	sysConsole      = "console"
	sysGitLab       = "gitlab"
	sysArgo         = "argocd"
	sysKubernetes   = "kubernetes"
	sysHarbor       = "harbor"
	sysAlertmanager = "alertmanager"
)

// kindOf is the kind of a source's name: "argocd" of "argocd/usu".
func kindOf(system string) string { kind, _, _ := strings.Cut(system, "/"); return kind }

// systemOf is the source that a subject is reached through: its own when it is of the kind, else the first of the kind.
func systemOf(s actions.Systems, sub actions.Subject, kind string) string {
	if kindOf(sub.System) == kind {
		return sub.System
	}
	if names := s.Names(kind); len(names) > 0 {
		return names[0]
	}
	return kind
}

// first is the first of the reasons that stands in the way, else the first that could not be learnt.
func first(all ...actions.Reason) actions.Reason {
	var unknown actions.Reason
	for _, r := range all {
		if !r.OK() {
			return r
		}
		if r.Unknown && unknown.Code == "" {
			unknown = r
		}
	}
	return unknown
}

// reachable judges the source by its health. Before any source told its health, nothing is known and nothing stands against it.
func reachable(sc actions.Scene, sub actions.Subject, kind string) actions.Reason {
	if len(sc.Sources) == 0 {
		return actions.Reason{}
	}
	var found *platform.SourceHealth
	for i, h := range sc.Sources {
		if h.Name == sub.System && h.Kind == kind || kindOf(sub.System) != kind && h.Kind == kind && found == nil {
			found = &sc.Sources[i]
		}
	}
	switch {
	case found == nil || found.State == platform.StateNotConfigured:
		return actions.Reason{Code: codeNotConfigured, Detail: kind}
	case found.State == platform.StateUnreachable:
		return actions.Reason{Code: codeSourceDown, Detail: found.Name}
	case found.State == platform.StateUnauthorised:
		return actions.Reason{Code: codeUnauthorised, Detail: found.Name}
	}
	return actions.Reason{}
}

// open judges whether the console takes changes of the project.
func open(sc actions.Scene) actions.Reason {
	switch d := sc.Dossier; {
	case d == nil:
		return actions.Reason{}
	case d.Project.Archived():
		return actions.Reason{Code: codeArchived}
	case d.Project.Locked:
		return actions.Reason{Code: codeLocked}
	}
	return actions.Reason{}
}

// held reports whether a source's health tells that a right is held, and whether it tells.
func held(sc actions.Scene, kind, name string) (has, known bool) {
	for _, h := range sc.Sources {
		if h.Kind != kind {
			continue
		}
		for _, r := range h.Rights {
			if r.Name == name && r.Known {
				return r.Held, true
			}
		}
	}
	return false, false
}

// Names of the console's rights, as it has them.
var permNames = map[platform.Perms]string{ //nolint:gochecknoglobals // a constant table
	platform.PermManage: "MANAGE", platform.PermManageMembers: "MANAGE_MEMBERS", platform.PermManageEnvironments: "MANAGE_ENVIRONMENTS", platform.PermManageRepositories: "MANAGE_REPOSITORIES",
	platform.PermReplayHooks: "REPLAY_HOOKS",
}

// may judges a right in the project: that of an administrator, of the owner, or the bits of the member that the console says we are. Who is in none of these may
// still hold it by a role that the console does not tell: then it is not known.
func may(sc actions.Scene, want platform.Perms) actions.Reason {
	missing := actions.Reason{Code: codeNoRight, Detail: permNames[want]}
	if all, known := held(sc, sysConsole, "projects.all"); known && all { // only MANAGE sees all projects
		return actions.Reason{}
	}
	d := sc.Dossier
	if d == nil || sc.Principal == "" {
		missing.Unknown = true
		return missing
	}
	is := func(p platform.Person) bool {
		return p.ID == sc.Principal || p.Name() == sc.Principal || p.Email != "" && strings.EqualFold(p.Email, sc.Principal)
	}
	if is(d.Project.Owner) {
		return actions.Reason{}
	}
	for _, m := range d.Project.Members {
		if !is(m.Person) {
			continue
		}
		perms := d.Project.Everyone | platform.PermGuest
		for _, r := range d.Project.Roles {
			if slices.Contains(m.RoleIDs, r.ID) {
				perms |= r.Permissions
			}
		}
		if perms.Has(want) {
			return actions.Reason{}
		}
		return missing
	}
	missing.Unknown = true
	return missing
}

// admin judges whether we are an administrator of the platform (MANAGE).
func admin(sc actions.Scene, right string) actions.Reason {
	all, known := held(sc, sysConsole, "projects.all")
	if all {
		return actions.Reason{}
	}
	return actions.Reason{Code: codeNoRight, Detail: right, Unknown: !known}
}

func refuse(code, detail string) error {
	return &actions.Refusal{Reason: actions.Reason{Code: code, Detail: platform.CleanLine(detail)}}
}

func warn(code, detail string) actions.Reason {
	return actions.Reason{Code: code, Detail: platform.CleanLine(detail)}
}

// with is an effect that names what the deed is done with.
func with(what, value string) actions.Effect {
	value = platform.CleanLine(value)
	return actions.Effect{What: what, From: value, To: value}
}

// changed is an effect when the values differ.
func changed(what, from, to string) []actions.Effect {
	if from == to {
		return nil
	}
	return []actions.Effect{{What: what, From: platform.CleanLine(from), To: platform.CleanLine(to)}}
}

// numberOf reads an amount: of a parameter that the console takes, not negative, with two decimals at most.
func numberOf(a actions.Args, name string) (float64, error) {
	v, err := strconv.ParseFloat(strings.Replace(a[name], ",", ".", 1), 64)
	if err != nil || v < 0 || v > 1e6 {
		return 0, refuse(codeBad, name)
	}
	return v, nil
}

func amount(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// plain checks an amount as it is typed.
func plain(name string) func(string) actions.Reason {
	return func(v string) actions.Reason {
		if f, err := strconv.ParseFloat(v, 64); err != nil || f < 0 || f > 1e6 {
			return actions.Reason{Code: codeBad, Detail: fmt.Sprintf("%s: %s", name, platform.CleanLine(v))}
		}
		return actions.Reason{}
	}
}
