package platform

import "strings"

// running are the steps 13 to 18: where it runs, and how it is kept.
func (b *board) running() {
	b.step(b.environments()...)
	b.step(b.manual("secrets", OwnerTeam, OwnerAdmins), b.secretsHealthy())
	b.step(b.resources()...)
	b.step(b.deployed()...)
	b.step(b.observed(), b.measured(), b.manual("observability.dashboards", OwnerTeam, OwnerAdmins))
	b.step(b.production()...)
}

// ofPlatform reports whether an application makes the environment itself (namespace, quota, pull secret).
func ofPlatform(a *Application) bool { return a.Type == AppInfra }

func ofTeam(a *Application) bool { return a.Type == AppDeploy || a.Type == AppHistoric }

// environments wants one at least; the namespace is proved by the platform's own application or by what was read inside.
func (b *board) environments() []OnboardingCheck {
	const id = "environments"
	if c, missing := b.unread(id, FamEnvironments, OwnerTeam); missing {
		return []OnboardingCheck{c}
	}
	var out []OnboardingCheck
	for i := range b.d.Environments {
		e := &b.d.Environments[i]
		if e.Undeclared {
			continue
		}
		c := OnboardingCheck{ID: id + "." + e.Name, State: StepOK, Owner: OwnerAdmins, At: e.CreatedAt, Why: []Evidence{b.why(FamEnvironments, "environment", "name", e.Name, "stage", e.Stage, "cluster", e.Cluster.Label)}}
		proved := false
		for j := range e.Applications {
			a := &e.Applications[j]
			if !ofPlatform(a) {
				continue
			}
			proved = true
			w := b.why(FamApplications, "application", "name", a.Name, "sync", a.Sync, "health", a.Health)
			w.Source = a.Instance
			c.Why = append(c.Why, w)
			switch {
			case a.Health == HealthDegraded || a.Health == HealthMissing || a.Operation.Phase == OperationFailed || a.Operation.Phase == OperationError:
				c.State, c.At = StepKO, newest(a.Operation.FinishedAt, e.CreatedAt)
			case a.Sync != SyncSynced && !b.settled && c.State == StepOK:
				c.State = StepRunning
			}
		}
		if !proved && (e.Has(FamPods) || e.Has(FamQuota)) {
			proved = true
			c.Why = append(c.Why, Evidence{Source: e.Known[FamPods].Source, Code: "namespace_read", At: e.Known[FamPods].At})
		}
		if !proved {
			c.Why = append(c.Why, b.why(FamApplications, "namespace_unproved"))
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return []OnboardingCheck{{ID: id, State: StepTodo, Owner: OwnerTeam, Why: []Evidence{b.why(FamEnvironments, "no_environment")}}}
	}
	return out
}

// secretsHealthy looks for what does not get its secret: a container that waits for it, an object of Vault or SOPS that is not healthy.
func (b *board) secretsHealthy() OnboardingCheck {
	c := OnboardingCheck{ID: "secrets.delivered", State: StepUnknown, Given: true, Owner: OwnerTeam}
	for i := range b.d.Environments {
		e := &b.d.Environments[i]
		if e.Has(FamPods) && c.State == StepUnknown {
			c.State = StepOK
			c.Why = []Evidence{{Source: e.Known[FamPods].Source, Code: "secrets_fine", At: e.Known[FamPods].At}}
		}
		for j := range e.Pods {
			p := &e.Pods[j]
			if p.Reason == "CreateContainerConfigError" && strings.Contains(strings.ToLower(p.Message+containerMessage(p)), "secret") {
				c.State, c.At = StepKO, newest(c.At, p.CreatedAt)
				c.Why = append(c.Why, Evidence{Source: e.Known[FamPods].Source, Code: "secret_missing", Args: map[string]string{"pod": p.Name, "environment": e.Name}, At: e.Known[FamPods].At})
			}
		}
		for j := range e.Applications {
			for _, r := range e.Applications[j].Resources {
				if (r.Kind == "VaultStaticSecret" || r.Kind == "SopsSecret") && r.Health == HealthDegraded {
					c.State = StepKO
					c.Why = append(c.Why, Evidence{Source: e.Applications[j].Instance, Code: "secret_unhealthy", Args: map[string]string{"kind": r.Kind, "name": r.Name, "environment": e.Name}, Text: r.Message})
				}
			}
		}
	}
	if c.State == StepUnknown {
		c.Why = []Evidence{{Code: "unread", Args: map[string]string{"family": string(FamPods), "state": string(StateNotConfigured)}}}
	}
	return c
}

func containerMessage(p *Pod) string {
	out := ""
	for i := range p.Containers {
		out += " " + p.Containers[i].Message
	}
	return out
}

// resources are what other teams provide. On PAX the cluster's own sub-domain brings names and certificates, and no flow needs opening.
func (b *board) resources() []OnboardingCheck {
	var out []OnboardingCheck
	for _, thing := range []string{"flows", "dns", "certificates", "storage", "database"} {
		c := b.manual("resources."+thing, OwnerTeam, OwnerHost)
		if c.Tick == nil && c.State == StepTodo && b.out.Track == TrackPAX && thing != "storage" && thing != "database" {
			c.State, c.Why = StepNA, []Evidence{{Source: SourceLedger, Code: "pax_automatic"}}
		}
		out = append(out, c)
	}
	return append(out, b.chains()...)
}

// chains are the chains of service of the project, where the console shows them: addresses, certificates and names at the Ministry's edge.
func (b *board) chains() []OnboardingCheck {
	var out []OnboardingCheck
	for i := range b.d.Exposed {
		x := &b.d.Exposed[i]
		c := OnboardingCheck{ID: "chain." + x.CommonName, State: StepRunning, Owner: OwnerHost, At: x.UpdatedAt, Why: []Evidence{b.why(FamExposed, "chain", "name", x.CommonName, "state", x.State)}}
		switch x.State {
		case "success":
			c.State = StepOK
		case "failed":
			c.State = StepKO
		}
		if c.State != StepOK && x.Flow != "" {
			e := b.why(FamExposed, "chain_step", "name", x.CommonName, "step", x.Flow)
			e.Text = x.Detail
			c.Why = append([]Evidence{e}, c.Why...)
		}
		out = append(out, c)
	}
	return out
}

// deployed wants every application that the team deploys synced and healthy, in each environment that has one.
func (b *board) deployed() []OnboardingCheck {
	const id = "deployed"
	if c, missing := b.unread(id, FamApplications, OwnerTeam); missing {
		return []OnboardingCheck{c}
	}
	var out []OnboardingCheck
	for i := range b.d.Environments {
		e := &b.d.Environments[i]
		c := OnboardingCheck{ID: id + "." + e.Name, State: StepTodo, Owner: OwnerTeam}
		for j := range e.Applications {
			a := &e.Applications[j]
			if !ofTeam(a) {
				continue
			}
			w := b.why(FamApplications, "application", "name", a.Name, "sync", a.Sync, "health", a.Health)
			w.Source, w.Text = a.Instance, a.HealthMessage
			c.Why = append(c.Why, w)
			at := newest(a.LastDeployed(), a.Operation.FinishedAt)
			c.At = newest(c.At, at)
			c.State = worse(c.State, b.judgeApplication(a))
		}
		if len(c.Why) > 0 {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return []OnboardingCheck{{ID: id, State: StepTodo, Owner: OwnerTeam, Why: []Evidence{b.why(FamApplications, "no_application")}}}
	}
	return out
}

func (b *board) judgeApplication(a *Application) StepState {
	switch {
	case a.Health == HealthDegraded || a.Health == HealthMissing || a.Operation.Phase == OperationFailed || a.Operation.Phase == OperationError:
		return StepKO
	case a.Health == HealthProgressing && a.Sync == SyncSynced && b.settled:
		return StepOK
	case a.Health == HealthProgressing || a.Operation.Phase == OperationRunning || a.Sync == SyncOutOfSync:
		return StepRunning
	case a.Sync == SyncSynced && (a.Health == HealthHealthy || a.Health == HealthSuspended):
		return StepOK
	}
	return StepUnknown
}

// worse keeps the state that deserves the eye; todo is where one begins.
func worse(a, b StepState) StepState {
	rank := map[StepState]int{StepTodo: 0, StepOK: 1, StepUnknown: 2, StepRunning: 3, StepKO: 4}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

// observed looks at the applications of dashboards and rules, which the platform makes.
func (b *board) observed() OnboardingCheck {
	const id = "observability.application"
	if c, missing := b.unread(id, FamApplications, OwnerAdmins); missing {
		c.Given = true
		return c
	}
	c := OnboardingCheck{ID: id, State: StepUnknown, Given: true, Owner: OwnerAdmins, Why: []Evidence{b.why(FamApplications, "no_observability")}}
	for i := range b.d.Applications {
		a := &b.d.Applications[i]
		if a.Type != AppObservability {
			continue
		}
		if c.State == StepUnknown {
			c.State, c.Why = StepOK, nil
		}
		w := b.why(FamApplications, "application", "name", a.Name, "sync", a.Sync, "health", a.Health)
		w.Source = a.Instance
		c.Why, c.At = append(c.Why, w), newest(c.At, a.LastDeployed())
		if a.Sync == SyncOutOfSync || a.Health == HealthDegraded {
			c.State = StepKO
		}
	}
	return c
}

// measured proves that metrics and lines of a namespace arrive.
func (b *board) measured() OnboardingCheck {
	c := OnboardingCheck{ID: "observability.data", State: StepUnknown, Given: true, Owner: OwnerAdmins}
	for i := range b.d.Environments {
		e := &b.d.Environments[i]
		if e.Usage != nil {
			c.State = StepOK
			c.Why = append(c.Why, Evidence{Source: e.Known[FamUsage].Source, Code: "metrics_seen", Args: map[string]string{"environment": e.Name}, At: e.Usage.At})
		}
	}
	if c.State == StepUnknown {
		a := b.d.Known[FamUsage]
		c.Why = []Evidence{{Source: a.Source, Code: "metrics_unseen"}}
	}
	return c
}

// production is what the Ministry wants before users come, and what keeps it running afterwards. The standard path of PAX ends before.
func (b *board) production() []OnboardingCheck {
	prod := false
	env := OnboardingCheck{ID: "production.environment", State: StepTodo, Owner: OwnerTeam}
	if c, missing := b.unread("production.environment", FamEnvironments, OwnerTeam); missing {
		env = c
	}
	for i := range b.d.Environments {
		e := &b.d.Environments[i]
		if e.Production() && !e.Undeclared {
			prod = true
			env.State, env.At = StepOK, e.CreatedAt
			env.Why = append(env.Why, b.why(FamEnvironments, "environment", "name", e.Name, "stage", e.Stage, "cluster", e.Cluster.Label))
		}
	}
	if env.State == StepTodo {
		env.Why = []Evidence{b.why(FamEnvironments, "no_production")}
	}
	if b.out.Track == TrackPAX && !prod && env.State != StepUnknown {
		if _, said := b.tick("production"); !said {
			return []OnboardingCheck{{ID: "production.environment", State: StepNA, Why: []Evidence{{Source: SourceLedger, Code: "pax_no_production"}}}}
		}
	}
	return []OnboardingCheck{b.manual("production.hosting", OwnerTeam, OwnerAdmins), b.manual("production.audit", OwnerTeam, OwnerSecurity),
		b.manual("production.approval", OwnerTeam, OwnerSecurity), env, b.manual("production.backup", OwnerTeam, OwnerTeam),
		b.manual("production.recovery", OwnerTeam, OwnerTeam), b.manual("production.on_call", OwnerTeam, OwnerTeam)}
}
