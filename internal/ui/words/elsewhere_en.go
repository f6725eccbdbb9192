package words

func elsewhereEnglish() Elsewhere {
	e := Elsewhere{
		Title: "In the browser", Address: "address", NoLink: "nothing here has a web address that is known: the source that would give it is not configured, or does not tell it",
		Hint: "Enter copies the address; a terminal that knows links opens it on a click (often Ctrl+click). Esc closes.", Command: "as command", System: systemNames(),
		PinnedAt: func(when string) string { return "As it was " + when }, PinNow: "what follows is of now: what it was then is kept nowhere",
	}
	e.System["runbook_url"], e.System["runbook"], e.System["dashboard_url"], e.System["dashboard"], e.System["cve"] = "Runbook", "Runbook", "Dashboard", "Dashboard", "Vulnerability"
	return e
}
