package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"dsotop/internal/config"
)

// Existing is a configuration that is there already.
type Existing struct {
	Path string
	Data []byte
	// Wrong is what is wrong with it; nil when it loads.
	Wrong error

	cfg *config.Config
}

// Open reads the configuration at a path; nil without an error when there is none.
func Open(path string) (*Existing, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // none is an answer
	}
	if err != nil {
		return nil, err
	}
	x := &Existing{Path: path, Data: data}
	x.cfg, x.Wrong = load(path)
	return x, nil
}

// load reads a file alone, without what the environment lays over it.
func load(path string) (*config.Config, error) {
	return config.Load(config.Flags{Config: path}, func(string) string { return "" })
}

// Draft is what the file says of a profile, or of its own first one for "": a new interview begins there.
func (x *Existing) Draft(profile string) *Draft {
	d := &Draft{Profile: profile, Language: x.cfg.Language}
	if d.Profile == "" {
		d.Profile = x.cfg.Profile
	}
	if d.Profile == "" && len(x.cfg.Profiles) > 0 {
		d.Profile = x.cfg.Profiles[0].Name
	}
	if p, ok := x.profile(d.Profile); ok {
		d.Sources, d.Write = slices.Clone(p.Sources), p.Write
	}
	return d
}

func (x *Existing) profile(name string) (config.Profile, bool) {
	for _, p := range x.cfg.Profiles {
		if p.Name == name {
			return p, true
		}
	}
	return config.Profile{}, false
}

// ErrMerge is returned by Merge for a file whose shape does not let it be changed line by line.
var ErrMerge = errors.New("the file cannot be changed in place") //nolint:gochecknoglobals // a value to compare with

// Merge is the file with the draft's profile in it: only the lines of what changed are written anew, everything else – comments, other
// profiles, keys that are not asked for – stays as it was written. The result is read back before it is given: one that would say
// something else than the draft is ErrMerge, as is a file with mistakes.
func (x *Existing) Merge(d Draft, lang string) ([]byte, error) {
	if x.Wrong != nil {
		return nil, fmt.Errorf("%w: %w", ErrMerge, x.Wrong)
	}
	e := editor{lines: lines(x.Data), lang: lang}
	if !e.locate(x.Data, d.Profile) {
		return nil, ErrMerge
	}
	old, there := x.profile(d.Profile)
	if there {
		e.profile(old, d)
	} else {
		e.newProfile(d)
	}
	out := e.apply()
	return out, x.verify(out, d)
}

// verify reads a text where the file is, since it may name others beside it.
func (x *Existing) verify(data []byte, d Draft) error {
	f, err := os.CreateTemp(filepath.Dir(x.Path), ".config-*.yaml")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	cfg, err := load(f.Name())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrMerge, err)
	}
	for _, p := range cfg.Profiles {
		before, other := x.profile(p.Name)
		switch {
		case p.Name == d.Profile && (p.Write != d.Write || !same(p.Sources, d.Sources)):
			return ErrMerge
		case p.Name != d.Profile && (!other || p.Write != before.Write || !same(p.Sources, before.Sources)):
			return ErrMerge
		}
	}
	return nil
}

// same reports whether two lists say the same of the same sources, in whatever order.
func same(a, b []config.Source) bool {
	if len(a) != len(b) {
		return false
	}
	for _, s := range a {
		i := slices.IndexFunc(b, func(o config.Source) bool { return o.Instance() == s.Instance() })
		if i < 0 || !equal(s, b[i]) {
			return false
		}
	}
	return true
}

func equal(a, b config.Source) bool {
	plain := func(s config.Source) config.Source {
		s = config.Complete(s)
		s.File, s.Line = "", 0
		if s.Tenant.In == "none" {
			s.Tenant.In = ""
		}
		if len(s.Namespaces) == 0 {
			s.Namespaces = nil
		}
		return s
	}
	return reflect.DeepEqual(plain(a), plain(b))
}

// Beside is a free name next to a file: config.new.yaml, config.new-2.yaml…
func Beside(path string) string {
	ext := filepath.Ext(path)
	stem := strings.TrimSuffix(path, ext) + ".new"
	for n := 1; ; n++ {
		name := stem + ext
		if n > 1 {
			name = fmt.Sprintf("%s-%d%s", stem, n, ext)
		}
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			return name
		}
	}
}

// editor changes lines of a file. Numbers of lines count from 0, ends are exclusive.
type editor struct {
	lines []string
	lang  string
	edits []edit

	profiles, head int            // line of "profiles:", and of the profile's key; head is -1 when it is not there
	outer, inner   int            // columns of profiles' keys and of the keys in one
	keys           map[string]int // line of each key in the profile
}

type edit struct {
	from, to int
	with     []string
}

// locate finds the profile. It reports false for a file that is written otherwise than a line a key.
func (e *editor) locate(data []byte, profile string) bool {
	file, err := parser.ParseBytes(data, 0)
	if err != nil || len(file.Docs) != 1 {
		return false
	}
	e.head, e.outer, e.inner, e.keys = -1, 2, 4, map[string]int{}
	root, ok := file.Docs[0].Body.(*ast.MappingNode)
	if !ok {
		return false
	}
	for _, v := range root.Values {
		if key(v) != "profiles" {
			continue
		}
		all, ok := v.Value.(*ast.MappingNode)
		if !ok || all.IsFlowStyle {
			return false
		}
		e.profiles = line(v)
		for _, p := range all.Values {
			e.outer = column(p)
			if key(p) != profile {
				continue
			}
			m, ok := p.Value.(*ast.MappingNode)
			if !ok || m.IsFlowStyle {
				return false
			}
			e.head = line(p)
			for _, k := range m.Values {
				e.inner, e.keys[key(k)] = column(k), line(k)
			}
		}
		return true
	}
	return false
}

func key(v *ast.MappingValueNode) string { return v.Key.GetToken().Value }
func line(v *ast.MappingValueNode) int   { return v.Key.GetToken().Position.Line - 1 }
func column(v *ast.MappingValueNode) int { return v.Key.GetToken().Position.Column - 1 }

// end is where what begins at a line ends: before the next line that is not deeper than it. Comments and empty lines at its end are those of
// what follows.
func (e *editor) end(from int) int {
	indent, end := indentOf(e.lines[from]), from+1
	for i := from + 1; i < len(e.lines); i++ {
		text := strings.TrimSpace(e.lines[i])
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		in := indentOf(e.lines[i])
		item := strings.HasPrefix(text, "- ") && !strings.HasPrefix(strings.TrimSpace(e.lines[from]), "- ")
		if in < indent || (in == indent && !item) {
			break
		}
		end = i + 1
	}
	return end
}

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// profile writes what the draft says otherwise than the file.
func (e *editor) profile(old config.Profile, d Draft) {
	at := e.head + 1 // where what is new is put: after the kind before it
	if i, ok := e.keys["write"]; ok {
		at = e.end(i)
	}
	if old.Write != d.Write {
		text := strings.Repeat(" ", e.inner) + fmt.Sprintf("write: %t", d.Write)
		if i, ok := e.keys["write"]; ok {
			e.replace(i, e.end(i), []string{text})
		} else {
			e.edits = append(e.edits, edit{at, at, []string{text}})
		}
	}
	for _, kind := range config.Kinds() {
		before, after := old.Of(kind), (config.Profile{Sources: d.Sources}).Of(kind)
		from, there := e.keys[kind]
		if there {
			at = e.end(from)
		}
		if same(before, after) {
			continue
		}
		entry := e.indented(d.entry(kind, e.lang), 4, e.inner)
		switch {
		case !there:
			e.edits = append(e.edits, edit{at, at, entry})
		case len(after) == 0 || !e.items(from, at, before, after):
			e.replace(from, at, entry)
		}
	}
}

// items changes the entries of a list one by one; false when it is not written an entry a "- ".
func (e *editor) items(from, to int, before, after []config.Source) bool {
	var starts []int
	indent := -1
	for i := from + 1; i < to; i++ {
		if strings.HasPrefix(strings.TrimSpace(e.lines[i]), "- ") && (indent < 0 || indentOf(e.lines[i]) == indent) {
			indent = indentOf(e.lines[i])
			starts = append(starts, i)
		}
	}
	if len(starts) == 0 || len(starts) != len(before) {
		return false
	}
	write := func(s config.Source) []string { return []string{strings.Repeat(" ", indent) + "- " + flow(s)} }
	for n, s := range before {
		end := e.end(starts[n])
		i := slices.IndexFunc(after, func(o config.Source) bool { return o.Name == s.Name })
		switch {
		case i < 0:
			e.replace(starts[n], end, nil)
		case !equal(s, after[i]):
			e.replace(starts[n], end, write(after[i]))
		}
	}
	for _, s := range after {
		if !slices.ContainsFunc(before, func(o config.Source) bool { return o.Name == s.Name }) {
			e.edits = append(e.edits, edit{to, to, write(s)})
		}
	}
	return true
}

// newProfile puts a whole profile after the others.
func (e *editor) newProfile(d Draft) {
	_, body, _ := strings.Cut(string(d.Render(e.lang)), "\nprofiles:\n")
	at := e.end(e.profiles)
	e.edits = append(e.edits, edit{at, at, e.indented(body, 2, e.outer)})
}

// indented are a text's lines, moved from one column to another.
func (e *editor) indented(text string, from, to int) []string {
	out := lines([]byte(text))
	for i, l := range out {
		out[i] = strings.Repeat(" ", max(indentOf(l)-from+to, 0)) + strings.TrimLeft(l, " ")
	}
	return out
}

// replace puts lines in the place of others and keeps the comments that these had: at the end of the line where one takes the place of one,
// else above. What goes altogether takes the comment at the end of its line along.
func (e *editor) replace(from, to int, with []string) {
	var own, above []string
	for i := from; i < to; i++ {
		text, comment := comment(e.lines[i])
		switch {
		case comment == "":
		case strings.TrimSpace(text) == "":
			above = append(above, strings.Repeat(" ", indentOf(e.lines[from]))+comment)
		default:
			own = append(own, comment)
		}
	}
	with = slices.Clone(with)
	switch {
	case len(own) == 1 && len(with) == 1:
		with[0] += "  " + own[0]
	case len(with) > 0:
		for _, c := range own {
			above = append(above, strings.Repeat(" ", indentOf(e.lines[from]))+c)
		}
	}
	e.edits = append(e.edits, edit{from, to, append(above, with...)})
}

// comment parts a line from the comment at its end.
func comment(line string) (text, said string) {
	var quote rune
	before := ' '
	for i, r := range line {
		switch {
		case quote != 0:
			if r == quote && (quote != '"' || before != '\\') {
				quote = 0
			}
		case (r == '"' || r == '\'') && strings.ContainsRune(" {[,:-", before):
			quote = r
		case r == '#' && (before == ' ' || before == '\t'):
			return strings.TrimRight(line[:i], " \t"), line[i:]
		}
		before = r
	}
	return line, ""
}

// apply makes the edits. Those of one place keep their order.
func (e *editor) apply() []byte {
	slices.SortStableFunc(e.edits, func(a, b edit) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return a.to - b.to // what is put before a line comes before what takes its place
	})
	var out []string
	at := 0
	for _, x := range e.edits {
		out = append(out, e.lines[at:x.from]...)
		out = append(out, x.with...)
		at = max(at, x.to)
	}
	out = append(out, e.lines[at:]...)
	return []byte(strings.Join(out, "\n") + "\n")
}
