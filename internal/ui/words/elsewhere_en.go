package words

func elsewhereEnglish(s *Set) Elsewhere {
	e := Elsewhere{
		Title: "In the browser", Address: "address", NoLink: "nothing here has a web address that is known: the source that would give it is not configured, or does not tell it",
		Hint: "Enter copies the address; a terminal that knows links opens it on a click (often Ctrl+click). Esc closes.", Command: "as command", System: systemNames(),
		PinnedAt:     func(when string) string { return "As at the chosen instant, " + when },
		PinPipelines: "statuses and jobs of then", PinPipelinesShort: func(n int) string {
			return "what is read does not reach back so far for " + s.Plural(n, "repository", "repositories")
		},
		PinGitOps:      "revision and age of then; sync, health and operation, faint, are of now: Argo CD does not keep their past",
		PinEnvironment: "measures and events of then; pods, quota, errors and policies are of now: Kubernetes does not keep their past", PinRunning: "was in place", PinNothing: "nothing was in place yet, or Argo CD's history does not reach back so far",
		PinTimeline: func(n int) string { return s.Plural(n, "entry", "entries") + " after it, faint" },
	}
	e.System["runbook_url"], e.System["runbook"], e.System["dashboard_url"], e.System["dashboard"], e.System["cve"] = "Runbook", "Runbook", "Dashboard", "Dashboard", "Vulnerability"
	return e
}
