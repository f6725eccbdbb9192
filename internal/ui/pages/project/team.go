package project

import (
	"slices"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/table"
)

// person is a row: the owner first, then the members.
type person struct {
	platform.Person
	owner bool
	roles []platform.Role // held; sorted by position
	lost  []string        // ids of roles that nobody names
}

func (p *Page) makePeople() []person {
	if p.row == nil {
		return nil
	}
	pr := &p.row.Dossier.Project
	var out []person
	if pr.Owner.Name() != "" {
		out = append(out, person{Person: pr.Owner, owner: true})
	}
	for _, m := range pr.Members {
		if m.ID == pr.Owner.ID && m.ID != "" {
			continue
		}
		x := person{Person: m.Person}
		for _, id := range m.RoleIDs {
			i := slices.IndexFunc(pr.Roles, func(r platform.Role) bool { return r.ID == id })
			if i < 0 {
				x.lost = append(x.lost, id)
				continue
			}
			x.roles = append(x.roles, pr.Roles[i])
		}
		slices.SortStableFunc(x.roles, func(a, b platform.Role) int { return a.Position - b.Position })
		out = append(out, x)
	}
	rest := out
	if len(out) > 0 && out[0].owner {
		rest = out[1:]
	}
	slices.SortStableFunc(rest, func(a, b person) int { return strings.Compare(strings.ToLower(a.Name()), strings.ToLower(b.Name())) })
	return out
}

// membersRead: members may come with the project or be read by themselves.
func (p *Page) membersRead() bool {
	pr := &p.row.Dossier.Project
	return p.row.Dossier.Has(platform.FamMembers) || pr.Members != nil || pr.Roles != nil
}

func (p *Page) roleNames(x person) string {
	w := p.env.Words.Project
	if x.owner {
		return w.OwnerRole
	}
	var out []string
	for _, r := range x.roles {
		out = append(out, r.Name)
	}
	for _, id := range x.lost {
		out = append(out, id[:min(len(id), 8)])
	}
	return strings.Join(out, ", ")
}

func (p *Page) peopleColumns() []table.Column[person] {
	w := p.env.Words.Project
	return []table.Column[person]{
		{ID: "name", Title: w.Person, Want: 20, Max: 36, Natural: func(x person) int { return block.Width(x.Name()) }, Draw: func(pen *style.Pen, x person) {
			role := style.Text
			if x.owner {
				role = style.Strong
			}
			pen.Put(role, x.Name())
		}, Compare: func(a, b person) int { return strings.Compare(strings.ToLower(a.Name()), strings.ToLower(b.Name())) }, Value: func(x person) string { return x.Name() }},
		{ID: "roles", Title: w.Roles, Want: 24, Max: 40, Natural: func(x person) int { return block.Width(p.roleNames(x)) }, Draw: func(pen *style.Pen, x person) {
			names := p.roleNames(x)
			switch {
			case names == "":
				pen.Put(style.Faint, w.NoRole)
			case x.owner:
				pen.Put(style.Accent, names)
			default:
				pen.Put(style.Muted, names)
			}
		}, Compare: func(a, b person) int { return strings.Compare(p.roleNames(a), p.roleNames(b)) }, Value: p.roleNames},
		{ID: "login", Title: w.LastLogin, Want: 12, Keep: 3, Draw: func(pen *style.Pen, x person) {
			if x.LastLogin.IsZero() {
				pen.Put(style.Faint, p.env.Glyphs.None)
				return
			}
			pen.Put(style.Faint, p.env.Age(x.LastLogin))
		}, Compare: func(a, b person) int { return b.LastLogin.Compare(a.LastLogin) }},
		{ID: "kind", Title: w.Kind, Want: 8, Keep: 5, Draw: func(pen *style.Pen, x person) {
			switch x.Type {
			case "bot", "ghost":
				pen.Put(style.Info, w.Bot)
			default:
				pen.Put(style.Faint, w.Human)
			}
		}, Value: func(x person) string { return x.Type }},
		{ID: "email", Title: w.Email, Want: 26, Min: 16, Grow: true, Keep: 2, Draw: func(pen *style.Pen, x person) { p.orNone(pen, style.Faint, x.Email) }, Value: func(x person) string { return x.Email }},
	}
}

func (p *Page) drawTeam(w, h int) block.Block {
	e := p.env
	shown, total := p.people.Len()
	var note []string
	if !p.membersRead() {
		note = pane.Missing(e, p.view, w, e.Words.Project.MembersHidden, p.row.Dossier.Known[platform.FamMembers])
	} else if len(p.row.Dossier.Project.Members) == 0 && total > 0 {
		note = []string{e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.None+" "+e.Words.Project.NoMember).Line()}
	}
	if shown == 0 {
		if b, ok := p.restricted(w, h, total, p.Filter()); ok {
			return b
		}
		if len(note) > 0 {
			return block.New(w, h, append([]string{e.Pen(w).Line()}, note...)...)
		}
		return p.nothing(w, h, platform.FamMembers, e.Words.Project.MembersHidden, e.Words.Project.NoMember, "")
	}
	x, _ := p.people.Current()
	s := pane.Split{Want: p.people.Width(), Lines: total, Hidden: p.hidden, Title: x.Name(), Right: p.roleNames(x),
		List: func(w, h int) block.Block { return p.people.Draw(w, h, e.Look()) }, Details: func(w int) []string { return p.rights(x, w) }}
	body := s.Draw(e, w, h-len(note))
	return block.Under(block.New(w, len(note), note...), body)
}

// rights are those of the person, then what every role of the project gives.
func (p *Page) rights(x person, w int) []string {
	e, pw, pr := p.env, p.env.Words.Project, &p.row.Dossier.Project
	var out []string
	give := func(name, kind string, perms platform.Perms) {
		pen := e.Pen(w).Space(1).Put(style.Strong, name)
		if kind != "" {
			pen.Put(style.Faint, "  "+kind)
		}
		out = append(out, pen.Line())
		out = append(out, pane.Text(e, w, 3, style.Muted, p.permissions(perms))...)
	}
	if x.owner {
		out = append(out, e.Pen(w).Space(1).Put(style.Title, pw.Rights).Put(style.Text, "  "+pw.OwnerRights).Line())
	} else {
		all := pr.Everyone
		for _, r := range x.roles {
			all |= r.Permissions
		}
		out = append(out, pane.Head(e, w, pw.Rights))
		out = append(out, pane.Text(e, w, 1, style.Text, p.permissions(all))...)
	}
	out = append(out, e.Pen(w).Line(), pane.Head(e, w, pw.EveryoneTitle))
	out = append(out, pane.Text(e, w, 1, style.Muted, p.permissions(pr.Everyone))...)
	out = append(out, e.Pen(w).Line(), pane.Head(e, w, pw.RolesTitle))
	if len(pr.Roles) == 0 {
		if !p.membersRead() {
			return append(out, pane.Missing(e, p.view, w, pw.RolesTitle, p.row.Dossier.Known[platform.FamMembers])...)
		}
		return append(out, e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.None+" "+pw.NoRole).Line())
	}
	for _, r := range pr.Roles {
		kind := pw.RoleOf[r.Type]
		if r.OIDCGroup != "" {
			kind = strings.TrimPrefix(kind+" · "+r.OIDCGroup, " · ")
		}
		give(r.Name, kind, r.Permissions)
	}
	return out
}

// permissions are said in words, the widest alone: who may manage everything may do the rest.
func (p *Page) permissions(perms platform.Perms) string {
	w := p.env.Words.Project
	if perms&platform.PermManage != 0 {
		return w.Permission["MANAGE"]
	}
	var out []string
	for _, n := range perms.Names() {
		if word := w.Permission[n]; word != "" {
			out = append(out, word)
		} else {
			out = append(out, n)
		}
	}
	if len(out) == 0 {
		return p.env.Glyphs.None
	}
	return strings.Join(out, ", ")
}
