package deeds

import (
	"context"
	"encoding/json"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
	"dsotop/internal/platform"
)

type consoleMember struct {
	ID      string   `json:"userId"`
	Email   string   `json:"email"`
	First   string   `json:"firstName"`
	Last    string   `json:"lastName"`
	RoleIDs []string `json:"roleIds"`
}

// consoleNamed is a role or a stage.
type consoleNamed struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func (m consoleMember) name() string {
	if n := strings.TrimSpace(m.First + " " + m.Last); n != "" {
		return platform.CleanLine(n)
	}
	return platform.CleanLine(m.Email)
}

const memoMember, memoRoles, memoEmail = "member", "roles", "email"

func consoleMembers() []actions.Deed {
	ready := func(sc actions.Scene, sub actions.Subject) actions.Reason {
		return first(reachable(sc, sub, sysConsole), open(sc), may(sc, platform.PermManageMembers))
	}
	email := func(v string) actions.Reason {
		if a, err := mail.ParseAddress(v); err != nil || a.Address != v {
			return actions.Reason{Code: codeBad, Detail: "email: " + platform.CleanLine(v)}
		}
		return actions.Reason{}
	}
	roles := func(sc actions.Scene, sub actions.Subject) string {
		if sc.Dossier == nil {
			return ""
		}
		var names []string
		for _, m := range sc.Dossier.Project.Members {
			if m.ID != sub.ID {
				continue
			}
			for _, r := range sc.Dossier.Project.Roles {
				if slices.Contains(m.RoleIDs, r.ID) {
					names = append(names, r.Name)
				}
			}
		}
		return strings.Join(names, ", ")
	}
	return []actions.Deed{
		{ID: "console.member_add", On: []actions.Kind{actions.OnProject}, Key: "m", Params: []actions.Param{{Name: "email", Type: "string", Required: true, Check: email}}, Base: actions.RiskWrite,
			Timeout: provisionTimeout, Patience: provisionPatience, Undo: undoOpposite, Ready: ready, Plan: planMemberAdd, Done: memberDone},
		{ID: "console.member_roles", On: []actions.Kind{actions.OnMember}, Key: "o", Params: []actions.Param{{Name: "roles", Type: "string", Default: roles}}, Base: actions.RiskWrite,
			Timeout: provisionTimeout, Patience: provisionPatience, Undo: undoBefore, Ready: ready, Plan: planMemberRoles, Done: memberDone},
		{ID: "console.member_remove", On: []actions.Kind{actions.OnMember}, Key: "D", Base: actions.RiskProduction,
			Timeout: provisionTimeout, Patience: provisionPatience, Undo: undoOpposite, Ready: ready, Plan: planMemberRemove, Done: memberDone},
	}
}

func membersOf(ctx context.Context, s actions.Systems, system, project string) ([]consoleMember, error) {
	var out []consoleMember
	err := get(ctx, s, system, path("/api/v1/projects", project, "members"), nil, &out)
	return out, err
}

func memberDraft(ctx context.Context, s actions.Systems, system, project, method string, segments []string, body any) (actions.Draft, error) {
	memo, _, err := remember(ctx, s, system, project, "")
	if err != nil {
		return actions.Draft{}, err
	}
	c, err := call(system, method, path("/api/v1/projects", append([]string{project, "members"}, segments...)...), body)
	return actions.Draft{Call: c, Memo: memo, Warnings: []actions.Reason{warn(codeProvisions, "")}}, err
}

func planMemberAdd(ctx context.Context, s actions.Systems, _ actions.Scene, sub actions.Subject, a actions.Args) (actions.Draft, error) {
	system := systemOf(s, sub, sysConsole)
	list, err := membersOf(ctx, s, system, sub.ID)
	if err != nil {
		return actions.Draft{}, err
	}
	if slices.ContainsFunc(list, func(m consoleMember) bool { return strings.EqualFold(m.Email, a["email"]) }) {
		return actions.Draft{}, refuse(codeNothing, a["email"])
	}
	d, err := memberDraft(ctx, s, system, sub.ID, http.MethodPost, nil, map[string]string{"email": a["email"]})
	if err != nil {
		return d, err
	}
	d.Memo[memoEmail] = a["email"]
	d.Effects = []actions.Effect{{What: "member", To: platform.CleanLine(a["email"])}}
	return d, nil
}

// member finds the subject among the members.
func member(ctx context.Context, s actions.Systems, system string, sub actions.Subject) (consoleMember, error) {
	list, err := membersOf(ctx, s, system, sub.ProjectID)
	if err != nil {
		return consoleMember{}, err
	}
	for _, m := range list {
		if m.ID == sub.ID {
			return m, nil
		}
	}
	return consoleMember{}, refuse(codeGone, sub.Name)
}

func planMemberRoles(ctx context.Context, s actions.Systems, _ actions.Scene, sub actions.Subject, a actions.Args) (actions.Draft, error) {
	system, none := systemOf(s, sub, sysConsole), actions.Draft{}
	m, err := member(ctx, s, system, sub)
	if err != nil {
		return none, err
	}
	var roles []consoleNamed
	if err := get(ctx, s, system, path("/api/v1/projects", sub.ProjectID, "roles"), nil, &roles); err != nil {
		return none, err
	}
	var before, known []string
	ids := []string{}
	for _, r := range roles {
		known = append(known, platform.CleanLine(r.Name))
		if slices.Contains(m.RoleIDs, r.ID) {
			before = append(before, platform.CleanLine(r.Name))
		}
	}
	var after []string
	for name := range strings.SplitSeq(a["roles"], ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		i := slices.IndexFunc(roles, func(r consoleNamed) bool { return strings.EqualFold(r.Name, name) })
		if i < 0 {
			return none, refuse(codeUnknownThing, name+" ("+strings.Join(known, ", ")+")")
		}
		ids, after = append(ids, roles[i].ID), append(after, platform.CleanLine(roles[i].Name))
	}
	if same(ids, m.RoleIDs) {
		return none, refuse(codeNoChange, "")
	}
	d, err := memberDraft(ctx, s, system, sub.ProjectID, http.MethodPatch, nil, []map[string]any{{"userId": sub.ID, "roles": ids}})
	if err != nil {
		return none, err
	}
	packed, _ := json.Marshal(ids) //nolint:errchkjson // a list of texts
	d.Memo[memoMember], d.Memo[memoRoles] = sub.ID, string(packed)
	d.Effects = []actions.Effect{{What: "roles", From: strings.Join(before, ", "), To: strings.Join(after, ", ")}}
	return d, nil
}

func same(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

func planMemberRemove(ctx context.Context, s actions.Systems, _ actions.Scene, sub actions.Subject, _ actions.Args) (actions.Draft, error) {
	system := systemOf(s, sub, sysConsole)
	m, err := member(ctx, s, system, sub)
	if err != nil {
		return actions.Draft{}, err
	}
	d, err := memberDraft(ctx, s, system, sub.ProjectID, http.MethodDelete, []string{sub.ID}, nil)
	if err != nil {
		return d, err
	}
	d.Memo[memoMember] = sub.ID
	d.Effects = []actions.Effect{{What: "member", From: m.name()}}
	return d, nil
}

// memberDone looks at the members: that is what was asked. The provisioning that follows is told in the steps, as far as its entry has come.
func memberDone(ctx context.Context, s actions.Systems, d actions.Draft, _ actions.Subject, _ time.Time, r *wire.Reply) (actions.Sight, error) {
	list, err := membersOf(ctx, s, d.Call.System, d.Memo[memoProject])
	if err != nil {
		return actions.Sight{State: unknown}, err
	}
	i := slices.IndexFunc(list, func(m consoleMember) bool {
		return m.ID == d.Memo[memoMember] || d.Memo[memoEmail] != "" && strings.EqualFold(m.Email, d.Memo[memoEmail])
	})
	holds := i >= 0
	switch {
	case d.Memo[memoRoles] != "":
		var want []string
		holds = i >= 0 && json.Unmarshal([]byte(d.Memo[memoRoles]), &want) == nil && same(want, list[i].RoleIDs)
	case d.Memo[memoEmail] == "":
		holds = i < 0
	}
	out := actions.Sight{State: running}
	entries, err := consoleLog(ctx, s, d.Call.System, d.Memo[memoProject], 5)
	if err == nil && len(entries) > 0 && entries[0].ID != d.Memo[memoLog] {
		out.Progress = entries[0].steps()
	}
	switch {
	case holds:
		out.State = done
	case r != nil: // answered, and not so: these changes are made before the answer
		out.State, out.Note = failed, said(*r, "")
	}
	return out, nil
}
