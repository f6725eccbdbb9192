package themes

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed *.toml
var files embed.FS

// Set is the themes there are: those of the program and the person's own. It is immutable.
type Set struct{ list []Theme }

// Load reads the themes of the program and those of a folder of the person's own (*.toml); own may be nil. A theme of one's own that has
// the name of one of the program's takes its place, and may inherit from it. Files with mistakes are left out and told; a file that only
// breaks its promise of contrast is told, and used.
func Load(own fs.FS) (*Set, []Problem) {
	set := &Set{}
	drafts, problems := readAll(files, false)
	set.list, problems = settle(drafts, nil, problems)
	if own == nil {
		return set, problems
	}
	mine, told := readAll(own, true)
	mine, told = settleOwn(mine, set.list, told)
	for _, d := range mine {
		at := slices.IndexFunc(set.list, func(t Theme) bool { return t.Name == d.theme.Name })
		if at < 0 {
			set.list = append(set.list, d.theme)
		} else {
			set.list[at] = d.theme
		}
		for _, f := range worst(d.theme.Faults()) {
			told = append(told, d.say(f.Variant+".role."+f.Role, faultFR(f), f.String()))
		}
	}
	slices.SortStableFunc(set.list, func(a, b Theme) int { return strings.Compare(a.Name, b.Name) })
	slices.SortStableFunc(told, func(a, b Problem) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		return a.Line - b.Line
	})
	return set, append(problems, told...)
}

// worst keeps of the faults of each role the one that is hardest to read: they are mended together.
func worst(all []Fault) []Fault {
	var out []Fault
	for _, f := range all {
		at := slices.IndexFunc(out, func(o Fault) bool { return o.Variant == f.Variant && o.Role == f.Role })
		if at < 0 {
			out = append(out, f)
		} else if f.Has < out[at].Has {
			out[at] = f
		}
	}
	return out
}

// readAll reads the files of a folder; those that cannot be read as themes at all are told.
func readAll(from fs.FS, own bool) (out []draft, problems []Problem) {
	names, _ := fs.Glob(from, "*.toml") // the pattern is right, and a folder that is not there has none
	slices.Sort(names)
	for _, name := range names {
		data, err := fs.ReadFile(from, name)
		if err != nil {
			problems = append(problems, Problem{File: name, fr: "lecture impossible : " + err.Error(), en: "cannot be read: " + err.Error()})
			continue
		}
		d, told := parse(name, data)
		d.theme.Own = own
		if want := strings.TrimSuffix(path.Base(name), ".toml"); d.theme.Name == "" {
			d.theme.Name = want
		} else if d.theme.Name != want {
			told = append(told, d.say("name", fmt.Sprintf("name est « %s », le fichier voudrait « %s »", d.theme.Name, want), fmt.Sprintf("name is %q, the file wants %q", d.theme.Name, want)))
		}
		if d.theme.Name == Auto {
			told = append(told, d.say("name", "« auto » désigne le thème choisi d'après le terminal ; donnez un autre nom au fichier", "“auto” is the theme that the terminal chooses; give the file another name"))
		}
		if len(told) > 0 {
			problems = append(problems, told...)
			continue
		}
		out = append(out, d)
	}
	return out, problems
}

// settle completes the program's own themes.
func settle(drafts []draft, have []Theme, problems []Problem) ([]Theme, []Problem) {
	done, problems := settleOwn(drafts, have, problems)
	out := make([]Theme, 0, len(done))
	for _, d := range done {
		out = append(out, d.theme)
	}
	return out, problems
}

// settleOwn gives each draft what it inherits, from the themes of have or from other drafts, and checks that it is complete. Drafts that
// are not are left out and told.
func settleOwn(drafts []draft, have []Theme, problems []Problem) ([]draft, []Problem) {
	byName := map[string]*draft{}
	for i := range drafts {
		byName[drafts[i].theme.Name] = &drafts[i]
	}
	const (
		open = iota
		busy
		fine
		bad
	)
	state := map[string]int{}
	var complete func(d *draft) bool
	complete = func(d *draft) bool {
		name := d.theme.Name
		if s := state[name]; s != open {
			return s == fine
		}
		state[name] = busy
		told := len(problems)
		if parent := d.theme.Inherits; parent != "" {
			from := slices.IndexFunc(have, func(t Theme) bool { return t.Name == parent })
			switch other := byName[parent]; {
			case other != nil && other != d && state[parent] == busy:
				problems = append(problems, d.say("inherits", fmt.Sprintf("« %s » et « %s » héritent l'un de l'autre", name, parent), fmt.Sprintf("%q and %q inherit from each other", name, parent)))
			case other != nil && other != d:
				if complete(other) {
					d.inherit(other.theme)
				} else {
					problems = append(problems, d.say("inherits", fmt.Sprintf("le thème « %s » a lui-même des erreurs", parent), fmt.Sprintf("the theme %q has mistakes itself", parent)))
				}
			case from >= 0:
				d.inherit(have[from])
			default:
				problems = append(problems, d.say("inherits", fmt.Sprintf("le thème « %s » n'existe pas", parent), fmt.Sprintf("the theme %q does not exist", parent)))
			}
		}
		if len(problems) == told {
			problems = append(problems, d.missing()...)
		}
		state[name] = fine
		if len(problems) > told {
			state[name] = bad
		}
		return state[name] == fine
	}
	var out []draft
	for i := range drafts {
		if complete(&drafts[i]) {
			out = append(out, drafts[i])
		}
	}
	return out, problems
}

// Shipped are the program's own themes.
func Shipped() *Set { s, _ := Load(nil); return s }

// Names lists what a person may ask for, Auto first.
func (s *Set) Names() []string {
	out := []string{Auto}
	for _, t := range s.list {
		out = append(out, t.Name)
	}
	return out
}

// List returns the themes in order of name.
func (s *Set) List() []Theme { return slices.Clone(s.list) }

// Find returns the theme of that name; Auto is dark, light or neutral. A theme made for both dark and light backgrounds, without tones of its own for
// one that is not known, looks as neutral does there: either of its halves could be unreadable.
func (s *Set) Find(name string, on Ground) (Theme, error) {
	if name == "" || name == Auto {
		name = [...]string{Unknown: "neutral", OnDark: "dark", OnLight: "light"}[on]
	}
	var neutral *Variant
	for _, t := range s.list {
		if t.Name == "neutral" {
			neutral = t.Neutral
		}
	}
	for _, t := range s.list {
		if t.Name == name {
			if t.Dark != nil && t.Light != nil && t.Neutral == nil {
				t.Neutral = neutral
			}
			return t, nil
		}
	}
	return Theme{}, fmt.Errorf("theme %q does not exist; there are: %s", name, strings.Join(s.Names(), ", "))
}

// All returns the program's own themes, Names their names, and Find one of them.
func All() []Theme { return Shipped().list }

// Names lists the program's own themes, Auto first.
func Names() []string { return Shipped().Names() }

// Find returns one of the program's own themes; see [Set.Find].
func Find(name string, on Ground) (Theme, error) { return Shipped().Find(name, on) }
