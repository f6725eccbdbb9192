package keys

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"dsotop/internal/ui/words"
)

// Fault is something wrong with keys that a person gave to commands. The map works nevertheless.
type Fault struct {
	Key string // as [Parse] writes it
	ID  string // the command that has the key now; of an unknown command its name
	// Other is the command that wanted the key, or had it by default, and does not have it; "" for an unknown command.
	Other  string
	scopes [2]Scope
}

// Error is the sentence in English.
func (f Fault) Error() string { return f.Text("en") }

// Text is the sentence in "fr" or "en", with both owners.
func (f Fault) Text(lang string) string {
	fr := lang == "fr"
	switch {
	case f.Other == "" && fr:
		return fmt.Sprintf("aucune commande ne s'appelle « %s »", f.ID)
	case f.Other == "":
		return fmt.Sprintf("there is no command %q", f.ID)
	case fr:
		return fmt.Sprintf("la touche « %s » sert à %s (%s) et à %s (%s) : %s la garde", words.French().KeyWord(f.Key), f.ID, f.scopes[0], f.Other, f.scopes[1], f.ID)
	}
	return fmt.Sprintf("the key %q is claimed by %s (%s) and by %s (%s): %s keeps it", words.English().KeyWord(f.Key), f.ID, f.scopes[0], f.Other, f.scopes[1], f.ID)
}

// IDs lists the commands that can be given other keys, in the order of the table.
func IDs() []string {
	table := Table()
	out := make([]string, len(table))
	for i, d := range table {
		out[i] = d.ID
	}
	return out
}

// remap gives commands other keys and settles who has a key that two commands of one chain claim: what a person gave wins over what is so
// by default, then the first of the table. Nobody has a key in vain: what the footer, help and palette show is what works.
func remap(decls []Decl, given map[string][]string) []error {
	var errs []error
	at := map[string]int{}
	for i, d := range decls {
		at[d.ID] = i
	}
	for id, keys := range given {
		i, ok := at[id]
		if !ok {
			errs = append(errs, Fault{ID: id})
			continue
		}
		decls[i].Keys = slices.Clone(keys)
	}
	order := make([]int, 0, len(decls)) // the person's first; but what leaves the program can always be reached
	quit := at[Quit]
	if !slices.Contains(decls[quit].Keys, "ctrl+c") {
		decls[quit].Keys = append(decls[quit].Keys, "ctrl+c")
	}
	order = append(order, quit)
	for i, d := range decls {
		if _, ok := given[d.ID]; ok && i != quit {
			order = append(order, i)
		}
	}
	for i, d := range decls {
		if _, ok := given[d.ID]; !ok && i != quit {
			order = append(order, i)
		}
	}
	owners := map[string][]int{}
	for _, i := range order {
		d := &decls[i]
		keep := d.Keys[:0:0]
		for _, k := range d.Keys {
			lost := false
			for _, o := range owners[k] {
				if owner := decls[o]; !apart(d.Scope, owner.Scope) && !folds(*d, owner) {
					lost = true
					if owner.ID != d.ID {
						errs = append(errs, Fault{Key: k, ID: owner.ID, Other: d.ID, scopes: [2]Scope{owner.Scope, d.Scope}})
					}
				}
			}
			if !lost {
				owners[k] = append(owners[k], i)
				keep = append(keep, k)
			}
		}
		d.Keys = keep
	}
	slices.SortStableFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errs
}

// folds reports whether two commands may share a key since nothing has both: what folds has no marks, what a commit made has its way instead
// of a timeline, an enlarged plot cannot be enlarged.
func folds(a, b Decl) bool {
	for _, pair := range [][2]string{{Fold, MarkRow}, {Timeline, Way}, {PlotOpen, PlotPin}} {
		if a.ID == pair[0] && b.ID == pair[1] || a.ID == pair[1] && b.ID == pair[0] {
			return true
		}
	}
	return false
}

// Parse reads a key as people write it ("Ctrl-p", "ctrl+p", "Espace", "pgdn", "é") and returns it as terminals' keys are named here. why says
// in French and English what is wrong with it; both are empty when nothing is.
func Parse(text string) (key string, whyFR, whyEN string) {
	rest := strings.TrimSpace(text)
	var mods []string
	for {
		cut := strings.IndexAny(rest, "+-")
		if cut <= 0 || cut == len(rest)-1 {
			break
		}
		mod := ""
		switch strings.ToLower(rest[:cut]) {
		case "ctrl", "control", "c", "^":
			mod = "ctrl"
		case "alt", "meta", "m":
			mod = "alt"
		case "shift", "maj", "s":
			mod = "shift"
		}
		if mod == "" {
			break
		}
		if !slices.Contains(mods, mod) {
			mods = append(mods, mod)
		}
		rest = rest[cut+1:]
	}
	slices.SortFunc(mods, func(a, b string) int { return strings.Index("ctrl alt shift", a) - strings.Index("ctrl alt shift", b) })
	name := rest
	if utf8.RuneCountInString(rest) > 1 {
		if name = named(strings.ToLower(rest)); name == "" {
			return "", fmt.Sprintf("touche inconnue « %s » ; exemples : a, G, enter, space, f2, ctrl+p, alt+x", text), fmt.Sprintf("unknown key %q; examples: a, G, enter, space, f2, ctrl+p, alt+x", text)
		}
	}
	r, _ := utf8.DecodeRuneInString(name)
	switch {
	case name == "" || (utf8.RuneCountInString(name) == 1 && (!unicode.IsPrint(r) || r == ' ')):
		return "", "une touche est attendue", "a key is expected"
	case utf8.RuneCountInString(name) == 1 && slices.Contains(mods, "shift"):
		return "", fmt.Sprintf("« %s » : écrivez la lettre que donne Maj, sans « shift »", text), fmt.Sprintf("%q: write the letter that Shift gives, without “shift”", text)
	}
	if slices.Contains(mods, "ctrl") {
		name = strings.ToLower(name)
	}
	key = strings.Join(append(mods, name), "+")
	if same, ok := map[string]string{"ctrl+i": "Tab", "ctrl+m": "Enter", "ctrl+[": "Esc", "ctrl+h": "Backspace"}[key]; ok {
		return "", fmt.Sprintf("« %s » : un terminal ne le distingue pas de %s", text, same), fmt.Sprintf("%q: a terminal cannot tell it from %s", text, same)
	}
	return key, "", ""
}

// named returns the name of a key with a name of several letters, from what people call it; "" when it is not known.
func named(text string) string {
	switch text {
	case "enter", "return", "entree", "entrée":
		return "enter"
	case "esc", "escape", "echap", "échap":
		return "esc"
	case "space", "espace":
		return "space"
	case "retour":
		return "backspace"
	case "tab", "backspace", "delete", "insert", "up", "down", "left", "right", "home", "end":
		return text
	case "suppr", "del":
		return "delete"
	case "inser", "ins":
		return "insert"
	case "haut":
		return "up"
	case "bas":
		return "down"
	case "gauche":
		return "left"
	case "droite":
		return "right"
	case "debut", "début":
		return "home"
	case "fin":
		return "end"
	case "pgup", "pageup", "page_up", "pgpréc", "pgprec":
		return "pgup"
	case "pgdn", "pgdown", "pagedown", "page_down", "pgsuiv":
		return "pgdown"
	}
	if n, ok := strings.CutPrefix(text, "f"); ok && len(n) <= 2 && n != "" && n[0] != '0' && strings.Trim(n, "0123456789") == "" {
		return text
	}
	return ""
}
