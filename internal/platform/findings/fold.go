package findings

import (
	"strings"

	"dsotop/internal/platform"
)

// A link says that one finding may be the consequence of another, and how both must be related.
type link struct {
	cause string
	where func(cause, effect *platform.Finding) bool
}

func sameProject(_, _ *platform.Finding) bool { return true }

func sameNamespace(c, e *platform.Finding) bool {
	return c.Subject.Namespace != "" && c.Subject.Namespace == e.Subject.Namespace
}

func sameArg(name string) func(c, e *platform.Finding) bool {
	return func(c, e *platform.Finding) bool { return c.Args[name] != "" && c.Args[name] == e.Args[name] }
}

func sameWorkload(c, e *platform.Finding) bool {
	return sameNamespace(c, e) && c.Args["workload"] == e.Args["workload"]
}

// sameApp: an application's name is its own in the whole project; of twins either may be meant.
func sameApp(c, e *platform.Finding) bool {
	a := e.Args["app"]
	return a != "" && (c.Args["app"] == a || c.Args["other"] == a)
}

// sameImage: the tag that is gone is the one these pods ask for.
func sameImage(c, e *platform.Finding) bool { return sameNamespace(c, e) && sameArg("image")(c, e) }

// throughTool: a provisioning that failed in the tool which the effect concerns.
func throughTool(tool string) func(c, e *platform.Finding) bool {
	return func(c, _ *platform.Finding) bool { return hasWord(c.Args["tools"], tool) }
}

// alerted: the alert names the namespace, or nothing but the project.
func alerted(c, e *platform.Finding) bool {
	return sameNamespace(c, e) || (e.Subject.Namespace == "" && c.Severity >= platform.SeverityDegraded)
}

func hasWord(list, word string) bool {
	for start := 0; start <= len(list); {
		end := start
		for end < len(list) && list[end] != ',' && list[end] != ' ' {
			end++
		}
		if list[start:end] == word {
			return true
		}
		start = end + 1
	}
	return false
}

// causes lists, per finding that may be a consequence, what may have caused it, the deepest first. It must have no cycle.
func causes(effect string) []link {
	switch effect {
	case "image-pull":
		return []link{{"tag-purged", sameImage}, {"pull-secret", sameWorkload}}
	case "tag-missing":
		return []link{{"tag-purged", sameImage}}
	case "provisioning-failed":
		return []link{{"sonar-account-clash", sameProject}, {"console-too-old", sameProject}}
	case "vault-secret-undelivered":
		return []link{{"pull-secret", pullsWith}}
	case "config-error":
		return []link{{"vault-secret-undelivered", namesSecret}, {"sops-undelivered", namesSecret}}
	case "quota-not-applied":
		return []link{{"environment-frozen", sameNamespace}}
	case "pool-exhausted", "cluster-exhausted":
		return []link{{"quota-near-full", inNamed("environment")}}
	case "quota-refused":
		return []link{{"quota-near-full", sameNamespace}}
	case "job-failed":
		return []link{{"quota-refused", sameWorkload}, {"policy-refused", sameWorkload}, {"image-pull", sameWorkload}, {"config-error", sameWorkload}}
	case "mixed-versions":
		return []link{{"tag-purged", sameWorkload}, {"image-pull", sameWorkload}, {"crash-loop", sameWorkload}, {"mutable-tag", sameWorkload}, {"pods-not-ready", sameWorkload}}
	case "pods-not-ready":
		return []link{{"crash-loop", sameWorkload}, {"out-of-memory", sameWorkload}, {"permission-denied", sameWorkload}}
	case "app-degraded", "app-stuck":
		return []link{{"tag-purged", sameNamespace}, {"pull-secret", sameNamespace}, {"image-pull", sameNamespace}, {"permission-denied", sameNamespace},
			{"crash-loop", sameNamespace}, {"config-error", sameNamespace}, {"quota-refused", sameNamespace}, {"policy-refused", sameNamespace},
			{"out-of-memory", sameNamespace}, {"pods-pending", sameNamespace}, {"pods-not-ready", sameNamespace}, {"vault-secret-undelivered", sameApp}, {"sops-undelivered", sameApp}, {"certificate-failed", sameApp},
			{"app-sync-failed", sameApp}, {"comparison-error", sameApp}}
	case "app-sync-failed":
		return []link{{"policy-refused", sameApp}, {"name-too-long", sameApp}, {"comparison-error", sameApp}, {"twin-applications", sameApp}}
	case "app-out-of-sync":
		return []link{{"twin-applications", sameApp}, {"policy-refused", sameApp}, {"comparison-error", sameApp}, {"app-sync-failed", sameApp}}
	case "mirror-token-expired":
		return []link{{"provisioning-failed", throughTool("gitlab")}}
	case "mirror-failing":
		return []link{{"mirror-token-expired", sameProject}, {"private-repo-credentials", sameArg("repository")}, {"secret-read-failed", ofMirror}}
	case "provisioning-outdated":
		return []link{{"provisioning-failed", sameProject}}
	case "app-missing":
		return []link{{"provisioning-failed", throughTool("argocd")}}
	case "pipeline-failed":
		return []link{{"gate-red", gateStopped}, {"gate-other-revision", gateStopped}, {"secret-read-failed", ofPipeline}, {"dotenv-expired", ofPipeline}, {"push-refused", ofPipeline}, {"certificate-unknown", ofPipeline}}
	case "mirror-lagging", "trigger-dead":
		return []link{{"mirror-token-expired", sameProject}, {"private-repo-credentials", sameArg("repository")}, {"mirror-failing", sameArg("repository")}}
	case "mirror-never-ran":
		return []link{{"provisioning-failed", throughTool("gitlab")}}
	case "alert-firing":
		return []link{{"tag-purged", alerted}, {"pull-secret", alerted}, {"image-pull", alerted}, {"permission-denied", alerted}, {"crash-loop", alerted}, {"config-error", alerted}, {"quota-near-full", alertedQuota},
			{"quota-refused", alerted}, {"out-of-memory", alerted}, {"twin-applications", sameApp}, {"app-out-of-sync", sameApp}, {"app-degraded", alerted}, {"pods-pending", alerted}, {"pods-not-ready", alerted}}
	}
	return nil
}

// inNamed: the environment that the effect names is the cause's.
func inNamed(name string) func(c, e *platform.Finding) bool {
	return func(c, e *platform.Finding) bool { return e.Args[name] != "" && c.Subject.Environment == e.Args[name] }
}

// pullsWith: the secret that does not come is the one with which images are pulled.
func pullsWith(c, e *platform.Finding) bool {
	return sameNamespace(c, e) && e.Args["object"] == "registry-pull-secret"
}

// namesSecret: what the kubelet misses is what the object should have made.
func namesSecret(c, e *platform.Finding) bool {
	if !sameNamespace(c, e) {
		return false
	}
	for _, w := range e.Why {
		if strings.Contains(w.Text, `"`+c.Args["object"]+`"`) {
			return true
		}
	}
	return false
}

func ofMirror(c, e *platform.Finding) bool {
	return c.Args["run"] == "mirror" && sameArg("repository")(c, e)
}

func ofPipeline(c, e *platform.Finding) bool {
	return c.Args["run"] == "pipeline" && sameArg("repository")(c, e)
}

// gateStopped: the pipeline stopped in the analysis of the same repository.
func gateStopped(c, e *platform.Finding) bool {
	return sameArg("repository")(c, e) && containsAny(e.Args["job"], "sonar", "quality", "qualité")
}

// alertedQuota: an alert about the quota by its own words.
func alertedQuota(c, e *platform.Finding) bool {
	return alerted(c, e) && containsAny(e.Args["alert"], "quota")
}

// fold puts every consequence beneath its deepest cause, lifts severities, and sorts.
func fold(all []platform.Finding) []platform.Finding {
	if len(all) == 0 {
		return nil
	}
	parent := make([]int, len(all))
	for i := range all {
		parent[i] = findCause(all, i)
	}
	root := func(i int) int {
		for hops := 0; parent[i] >= 0 && hops < len(all); hops++ {
			i = parent[i]
		}
		return i
	}
	below := map[int][]platform.Finding{}
	for i := range all {
		if parent[i] >= 0 {
			r := root(i)
			kid := all[i]
			if kid.ID == "app-degraded" || kid.ID == "app-stuck" {
				// Argo CD knows no degrees: once the pods explain it, they say how grave it is.
				kid.Severity = min(kid.Severity, all[r].Severity)
			}
			below[r] = append(below[r], kid)
		}
	}
	var out []platform.Finding
	for i := range all {
		if parent[i] >= 0 {
			continue
		}
		f := all[i]
		if kids := below[i]; kids != nil {
			Sort(kids)
			f.Consequences = kids
			f.Severity = max(f.Severity, kids[0].Severity)
		}
		out = append(out, f)
	}
	Sort(out)
	return out
}

func findCause(all []platform.Finding, i int) int {
	for _, l := range causes(all[i].ID) {
		for j := range all {
			if j != i && all[j].ID == l.cause && l.where(&all[j], &all[i]) {
				return j
			}
		}
	}
	return -1
}
