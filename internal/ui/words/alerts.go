package words

// Alerts is the pages of alerts: their list, and one of them.
type Alerts struct {
	Title, Alert                                        string
	Name, Project, Env, State, Severity, Since, Summary string // columns
	Order                                               string
	None, NoneWhy, Gone, GoneHint                       string
	Counts                                              func(firing, pending, silent int) string
	PlatformCount                                       func(n int) string
	Platform                                            string // instead of a project
	// StateOf says the state in a word: firing, pending, silenced, inhibited; StateWhy in a sentence.
	StateOf, StateWhy                                            map[string]string
	Runbook, Description, Labels, Annotations, Expr, Origin      string // names of facts
	Silences, Silence, By, Until, From, Why, NoReason, NoSilence string
	Matchers                                                     string
	NoAlertmanager, Reading                                      string
	Others                                                       string // silences that concern no alert of now
	CopyName, CopyLabels, CopyRunbook, CopyExpr                  string
}

func alertsFrench(s *Set) Alerts {
	return Alerts{
		Title: "Alertes", Alert: "Alerte", Name: "ALERTE", Project: "PROJET", Env: "ENV", State: "ÉTAT", Severity: "SÉVÉRITÉ", Since: "DEPUIS", Summary: "RÉSUMÉ", Order: "gravité",
		None: "Aucune alerte", NoneWhy: "Rien n'est en alerte. Un projet n'a aucune règle d'alerte tant que son équipe n'en écrit pas : dans Grafana, ou dans le dépôt infra-observability.",
		Gone: "Cette alerte n'est plus active", GoneHint: "{key:back} revient à la liste.",
		Counts: func(firing, pending, silent int) string {
			return s.Plural(firing, "alerte active", "alertes actives") + "  " + s.Int(pending) + " en attente  " + s.Int(silent) + " en silence"
		},
		PlatformCount: func(n int) string { return s.Int(n) + " de la plateforme" }, Platform: "plateforme",
		StateOf: map[string]string{"firing": "active", "pending": "en attente", "silenced": "en silence", "inhibited": "inhibée"},
		StateWhy: map[string]string{
			"firing": "La condition est vraie depuis assez longtemps : l'alerte est envoyée.", "pending": "La condition est vraie, mais pas depuis assez longtemps pour être envoyée.",
			"silenced": "Elle est active, et quelqu'un a demandé qu'elle ne soit pas envoyée.", "inhibited": "Elle est active, et n'est pas envoyée parce qu'une alerte plus grave dit la même chose.",
		},
		Runbook: "procédure", Description: "description", Labels: "Étiquettes", Annotations: "Annotations", Expr: "condition", Origin: "origine",
		Silences: "Silences", Silence: "silence", By: "par", Until: "jusqu'à", From: "à partir de", Why: "motif", NoReason: "sans motif", NoSilence: "Aucun silence ne couvre cette alerte.", Matchers: "porte sur",
		NoAlertmanager: "Aucun Alertmanager n'est configuré : les silences ne sont pas connus.", Reading: "lecture des silences…", Others: "Silences du projet qui ne couvrent pas cette alerte",
		CopyName: "nom", CopyLabels: "étiquettes", CopyRunbook: "procédure", CopyExpr: "condition (PromQL)",
	}
}

func alertsEnglish(s *Set) Alerts {
	return Alerts{
		Title: "Alerts", Alert: "Alert", Name: "ALERT", Project: "PROJECT", Env: "ENV", State: "STATE", Severity: "SEVERITY", Since: "SINCE", Summary: "SUMMARY", Order: "severity",
		None: "No alert", NoneWhy: "Nothing is alerting. A project has no alert rule until its team writes one: in Grafana, or in the infra-observability repository.",
		Gone: "This alert is no longer active", GoneHint: "{key:back} goes back to the list.",
		Counts: func(firing, pending, silent int) string {
			return s.Plural(firing, "alert firing", "alerts firing") + "  " + s.Int(pending) + " pending  " + s.Int(silent) + " silenced"
		},
		PlatformCount: func(n int) string { return s.Int(n) + " of the platform" }, Platform: "platform",
		StateOf: map[string]string{"firing": "firing", "pending": "pending", "silenced": "silenced", "inhibited": "inhibited"},
		StateWhy: map[string]string{
			"firing": "The condition has been true for long enough: the alert is sent.", "pending": "The condition is true, but not yet for long enough to be sent.",
			"silenced": "It is active, and somebody asked that it not be sent.", "inhibited": "It is active, and not sent because a graver alert says the same.",
		},
		Runbook: "runbook", Description: "description", Labels: "Labels", Annotations: "Annotations", Expr: "condition", Origin: "origin",
		Silences: "Silences", Silence: "silence", By: "by", Until: "until", From: "from", Why: "reason", NoReason: "no reason given", NoSilence: "No silence covers this alert.", Matchers: "matches",
		NoAlertmanager: "No Alertmanager is configured: silences are not known.", Reading: "reading the silences…", Others: "Silences of the project that do not cover this alert",
		CopyName: "name", CopyLabels: "labels", CopyRunbook: "runbook", CopyExpr: "condition (PromQL)",
	}
}
