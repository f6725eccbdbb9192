package words

func onboardingEnglish(s *Set) Onboarding {
	return Onboarding{
		Title: "Onboarding", Short: "ONB.", Projects: func(n int) string { return s.Plural(n, "project", "projects") }, Steps: "STEPS", StepsHint: "from the request (1) to production (18)",
		Step: map[string]string{
			"request": "request", "prequalification": "prequalification", "qualification": "technical qualification", "accounts": "acceptance, accounts", "enrolment": "enrolment",
			"team": "team and roles", "repositories": "repositories declared", "mirror": "mirror", "ci-file": "CI file", "pipeline": "continuous integration", "quality": "quality",
			"images": "images, scan", "environments": "environments", "secrets": "secrets", "resources": "flows, DNS, certificates, S3, DB", "deployed": "GitOps deployment",
			"observability": "observability", "production": "production, operation",
		},
		Check: map[string]string{
			"chain":   "service chain",
			"request": "request sent", "prequalification": "prequalification passed", "qualification": "qualification validated", "qualification.prerequisites": "prerequisites collected",
			"qualification.compatibility": "compatibility", "qualification.skills": "skills", "accounts.console": "accounts of the console", "accounts.mattermost": "Mattermost accounts",
			"accounts.ticketing": "accounts of the ticket tool", "enrolment.project": "project in the console", "enrolment.quota": "quotas", "team": "team and roles",
			"repositories.application": "application repository", "repositories.infra": "infra repository", "mirror": "mirror of", "ci-file": "CI of", "pipeline": "pipeline of", "quality": "gate of",
			"images": "images", "environments": "environment", "secrets": "secrets provided", "secrets.delivered": "secrets received by pods", "resources": "flows, DNS, certificates, S3, DB", "resources.flows": "network flows",
			"resources.dns": "DNS names", "resources.certificates": "certificates", "resources.storage": "S3 storage", "resources.database": "database", "deployed": "deployment in",
			"observability.application": "observability application", "observability.data": "metrics received", "observability.dashboards": "dashboards and alerts as code",
			"production.hosting": "hosting request", "production.audit": "security audit", "production.approval": "approval (homologation)", "production.environment": "production environment",
			"production.backup": "backup and restore tried", "production.recovery": "recovery plan", "production.on_call": "on-call duty", "production": "production, operation",
			"accounts": "acceptance, accounts", "enrolment": "enrolment", "repositories": "repositories declared", "observability": "observability",
		},
		State:      map[string]string{"todo": "to do", "waiting": "waiting", "running": "under way", "ok": "done", "ko": "failing", "na": "not applicable", "unknown": "unknown"},
		Owner:      map[string]string{"": "nobody", "team": "project team", "service_team": "Service Team", "admins": "administrators", "host": "host (BACI)", "security": "security"},
		OwnerShort: map[string]string{"": "–", "team": "team", "service_team": "Service Team", "admins": "admins", "host": "host", "security": "security"},
		Track:      map[string]string{"pax": "PAX (Internet, non-production)", "cloudpi": "Cloud π (Ministry)"},
		Field: map[string]string{
			"request_number": "number of the request", "request_link": "link to the request", "case": "eligibility case (1 to 4)", "training_path": "self-training path followed on", "accounts": "Keycloak accounts asked for",
			"repository_token": "token of the private external repository, end", "good_practices": "good practices", "cct": "requirements of the CCT", "dns": "DNS constraint (*.gouv.fr, *.interieur.gouv.fr)", "architecture": "DAT or architecture schema",
			"data_volume": "volume of data (GiB)", "users": "users", "takeover": "data take-over", "takeover_volume": "volume to take over (GiB)", "backups": "backup and restore",
			"database": "creation of the database (app or by hand)", "external": "external components called", "exposure": "exposure (Internet, intranet, RIE; NP, DR)", "environments": "number of environments",
			"domains": "domains and certificates", "cpu": "CPU estimate (cores)", "memory": "memory estimate (GiB)", "start": "wished beginning", "production": "aimed production date", "deadline": "deadline",
		},
		Compatibility: map[string]string{
			"linux": "Linux containers", "stateless": "stateless (sessions outside)", "same_image": "same image everywhere, configured by variables", "rootless": "rootless",
			"read_only_root": "read-only root file system", "port_above_1024": "listening port > 1024", "random_uid": "any UID (OpenShift)",
		},
		Skill:  map[string]string{"containers": "containers", "kubernetes": "Kubernetes", "gitlab_ci": "GitLab CI", "gitops": "GitOps", "helm": "Helm", "openshift": "OpenShift", "argo_cd": "Argo CD"},
		Kind:   map[string]string{"text": "text", "number": "number", "list": "list: a, b, c", "date": "date: 2026-11-21", "link": "address https://…"},
		Answer: map[string]string{"yes": "yes", "no": "no", "na": "not applicable"},
		Part:   map[string]string{"steps": "Steps", "form": "Prerequisites", "checklists": "Compatibility and skills", "all": "Everything"},
		Why: map[string]string{
			"no_ledger": "no onboarding folder is configured", "ledger_broken": "the project's ledger cannot be read", "not_ticked": "nothing is noted",
			"ticked_ok": "done, noted by {by}", "ticked_na": "not applicable, says {by}", "ticked_waiting": "waiting, says {by}", "ticked_running": "under way, says {by}", "ticked_ko": "failing, says {by}", "ticked_todo": "to do, says {by}",
			"valid_until": "valid until {until}", "expires_soon": "expires soon, on {until}", "expired": "expired on {until}",
			"unread": "not read ({family}): {state}", "answered": "answers: {n} of {total}", "needed_missing": "needed and missing: {item}", "advised_missing": "advised and missing: {item}",
			"people": "people in the project: {n}", "role_empty": "nobody has the role {role}", "console_status": "status in the console: {status}", "tool_failed": "the tool {tool} failed in the last provisioning",
			"locked": "the project is locked", "not_in_console": "the console says nothing of this project", "limitless": "without quota limit", "no_quota": "no quota given",
			"quota": "non-prod {hprod_cpu} cores, {hprod_memory} GiB; prod {prod_cpu} cores, {prod_memory} GiB", "repository_internal": "{name}, internal", "repository_external": "{name}, from an external forge",
			"no_repository": "no repository of this kind", "only_internal": "no repository comes from an external forge", "no_run": "no run", "run": "#{number} {status} (triggered by {source})", "run_untold": "#{number} {status}",
			"by_hand": "never triggered by the primary chain: to be automated", "automated": "triggered by the primary chain", "target_empty": "the GitLab repository is empty", "not_in_gitlab": "not in GitLab",
			"ci_path": "GitLab reads {path}, not .gitlab-ci-dso.yml", "ci_proved": "proved by pipeline #{number}", "ci_unproved": "no pipeline proves the file .gitlab-ci-dso.yml", "job_failed": "job {job} ({stage}) failed",
			"never_analysed": "never analysed", "gate": "gate {status} on {revision}", "condition": "{metric}: {value} {comparator} {threshold}", "no_image": "no image",
			"scan": "{repository}: vulnerabilities critical {critical}, high {high}", "not_scanned": "{repository}: never scanned", "scan_failed": "{repository}: the scan failed", "scanning": "{repository}: being scanned", "signed": "{repository}: signed",
			"no_environment": "no environment", "environment": "{name} ({stage}) on {cluster}", "application": "{name}: {sync}, {health}", "namespace_read": "the namespace answers", "namespace_unproved": "created in the console; the namespace could not be seen",
			"secrets_fine": "no pod waits for a secret", "secret_missing": "{pod} ({environment}) waits for a secret", "secret_unhealthy": "{kind} {name} ({environment}) fails",
			"pax_automatic": "PAX: the cluster's own sub-domain sees to it", "no_application": "no Argo CD application of the team", "no_observability": "no observability application",
			"metrics_seen": "metrics of {environment}", "metrics_unseen": "no metric seen", "no_production": "no production environment", "pax_no_production": "PAX: the standard path ends before production",
			"chain": "service chain {name}: {state}", "chain_step": "{name}: step {step}",
			"family_project": "project", "family_members": "members", "family_repositories": "repositories", "family_git": "GitLab", "family_pipelines": "pipelines", "family_gates": "quality", "family_images": "images",
			"family_environments": "environments", "family_applications": "Argo CD", "family_pods": "pods",
		},
		Project: "PROJECT", Done: "DONE", Next: "NEXT MOVE", Days: "DAYS", StateHead: "STATE", OwnerHead: "WHO", What: "EVIDENCE", Source: "source", Since: "since", Value: "VALUE", Prerequisite: "PREREQUISITE", Number: "NO.",
		Finished: "All is done: what is left is to run it.", Nothing: "Nobody noted anything.", NobodyMoves: "nothing to do", Derived: "derived", DerivedNote: "No table of responsibilities is published: “who” is derived from the support pages.",
		ManualMark: "manual", AutoMark: "read", Given: "given by the platform", NoFile: "no ledger: the first note makes it",
		Ticked: func(by, when string) string { return "noted by " + by + " on " + when },
		Count: func(done, na, total int) string {
			out := s.Int(done) + "/" + s.Int(total)
			if na > 0 {
				out += ", " + s.Int(na) + " not applicable"
			}
			return out
		},
		Answered:  func(n, total int) string { return s.Int(n) + "/" + s.Int(total) + " prerequisites" },
		DaysText:  func(n int) string { return s.Plural(n, "day", "days") },
		Late:      func(n int) string { return s.Plural(n, "failing step", "failing steps") },
		AllOwners: "everybody", ByOwner: "Whose move it is", ShowTitle: "What to show", NextOf: "next move",
		Order: "progress", OrderSteps: "order of the steps", NotNeeded: "not applicable", Unset: "not said", TrackName: "track", NoTrack: "track not said", Mandatory: "mandatory", Advised: "advised",
		Legend: "legend", ActTitle: "Note", Cancel: "Cancel", Write: "Write", Tick: "Done", Wait: "Waiting for somebody…", Begin: "Under way", Fail: "Failing", Aside: "Not applicable", Undo: "Take the note away", Edit: "Change the value", Clear: "Take the value away",
		SetTrack: "Track of the project…", ChangeBy: "Change the name", ChangeAt: "Change the date", ChangeUntil: "Valid until…", ChangeComment: "Change the comment", WaitFor: "Waiting for whom", AskComment: "comment:", CommentHint: "optional; Enter goes on",
		AskBy: "name:", AskAt: "date:", AskUntil: "valid until:", AskValue: "value:", NeedComment: "say why: it is what others will read", NeedName: "a name is expected", BadDate: "a date is expected, for example 2026-11-21",
		Export: "Export…", ExportMarkdown: "Markdown, to a file…", ExportCSV: "CSV, to a file…", ExportTicket: "Block for a ticket, to a file…", AskPath: "file:", PathHint: "path of a file that does not exist yet", Exists: "that file exists: nothing was written",
		CopyMarkdown: "the board, as Markdown", CopyCSV: "the board, as CSV", CopyTicket: "the block for a ticket", CopyLine: "this line",
		Confirm: func(what string) string { return "Note: " + what }, Writing: func(what string) string { return "write to " + what },
		Written: func(path string) string { return "noted in " + path }, Exported: func(path string) string { return "written to " + path },
		NoFolder: "no onboarding folder in this profile", NoFolderWhy: "To note what the systems do not tell, add “onboarding: {folder: PATH}” to the profile: one YAML file per project, which the team keeps in git.",
		NoLedger: "no ledger yet", FolderTrouble: "onboarding folder unreadable", Broken: "ledger unreadable", BrokenWhy: "Nothing of it is used, and nothing will be written to it until it is mended.",
		OnlySystems: "read from the systems: a person can only say “not applicable” or “waiting”", Layout: "The ledger is not laid out line by line: change it in an editor. Nothing was written.",
		Conflict: func(what, now string) string {
			return "“" + what + "” changed meanwhile (" + now + "): nothing was written; look again, then start over"
		},
		SkillName: "skill: ", TicketTitle: "dsotop context for the ticket", TicketStep: "Step", TicketSeen: "Seen",
		Ticket: map[string]string{
			"project": "Project", "profile": "Platform", "environment": "Environment", "namespace": "Namespace", "application": "Argo CD application", "pipeline": "Pipeline", "commit": "Commit", "at": "Read at",
			"request": "Console log (requestId)", "step": "Onboarding step", "next": "Next move", "evidence": "Evidence", "none": "none",
		},
		Incomplete: "Not every source answered: steps may be unknown.", NoProject: "No project to onboard", NoProjectWhy: "No source shows a project to this account.", NoMatchOwner: "No project waits for them; {key:back} shows all.",
	}
}

func onboardingCommandsEnglish(m map[string]Label) {
	m["onboarding"] = Label{"onboarding", "go to the onboarding: the 18 steps of every project"}
	m["list.actions"] = Label{"actions", "what can be done with what is under the cursor"}
}
