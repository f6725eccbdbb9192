package ui

import (
	"slices"

	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/words"
)

// keyName is how sentences call the key of a command that a person put elsewhere; "" for one that is where the table has it, and the command's
// name for one that has no key any more.
func (r *Root) keyName(w *words.Set, id string) string {
	d, ok := r.keys.Decl(id)
	if !ok {
		return ""
	}
	for _, usual := range keys.Table() {
		if usual.ID == id && slices.Equal(usual.Keys, d.Keys) {
			return ""
		}
	}
	if len(d.Keys) == 0 {
		return ":" + w.Command[id].Short
	}
	return w.KeyWord(d.Keys[0])
}
