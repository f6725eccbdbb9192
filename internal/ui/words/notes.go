package words

// Notes is what is said of findings: taken on, until when, why; and what is new.
type Notes struct {
	New        string // since this person last looked
	NewCount   func(n int) string
	By         func(who string) string
	Until      func(when string) string
	AsLong     string // as long as the finding stands
	Which      string // title of the menu of findings
	GiveBack   string
	GivenBack  string
	Taken      string
	Reason     string
	ReasonHint string
	NoReason   string
	NoFinding  string
	NoFile     string
}

func notesFrench(s *Set) Notes {
	return Notes{
		New: "nouveau depuis le dernier passage", NewCount: func(n int) string { return s.Plural(n, "nouveau", "nouveaux") },
		By: func(who string) string { return "pris en compte par " + who }, Until: func(when string) string { return "jusqu'à " + when }, AsLong: "tant que le constat dure",
		Which: "Quel constat ?", GiveBack: "ne plus prendre en compte", GivenBack: "constat rendu", Taken: "constat pris en compte",
		Reason: "Raison", ReasonHint: "ticket, personne prévenue, intervention prévue…", NoReason: "une raison est nécessaire : elle sera lue par les autres",
		NoFinding: "aucun constat ici", NoFile: "rien ne garde les prises en compte ici",
	}
}

func notesEnglish(s *Set) Notes {
	return Notes{
		New: "new since the last look", NewCount: func(n int) string { return s.Plural(n, "new", "new") },
		By: func(who string) string { return "acknowledged by " + who }, Until: func(when string) string { return "until " + when }, AsLong: "as long as the finding stands",
		Which: "Which finding?", GiveBack: "take the acknowledgement back", GivenBack: "acknowledgement taken back", Taken: "finding acknowledged",
		Reason: "Reason", ReasonHint: "ticket, person told, work planned…", NoReason: "a reason is needed: others will read it",
		NoFinding: "no finding here", NoFile: "nothing keeps acknowledgements here",
	}
}

func notesCommandsFrench(m map[string]Label) {
	m["list.acknowledge"] = Label{"prendre en compte", "prendre en compte un constat, jusqu'à quand et pourquoi, ou le rendre"}
}

func notesCommandsEnglish(m map[string]Label) {
	m["list.acknowledge"] = Label{"acknowledge", "acknowledge a finding, until when and why, or take that back"}
}
