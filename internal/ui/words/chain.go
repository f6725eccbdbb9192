package words

import (
	"strconv"
	"strings"

	"dsotop/internal/platform"
)

// Chain is the delivery chain: of a project, and of one commit.
type Chain struct {
	Title       string // of the section
	CommitTitle string // of the page of a commit
	Truth       string // of the section: the commit that runs, side by side
	Step        map[platform.Step]string
	// Why says why a link is as it is, by its code, as the end of a sentence.
	Why map[string]string
	// Next says what should happen next to a commit, by its code.
	Next map[string]string
	// Placed says how an environment stands to a commit.
	Placed map[platform.PlacementState]string
	Sure   map[platform.Confidence]string
	Kind   map[platform.ChainKind]string

	Versions  func(n int) string // several at once
	Behind    func(n int, atLeast bool) string
	UpToDate  string
	Head      string // the newest commit of the branch
	On        string // a branch
	Runs      string // before the commit that runs instead
	NextTitle string
	Where     string // title: the environments
	Way       string // title: the links
	Several   func(n int) string
	NotFound  func(sha string) string
	Stuck     func(commit string) string // it was asked for and does not start
	// NotFoundWhy lists what that may mean; Searched says where was looked.
	NotFoundWhy []string
	Searched    func(projects int) string
	NotASHA     string
	AskGitLab   string // GitLab is being asked
	Unasked     func(n int) string
	Digest      string
	Since       string
	CopySHA     string
	AsCommand   string
	OpenCommit  string
	TooShort    func(more int) string // a commit of fewer digits than are looked for
	Foreign     func(n int) string
	NoChain     string
	NotInStep   string // nothing of the kind for this repository
	Infra       string // the commit is one of an infra repository
	// Tab names the tabs of a project that are pages of their own, by kind.
	Tab map[string]string
}

func chainFrench(s *Set) Chain {
	return Chain{
		Title: "Chaîne de livraison", CommitTitle: "Commit", Truth: "Ce qui tourne",
		Step: map[platform.Step]string{platform.StepExternal: "ext", platform.StepMirror: "miroir", platform.StepPipeline: "pipeline", platform.StepGate: "qualité", platform.StepImage: "image", platform.StepInfra: "infra",
			platform.StepSync: "Argo", platform.StepPods: "pods"},
		Why: map[string]string{
			platform.CodeUnread: "non lu", platform.CodeMirrorUntold: "GitLab n'a pas dit quel dépôt la dernière exécution concernait", platform.CodeNoForge: "forge externe non configurée : tête inconnue", platform.CodeForgeSilent: "la forge externe ne dit pas sa tête", platform.CodeForgeAhead: "la forge a un commit que GitLab n'a pas", platform.CodeInternal: "la source est le GitLab interne", platform.CodeNever: "jamais lancé",
			platform.CodeFailed: "en échec", platform.CodeCanceled: "annulé", platform.CodeOlder: "plus ancien que ce qui est lu", platform.CodeNoCommit: "commit inconnu", platform.CodeOtherCommit: "d'un autre commit", platform.CodeNotAnalysed: "jamais analysé",
			platform.CodeTagAbsent: "absente de Harbor", platform.CodeTagMoved: "l'étiquette désigne une autre image que celle qui tourne", platform.CodeNoTag: "aucune étiquette ne nomme un commit", platform.CodeNoImage: "aucune image de ce commit dans Harbor",
			platform.CodeForeign: "image d'ailleurs", platform.CodeVulnerable: "vulnérabilités critiques", platform.CodeOutOfSync: "différente de git", platform.CodeUnhealthy: "pas en bonne santé", platform.CodeOperation: "la dernière synchronisation a échoué",
			platform.CodeComparison: "manifestes illisibles", platform.CodeTwins: "deux applications se disputent le déploiement", platform.CodeNoApp: "aucune application ne la déploie", platform.CodeInfraBehind: "le dépôt d'infrastructure a un commit plus récent",
			platform.CodeMixed: "plusieurs versions à la fois", platform.CodeNotReady: "des pods manquent ou ne sont pas prêts", platform.CodeCannotPull: "des pods n'obtiennent pas leur image", platform.CodeNoPod: "rien ne tourne", platform.CodeScaledToZero: "zéro réplica demandé",
			platform.CodeNotDeployed: "déployé nulle part", platform.PipelineSkipped: "sauté", platform.PipelineManual: "attend un geste",
			platform.BecausePipeline: "son pipeline est en cours", platform.BecauseFailed: "son pipeline a échoué", platform.BecauseNotAsked: "le dépôt d'infrastructure demande une autre version", platform.BecauseNotSynced: "l'application n'est pas synchronisée",
			platform.BecauseStuck: "ses pods ne démarrent pas", platform.BecauseManual: "la synchronisation automatique est coupée",
			platform.BecauseBeside: "il n'est pas dans la branche par défaut", platform.BecauseOutside: "il n'est encore que dans la forge externe", platform.BecauseOther: "la version demandée ne démarre pas",
		},
		Next: map[string]string{
			platform.NextMirror: "synchroniser le dépôt depuis la forge externe (RB-03)", platform.NextWait: "attendre : un traitement est en cours", platform.NextPipeline: "lancer un pipeline ; vérifier le fichier de CI et la branche (RB-05)",
			platform.NextRepair: "corriger ou relancer le pipeline (RB-05)", platform.NextImage: "construire l'image de nouveau, ou nommer une autre version : Harbor ne l'a pas, ou plus (RB-05, RB-10)", platform.NextTag: "nommer cette image dans le dépôt d'infrastructure",
			platform.NextSync: "synchroniser l'application dans Argo CD (RB-08)", platform.NextPods: "voir pourquoi ses pods ne démarrent pas (RB-11)", platform.NextPromote: "nommer cette image pour les autres environnements", platform.NextDone: "rien : lui, ou plus récent, tourne partout où son dépôt est déployé",
			platform.NextMerge: "le fusionner dans la branche par défaut ; s'il y a été fusionné avec d'autres en un seul commit (squash), suivre celui-là", platform.NextOther: "rien pour lui : la version qui doit le remplacer ne démarre pas (RB-10, RB-11)",
			platform.NextPassed: "rien : plus récent partout", platform.NextCannotSay: "impossible à dire : trop peu a pu être lu",
		},
		Placed: map[platform.PlacementState]string{platform.PlacedHere: "tourne", platform.PlacedPartly: "en cours de déploiement", platform.PlacedFailing: "demandé, pas prêt", platform.PlacedOlder: "pas encore", platform.PlacedNewer: "plus récent",
			platform.PlacedOther: "un autre commit", platform.PlacedNot: "dépôt non déployé", platform.PlacedUnknown: "inconnu"},
		Sure:     map[platform.Confidence]string{platform.Exact: "sûr", platform.Probable: "probable", platform.Unknown: "inconnu"},
		Kind:     map[platform.ChainKind]string{platform.ChainOwn: "du projet", platform.ChainForeign: "image externe", platform.ChainIdle: "non déployé", platform.ChainBlind: "non lu"},
		Versions: func(n int) string { return strconv.Itoa(n) + " versions" },
		Behind: func(n int, atLeast bool) string {
			if atLeast {
				return "≥ " + strconv.Itoa(n) + " de retard"
			}
			return strconv.Itoa(n) + " de retard"
		},
		UpToDate: "à jour", Head: "tête de branche", On: "sur", Runs: "tourne", NextTitle: "À faire", Where: "Environnements", Way: "Parcours",
		Several:  func(n int) string { return strconv.Itoa(n) + " commits répondent à ces chiffres" },
		NotFound: func(sha string) string { return "Aucun système connu n'a vu " + sha },
		Stuck: func(commit string) string {
			return strings.TrimSpace("mais la version demandée "+commit) + " ne démarre pas"
		},
		NotFoundWhy: []string{"Il n'est pas encore dans le GitLab de la plateforme : miroir pas passé, ou branche non synchronisée (RB-03).", "Il est plus ancien que les pipelines et les images lus.",
			"Il n'est plus, ou n'a jamais été, dans une branche synchronisée : fusionné avec d'autres en un seul commit (squash), ou réécrit.",
			"Ce n'est pas un commit d'un projet que ce compte peut lire."},
		Searched: func(n int) string {
			if n == 1 {
				return "cherché dans un projet"
			}
			return "cherché dans " + strconv.Itoa(n) + " projets"
		},
		NotASHA: "Un commit s'écrit avec 7 à 40 chiffres hexadécimaux.", AskGitLab: "GitLab est interrogé…", Unasked: func(n int) string {
			return strconv.Itoa(n) + " dépôts n'ont pas été interrogés un à un : préciser le projet"
		},
		Digest: "empreinte", Since: "depuis", CopySHA: "commit", AsCommand: "comme commande", OpenCommit: "suivre ce commit", TooShort: func(more int) string { return "encore " + s.Plural(more, "chiffre", "chiffres") + " pour un commit" }, Foreign: func(n int) string {
			if n == 1 {
				return "1 image externe"
			}
			return strconv.Itoa(n) + " images externes"
		},
		NoChain: "Aucune image du projet.", NotInStep: "sans objet", Infra: "dépôt d'infrastructure",
		Tab: map[string]string{"pipelines": "Pipelines", "quality": "Qualité", "images": "Images", "gitops": "GitOps", "pods": "Pods", "alerts": "Alertes", "timeline": "Chronologie", "onboarding": "Embarquement"},
	}
}

func chainEnglish(s *Set) Chain {
	return Chain{
		Title: "Delivery chain", CommitTitle: "Commit", Truth: "What runs",
		Step: map[platform.Step]string{platform.StepExternal: "ext", platform.StepMirror: "mirror", platform.StepPipeline: "pipeline", platform.StepGate: "quality", platform.StepImage: "image", platform.StepInfra: "infra",
			platform.StepSync: "Argo", platform.StepPods: "pods"},
		Why: map[string]string{
			platform.CodeUnread: "not read", platform.CodeMirrorUntold: "GitLab has not said which repository the last run concerned", platform.CodeNoForge: "external forge not configured: head unknown", platform.CodeForgeSilent: "the external forge does not tell its head", platform.CodeForgeAhead: "the forge has a commit that GitLab has not", platform.CodeInternal: "the internal GitLab is the source", platform.CodeNever: "never run",
			platform.CodeFailed: "failed", platform.CodeCanceled: "cancelled", platform.CodeOlder: "older than what was read", platform.CodeNoCommit: "commit unknown", platform.CodeOtherCommit: "of another commit", platform.CodeNotAnalysed: "never analysed",
			platform.CodeTagAbsent: "not in Harbor", platform.CodeTagMoved: "the tag names another image than the one that runs", platform.CodeNoTag: "no tag names a commit", platform.CodeNoImage: "no image of this commit in Harbor",
			platform.CodeForeign: "an image from elsewhere", platform.CodeVulnerable: "critical vulnerabilities", platform.CodeOutOfSync: "differs from git", platform.CodeUnhealthy: "not healthy", platform.CodeOperation: "the last synchronisation failed",
			platform.CodeComparison: "manifests cannot be rendered", platform.CodeTwins: "two applications fight over the deployment", platform.CodeNoApp: "no application deploys it", platform.CodeInfraBehind: "the infra repository has a newer commit",
			platform.CodeMixed: "several versions at once", platform.CodeNotReady: "pods are missing or not ready", platform.CodeCannotPull: "pods cannot have their image", platform.CodeNoPod: "nothing runs", platform.CodeScaledToZero: "no replica wanted",
			platform.CodeNotDeployed: "deployed nowhere", platform.PipelineSkipped: "skipped", platform.PipelineManual: "waits for a hand",
			platform.BecausePipeline: "its pipeline is at work", platform.BecauseFailed: "its pipeline failed", platform.BecauseNotAsked: "the infra repository asks for another version", platform.BecauseNotSynced: "the application is not synchronised",
			platform.BecauseStuck: "its pods do not start", platform.BecauseManual: "automatic synchronisation is off",
			platform.BecauseBeside: "the default branch does not hold it", platform.BecauseOutside: "only the external forge has it so far", platform.BecauseOther: "the version asked for does not start",
		},
		Next: map[string]string{
			platform.NextMirror: "synchronise the repository from the external forge (RB-03)", platform.NextWait: "wait: something is at work", platform.NextPipeline: "start a pipeline; check the CI file and the branch (RB-05)",
			platform.NextRepair: "correct or retry the pipeline (RB-05)", platform.NextImage: "build the image again, or name another version: Harbor has it not, or no more (RB-05, RB-10)", platform.NextTag: "name this image in the infra repository",
			platform.NextSync: "synchronise the application in Argo CD (RB-08)", platform.NextPods: "see why its pods do not start (RB-11)", platform.NextPromote: "name this image for the other environments", platform.NextDone: "nothing: it, or something newer, runs wherever its repository is deployed",
			platform.NextMerge: "merge it into the default branch; if it became one commit with others there (squash), follow that one", platform.NextOther: "nothing for it: the version that should take its place does not start (RB-10, RB-11)",
			platform.NextPassed: "nothing: newer everywhere", platform.NextCannotSay: "cannot be said: too little could be read",
		},
		Placed: map[platform.PlacementState]string{platform.PlacedHere: "runs", platform.PlacedPartly: "rolling out", platform.PlacedFailing: "wanted, not ready", platform.PlacedOlder: "not yet", platform.PlacedNewer: "newer",
			platform.PlacedOther: "another commit", platform.PlacedNot: "repository not deployed", platform.PlacedUnknown: "unknown"},
		Sure:     map[platform.Confidence]string{platform.Exact: "sure", platform.Probable: "probable", platform.Unknown: "unknown"},
		Kind:     map[platform.ChainKind]string{platform.ChainOwn: "of the project", platform.ChainForeign: "external image", platform.ChainIdle: "not deployed", platform.ChainBlind: "not read"},
		Versions: func(n int) string { return strconv.Itoa(n) + " versions" },
		Behind: func(n int, atLeast bool) string {
			if atLeast {
				return "≥ " + strconv.Itoa(n) + " behind"
			}
			return strconv.Itoa(n) + " behind"
		},
		UpToDate: "up to date", Head: "head of the branch", On: "on", Runs: "runs", NextTitle: "To do", Where: "Environments", Way: "Way",
		Several:  func(n int) string { return strconv.Itoa(n) + " commits begin with these digits" },
		NotFound: func(sha string) string { return "No system that is read has seen " + sha },
		Stuck: func(commit string) string {
			return strings.TrimSpace("but the version asked for "+commit) + " does not start"
		},
		NotFoundWhy: []string{"It is not in the platform's GitLab yet: the mirror has not run, or not for its branch (RB-03).", "It is older than the pipelines and images that were read.",
			"It is not, or no more, in a branch that is mirrored: it became one commit with others (squash), or was rewritten.",
			"It is no commit of a project that this account may read."},
		Searched: func(n int) string {
			if n == 1 {
				return "searched in one project"
			}
			return "searched in " + strconv.Itoa(n) + " projects"
		},
		NotASHA: "A commit is written with 7 to 40 hexadecimal digits.", AskGitLab: "GitLab is being asked…", Unasked: func(n int) string {
			return strconv.Itoa(n) + " repositories were not asked one by one: name the project"
		},
		Digest: "digest", Since: "since", CopySHA: "commit", AsCommand: "as command", OpenCommit: "follow this commit", TooShort: func(more int) string { return s.Plural(more, "more digit", "more digits") + " for a commit" }, Foreign: func(n int) string {
			if n == 1 {
				return "1 external image"
			}
			return strconv.Itoa(n) + " external images"
		},
		NoChain: "No image of the project.", NotInStep: "not applicable", Infra: "infra repository",
		Tab: map[string]string{"pipelines": "Pipelines", "quality": "Quality", "images": "Images", "gitops": "GitOps", "pods": "Pods", "alerts": "Alerts", "timeline": "Timeline", "onboarding": "Onboarding"},
	}
}

// Link says why a link is as it is, and when it is only probable; "" when there is nothing to say.
func (s *Set) Link(e platform.Edge) string {
	why := s.Chain.Why[e.Code]
	if why == "" {
		why = e.Code
	}
	if e.Confidence == platform.Probable {
		if why != "" {
			why += ", "
		}
		why += s.Chain.Sure[e.Confidence]
	}
	return why
}

// Stands says how an environment stands to a commit, and why.
func (s *Set) Stands(p platform.Placement) string {
	out, why := s.Chain.Placed[p.State], s.Chain.Why[p.Code]
	switch {
	case p.Code == platform.BecauseOther: // it runs on; the sign says that this is not all
		out = s.Chain.Placed[platform.PlacedHere] + ", " + s.Chain.Stuck(platform.ShortSHA(p.Commit))
	case why != "":
		out += s.Form.Colon + why
	}
	if p.Commit != "" && p.State != platform.PlacedHere && p.Code != platform.BecauseOther {
		out += " (" + platform.ShortSHA(p.Commit) + " " + s.Chain.Runs + ")"
	}
	if p.Confidence == platform.Probable {
		out += ", " + s.Chain.Sure[p.Confidence]
	}
	return out
}
