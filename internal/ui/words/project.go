package words

// Project is the page of one project.
type Project struct {
	Title string
	// Reading: the subject is not known yet, sources are starting. GoneHint: what to do about one that is gone.
	Reading, GoneHint string
	ReadAgo           func(age string) string // "lu il y a 4 min"

	// Tabs, in a word or two; the short ones are for narrow screens.
	Summary, Repositories, Environments, Team, Journal string
	RepositoriesShort, EnvironmentsShort, TeamShort    string

	// Facts of the head.
	Owner, Zones, Created, Console, Identifier, Description, PoolHprod, PoolProd, Limitless string
	Behind                                                                                  map[string]string // version lag: patch, minor, major
	Never                                                                                   string            // never provisioned
	Derived                                                                                 string            // made from labels, no console tells it
	Locked                                                                                  string

	Exposed      string            // the section of chains of exposure
	ExposedState map[string]string // opened, pending, success, failed

	Findings, OpenEnvironment, NotEvaluatedWhy string
	Everywhere                                 string // a rule that could not be asked at all
	Delivery                                   string
	NoFinding                                  string
	Consequences                               func(n int) string
	Folded                                     string // how to see more

	// Repositories.
	Repository, Origin, Mirror, Pipeline, Ref, Commit, Quality, CI                          string
	Infra, Application, Internal, NoRepository, NoRepositoryWhy                             string
	DefaultBranch, GitPath, Empty, LastPipelines, FailedJob, Gate, NoGate                   string
	GateOf, Conditions, MirrorRuns, NoPipeline, NoMirror, MirrorUntold, CIDefault, DeployOf string
	NotInGitLab, TokenExpired, TokenExpires, AnalysedAt, RepoKind, GateFailing              string

	// Environments.
	Environment, Stage, Place, Namespace, Autosync, Asked, Argo, Pods, Restarts, Quota string
	NoEnvironment, NoEnvironmentWhy, Undeclared, On, Off                               string
	RestartsLong, CPU, Memory                                                          string

	// People and rights.
	Person, Email, Roles, LastLogin, Kind                                         string
	OwnerRole, NoRole, Rights, RolesTitle, EveryoneTitle, NoMember, MembersHidden string
	MemberCount                                                                   func(n int) string
	OwnerRights                                                                   string
	Permission                                                                    map[string]string // by the console's names of bits
	RoleOf                                                                        map[string]string // by type of role
	Bot, Human                                                                    string

	// Journal.
	Action, When, By, Outcome, Took, Tools                                  string
	Succeeded, Failed, Warned, FailedUnnamed, NoEntry, NoEntryWhy, Request  string
	System, Results, Message, Result                                        string
	ToolStatus                                                              map[string]string
	ActionWord                                                              map[string]string // actions of the console in words, by their lower-case name
	CopyURL, CopyCommit, CopyNamespace, CopyEmail, CopyMessage, CopyRequest string
}

func projectFrench(s *Set) Project {
	return Project{
		Title: "Projet", Reading: "Première lecture…", GoneHint: "{key:back} revient en arrière. Le projet a pu être archivé, ou ce compte n'y a plus accès.",
		ReadAgo: func(age string) string { return "lu il y a " + age },
		Summary: "Synthèse", Repositories: "Dépôts & miroir", Environments: "Environnements", Team: "Équipe & droits", Journal: "Journal",
		RepositoriesShort: "Dépôts", EnvironmentsShort: "Env.", TeamShort: "Équipe",
		Owner: "propriétaire", Zones: "zones", Created: "créé le", Console: "console", Identifier: "identifiant", Description: "description",
		PoolHprod: "réserve hors prod", PoolProd: "réserve prod", Limitless: "sans limite",
		Behind: map[string]string{"patch": "en retard (correctifs)", "minor": "en retard", "major": "très en retard"},
		Never:  "jamais provisionné", Derived: "lu sans la console", Locked: "verrouillé : la console refuse toute écriture",
		Exposed: "Exposition", ExposedState: map[string]string{"opened": "ouverte", "pending": "en cours", "success": "faite", "failed": "en échec"},
		Findings: "Constats", OpenEnvironment: "ouvrir l'environnement", NotEvaluatedWhy: "il manque", Everywhere: "partout",
		Delivery: "Livraison", NoFinding: "Rien à signaler.", Consequences: func(n int) string { return s.Plural(n, "conséquence", "conséquences") }, Folded: "{key:list.open} : toutes les preuves",
		Repository: "DÉPÔT", Origin: "ORIGINE", Mirror: "MIROIR", Pipeline: "PIPELINE", Ref: "RÉF.", Commit: "COMMIT", Quality: "QUALITÉ", CI: "FICHIER CI",
		Infra: "infra", Application: "application", Internal: "GitLab interne", NoRepository: "Aucun dépôt",
		NoRepositoryWhy: "La console ne connaît aucun dépôt pour ce projet : le premier se déclare dans la console.",
		DefaultBranch:   "branche", GitPath: "chemin", Empty: "vide : rien n'a encore été poussé", LastPipelines: "Derniers pipelines", FailedJob: "tâche en échec", Gate: "Portail qualité",
		NoGate: "jamais analysé", GateOf: "commit analysé", Conditions: "Conditions non tenues", MirrorRuns: "Derniers miroirs", NoPipeline: "aucun pipeline", NoMirror: "aucun miroir lancé", MirrorUntold: "GitLab n'a pas dit quel dépôt le dernier miroir concernait",
		CIDefault: "par défaut", DeployOf: "déploie", NotInGitLab: "absent de GitLab", TokenExpired: "jeton du miroir expiré", TokenExpires: "jeton du miroir valable jusqu'au", AnalysedAt: "analysé",
		RepoKind: "genre", GateFailing: "en défaut",
		Environment: "ENVIRONNEMENT", Stage: "ÉTAPE", Place: "GRAPPE · ZONE", Namespace: "ESPACE DE NOMS", Autosync: "AUTO", Asked: "DEMANDE", Argo: "ARGO CD", Pods: "PODS", Restarts: "RED.", Quota: "QUOTA",
		NoEnvironment: "Aucun environnement", NoEnvironmentWhy: "Le premier se crée dans la console ; il faut un dépôt d'infrastructure pour y déployer.", Undeclared: "hors console",
		On: "oui", Off: "non", RestartsLong: "redémarrages", CPU: "CPU", Memory: "MÉM",
		Person: "PERSONNE", Email: "COURRIEL", Roles: "RÔLES", LastLogin: "CONNEXION", Kind: "GENRE", OwnerRole: "propriétaire", NoRole: "aucun rôle", Rights: "Peut", RolesTitle: "Rôles du projet",
		EveryoneTitle: "Tout membre peut", NoMember: "Aucun membre en dehors du propriétaire.", MembersHidden: "Membres",
		MemberCount: func(n int) string { return s.Plural(n, "personne", "personnes") }, OwnerRights: "tout : c'est le propriétaire",
		Permission: map[string]string{
			"GUEST": "voir le projet", "MANAGE": "tout gérer", "MANAGE_MEMBERS": "gérer les membres", "MANAGE_ENVIRONMENTS": "gérer les environnements",
			"MANAGE_REPOSITORIES": "gérer les dépôts", "MANAGE_ROLES": "gérer les rôles", "SEE_SECRETS": "voir les secrets", "REPLAY_HOOKS": "rejouer le provisionnement",
			"LIST_ENVIRONMENTS": "voir les environnements", "LIST_REPOSITORIES": "voir les dépôts", "LIST_MEMBERS": "voir les membres", "LIST_ROLES": "voir les rôles",
			"MANAGE_DEPLOYMENTS": "gérer les déploiements", "LIST_DEPLOYMENTS": "voir les déploiements",
		},
		RoleOf: map[string]string{"managed": "géré ici", "external": "groupe externe", "global": "de la plateforme", "system:managed": "de la plateforme", "system:external": "de la plateforme, externe"},
		Bot:    "robot", Human: "personne",
		Action: "ACTION", When: "QUAND", By: "PAR", Outcome: "RÉSULTAT", Took: "DURÉE", Tools: "OUTILS EN ÉCHEC",
		Succeeded: "réussi", Failed: "échec", Warned: "avec réserves", FailedUnnamed: "échec, outil non dit", NoEntry: "Journal vide",
		NoEntryWhy: "La console n'a gardé aucune entrée pour ce projet.", Request: "requête", System: "la plateforme", Results: "Par outil", Message: "Message", Result: "résultat",
		ToolStatus: map[string]string{"OK": "réussi", "KO": "échec", "WARNING": "réserve"},
		ActionWord: map[string]string{
			"replay hooks for project": "Provisionnement rejoué", "create project": "Projet créé", "update project": "Projet modifié", "archive project": "Projet archivé",
			"create environment": "Environnement créé", "update environment": "Environnement modifié", "delete environment": "Environnement supprimé",
			"create repository": "Dépôt créé", "update repository": "Dépôt modifié", "delete repository": "Dépôt supprimé", "sync repository": "Dépôt synchronisé",
			"add member": "Membre ajouté", "remove member": "Membre retiré", "update member": "Membre modifié", "add project member": "Membre ajouté", "remove project member": "Membre retiré",
			"upsert project member": "Membre ajouté ou modifié", "delete project member": "Membre retiré", "upsert project role": "Rôle modifié", "delete project role": "Rôle supprimé",
		},
		CopyURL: "adresse du dépôt", CopyCommit: "commit", CopyNamespace: "espace de noms", CopyEmail: "courriel", CopyMessage: "message", CopyRequest: "numéro de requête",
	}
}

func projectEnglish(s *Set) Project {
	return Project{
		Title: "Project", Reading: "First reading…", GoneHint: "{key:back} goes back. The project may have been archived, or this account no longer has access to it.",
		ReadAgo: func(age string) string { return "read " + age + " ago" },
		Summary: "Summary", Repositories: "Repositories & mirror", Environments: "Environments", Team: "Team & rights", Journal: "Journal",
		RepositoriesShort: "Repos", EnvironmentsShort: "Envs", TeamShort: "Team",
		Owner: "owner", Zones: "zones", Created: "created", Console: "console", Identifier: "identifier", Description: "description",
		PoolHprod: "non-prod pool", PoolProd: "prod pool", Limitless: "no limit",
		Behind: map[string]string{"patch": "behind (patches)", "minor": "behind", "major": "far behind"},
		Never:  "never provisioned", Derived: "read without the console", Locked: "locked: the console refuses every write",
		Exposed: "Exposure", ExposedState: map[string]string{"opened": "opened", "pending": "under way", "success": "done", "failed": "failed"},
		Findings: "Findings", OpenEnvironment: "open the environment", NotEvaluatedWhy: "missing", Everywhere: "everywhere",
		Delivery: "Delivery", NoFinding: "Nothing to report.", Consequences: func(n int) string { return s.Plural(n, "consequence", "consequences") }, Folded: "{key:list.open}: all the proof",
		Repository: "REPOSITORY", Origin: "ORIGIN", Mirror: "MIRROR", Pipeline: "PIPELINE", Ref: "REF", Commit: "COMMIT", Quality: "QUALITY", CI: "CI FILE",
		Infra: "infra", Application: "application", Internal: "internal GitLab", NoRepository: "No repository",
		NoRepositoryWhy: "The console knows no repository for this project: the first one is declared in the console.",
		DefaultBranch:   "branch", GitPath: "path", Empty: "empty: nothing was pushed yet", LastPipelines: "Last pipelines", FailedJob: "failed job", Gate: "Quality gate",
		NoGate: "never analysed", GateOf: "analysed commit", Conditions: "Conditions not met", MirrorRuns: "Last mirror runs", NoPipeline: "no pipeline", NoMirror: "no mirror run", MirrorUntold: "GitLab has not said which repository the last mirror run concerned",
		CIDefault: "default", DeployOf: "deploys", NotInGitLab: "not in GitLab", TokenExpired: "mirror token expired", TokenExpires: "mirror token valid until", AnalysedAt: "analysed",
		RepoKind: "kind", GateFailing: "failing",
		Environment: "ENVIRONMENT", Stage: "STAGE", Place: "CLUSTER · ZONE", Namespace: "NAMESPACE", Autosync: "AUTO", Asked: "ASKED", Argo: "ARGO CD", Pods: "PODS", Restarts: "RST", Quota: "QUOTA",
		NoEnvironment: "No environment", NoEnvironmentWhy: "The first one is created in the console; deploying there takes an infrastructure repository.", Undeclared: "not in console",
		On: "yes", Off: "no", RestartsLong: "restarts", CPU: "CPU", Memory: "MEM",
		Person: "PERSON", Email: "E-MAIL", Roles: "ROLES", LastLogin: "LOGIN", Kind: "KIND", OwnerRole: "owner", NoRole: "no role", Rights: "May", RolesTitle: "Roles of the project",
		EveryoneTitle: "Every member may", NoMember: "No member besides the owner.", MembersHidden: "Members",
		MemberCount: func(n int) string { return s.Plural(n, "person", "people") }, OwnerRights: "everything: this is the owner",
		Permission: map[string]string{
			"GUEST": "see the project", "MANAGE": "manage everything", "MANAGE_MEMBERS": "manage members", "MANAGE_ENVIRONMENTS": "manage environments",
			"MANAGE_REPOSITORIES": "manage repositories", "MANAGE_ROLES": "manage roles", "SEE_SECRETS": "see secrets", "REPLAY_HOOKS": "replay provisioning",
			"LIST_ENVIRONMENTS": "see environments", "LIST_REPOSITORIES": "see repositories", "LIST_MEMBERS": "see members", "LIST_ROLES": "see roles",
			"MANAGE_DEPLOYMENTS": "manage deployments", "LIST_DEPLOYMENTS": "see deployments",
		},
		RoleOf: map[string]string{"managed": "managed here", "external": "external group", "global": "of the platform", "system:managed": "of the platform", "system:external": "of the platform, external"},
		Bot:    "bot", Human: "person",
		Action: "ACTION", When: "WHEN", By: "BY", Outcome: "OUTCOME", Took: "TOOK", Tools: "FAILED TOOLS",
		Succeeded: "succeeded", Failed: "failed", Warned: "with reservations", FailedUnnamed: "failed, tool not told", NoEntry: "Empty journal",
		NoEntryWhy: "The console kept no entry for this project.", Request: "request", System: "the platform", Results: "By tool", Message: "Message", Result: "outcome",
		ToolStatus: map[string]string{"OK": "succeeded", "KO": "failed", "WARNING": "reservation"},
		ActionWord: map[string]string{
			"replay hooks for project": "Provisioning replayed", "create project": "Project created", "update project": "Project changed", "archive project": "Project archived",
			"create environment": "Environment created", "update environment": "Environment changed", "delete environment": "Environment deleted",
			"create repository": "Repository created", "update repository": "Repository changed", "delete repository": "Repository deleted", "sync repository": "Repository synchronised",
			"add member": "Member added", "remove member": "Member removed", "update member": "Member changed", "add project member": "Member added", "remove project member": "Member removed",
			"upsert project member": "Member added or changed", "delete project member": "Member removed", "upsert project role": "Role changed", "delete project role": "Role deleted",
		},
		CopyURL: "repository address", CopyCommit: "commit", CopyNamespace: "namespace", CopyEmail: "e-mail", CopyMessage: "message", CopyRequest: "request id",
	}
}
