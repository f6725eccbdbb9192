package findings

import (
	"time"

	"dsotop/internal/platform"
)

const readAccess = "list members in the console; list the members of the project's group in GitLab (any member of it)"

// people walks those who belong to the project in the console, the owner first.
func (in *Input) people(visit func(p *platform.Person, owner bool)) {
	if in.Project.Owner.Email != "" {
		visit(&in.Project.Owner, true)
	}
	for i := range in.Project.Members {
		if m := &in.Project.Members[i]; m.Email != "" && m.ID != in.Project.Owner.ID {
			visit(&m.Person, false)
		}
	}
}

func human(p *platform.Person) bool { return p.Type == "" || p.Type == "human" }

func memberWithoutAccess() Rule {
	return Rule{
		ID: "member-without-access", Mode: "F40", Area: "access", Runbook: "RB-19", Severity: platform.SeverityWarning, Aside: true,
		Needs: []platform.Family{platform.FamProject, platform.FamMembers, platform.FamAccess},
		Doc: Doc{
			What:     "Somebody is a member of the project in the console and has no access to its GitLab group.",
			Why:      "The account did not exist when the project was provisioned (it is made at the first login), and only the server's own log says so. After a first login the project must be provisioned again.",
			Evidence: "The person, in the console, and the absence of an account of that name in the group. Probable: accounts are compared by name, administrators of GitLab need no membership.",
			Sources:  "console, gitlab", Rights: readAccess,
		},
		Check: func(in *Input) []platform.Finding {
			if len(in.Access) == 0 { // not even the owner: the group is not kept by members at all
				return nil
			}
			var out []platform.Finding
			in.people(func(p *platform.Person, owner bool) {
				if !human(p) || in.hasAccount(p) {
					return
				}
				f := platform.Finding{Severity: platform.SeverityInfo, Confidence: platform.Probable, Subject: in.subject(nil, "person", p.Name()), Args: words("person", p.Name(), "account", platform.GitLabUsername(p.Email)),
					Why: []platform.Evidence{in.coded(platform.FamAccess, nil, "no_account", time.Time{}, "account", platform.GitLabUsername(p.Email), "count", itoa(len(in.Access)))}}
				if owner || p.LastLogin.IsZero() {
					f.Severity = platform.SeverityWarning
				}
				if p.LastLogin.IsZero() {
					f.Why = append(f.Why, in.coded(platform.FamMembers, nil, "never_logged_in", time.Time{}, "person", p.Name()))
				}
				out = append(out, f)
			})
			return out
		},
	}
}

func (in *Input) hasAccount(p *platform.Person) bool {
	for i := range in.Access {
		m := &in.Access[i]
		if platform.SameUser(m.Username, p.Email) || m.Email != "" && m.Email == p.Email {
			return true
		}
	}
	return false
}

func departedMember() Rule {
	return Rule{
		ID: "departed-member", Area: "access", Runbook: "RB-19", Severity: platform.SeverityWarning, Aside: true,
		Needs: []platform.Family{platform.FamProject, platform.FamMembers, platform.FamAccess},
		Doc: Doc{
			What:     "Somebody has an access of their own to the project's GitLab group and is not, or no longer, a member in the console.",
			Why:      "Who leaves in the console keeps the GitLab membership unless the console's purge is on: sources can still be read, and written to.",
			Evidence: "The account and its level. Probable: accounts are compared by name. The account with which the console made the group, and by which all others were made members, is not meant.",
			Sources:  "console, gitlab", Rights: readAccess,
		},
		Check: func(in *Input) []platform.Finding {
			if in.Project.Owner.Email == "" { // nothing to compare with
				return nil
			}
			var out []platform.Finding
			for i := range in.Access {
				m := &in.Access[i]
				if m.Bot || m.Blocked || !m.Expires.IsZero() && in.Past(m.Expires) {
					continue
				}
				declared := false
				in.people(func(p *platform.Person, _ bool) {
					declared = declared || platform.SameUser(m.Username, p.Email) || m.Email != "" && m.Email == p.Email
				})
				if declared {
					continue
				}
				severity := platform.SeverityInfo
				if m.Level >= 30 {
					severity = platform.SeverityWarning
				}
				out = append(out, platform.Finding{Severity: severity, Confidence: platform.Probable, Subject: in.subject(nil, "person", m.Username), Args: words("person", firstOf(m.Name, m.Username), "account", m.Username),
					Why: []platform.Evidence{in.coded(platform.FamAccess, nil, "account", time.Time{}, "account", m.Username, "level", itoa(m.Level))}})
			}
			return out
		},
	}
}

// moveNotice is how long after the first production environment people still wonder where their dashboards went.
const moveNotice = 30 * 24 * time.Hour

func grafanaMoved() Rule {
	return Rule{
		ID: "grafana-moved", Mode: "F29", Area: "access", Runbook: "RB-19", Severity: platform.SeverityInfo, Aside: true,
		Needs: []platform.Family{platform.FamProject, platform.FamEnvironments, platform.FamMembers},
		Doc: Doc{
			What:     "The project got its first production environment in the last 30 days: members were moved to the groups of Grafana's production, and lost those of the others.",
			Why:      "The console gives each member one of the two sides, never both. Who opens the other Grafana reads *login failed*; the owner keeps both.",
			Evidence: "When the first production environment was made, and the members concerned. Probable: the groups themselves are Keycloak's and are not read.",
			Sources:  consoleSource, Rights: "list environments and members in the console",
		},
		Check: func(in *Input) []platform.Finding {
			var first *platform.EnvironmentFacts
			elder := false
			for i := range in.Environments {
				e := &in.Environments[i]
				if !e.Undeclared && e.Production() && !e.CreatedAt.IsZero() && (first == nil || e.CreatedAt.Before(first.CreatedAt)) {
					first = e
				}
			}
			if first == nil || in.Past(first.CreatedAt.Add(moveNotice)) {
				return nil
			}
			for i := range in.Environments {
				e := &in.Environments[i]
				elder = elder || !e.Undeclared && !e.Production() && e.CreatedAt.Before(first.CreatedAt)
			}
			n := 0
			in.people(func(p *platform.Person, owner bool) {
				if !owner && human(p) {
					n++
				}
			})
			if !elder || n == 0 {
				return nil
			}
			return []platform.Finding{{Severity: platform.SeverityInfo, Confidence: platform.Probable, Subject: in.subject(first, "access", "grafana"), Since: first.CreatedAt, Args: words("count", itoa(n), "environment", first.Name),
				Why: []platform.Evidence{in.coded(platform.FamEnvironments, nil, "env_made", first.CreatedAt, "environment", first.Name)}}}
		},
	}
}
