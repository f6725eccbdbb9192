package findings

import (
	"time"

	"dsotop/internal/platform"
)

const (
	podSources = "kubernetes, or the resource trees of argocd"
	readPods   = "list pods and events of the namespace in Kubernetes, or `get` on the application in Argo CD"
)

func refusedLogin(text string) bool {
	return containsAny(text, "401", "unauthorized", "authentication required", "pull access denied", "no basic auth", "insufficient_scope", "authorization failed", "denied:", "403 forbidden")
}

func pullSecret() Rule {
	return Rule{
		ID: "pull-secret", Mode: "F14", Area: "pods", Runbook: "RB-12", Severity: platform.SeverityCritical,
		Needs: []platform.Family{platform.FamPods},
		Doc: Doc{
			What:     "Pods cannot have their image because the registry refuses the namespace's pull secret, or there is none.",
			Why:      "No pod of the namespace can be started anew, whatever its image. The secret is delivered from Vault by an operator; a wrong path, a missing operator or a rotated robot break it.",
			Evidence: "What the kubelet said, and the state of the object that should deliver `registry-pull-secret` when Argo CD shows it.",
			Sources:  podSources, Rights: readPods,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for _, g := range in.groups(classPull) {
				said, refused := g.saying(refusedLogin)
				if gone, _ := in.purged(&g); !refused || gone {
					continue
				}
				f := in.podFinding(&g, g.severity(), g.since("Failed", "BackOff"), "image", g.image)
				if len(f.Why) == 0 || f.Why[0].Text != shorten(said) {
					f.Why = append(f.Why, in.said(platform.FamEvents, g.env, "event", said, time.Time{}, "reason", "Failed"))
				}
				for _, a := range in.Applications {
					for _, r := range a.Resources {
						if r.Namespace == g.env.Namespace && r.Name == "registry-pull-secret" && r.Health != "" && r.Health != platform.HealthHealthy {
							f.Why = append(f.Why, in.said(platform.FamApplications, g.env, "resource", r.Message, a.ReconciledAt, "object", r.Kind+" "+r.Name, "health", r.Health))
						}
					}
				}
				out = append(out, f)
			}
			return out
		},
	}
}

func imagePull() Rule {
	return Rule{
		ID: "image-pull", Area: "pods", Runbook: "RB-11", Severity: platform.SeverityCritical,
		Needs: []platform.Family{platform.FamPods},
		Doc: Doc{
			What:     "Pods cannot have their image (`ImagePullBackOff`, `ErrImagePull`).",
			Why:      "They never start. Beneath `tag-purged` or `pull-secret` when one of them explains it.",
			Evidence: "The pods, the image they ask for, what the kubelet said.",
			Sources:  podSources, Rights: readPods,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for _, g := range in.groups(classPull) {
				f := in.podFinding(&g, g.severity(), g.since("Failed", "BackOff"), "image", g.image, "tag", in.image(g.image).tag, "reason", "ImagePullBackOff")
				if ev, ok := in.eventEvidence(&g, func(ev platform.Event) bool { return ev.Reason == "Failed" && ev.Message != "" }); ok {
					f.Why = append(f.Why, ev)
				}
				out = append(out, f)
			}
			return out
		},
	}
}

// crash makes the finding of a group whose containers end again and again.
func (in *Input) crash(g podGroup, reasons ...string) platform.Finding {
	restarts := 0
	for _, p := range g.pods {
		restarts += p.pod.Restarts
	}
	since := g.since(reasons...)
	args := []string{"restarts", itoa(restarts)}
	if c := g.pods[0].container; c != nil {
		args = append(args, "container", c.Name)
		if c.LastExitCode != 0 {
			args = append(args, "code", itoa(c.LastExitCode))
		}
	}
	f := in.podFinding(&g, g.severity(), since, args...)
	if c := g.pods[0].container; c != nil && c.LastReason != "" {
		f.Why = append(f.Why, in.coded(platform.FamPods, g.env, "last_exit", c.LastFinished, "container", c.Name, "reason", c.LastReason, "code", itoa(c.LastExitCode)))
	}
	return f
}

func permissionDenied() Rule {
	return Rule{
		ID: "permission-denied", Mode: "F23", Area: "pods", Runbook: "RB-11", Severity: platform.SeverityCritical,
		Needs: []platform.Family{platform.FamPods},
		Doc: Doc{
			What:     "A container restarts in a loop because it wants what the platform forbids: a given user, a port below 1024, a file system it may write to.",
			Why:      "Images run with a random user, without root and often on a read-only root: the image must be changed, no restart will help.",
			Evidence: "The words of the refusal in the container's message, its events or its error log, and the container's last end.",
			Sources:  podSources + "; loki for the log", Rights: readPods,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for _, g := range in.groups(classPermission) {
				out = append(out, in.crash(g, "BackOff", "Failed"))
			}
			return out
		},
	}
}

func crashLoop() Rule {
	return Rule{
		ID: "crash-loop", Area: "pods", Runbook: "RB-11", Severity: platform.SeverityCritical,
		Needs: []platform.Family{platform.FamPods},
		Doc: Doc{
			What:     "A container ends again and again (`CrashLoopBackOff`).",
			Why:      "Each restart is later than the one before. Critical in production when no other pod of the workload answers, degraded while one does.",
			Evidence: "The pods, their restarts, how the container ended last.",
			Sources:  podSources, Rights: readPods,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for _, g := range in.groups(classCrash) {
				out = append(out, in.crash(g, "BackOff"))
			}
			return out
		},
	}
}

func outOfMemory() Rule {
	return Rule{
		ID: "out-of-memory", Area: "pods", Runbook: "RB-11", Severity: platform.SeverityCritical,
		Needs: []platform.Family{platform.FamPods},
		Doc: Doc{
			What:     "A container was killed because it took more memory than its limit (`OOMKilled`), now or in the last six hours.",
			Why:      "What it was doing is lost, and it will happen again: the limit or the appetite must change. Degraded in production once it runs again.",
			Evidence: "The container's last end, its limit, its restarts.",
			Sources:  podSources, Rights: readPods,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for _, g := range in.groups(classMemory) {
				c := g.pods[0].container
				severity := g.severity()
				var since time.Time
				restarts := 0
				for _, p := range g.pods {
					restarts += p.pod.Restarts
					if p.container != nil {
						since = earlier(since, p.container.LastFinished)
					}
				}
				if since.IsZero() {
					since = g.since("BackOff")
				}
				args := []string{"restarts", itoa(restarts)}
				if c != nil {
					args = append(args, "container", c.Name)
					if c.Limit.Memory > 0 {
						args = append(args, "limit", memory(c.Limit.Memory))
					}
				}
				f := in.podFinding(&g, severity, since, args...)
				if c != nil {
					f.Why = append(f.Why, in.coded(platform.FamPods, g.env, "last_exit", c.LastFinished, "container", c.Name, "reason", "OOMKilled", "code", itoa(c.LastExitCode)))
				}
				out = append(out, f)
			}
			return out
		},
	}
}

func configError() Rule {
	return Rule{
		ID: "config-error", Area: "pods", Runbook: "RB-12", Severity: platform.SeverityCritical,
		Needs: []platform.Family{platform.FamPods},
		Doc: Doc{
			What:     "A container cannot be made because a Secret, a ConfigMap or a key in them is missing (`CreateContainerConfigError`).",
			Why:      "It waits for ever. The secret usually comes from Vault or SOPS: its delivery is what is broken.",
			Evidence: "What the kubelet misses.",
			Sources:  podSources, Rights: readPods,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for _, g := range in.groups(classConfig) {
				f := in.podFinding(&g, g.severity(), g.since("Failed"))
				if f.Why[0].Text == "" {
					if ev, ok := in.eventEvidence(&g, func(ev platform.Event) bool { return ev.Reason == "Failed" }); ok {
						f.Why = append(f.Why, ev)
					}
				}
				out = append(out, f)
			}
			return out
		},
	}
}

func podsPending() Rule {
	return Rule{
		ID: "pods-pending", Area: "pods", Runbook: "RB-11", Severity: platform.SeverityCritical,
		Needs: []platform.Family{platform.FamPods},
		Doc: Doc{
			What:     "Pods wait for a node or a volume for more than five minutes.",
			Why:      "The cluster has no room for what they ask, or their volume cannot be mounted.",
			Evidence: "The pods and what the scheduler said.",
			Sources:  podSources, Rights: readPods,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for _, g := range in.groups(classPending) {
				f := in.podFinding(&g, g.severity(), g.since())
				if ev, ok := in.eventEvidence(&g, func(ev platform.Event) bool { return ev.Type == "Warning" }); ok {
					f.Why = append(f.Why, ev)
				}
				out = append(out, f)
			}
			return out
		},
	}
}

func podsNotReady() Rule {
	return Rule{
		ID: "pods-not-ready", Area: "pods", Runbook: "RB-11", Severity: platform.SeverityCritical,
		Needs: []platform.Family{platform.FamPods},
		Doc: Doc{
			What:     "Pods run but have not been ready for more than ten minutes.",
			Why:      "They get no traffic: their readiness probe fails.",
			Evidence: "The pods, the container that is not ready, the newest warning about them.",
			Sources:  podSources, Rights: readPods,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for _, g := range in.groups(classNotReady) {
				since := g.since("Unhealthy")
				f := in.podFinding(&g, g.severity(), since)
				if ev, ok := in.eventEvidence(&g, func(ev platform.Event) bool { return ev.Reason == "Unhealthy" }); ok {
					f.Why = append(f.Why, ev)
				}
				out = append(out, f)
			}
			return out
		},
	}
}

// memory writes an amount of bytes as Kubernetes does.
func memory(n float64) string {
	for _, u := range []struct {
		size float64
		name string
	}{{1 << 40, "Ti"}, {1 << 30, "Gi"}, {1 << 20, "Mi"}} {
		if n >= u.size {
			return amount(n/u.size) + " " + u.name
		}
	}
	return amount(n/(1<<10)) + " Ki"
}
