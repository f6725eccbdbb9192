package words

// Elsewhere is the box of addresses and the command lines in the copy menu.
type Elsewhere struct {
	Title, Address, NoLink, Hint string
	Command                      string // dsotop's own, in the copy menu
	System                       map[string]string
	// PinnedAt heads a page that shows the pinned instant; what follows says what is of then, and what cannot be.
	PinnedAt                                                        func(when string) string
	PinPipelines, PinGitOps, PinEnvironment, PinRunning, PinNothing string
	// What a commit changed, and how far one is behind.
	ChangeTitle, ChangeReading, ChangeGone, ChangeGoneHint, ChangeNoForge, ChangeCut, ChangeMasked, ChangeBy, ChangeMissing, ChangeCopy, OpenChange, SilenceOver, AtHead, NotBehind, Rewritten string
	ChangeKind, ChangeWithout                                                                                                                                                                  map[string]string
	ChangeFiles                                                                                                                                                                                func(n int) string
	Behind                                                                                                                                                                                     func(n int, atLeast bool) string
	PinPipelinesShort, PinTimeline                                                                                                                                                             func(n int) string
}

// SystemName is how people call the system of a link.
func (e Elsewhere) SystemName(system string) string {
	for i := range len(system) {
		if system[i] == '/' { // an instance: "argocd/usu"
			return e.SystemName(system[:i]) + system[i:]
		}
	}
	if name := e.System[system]; name != "" {
		return name
	}
	return system
}

func systemNames() map[string]string {
	return map[string]string{"console": "Console", "gitlab": "GitLab", "sonarqube": "SonarQube", "harbor": "Harbor", "argocd": "Argo CD", "kubernetes": "Kubernetes", "alertmanager": "Alertmanager", "prometheus": "Prometheus", "loki": "Loki", "git": "Git"}
}

func elsewhereFrench(s *Set) Elsewhere {
	e := Elsewhere{
		Title: "Dans le navigateur", Address: "adresse", NoLink: "rien ici n'a d'adresse web connue : la source qui la donnerait n'est pas configurée, ou ne la dit pas",
		Hint: "Entrée copie l'adresse ; un terminal qui sait les liens l'ouvre d'un clic (souvent Ctrl+clic). Échap referme.", Command: "en commande", System: systemNames(),
		PinnedAt:     func(when string) string { return "Tel qu'à l'instant choisi, " + when },
		PinPipelines: "statuts et tâches d'alors", PinPipelinesShort: func(n int) string {
			return "ce qui est lu ne remonte pas jusque-là pour " + s.Plural(n, "dépôt", "dépôts")
		},
		PinGitOps:      "révision et âge d'alors ; synchro, santé et opération en pâle sont de maintenant : Argo CD n'en garde pas le passé",
		PinEnvironment: "mesures et événements d'alors ; pods, quota, erreurs et politiques sont de maintenant : Kubernetes n'en garde pas le passé", PinRunning: "était en place", PinNothing: "rien n'était encore en place, ou l'historique d'Argo CD ne remonte pas si loin",
		ChangeTitle: "Changement", ChangeReading: "Lecture du commit…", ChangeGone: "GitLab ne connaît pas ce commit dans ce dépôt", ChangeGoneHint: "Un envoi forcé a pu le retirer : Argo CD garde alors une révision que personne ne peut relire.",
		ChangeNoForge: "aucun GitLab n'est configuré pour ce projet", ChangeCut: "la suite n'est pas lue : plus de 100 fichiers, ou plus de 1 Mio", ChangeMasked: "secrets masqués : •••", ChangeBy: "par", ChangeMissing: "ce que la branche a de plus", ChangeCopy: "le changement, en texte", OpenChange: "voir ce que le commit a changé",
		SilenceOver: "terminé", AtHead: "à la tête de la branche", NotBehind: "aucun commit de retard (il n'est pas à la tête : autre branche)", Rewritten: "inconnu de la branche : l'historique a été réécrit",
		ChangeKind:    map[string]string{"added": "ajouté", "deleted": "supprimé", "renamed": "renommé", "changed": "modifié"},
		ChangeWithout: map[string]string{"too_large": "trop grand : GitLab ne donne pas ses lignes", "collapsed": "replié par GitLab : à lire dans le navigateur", "empty": "aucune ligne : binaire, ou seuls le nom ou le mode changent", "cut": "non lu : le changement dépasse 1 Mio"},
		ChangeFiles:   func(n int) string { return s.Plural(n, "fichier", "fichiers") },
		Behind: func(n int, atLeast bool) string {
			text := s.Plural(n, "commit de retard", "commits de retard")
			if atLeast {
				return "au moins " + text
			}
			return text
		},
		PinTimeline: func(n int) string { return s.Plural(n, "entrée", "entrées") + " d'après, en pâle" },
	}
	e.System["runbook_url"], e.System["runbook"], e.System["dashboard_url"], e.System["dashboard"], e.System["cve"] = "Procédure", "Procédure", "Tableau de bord", "Tableau de bord", "Vulnérabilité"
	return e
}
