package words

// Fleet is the page of all projects.
type Fleet struct {
	Title string
	// Headers of the columns.
	Project, Console, Mirror, Pipeline, Quality, Images, Argo, Pods, Restarts, Alerts, CPU, Memory string
	RestartsLong, MemoryLong                                                                       string // names of columns whose titles are shortened
	SeveritySort                                                                                   string
	NameSort                                                                                       string
	// NotReady says that not every source has answered once, so that the order is by name.
	NotReady      string
	NotReadyShort string
	NoProject     string // nothing known and all sources answered
	NoProjectWhy  string
	NoSource      string // no source can list projects
	Loading       string // nothing known yet, sources are starting
	NoFinding     string
	Unjudged      func(n int) string // so many projects cannot be called healthy yet
	NotEvaluated  func(n int) string // so many rules could not be evaluated
	Awaited       func(n int) string // so many wait for facts that are being read
	Token         string             // the mirror's token is expired
	Locked        string
	Archived      string
	Owner         string
	Environments  func(n int) string
	CopyName      string
	CopyID        string
	CopyFindings  string
	ConsoleState  map[string]string // console project statuses, short
}

func fleetFrench(s *Set) Fleet {
	return Fleet{
		Title: "Parc", Project: "PROJET", Console: "CONSOLE", Mirror: "MIROIR", Pipeline: "PIPELINE", Quality: "QUALITÉ",
		Images: "IMAGES", Argo: "ARGO CD", Pods: "PODS", Restarts: "RED.", Alerts: "ALERTES", CPU: "CPU", Memory: "MÉM",
		RestartsLong: "redémarrages", MemoryLong: "mémoire", SeveritySort: "gravité", NameSort: "nom",
		NotReady:      "toutes les sources n'ont pas encore répondu, ordre par nom",
		NotReadyShort: "lecture en cours", NoProject: "Aucun projet",
		NoProjectWhy: "Les sources répondent, mais ce compte ne voit aucun projet. Vérifier les droits, ou demander à être membre d'un projet.",
		NoSource:     "Aucune source ne peut dire quels projets existent",
		Loading:      "Première lecture des projets…",
		NoFinding:    "Rien à signaler.",
		Unjudged:     func(n int) string { return s.Plural(n, "non jugé", "non jugés") },
		NotEvaluated: func(n int) string {
			return s.Plural(n, "règle non évaluée, faute de source", "règles non évaluées, faute de source")
		},
		Awaited: func(n int) string {
			return s.Plural(n, "règle attend", "règles attendent") + " des faits en cours de lecture"
		},
		Token: "jeton", Locked: "verrouillé", Archived: "archivé", Owner: "propriétaire",
		Environments: func(n int) string { return s.Plural(n, "environnement", "environnements") },
		CopyName:     "nom du projet", CopyID: "identifiant", CopyFindings: "constats, en texte",
		ConsoleState: map[string]string{
			"initializing": "en cours", "created": "créé", "warning": "partiel", "failed": "échec", "archived": "archivé",
		},
	}
}

func fleetEnglish(s *Set) Fleet {
	return Fleet{
		Title: "Fleet", Project: "PROJECT", Console: "CONSOLE", Mirror: "MIRROR", Pipeline: "PIPELINE", Quality: "QUALITY",
		Images: "IMAGES", Argo: "ARGO CD", Pods: "PODS", Restarts: "RST", Alerts: "ALERTS", CPU: "CPU", Memory: "MEM",
		RestartsLong: "restarts", MemoryLong: "memory", SeveritySort: "severity", NameSort: "name",
		NotReady:      "not every source has answered yet, ordered by name",
		NotReadyShort: "reading", NoProject: "No project",
		NoProjectWhy: "The sources answer, but this account sees no project. Check its rights, or ask to be a member of a project.",
		NoSource:     "No source can tell which projects exist",
		Loading:      "Reading the projects for the first time…",
		NoFinding:    "Nothing to report.",
		Unjudged:     func(n int) string { return s.Plural(n, "not judged", "not judged") },
		NotEvaluated: func(n int) string {
			return s.Plural(n, "rule not evaluated, for lack of a source", "rules not evaluated, for lack of a source")
		},
		Awaited: func(n int) string { return s.Plural(n, "rule waits", "rules wait") + " for facts that are being read" },
		Token:   "token", Locked: "locked", Archived: "archived", Owner: "owner",
		Environments: func(n int) string { return s.Plural(n, "environment", "environments") },
		CopyName:     "project name", CopyID: "identifier", CopyFindings: "findings, as text",
		ConsoleState: map[string]string{
			"initializing": "running", "created": "created", "warning": "partial", "failed": "failed", "archived": "archived",
		},
	}
}
