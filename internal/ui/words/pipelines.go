package words

// Pipelines is the page of pipelines, and that of one pipeline.
type Pipelines struct {
	Title, One                                                                    string
	Repository, Project, Stages, Age, Took, Ref, Commit, Source, Status, State    string // columns
	Order, NewestFirst                                                            string
	Newest                                                                        string // what the list of all projects holds
	Counts                                                                        func(running, failed, all int) string
	Allowed, Retried, Attempt, Child, NoChild, ChildrenUnknown, NoneFailed        string
	Failed                                                                        string // "échec de"
	Job, Stage, Runner, Queued                                                    string // columns of jobs
	By, Started, FirstErrors, Reading, NoError, NoJob, JobsOf, Attempts, Children string
	Empty, EmptyHint, NotConfigured, NoPipeline, NoPipelineHint, Loading          string
	CopyURL, CopySHA, CopyID, CopyErrors                                          string
	Because                                                                       map[string]string // failure_reason → sentence
	SourceWord                                                                    map[string]string // who started it
	Mirror                                                                        string            // of a mirror run, before the repository
	CITrouble                                                                     string
}

// Reason says in words why a job failed: GitLab's word where it has none.
func (p *Pipelines) Reason(machine string) string {
	if s, ok := p.Because[machine]; ok {
		return s
	}
	return machine
}

// SourceName names who started a pipeline: GitLab's word where it has none.
func (p *Pipelines) SourceName(machine string) string {
	if s, ok := p.SourceWord[machine]; ok {
		return s
	}
	return machine
}

// Trace is the page of a job's output.
type Trace struct {
	Title, Job, Loading, NotConfigured         string
	NoTimes, NoOutput, Erased, Waiting         string
	WaitingHint, CopyLine, CopyErrors, CopyURL string
	Errors                                     func(n int) string
	Cut                                        func(size string) string
}

func pipelinesFrench(s *Set) Pipelines {
	return Pipelines{
		Title: "Pipelines", One: "Pipeline", Repository: "DÉPÔT", Project: "PROJET", Stages: "ÉTAPES", Age: "ÂGE", Took: "DURÉE", Ref: "BRANCHE", Commit: "COMMIT", Source: "ORIGINE", Status: "PIPELINE", State: "ÉTAT",
		Order: "gravité", NewestFirst: "le plus récent", Newest: "le plus récent de chaque dépôt",
		Counts: func(running, failed, all int) string {
			return s.Plural(all, "pipeline", "pipelines") + " · " + s.Int(running) + " en cours · " + s.Plural(failed, "échoué", "échoués")
		},
		Allowed: "échec admis", Retried: "relancé", Attempt: "tentative", Child: "pipeline enfant", NoChild: "pas encore créé", ChildrenUnknown: "pipelines enfants : pas lus",
		NoneFailed: "aucune de ses tâches n'a échoué : un pipeline qu'il a lancé, sans doute ; {key:list.open} montre lequel",
		Failed:     "échec de", Job: "TÂCHE", Stage: "ÉTAPE", Runner: "RUNNER", Queued: "ATTENTE",
		By: "lancé par", Started: "commencé", FirstErrors: "Premières erreurs", Reading: "lecture de la trace…", NoError: "aucune ligne d'erreur dans la trace", NoJob: "Aucune tâche", JobsOf: "Tâches",
		Attempts: "Tentatives", Children: "Pipelines enfants",
		Empty: "Aucun pipeline", EmptyHint: "Aucun dépôt n'a encore lancé de pipeline : la console crée les dépôts, puis la synchronisation ou un envoi lance le premier.",
		NotConfigured: "GitLab n'est pas configuré", NoPipeline: "Ce pipeline ne peut pas être lu", NoPipelineHint: "Il a peut-être été supprimé, ou le compte n'a pas le droit de le voir.", Loading: "Lecture du pipeline…",
		CopyURL: "adresse", CopySHA: "commit (SHA)", CopyID: "numéro du pipeline", CopyErrors: "premières erreurs", Mirror: "miroir", CITrouble: "fichier de CI inutilisable",
		Because: map[string]string{
			"script_failure":                      "une commande du script a échoué",
			"stuck_or_timeout_failure":            "aucun runner ne l'a pris, ou il n'a plus donné signe de vie",
			"job_execution_timeout":               "la durée maximale est dépassée",
			"runner_system_failure":               "le runner est tombé : relancer la tâche suffit souvent",
			"runner_unsupported":                  "le runner est trop ancien pour cette tâche",
			"runner_provisioning_timeout":         "le runner n'a pas été prêt à temps",
			"no_matching_runner":                  "aucun runner n'a les étiquettes demandées",
			"missing_dependency_failure":          "un artefact attendu a expiré ou a été supprimé : relancer tout le pipeline",
			"api_failure":                         "GitLab n'a pas répondu au runner",
			"data_integrity_failure":              "erreur interne de GitLab",
			"scheduler_failure":                   "GitLab n'a pas pu la confier à un runner",
			"stale_schedule":                      "elle attendait depuis trop longtemps",
			"archived_failure":                    "elle est trop ancienne pour être relancée",
			"unmet_prerequisites":                 "une condition préalable n'est pas remplie (cluster ou environnement)",
			"ci_quota_exceeded":                   "le quota de minutes est épuisé",
			"trace_size_exceeded":                 "sa trace dépasse la taille permise",
			"downstream_pipeline_creation_failed": "le pipeline enfant n'a pas pu être créé",
			"insufficient_bridge_permissions":     "pas le droit de lancer le pipeline enfant",
			"user_blocked":                        "le compte qui l'a lancée est bloqué",
			"protected_environment_failure":       "pas le droit de déployer dans cet environnement protégé",
			"secrets_provider_not_found":          "le coffre de secrets demandé n'est pas configuré",
			"unknown_failure":                     "raison inconnue de GitLab",
		},
		SourceWord: map[string]string{"push": "envoi", "web": "à la main", "api": "API", "trigger": "déclencheur", "schedule": "planifié", "merge_request_event": "demande de fusion", "parent_pipeline": "pipeline parent", "pipeline": "autre projet"},
	}
}

func pipelinesEnglish(s *Set) Pipelines {
	return Pipelines{
		Title: "Pipelines", One: "Pipeline", Repository: "REPOSITORY", Project: "PROJECT", Stages: "STAGES", Age: "AGE", Took: "TOOK", Ref: "BRANCH", Commit: "COMMIT", Source: "SOURCE", Status: "PIPELINE", State: "STATE",
		Order: "severity", NewestFirst: "newest", Newest: "the newest of each repository",
		Counts: func(running, failed, all int) string {
			return s.Plural(all, "pipeline", "pipelines") + " · " + s.Int(running) + " running · " + s.Int(failed) + " failed"
		},
		Allowed: "allowed to fail", Retried: "retried", Attempt: "attempt", Child: "child pipeline", NoChild: "not created yet", ChildrenUnknown: "child pipelines: not read",
		NoneFailed: "none of its jobs failed: probably a pipeline that it started; {key:list.open} shows which",
		Failed:     "failed job", Job: "JOB", Stage: "STAGE", Runner: "RUNNER", Queued: "QUEUED",
		By: "started by", Started: "started", FirstErrors: "First errors", Reading: "reading the trace…", NoError: "no line of the trace is an error", NoJob: "No job", JobsOf: "Jobs",
		Attempts: "Attempts", Children: "Child pipelines",
		Empty: "No pipeline", EmptyHint: "No repository has started a pipeline yet: the console creates repositories, then a sync or a push starts the first one.",
		NotConfigured: "GitLab is not configured", NoPipeline: "This pipeline cannot be read", NoPipelineHint: "It may have been deleted, or the account may not see it.", Loading: "Reading the pipeline…",
		CopyURL: "address", CopySHA: "commit (SHA)", CopyID: "number of the pipeline", CopyErrors: "first errors", Mirror: "mirror", CITrouble: "CI file cannot be used",
		Because: map[string]string{
			"script_failure":                      "a command of the script failed",
			"stuck_or_timeout_failure":            "no runner took it, or its runner went silent",
			"job_execution_timeout":               "it took longer than allowed",
			"runner_system_failure":               "the runner died: retrying the job is often enough",
			"runner_unsupported":                  "the runner is too old for this job",
			"runner_provisioning_timeout":         "the runner was not ready in time",
			"no_matching_runner":                  "no runner has the tags asked for",
			"missing_dependency_failure":          "an artifact it needs expired or was deleted: run the whole pipeline again",
			"api_failure":                         "GitLab did not answer the runner",
			"data_integrity_failure":              "an internal error of GitLab",
			"scheduler_failure":                   "GitLab could not give it to a runner",
			"stale_schedule":                      "it had been waiting for too long",
			"archived_failure":                    "it is too old to run again",
			"unmet_prerequisites":                 "a prerequisite is not met (cluster or environment)",
			"ci_quota_exceeded":                   "the quota of minutes is used up",
			"trace_size_exceeded":                 "its trace is larger than allowed",
			"downstream_pipeline_creation_failed": "the child pipeline could not be created",
			"insufficient_bridge_permissions":     "no right to start the child pipeline",
			"user_blocked":                        "the account that started it is blocked",
			"protected_environment_failure":       "no right to deploy to this protected environment",
			"secrets_provider_not_found":          "the vault asked for is not configured",
			"unknown_failure":                     "GitLab does not know why",
		},
		SourceWord: map[string]string{"push": "push", "web": "by hand", "api": "API", "trigger": "trigger", "schedule": "schedule", "merge_request_event": "merge request", "parent_pipeline": "parent pipeline", "pipeline": "other project"},
	}
}

func traceFrench(s *Set) Trace {
	return Trace{
		Title: "Trace", Job: "tâche", Loading: "Lecture de la trace…", NotConfigured: "GitLab n'est pas configuré",
		NoTimes: "ce runner n'écrit pas l'heure des lignes", NoOutput: "La tâche n'a rien écrit", Erased: "La trace a été effacée dans GitLab",
		Waiting: "La tâche attend un runner", WaitingHint: "La trace s'affichera dès qu'elle commence.",
		CopyLine: "la ligne", CopyErrors: "premières erreurs", CopyURL: "adresse de la tâche",
		Errors: func(n int) string { return s.Plural(n, "erreur", "erreurs") },
		Cut:    func(size string) string { return size + " non gardés" },
	}
}

func traceEnglish(s *Set) Trace {
	return Trace{
		Title: "Trace", Job: "job", Loading: "Reading the trace…", NotConfigured: "GitLab is not configured",
		NoTimes: "this runner does not write the time of lines", NoOutput: "The job wrote nothing", Erased: "The trace was erased in GitLab",
		Waiting: "The job waits for a runner", WaitingHint: "The trace is shown as soon as it starts.",
		CopyLine: "the line", CopyErrors: "first errors", CopyURL: "address of the job",
		Errors: func(n int) string { return s.Plural(n, "error", "errors") },
		Cut:    func(size string) string { return size + " not kept" },
	}
}
