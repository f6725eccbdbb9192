package words

// Quality is the pages of SonarQube's gates: their list, and one of them.
type Quality struct {
	Title, Gate                                                                                                           string
	Repository, Project, Status, Failing, Coverage, Bugs, Vulnerabilities, Hotspots, Duplication, Lines, Analysed, Commit string // columns
	Branch, Deployed                                                                                                      string
	Order                                                                                                                 string // worst first
	None, NoneWhy, Never, NeverWhy, GoneHint                                                                              string
	Counts                                                                                                                func(all, red, never int) string
	// State says what a status of a gate means, by the status.
	State map[string]string
	// NoGate is NONE of what was analysed.
	NoGate string
	// Note says of which commit the gate is.
	Note                                             string
	Conditions, Measures, NoMeasure, Where, NotThere string
	AnalysedAgo                                      func(age string) string
	Wanted                                           string // before the threshold
	NoLimit                                          string
	SameCommit, OtherCommit, NoCommit, NoRevision    string
	History, Reading, NoHistory, Event, More         string
	Shown                                            func(shown, total int) string
	Trend                                            string // of the coverage, oldest to newest
	CopyKey, CopyCommit                              string
}

func qualityFrench(s *Set) Quality {
	return Quality{
		Title: "Qualité", Gate: "Qualité", Repository: "DÉPÔT", Project: "PROJET", Status: "BARRIÈRE", Failing: "CONDITION NON REMPLIE", Coverage: "COUV.", Bugs: "BOGUES", Vulnerabilities: "VULN.", Hotspots: "SENSIBLES", Duplication: "DUPL.",
		Lines: "LIGNES", Analysed: "ANALYSE", Commit: "COMMIT", Branch: "BRANCHE", Deployed: "DÉPLOYÉ", Order: "gravité",
		None: "Aucun dépôt analysé", NoneWhy: "Un dépôt apparaît ici dès que la console l'a déclaré ; sa barrière vient avec la première analyse, lancée par l'étape sonar de son pipeline.",
		Never: "jamais analysé", NeverWhy: "Aucune analyse n'est arrivée dans SonarQube : le pipeline n'a pas d'étape sonar, ou elle n'a pas encore abouti.",
		GoneHint: "{key:back} revient en arrière. Le dépôt a pu être retiré de la console.",
		Counts: func(all, red, never int) string {
			return s.Plural(all, "dépôt", "dépôts") + "  " + s.Plural(red, "barrière refusée", "barrières refusées") + "  " + s.Plural(never, "jamais analysé", "jamais analysés")
		},
		State:      map[string]string{"OK": "barrière franchie", "ERROR": "barrière refusée", "WARN": "barrière franchie de justesse", "NONE": "pas de barrière : jamais analysé"},
		NoGate:     "analysé, mais aucune barrière ne porte sur ce dépôt : en choisir une dans SonarQube",
		Note:       "SonarQube n'a qu'une ligne d'analyses par dépôt : cette barrière est celle du dernier commit analysé, quelle que soit sa branche.",
		Conditions: "Conditions", Measures: "Mesures", NoMeasure: "aucune mesure", Where: "Analysé et déployé", NotThere: "n'est déployé nulle part",
		AnalysedAgo: func(age string) string { return "analysé il y a " + age }, Wanted: "attendu", NoLimit: "sans seuil",
		SameCommit: "c'est le commit analysé", OtherCommit: "un autre commit : cette barrière ne dit rien de lui", NoCommit: "commit inconnu", NoRevision: "l'analyse ne dit pas son commit",
		History: "Analyses", Reading: "lecture des analyses…", NoHistory: "aucune analyse", Event: "BARRIÈRE", More: "{key:list.open} suit le commit de l'analyse.",
		Shown: func(shown, total int) string {
			if shown < total {
				return s.Int(shown) + " dernières sur " + s.Int(total)
			}
			return s.Int(total)
		},
		Trend: "couverture", CopyKey: "clé SonarQube", CopyCommit: "commit analysé",
	}
}

func qualityEnglish(s *Set) Quality {
	return Quality{
		Title: "Quality", Gate: "Quality", Repository: "REPOSITORY", Project: "PROJECT", Status: "GATE", Failing: "CONDITION THAT FAILS", Coverage: "COVER.", Bugs: "BUGS", Vulnerabilities: "VULN.", Hotspots: "HOTSPOTS", Duplication: "DUPL.",
		Lines: "LINES", Analysed: "ANALYSED", Commit: "COMMIT", Branch: "BRANCH", Deployed: "DEPLOYED", Order: "severity",
		None: "No repository analysed", NoneWhy: "One appears here once the console has declared it; its gate comes with the first analysis, which the sonar stage of its pipeline makes.",
		Never: "never analysed", NeverWhy: "No analysis came to SonarQube: the pipeline has no sonar stage, or that stage never ended well.",
		GoneHint: "{key:back} goes back. The repository may have been removed from the console.",
		Counts: func(all, red, never int) string {
			return s.Plural(all, "repository", "repositories") + "  " + s.Plural(red, "failed gate", "failed gates") + "  " + s.Plural(never, "never analysed", "never analysed")
		},
		State:      map[string]string{"OK": "gate passed", "ERROR": "gate failed", "WARN": "gate barely passed", "NONE": "no gate: never analysed"},
		NoGate:     "analysed, but no gate applies to this repository: choose one in SonarQube",
		Note:       "SonarQube has one line of analyses a repository: this gate is that of the last commit analysed, of whatever branch.",
		Conditions: "Conditions", Measures: "Measures", NoMeasure: "no measure", Where: "Analysed and deployed", NotThere: "deployed nowhere",
		AnalysedAgo: func(age string) string { return "analysed " + age + " ago" }, Wanted: "wanted", NoLimit: "no threshold",
		SameCommit: "it is the commit analysed", OtherCommit: "another commit: this gate says nothing of it", NoCommit: "commit not known", NoRevision: "the analysis does not tell its commit",
		History: "Analyses", Reading: "reading the analyses…", NoHistory: "no analysis", Event: "GATE", More: "{key:list.open} follows the commit of the analysis.",
		Shown: func(shown, total int) string {
			if shown < total {
				return "last " + s.Int(shown) + " of " + s.Int(total)
			}
			return s.Int(total)
		},
		Trend: "coverage", CopyKey: "SonarQube key", CopyCommit: "commit analysed",
	}
}
