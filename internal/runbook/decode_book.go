package runbook

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

var (
	bookID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`) //nolint:gochecknoglobals // constant
	nameID = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)            //nolint:gochecknoglobals // constant
)

func (d *decoder) book(n ast.Node) *Book {
	b := &Book{}
	ok := d.keys(n, "", map[string]reader{
		"version": func(n ast.Node, p string) { d.number(n, p, SchemaVersion, SchemaVersion) },
		"id": func(n ast.Node, p string) {
			if b.ID = d.word(n, p); b.ID != "" && !bookID.MatchString(b.ID) {
				d.say(n, p, "un identifiant a des lettres, des chiffres, - . _ (40 au plus)", "an id has letters, digits, - . _ (40 at most)")
			}
		},
		"title":    func(n ast.Node, p string) { b.Title = d.both(n, p) },
		"summary":  func(n ast.Node, p string) { b.Summary = d.both(n, p) },
		"when":     func(n ast.Node, p string) { b.When = d.both(n, p) },
		"who":      func(n ast.Node, p string) { b.Who = d.both(n, p) },
		"risk":     func(n ast.Node, p string) { b.Risk = d.both(n, p) },
		"rollback": func(n ast.Node, p string) { b.Rollback = d.both(n, p) },
		"needs": func(n ast.Node, p string) {
			d.list(n, p, func(n ast.Node, p string) {
				if s := d.choice(n, p, scopeWords()...); s != "" && !slices.Contains(b.Needs, Scope(s)) {
					b.Needs = append(b.Needs, Scope(s))
				}
			})
		},
		"findings": func(n ast.Node, p string) {
			d.list(n, p, func(n ast.Node, p string) { b.Findings = append(b.Findings, d.word(n, p)) })
		},
		"applies": func(n ast.Node, p string) { b.Applies = d.cond(n, p, -1) },
		"params": func(n ast.Node, p string) {
			d.list(n, p, func(n ast.Node, p string) { b.Params = append(b.Params, d.param(n, p, b)) })
		},
		"steps": func(n ast.Node, p string) {
			d.list(n, p, func(n ast.Node, p string) { b.Steps = append(b.Steps, d.step(n, p, len(b.Steps))) })
		},
	}, "id", "title", "steps")
	if ok && len(b.Steps) == 0 {
		d.say(n, "steps", "un carnet a au moins une étape", "a book has at least one step")
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
	s := d.word(n, path)
	if s != "" && !nameID.MatchString(s) {
		d.say(n, path, "« %s » : un nom commence par une minuscule, puis minuscules, chiffres et _", "“%s”: a name begins with a small letter, then small letters, digits and _", s)
	}
	return s
}

func (d *decoder) param(n ast.Node, path string, b *Book) Param {
	p := Param{Type: TypeString}
	first := n
	d.keys(n, path, map[string]reader{
		"name": func(n ast.Node, at string) {
			p.Name = d.name(n, at)
			if slices.ContainsFunc(b.Params, func(o Param) bool { return o.Name == p.Name }) {
				d.say(n, at, "le paramètre « %[1]s » est déclaré deux fois", "the parameter “%[1]s” is declared twice", p.Name)
			}
		},
		"type":    func(n ast.Node, at string) { p.Type = d.choice(n, at, Types()...) },
		"title":   func(n ast.Node, at string) { p.Title = d.both(n, at) },
		"default": func(n ast.Node, at string) { first, p.Default = n, d.template(n, at, -1) },
		"choices": func(n ast.Node, at string) {
			d.list(n, at, func(n ast.Node, at string) { p.Choices = append(p.Choices, d.word(n, at)) })
		},
		"optional": func(n ast.Node, at string) { p.Optional = d.bool(n, at) },
	}, "name")
	if (p.Type == TypeChoice) != (len(p.Choices) > 0) && p.Type != "" {
		d.say(n, path, "« choices » va avec « type: choice », et lui avec elles", "“choices” goes with “type: choice”, and it with them")
	}
	if p.Default != nil && len(p.Default.exprs()) == 0 {
		if err := CheckValue(p.Type, p.Choices, p.Default.Text); err != nil {
			d.say(first, join(path, "default"), "%[1]s", "%[2]s", Tell(err, "fr"), Tell(err, "en"))
		}
	}
	return p
}

func (d *decoder) step(n ast.Node, path string, at int) Step {
	s := Step{Fail: Fail{Do: FailAsk}}
	s.Line, _ = position(n)
	var failed ast.Node
	kinds, noted := 0, false
	kind := func(k Kind) { s.Kind = k; kinds++ }
	d.keys(n, path, map[string]reader{
		"id": func(n ast.Node, p string) {
			s.ID = d.name(n, p)
			if s.ID == End {
				d.say(n, p, "« end » est la fin du carnet ; choisissez un autre nom", "“end” is the end of the book; take another name")
			}
			if _, twice := d.lines[s.ID]; twice {
				d.say(n, p, "l'étape « %[1]s » existe deux fois", "the step “%[1]s” exists twice", s.ID)
			}
			d.lines[s.ID] = n
		},
		"title":      func(n ast.Node, p string) { s.Title = d.both(n, p) },
		"note":       func(n ast.Node, p string) { noted = true; s.Note = d.bothTemplates(n, p, at) },
		"if":         func(n ast.Node, p string) { s.If = d.cond(n, p, at) },
		"check":      func(n ast.Node, p string) { kind(Check); s.Check = d.check(n, p, at) },
		"query":      func(n ast.Node, p string) { kind(Query); s.Query = d.query(n, p, at) },
		"action":     func(n ast.Node, p string) { kind(Action); s.Act = d.action(n, p, at) },
		"ask":        func(n ast.Node, p string) { kind(Ask); s.Ask = d.ask(n, p, at) },
		"on_failure": func(n ast.Node, p string) { failed = n; s.Fail = d.fail(n, p) },
		"next":       func(n ast.Node, p string) { s.Next = d.word(n, p) },
	}, "id", "title")
	switch {
	case kinds > 1:
		d.say(n, path, "une étape fait une seule chose : check, query, action ou ask", "a step does one thing: check, query, action or ask")
	case kinds == 0 && !noted:
		d.say(n, path, "l'étape ne fait rien ; ajoutez note, check, query, action ou ask", "the step does nothing; add note, check, query, action or ask")
	case kinds == 0:
		s.Kind = Note
		if failed != nil {
			d.say(failed, join(path, "on_failure"), "une note n'échoue pas", "a note does not fail")
		}
	}
	return s
}

func (d *decoder) fail(n ast.Node, path string) Fail {
	if _, ok := d.mapping(n); !ok {
		return Fail{Do: d.choice(n, path, FailAsk, FailStop, FailContinue)}
	}
	f := Fail{Do: FailGoto}
	d.keys(n, path, map[string]reader{"goto": func(n ast.Node, p string) { f.Goto = d.word(n, p) }}, "goto")
	return f
}

// lookEvery is how often a condition with a deadline is looked at when the step does not say.
const lookEvery = 15 * time.Second

func (d *decoder) check(n ast.Node, path string, at int) *CheckStep {
	c := &CheckStep{Every: lookEvery}
	if _, ok := d.mapping(n); !ok {
		c.That = d.cond(n, path, at)
		return c
	}
	d.keys(n, path, map[string]reader{
		"that":   func(n ast.Node, p string) { c.That = d.cond(n, p, at) },
		"within": func(n ast.Node, p string) { c.Within = d.duration(n, p) },
		"every":  func(n ast.Node, p string) { c.Every = d.duration(n, p) },
	}, "that")
	return c
}

func (d *decoder) query(n ast.Node, path string, at int) *QueryStep {
	q := &QueryStep{Every: lookEvery}
	ask := func(language string) reader {
		return func(n ast.Node, p string) {
			if q.Language != "" {
				d.say(n, p, "logql ou promql, pas les deux", "logql or promql, not both")
			}
			q.Language, q.Expr = language, d.template(n, p, at)
		}
	}
	d.keys(n, path, map[string]reader{
		"logql": ask("logql"), "promql": ask("promql"),
		"tenant": func(n ast.Node, p string) { q.Tenant = d.choice(n, p, "platform") },
		"over":   func(n ast.Node, p string) { q.Over = d.duration(n, p) },
		"expect": func(n ast.Node, p string) { q.Expect = d.cond(n, p, at, "value", "values") },
		"empty":  func(n ast.Node, p string) { q.Empty = d.choice(n, p, "pass", "fail") == "pass" },
		"within": func(n ast.Node, p string) { q.Within = d.duration(n, p) },
		"every":  func(n ast.Node, p string) { q.Every = d.duration(n, p) },
	}, "expect")
	if q.Language == "" {
		d.say(n, path, "la question manque ; ajoutez « promql: » ou « logql: »", "the question is missing; add “promql:” or “logql:”")
	}
	return q
}

// targets are what an action may be on: the parts of a selection, what hangs on them, and "projects" for many.
func targets() []string {
	return []string{"platform", "project", "projects", "environment", "repository", "pipeline", "job", "application", "workload", "pod", "artifact", "alert", "chain", "member"}
}

func (d *decoder) action(n ast.Node, path string, at int) *ActionStep {
	a := &ActionStep{}
	d.keys(n, path, map[string]reader{
		"deed": func(n ast.Node, p string) {
			a.Deed = d.word(n, p)
			if system, verb, ok := strings.Cut(a.Deed, "."); a.Deed != "" && (!ok || system == "" || verb == "") {
				d.say(n, p, "un acte s'appelle système.verbe, par exemple console.replay", "a deed is called system.verb, for example console.replay")
			}
		},
		"on": func(n ast.Node, p string) { a.On = d.choice(n, p, targets()...) },
		"with": func(n ast.Node, p string) {
			values, ok := d.mapping(n)
			if !ok {
				d.say(n, p, "des clés sont attendues ici (clé: valeur)", "keys are expected here (key: value)")
			}
			for _, v := range values {
				a.With = append(a.With, Arg{Name: keyText(v), Value: d.template(v.Value, join(p, keyText(v)), at)})
			}
		},
		"which":      func(n ast.Node, p string) { a.Which = d.template(n, p, at) },
		"where":      func(n ast.Node, p string) { a.Where = d.cond(n, p, at, "candidate") },
		"together":   func(n ast.Node, p string) { a.Together = int(d.number(n, p, 1, 10)) },
		"stop_above": func(n ast.Node, p string) { a.StopAbove = d.number(n, p, 0, 1) },
	}, "deed", "on")
	if a.On != "" && (a.On == "projects") != (a.Where != nil) {
		d.say(n, path, "« on: projects » et « where: » vont ensemble", "“on: projects” and “where:” go together")
	}
	if a.On == "member" && a.Which == nil {
		d.say(n, path, "« on: member » demande « which: », une adresse", "“on: member” needs “which:”, an e-mail")
	}
	return a
}

func (d *decoder) ask(n ast.Node, path string, at int) *AskStep {
	a := &AskStep{}
	d.keys(n, path, map[string]reader{
		"question": func(n ast.Node, p string) { a.Question = d.bothTemplates(n, p, at) },
		"copy":     func(n ast.Node, p string) { t := d.bothTemplates(n, p, at); a.Copy = &t },
		"value": func(n ast.Node, p string) {
			a.Type = d.choice(n, p, TypeString, TypeText, TypeInt, TypeNumber, TypeBool, TypeDuration)
		},
		"default": func(n ast.Node, p string) { a.Default = d.template(n, p, at) },
		"valid":   func(n ast.Node, p string) { a.Valid = d.cond(n, p, at, "typed") },
		"another": func(n ast.Node, p string) { a.Another = d.bool(n, p) },
		"choices": func(n ast.Node, p string) {
			a.Type = TypeChoice
			d.list(n, p, func(n ast.Node, p string) {
				var c Choice
				d.keys(n, p, map[string]reader{
					"value": func(n ast.Node, p string) { c.Value = d.name(n, p) },
					"label": func(n ast.Node, p string) { c.Label = d.both(n, p) },
					"goto":  func(n ast.Node, p string) { c.Goto = d.word(n, p) },
				}, "value", "label")
				a.Choices = append(a.Choices, c)
			})
		},
	}, "question")
	if a.Valid != nil && (a.Type == "" || a.Type == TypeChoice) {
		d.say(n, path, "« valid » demande « value »", "“valid” needs “value”")
	}
	return a
}

// links checks what points elsewhere: steps to go to, names of parameters, answers and results.
func (d *decoder) links(b *Book) {
	place := func(id, path string, n ast.Node) {
		if _, known := d.lines[id]; id != "" && id != End && !known {
			d.say(n, path, "il n'y a pas d'étape « %s »", "there is no step “%s”", id)
		}
	}
	for i := range b.Steps {
		s := &b.Steps[i]
		n := d.lines[s.ID]
		path := "steps." + s.ID
		place(s.Next, path+".next", n)
		place(s.Fail.Goto, path+".on_failure", n)
		if s.Ask != nil {
			for _, c := range s.Ask.Choices {
				place(c.Goto, path+".choices", n)
			}
		}
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
			d.say(u.node, u.path, "il n'y a pas de paramètre « %s »", "there is no parameter “%s”", r.Name)
		}
	case "answer":
		if s, _, ok := b.Step(r.Name); !ok || s.Kind != Ask {
			d.say(u.node, u.path, "il n'y a pas d'étape « %s » qui demande", "there is no step “%s” that asks", r.Name)
		}
	case "result":
		if s, _, ok := b.Step(r.Name); !ok || s.Kind != Query {
			d.say(u.node, u.path, "il n'y a pas d'étape « %s » qui interroge", "there is no step “%s” that queries", r.Name)
		}
	}
}
