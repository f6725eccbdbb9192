package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"dsotop/internal/setup"
)

// put writes a configuration where it belongs, or beside a file that is there already, and returns where; "" when nothing was to be written.
// asker is nil when nobody is to be asked. A file that is there is changed line by line, after the difference was shown; one that cannot be
// is left alone.
func (p *program) put(path string, d *setup.Draft, text []byte, f initFlags, asker setup.Asker) (string, error) {
	t := p.lang.of
	err := setup.Write(path, text, f.force)
	if err == nil {
		return path, nil
	}
	if !errors.Is(err, setup.ErrExists) {
		return "", exit{exitUsage, err}
	}
	if asker == nil && !f.update {
		return "", usage("%s", t(path+" existe déjà : rien n'est écrit. --update le complète, --force le remplace, --config FICHIER écrit ailleurs, --print imprime.", path+" exists already: nothing is written. --update adds to it, --force replaces it, --config FILE writes elsewhere, --print prints."))
	}
	there, err := setup.Open(path)
	if err != nil {
		return "", exit{exitUsage, err}
	}
	merged, err := there.Merge(*d, string(p.lang))
	if err != nil {
		if asker == nil {
			return "", usage("%s", t("le fichier est laissé comme il est, il ne peut pas être complété en place : ", "the file is left as it is, it cannot be added to in place: ")+p.why(err)+t(" --force le remplace, --config FICHIER écrit ailleurs.", " --force replaces it, --config FILE writes elsewhere."))
		}
		asker.Say(t(path+" ne peut pas être changé en place : ", path+" cannot be changed in place: ") + p.why(err))
		return p.beside(path, text, asker)
	}
	diff := setup.Diff(there.Data, merged)
	if len(diff) == 0 {
		fmt.Fprintln(p.out, t(path+" dit déjà cela : rien n'est écrit.", path+" says this already: nothing is written."))
		return "", nil
	}
	if asker == nil {
		p.difference(p.err, diff)
		return path, p.replace(path, merged)
	}
	asker.Say(t("\nCe qui change dans "+path+" (- ce qui part, + ce qui vient) :", "\nWhat changes in "+path+" (- goes, + comes):"))
	p.difference(p.out, diff)
	yes, no, aside := t("oui", "yes"), t("non", "no"), t("à côté", "beside")
	isAside := func(text string) bool {
		return slices.Contains([]string{aside, t("à", "b"), t("a", "b"), t("a cote", "b")}, strings.ToLower(text))
	}
	answer, err := asker.Ask(t("L'écrire ? ("+yes+" / "+no+" / "+aside+" : dans un autre fichier)", "Write it? ("+yes+" / "+no+" / "+aside+": to another file)"), no, func(text string) string {
		if setup.Yes(text, string(p.lang)) || setup.No(text, string(p.lang)) || isAside(text) {
			return ""
		}
		return t("répondez oui, non ou à côté", "answer yes, no or beside")
	})
	switch {
	case err != nil:
		return "", p.abandoned(err)
	case isAside(answer):
		return p.beside(path, text, nil)
	case setup.Yes(answer, string(p.lang)):
		return path, p.replace(path, merged)
	}
	return "", usage("%s", t("rien n'est écrit, "+path+" reste comme il est", "nothing is written, "+path+" stays as it is"))
}

// why are the words of a merge that did not come about.
func (p *program) why(err error) string {
	var told interface{ Text(lang string) string }
	if errors.As(err, &told) {
		return "\n" + told.Text(string(p.lang)) + "\n"
	}
	return p.lang.of("il n'est pas écrit une clé par ligne.", "it is not written a key a line.")
}

func (p *program) replace(path string, data []byte) error {
	if err := setup.Write(path, data, true); err != nil {
		return exit{exitUsage, err}
	}
	return nil
}

func (p *program) difference(to io.Writer, lines []string) {
	for _, l := range lines {
		fmt.Fprintln(to, l)
	}
}

// beside writes to a new file next to the one that stays, after asking when there is an asker.
func (p *program) beside(path string, text []byte, asker setup.Asker) (string, error) {
	t, free := p.lang.of, setup.Beside(path)
	if asker != nil {
		yes := t("oui", "yes")
		answer, err := asker.Ask(t("Écrire à côté, dans "+free+" ? ("+yes+"/non)", "Write beside, to "+free+"? ("+yes+"/no)"), yes, func(text string) string {
			if setup.Yes(text, string(p.lang)) || setup.No(text, string(p.lang)) {
				return ""
			}
			return t("répondez oui ou non", "answer yes or no")
		})
		if err != nil {
			return "", p.abandoned(err)
		}
		if !setup.Yes(answer, string(p.lang)) {
			return "", usage("%s", t("rien n'est écrit, "+path+" reste comme il est", "nothing is written, "+path+" stays as it is"))
		}
	}
	if err := setup.Write(free, text, false); err != nil {
		return "", exit{exitUsage, err}
	}
	return free, nil
}
