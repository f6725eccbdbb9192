package runbook

import (
	"regexp"
	"slices"
	"strings"

	"dsotop/internal/yamlfile"
)

// What the checker of expressions says, by what can be told better: it knows neither which fact was meant nor what to do.
var (
	noField    = regexp.MustCompile(`^undefined field '(\w+)'`)                                              //nolint:gochecknoglobals // a constant
	noName     = regexp.MustCompile(`^undeclared reference to '([\w.]+)'`)                                   //nolint:gochecknoglobals // a constant
	noOverload = regexp.MustCompile(`^found no matching overload for '_?([^'_]+|\w+)_?' applied to '(.*)'$`) //nolint:gochecknoglobals // a constant
)

// explain puts a mistake in an expression into words: what is wrong and what to do.
func explain(message string) Text {
	if m := noField.FindStringSubmatch(message); m != nil {
		return near(m[1], members(), Text{FR: "aucun fait n'a de champ « " + m[1] + " » ici", EN: "no fact has a member “" + m[1] + "” here"})
	}
	if m := noName.FindStringSubmatch(message); m != nil {
		return near(m[1], append(variables(), "param", "answer", "result", "size", "has", "duration", "timestamp"), Text{FR: "« " + m[1] + " » n'est ni un fait ni une fonction", EN: "“" + m[1] + "” is neither a fact nor a function"})
	}
	if m := noOverload.FindStringSubmatch(message); m != nil {
		types := strings.Trim(m[2], "()")
		return Text{FR: "« " + m[1] + " » ne s'applique pas à (" + types + ") : il faut des deux côtés le même type (texte entre guillemets, 10.0 pour un nombre à virgule, duration(\"5m\"))",
			EN: "“" + m[1] + "” does not apply to (" + types + "): both sides must be of one type (text in quotes, 10.0 for a number, duration(\"5m\"))"}
	}
	if rest, ok := strings.CutPrefix(message, "Syntax error: "); ok {
		rest, _, _ = strings.Cut(rest, " expecting ")
		if strings.Contains(rest, "<EOF>") {
			return Text{FR: "l'expression n'est pas finie", EN: "the expression is not finished"}
		}
		return Text{FR: "l'expression est mal écrite ici (" + rest + ")", EN: "the expression is not well written here (" + rest + ")"}
	}
	return Text{FR: "l'expression n'est pas acceptée : " + message, EN: "the expression is not accepted: " + message}
}

// near adds the name that was probably meant.
func near(name string, names []string, say Text) Text {
	if n := yamlfile.Nearest(name, names); n != "" {
		return Text{FR: say.FR + " ; vouliez-vous dire « " + n + " » ?", EN: say.EN + "; did you mean “" + n + "”?"}
	}
	return Text{FR: say.FR + " ; docs/runbook-facts.md les montre", EN: say.EN + "; docs/runbook-facts.md lists them"}
}

// variables are the names of facts, members those of their parts.
func variables() (names []string) {
	for f := range factTypes()[0].Fields() {
		names = append(names, f.Tag.Get("cel"))
	}
	return names
}

func members() (names []string) {
	for _, t := range factTypes()[1:] {
		for f := range t.Fields() {
			if n := f.Tag.Get("cel"); !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	return names
}
