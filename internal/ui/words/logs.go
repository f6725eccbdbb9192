package words

// Logs is the page of lines.
type Logs struct {
	Title, NoNamespace, WhichEnvironment string

	// The first line: where lines come from, whether they are followed.
	Following, Stopped, Loading, Scanning, Live, Previous string
	Waiting                                               func(n int) string // "+1 234 nouvelles lignes"
	Lines                                                 func(n int) string
	Found                                                 func(at, n int) string // "37 / 1 204"; at 0: only how many
	Hidden                                                func(n int) string
	OnlyFound, Context, ContextHint, Selected             string
	Origin                                                map[string]string // by machine word
	Floor                                                 func(level string) string
	Polling, PinLine, GoPinned, Column                    string

	// Prompts and menus.
	SearchHint, JumpLabel, LevelTitle, AllLevels, StreamsTitle, AllStreams, OnlyStream, PresetsTitle string
	LogQLLabel, LogQLHint, NotInLogQL                                                                string
	Preset                                                                                           map[string]string
	QueryTrouble                                                                                     map[string]string // what is wrong with a query, by kind
	NoPrevious, NoPreviousHint                                                                       string
	SameMetrics, NoSeries                                                                            string
	Metadata                                                                                         string
	CopyAnonymous                                                                                    string
	Seeking                                                                                          string
	NoMoreSince                                                                                      func(from, to string) string
	Deployed                                                                                         string // before a revision, at a mark of the volume
	NoSearch, NoMark, NoMore, NoMoreError, NoField, NoHistory, NoInstance                            string
	TimeMode                                                                                         [4]string

	// Notices, as lines of the stream.
	Gap, Dropped, Limit, Evicted, Resumed, Truncated func(n string) string // n: how many lines; "" is not known
	FromTo                                           func(from, to string) string
	CutOff, Seam, Retention, Start, Failed           string
	OfferGap, OfferOlder                             string // what Enter does
	Fetching                                         string

	// Detail and traces.
	Detail, Fields, At, Container, Pod, OriginName, Level, Format, Labels, Trace string
	Folded                                                                       func(n int) string

	// Empty pages.
	ReadingTitle, EmptyTitle, EmptyHint, EmptyFilter, EmptyFilterHint, NoSource, NoSourceHint, NoSubject, NoSubjectHint string
	BeyondTitle, BeyondHint, FailedTitle, RefusedTitle, RefusedHint                                                     string

	// Copy and export.
	CopyLine, CopyMessage, CopySelection, CopyContext, CopyLogQL, CopyCommand, CopyTicket, CopyValue string
	TooLong, ExportTitle, ExportText, ExportJSON, Anonymised, ExportPath                             string
	ExportShown, ExportSelected                                                                      string
	Exported                                                                                         func(n int, path string) string
	ExportFailed                                                                                     string

	// Patterns.
	Patterns, Grouping, NoPattern, NoServerPattern string
	OtherPatterns                                  func(n int) string // lines of patterns that are not listed
}

func logsFrench(s *Set) Logs {
	few := func(n string, one string) string {
		if n == "" {
			return one
		}
		return n
	}
	return Logs{
		Title: "Journaux", NoNamespace: "aucun espace de noms connu", WhichEnvironment: "Journaux de quel environnement ?",
		Following: "suivi", Stopped: "arrêté", Loading: "lecture…", Scanning: "recherche", Live: "direct", Previous: "instance précédente",
		Waiting: func(n int) string { return "+" + s.Plural(n, "nouvelle ligne", "nouvelles lignes") },
		Lines:   func(n int) string { return s.Plural(n, "ligne", "lignes") },
		Found: func(at, n int) string {
			if at > 0 {
				return s.Int(at) + " / " + s.Plural(n, "trouvée", "trouvées")
			}
			return s.Plural(n, "trouvée", "trouvées")
		},
		Hidden:    func(n int) string { return s.Plural(n, "cachée", "cachées") },
		OnlyFound: "trouvées seules", Context: "contexte", ContextHint: "sans recherche ni filtre ; {key:text.context} ou {key:back} y revient", Selected: "sélection",
		Origin:  map[string]string{"loki": "Loki", "argocd": "Argo CD", "kubernetes": "Kubernetes"},
		Floor:   func(level string) string { return "niveau ≥ " + level },
		Polling: "relu toutes les 2 s", PinLine: "épingler l'instant de cette ligne", GoPinned: "aller à l'instant épinglé", Column: "en colonne, ou plus",

		SearchHint: "mots, \"texte exact\", /expression/, -exclu, champ=valeur, level>=warn, container:api", JumpLabel: "heure", LevelTitle: "Niveau minimal", AllLevels: "tout",
		StreamsTitle: "Conteneurs", AllStreams: "tous", OnlyStream: "seulement", PresetsTitle: "Préréglages", LogQLLabel: "LogQL", LogQLHint: "{namespace=\"…\"} |= \"texte\"",
		NotInLogQL:     "ce que LogQL ne dit pas",
		Preset:         map[string]string{"everything": "tout", "text": "recherche de texte", "hide-probes": "sans les sondes", "stderr": "sortie d'erreur", "errors": "erreurs (JSON)", "gelf-errors": "erreurs (GELF)", "http-5xx": "réponses HTTP 5xx", "rate-per-container": "lignes par seconde et par conteneur", "silent-containers": "conteneurs silencieux depuis 15 min", "absent": "aucune ligne depuis 15 min", "errors-per-service": "sortie d'erreur par service, sur 5 min"},
		QueryTrouble:   map[string]string{"quote": "le guillemet n'est pas fermé", "term": "« | » veut un terme de chaque côté", "regexp": "expression régulière", "level": "niveau inconnu : trace, debug, info, warn, error ou fatal"},
		NoPrevious:     "aucun conteneur n'a d'instance avant la présente",
		NoPreviousHint: "la même touche revient à l'instance présente",
		Metadata:       "Métadonnées",
		SameMetrics:    "métriques de cet espace, mêmes heures", NoSeries: "aucune série",
		CopyAnonymous: "copie anonymisée",
		Seeking:       "recherche dans Loki",
		Deployed:      "déployé",
		NoMoreSince:   func(from, to string) string { return "rien entre " + from + " et " + to + " dans Loki" },
		NoSearch:      "aucune recherche : {key:text.search} pour chercher", NoMark: "aucun signet : m en pose un", NoMore: "plus aucune ligne trouvée dans ce sens", NoMoreError: "plus aucune erreur dans ce sens", NoField: "aucun champ ici", NoHistory: "aucun historique (Loki) n'est configuré", NoInstance: "l'instance précédente n'est connue que des conteneurs en direct",

		TimeMode: [4]string{"heure absolue", "heure relative", "écart avec la ligne d'avant", "sans heure"},

		Gap:     func(n string) string { return few(n, "des lignes peuvent manquer") },
		Dropped: func(n string) string { return few(n, "des lignes") + " non reçues : le serveur les a laissées" },
		Limit: func(n string) string {
			return few(n, "des lignes") + " au moins manquent : plus de lignes en un instant que le serveur n'en donne"
		},
		Evicted:   func(n string) string { return few(n, "des lignes") + " sorties de la mémoire" },
		Resumed:   func(n string) string { return "reprise : " + few(n, "aucune ligne") + " de plus" },
		Truncated: func(n string) string { return "ligne trop longue : " + few(n, "une partie") + " laissés de côté" },
		FromTo:    func(from, to string) string { return "de " + from + " à " + to },
		CutOff:    "lecture coupée, nouvelle tentative", Seam: "à partir d'ici, lu dans", Retention: "rien n'est gardé avant", Start: "début des lignes connues", Failed: "ne répond pas",
		OfferGap: "les demander", OfferOlder: "les relire", Fetching: "demandées",

		Detail: "Détail", Fields: "Champs", At: "instant", Container: "conteneur", Pod: "pod", OriginName: "origine", Level: "niveau", Format: "format", Labels: "Étiquettes", Trace: "Pile",
		Folded: func(n int) string { return s.Plural(n, "ligne", "lignes") },

		ReadingTitle: "Lecture des journaux", EmptyTitle: "Aucune ligne", EmptyHint: "Rien n'a été écrit, ou rien n'a été gardé, dans ce qui a été lu.", EmptyFilter: "Aucune ligne ne correspond", EmptyFilterHint: "{key:back} retire la recherche et les filtres ; {key:text.only} montre toutes les lignes.",
		NoSource: "Aucune source de journaux", NoSourceHint: "Déclarer loki, argocd ou kubernetes dans la configuration.", NoSubject: "De quel environnement ?", NoSubjectHint: "{key:text.detail} choisit un environnement ; la touche {key:list.logs} ouvre les journaux d'un projet, d'un pod, d'une erreur.",
		BeyondTitle: "Au-delà de ce qui est gardé", BeyondHint: "Loki garde 30 jours. Plus loin, seul le collecteur du projet, s'il en a un, a les lignes.", FailedTitle: "Les journaux ne peuvent pas être lus", RefusedTitle: "La requête LogQL n'a pas de réponse", RefusedHint: "Q la corrige.",

		CopyLine: "ligne", CopyMessage: "message", CopySelection: "sélection", CopyContext: "ligne et contexte (± 5)", CopyLogQL: "requête LogQL", CopyCommand: "commande dsotop", CopyTicket: "Markdown pour le ticket", CopyValue: "valeur du champ",
		TooLong: "trop long pour le presse-papiers du terminal : l'exporter dans un fichier", ExportTitle: "Exporter", ExportText: "texte", ExportJSON: "lignes JSON", Anonymised: "anonymisé", ExportPath: "fichier",
		ExportShown: "lignes montrées", ExportSelected: "sélection",
		Exported: func(n int, path string) string {
			return s.Plural(n, "ligne écrite", "lignes écrites") + " dans " + path
		},
		ExportFailed: "rien n'a été écrit",

		OtherPatterns: func(n int) string { return s.Plural(n, "ligne", "lignes") + " dans d'autres motifs" },
		Patterns:      "Motifs", Grouping: "regroupement…", NoPattern: "Aucun motif", NoServerPattern: "Le serveur n'en a pas, ou ne répond pas à temps. {key:page.next_tab} revient à ceux des lignes tenues.",
	}
}

func logsEnglish(s *Set) Logs {
	few := func(n string, one string) string {
		if n == "" {
			return one
		}
		return n
	}
	return Logs{
		Title: "Logs", NoNamespace: "no namespace is known", WhichEnvironment: "Logs of which environment?",
		Following: "following", Stopped: "stopped", Loading: "reading…", Scanning: "searching", Live: "live", Previous: "previous instance",
		Waiting: func(n int) string { return "+" + s.Plural(n, "new line", "new lines") },
		Lines:   func(n int) string { return s.Plural(n, "line", "lines") },
		Found: func(at, n int) string {
			if at > 0 {
				return s.Int(at) + " / " + s.Int(n) + " found"
			}
			return s.Int(n) + " found"
		},
		Hidden:    func(n int) string { return s.Int(n) + " hidden" },
		OnlyFound: "found only", Context: "context", ContextHint: "without search or filter; {key:text.context} or {key:back} comes back", Selected: "selection",
		Origin:  map[string]string{"loki": "Loki", "argocd": "Argo CD", "kubernetes": "Kubernetes"},
		Floor:   func(level string) string { return "level ≥ " + level },
		Polling: "read every 2 s", PinLine: "pin the instant of this line", GoPinned: "go to the pinned instant", Column: "as a column, or no more",

		SearchHint: "words, \"exact text\", /expression/, -excluded, field=value, level>=warn, container:api", JumpLabel: "time", LevelTitle: "Least level", AllLevels: "all",
		StreamsTitle: "Containers", AllStreams: "all", OnlyStream: "only", PresetsTitle: "Presets", LogQLLabel: "LogQL", LogQLHint: "{namespace=\"…\"} |= \"text\"",
		NotInLogQL:     "what LogQL cannot say",
		Preset:         map[string]string{"everything": "everything", "text": "search of a text", "hide-probes": "without probes", "stderr": "standard error", "errors": "errors (JSON)", "gelf-errors": "errors (GELF)", "http-5xx": "HTTP answers 5xx", "rate-per-container": "lines a second, by container", "silent-containers": "containers silent for 15 min", "absent": "no line for 15 min", "errors-per-service": "standard error by service, over 5 min"},
		QueryTrouble:   map[string]string{"quote": "the quote is not closed", "term": "| needs a term on both sides", "regexp": "regular expression", "level": "unknown level: trace, debug, info, warn, error or fatal"},
		NoPrevious:     "no container has an instance before the present one",
		NoPreviousHint: "the same key goes back to the present instance",
		Metadata:       "Metadata",
		SameMetrics:    "metrics of this namespace, same time", NoSeries: "no series",
		CopyAnonymous: "anonymised copy",
		Seeking:       "searching Loki",
		Deployed:      "deployed",
		NoMoreSince:   func(from, to string) string { return "nothing between " + from + " and " + to + " in Loki" },
		NoSearch:      "no search: {key:text.search} to search", NoMark: "no bookmark: m sets one", NoMore: "no more line found that way", NoMoreError: "no more error that way", NoField: "no field here", NoHistory: "no history (Loki) is configured", NoInstance: "the previous instance is known to live containers only",

		TimeMode: [4]string{"absolute time", "relative time", "difference with the line before", "no time"},

		Gap:     func(n string) string { return few(n, "lines may be missing") },
		Dropped: func(n string) string { return few(n, "lines") + " not received: the server left them out" },
		Limit: func(n string) string {
			return few(n, "lines") + " at least are missing: more lines in one instant than the server gives"
		},
		Evicted:   func(n string) string { return few(n, "lines") + " left the memory" },
		Resumed:   func(n string) string { return "resumed: " + few(n, "no line") + " more" },
		Truncated: func(n string) string { return "line too long: " + few(n, "a part") + " left out" },
		FromTo:    func(from, to string) string { return "from " + from + " to " + to },
		CutOff:    "reading was cut, trying again", Seam: "from here on, read in", Retention: "nothing is kept before", Start: "start of the known lines", Failed: "does not answer",
		OfferGap: "to ask for them", OfferOlder: "to read them again", Fetching: "asked for",

		Detail: "Detail", Fields: "Fields", At: "instant", Container: "container", Pod: "pod", OriginName: "origin", Level: "level", Format: "format", Labels: "Labels", Trace: "Trace",
		Folded: func(n int) string { return s.Plural(n, "line", "lines") },

		ReadingTitle: "Reading logs", EmptyTitle: "No line", EmptyHint: "Nothing was written, or nothing was kept, in what was read.", EmptyFilter: "No line matches", EmptyFilterHint: "{key:back} takes search and filters away; {key:text.only} shows all lines.",
		NoSource: "No source of logs", NoSourceHint: "Declare loki, argocd or kubernetes in the configuration.", NoSubject: "Of which environment?", NoSubjectHint: "{key:text.detail} chooses an environment; the key {key:list.logs} opens the logs of a project, a pod, an error.",
		BeyondTitle: "Beyond what is kept", BeyondHint: "Loki keeps 30 days. Beyond, only the project's own collector, if it has one, has the lines.", FailedTitle: "The logs cannot be read", RefusedTitle: "The LogQL query has no answer", RefusedHint: "Q corrects it.",

		CopyLine: "line", CopyMessage: "message", CopySelection: "selection", CopyContext: "line and context (± 5)", CopyLogQL: "LogQL query", CopyCommand: "dsotop command", CopyTicket: "Markdown for the ticket", CopyValue: "value of the field",
		TooLong: "too long for the terminal's clipboard: export it into a file", ExportTitle: "Export", ExportText: "text", ExportJSON: "JSON lines", Anonymised: "anonymised", ExportPath: "file",
		ExportShown: "lines shown", ExportSelected: "selection",
		Exported:     func(n int, path string) string { return s.Plural(n, "line", "lines") + " written to " + path },
		ExportFailed: "nothing was written",

		OtherPatterns: func(n int) string { return s.Plural(n, "line", "lines") + " in other patterns" },
		Patterns:      "Patterns", Grouping: "grouping…", NoPattern: "No pattern", NoServerPattern: "The server has none, or does not answer in time. {key:page.next_tab} comes back to those of the lines held.",
	}
}
