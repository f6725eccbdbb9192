package words

import (
	"sync"
	"time"

	"dsotop/internal/platform"
)

// English returns the English words. They are made once; nobody changes them.
func English() *Set { return englishSet() }

var englishSet = sync.OnceValue(func() *Set { return makeEnglish().keyed(nil) })

// makeEnglish makes the words with the names of keys left open.
func makeEnglish() *Set {
	s := &Set{Tag: "en", Name: "English"}
	s.Form = Form{
		Decimal: ".", Group: ",", Percent: "%", Second: "s", Minute: "min", Hour: "h", Day: "d", DayShort: "d",
		IBytes: []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB"}, Core: "core", Cores: "cores",
		Yes: "yes", No: "no", Never: "never", Unknown: "unknown",
		Since:    func(when string) string { return "since " + when },
		Ago:      func(age string) string { return age + " ago" },
		DayMonth: "2 Jan", Date: "2 Jan 2006", Clock: "15:04", Colon: ": ",
	}
	s.State = map[platform.State]State{
		platform.StateStarting:      {"starting", "Reading for the first time."},
		platform.StateLive:          {"live", "Data is read as it changes."},
		platform.StateStale:         {"late", "The last readings failed: the values shown are ageing."},
		platform.StateForbidden:     {"no right", "The account is known but may not read this data."},
		platform.StateUnauthorised:  {"refused", "The token is refused or has expired."},
		platform.StateUnreachable:   {"unreachable", "It does not answer, or not as it should: the last known values stay on screen."},
		platform.StateNotConfigured: {"not configured", "No source of this kind is declared in the configuration."},
	}
	s.Remedy = map[platform.Remedy]string{
		platform.RemedyNone:          "Nothing to do.",
		platform.RemedyWait:          "Wait: another attempt is planned.",
		platform.RemedyRenewToken:    "Renew the token where the configuration points: it is read again without a restart.",
		platform.RemedyGiveToken:     "Give this source a token in the configuration: token: env:NAME, file:PATH or exec:COMMAND.",
		platform.RemedyAskRight:      "Ask a platform administrator or the project's owner for the missing right.",
		platform.RemedyPersonalToken: "Use the personal token of an administrator: administration tokens get an error 500.",
		platform.RemedyCheckURL:      "Check the address in the configuration: nothing answers in time (timeout:), or something else than the expected service.",
		platform.RemedyCheckTLS:      "Check the certificate: add the authority with tls.ca, correct the name, or give a client certificate with tls.cert and tls.key.",
		platform.RemedyCheckProxy:    "Check the proxy: it refuses, or cannot reach the service.",
		platform.RemedyConfigure:     "Declare the source in the configuration.",
		platform.RemedyRunOutside:    "Run the authentication command in another terminal: it waits for a person.",
		platform.RemedyCheckTenant:   "Check the tenant in the configuration: the service wants one, or does not know this one.",
		platform.RemedySlowDown:      "Nothing to do: the service asks for fewer calls, dsotop slows down.",
	}
	s.Severity = map[platform.Severity]Severity{
		platform.SeverityCritical: {"critical", "critical", "critical"},
		platform.SeverityDegraded: {"degraded", "degraded", "degraded"},
		platform.SeverityWarning:  {"warning", "to watch", "to watch"},
		platform.SeverityInfo:     {"information", "information", "informations"},
		platform.SeverityOK:       {"healthy", "healthy", "healthy"},
	}
	s.Frame = Frame{
		ReadOnly:  "read-only",
		Sources:   func(n int) string { return s.Plural(n, "source", "sources") },
		TooSmall:  "This window is a little small: %d columns and %d lines are needed.",
		Cached:    "last known state",
		Copied:    func(what string) string { return "copied: " + what },
		Refreshed: "every source was asked to look again",
		Language:  "Language", Theme: "Theme",
		NoPage: "there is no page for that", Gone: "is no longer known to any source",
		Released:  "instant released: pages show the present again",
		Pinned:    func(when string) string { return "instant pinned: " + when + " (" + s.Key("back") + " releases it)" },
		TimeTitle: "Instant", TimeFree: "release the pinned instant", TimeOther: "another instant…", TimeNow: "now",
		TimeHint: "14:03, -2h, yesterday 14:03, 21/11 14:03, 2026-11-21T14:03:00Z", TimeBad: "this is not a time",
		LinkSpared: "link spared", LinkSlow: func(trip time.Duration) string { return "slow link" + milliseconds(trip) },
		Broken: "an internal error was contained; the screen goes on",
	}
	s.List = List{
		SortTitle: "Sort by", Filter: "filter", FilterHint: "text, several words, -word to exclude",
		NoMatch: "Nothing matches the filter", NoMatchHint: "{key:back} removes the filter.",
		Problems: "problems only", NoProblem: "No problem: all that is known is well.",
		Shown:     func(shown, total int) string { return s.Int(shown) + " of " + s.Int(total) },
		Approx:    "loose",
		CopyTitle: "Copy",
		Legend: map[string]string{
			"loading": "being read", "not_configured": "not configured", "forbidden": "no right",
			"unknown": "not read", "none": "none",
		},
		Position: func(first, last, n int) string {
			return s.Int(first) + "–" + s.Int(last) + " / " + s.Int(n)
		},
	}
	s.Palette = Palette{
		Title: "Go to…", Hint: "project, namespace, page, command, SHA…", NoMatch: "Nothing has that name: fewer letters find more",
		Kind: map[string]string{
			"command": "command", "page": "page", "project": "project", "environment": "environment", "namespace": "namespace",
			"application": "application", "theme": "theme", "tab": "tab", "language": "language", "resolved": "recognised",
		},
		WhyNot: func(reason string) string { return "impossible: " + reason },
	}
	s.Help = Help{
		Title: "Keys", Hint: "{key:list.open} runs the chosen command.", Keys: "KEYS", What: "EFFECT", Why: "not now",
		Severity: "Severities", Signs: "Signs", Values: "Values",
	}
	s.Fleet = fleetEnglish(s)
	s.Command, s.Scope = commandsEnglish()
	textCommandsEnglish(s.Command)
	s.Project = projectEnglish(s)
	s.Environment = environmentEnglish(s)
	s.Sources = sourcesEnglish(s)
	s.Perf = perfEnglish()
	s.Logs = logsEnglish(s)
	s.Pipelines = pipelinesEnglish(s)
	s.Trace = traceEnglish(s)
	s.GitOps, s.Pods = gitOpsEnglish(s), podsEnglish(s)
	s.Metrics = metricsEnglish(s)
	plotCommandsEnglish(s.Command)
	s.Timeline = timelineEnglish(s)
	s.Onboarding = onboardingEnglish(s)
	s.Notes = notesEnglish(s)
	notesCommandsEnglish(s.Command)
	s.Show = showEnglish(s)
	s.Linear = linearEN()
	s.Actions, s.Deeds = actionsEnglish(s), deedsEnglish()
	actionsCommandsEnglish(s.Command)
	showCommandsEnglish(s.Command)
	timelineCommandsEnglish(s.Command)
	onboardingCommandsEnglish(s.Command)
	s.Runbooks = runbooksEnglish()
	runbooksCommandsEnglish(s.Command)
	s.Chain = chainEnglish(s)
	s.Policies = policiesEnglish(s)
	s.Elsewhere = elsewhereEnglish(s)
	s.Quality, s.Images, s.Alerts = qualityEnglish(s), imagesEnglish(s), alertsEnglish(s)
	return s
}
