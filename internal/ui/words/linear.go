package words

import "strconv"

// Linear are the words of the face that is read out.
type Linear struct {
	Welcome string
	// Columns stands before the names of the columns of a list.
	Columns string
	// Sign names the signs that stand for states.
	Sign map[rune]string
	// More says that n lines more have changed.
	More func(n int) string
}

func linearFR() Linear {
	return Linear{
		Welcome: "dsotop, en lignes. {key:help} : les touches ; {key:palette} : aller partout ; {key:leave} : revenir, puis partir.", Columns: "Colonnes : ",
		Sign: map[rune]string{'✔': "bon", '✖': "échec", '▲': "dégradé", '◐': "attention", '◔': "en cours", '●': "sain", '○': "injoignable", '⊘': "sans droit", '◈': "verrouillé", '◆': "marqué",
			'└': "conséquence :", '▸': ",", '↵': "Entrée", '→': "devient", '•': "info", '↓': "ici", '·': ","},
		More: func(n int) string { return "… et " + strconv.Itoa(n) + " autres lignes ont changé" },
	}
}

func linearEN() Linear {
	return Linear{
		Welcome: "dsotop, in lines. {key:help}: the keys; {key:palette}: go anywhere; {key:leave}: back, then leave.", Columns: "Columns: ",
		Sign: map[rune]string{'✔': "ok", '✖': "failed", '▲': "degraded", '◐': "attention", '◔': "running", '●': "healthy", '○': "unreachable", '⊘': "no right", '◈': "locked", '◆': "marked",
			'└': "consequence:", '▸': ",", '↵': "Enter", '→': "becomes", '•': "info", '↓': "here", '·': ","},
		More: func(n int) string { return "… and " + strconv.Itoa(n) + " more lines have changed" },
	}
}
