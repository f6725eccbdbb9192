package onboarding

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"dsotop/internal/platform"
	"dsotop/internal/yamlfile"
)

// maxFile is the largest ledger that is read, in bytes.
const maxFile = yamlfile.Most

// Mistake is one thing wrong in a ledger, with its line and column (0: the file as a whole, the line as a whole).
type Mistake struct {
	Line, Column int
	Fr, En       string
}

// Mistakes is everything wrong in one ledger; as an error it is in English, see [Mistakes.Text].
type Mistakes struct {
	File string
	List []Mistake
	// Merge tells that git left both sides of a conflict in the file.
	Merge bool
}

// Error joins the sentences in English, one a line, each after its place.
func (m *Mistakes) Error() string { return m.Text("en") }

// Text joins the sentences in a language.
func (m *Mistakes) Text(lang string) string {
	lines := make([]string, len(m.List))
	for i, one := range m.List {
		text := one.En
		if lang == "fr" {
			text = one.Fr
		}
		place := m.File
		if one.Line > 0 {
			place += ":" + strconv.Itoa(one.Line)
			if one.Column > 0 {
				place += ":" + strconv.Itoa(one.Column)
			}
		}
		lines[i] = place + ": " + text
	}
	return strings.Join(lines, "\n")
}

// Parse reads a ledger strictly: every key, item and value must be known. slug is the project that the file is for; "" takes any. The
// error is *Mistakes; the ledger is then empty.
func Parse(file, slug string, data []byte) (*platform.Ledger, error) {
	d := newDecoder(file)
	if d.merge(data); d.found.Merge {
		return &platform.Ledger{}, d.err()
	}
	l := &platform.Ledger{Items: map[string]platform.Tick{}, Fields: map[string]platform.Field{}, Compatibility: map[string]string{}, Skills: map[string]string{}}
	d.document(data, l)
	if slug != "" && l.Project != "" && l.Project != slug && len(d.found.List) == 0 {
		d.At(0, 0, "", fmt.Sprintf("le fichier est celui du projet « %s », son nom dit « %s »", l.Project, slug), fmt.Sprintf("the file is that of project %q, its name says %q", l.Project, slug))
	}
	if err := d.err(); err != nil {
		return &platform.Ledger{}, err
	}
	return l, nil
}

// decoder reads one ledger.
type decoder struct {
	*yamlfile.Reader
	found Mistakes
}

func newDecoder(file string) *decoder {
	d := &decoder{found: Mistakes{File: file}}
	d.Reader = &yamlfile.Reader{Empty: true, Note: func(m yamlfile.Mistake) {
		d.found.List = append(d.found.List, Mistake{Line: m.Line, Column: m.Column, Fr: platform.CleanLine(m.Say.FR), En: platform.CleanLine(m.Say.EN)})
	}}
	return d
}

func (d *decoder) err() error {
	if len(d.found.List) == 0 {
		return nil
	}
	slices.SortStableFunc(d.found.List, func(a, b Mistake) int { return a.Line - b.Line })
	return &d.found
}

// merge finds what git leaves of a conflict, before YAML makes a riddle of it.
func (d *decoder) merge(data []byte) {
	start := 0
	for i, l := range strings.Split(string(data), "\n") {
		switch {
		case strings.HasPrefix(l, "<<<<<<< "):
			start = i + 1
		case strings.HasPrefix(l, ">>>>>>> ") && start > 0:
			d.found.Merge = true
			d.At(start, 0, "", fmt.Sprintf("conflit git non résolu, lignes %d à %d : gardez ce qui est vrai, ôtez les marques <<<<<<<, ======= et >>>>>>>, puis « git add »", start, i+1),
				fmt.Sprintf("unresolved git conflict, lines %d to %d: keep what is true, remove the marks <<<<<<<, ======= and >>>>>>>, then “git add”", start, i+1))
			start = 0
		}
	}
}

func (d *decoder) document(data []byte, l *platform.Ledger) {
	bodies, ok := d.Bodies(data)
	if !ok {
		return
	}
	version := false
	for i, body := range bodies {
		if i > 0 {
			d.Say(body, "", "un seul document est attendu", "one document is expected")
			return
		}
		d.Keys(body, "", map[string]yamlfile.Read{
			"version": func(n ast.Node, _ string) {
				version = true
				if v := d.text(n); v != "1" {
					d.Say(n, "", "version « "+v+" » inconnue : ce programme lit la version 1", "unknown version "+strconv.Quote(v)+": this program reads version 1")
				}
			},
			"project":       func(n ast.Node, _ string) { l.Project = d.text(n) },
			"track":         func(n ast.Node, _ string) { l.Track = d.choice(n, platform.TrackPAX, platform.TrackCloudPi) },
			"items":         func(n ast.Node, _ string) { d.items(n, l.Items) },
			"prerequisites": func(n ast.Node, _ string) { d.fields(n, l.Fields) },
			"compatibility": func(n ast.Node, _ string) { d.list(n, platform.CompatibilityItems(), l.Compatibility) },
			"skills":        func(n ast.Node, _ string) { d.list(n, platform.SkillItems(), l.Skills) },
		})
	}
	if !version && len(d.found.List) == 0 {
		d.At(0, 0, "", "« version: 1 » manque", "“version: 1” is missing")
	}
}

// each walks a mapping.
func (d *decoder) each(n ast.Node, do func(key string, at, value ast.Node)) {
	d.Each(n, "", func(key string, v *ast.MappingValueNode) { do(key, v.Key, v.Value) })
}

func (d *decoder) text(n ast.Node) string {
	return platform.CleanLine(strings.TrimSpace(d.Text(n, "")))
}

func (d *decoder) choice(n ast.Node, among ...string) string { return d.Choice(n, "", among...) }

func (d *decoder) day(n ast.Node) time.Time {
	v := d.text(n)
	at, ok := platform.ParseDay(v)
	if !ok && v != "" {
		d.Say(n, "", "une date est attendue, par exemple 2026-11-21", "a date is expected, for example 2026-11-21")
	}
	return at
}

func (d *decoder) items(n ast.Node, out map[string]platform.Tick) {
	states := []string{string(platform.StepTodo), string(platform.StepWaiting), string(platform.StepRunning), string(platform.StepOK), string(platform.StepKO), string(platform.StepNA)}
	owners := make([]string, 0, len(platform.StepOwners()))
	for _, o := range platform.StepOwners() {
		owners = append(owners, string(o))
	}
	d.each(n, func(key string, at, value ast.Node) {
		known, manual := platform.Tickable(key)
		if !known {
			d.Unknown(at, "", key, append(platform.ManualItems(), platform.StepIDs()...))
			return
		}
		var t platform.Tick
		d.Keys(value, "", map[string]yamlfile.Read{
			"state":   func(n ast.Node, _ string) { t.State = platform.StepState(d.choice(n, states...)) },
			"by":      func(n ast.Node, _ string) { t.By = d.text(n) },
			"at":      func(n ast.Node, _ string) { t.At = d.day(n) },
			"comment": func(n ast.Node, _ string) { t.Comment = d.text(n) },
			"owner":   func(n ast.Node, _ string) { t.Owner = platform.StepOwner(d.choice(n, owners...)) },
			"until":   func(n ast.Node, _ string) { t.Until = d.day(n) },
		})
		switch {
		case t.State == "":
			d.Say(at, "", "« "+key+" » n'a pas d'état (state)", strconv.Quote(key)+" has no state")
		case !manual && t.State != platform.StepNA && t.State != platform.StepWaiting:
			d.Say(at, "", "« "+key+" » est lue dans les systèmes : seuls « na » et « waiting » s'écrivent ici", strconv.Quote(key)+" is read from the systems: only “na” and “waiting” are written here")
		case t.By == "" || t.At.IsZero():
			d.Say(at, "", "« "+key+" » demande un nom (by) et une date (at)", strconv.Quote(key)+" needs a name (by) and a date (at)")
		}
		out[key] = t
	})
}

func (d *decoder) fields(n ast.Node, out map[string]platform.Field) {
	d.each(n, func(key string, at, value ast.Node) {
		decl, ok := platform.FieldOf(key)
		if !ok {
			var names []string
			for _, f := range platform.OnboardingFields() {
				names = append(names, f.ID)
			}
			d.Unknown(at, "", key, names)
			return
		}
		if d.Null(value) {
			return
		}
		if seq, ok := value.(*ast.SequenceNode); ok && decl.Kind == platform.FieldList {
			v := platform.Field{Kind: decl.Kind}
			for _, one := range seq.Values {
				if text := d.text(one); text != "" {
					v.List = append(v.List, text)
				}
			}
			out[key] = v
			return
		}
		v, why := decl.ParseField(d.text(value))
		if why != "" {
			fr, en := fieldMistake(decl, why)
			d.Say(value, "", "« "+key+" » : "+fr, strconv.Quote(key)+": "+en)
			return
		}
		if !v.Empty() {
			out[key] = v
		}
	})
}

// fieldMistake says what a field wants.
func fieldMistake(f platform.FieldDecl, why string) (fr, en string) {
	switch why {
	case "range":
		if f.Max > 0 {
			return fmt.Sprintf("un nombre de %g à %g est attendu", f.Min, f.Max), fmt.Sprintf("a number from %g to %g is expected", f.Min, f.Max)
		}
		return fmt.Sprintf("un nombre à partir de %g est attendu", f.Min), fmt.Sprintf("a number from %g on is expected", f.Min)
	case "number":
		return "un nombre est attendu", "a number is expected"
	case "date":
		return "une date est attendue, par exemple 2026-11-21", "a date is expected, for example 2026-11-21"
	default:
		return "une adresse https:// est attendue, sans identifiant", "an https:// address is expected, without credentials"
	}
}

// FieldMistake says in a language what a field wants; why is that of [platform.FieldDecl.ParseField].
func FieldMistake(f platform.FieldDecl, why, lang string) string {
	fr, en := fieldMistake(f, why)
	if lang == "fr" {
		return fr
	}
	return en
}

func (d *decoder) list(n ast.Node, items []string, out map[string]string) {
	d.each(n, func(key string, at, value ast.Node) {
		if !slices.Contains(items, key) {
			d.Unknown(at, "", key, items)
			return
		}
		answer := strings.ToLower(d.text(value))
		switch answer { // YAML's own truths, and the two languages
		case "true", "oui", "yes":
			answer = "yes"
		case "false", "non", "no":
			answer = "no"
		case "na", "":
		default:
			d.Say(value, "", "valeur inconnue « "+answer+" » ; valeurs possibles : yes, no, na", "unknown value "+strconv.Quote(answer)+"; possible values: yes, no, na")
			return
		}
		if answer != "" {
			out[key] = answer
		}
	})
}
