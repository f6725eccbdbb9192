package words

// Elsewhere is the box of addresses and the command lines in the copy menu.
type Elsewhere struct {
	Title, Address, NoLink, Hint string
	Command                      string // dsotop's own, in the copy menu
	System                       map[string]string
	// Pinned says on a page what is shown of the pinned instant, and what cannot be.
	PinnedAt func(when string) string
	PinNow   string
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

func elsewhereFrench() Elsewhere {
	e := Elsewhere{
		Title: "Dans le navigateur", Address: "adresse", NoLink: "rien ici n'a d'adresse web connue : la source qui la donnerait n'est pas configurée, ou ne la dit pas",
		Hint: "Entrée copie l'adresse ; un terminal qui sait les liens l'ouvre d'un clic (souvent Ctrl+clic). Échap referme.", Command: "en commande", System: systemNames(),
		PinnedAt: func(when string) string { return "Tel qu'au " + when }, PinNow: "ce qui suit est de maintenant : l'état d'alors n'est gardé nulle part",
	}
	e.System["runbook_url"], e.System["runbook"], e.System["dashboard_url"], e.System["dashboard"], e.System["cve"] = "Procédure", "Procédure", "Tableau de bord", "Tableau de bord", "Vulnérabilité"
	return e
}
