// Package keys declares every command once: its id, its keys, where it is understood, and its rank in the footer. The words
// are in package words under the same id. The footer, the help page, the palette and the README's table all come from
// [Table]; nothing else knows a key.
//
// A page says which of the commands it understands now by returning [Command] values; the root finds the one that a key
// means by walking the focus chain from the inside out.
package keys

import (
	"fmt"
	"slices"
	"strings"

	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/words"
)

// Scope is where a command is understood. Scopes that can be in one focus chain share one space of keys; List and Text
// never are, so a key may have one sense in lists and another in texts.
type Scope string

// The scopes.
const (
	Global Scope = "global" // everywhere
	List   Scope = "list"   // where there is a cursor on things
	Text   Scope = "text"   // logs, traces
	Page   Scope = "page"   // what only some pages have: tabs, a preview
	Plot   Scope = "plot"   // where there are curves
	Demo   Scope = "show"   // in the demo: its time, and the presenter's panel
)

// Decl declares a command.
type Decl struct {
	ID    string
	Keys  []string // as tea.KeyPressMsg.String() writes them; the first one is shown
	Scope Scope
	// Foot is the place in the footer, from the left; 0 keeps it out.
	Foot int
	// Hidden keeps movements out of the palette: running "one line down" from there makes no sense.
	Hidden bool
}

// Command is a declared command as it can be used here and now.
type Command struct {
	ID string
	// Why says in words why it cannot be done now; "" when it can.
	Why string
	// Quiet keeps it out of the footer for now: it would do nothing worth telling.
	Quiet bool
	// Foot is its place in the footer for now, instead of the declared one; 0 keeps that.
	Foot int
	Do   func() intent.Intent
}

// Layer is one link of the focus chain.
type Layer struct {
	Name     string
	Commands []Command
	// Modal stops the search here: nothing leaks outward.
	Modal bool
}

// Map is which keys mean which command, for one session.
type Map struct {
	decls []Decl
	byID  map[string]int
	byKey map[string][]string // ids, in order of declaration
}

// New returns the map of [Table] with some commands on other keys, written as [Parse] returns them. It reports, as [Fault], every unknown id and
// every key that two commands of one chain claim, with both owners; the map works nevertheless: what was given wins, then the first declared.
func New(given map[string][]string) (*Map, []error) {
	m := &Map{decls: Table(), byID: map[string]int{}, byKey: map[string][]string{}}
	errs := remap(m.decls, given)
	for i, d := range m.decls {
		m.byID[d.ID] = i
		for _, k := range d.Keys {
			m.byKey[k] = append(m.byKey[k], d.ID)
		}
	}
	return m, errs
}

// apart reports whether two scopes can never be in one chain.
func apart(a, b Scope) bool {
	alone := func(s Scope) bool { return s == List || s == Text || s == Plot }
	return a != b && alone(a) && alone(b)
}

// Decl returns the declaration of a command.
func (m *Map) Decl(id string) (Decl, bool) {
	i, ok := m.byID[id]
	if !ok {
		return Decl{}, false
	}
	return m.decls[i], true
}

// Find returns the command that a key means in a focus chain, innermost layer first.
func (m *Map) Find(key string, chain []Layer) (Command, bool) {
	ids := m.byKey[key]
	if len(ids) == 0 && !slices.ContainsFunc(chain, func(l Layer) bool { return l.Modal }) {
		return Command{}, false
	}
	for _, layer := range chain {
		for _, c := range layer.Commands {
			if slices.Contains(ids, c.ID) {
				return c, true
			}
		}
		if layer.Modal {
			break
		}
	}
	return Command{}, false
}

// ByID returns the command of that id in a focus chain.
func ByID(id string, chain []Layer) (Command, bool) {
	for _, layer := range chain {
		for _, c := range layer.Commands {
			if c.ID == id {
				return c, true
			}
		}
		if layer.Modal {
			break
		}
	}
	return Command{}, false
}

// Entry is a command with its keys and words: a line of the footer, of help, of the palette.
type Entry struct {
	Command
	Decl  Decl
	Label words.Label
}

// Entries lists what a focus chain understands, in the order of the table, each command once.
func (m *Map) Entries(chain []Layer, w *words.Set) []Entry {
	found := map[string]Command{}
	for _, layer := range chain {
		for _, c := range layer.Commands {
			if _, seen := found[c.ID]; !seen {
				found[c.ID] = c
			}
		}
		if layer.Modal {
			break
		}
	}
	out := make([]Entry, 0, len(found))
	for _, d := range m.decls {
		if c, ok := found[d.ID]; ok {
			out = append(out, Entry{Command: c, Decl: d, Label: w.Command[d.ID]})
		}
	}
	return out
}

// Footer lists the entries that belong in the footer, best first.
func (m *Map) Footer(chain []Layer, w *words.Set) []Entry {
	var out []Entry
	for _, layer := range chain {
		for _, c := range layer.Commands {
			d := m.decls[m.byID[c.ID]]
			if d.ID != c.ID || d.Foot == 0 || c.Why != "" || c.Quiet || len(d.Keys) == 0 || slices.ContainsFunc(out, func(e Entry) bool { return e.ID == c.ID }) {
				continue
			}
			if c.Foot > 0 {
				d.Foot = c.Foot
			}
			out = append(out, Entry{Command: c, Decl: d, Label: w.Command[c.ID]})
		}
		if layer.Modal {
			break
		}
	}
	slices.SortStableFunc(out, func(a, b Entry) int { return a.Decl.Foot - b.Decl.Foot })
	return out
}

// Show writes a key as people of a language read it: "↵", "Ctrl-p", "Échap". spelled writes words for arrows too: where there are ASCII signs
// only, and where keys are read out.
func Show(key string, spelled bool, w *words.Set) string {
	if spelled {
		return w.KeyWord(key)
	}
	name := key[strings.LastIndexByte(key[:max(len(key)-1, 0)], '+')+1:]
	sign := map[string]string{"enter": "↵", "up": "↑", "down": "↓", "left": "←", "right": "→"}[name]
	if sign == "" {
		return w.KeyWord(key)
	}
	return strings.TrimSuffix(w.KeyWord(key), w.KeyWord(name)) + sign
}

// ShowAll writes all keys of a command.
func ShowAll(d Decl, spelled bool, w *words.Set) string {
	parts := make([]string, len(d.Keys))
	for i, k := range d.Keys {
		parts[i] = Show(k, spelled, w)
	}
	return strings.Join(parts, " ")
}

// Markdown returns the table of keys for the README, in a language.
func Markdown(w *words.Set) string {
	var sb strings.Builder
	last := Scope("")
	for _, d := range Table() {
		if d.Scope != last {
			last = d.Scope
			fmt.Fprintf(&sb, "\n| %s | |\n|---|---|\n", w.Scope[string(last)])
		}
		parts := make([]string, len(d.Keys))
		for i, k := range d.Keys {
			parts[i] = "`" + strings.ReplaceAll(Show(k, false, w), "|", "\\|") + "`"
		}
		if len(parts) == 0 { // by its name only
			parts = []string{"`:` " + w.Command[d.ID].Short}
		}
		fmt.Fprintf(&sb, "| %s | %s |\n", strings.Join(parts, " "), w.Command[d.ID].Long)
	}
	return strings.TrimPrefix(sb.String(), "\n")
}
