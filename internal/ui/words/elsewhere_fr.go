package words

// Elsewhere is the box of addresses and the command lines in the copy menu.
type Elsewhere struct {
	Title, Address, NoLink, Hint string
	Command                      string // dsotop's own, in the copy menu
	System                       map[string]string
	// PinnedAt heads a page that shows the pinned instant; what follows says what is of then, and what cannot be.
	PinnedAt                                                        func(when string) string
	PinPipelines, PinGitOps, PinEnvironment, PinRunning, PinNothing string
	PinPipelinesShort, PinTimeline                                  func(n int) string
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
		PinTimeline: func(n int) string { return s.Plural(n, "entrée", "entrées") + " d'après, en pâle" },
	}
	e.System["runbook_url"], e.System["runbook"], e.System["dashboard_url"], e.System["dashboard"], e.System["cve"] = "Procédure", "Procédure", "Tableau de bord", "Tableau de bord", "Vulnérabilité"
	return e
}
