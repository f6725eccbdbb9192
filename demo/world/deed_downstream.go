package world

import "time"

// What follows a provisioning that went well, one after the other: the commit on the values in the zone's repository, the root application, the -env application with the
// namespace, the pull secret.
const (
	toCommit = 7 * time.Second // as [State.WrittenAt] has it
	toRoot   = 5 * time.Second
	toOwn    = 6 * time.Second
	toSecret = 6 * time.Second
)

// downstream lets it come about, slowly or at once. Environments whose values are not written any more stay as they are.
func (tx *Tx) downstream(p *Project, slowly bool) {
	then := func(d time.Duration, f func(*Tx)) {
		if !slowly {
			f(tx)
			return
		}
		tx.after(d, f)
	}
	for _, e := range p.Environments {
		if e.Namespace == nil {
			continue
		}
		if _, told := tx.State.Aside.Written[e]; !told && slowly {
			at := tx.State.WrittenAt(e)
			if tx.unmade(e) {
				at = time.Time{}
			}
			tx.State.Aside.Written[e] = at
			tx.after(toCommit, func(tx *Tx) { delete(tx.State.Aside.Written, e) })
		}
		then(toCommit+toRoot, func(tx *Tx) { tx.deployRoot(e) })
		then(toCommit+toRoot+toOwn, func(tx *Tx) { tx.deployOwn(e, slowly) })
		if slowly {
			tx.after(toCommit+toRoot+toOwn+toSecret, func(tx *Tx) { tx.pullSecret(e, "Healthy") })
		}
	}
}

// dropped reports whether an environment was removed meanwhile.
func dropped(e *Environment) bool {
	for _, x := range e.Project.Environments {
		if x == e {
			return false
		}
	}
	return true
}

// unmade reports whether an environment is declared and its namespace not there yet.
func (tx *Tx) unmade(e *Environment) bool {
	n := e.Namespace
	return tx.State.NamespaceOf[n.Cluster.Label+"/"+n.Name] != n
}

// platformApp is the root or the -env application of an environment; nil when there is none.
func (tx *Tx) platformApp(e *Environment, kind string) *Application {
	for _, a := range tx.State.Applications {
		if a.Environment == e && a.Labels["dso/type"] == kind {
			return a
		}
	}
	return nil
}

// operated notes that Argo CD has synchronised an application.
func (tx *Tx) operated(a *Application) {
	a.ReconciledAt, a.Sync, a.Health = tx.Now, "Synced", "Healthy"
	a.Operation = &Operation{Phase: "Succeeded", Message: "successfully synced (all tasks run)", Revision: a.Revision, StartedAt: tx.Now, FinishedAt: tx.Now}
	tx.Touch(a, Modified)
}

func (tx *Tx) deployRoot(e *Environment) {
	if dropped(e) {
		return
	}
	a := tx.platformApp(e, "root")
	if a == nil && tx.unmade(e) {
		p, c := e.Project, e.Namespace.Cluster
		a = tx.newApp(e, &Application{Name: p.Name + "-" + c.Label + "-" + e.Name + "-root", AppProject: "dso-project", DestCluster: "in-cluster", DestNamespace: "dso-argocd",
			Labels: map[string]string{"dso/projet": p.Name, "dso/environment": e.Name, "dso/type": "root"}, Path: "charts/dso-env", TargetRevision: envChart})
	}
	if a != nil {
		tx.operated(a)
	}
}

func (tx *Tx) deployOwn(e *Environment, slowly bool) {
	if dropped(e) {
		return
	}
	n, a := e.Namespace, tx.platformApp(e, "infrastructure")
	if tx.unmade(e) {
		prefix := e.Project.Slug + "-" + e.Name + "-" + envHash(e.Name)
		if a == nil {
			a = tx.newApp(e, &Application{Name: prefix + "-env", AppProject: prefix + "-env", DestCluster: n.Cluster.Label, DestNamespace: n.Name, Labels: commonLabels(e, "infrastructure"),
				Path: "charts/dso-ns", TargetRevision: nsChart, Resources: []AppResource{
					{Version: "v1", Kind: "Namespace", Name: n.Name, Sync: "Synced"}, {Version: "v1", Kind: "ResourceQuota", Name: "dso-quota", Namespace: n.Name, Sync: "Synced"},
					{Group: "secrets.hashicorp.com", Version: "v1beta1", Kind: "VaultStaticSecret", Name: "registry-pull-secret", Namespace: n.Name, Sync: "Synced", Health: "Healthy"},
				}})
		}
		n.CreatedAt = tx.Now
		n.Cluster.Namespaces = append(n.Cluster.Namespaces, n)
		tx.State.NamespaceOf[n.Cluster.Label+"/"+n.Name] = n
		tx.Touch(n, Added)
		tx.Touch(n.Quota, Added)
	} else if n.Quota != nil {
		n.Quota.Hard = quotaOf(e)
		tx.Touch(n.Quota, Modified)
		tx.after(refusalBackOff, func(tx *Tx) { tx.createRefused(n) })
	}
	if a == nil {
		return
	}
	tx.operated(a)
	if slowly {
		tx.pullSecret(e, "Progressing")
	}
}

// pullSecret sets how the pull secret is, as the -env application tells of it. One that is broken stays so: a provisioning does not mend it.
func (tx *Tx) pullSecret(e *Environment, health string) {
	a := tx.platformApp(e, "infrastructure")
	if a == nil || dropped(e) {
		return
	}
	for i := range a.Resources {
		if r := &a.Resources[i]; r.Name == "registry-pull-secret" && r.Health != "Degraded" {
			r.Health = health
			tx.Touch(a, Modified)
		}
	}
}

// newApp gives an application of an environment what all have, and registers it.
func (tx *Tx) newApp(e *Environment, a *Application) *Application {
	for _, z := range tx.State.Zones {
		if z.ID == e.Namespace.Cluster.ZoneID {
			a.Zone = z.Slug
		}
	}
	a.UID, a.Namespace, a.RepoURL, a.Environment = tx.freshID("app", a.Name), "dso-argocd", chartsRepo, e
	a.Autosync, a.Prune, a.SelfHeal, a.CreatedAt, a.Sync, a.Health = true, true, true, tx.Now, "Synced", "Healthy"
	a.Revision = hexOf(40, uint64(tx.w.opts.Seed), "zonerepo", a.Zone)
	tx.State.Applications = append(tx.State.Applications, a)
	tx.Touch(a, Added)
	return a
}
