package onboarding

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"dsotop/internal/platform"
)

// maxFile is the largest ledger that is read, in bytes: what people write by hand is a thousand times smaller.
const maxFile = 1 << 20

// Mistake is one thing wrong in a ledger, with its line (0: the file as a whole).
type Mistake struct {
	Line   int
	Fr, En string
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
		lines[i] = m.File + ": " + text
		if one.Line > 0 {
			lines[i] = m.File + ":" + strconv.Itoa(one.Line) + ": " + text
		}
	}
	return strings.Join(lines, "\n")
}

// Parse reads a ledger strictly: every key, item and value must be known. slug is the project that the file is for; "" takes any. The
// error is *Mistakes; the ledger is then empty.
func Parse(file, slug string, data []byte) (*platform.Ledger, error) {
	d := &decoder{file: file}
	if len(data) > maxFile {
		d.say(0, fmt.Sprintf("le fichier dépasse %d Kio", maxFile>>10), fmt.Sprintf("the file is larger than %d KiB", maxFile>>10))
		return &platform.Ledger{}, d.err()
	}
	if d.merge(data); d.found.Merge {
		return &platform.Ledger{}, d.err()
	}
	l := &platform.Ledger{Items: map[string]platform.Tick{}, Fields: map[string]platform.Field{}, Compatibility: map[string]string{}, Skills: map[string]string{}}
	d.document(data, l)
	if slug != "" && l.Project != "" && l.Project != slug && len(d.found.List) == 0 {
		d.say(0, fmt.Sprintf("le fichier est celui du projet « %s », son nom dit « %s »", l.Project, slug), fmt.Sprintf("the file is that of project %q, its name says %q", l.Project, slug))
	}
	if err := d.err(); err != nil {
		return &platform.Ledger{}, err
	}
	return l, nil
}

type decoder struct {
	file  string
	found Mistakes
}

func (d *decoder) err() error {
	if len(d.found.List) == 0 {
		return nil
	}
	d.found.File = d.file
	slices.SortStableFunc(d.found.List, func(a, b Mistake) int { return a.Line - b.Line })
	return &d.found
}

func (d *decoder) say(line int, fr, en string) {
	d.found.List = append(d.found.List, Mistake{Line: line, Fr: platform.CleanLine(fr), En: platform.CleanLine(en)})
}

func line(n ast.Node) int {
	if n != nil && n.GetToken() != nil && n.GetToken().Position != nil {
		return n.GetToken().Position.Line
	}
	return 0
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
			d.say(start, fmt.Sprintf("conflit git non résolu, lignes %d à %d : gardez ce qui est vrai, ôtez les marques <<<<<<<, ======= et >>>>>>>, puis « git add »", start, i+1),
				fmt.Sprintf("unresolved git conflict, lines %d to %d: keep what is true, remove the marks <<<<<<<, ======= and >>>>>>>, then “git add”", start, i+1))
			start = 0
		}
	}
}

func (d *decoder) document(data []byte, l *platform.Ledger) {
	f, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		at, text := 0, err.Error()
		var syntax yaml.Error
		if errors.As(err, &syntax) {
			text = syntax.GetMessage()
			if t := syntax.GetToken(); t != nil && t.Position != nil {
				at = t.Position.Line
			}
		}
		text, _, _ = strings.Cut(text, "\n")
		d.say(at, "YAML incorrect : "+text, "not valid YAML: "+text)
		return
	}
	version := false
	for i, doc := range f.Docs {
		if doc.Body == nil {
			continue
		}
		if i > 0 {
			d.say(line(doc.Body), "un seul document est attendu", "one document is expected")
			return
		}
		d.keys(doc.Body, map[string]func(ast.Node){
			"version": func(n ast.Node) {
				version = true
				if v := d.text(n); v != "1" {
					d.say(line(n), "version « "+v+" » inconnue : ce programme lit la version 1", "unknown version "+strconv.Quote(v)+": this program reads version 1")
				}
			},
			"project":       func(n ast.Node) { l.Project = d.text(n) },
			"track":         func(n ast.Node) { l.Track = d.choice(n, platform.TrackPAX, platform.TrackCloudPi) },
			"items":         func(n ast.Node) { d.items(n, l.Items) },
			"prerequisites": func(n ast.Node) { d.fields(n, l.Fields) },
			"compatibility": func(n ast.Node) { d.list(n, platform.CompatibilityItems(), l.Compatibility) },
			"skills":        func(n ast.Node) { d.list(n, platform.SkillItems(), l.Skills) },
		})
	}
	if !version && len(d.found.List) == 0 {
		d.say(0, "« version: 1 » manque", "“version: 1” is missing")
	}
}

// keys calls the function of each known key.
func (d *decoder) keys(n ast.Node, known map[string]func(ast.Node)) {
	names := make([]string, 0, len(known))
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	d.each(n, func(key string, at int, value ast.Node) {
		if read, ok := known[key]; ok {
			read(value)
			return
		}
		d.unknown(at, key, names)
	})
}

func (d *decoder) unknown(at int, key string, names []string) {
	d.say(at, "clé inconnue « "+key+" » ; clés possibles : "+strings.Join(names, ", "), "unknown key "+strconv.Quote(key)+"; possible keys: "+strings.Join(names, ", "))
}

// each walks a mapping and refuses keys written twice.
func (d *decoder) each(n ast.Node, do func(key string, at int, value ast.Node)) {
	var values []*ast.MappingValueNode
	switch v := n.(type) {
	case *ast.MappingNode:
		values = v.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{v}
	case *ast.NullNode, nil:
		return
	default:
		d.say(line(n), "des clés sont attendues ici (clé: valeur)", "keys are expected here (key: value)")
		return
	}
	seen := map[string]bool{}
	for _, v := range values {
		key := v.Key.String()
		if s, ok := v.Key.(*ast.StringNode); ok {
			key = s.Value
		}
		at := line(v.Key)
		if seen[key] {
			d.say(at, "la clé « "+key+" » est écrite deux fois", "the key "+strconv.Quote(key)+" is written twice")
			continue
		}
		seen[key] = true
		do(key, at, v.Value)
	}
}

func (d *decoder) text(n ast.Node) string {
	switch v := n.(type) {
	case *ast.StringNode:
		return platform.CleanLine(strings.TrimSpace(v.Value))
	case *ast.LiteralNode:
		return platform.CleanLine(strings.TrimSpace(v.Value.Value))
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return v.GetToken().Value
	case *ast.NullNode, nil:
		return ""
	}
	d.say(line(n), "un texte est attendu", "a text is expected")
	return ""
}

func (d *decoder) choice(n ast.Node, among ...string) string {
	v := d.text(n)
	if v != "" && !slices.Contains(among, v) {
		d.say(line(n), "valeur inconnue « "+v+" » ; valeurs possibles : "+strings.Join(among, ", "), "unknown value "+strconv.Quote(v)+"; possible values: "+strings.Join(among, ", "))
		return ""
	}
	return v
}

func (d *decoder) day(n ast.Node) time.Time {
	v := d.text(n)
	at, ok := platform.ParseDay(v)
	if !ok && v != "" {
		d.say(line(n), "une date est attendue, par exemple 2026-11-21", "a date is expected, for example 2026-11-21")
	}
	return at
}

func (d *decoder) items(n ast.Node, out map[string]platform.Tick) {
	states := []string{string(platform.StepTodo), string(platform.StepWaiting), string(platform.StepRunning), string(platform.StepOK), string(platform.StepKO), string(platform.StepNA)}
	owners := make([]string, 0, len(platform.StepOwners()))
	for _, o := range platform.StepOwners() {
		owners = append(owners, string(o))
	}
	d.each(n, func(key string, at int, value ast.Node) {
		known, manual := platform.Tickable(key)
		if !known {
			d.unknown(at, key, append(platform.ManualItems(), platform.StepIDs()...))
			return
		}
		var t platform.Tick
		d.keys(value, map[string]func(ast.Node){
			"state":   func(n ast.Node) { t.State = platform.StepState(d.choice(n, states...)) },
			"by":      func(n ast.Node) { t.By = d.text(n) },
			"at":      func(n ast.Node) { t.At = d.day(n) },
			"comment": func(n ast.Node) { t.Comment = d.text(n) },
			"owner":   func(n ast.Node) { t.Owner = platform.StepOwner(d.choice(n, owners...)) },
			"until":   func(n ast.Node) { t.Until = d.day(n) },
		})
		switch {
		case t.State == "":
			d.say(at, "« "+key+" » n'a pas d'état (state)", strconv.Quote(key)+" has no state")
		case !manual && t.State != platform.StepNA && t.State != platform.StepWaiting:
			d.say(at, "« "+key+" » est lue dans les systèmes : seuls « na » et « waiting » s'écrivent ici", strconv.Quote(key)+" is read from the systems: only “na” and “waiting” are written here")
		case t.By == "" || t.At.IsZero():
			d.say(at, "« "+key+" » demande un nom (by) et une date (at)", strconv.Quote(key)+" needs a name (by) and a date (at)")
		}
		out[key] = t
	})
}

func (d *decoder) fields(n ast.Node, out map[string]platform.Field) {
	d.each(n, func(key string, at int, value ast.Node) {
		decl, ok := platform.FieldOf(key)
		if !ok {
			var names []string
			for _, f := range platform.OnboardingFields() {
				names = append(names, f.ID)
			}
			d.unknown(at, key, names)
			return
		}
		if _, null := value.(*ast.NullNode); null || value == nil {
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
			d.say(line(value), "« "+key+" » : "+fr, strconv.Quote(key)+": "+en)
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
	d.each(n, func(key string, at int, value ast.Node) {
		if !slices.Contains(items, key) {
			d.unknown(at, key, items)
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
			d.say(line(value), "valeur inconnue « "+answer+" » ; valeurs possibles : yes, no, na", "unknown value "+strconv.Quote(answer)+"; possible values: yes, no, na")
			return
		}
		if answer != "" {
			out[key] = answer
		}
	})
}
