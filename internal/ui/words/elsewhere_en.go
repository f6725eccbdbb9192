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
		ChangeTitle: "Change", ChangeReading: "Reading the commit…", ChangeGone: "GitLab does not know this commit in this repository", ChangeGoneHint: "A forced push may have removed it: Argo CD then keeps a revision that nobody can read again.",
		ChangeNoForge: "no GitLab is configured for this project", ChangeCut: "the rest is not read: more than 100 files, or more than 1 MiB", ChangeMasked: "secrets masked: •••", ChangeBy: "by", ChangeMissing: "what the branch has besides", ChangeCopy: "the change, as text", OpenChange: "see what the commit changed",
		SilenceOver: "over since", AtHead: "at the head of the branch", NotBehind: "no commit behind (it is not at the head: another branch)", Rewritten: "unknown to the branch: history was rewritten",
		ChangeKind:    map[string]string{"added": "added", "deleted": "deleted", "renamed": "renamed", "changed": "changed"},
		ChangeWithout: map[string]string{"too_large": "too large: GitLab does not give its lines", "collapsed": "collapsed by GitLab: to be read in the browser", "empty": "no lines: binary, or only the name or mode changes", "cut": "not read: the change is larger than 1 MiB"},
		ChangeFiles:   func(n int) string { return s.Plural(n, "file", "files") },
		Behind: func(n int, atLeast bool) string {
			text := s.Plural(n, "commit behind", "commits behind")
			if atLeast {
				return "at least " + text
			}
			return text
		},
		PinTimeline: func(n int) string { return s.Plural(n, "entry", "entries") + " after it, faint" },
	}
	e.System["runbook_url"], e.System["runbook"], e.System["dashboard_url"], e.System["dashboard"], e.System["cve"] = "Runbook", "Runbook", "Dashboard", "Dashboard", "Vulnerability"
	return e
}
