package runbook

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"dsotop/internal/yamlfile"
)

var (
	bookID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`) //nolint:gochecknoglobals // constant
	nameID = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)            //nolint:gochecknoglobals // constant
)

func (d *decoder) book(n ast.Node) *Book {
	b := &Book{}
	ok := d.Keys(n, "", map[string]yamlfile.Read{
		"version": func(n ast.Node, p string) { d.Number(n, p, SchemaVersion, SchemaVersion) },
		"id": func(n ast.Node, p string) {
			if b.ID = d.Word(n, p); b.ID != "" && !bookID.MatchString(b.ID) {
				d.Say(n, p, "un identifiant a des lettres, des chiffres, - . _ (40 au plus)", "an id has letters, digits, - . _ (40 at most)")
			}
		},
		"title":    func(n ast.Node, p string) { b.Title = d.both(n, p) },
		"summary":  func(n ast.Node, p string) { b.Summary = d.both(n, p) },
		"when":     func(n ast.Node, p string) { b.When = d.both(n, p) },
		"who":      func(n ast.Node, p string) { b.Who = d.both(n, p) },
		"risk":     func(n ast.Node, p string) { b.Risk = d.both(n, p) },
		"rollback": func(n ast.Node, p string) { b.Rollback = d.both(n, p) },
		"needs": func(n ast.Node, p string) {
			d.List(n, p, func(n ast.Node, p string) {
				if s := d.Choice(n, p, scopeWords()...); s != "" && !slices.Contains(b.Needs, Scope(s)) {
					b.Needs = append(b.Needs, Scope(s))
				}
			})
		},
		"findings": func(n ast.Node, p string) {
			d.List(n, p, func(n ast.Node, p string) { b.Findings = append(b.Findings, d.Word(n, p)) })
		},
		"applies": func(n ast.Node, p string) { b.Applies = d.cond(n, p, -1) },
		"params": func(n ast.Node, p string) {
			d.List(n, p, func(n ast.Node, p string) { b.Params = append(b.Params, d.param(n, p, b)) })
		},
		"steps": func(n ast.Node, p string) {
			d.List(n, p, func(n ast.Node, p string) { b.Steps = append(b.Steps, d.step(n, p, len(b.Steps))) })
		},
	}, "id", "title", "steps")
	if ok && len(b.Steps) == 0 {
		d.Say(n, "steps", "un carnet a au moins une étape", "a book has at least one step")
	}
	return b
}

func scopeWords() []string {
	var out []string
	for _, s := range Scopes() {
		out = append(out, string(s))
	}
	return out
}

func (d *decoder) name(n ast.Node, path string) string {
	s := d.Word(n, path)
	if s != "" && !nameID.MatchString(s) {
		d.Say(n, path, "« %s » : un nom commence par une minuscule, puis minuscules, chiffres et _", "“%s”: a name begins with a small letter, then small letters, digits and _", s)
	}
	return s
}

func (d *decoder) param(n ast.Node, path string, b *Book) Param {
	p := Param{Type: TypeString}
	first := n
	d.Keys(n, path, map[string]yamlfile.Read{
		"name": func(n ast.Node, at string) {
			p.Name = d.name(n, at)
			if slices.ContainsFunc(b.Params, func(o Param) bool { return o.Name == p.Name }) {
				d.Say(n, at, "le paramètre « %[1]s » est déclaré deux fois", "the parameter “%[1]s” is declared twice", p.Name)
			}
		},
		"type":    func(n ast.Node, at string) { p.Type = d.Choice(n, at, Types()...) },
		"title":   func(n ast.Node, at string) { p.Title = d.both(n, at) },
		"default": func(n ast.Node, at string) { first, p.Default = n, d.template(n, at, -1) },
		"choices": func(n ast.Node, at string) {
			d.List(n, at, func(n ast.Node, at string) { p.Choices = append(p.Choices, d.Word(n, at)) })
		},
		"optional": func(n ast.Node, at string) { p.Optional = d.Bool(n, at) },
	}, "name")
	if (p.Type == TypeChoice) != (len(p.Choices) > 0) && p.Type != "" {
		d.Say(n, path, "« choices » va avec « type: choice », et lui avec elles", "“choices” goes with “type: choice”, and it with them")
	}
	if p.Default != nil && len(p.Default.exprs()) == 0 {
		if err := CheckValue(p.Type, p.Choices, p.Default.Text); err != nil {
			d.Say(first, yamlfile.Join(path, "default"), "%[1]s", "%[2]s", Tell(err, "fr"), Tell(err, "en"))
		}
	}
	return p
}

func (d *decoder) step(n ast.Node, path string, at int) Step {
	s := Step{Fail: Fail{Do: FailAsk}}
	s.Line, _ = yamlfile.Position(n)
	var failed ast.Node
	kinds, noted := 0, false
	kind := func(k Kind) { s.Kind = k; kinds++ }
	d.Keys(n, path, map[string]yamlfile.Read{
		"id": func(n ast.Node, p string) {
			s.ID = d.name(n, p)
			if s.ID == End {
				d.Say(n, p, "« end » est la fin du carnet ; choisissez un autre nom", "“end” is the end of the book; take another name")
			}
			if _, twice := d.lines[s.ID]; twice {
				d.Say(n, p, "l'étape « %[1]s » existe deux fois", "the step “%[1]s” exists twice", s.ID)
			}
			d.lines[s.ID], d.places[at] = n, n
		},
		"title":      func(n ast.Node, p string) { s.Title = d.both(n, p) },
		"note":       func(n ast.Node, p string) { noted = true; s.Note = d.bothTemplates(n, p, at) },
		"if":         func(n ast.Node, p string) { s.If = d.cond(n, p, at) },
		"check":      func(n ast.Node, p string) { kind(Check); s.Check = d.check(n, p, at) },
		"query":      func(n ast.Node, p string) { kind(Query); s.Query = d.query(n, p, at) },
		"action":     func(n ast.Node, p string) { kind(Action); s.Act = d.action(n, p, at) },
		"ask":        func(n ast.Node, p string) { kind(Ask); s.Ask = d.ask(n, p, at) },
		"on_failure": func(n ast.Node, p string) { failed = n; s.Fail = d.fail(n, p) },
		"next":       func(n ast.Node, p string) { s.Next = d.Word(n, p) },
	}, "id", "title")
	switch {
	case kinds > 1:
		d.Say(n, path, "une étape fait une seule chose : check, query, action ou ask", "a step does one thing: check, query, action or ask")
	case kinds == 0 && !noted:
		d.Say(n, path, "l'étape ne fait rien ; ajoutez note, check, query, action ou ask", "the step does nothing; add note, check, query, action or ask")
	case kinds == 0:
		s.Kind = Note
		if failed != nil {
			d.Say(failed, yamlfile.Join(path, "on_failure"), "une note n'échoue pas", "a note does not fail")
		}
	}
	return s
}

func (d *decoder) fail(n ast.Node, path string) Fail {
	if _, ok := d.Mapping(n); !ok {
		return Fail{Do: d.Choice(n, path, FailAsk, FailStop, FailContinue)}
	}
	f := Fail{Do: FailGoto}
	d.Keys(n, path, map[string]yamlfile.Read{"goto": func(n ast.Node, p string) { f.Goto = d.Word(n, p) }}, "goto")
	return f
}

// lookEvery is how often a condition with a deadline is looked at when the step does not say.
const lookEvery = 15 * time.Second

func (d *decoder) check(n ast.Node, path string, at int) *CheckStep {
	c := &CheckStep{Every: lookEvery}
	if _, ok := d.Mapping(n); !ok {
		c.That = d.cond(n, path, at)
		return c
	}
	d.Keys(n, path, map[string]yamlfile.Read{
		"that":   func(n ast.Node, p string) { c.That = d.cond(n, p, at) },
		"within": func(n ast.Node, p string) { c.Within = d.duration(n, p) },
		"every":  func(n ast.Node, p string) { c.Every = d.duration(n, p) },
	}, "that")
	return c
}

func (d *decoder) query(n ast.Node, path string, at int) *QueryStep {
	q := &QueryStep{Every: lookEvery}
	ask := func(language string) yamlfile.Read {
		return func(n ast.Node, p string) {
			if q.Language != "" {
				d.Say(n, p, "logql ou promql, pas les deux", "logql or promql, not both")
			}
			q.Language, q.Expr = language, d.template(n, p, at)
		}
	}
	d.Keys(n, path, map[string]yamlfile.Read{
		"logql": ask("logql"), "promql": ask("promql"),
		"tenant": func(n ast.Node, p string) { q.Tenant = d.Choice(n, p, "platform") },
		"over":   func(n ast.Node, p string) { q.Over = d.duration(n, p) },
		"expect": func(n ast.Node, p string) { q.Expect = d.cond(n, p, at, "value", "values") },
		"empty":  func(n ast.Node, p string) { q.Empty = d.Choice(n, p, "pass", "fail") == "pass" },
		"within": func(n ast.Node, p string) { q.Within = d.duration(n, p) },
		"every":  func(n ast.Node, p string) { q.Every = d.duration(n, p) },
	}, "expect")
	if q.Language == "" {
		d.Say(n, path, "la question manque ; ajoutez « promql: » ou « logql: »", "the question is missing; add “promql:” or “logql:”")
	}
	return q
}

// targets are what an action may be on: the parts of a selection, what hangs on them, and "projects" for many.
func targets() []string {
	return []string{"platform", "project", "projects", "environment", "repository", "pipeline", "job", "application", "workload", "pod", "artifact", "alert", "chain", "member"}
}

func (d *decoder) action(n ast.Node, path string, at int) *ActionStep {
	a := &ActionStep{}
	d.Keys(n, path, map[string]yamlfile.Read{
		"deed": func(n ast.Node, p string) {
			a.Deed = d.Word(n, p)
			if system, verb, ok := strings.Cut(a.Deed, "."); a.Deed != "" && (!ok || system == "" || verb == "") {
				d.Say(n, p, "un acte s'appelle système.verbe, par exemple console.replay", "a deed is called system.verb, for example console.replay")
			}
		},
		"on": func(n ast.Node, p string) { a.On = d.Choice(n, p, targets()...) },
		"with": func(n ast.Node, p string) {
			d.Each(n, p, func(key string, v *ast.MappingValueNode) {
				a.With = append(a.With, Arg{Name: key, Value: d.template(v.Value, yamlfile.Join(p, key), at)})
			})
		},
		"which":      func(n ast.Node, p string) { a.Which = d.template(n, p, at) },
		"where":      func(n ast.Node, p string) { a.Where = d.cond(n, p, at, "candidate") },
		"together":   func(n ast.Node, p string) { a.Together = int(d.Number(n, p, 1, 10)) },
		"stop_above": func(n ast.Node, p string) { a.StopAbove = d.Number(n, p, 0, 1) },
	}, "deed", "on")
	if a.On != "" && (a.On == "projects") != (a.Where != nil) {
		d.Say(n, path, "« on: projects » et « where: » vont ensemble", "“on: projects” and “where:” go together")
	}
	if a.On == "member" && a.Which == nil {
		d.Say(n, path, "« on: member » demande « which: », une adresse", "“on: member” needs “which:”, an e-mail")
	}
	return a
}

func (d *decoder) ask(n ast.Node, path string, at int) *AskStep {
	a := &AskStep{}
	d.Keys(n, path, map[string]yamlfile.Read{
		"question": func(n ast.Node, p string) { a.Question = d.bothTemplates(n, p, at) },
		"copy":     func(n ast.Node, p string) { t := d.bothTemplates(n, p, at); a.Copy = &t },
		"value": func(n ast.Node, p string) {
			a.Type = d.Choice(n, p, TypeString, TypeText, TypeInt, TypeNumber, TypeBool, TypeDuration)
		},
		"default": func(n ast.Node, p string) { a.Default = d.template(n, p, at) },
		"valid":   func(n ast.Node, p string) { a.Valid = d.cond(n, p, at, "typed") },
		"wanted":  func(n ast.Node, p string) { a.Wanted = d.both(n, p) },
		"another": func(n ast.Node, p string) { a.Another = d.Bool(n, p) },
		"choices": func(n ast.Node, p string) {
			a.Type = TypeChoice
			d.List(n, p, func(n ast.Node, p string) {
				var c Choice
				d.Keys(n, p, map[string]yamlfile.Read{
					"value": func(n ast.Node, p string) { c.Value = d.name(n, p) },
					"label": func(n ast.Node, p string) { c.Label = d.both(n, p) },
					"goto":  func(n ast.Node, p string) { c.Goto = d.Word(n, p) },
				}, "value", "label")
				a.Choices = append(a.Choices, c)
			})
			if len(a.Choices) == 0 && len(d.mistakes) == 0 {
				d.Say(n, p, "il faut au moins un choix", "one choice at least is needed")
			}
		},
	}, "question")
	if a.Valid != nil && (a.Type == "" || a.Type == TypeChoice) {
		d.Say(n, path, "« valid » demande « value »", "“valid” needs “value”")
	}
	if a.Wanted != (Text{}) && a.Valid == nil {
		d.Say(n, path, "« wanted » demande « valid »", "“wanted” needs “valid”")
	}
	return a
}

// links checks what points elsewhere: steps to go to, names of parameters, answers and results.
func (d *decoder) links(b *Book) {
	place := func(id, path string, n ast.Node) {
		if _, known := d.lines[id]; id != "" && id != End && !known {
			d.Say(n, path, "il n'y a pas d'étape « %s »", "there is no step “%s”", id)
		}
	}
	for i := range b.Steps {
		s := &b.Steps[i]
		n := d.places[i]
		path := "steps." + s.ID
		place(s.Next, path+".next", n)
		place(s.Fail.Goto, path+".on_failure", n)
		if s.Ask != nil {
			for _, c := range s.Ask.Choices {
				place(c.Goto, path+".choices", n)
			}
		}
	}
	if round := circle(b); round != nil && len(d.mistakes) == 0 {
		_, at, _ := b.Step(round[0])
		d.Say(d.places[at], "steps."+round[0], "le carnet tourne en rond (%s) sans rien attendre ni demander : ajoutez « within: » à un contrôle, ou une question", "the book goes round in a circle (%s) without waiting or asking: add “within:” to a check, or an ask",
			strings.Join(append(round, round[0]), " → "))
	}
	for _, u := range d.uses {
		for _, r := range u.cond.Refs {
			d.ref(b, u, r)
		}
	}
}

func (d *decoder) ref(b *Book, u use, r Ref) {
	switch r.In {
	case "param":
		if !slices.ContainsFunc(b.Params, func(p Param) bool { return p.Name == r.Name }) {
			d.Say(u.node, u.path, "il n'y a pas de paramètre « %s »", "there is no parameter “%s”", r.Name)
		}
	case "answer":
		if s, _, ok := b.Step(r.Name); !ok || s.Kind != Ask {
			d.Say(u.node, u.path, "il n'y a pas d'étape « %s » qui demande", "there is no step “%s” that asks", r.Name)
		}
	case "result":
		if s, _, ok := b.Step(r.Name); !ok || s.Kind != Query {
			d.Say(u.node, u.path, "il n'y a pas d'étape « %s » qui interroge", "there is no step “%s” that queries", r.Name)
		}
	}
}
