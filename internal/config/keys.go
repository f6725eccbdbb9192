package config

import (
	"fmt"
	"os"

	"github.com/goccy/go-yaml/ast"

	"dsotop/internal/yamlfile"
)

// Binding is a command put on other keys.
type Binding struct {
	ID string
	// Keys are as KeyRules.Parse returns them; empty: the command has no key.
	Keys []string
	// File and Line are where it is written.
	File string
	Line int
}

// KeyRules are what is known of keys elsewhere: which commands there are, how a key is written, and who claims the same one.
type KeyRules struct {
	Commands []string
	// Parse returns a key as it is named in the program, or what is wrong with it in French and English.
	Parse func(text string) (key, fr, en string)
	// Conflicts tells which keys two commands claim: the command that keeps the key, the one that does not, and the sentence.
	Conflicts func(given map[string][]string) []KeyConflict
}

// KeyConflict is a key that two commands claim.
type KeyConflict struct{ Owner, Other, FR, EN string }

// KeyMap is what the session takes: the keys of each command that was given some.
func (c *Config) KeyMap() map[string][]string {
	if len(c.Keys) == 0 {
		return nil
	}
	out := map[string][]string{}
	for _, b := range c.Keys {
		out[b.ID] = b.Keys
	}
	return out
}

// KeyMistakes tells the keys that two commands claim, each at the line that gave it away. They stop nothing: one of the two has the key.
func (c *Config) KeyMistakes(rules *KeyRules) Mistakes {
	if rules == nil || rules.Conflicts == nil || len(c.Keys) == 0 {
		return nil
	}
	at := map[string]Binding{}
	for _, b := range c.Keys {
		at[b.ID] = b
	}
	var out Mistakes
	for _, k := range rules.Conflicts(c.KeyMap()) {
		b, ok := at[k.Other] // the later of two that the person gave; else the one that takes a default away
		if owner, given := at[k.Owner]; given && (!ok || owner.Line > b.Line) {
			b = owner
		}
		out = append(out, Mistake{File: b.File, Line: b.Line, Path: yamlfile.Join("keys", b.ID), own: &sentence{k.FR, k.EN}})
	}
	return out
}

// bindings reads "keys:", either the commands themselves or the name of a file that has them.
func (d *decoder) bindings(n ast.Node, path string) []Binding {
	if d.Null(n) {
		return nil
	}
	if _, ok := d.Mapping(n); ok {
		return d.bound(n, path)
	}
	before := len(d.mistakes)
	file := d.absolute(d.Text(n, path))
	if len(d.mistakes) > before || file == "" {
		return nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		d.say(n, path, missingFile, file, reason(err))
		return nil
	}
	inner := newDecoder(file)
	inner.keyRules = d.keyRules
	var out []Binding
	for _, doc := range inner.parse(data) {
		out = append(out, inner.bound(doc, "")...)
	}
	d.mistakes = append(d.mistakes, inner.mistakes...)
	return out
}

// bound reads commands and their keys: one key, a list, or nothing to have none.
func (d *decoder) bound(n ast.Node, path string) []Binding {
	known := map[string]yamlfile.Read{}
	var out []Binding
	add := func(id string) yamlfile.Read {
		return func(n ast.Node, path string) {
			b := Binding{ID: id, File: d.file}
			if t := n.GetToken(); t != nil && t.Position != nil {
				b.Line = t.Position.Line
			}
			for _, text := range d.Texts(n, path) {
				if d.keyRules == nil || d.keyRules.Parse == nil {
					b.Keys = append(b.Keys, text)
					continue
				}
				key, fr, en := d.keyRules.Parse(text)
				if key == "" {
					d.mistakes = append(d.mistakes, Mistake{File: d.file, Line: b.Line, Path: path, own: &sentence{fr, en}})
					continue
				}
				b.Keys = append(b.Keys, key)
			}
			out = append(out, b)
		}
	}
	if d.keyRules != nil {
		for _, id := range d.keyRules.Commands {
			known[id] = add(id)
		}
	}
	values, ok := d.Mapping(n)
	if !ok {
		d.say(n, path, notMapping)
		return nil
	}
	for _, v := range values {
		id := yamlfile.Key(v)
		switch {
		case known[id] != nil:
		case d.keyRules == nil:
			known[id] = add(id)
		default: // too many to list
			said := sentence{fmt.Sprintf("aucune commande ne s'appelle « %s » ; docs/keys.md les nomme toutes", id), fmt.Sprintf("no command is called %q; docs/keys.md names them all", id)}
			if near := yamlfile.Nearest(id, d.keyRules.Commands); near != "" {
				said = sentence{fmt.Sprintf("aucune commande ne s'appelle « %s » ; vouliez-vous dire « %s » ?", id, near), fmt.Sprintf("no command is called %q; did you mean %q?", id, near)}
			}
			known[id] = func(n ast.Node, path string) {
				d.mistakes = append(d.mistakes, Mistake{File: d.file, Line: v.Key.GetToken().Position.Line, Path: path, own: &said})
			}
		}
	}
	d.Keys(n, path, known)
	return out
}
