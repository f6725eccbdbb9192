package words

import "strconv"

// Linear are the words of the face that is read out.
type Linear struct {
	Welcome string
	// Columns stands before the names of the columns of a list.
	Columns string
	// Sign names the signs that stand for states.
	Sign map[rune]string
	// Value names the signs that stand for a value, where nothing else stands in a cell.
	Value map[string]string
	// More says that n lines more have changed.
	More func(n int) string
	// Place says which row of how many one is on.
	Place func(at, of int) string
	// Here stands before the line that the cursor is on.
	Here string
	// How a plot is told.
	Last, Least, Most string
	Trend             map[string]string // up, down, flat
	Above, Below      func(level, value, length string) string
	StillAbove        string // after Above or Below: it is so now
	Within            func(level, value string) string
	Deployed          func(when, what string) string
	Alerted           func(when, what string) string
	// Volume tells how many lines there are over time.
	Volume func(v Volume) string
}

// Volume is how many lines there are over time. Beyond are those that only the history counts, without their levels.
type Volume struct {
	From, To                        string // instants
	Lines, Errors, Warnings, Beyond int
	Most                            int // in the busiest piece of that time, which begins at MostAt
	MostAt                          string
}

func linearFR() Linear {
	return Linear{
		Welcome: "dsotop, en lignes. {key:help} : les touches ; {key:palette} : aller partout ; {key:leave} : revenir, puis partir.", Columns: "Colonnes : ",
		Sign: map[rune]string{'✔': "bon", '✖': "échec", '▲': "dégradé", '◐': "attention", '◔': "en cours", '●': "sain", '○': "à venir", '⊘': "sans droit", '◈': "verrouillé", '◆': "marqué",
			'└': "conséquence :", '▸': ",", '↵': "Entrée", '→': "vers", '•': "info", '↓': "ici", '·': ","},
		Value: map[string]string{"…": "en cours de lecture", "–": "aucun", "?": "inconnu", "·": "non configuré", "⊘": "sans droit"}, Here: "Ici : ",
		More:  func(n int) string { return "… et " + strconv.Itoa(n) + " autres lignes ont changé" },
		Place: func(at, of int) string { return "ligne " + strconv.Itoa(at) + " sur " + strconv.Itoa(of) },
		Last:  "maintenant", Least: "au plus bas", Most: "au plus haut", Trend: map[string]string{"up": "monte", "down": "descend", "flat": "stable"},
		Above: func(level, value, length string) string {
			return "au-dessus de " + level + " (" + value + ") pendant " + length
		},
		Below: func(level, value, length string) string {
			return "en dessous de " + level + " (" + value + ") pendant " + length
		},
		StillAbove: "et encore maintenant", Within: func(level, value string) string { return level + " (" + value + ") jamais atteint" },
		Deployed: func(when, what string) string { return "déploiement de " + what + " à " + when },
		Alerted:  func(when, what string) string { return "alerte " + what + " à " + when },
		Volume: func(v Volume) string {
			return volume(v, [7]string{"Volume de ", " à ", " : ", " lignes", " erreurs", " avertissements", "le plus"}, " à partir de ", " de plus dans l'historique")
		},
	}
}

func linearEN() Linear {
	return Linear{
		Welcome: "dsotop, in lines. {key:help}: the keys; {key:palette}: go anywhere; {key:leave}: back, then leave.", Columns: "Columns: ",
		Sign: map[rune]string{'✔': "ok", '✖': "failed", '▲': "degraded", '◐': "attention", '◔': "running", '●': "healthy", '○': "still to come", '⊘': "no right", '◈': "locked", '◆': "marked",
			'└': "consequence:", '▸': ",", '↵': "Enter", '→': "to", '•': "info", '↓': "here", '·': ","},
		Value: map[string]string{"…": "being read", "–": "none", "?": "unknown", "·": "not configured", "⊘": "no right"}, Here: "Here: ",
		More:  func(n int) string { return "… and " + strconv.Itoa(n) + " more lines have changed" },
		Place: func(at, of int) string { return "row " + strconv.Itoa(at) + " of " + strconv.Itoa(of) },
		Last:  "now", Least: "lowest", Most: "highest", Trend: map[string]string{"up": "rising", "down": "falling", "flat": "steady"},
		Above:      func(level, value, length string) string { return "above " + level + " (" + value + ") for " + length },
		Below:      func(level, value, length string) string { return "below " + level + " (" + value + ") for " + length },
		StillAbove: "and still now", Within: func(level, value string) string { return level + " (" + value + ") never reached" },
		Deployed: func(when, what string) string { return what + " deployed at " + when },
		Alerted:  func(when, what string) string { return "alert " + what + " at " + when },
		Volume: func(v Volume) string {
			return volume(v, [7]string{"Volume from ", " to ", ": ", " lines", " errors", " warnings", "most"}, " from ", " more in the history")
		},
	}
}

// volume joins the parts of the sentence of a volume; what there is none of is left out, errors excepted.
func volume(v Volume, w [7]string, at, more string) string {
	out := w[0] + v.From + w[1] + v.To + w[2] + strconv.Itoa(v.Lines) + w[3] + ", " + strconv.Itoa(v.Errors) + w[4]
	if v.Warnings > 0 {
		out += ", " + strconv.Itoa(v.Warnings) + w[5]
	}
	if v.Beyond > 0 {
		out += ", " + strconv.Itoa(v.Beyond) + more
	}
	if v.Most > 0 {
		out += "; " + w[6] + " " + strconv.Itoa(v.Most) + at + v.MostAt
	}
	return out
}
