package world

import "time"

// The troubles that the stories do not tell and that chance would not surely bring: a fleet has each of them at least once.
const (
	troubleCredentials trouble = troubleCount + 1 + iota // the external forge refuses a private repository's account
	troubleLocked                                        // an administrator locked the project
	troubleStuck                                         // its first provisioning never ended
	troublePullSecret                                    // Vault no longer delivers the registry's secret
	troublePolicy                                        // a policy of production refuses the new version
	troubleNoApp                                         // Argo CD never heard of an environment
	troublePath                                          // the applications point at a folder that was moved
	troublePermission                                    // the image wants what a random user may not do
	troubleEnd                                           // from here on: one of the oddities
)

// rareTroubles is how many there are, the oddities included.
func rareTroubles() int { return int(troubleEnd-troubleCredentials) + len(oddities()) }

// rare gives the next rare trouble to the i-th generated project when it is due, in turn, and leaves alone the projects that
// already have something.
func (b *builder) rare(t target, i int, already bool) trouble {
	if already || t.rareEvery == 0 || i < (b.rareMade+1)*t.rareEvery || t.rareOnce && b.rareMade == rareTroubles() {
		return fine
	}
	b.rareMade++
	return troubleCredentials + trouble((b.rareMade-1)%rareTroubles())
}

// stuck makes a project whose first provisioning died on the way: nothing was made in it, and nothing was logged.
func (b *builder) stuck(plan projectPlan) {
	plan.status, plan.provisioned, plan.created = "initializing", "", 5*hour
	p := b.project(plan)
	p.UpdatedAt = p.CreatedAt.Add(minute)
	p.LastProvisioned, p.Log, p.GroupTokens = "", nil, nil
}

// refuseLogin makes the external forge refuse the account of a repository: its mirror runs fail, and so did the last provisioning.
func (b *builder) refuseLogin(p *Project, r *Repository) {
	r.Private, r.ExternalUser = true, "lecture-"+p.Slug
	for i := range 3 {
		pl := b.pushMirror(p, r.Name, "trigger", b.ago(16*hour-time.Duration(i)*5*hour), 6*time.Second, "failed", "script_failure")
		pl.Jobs[0].RefusedBy = r.ExternalURL
	}
	b.log(p, "Update Project", 15*hour, 11*time.Second, p.OwnerID, map[string]string{
		"gitlab": "remote: HTTP Basic: Access denied; fatal: Authentication failed for '" + r.ExternalURL + "/'"})
	p.UpdatedAt = b.ago(15 * hour)
}

// forgotten declares an environment that nothing was ever made for: neither an application nor a namespace.
func (b *builder) forgotten(e *Environment) {
	at := b.ago(20 * hour)
	e.CreatedAt, e.UpdatedAt = at, at
	c := e.Namespace.Cluster
	for i, n := range c.Namespaces {
		if n == e.Namespace {
			c.Namespaces = append(c.Namespaces[:i:i], c.Namespaces[i+1:]...)
			break
		}
	}
}

// upsetRarely breaks the last environment of a project in one of the rare ways.
func (b *builder) upsetRarely(kind trouble, e *Environment, a *Application) {
	switch kind {
	case troublePullSecret:
		b.losePullSecret(e, a)
	case troublePolicy:
		b.refuseByPolicy(e, a)
	case troublePermission:
		b.forbid(e, a)
	}
}

// losePullSecret lets a pod made an hour ago wait for an image that the registry does not give to strangers.
func (b *builder) losePullSecret(e *Environment, a *Application) {
	n := e.Namespace
	x, p := n.Workloads[0], n.Pods[0]
	c := p.Containers[0]
	const refused = "failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized"
	p.Phase, p.CreatedAt = "Pending", b.ago(70*minute)
	c.Digest, c.Ready, c.State, c.StartedAt = "", false, "waiting", time.Time{}
	c.Restarts, c.Reason, c.Message = 0, "ImagePullBackOff", `Back-off pulling image "`+c.Image+`": ErrImagePull: failed to pull and unpack image "`+c.Image+`": `+refused
	b.event(n, "Pod", p.Name, p.UID, "Warning", "FailedToRetrieveImagePullSecret", "Unable to retrieve some image pull secrets (registry-pull-secret); attempting to pull the image may not succeed.", "kubelet", 18, 70*minute, 2*minute)
	b.event(n, "Pod", p.Name, p.UID, "Warning", "Failed", `Failed to pull image "`+c.Image+`": `+refused, "kubelet", 14, 70*minute, 4*minute)
	var kept []*Secret
	const lost = "Failed to read Vault secret: Error making API request. Code: 403. Errors: * permission denied"
	for _, s := range n.Secrets {
		if s.Name == "registry-pull-secret" {
			if s.Kind == "Secret" {
				continue
			}
			s.Healthy, s.Message = false, lost
		}
		kept = append(kept, s)
	}
	n.Secrets = kept
	first := len(b.s.Applications)
	b.platformApps(e)
	for _, made := range b.s.Applications[first:] {
		for i := range made.Resources {
			if r := &made.Resources[i]; r.Kind == "VaultStaticSecret" && r.Name == "registry-pull-secret" {
				r.Health, r.HealthMessage, made.Health = "Degraded", lost, "Degraded"
			}
		}
	}
	b.degrade(a, x)
	x.count()
}

// refuseByPolicy lets the last synchronisation fail on what the policies of production demand; the version before runs on.
func (b *builder) refuseByPolicy(e *Environment, a *Application) {
	x := e.Namespace.Workloads[0]
	text := `admission webhook "validate.kyverno.svc-fail" denied the request: resource ` + x.Kind + "/" + e.Namespace.Name + "/" + x.Name +
		" was blocked due to the following policies\n\nrequire-pod-probes:\n  validate-probes: 'validation failure: Liveness, readiness, or startup probes are required for all containers.'"
	a.Sync, a.ReconciledAt = "OutOfSync", b.ago(minute)
	op := &Operation{Phase: "Failed", Message: "one or more objects failed to apply, reason: " + text + " (retried 5 times).", Revision: a.Revision,
		StartedAt: b.ago(3*hour + 4*minute), FinishedAt: b.ago(3 * hour)}
	for i := range a.Resources {
		r := &a.Resources[i]
		done := *r
		done.SyncStatus, done.Message = "Synced", r.Name+" unchanged"
		if r.Kind == x.Kind && r.Name == x.Name {
			r.Sync, done.SyncStatus, done.Message = "OutOfSync", "SyncFailed", text
		}
		op.Results = append(op.Results, done)
	}
	a.Operation = op
	// What runs is what was synchronised before.
	if n := len(a.History); n > 1 {
		a.History = a.History[:n-1]
	}
}

// losePath lets the applications of an infra repository look for manifests where there are none any more.
func (b *builder) losePath(a *Application, r *Repository) {
	const path = "deploiement"
	r.DeployPath, a.Path = path, path
	a.Sync, a.ReconciledAt = "Unknown", b.ago(minute)
	a.Conditions = append(a.Conditions, AppCondition{Type: "ComparisonError", At: b.ago(9 * hour),
		Message: "Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = " + path + ": app path does not exist"})
}

// forbid lets a container end at its start, for ever: its command may not be run by the user it is given.
func (b *builder) forbid(e *Environment, a *Application) {
	n := e.Namespace
	x, p := n.Workloads[0], n.Pods[0]
	c := p.Containers[0]
	const refused = `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/app/demarrer.sh": permission denied: unknown`
	c.State, c.Reason, c.Ready, c.StartedAt = "waiting", "CrashLoopBackOff", false, time.Time{}
	c.Message = "back-off 5m0s restarting failed container=" + c.Spec.Name + " pod=" + p.Name + "_" + n.Name + "(" + p.UID + ")"
	c.Restarts, c.LastReason, c.LastExitCode, c.LastFinished = 23, "StartError", 128, b.ago(3*minute)
	p.CreatedAt = b.ago(100 * minute)
	b.event(n, "Pod", p.Name, p.UID, "Warning", "Failed", "Error: "+refused, "kubelet", 23, 100*minute, 3*minute)
	b.event(n, "Pod", p.Name, p.UID, "Warning", "BackOff", "Back-off restarting failed container "+c.Spec.Name+" in pod "+p.Name, "kubelet", 470, 99*minute, 10*time.Second)
	b.degrade(a, x)
	x.count()
}
