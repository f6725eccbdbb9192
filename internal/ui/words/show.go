package words

// Show is the presenter's panel of the demo.
type Show struct {
	Look, Press, Note string // labels
	NoPress           string // the step has nothing to press
	World             string // before the platform's time
	Held              string // the platform waits for the next step
	Paused            string
	Playing           string // it plays by itself
	Last, First       string // there is no further step
	NoTime            string // no time of the step is left to pass
	Passed            string
	Speed             func(times int) string
	Stopped, Going    string // toasts of pause
	Hidden            func(key string) string
}

func showFrench(s *Set) Show {
	return Show{
		Look: "Montrer", Press: "Appuyer", Note: "Notes", NoPress: "rien : parler", World: "plateforme", Held: "en attente", Paused: "en pause", Playing: "lecture automatique",
		Last: "dernière étape", First: "première étape", NoTime: "cette étape n'a plus de temps à faire passer", Passed: "le temps de l'étape est passé",
		Speed:   func(n int) string { return "le temps de la plateforme passe " + s.Int(n) + " fois plus vite" },
		Stopped: "le temps de la plateforme est arrêté", Going: "le temps de la plateforme passe",
		Hidden: func(key string) string { return "panneau caché ; " + key + " le montre" },
	}
}

func showEnglish(s *Set) Show {
	return Show{
		Look: "Show", Press: "Press", Note: "Notes", NoPress: "nothing: talk", World: "platform", Held: "waiting", Paused: "paused", Playing: "plays by itself",
		Last: "last step", First: "first step", NoTime: "this step has no time left to pass", Passed: "the time of the step has passed",
		Speed:   func(n int) string { return "the platform's time passes " + s.Int(n) + " times faster" },
		Stopped: "the platform's time stands still", Going: "the platform's time passes",
		Hidden: func(key string) string { return "panel hidden; " + key + " shows it" },
	}
}

func showCommandsFrench(m map[string]Label) {
	m["show.next"] = Label{"suivant", "déroulé : étape suivante"}
	m["show.previous"] = Label{"précédent", "déroulé : étape précédente"}
	m["show.panel"] = Label{"panneau", "déroulé : cacher ou montrer le panneau"}
	m["show.pass"] = Label{"avancer", "déroulé : faire passer tout de suite le temps de l'étape"}
	m["show.keys"] = Label{"touches", "déroulé : montrer en grand la dernière touche, ou non"}
	m["show.pause"] = Label{"pause", "démo : arrêter le temps de la plateforme, ou le laisser passer"}
	m["show.faster"] = Label{"plus vite", "démo : le temps de la plateforme passe plus vite"}
	m["show.slower"] = Label{"moins vite", "démo : le temps de la plateforme passe moins vite"}
	m["show.reset"] = Label{"recommencer", "démo : tout recommencer, sur une plateforme neuve de la même graine"}
}

func showCommandsEnglish(m map[string]Label) {
	m["show.next"] = Label{"next", "walkthrough: next step"}
	m["show.previous"] = Label{"previous", "walkthrough: previous step"}
	m["show.panel"] = Label{"panel", "walkthrough: hide or show the panel"}
	m["show.pass"] = Label{"pass time", "walkthrough: let the time of the step pass at once"}
	m["show.keys"] = Label{"keys", "walkthrough: show the last key in large, or not"}
	m["show.pause"] = Label{"pause", "demo: stop the platform's time, or let it pass"}
	m["show.faster"] = Label{"faster", "demo: the platform's time passes faster"}
	m["show.slower"] = Label{"slower", "demo: the platform's time passes slower"}
	m["show.reset"] = Label{"start over", "demo: start over, on a new platform of the same seed"}
}
