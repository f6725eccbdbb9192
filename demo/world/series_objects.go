package world

import (
	"math"
	"time"
)

type emitter = func(labels map[string]string, tenant string, value func(t time.Time) float64)

func constant(v float64) func(time.Time) float64 { return func(time.Time) float64 { return v } }

func up(c *metricContext, emit emitter) {
	for _, cl := range c.s.Clusters {
		for _, job := range []string{"kubelet", "kube-state-metrics"} {
			emit(map[string]string{"cluster": cl.Label, "job": job, "instance": cl.Label + ":8080"}, "prod-dso", constant(1))
		}
	}
}

// deployment makes a metric of Deployments. With history, all replicas were there before the present trouble began.
func deployment(value func(*Workload) float64, history bool) metric {
	return func(c *metricContext, emit func(map[string]string, string, func(time.Time) float64)) {
		c.namespaces(func(n *Namespace, tenant string) {
			for _, x := range n.Workloads {
				if x.Kind != "Deployment" {
					continue
				}
				v, before := value(x), value(&Workload{Replicas: x.Replicas, Available: x.Replicas})
				var trouble time.Time
				for _, k := range x.Conditions {
					if trouble.IsZero() || k.At.Before(trouble) {
						trouble = k.At
					}
				}
				emit(map[string]string{"cluster": n.Cluster.Label, "namespace": n.Name, "deployment": x.Name}, tenant, func(t time.Time) float64 {
					if t.Before(x.CreatedAt) {
						return math.NaN()
					}
					if history && t.Before(trouble) {
						return before
					}
					return v
				})
			}
		})
	}
}

func quota(c *metricContext, emit emitter) {
	c.namespaces(func(n *Namespace, tenant string) {
		q := n.Quota
		if q == nil {
			return
		}
		for _, resource := range []string{"limits.cpu", "limits.memory", "requests.cpu", "requests.memory", "requests.nvidia.com/gpu"} {
			hard, ok := q.Hard[resource]
			if !ok {
				continue
			}
			l := map[string]string{"cluster": n.Cluster.Label, "namespace": n.Name, "resourcequota": q.Name, "resource": resource, "type": "hard"}
			emit(l, tenant, since(n.CreatedAt, hard))
			l["type"] = "used"
			emit(l, tenant, since(n.CreatedAt, q.Used[resource]))
		}
	})
}

func namespacePhase(c *metricContext, emit emitter) {
	c.namespaces(func(n *Namespace, tenant string) {
		emit(map[string]string{"cluster": n.Cluster.Label, "namespace": n.Name, "phase": "Active"}, tenant, since(n.CreatedAt, 1))
	})
}

func secretInfo(c *metricContext, emit emitter) {
	c.namespaces(func(n *Namespace, tenant string) {
		for _, s := range n.Secrets {
			if s.Kind == "Secret" {
				emit(map[string]string{"cluster": n.Cluster.Label, "namespace": n.Name, "secret": s.Name}, tenant, since(n.CreatedAt, 1))
			}
		}
	})
}

// volume makes a metric of volume claims; age is in hours before now.
func volume(value func(p *PVC, age float64) float64) metric {
	return func(c *metricContext, emit func(map[string]string, string, func(time.Time) float64)) {
		c.namespaces(func(n *Namespace, tenant string) {
			for _, x := range n.Workloads {
				if x.PVC == nil {
					continue
				}
				emit(map[string]string{"cluster": n.Cluster.Label, "namespace": n.Name, "persistentvolumeclaim": x.PVC.Name}, tenant, func(t time.Time) float64 {
					if t.Before(x.CreatedAt) {
						return math.NaN()
					}
					return value(x.PVC, c.now.Sub(t).Hours())
				})
			}
		})
	}
}

// policies are the Kyverno reports: what fails in the stories' environments, and what passes everywhere.
func policies(c *metricContext, emit emitter) {
	fails := map[string]map[string]int{
		"guichet/dev":   {"check-labels": 2, "disallow-latest-tag": 1},
		"testform/demo": {"require-pod-probes": 4, "all-containers-need-requests-and-limits": 2},
	}
	severities := map[string]string{"check-labels": "low", "disallow-latest-tag": "medium", "require-pod-probes": "medium", "all-containers-need-requests-and-limits": "high", "restrict-image-registries": "high"}
	c.namespaces(func(n *Namespace, tenant string) {
		if n.Environment == nil {
			return
		}
		failing := fails[n.Environment.Project.Slug+"/"+n.Environment.Name]
		if debt, told := c.s.Aside.Debt[n]; told {
			failing = debt
		}
		for _, policy := range []string{"check-labels", "disallow-latest-tag", "require-pod-probes", "all-containers-need-requests-and-limits", "restrict-image-registries"} {
			for _, status := range []string{"pass", "fail"} {
				v := float64(len(n.Workloads))
				if status == "fail" {
					v = float64(failing[policy])
				}
				if v == 0 {
					continue
				}
				emit(map[string]string{"ocp_cluster": n.Cluster.Label + "-user", "exported_namespace": n.Name, "policy": policy, "category": "Bonnes pratiques", "severity": severities[policy],
					"kind": "Deployment", "source": "kyverno", "status": status}, tenant, since(n.CreatedAt, v))
			}
		}
	})
}

func vulnerabilities(c *metricContext, emit emitter) {
	c.namespaces(func(n *Namespace, tenant string) {
		for _, x := range n.Workloads {
			if x.Repository == nil || len(x.Repository.Images) == 0 {
				continue
			}
			scan := x.Repository.Images[len(x.Repository.Images)-1].Scan
			for _, s := range []struct {
				name string
				n    int
			}{{"Critical", scan.Critical}, {"High", scan.High}, {"Medium", scan.Medium}, {"Low", scan.Low}} {
				image := x.Containers[0].Image
				tag := ""
				if bare := withoutTag(image); bare != image {
					tag = image[len(bare)+1:]
				}
				emit(map[string]string{"cluster": n.Cluster.Label, "namespace": n.Name, "image_registry": c.s.RegistryHost, "image_repository": x.Repository.Project.Slug + "/" + x.Repository.Name,
					"image_tag": tag, "severity": s.name, "resource_kind": x.Kind, "resource_name": x.Name}, tenant, since(x.CreatedAt, float64(s.n)))
			}
		}
	})
}

// falco tells of one shell in a container, in habilit.
func falco(c *metricContext, emit emitter) {
	p := c.s.ProjectBySlug["habilit"]
	if p == nil {
		return
	}
	n := p.Environments[0].Namespace
	emit(map[string]string{"cluster": n.Cluster.Label, "k8s_ns_name": n.Name, "namespace": n.Name, "priority": "Notice", "rule": "Terminal shell in container"}, c.tenantOf(n),
		func(t time.Time) float64 { return flag(t.After(c.start.Add(-5 * hour))) })
}

func argoInfo(c *metricContext, emit emitter) {
	for _, a := range c.s.Applications {
		emit(map[string]string{"name": a.Name, "namespace": a.Namespace, "project": a.AppProject, "sync_status": a.Sync, "health_status": a.Health, "dest_namespace": a.DestNamespace,
			"dest_server": a.DestCluster, "repo": a.RepoURL, "zone": a.Zone}, "prod-dso", since(a.CreatedAt, 1))
	}
}

func probeSuccess(c *metricContext, emit emitter) {
	for _, chain := range c.s.Chains {
		p := c.s.ProjectByID[chain.ProjectID]
		emit(map[string]string{"target": "https://" + chain.CommonName + "/", "refapp": p.Slug}, Tenant(p.ID, true), since(chain.CreatedAt, flag(chain.State == "success")))
	}
}

func harborUp(_ *metricContext, emit emitter) {
	for _, k := range []string{"core", "jobservice", "registry", "trivy"} {
		emit(map[string]string{"component": k}, "prod-dso", constant(1))
	}
}

func harborQuota(c *metricContext, emit emitter) {
	for _, p := range c.s.Projects {
		emit(map[string]string{"project_name": p.Slug}, "prod-dso", constant(float64(hash64(c.seed, "harborquota", p.Slug)%60)/100))
	}
}

func lastPipelines(c *metricContext, f func(p *Project, r *Repository, pl *Pipeline)) {
	for _, p := range c.s.Projects {
		for _, r := range p.Repositories {
			if n := len(r.Git.Pipelines); n > 0 {
				f(p, r, r.Git.Pipelines[n-1])
			}
		}
	}
}

func pipelineStatus(c *metricContext, emit emitter) {
	lastPipelines(c, func(p *Project, r *Repository, pl *Pipeline) {
		emit(map[string]string{"project": r.Git.Path, "ref": pl.Ref, "kind": "branch", "status": pl.Status, "source": pl.Source}, "prod-dso", since(pl.CreatedAt, 1))
	})
}

func pipelineDuration(c *metricContext, emit emitter) {
	lastPipelines(c, func(p *Project, r *Repository, pl *Pipeline) {
		if !pl.FinishedAt.IsZero() {
			emit(map[string]string{"project": r.Git.Path, "ref": pl.Ref, "kind": "branch"}, "prod-dso", since(pl.CreatedAt, pl.FinishedAt.Sub(pl.StartedAt).Seconds()))
		}
	})
}

func alertSeries(c *metricContext, emit emitter) {
	for _, a := range c.s.Alerts {
		l := map[string]string{"alertname": a.Name, "alertstate": a.State}
		for k, v := range a.Labels {
			l[k] = v
		}
		emit(l, a.Tenant, since(a.ActiveAt, 1))
	}
}
