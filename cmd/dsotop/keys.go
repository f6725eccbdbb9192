package main

import (
	"errors"
	"fmt"

	"dsotop/internal/config"
	"dsotop/internal/ui/keys"
)

// keyRules tell the configuration what is known of commands and keys.
func keyRules() *config.KeyRules {
	return &config.KeyRules{
		Commands: keys.IDs(),
		Parse:    keys.Parse,
		Conflicts: func(given map[string][]string) []config.KeyConflict {
			_, faults := keys.New(given)
			var out []config.KeyConflict
			for _, err := range faults {
				var f keys.Fault
				if errors.As(err, &f) && f.Other != "" {
					out = append(out, config.KeyConflict{Owner: f.ID, Other: f.Other, FR: f.Text("fr"), EN: f.Text("en")})
				}
			}
			return out
		},
	}
}

// keyNotice says at the start of the terminal program that two commands claim one key; "" when none do.
func (p *program) keyNotice(cfg *config.Config) string {
	wrong := cfg.KeyMistakes(keyRules())
	if len(wrong) == 0 {
		return ""
	}
	first := wrong[0].Where() + ": " + wrong[0].Text(string(p.lang))
	if len(wrong) == 1 {
		return first
	}
	return p.lang.of(fmt.Sprintf("touches en conflit : %d ; %s (« dsotop config check » les montre toutes)", len(wrong), first),
		fmt.Sprintf("keys in conflict: %d; %s (“dsotop config check” shows all)", len(wrong), first))
}
