package words

import "strconv"

func actionsEnglish(s *Set) Actions {
	return Actions{
		Title: "Actions & journal", Menu: "Actions", Nothing: "no action for this", ReadOnlyHint: "read-only: --write, or “write: true” in the profile, opens writing", Preparing: "preparing, nothing is written…",
		Kind: map[string]string{"platform": "platform", "project": "project", "environment": "environment", "repository": "repository", "pipeline": "pipeline", "job": "job", "application": "application",
			"resource": "resource", "workload": "workload", "pod": "pod", "artifact": "image", "alert": "alert", "silence": "silence", "member": "member", "chain": "service chain"},
		Risk:    map[string]string{"read": "a harder look", "write": "write", "production": "production", "destructive": "destruction"},
		Outcome: map[string]string{"done": "done", "failed": "failed", "refused": "refused", "unknown": "outcome unknown"},
		Phase:   map[string]string{"sending": "sending", "looking": "verifying", "settled": "over"},
		Item:    map[string]string{"waiting": "waiting", "running": "running", "skipped": "left out", "done": "done", "failed": "failed", "refused": "refused", "unknown": "unknown"},
		Bulk:    map[string]string{"planned": "ready", "running": "running", "paused": "paused", "stopped": "stopped", "done": "over", "interrupted": "interrupted"},
		Reason: map[string]string{
			"read_only": "read-only; --write opens writing", "policy_closed": "closed by policy: {detail}", "four_eyes": "somebody else has to agree: {detail}",
			"same_eyes": "somebody else than {detail} has to agree", "not_approver": "{detail} may not agree to this", "running": "an action is already running: {detail}",
			"closing": "dsotop is ending", "broken": "internal error: {detail} (see the log file)", "unknown_deed": "unknown action: {detail}", "wrong_subject": "does not apply to this: {detail}",
			"unknown_argument": "unknown parameter: {detail}", "argument_missing": "a value is missing: {detail}", "not_int": "a whole number is expected ({detail})", "not_number": "a number is expected ({detail})",
			"not_bool": "true or false is expected ({detail})", "not_duration": "a duration is expected, for example 30m ({detail})", "not_a_choice": "impossible value ({detail})",
			"not_confirmed": "to confirm, type exactly: {detail}", "plan_old": "this was prepared too long ago; prepare it again", "done_already": "already begun", "journal": "the journal cannot be written, nothing was sent: {detail}",
			"not_cancellable": "cannot be stopped from here", "refused": "refused: {detail}", "no_bulk": "is only done on one thing at a time", "riskier": "riskier than what was confirmed: {detail}",
			"stopped": "stopped before", "secret_gone": "a secret value has to be given again: {detail}", "other_platform": "it was done on another platform: {detail}", "not_paused": "is not paused: {detail}",
			"not_configured": "system not configured, or not reachable by this means: {detail}",
		},
		PlanTitle: func(deed, subject string) string { return deed + " · " + subject },
		Call:      "Exact call", ElseCall: "if unknown, then", Command: "Equivalent", Effects: "What will change", NoEffects: "nothing that preparing could see", Warnings: "Beware", Undo: "Way back", NoUndo: "none",
		RiskName: "Risk", Sample: "for instance", New: "new", NewPod: "a new one", Removed: "removed", Cancel: "Cancel", Do: "Do it", TypeName: "To do it, type", Approver: "Agreed by", ApproverHint: "the other person's name", TypeCount: "To do it, type the number",
		Form: "Parameters", FormGo: "Prepare", Required: "required", CopyCall: "the call (curl)", CopyCommand: "the command", Copied: "command",
		Refuse: "Do not", On: "On", Things: "things",
		MoreLines: func(n int) string { return strconv.Itoa(n) + " more lines (" + s.KeyWord("pgdown") + ")" },
		NotSent: func(sink, since, why string) string {
			return "journal not sent to " + sink + " since " + since + ": " + why
		},
		Began: func(deed, subject string) string {
			return deed + " · " + subject + ": sent, being verified (“:actions”)"
		},
		Ended: func(deed, subject, outcome, note string) string {
			if note != "" {
				note = ": " + note
			}
			return deed + " · " + subject + ": " + outcome + note
		},
		RunningNow: func(n int) string {
			if n == 1 {
				return "1 action running"
			}
			return strconv.Itoa(n) + " actions running"
		},
		Write: "WRITE", Stop: "stop", StopAsk: "Stop this action?", CannotStop: "cannot be stopped from here", Stopped: "asked to stop",
		Leaving: "running actions are ending…", LeavingHow: "Ctrl-C leaves at once: the next dsotop goes on verifying",
		At: "WHEN", Deed: "ACTION", Subject: "ON", By: "BY", OutcomeHead: "OUTCOME", Took: "TOOK", Order: "running, then newest", None: "nothing was done", NoneWhy: "Actions done from here (key a) show here, with their outcome.",
		Journal: "journal", Memory: "in memory only", CallHead: "Call", AnswerHead: "Answer", StepsHead: "Progress", NoteHead: "Message", ApproverHead: "agreed by", ArgsHead: "Parameters", RunHead: "action",
		LookAgain: "look again, sending nothing", UnknownHint: "Nobody knows whether it is done. Nothing is sent again: the key {key:list.actions} lets you look again; see the thing itself before doing it once more.",
		UnknownNext: func(run string) string {
			return "nothing is sent again: see the thing itself before doing it once more, or look again: dsotop action look " + run + ", or the page “Actions & journal” (:actions)"
		},
		NoAnswer: "none", Again: "looked at again later", Elsewhere: "verified by another dsotop", BulkHead: "BULK", ItemsHead: "Outcomes", Torn: "a line that was not finished was set aside",
		Pause: "pause", Resume: "resume", StopBulk: "stop the rest", ResumeAsk: "Resume this bulk?", StoppedRatio: "paused: too many failures", Marked: "marked",
		BulkTitle: func(deed string, n int) string { return deed + " · " + strconv.Itoa(n) + " things" },
		BulkPace: func(together, percent int) string {
			return strconv.Itoa(together) + " at a time, paused above " + strconv.Itoa(percent) + " % of failures; an outcome for each"
		},
		Skips: func(n int) string { return strconv.Itoa(n) + " left out" },
		Counted: func(runs, running int) string {
			return strconv.Itoa(runs) + " in the journal, " + strconv.Itoa(running) + " running"
		},
	}
}

func actionsCommandsEnglish(m map[string]Label) {
	m["actions.page"] = Label{"journal", "actions done and running, their journal"}
	m["list.mark"] = Label{"mark", "mark the row, to act on several"}
}
