package words

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"dsotop/internal/platform"
)

// The sentences of findings, by rule and by evidence code. In a template {name} is an argument, {count|pod|pods} chooses by
// the number in an argument, and [text] is left out when one of the arguments in it is missing.

// findingWords are the words of one rule: its title in a list of findings, its name, and one sentence of help.
type findingWords struct{ title, name, help string }

// FindingTitle is the finding in one short sentence, without its place and its age, which the page shows beside it.
// An unknown language is English; an unknown rule gives its id and subject.
func FindingTitle(lang string, f platform.Finding) string {
	w, ok := findingTable(lang)[f.ID]
	if !ok {
		return strings.TrimSpace(f.ID + " " + f.Subject.Name)
	}
	return fill(lang, w.title, f.Args)
}

// FindingRule is the rule's name and what it means, for the help and for what could not be evaluated.
func FindingRule(lang, id string) (title, help string) {
	w, ok := findingTable(lang)[id]
	if !ok {
		return id, ""
	}
	return w.name, w.help
}

// FindingWhy is one evidence as a sentence, without its source and its age. What the system said follows in its own words.
func FindingWhy(lang string, e platform.Evidence) string {
	sentence := ""
	if t, ok := evidenceTable(lang)[e.Code]; ok {
		sentence = fill(lang, t, e.Args)
	} else if e.Code != "" {
		sentence = e.Code
	}
	switch {
	case e.Text == "":
		return sentence
	case sentence == "":
		return e.Text
	case french(lang):
		return sentence + " : " + e.Text
	}
	return sentence + ": " + e.Text
}

func french(lang string) bool {
	return lang == "fr" || strings.HasPrefix(lang, "fr-") || strings.HasPrefix(lang, "fr_")
}

func findingTable(lang string) map[string]findingWords {
	if french(lang) {
		return frenchFindings
	}
	return englishFindings
}

func evidenceTable(lang string) map[string]string {
	if french(lang) {
		return frenchEvidence
	}
	return englishEvidence
}

// fill puts the arguments into a template.
func fill(lang, template string, args map[string]string) string {
	var b strings.Builder
	for len(template) > 0 {
		i := strings.IndexAny(template, "[{")
		if i < 0 {
			b.WriteString(template)
			break
		}
		b.WriteString(template[:i])
		closing := byte('}')
		if template[i] == '[' {
			closing = ']'
		}
		j := strings.IndexByte(template[i:], closing)
		if j < 0 {
			b.WriteString(template[i:])
			break
		}
		inner := template[i+1 : i+j]
		if closing == ']' {
			if !slices.ContainsFunc(arguments(inner), func(name string) bool { return args[name] == "" }) {
				b.WriteString(fill(lang, inner, args))
			}
		} else {
			b.WriteString(value(lang, inner, args))
		}
		template = template[i+j+1:]
	}
	return b.String()
}

// arguments lists the names a template asks for.
func arguments(template string) []string {
	var out []string
	for {
		i := strings.IndexByte(template, '{')
		if i < 0 {
			return out
		}
		j := strings.IndexByte(template[i:], '}')
		if j < 0 {
			return out
		}
		name, _, _ := strings.Cut(template[i+1:i+j], "|")
		out = append(out, name)
		template = template[i+j+1:]
	}
}

func value(lang, inner string, args map[string]string) string {
	parts := strings.Split(inner, "|")
	text := args[parts[0]]
	if len(parts) != 3 {
		if text == "" {
			return "?"
		}
		return argument(lang, parts[0], args)
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		n = 2
	}
	tag := language.English
	if french(lang) {
		tag = language.French
	}
	if plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0) == plural.One {
		return parts[1]
	}
	return parts[2]
}

// argument writes the few values that are words of ours rather than the system's.
func argument(lang, name string, args map[string]string) string {
	set := English()
	if french(lang) {
		set = French()
	}
	text := args[name]
	switch {
	case name == "fault":
		return known(map[string][2]string{"folder": {"dans un dossier que rien ne lit", "in a folder that nothing reads"}, "name": {"avec une extension que rien ne lit", "with an ending that nothing reads"},
			"json": {"JSON invalide", "no valid JSON"}}, set, text)
	case name == "resource":
		return known(map[string][2]string{"limits.cpu": {"processeur", "CPU"}, "limits.memory": {"mémoire", "memory"}, "requests.cpu": {"processeur demandé", "requested CPU"}, "requests.memory": {"mémoire demandée", "requested memory"}}, set, text)
	case name == "metric":
		return set.Metric(text)
	case (name == "value" || name == "threshold") && args["metric"] != "":
		return set.Measure(args["metric"], text)
	case name == "used" || name == "hard": // of a quota, with or without its unit
		return strings.Replace(text, ".", set.Form.Decimal, 1)
	}
	return text
}

// known is a value in words, French and English; one that has none stays as it is.
func known(table map[string][2]string, set *Set, text string) string {
	said, ok := table[text]
	switch {
	case !ok:
		return text
	case french(set.Tag):
		return said[0]
	}
	return said[1]
}
