package words

import "strconv"

func actionsFrench(s *Set) Actions {
	return Actions{
		Title: "Actions et journal", Menu: "Actions", Nothing: "aucune action pour ceci", ReadOnlyHint: "lecture seule : --write, ou « write: true » dans le profil, ouvre l'écriture", Preparing: "préparation, sans rien écrire…",
		Kind: map[string]string{"platform": "plateforme", "project": "projet", "environment": "environnement", "repository": "dépôt", "pipeline": "pipeline", "job": "job", "application": "application",
			"resource": "ressource", "workload": "charge", "pod": "pod", "artifact": "image", "alert": "alerte", "silence": "silence", "member": "membre", "chain": "chaîne de service"},
		Risk:    map[string]string{"read": "lecture appuyée", "write": "écriture", "production": "production", "destructive": "destruction"},
		Outcome: map[string]string{"done": "fait", "failed": "échoué", "refused": "refusé", "unknown": "issue inconnue"},
		Phase:   map[string]string{"sending": "envoi", "looking": "vérification", "settled": "fini"},
		Item:    map[string]string{"waiting": "en attente", "running": "en cours", "skipped": "laissé", "done": "fait", "failed": "échoué", "refused": "refusé", "unknown": "inconnu"},
		Bulk:    map[string]string{"planned": "prêt", "running": "en cours", "paused": "en pause", "stopped": "arrêté", "done": "fini", "interrupted": "interrompu"},
		Reason: map[string]string{
			"read_only": "lecture seule ; --write ouvre l'écriture", "policy_closed": "fermé par la politique : {detail}", "four_eyes": "une autre personne doit donner son accord : {detail}",
			"same_eyes": "l'accord doit venir de quelqu'un d'autre que {detail}", "not_approver": "{detail} ne peut pas donner cet accord", "running": "déjà une action en cours : {detail}",
			"closing": "dsotop se termine", "broken": "erreur interne : {detail} (voir le journal technique)", "unknown_deed": "action inconnue : {detail}", "wrong_subject": "ne s'applique pas à ceci : {detail}",
			"unknown_argument": "paramètre inconnu : {detail}", "argument_missing": "il manque une valeur : {detail}", "not_int": "un nombre entier est attendu ({detail})", "not_number": "un nombre est attendu ({detail})",
			"not_bool": "true ou false est attendu ({detail})", "not_duration": "une durée est attendue, par exemple 30m ({detail})", "not_a_choice": "valeur impossible ({detail})",
			"not_confirmed": "pour confirmer, taper exactement : {detail}", "plan_old": "cette préparation date ; la refaire", "done_already": "déjà lancé", "journal": "le journal ne s'écrit pas, rien n'a été envoyé : {detail}",
			"not_cancellable": "ne s'arrête pas d'ici", "refused": "refusé : {detail}", "no_bulk": "ne se fait que sur une chose à la fois", "riskier": "plus risqué que ce qui a été confirmé : {detail}",
			"stopped": "arrêté avant", "secret_gone": "une valeur secrète est à redonner : {detail}", "other_platform": "cela s'est fait sur une autre plateforme : {detail}", "not_paused": "n'est pas en pause : {detail}",
			"not_configured": "système non configuré ou injoignable par ce moyen : {detail}",
		},
		PlanTitle: func(deed, subject string) string { return deed + " · " + subject },
		Call:      "Appel exact", ElseCall: "si inconnu, alors", Command: "Équivalent", Effects: "Ce qui changera", NoEffects: "rien que la préparation ait pu voir", Warnings: "Attention", Undo: "Retour", NoUndo: "aucun",
		RiskName: "Risque", Sample: "par exemple", New: "ajout", NewPod: "un nouveau", Removed: "retrait", Cancel: "Annuler", Do: "Exécuter", TypeName: "Pour exécuter, taper", Approver: "Accord de", ApproverHint: "nom de l'autre personne", TypeCount: "Pour exécuter, taper le nombre",
		Form: "Paramètres", FormGo: "Préparer", Required: "requis", CopyCall: "l'appel (curl)", CopyCommand: "la commande", Copied: "commande",
		Refuse: "Ne pas faire", On: "Sur", Things: "choses",
		MoreLines: func(n int) string { return "encore " + strconv.Itoa(n) + " lignes (" + s.KeyWord("pgdown") + ")" },
		NotSent: func(sink, since, why string) string {
			return "journal non envoyé à " + sink + " depuis " + since + " : " + why
		},
		Began: func(deed, subject string) string {
			return deed + " · " + subject + " : parti, suivi en cours (« :actions »)"
		},
		Ended: func(deed, subject, outcome, note string) string {
			if note != "" {
				note = " : " + note
			}
			return deed + " · " + subject + " : " + outcome + note
		},
		RunningNow: func(n int) string {
			if n == 1 {
				return "1 action en cours"
			}
			return strconv.Itoa(n) + " actions en cours"
		},
		Write: "ÉCRITURE", Stop: "arrêter", StopAsk: "Arrêter cette action ?", CannotStop: "ne s'arrête pas d'ici", Stopped: "arrêt demandé",
		Leaving: "fin des actions en cours…", LeavingHow: "Ctrl-C pour partir tout de suite : le prochain dsotop reprendra le suivi",
		At: "QUAND", Deed: "ACTION", Subject: "SUR", By: "PAR", OutcomeHead: "RÉSULTAT", Took: "DURÉE", Order: "en cours, puis plus récent", None: "rien n'a été fait", NoneWhy: "Les actions faites d'ici (touche a) apparaissent ici, avec leur résultat.",
		Journal: "journal", Memory: "en mémoire seulement", CallHead: "Appel", AnswerHead: "Réponse", StepsHead: "Déroulement", NoteHead: "Message", ApproverHead: "accord de", ArgsHead: "Paramètres", RunHead: "action",
		LookAgain: "regarder à nouveau, sans rien renvoyer", UnknownHint: "Personne ne sait si c'est fait. Rien n'est renvoyé : la touche {key:list.actions} permet de regarder à nouveau ; voir la chose elle-même avant de recommencer.",
		UnknownNext: func(run string) string {
			return "rien n'est renvoyé : voir la chose elle-même avant de recommencer, ou regarder à nouveau : dsotop action look " + run + ", ou la page « Actions et journal » (:actions)"
		},
		NoAnswer: "aucune", Again: "regardé à nouveau ensuite", Elsewhere: "suivi par un autre dsotop", BulkHead: "LOT", ItemsHead: "Résultats", Torn: "une ligne inachevée a été mise de côté",
		Pause: "mettre en pause", Resume: "reprendre", StopBulk: "arrêter le reste", ResumeAsk: "Reprendre ce lot ?", StoppedRatio: "en pause : trop d'échecs", Marked: "marqués",
		BulkTitle: func(deed string, n int) string { return deed + " · " + strconv.Itoa(n) + " choses" },
		BulkPace: func(together, percent int) string {
			return strconv.Itoa(together) + " à la fois, pause au-delà de " + strconv.Itoa(percent) + " % d'échecs ; un résultat par chose"
		},
		Skips: func(n int) string { return strconv.Itoa(n) + " laissées de côté" },
		Counted: func(runs, running int) string {
			return strconv.Itoa(runs) + " au journal, " + strconv.Itoa(running) + " en cours"
		},
	}
}

func actionsCommandsFrench(m map[string]Label) {
	m["actions.page"] = Label{"journal", "actions faites et en cours, leur journal"}
	m["list.mark"] = Label{"marquer", "marquer la ligne, pour agir sur plusieurs"}
}
