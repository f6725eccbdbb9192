package runbook

import (
	"slices"
	"strings"

	"dsotop/internal/actions"
	"dsotop/internal/yamlfile"
)

// CheckDeeds says which steps of a book want deeds that do not exist, on what they are not for, or with parameters that they do not have.
func CheckDeeds(b *Book, deeds []actions.Deed) Mistakes {
	var out Mistakes
	for _, s := range b.Steps {
		if s.Act == nil {
			continue
		}
		say := func(fr, en string) {
			out = append(out, Mistake{File: b.File, Line: s.Line, Column: 1, Path: "steps." + s.ID, Say: Text{FR: fr, EN: en}})
		}
		i := slices.IndexFunc(deeds, func(d actions.Deed) bool { return d.ID == s.Act.Deed })
		if i < 0 {
			var names []string
			for _, d := range deeds {
				names = append(names, d.ID)
			}
			near := yamlfile.Nearest(s.Act.Deed, names)
			if near == "" {
				near = strings.Join(names, ", ")
			}
			say("il n'y a pas d'acte « "+s.Act.Deed+" » ; peut-être "+near, "there is no deed “"+s.Act.Deed+"”; perhaps "+near)
			continue
		}
		d := deeds[i]
		if on := kindOf(s.Act.On); !slices.Contains(d.On, on) {
			say("l'acte "+d.ID+" ne se fait pas sur « "+s.Act.On+" »", "the deed "+d.ID+" is not done on “"+s.Act.On+"”")
		}
		if s.Act.On == "projects" && !d.Bulk {
			say("l'acte "+d.ID+" ne se fait pas en série", "the deed "+d.ID+" is not done on many")
		}
		for _, a := range s.Act.With {
			if !slices.ContainsFunc(d.Params, func(p actions.Param) bool { return p.Name == a.Name }) {
				say("l'acte "+d.ID+" n'a pas de paramètre « "+a.Name+" »", "the deed "+d.ID+" has no parameter “"+a.Name+"”")
			}
		}
		for _, p := range d.Params {
			if p.Required && p.Default == nil && !slices.ContainsFunc(s.Act.With, func(a Arg) bool { return a.Name == p.Name }) {
				say("l'acte "+d.ID+" demande « "+p.Name+" »", "the deed "+d.ID+" needs “"+p.Name+"”")
			}
		}
	}
	return out
}

// kindOf is the kind of subject that a target stands for.
func kindOf(on string) actions.Kind {
	if on == "projects" {
		return actions.OnProject
	}
	return actions.Kind(on)
}
