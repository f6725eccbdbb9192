package words

// Timeline is the page of what happened, on one axis.
type Timeline struct {
	Title string
	// Headers of the columns.
	When, Kind, Where, What, Project string
	Newest                           string            // the order
	KindName                         map[string]string // by timeline.Kind
	Lane                             map[string]string // rows of the strip
	Code                             map[string]string // by timeline code: said after the name of the thing
	Whole                            string            // concerns the whole project
	KindTitle                        string            // of the menu of kinds
	All, Changes                     string            // its first entries
	Nothing, NothingWhy, NothingKind string
	// Before heads what changed before; NoBefore says that nothing is known to have changed.
	Before, NoBefore string
	NotProof         string
	Lead             func(age string) string
	Broken           func(when string) string // since when the worst finding stands
	BrokenNone       string
	Unread           func(what string) string // facts that were not read: what they tell is missing
	Family           map[string]string        // families of facts
	Begun, Lasted    string
	Named            string // what the system calls it
	Commit, Text     string
	Namespace, Kept  string
	Open             string
	OpenWhat         map[string]string // kinds of pages
	PinHere          string
	LogsHere         string
	CopyLine         string
	CopyAll          string
	Recent           string // of the whole platform, the last day only
}

func timelineFrench(s *Set) Timeline {
	return Timeline{
		Title: "Chronologie", When: "QUAND", Kind: "GENRE", Where: "OÙ", What: "QUOI", Project: "PROJET", Newest: "plus récent",
		KindName: map[string]string{"push": "poussée", "mirror": "miroir", "pipeline": "pipeline", "gate": "qualité", "image": "image", "deploy": "déploiement", "pods": "pods",
			"event": "événement", "alert": "alerte", "console": "console", "broke": "constat"},
		Lane: map[string]string{"delivery": "livraison", "deploy": "déploiement", "pods": "pods", "alert": "alertes", "console": "console"},
		Code: map[string]string{
			"pushed": "poussée", "head": "tête de la branche, commit daté", "succeeded": "réussi", "failed": "en échec", "canceled": "annulé", "running": "en cours", "other": "dans l'état",
			"passed": "barrière franchie", "not_passed": "barrière non franchie", "image_pushed": "publiée", "tag_moved": "étiquette déplacée", "deployed": "déployé", "sync_failed": "synchro en échec",
			"syncing": "synchro en cours", "condition": "refusé par Argo CD", "started": "démarré", "ended": "arrêté puis relancé", "killed": "tué faute de mémoire",
			"firing": "déclenchée", "pending": "en attente", "silenced": "mise en silence", "done": "fait", "done_badly": "en échec",
		},
		Whole: "projet", KindTitle: "Genres à montrer", All: "tout", Changes: "les changements seulement",
		Nothing: "Rien sur cet axe", NothingWhy: "Aucune source n'a encore daté de fait ici.", NothingKind: "Rien de ce genre ; {key:back} montre tout.",
		Before: "Ce qui a changé avant", NoBefore: "Aucun changement connu dans les 7 jours qui précèdent.", NotProof: "Venir avant n'est pas causer : à vérifier.",
		Lead: func(age string) string { return age + " avant" }, Broken: func(when string) string { return "cassé depuis " + when },
		BrokenNone: "aucun constat daté", Unread: func(what string) string { return "non lu, donc absent d'ici : " + what },
		Family: map[string]string{"pipelines": "pipelines", "gates": "qualité", "images": "images", "applications": "Argo CD", "alerts": "alertes", "log": "journal de la console", "pods": "pods", "events": "événements"},
		Named:  "nom", Begun: "début", Lasted: "durée", Commit: "commit", Text: "message", Namespace: "espace", Kept: "Kubernetes ne garde les événements qu'une heure environ.",
		Open: "ouvrir", OpenWhat: map[string]string{"environment": "l'environnement", "pipelines": "les pipelines", "quality": "la qualité", "images": "les images", "gitops": "GitOps", "alerts": "les alertes", "project": "le projet", "pods": "les pods"},
		PinHere: "épingler cet instant sur toutes les pages", LogsHere: "journaux à cet instant", CopyLine: "cette ligne", CopyAll: "toute la chronologie, en texte",
		Recent: "24 dernières heures",
	}
}

func timelineEnglish(s *Set) Timeline {
	return Timeline{
		Title: "Timeline", When: "WHEN", Kind: "KIND", Where: "WHERE", What: "WHAT", Project: "PROJECT", Newest: "newest",
		KindName: map[string]string{"push": "push", "mirror": "mirror", "pipeline": "pipeline", "gate": "quality", "image": "image", "deploy": "deployment", "pods": "pods",
			"event": "event", "alert": "alert", "console": "console", "broke": "finding"},
		Lane: map[string]string{"delivery": "delivery", "deploy": "deployments", "pods": "pods", "alert": "alerts", "console": "console"},
		Code: map[string]string{
			"pushed": "pushed", "head": "head of the branch, date of the commit", "succeeded": "succeeded", "failed": "failed", "canceled": "canceled", "running": "running", "other": "in the state",
			"passed": "gate passed", "not_passed": "gate not passed", "image_pushed": "published", "tag_moved": "tag moved", "deployed": "deployed", "sync_failed": "sync failed",
			"syncing": "syncing", "condition": "refused by Argo CD", "started": "started", "ended": "ended and was started again", "killed": "killed for want of memory",
			"firing": "firing", "pending": "pending", "silenced": "silenced", "done": "done", "done_badly": "failed",
		},
		Whole: "project", KindTitle: "Kinds to show", All: "everything", Changes: "changes only",
		Nothing: "Nothing on this axis", NothingWhy: "No source has dated anything here yet.", NothingKind: "Nothing of this kind; {key:back} shows everything.",
		Before: "What changed before", NoBefore: "No change known in the 7 days before.", NotProof: "To come before is not to cause: check.",
		Lead: func(age string) string { return age + " before" }, Broken: func(when string) string { return "broken since " + when },
		BrokenNone: "no dated finding", Unread: func(what string) string { return "not read, hence missing here: " + what },
		Family: map[string]string{"pipelines": "pipelines", "gates": "quality", "images": "images", "applications": "Argo CD", "alerts": "alerts", "log": "the console's log", "pods": "pods", "events": "events"},
		Named:  "name", Begun: "began", Lasted: "took", Commit: "commit", Text: "message", Namespace: "namespace", Kept: "Kubernetes keeps events for about an hour.",
		Open: "open", OpenWhat: map[string]string{"environment": "the environment", "pipelines": "the pipelines", "quality": "quality", "images": "the images", "gitops": "GitOps", "alerts": "the alerts", "project": "the project", "pods": "the pods"},
		PinHere: "pin this instant on every page", LogsHere: "logs at this instant", CopyLine: "this line", CopyAll: "the whole timeline, as text",
		Recent: "last 24 hours",
	}
}

func timelineCommandsFrench(m map[string]Label) {
	m["list.timeline"] = Label{"chronologie", "ce qui s'est passé, sur un axe : poussées, déploiements, redémarrages, alertes"}
	m["list.way"] = Label{"chemin", "le chemin du commit : de l'envoi aux pods, étape par étape"}
	m["list.kinds"] = Label{"montrer", "choisir ce qui est montré"}
}

func timelineCommandsEnglish(m map[string]Label) {
	m["list.timeline"] = Label{"timeline", "what happened, on one axis: pushes, deployments, restarts, alerts"}
	m["list.way"] = Label{"way", "the way of the commit: from the push to the pods, step by step"}
	m["list.kinds"] = Label{"show", "choose what is shown"}
}
