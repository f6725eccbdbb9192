package findings

import (
	"math"
	"time"

	"dsotop/internal/platform"
)

func sonarAccountClash() Rule {
	return Rule{
		ID: "sonar-account-clash", Mode: "F10", Area: "provisioning", Runbook: "RB-01", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamLog},
		Doc: Doc{
			What:     "SonarQube refuses the project's robot: its account is already associated with another.",
			Why:      "Consoles before August 2026 gave robots addresses that could clash. Replaying will fail in the same way until the account is corrected in SonarQube or the console is newer.",
			Evidence: "What SonarQube answered in the newest provisioning.",
			Sources:  consoleSource, Rights: "the console's log with the tools' answers (administrators: list of the system)",
		},
		Check: func(in *Input) []platform.Finding {
			entry, ok := in.lastProvisioning()
			if !ok || entry.OK() {
				return nil
			}
			for _, r := range entry.Results {
				if r.Tool == "sonarqube" && r.Status != "OK" && containsAny(r.Message, "already associated", "already exists") {
					return []platform.Finding{{Severity: platform.SeverityDegraded, Subject: in.subject(nil, "project", in.Project.Slug), Since: in.failingSince(), Args: words("tool", r.Tool),
						Why: []platform.Evidence{in.said(platform.FamLog, nil, "tool_said", r.Message, entry.At, "tool", r.Tool)}}}
				}
			}
			return nil
		},
	}
}

func consoleTooOld() Rule {
	return Rule{
		ID: "console-too-old", Mode: "F37", Area: "provisioning", Runbook: "RB-20", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamProject, platform.FamLog},
		Doc: Doc{
			What:     "The provisioning fails in Nexus or Harbor, and the console is older than what their newer releases want (9.22.1 for Nexus 3.85, 9.20.2 for Harbor 2.13).",
			Why:      "If the tool was upgraded before the console, every project fails in the same way, and replaying helps none. Probable: the tool's own version is not read.",
			Evidence: "The tool's answer and the console's version.",
			Sources:  consoleSource, Rights: readProject,
		},
		Check: func(in *Input) []platform.Finding {
			entry, ok := in.lastProvisioning()
			if !ok || entry.OK() {
				return nil
			}
			for _, t := range []struct{ tool, wanted string }{{"nexus", "9.22.1"}, {"harbor", "9.20.2"}, {"registry", "9.20.2"}} {
				failed := false
				for _, name := range entry.Failed {
					failed = failed || name == t.tool
				}
				if !failed || VersionLag(in.Console.Version, t.wanted) == LagNone {
					continue
				}
				f := platform.Finding{Severity: platform.SeverityDegraded, Confidence: platform.Probable, Subject: in.subject(nil, "project", in.Project.Slug), Since: in.failingSince(),
					Args: words("tool", t.tool, "console", in.Console.Version, "version", t.wanted),
					Why:  []platform.Evidence{in.coded(platform.FamProject, nil, "console_before", time.Time{}, "console", in.Console.Version, "version", t.wanted, "tool", t.tool)}}
				for _, r := range entry.Results {
					if r.Tool == t.tool && r.Message != "" {
						f.Why = append(f.Why, in.said(platform.FamLog, nil, "tool_said", r.Message, entry.At, "tool", r.Tool))
					}
				}
				return []platform.Finding{f}
			}
			return nil
		},
	}
}

// alternation is the window in which two halves of the console taking turns are worth a word.
const alternation = 14 * 24 * time.Hour

func backendsDisagree() Rule {
	return Rule{
		ID: "backends-disagree", Mode: "F35", Area: "provisioning", Runbook: "RB-01", Severity: platform.SeverityWarning,
		Needs: []platform.Family{platform.FamLog},
		Doc: Doc{
			What:     "In the last two weeks both halves of the console provisioned the project in turn, four turns or more.",
			Why:      "They write different values: fine-grained roles of Argo CD, levels in GitLab. Rights change with whoever wrote last, and developers lose the right to synchronise without anybody having taken it.",
			Evidence: "The provisionings and which half made each, by the shape of its log entry; the commits in the zone's repository where they can be read.",
			Sources:  "console; gitlab for the zone's repository", Rights: readProject,
		},
		Check: func(in *Input) []platform.Finding {
			var turns []platform.LogEntry
			for _, e := range in.Log {
				if !e.Provisioning() || e.Backend == "" || in.now.Sub(e.At) > alternation {
					continue
				}
				if len(turns) == 0 || turns[len(turns)-1].Backend != e.Backend {
					turns = append(turns, e)
				}
			}
			if len(turns) < 4 {
				return nil
			}
			in.Past(turns[len(turns)-1].At.Add(alternation))
			f := platform.Finding{Severity: platform.SeverityWarning, Confidence: platform.Probable, Subject: in.subject(nil, "project", in.Project.Slug), Since: turns[len(turns)-1].At, Args: words("count", itoa(len(turns)))}
			for _, e := range turns[:min(len(turns), 4)] {
				f.Why = append(f.Why, in.coded(platform.FamLog, nil, "backend", e.At, "action", e.Action, "backend", e.Backend))
			}
			for i := range in.Zone {
				if z := &in.Zone[i]; !z.At.Before(f.Since) && i < 3 {
					f.Why = append(f.Why, in.coded(platform.FamZone, nil, "zone_commit", z.At, "environment", z.Environment, "revision", short(z.SHA)))
				}
			}
			return []platform.Finding{f}
		},
	}
}

// zoneCommit is the newest commit on an environment's values; nil when none is known.
func (in *Input) zoneCommit(e *platform.EnvironmentFacts) *platform.ZoneCommit {
	var best *platform.ZoneCommit
	for i := range in.Zone {
		if z := &in.Zone[i]; z.Environment == e.Name && (best == nil || z.At.After(best.At)) {
			best = z
		}
	}
	return best
}

func environmentFrozen() Rule {
	return Rule{
		ID: "environment-frozen", Mode: "F21", Area: "provisioning", Runbook: "RB-01", Severity: platform.SeverityDegraded, Aside: true,
		Needs: []platform.Family{platform.FamEnvironments, platform.FamPlans},
		Doc: Doc{
			What:     "An environment was changed in the console, but its zone has a deployment of another environment: what the console writes there no longer includes this one.",
			Why:      "Quota, cluster or automatic synchronisation stay as they were, and every provisioning calls itself a success. A deployment must be declared for this environment too, or all of the zone's removed.",
			Evidence: "The environment's last change, the deployments of its zone; the last commit on its values in the zone's repository (exact), else a quota that is not what the console says, else dates alone (probable).",
			Sources:  "console; gitlab for the zone's repository", Rights: "list deployments in the console (a member's right, an administrator's reading right does not do); read the zone's repository in GitLab (administrators)",
		},
		Check: checkFrozen,
	}
}

func checkFrozen(in *Input) []platform.Finding {
	if len(in.Plans) == 0 {
		return nil
	}
	planned := func(id string) *platform.DeploymentPlan {
		for i := range in.Plans {
			if in.Plans[i].EnvironmentID == id {
				return &in.Plans[i]
			}
		}
		return nil
	}
	var out []platform.Finding
	for i := range in.Environments {
		e := &in.Environments[i]
		if e.Undeclared || e.UpdatedAt.IsZero() || planned(e.ID) != nil {
			continue
		}
		var plan *platform.DeploymentPlan
		other := ""
		for k := range in.Environments {
			o := &in.Environments[k]
			if p := planned(o.ID); p != nil && o.Zone.Slug == e.Zone.Slug && (plan == nil || p.CreatedAt.Before(plan.CreatedAt)) {
				plan, other = p, o.Name
			}
		}
		if plan == nil || !in.Past(e.UpdatedAt.Add(settling)) {
			continue
		}
		commit := in.zoneCommit(e)
		confidence := platform.Exact
		switch {
		case commit != nil && !commit.At.Before(e.UpdatedAt.Add(-time.Minute)):
			continue // it was written
		case commit == nil && e.UpdatedAt.After(plan.CreatedAt):
			confidence = platform.Probable
		case commit == nil:
			continue
		}
		f := platform.Finding{Severity: grade(e, platform.SeverityDegraded), Confidence: confidence, Subject: in.subject(e, "environment", e.Name), Since: e.UpdatedAt, Args: words("other", other, "zone", e.Zone.Slug),
			Why: []platform.Evidence{in.coded(platform.FamEnvironments, nil, "env_changed", e.UpdatedAt, "environment", e.Name), in.coded(platform.FamPlans, nil, "plan", plan.CreatedAt, "name", plan.Name, "environment", other)}}
		if commit != nil {
			f.Why = append(f.Why, in.coded(platform.FamZone, nil, "zone_commit", commit.At, "environment", e.Name, "revision", short(commit.SHA)))
		}
		out = append(out, f)
	}
	return out
}

func quotaNotApplied() Rule {
	return Rule{
		ID: "quota-not-applied", Area: "quota", Runbook: "RB-13", Severity: platform.SeverityWarning,
		Needs: []platform.Family{platform.FamEnvironments, platform.FamQuota},
		Doc: Doc{
			What:     "The namespace's quota is not what the console declares for the environment.",
			Why:      "What was enlarged is not there, what was given back is still taken: the change never reached the cluster. Said half an hour after the environment's last change.",
			Evidence: "Both amounts.",
			Sources:  "console; kubernetes, or prometheus", Rights: "list environments in the console; read resource quotas in Kubernetes, or metrics of the project's tenant",
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for i := range in.Environments {
				e := &in.Environments[i]
				if e.Undeclared || e.Request.IsZero() || in.Project.Derived {
					continue
				}
				for k := range e.Quotas {
					q := &e.Quotas[k]
					if q.Name != "dso-quota" {
						continue
					}
					var why []platform.Evidence
					for _, c := range []struct {
						name string
						want float64
					}{{"limits.cpu", e.Request.CPU}, {"limits.memory", e.Request.Memory * (1 << 30)}} {
						if hard := q.Hard[c.name]; hard > 0 && c.want > 0 && math.Abs(hard-c.want) > c.want/100 {
							why = append(why, in.coded(platform.FamQuota, e, "quota_differs", time.Time{}, "resource", c.name, "hard", quantity(c.name, hard), "asked", quantity(c.name, c.want)))
						}
					}
					if why == nil || !e.UpdatedAt.IsZero() && !in.Past(e.UpdatedAt.Add(settling)) {
						continue
					}
					out = append(out, platform.Finding{Severity: grade(e, platform.SeverityWarning), Subject: in.subject(e, "quota", q.Name), Since: e.UpdatedAt,
						Args: words("hard", why[0].Args["hard"], "asked", why[0].Args["asked"], "resource", why[0].Args["resource"]), Why: why})
				}
			}
			return out
		},
	}
}

func poolExhausted() Rule {
	return Rule{
		ID: "pool-exhausted", Mode: "F17", Area: "quota", Runbook: "RB-13", Severity: platform.SeverityWarning,
		Needs: []platform.Family{platform.FamProject, platform.FamEnvironments},
		Doc: Doc{
			What:     "The environments ask for more than the project's pool, or for all of it while one of them has filled its quota.",
			Why:      "The console refuses the next environment and every enlargement (*Le projet ne dispose pas de suffisamment de ressources*): the pool is enlarged by a request for hosting, which takes days.",
			Evidence: "The sum of the environments and the pool, production apart from the rest.",
			Sources:  "console; kubernetes or prometheus for how full the quotas are", Rights: readProject,
		},
		Check: checkPool,
	}
}

func checkPool(in *Input) []platform.Finding {
	if in.Project.Limitless || in.Project.Derived {
		return nil
	}
	var out []platform.Finding
	for _, side := range []struct {
		name string
		prod bool
		pool platform.Resources
	}{{"hprod", false, in.Project.Hprod}, {"prod", true, in.Project.Prod}} {
		var sum platform.Resources
		var full *platform.EnvironmentFacts
		for i := range in.Environments {
			e := &in.Environments[i]
			if e.Undeclared || e.Production() != side.prod {
				continue
			}
			sum = sum.Add(e.Request)
			if full == nil && tight(e) {
				full = e
			}
		}
		resource, asked, pool := "limits.cpu", sum.CPU, side.pool.CPU
		if side.pool.Memory > 0 && (pool <= 0 || sum.Memory/side.pool.Memory > asked/pool) {
			resource, asked, pool = "limits.memory", sum.Memory*(1<<30), side.pool.Memory*(1<<30)
		}
		if pool <= 0 || asked < pool || asked == pool && full == nil {
			continue
		}
		f := platform.Finding{Severity: platform.SeverityInfo, Subject: in.subject(nil, "pool", side.name), Args: words("pool", side.name, "resource", resource, "asked", quantity(resource, asked), "hard", quantity(resource, pool)),
			Why: []platform.Evidence{in.coded(platform.FamEnvironments, nil, "pool", time.Time{}, "pool", side.name, "resource", resource, "asked", quantity(resource, asked), "hard", quantity(resource, pool))}}
		if asked > pool {
			f.Severity = platform.SeverityWarning
		}
		if full != nil {
			f.Args["environment"] = full.Name
		}
		out = append(out, f)
	}
	return out
}

// tight reports whether an environment has nearly filled its quota: it will want more.
func tight(e *platform.EnvironmentFacts) bool {
	for k := range e.Quotas {
		if ratio, _ := e.Quotas[k].Fill(); math.Round(ratio*100) >= quotaNear {
			return true
		}
	}
	return false
}

// clusterFull is the share of a cluster's capacity from which the console soon refuses.
const clusterFull = 0.97

func clusterExhausted() Rule {
	return Rule{
		ID: "cluster-exhausted", Mode: "F17", Area: "quota", Runbook: "RB-13", Severity: platform.SeverityInfo,
		Needs: []platform.Family{platform.FamEnvironments, platform.FamQuota},
		Doc: Doc{
			What:     "All environments of a cluster together ask for 97 % or more of what it has, and one of the project's has nearly filled its quota there.",
			Why:      "The console refuses the next environment there (*Le cluster ne dispose pas de suffisamment de ressources*), whatever the project's own pool. Only said where the console tells what is asked.",
			Evidence: "What is asked of the cluster and what it has.",
			Sources:  consoleSource, Rights: "list clusters in the console (administrators) for what is asked of them",
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			var seen list
			for i := range in.Environments {
				c := &in.Environments[i].Cluster
				if !c.AskedKnown || c.Label == "" {
					continue
				}
				if !tight(&in.Environments[i]) {
					continue
				}
				resource, asked, has := "limits.cpu", c.Asked.CPU, c.Capacity.CPU
				if c.Capacity.Memory > 0 && (has <= 0 || c.Asked.Memory/c.Capacity.Memory > asked/has) {
					resource, asked, has = "limits.memory", c.Asked.Memory*(1<<30), c.Capacity.Memory*(1<<30)
				}
				if has <= 0 || asked/has < clusterFull || len(seen.with(c.Label)) == len(seen) {
					continue
				}
				seen = seen.with(c.Label)
				out = append(out, platform.Finding{Severity: platform.SeverityInfo, Subject: in.subject(nil, "cluster", c.Label), Args: words("cluster", c.Label, "percent", itoa(int(math.Round(asked/has*100))), "resource", resource, "environment", in.Environments[i].Name),
					Why: []platform.Evidence{in.coded(platform.FamEnvironments, nil, "pool", time.Time{}, "pool", c.Label, "resource", resource, "asked", quantity(resource, asked), "hard", quantity(resource, has))}})
			}
			return out
		},
	}
}

// Reserved and hardly used: the amounts from which it is worth a word.
const (
	idleCores = 4.0
	idleShare = 0.1
)

func reservedIdle() Rule {
	return Rule{
		ID: "reserved-idle", Area: "quota", Runbook: "RB-13", Severity: platform.SeverityInfo,
		Needs: []platform.Family{platform.FamQuota, platform.FamUsage},
		Doc: Doc{
			What:     "An environment reserves four cores or more and has used less than a tenth of them in the last hour.",
			Why:      "What is reserved is taken from the project's pool and from the cluster, whether it is used or not: the requests of its containers are too large, or nobody needs it any more.",
			Evidence: "What is reserved, and the most that was used.",
			Sources:  "kubernetes, or prometheus", Rights: "read resource quotas in Kubernetes; metrics of the project's tenant",
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for i := range in.Environments {
				e := &in.Environments[i]
				if e.Usage == nil || len(e.Usage.CPUSeries) < 30 {
					continue
				}
				peak, samples := e.Usage.CPU, 0
				for _, v := range e.Usage.CPUSeries {
					if !math.IsNaN(v) {
						peak, samples = math.Max(peak, v), samples+1
					}
				}
				for k := range e.Quotas {
					reserved := e.Quotas[k].Used["requests.cpu"]
					if reserved < idleCores || samples < 30 || math.IsNaN(peak) || peak >= reserved*idleShare {
						continue
					}
					out = append(out, platform.Finding{Severity: platform.SeverityInfo, Confidence: platform.Probable, Subject: in.subject(e, "quota", e.Quotas[k].Name), Args: words("reserved", amount(reserved), "used", amount(math.Round(peak*100)/100)),
						Why: []platform.Evidence{in.coded(platform.FamUsage, e, "peak", e.Usage.At, "used", amount(math.Round(peak*100)/100), "reserved", amount(reserved))}})
				}
			}
			return out
		},
	}
}

func serviceChainFailed() Rule {
	return Rule{
		ID: "service-chain-failed", Mode: "F39", Area: "provisioning", Runbook: "RB-18", Severity: platform.SeverityDegraded, Aside: true,
		Needs: []platform.Family{platform.FamExposed},
		Doc: Doc{
			What:     "A chain of exposure (address, certificate, name) failed at one of its steps.",
			Why:      "The service cannot be reached from outside although its pods are well, and nothing in the cluster shows it.",
			Evidence: "The chain, the step that failed and what it said.",
			Sources:  consoleSource, Rights: "list the system in the console (administrators); the console must have service chains switched on",
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for i := range in.Exposed {
				c := &in.Exposed[i]
				if c.State != "failed" {
					continue
				}
				severity := platform.SeverityWarning
				if c.Env == "PROD" {
					severity = platform.SeverityDegraded
				}
				out = append(out, platform.Finding{Severity: severity, Subject: in.subject(nil, "exposure", c.CommonName), Since: c.UpdatedAt, Args: words("name", c.CommonName, "step", c.Flow, "network", c.Network),
					Why: []platform.Evidence{in.said(platform.FamExposed, nil, "exposure", c.Detail, c.UpdatedAt, "name", c.CommonName, "state", c.State, "step", c.Flow)}})
			}
			return out
		},
	}
}
