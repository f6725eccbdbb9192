package words

import (
	"sync"
	"time"

	"dsotop/internal/platform"
)

// French returns the French words. They are made once; nobody changes them.
func French() *Set { return frenchSet() }

var frenchSet = sync.OnceValue(func() *Set { return makeFrench().keyed(nil) })

// makeFrench makes the words with the names of keys left open.
func makeFrench() *Set {
	s := &Set{Tag: "fr", Name: "français"}
	s.Form = Form{
		Decimal: ",", Group: " ", Percent: " %", Second: "s", Minute: "min", Hour: "h", Day: "j", DayShort: "j",
		IBytes: []string{"o", "Kio", "Mio", "Gio", "Tio", "Pio"}, Core: "cœur", Cores: "cœurs",
		Yes: "oui", No: "non", Never: "jamais", Unknown: "inconnu",
		Since:    func(when string) string { return "depuis " + when },
		Ago:      func(age string) string { return "il y a " + age },
		DayMonth: "02/01", Date: "02/01/2006", Clock: "15:04", Colon: " : ",
	}
	s.State = map[platform.State]State{
		platform.StateStarting:      {"démarre", "Première lecture en cours."},
		platform.StateLive:          {"à jour", "Les données sont lues au fil de l'eau."},
		platform.StateStale:         {"en retard", "Les dernières lectures ont échoué : les valeurs affichées vieillissent."},
		platform.StateForbidden:     {"droit manquant", "Le compte est reconnu mais n'a pas le droit de lire ces données."},
		platform.StateUnauthorised:  {"refusé", "Le jeton est refusé ou expiré."},
		platform.StateUnreachable:   {"injoignable", "Ce service ne répond pas, ou pas comme il devrait : les dernières valeurs connues restent affichées."},
		platform.StateNotConfigured: {"non configuré", "Aucune source de ce genre n'est déclarée dans la configuration."},
	}
	s.Remedy = map[platform.Remedy]string{
		platform.RemedyNone:          "Rien à faire.",
		platform.RemedyWait:          "Attendre : une nouvelle tentative est prévue.",
		platform.RemedyRenewToken:    "Renouveler le jeton à l'endroit que la configuration désigne : il sera relu sans redémarrer.",
		platform.RemedyGiveToken:     "Donner un jeton à cette source dans la configuration : token: env:NOM, file:CHEMIN ou exec:COMMANDE.",
		platform.RemedyAskRight:      "Demander le droit manquant à un administrateur de la plateforme ou au responsable du projet.",
		platform.RemedyPersonalToken: "Utiliser le jeton personnel d'un administrateur : les jetons d'administration reçoivent une erreur 500.",
		platform.RemedyCheckURL:      "Vérifier l'adresse dans la configuration : rien ne répond à temps (timeout:), ou autre chose que le service attendu.",
		platform.RemedyCheckTLS:      "Vérifier le certificat : ajouter l'autorité avec tls.ca, corriger le nom, ou donner un certificat client avec tls.cert et tls.key.",
		platform.RemedyCheckProxy:    "Vérifier le mandataire (proxy) : il refuse ou n'atteint pas le service.",
		platform.RemedyConfigure:     "Déclarer la source dans la configuration.",
		platform.RemedyRunOutside:    "Lancer la commande d'authentification dans un autre terminal : elle attend quelqu'un.",
		platform.RemedyCheckTenant:   "Vérifier le locataire (tenant:) dans la configuration : le service en attend un, ou ne connaît pas celui-ci.",
		platform.RemedySlowDown:      "Rien à faire : le service demande moins d'appels, dsotop ralentit.",
	}
	s.Severity = map[platform.Severity]Severity{
		platform.SeverityCritical: {"critique", "critique", "critiques"},
		platform.SeverityDegraded: {"dégradé", "dégradé", "dégradés"},
		platform.SeverityWarning:  {"attention", "à surveiller", "à surveiller"},
		platform.SeverityInfo:     {"information", "information", "informations"},
		platform.SeverityOK:       {"sain", "sain", "sains"},
	}
	s.Frame = Frame{
		ReadOnly:  "lecture seule",
		Sources:   func(n int) string { return s.Plural(n, "source", "sources") },
		TooSmall:  "Cette fenêtre est un peu petite : il faut %d colonnes et %d lignes.",
		Cached:    "dernier état connu",
		Copied:    func(what string) string { return "copié : " + what },
		Refreshed: "nouvelle lecture demandée à toutes les sources",
		Language:  "Langue", Theme: "Thème",
		NoPage: "aucune page pour cela", Gone: "n'est plus connu d'aucune source",
		Broken:    "erreur interne contenue ; l'affichage continue",
		Released:  "instant libéré : les pages montrent de nouveau le présent",
		Pinned:    func(when string) string { return "instant épinglé : " + when + " (" + s.Key("back") + " le libère)" },
		TimeTitle: "Instant", TimeFree: "libérer l'instant épinglé", TimeOther: "autre instant…", TimeNow: "maintenant",
		TimeHint: "14:03, -2h, hier 14:03, 21/11 14:03, 2026-11-21T14:03:00Z", TimeBad: "ce n'est pas une heure",
		LinkSpared: "liaison ménagée", LinkSlow: func(trip time.Duration) string { return "liaison lente" + milliseconds(trip) },
	}
	s.List = List{
		SortTitle: "Trier par", Filter: "filtre", FilterHint: "texte, plusieurs mots, -mot pour exclure",
		NoMatch: "Rien ne correspond au filtre", NoMatchHint: "{key:back} retire le filtre.",
		Problems: "problèmes seuls", NoProblem: "Aucun problème : tout ce qui est connu va bien.",
		Shown:     func(shown, total int) string { return s.Int(shown) + " sur " + s.Int(total) },
		Approx:    "approché",
		CopyTitle: "Copier",
		Legend: map[string]string{
			"loading": "en cours de lecture", "not_configured": "non configuré", "forbidden": "sans droit",
			"unknown": "pas lu", "none": "aucun",
		},
		Position: func(first, last, n int) string {
			return s.Int(first) + "–" + s.Int(last) + " / " + s.Int(n)
		},
	}
	s.Palette = Palette{
		Title: "Aller à…", Hint: "projet, espace de noms, page, commande, SHA…", NoMatch: "Rien ne porte ce nom : moins de lettres en trouvent plus",
		Kind: map[string]string{
			"command": "commande", "page": "page", "project": "projet", "environment": "environnement", "namespace": "espace de noms",
			"application": "application", "theme": "thème", "tab": "onglet", "language": "langue", "resolved": "reconnu",
		},
		WhyNot: func(reason string) string { return "impossible : " + reason },
	}
	s.Help = Help{
		Title: "Touches", Hint: "{key:list.open} exécute la commande choisie.", Keys: "TOUCHES", What: "EFFET", Why: "pas maintenant",
		Severity: "Gravités", Signs: "Signes", Values: "Valeurs",
	}
	s.Fleet = fleetFrench(s)
	s.Command, s.Scope = commandsFrench()
	textCommandsFrench(s.Command)
	s.Project = projectFrench(s)
	s.Environment = environmentFrench(s)
	s.Sources = sourcesFrench(s)
	s.Perf = perfFrench()
	s.Logs = logsFrench(s)
	s.Pipelines = pipelinesFrench(s)
	s.Trace = traceFrench(s)
	s.GitOps, s.Pods = gitOpsFrench(s), podsFrench(s)
	s.Metrics = metricsFrench(s)
	plotCommandsFrench(s.Command)
	s.Timeline = timelineFrench(s)
	s.Onboarding = onboardingFrench(s)
	s.Notes = notesFrench(s)
	notesCommandsFrench(s.Command)
	s.Show = showFrench(s)
	s.Linear = linearFR()
	s.Actions, s.Deeds = actionsFrench(s), deedsFrench()
	actionsCommandsFrench(s.Command)
	showCommandsFrench(s.Command)
	timelineCommandsFrench(s.Command)
	onboardingCommandsFrench(s.Command)
	s.Runbooks = runbooksFrench()
	runbooksCommandsFrench(s.Command)
	s.Chain = chainFrench(s)
	s.Policies = policiesFrench(s)
	s.Elsewhere = elsewhereFrench(s)
	s.Quality, s.Images, s.Alerts = qualityFrench(s), imagesFrench(s), alertsFrench(s)
	return s
}
