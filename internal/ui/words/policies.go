package words

// Policies is what the page of an environment says beyond pods: its plots, the way from the pool to what is used, and the Kyverno rules.
type Policies struct {
	Tab, TabShort                             string
	Network, Restarts                         string // names of plots
	RestartsIn                                func(n int) string
	Deploys                                   string // what the ticks in the plots are
	FromPool                                  string // title of the quota triangle
	Debt                                      func(rules, objects int) string
	Held                                      func(rules int) string // rules that are respected
	Blocked, BlockedNone, Refused             string
	Policy, Count, Severity, Wants            string // columns
	Reading, NoReport, NoReportWhy, NoMetrics string
	Events, OnlyAudit                         string
	// Want says what a policy of the platform wants, by its name.
	Want map[string]string
}

func policiesFrench(s *Set) Policies {
	return Policies{
		Tab: "Politiques", TabShort: "Polit.", Network: "RÉSEAU", Restarts: "REDÉM.", RestartsIn: func(n int) string { return s.Int(n) + " en 1 h" }, Deploys: "déploiement", FromPool: "De l'enveloppe à l'usage",
		Debt: func(rules, objects int) string {
			return s.Plural(rules, "règle non respectée", "règles non respectées") + ", " + s.Plural(objects, "ressource", "ressources")
		},
		Held:    func(rules int) string { return s.Plural(rules, "règle respectée", "règles respectées") },
		Blocked: "serait refusé en production", BlockedNone: "pas une règle de la plateforme : effet en production inconnu", Refused: "refusé à la prochaine modification",
		Policy: "RÈGLE", Count: "RESSOURCES", Severity: "SÉVÉRITÉ", Wants: "CE QU'ELLE VEUT",
		Reading: "lecture des rapports Kyverno…", NoReport: "Aucun rapport Kyverno pour cet espace de noms", NoReportWhy: "La série policy_report_result manque : c'est Policy Reporter (Kyverno) qui la donne.",
		NoMetrics: "Les rapports Kyverno", Events: "Refus et avertissements récents", OnlyAudit: "Hors production, Kyverno signale sans bloquer ; en production les mêmes règles refusent.",
		Want: map[string]string{
			"check-labels": "les étiquettes app, env et tier", "check-configmap-credentials": "aucun mot de passe dans un ConfigMap", "disallow-latest-tag": "une étiquette d'image précise, jamais latest", "disallow-host-path": "aucun volume hostPath",
			"disallow-selfprovisionning": "aucun droit self-provisioner", "limit-pvc-size": "des volumes de moins de 1 Tio", "all-containers-need-requests-and-limits": "demandes et limites de CPU et de mémoire sur chaque conteneur", "restrict-image-registries": "des images venant d'un registre autorisé",
			"restrict-nodeport": "aucun service NodePort", "require-pod-probes": "des sondes sur chaque conteneur", "check-cronjob-history-limits": "un historique borné pour les CronJobs",
		},
	}
}

func policiesEnglish(s *Set) Policies {
	return Policies{
		Tab: "Policies", TabShort: "Polic.", Network: "NETWORK", Restarts: "RST", RestartsIn: func(n int) string { return s.Int(n) + " in 1 h" }, Deploys: "deployment", FromPool: "From the pool to what is used",
		Debt: func(rules, objects int) string {
			return s.Plural(rules, "rule broken", "rules broken") + ", " + s.Plural(objects, "resource", "resources")
		},
		Held:    func(rules int) string { return s.Plural(rules, "rule kept", "rules kept") },
		Blocked: "would be refused in production", BlockedNone: "not a rule of the platform: its effect in production is not known", Refused: "refused at the next change",
		Policy: "RULE", Count: "RESOURCES", Severity: "SEVERITY", Wants: "WHAT IT WANTS",
		Reading: "reading Kyverno's reports…", NoReport: "No Kyverno report for this namespace", NoReportWhy: "The series policy_report_result is missing: Policy Reporter (Kyverno) gives it.",
		NoMetrics: "Kyverno's reports", Events: "Recent refusals and warnings", OnlyAudit: "Outside production Kyverno reports without blocking; in production the same rules refuse.",
		Want: map[string]string{
			"check-labels": "the labels app, env and tier", "check-configmap-credentials": "no password in a ConfigMap", "disallow-latest-tag": "a precise image tag, never latest", "disallow-host-path": "no hostPath volume",
			"disallow-selfprovisionning": "no self-provisioner right", "limit-pvc-size": "volumes below 1 TiB", "all-containers-need-requests-and-limits": "CPU and memory requests and limits on every container", "restrict-image-registries": "images from an allowed registry",
			"restrict-nodeport": "no NodePort service", "require-pod-probes": "probes on every container", "check-cronjob-history-limits": "a bounded history for CronJobs",
		},
	}
}
