package words

// Runbooks is the pages of procedures: their list, and one that is played.
type Runbooks struct {
	Title, RunTitle                                                  string
	Applies, Others, Runs, None, NoneWhy, NoDesk                     string
	When, Who, Risk, Rollback, Steps, On, Params                     string
	Start, DryRun, Resume, TakeOver, Abandon, Export, Copied, Answer string
	Chosen, Choose, Missing, ReadOnly, Gone, GoneHint                string
	Question, ToCopy, CopyText, Done, Value, Another, Consent        string
	Consider, Refuse, Trouble, Retry, GoOn, Stop                     string
	Mine, By, Nobody, Waits, Until, Deed, Begun, AbandonWhy, Mistake string
	DryNote                                                          string
	Book, Name, State, OnAll                                         string // columns, and what a book without a subject is played on
	AppliesOne, AnswerHint                                           string // beside a question
}

func runbooksFrench() Runbooks {
	return Runbooks{
		Title: "Carnets", RunTitle: "Passage", Applies: "S'appliquent ici", Others: "Tous les carnets", Runs: "Passages", None: "Aucun carnet", NoneWhy: "Les vingt carnets du programme sont toujours là ; un filtre les cache.", NoDesk: "Les carnets ne se jouent pas ici",
		When: "Quand", Who: "Qui", Risk: "Risque", Rollback: "Retour arrière", Steps: "Étapes", On: "Se joue sur", Params: "Paramètres",
		Start: "Jouer", DryRun: "Jouer à blanc (rien n'est écrit)", Resume: "Reprendre", TakeOver: "Reprendre à qui le joue", Abandon: "Abandonner", Export: "Markdown pour le ticket", Copied: "passage en Markdown", Answer: "Répondre",
		Chosen: "Choisi", Choose: "À choisir", Missing: "il manque", ReadOnly: "lecture seule : les actes seront montrés, pas faits", Gone: "Ce passage n'existe plus", GoneHint: "{key:back} revient en arrière.",
		Question: "Question", ToCopy: "À copier", CopyText: "texte à copier", Done: "C'est fait", Value: "Valeur", Another: "Nom de l'autre personne", Consent: "Ce qui partirait",
		Consider: "Voir tout et décider…", Refuse: "Ne pas le faire", Trouble: "Échec", Retry: "Réessayer", GoOn: "Continuer malgré tout", Stop: "Arrêter ici",
		Mine: "joué ici", By: "joué par", Nobody: "personne ne le joue", Waits: "attend", Until: "jusqu'à", Deed: "Acte", Begun: "commencé", AbandonWhy: "Raison de l'abandon", Mistake: "Carnets illisibles",
		DryNote: "à blanc", AppliesOne: "s'applique ici", Book: "carnet", Name: "procédure", State: "état", OnAll: "toute la plateforme", AnswerHint: "{key:list.open} pour répondre",
	}
}

func runbooksEnglish() Runbooks {
	return Runbooks{
		Title: "Runbooks", RunTitle: "Run", Applies: "Apply here", Others: "All books", Runs: "Runs", None: "No book", NoneWhy: "The program's twenty books are always there; a filter hides them.", NoDesk: "Books are not played here",
		When: "When", Who: "Who", Risk: "Risk", Rollback: "Rollback", Steps: "Steps", On: "Played on", Params: "Parameters",
		Start: "Play", DryRun: "Dry run (nothing is written)", Resume: "Resume", TakeOver: "Take it over", Abandon: "Abandon", Export: "Markdown for the ticket", Copied: "run as Markdown", Answer: "Answer",
		Chosen: "Chosen", Choose: "To be chosen", Missing: "missing", ReadOnly: "read-only: deeds are shown, not done", Gone: "This run is gone", GoneHint: "{key:back} goes back.",
		Question: "Question", ToCopy: "To copy", CopyText: "text to copy", Done: "It is done", Value: "Value", Another: "The other person's name", Consent: "What would be sent",
		Consider: "See it all and decide…", Refuse: "Do not", Trouble: "Failure", Retry: "Try again", GoOn: "Go on nevertheless", Stop: "Stop here",
		Mine: "played here", By: "played by", Nobody: "nobody plays it", Waits: "waits", Until: "until", Deed: "Deed", Begun: "begun", AbandonWhy: "Why abandon it", Mistake: "Books that cannot be read",
		DryNote: "dry run", AppliesOne: "applies here", Book: "book", Name: "procedure", State: "state", OnAll: "the whole platform", AnswerHint: "{key:list.open} to answer",
	}
}

func runbooksCommandsFrench(m map[string]Label) {
	m["runbooks"] = Label{"carnets", "carnets qui s'appliquent à ce qui est sous le curseur"}
}

func runbooksCommandsEnglish(m map[string]Label) {
	m["runbooks"] = Label{"runbooks", "books that apply to what is under the cursor"}
}
