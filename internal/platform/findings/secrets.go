package findings

import (
	"strings"
	"time"

	"dsotop/internal/platform"
)

// list is names, each once, in the order they came.
type list []string

func (l list) with(name string) list {
	for _, n := range l {
		if n == name {
			return l
		}
	}
	return append(l, name)
}

func (l list) String() string { return strings.Join(l, ", ") }

// sick walks the objects of given kinds that are not well, with the application that shows them; each object once.
func (in *Input) sick(kinds ...string) []sickObject {
	var out []sickObject
	for e, a := range in.apps() {
		for i := range a.Resources {
			r := &a.Resources[i]
			if r.Health == "" || r.Health == platform.HealthHealthy || r.Health == platform.HealthSuspended {
				continue
			}
			for _, k := range kinds {
				if r.Kind == k && !known(out, r) {
					out = append(out, sickObject{e, a, r})
				}
			}
		}
	}
	return out
}

type sickObject struct {
	env *platform.EnvironmentFacts
	app *platform.Application
	res *platform.AppResource
}

func known(list []sickObject, r *platform.AppResource) bool {
	for _, s := range list {
		if s.res.Kind == r.Kind && s.res.Name == r.Name && s.res.Namespace == r.Namespace {
			return true
		}
	}
	return false
}

// arriving is how long an operator may take to make what it was told.
const arriving = 5 * time.Minute

func (in *Input) sickFinding(s sickObject, base platform.Severity) (platform.Finding, bool) {
	since := settled(s.app)
	if s.res.Health != platform.HealthDegraded && (s.app.Operation.Phase == platform.OperationRunning || since.IsZero() || !in.Past(since.Add(arriving))) {
		return platform.Finding{}, false
	}
	ev := in.said(platform.FamApplications, s.env, "resource", s.res.Message, s.app.ReconciledAt, "object", s.res.Kind+" "+s.res.Name, "health", s.res.Health)
	if s.app.Instance != "" {
		ev.Source = s.app.Instance
	}
	return platform.Finding{Severity: gradeApp(s.env, base), Subject: in.subject(s.env, "secret", s.res.Name), Args: words("object", s.res.Name, "kind", s.res.Kind, "app", s.app.Name), Why: []platform.Evidence{ev}}, true
}

const readTree = readApps + "; only whether secrets are there and well is read, never their content"

func vaultSecretUndelivered() Rule {
	return Rule{
		ID: "vault-secret-undelivered", Mode: "F31", Area: "pods", Runbook: "RB-12", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamApplications},
		Doc: Doc{
			What:     "The operator cannot bring a secret from Vault (`VaultStaticSecret` or its login is not well).",
			Why:      "The Secret is missing or stale: new pods wait for ever (`CreateContainerConfigError`). The mount must be the slug and of type kv-v2; the documentation shows an older form.",
			Evidence: "The object and what it says.",
			Sources:  "argocd (resource trees)", Rights: readTree,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for _, s := range in.sick("VaultStaticSecret", "VaultDynamicSecret", "VaultAuth", "VaultConnection") {
				if f, ok := in.sickFinding(s, platform.SeverityDegraded); ok {
					out = append(out, f)
				}
			}
			return out
		},
	}
}

func sopsUndelivered() Rule {
	return Rule{
		ID: "sops-undelivered", Mode: "F30", Area: "pods", Runbook: "RB-12", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamApplications},
		Doc: Doc{
			What:     "A `SopsSecret` cannot be decrypted, most often because it was encrypted for another cluster's key.",
			Why:      "The Secret it should make is missing: new pods wait for ever. It must be encrypted again with the key of this cluster.",
			Evidence: "The object and what it says.",
			Sources:  "argocd (resource trees)", Rights: readTree,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for _, s := range in.sick("SopsSecret") {
				if f, ok := in.sickFinding(s, platform.SeverityDegraded); ok {
					out = append(out, f)
				}
			}
			return out
		},
	}
}

func certificateFailed() Rule {
	return Rule{
		ID: "certificate-failed", Area: "argo", Runbook: "RB-18", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamApplications},
		Doc: Doc{
			What:     "A certificate that the application asks for (`Certificate`) is not issued or not renewed.",
			Why:      "Browsers will refuse the service when the former one ends; nothing else turns red before.",
			Evidence: "The object and what it says.",
			Sources:  "argocd (resource trees)", Rights: readApps,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for _, s := range in.sick("Certificate") {
				if f, ok := in.sickFinding(s, platform.SeverityDegraded); ok {
					f.Subject.Kind = "certificate"
					out = append(out, f)
				}
			}
			return out
		},
	}
}

// healWindow is how long a change that Argo CD set back is worth a word.
const healWindow = 24 * time.Hour

func liveChangeReverted() Rule {
	return Rule{
		ID: "live-change-reverted", Mode: "F19", Area: "argo", Runbook: "RB-08", Severity: platform.SeverityWarning,
		Needs: []platform.Family{platform.FamApplications},
		Doc: Doc{
			What:     "In the last day Argo CD set objects back that had been changed in the cluster: by hand, as a rule.",
			Why:      "What was changed in Argo CD's own pages or in the cluster is lost, without a word: it must go into the infra repository.",
			Evidence: "The last operation: automatic, of these objects alone, of a commit that was already deployed. Probable: a controller may have changed them. Jobs do not count: the platform deletes finished ones, and Argo CD makes them anew.",
			Sources:  "argocd", Rights: readApps,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for e, a := range in.apps() {
				at, healed := opTime(a), byHand(a.Operation.Healed)
				if len(healed) == 0 || a.Type == platform.AppRoot || a.Type == platform.AppInfra || at.IsZero() || in.Past(at.Add(healWindow)) {
					continue
				}
				f := platform.Finding{Severity: gradeApp(e, platform.SeverityWarning), Subject: in.subject(e, "application", a.Name), Since: at, Args: words("app", a.Name, "object", healed[0], "count", itoa(len(healed))), Confidence: platform.Probable}
				for _, o := range healed[:min(len(healed), 5)] {
					f.Why = append(f.Why, in.coded(platform.FamApplications, e, "healed", at, "app", a.Name, "object", o))
				}
				out = append(out, f)
			}
			return out
		},
	}
}

// byHand leaves out the Jobs: a finished one is deleted 15 minutes after its end, which Argo CD takes for a change.
func byHand(healed []string) []string {
	var out []string
	for _, o := range healed {
		if !strings.HasPrefix(o, "Job ") {
			out = append(out, o)
		}
	}
	return out
}

func nameTooLong() Rule {
	return Rule{
		ID: "name-too-long", Mode: "F38", Area: "argo", Runbook: "RB-09", Severity: platform.SeverityDegraded,
		Needs: []platform.Family{platform.FamApplications},
		Doc: Doc{
			What:     "Kubernetes refuses an object because a name is longer than 63 characters.",
			Why:      "Names are made of the project's, the environment's and the repository's: a shorter one has to be chosen somewhere, retrying will not help.",
			Evidence: "The refusal in Argo CD's operation or in the object's message.",
			Sources:  "argocd", Rights: readApps,
		},
		Check: func(in *Input) []platform.Finding {
			var out []platform.Finding
			for e, a := range in.apps() {
				if a.Sync == platform.SyncSynced && a.Health == platform.HealthHealthy {
					continue // what was refused is no longer asked for
				}
				object, said := "", ""
				if tooLong(a.Operation.Message) && a.Operation.Phase != platform.OperationSucceeded {
					said = a.Operation.Message
				}
				for i := range a.Resources {
					if r := &a.Resources[i]; tooLong(r.Message) {
						object, said = r.Kind+" "+r.Name, r.Message
						break
					}
				}
				if said == "" {
					continue
				}
				f := platform.Finding{Severity: gradeApp(e, platform.SeverityDegraded), Subject: in.subject(e, "application", a.Name), Since: opTime(a), Args: words("app", a.Name, "object", object),
					Why: []platform.Evidence{in.said(platform.FamApplications, e, "operation", said, opTime(a), "app", a.Name, "phase", a.Operation.Phase)}}
				out = append(out, f)
			}
			return out
		},
	}
}

func tooLong(text string) bool {
	return text != "" && containsAny(text, "must be no more than 63", "must be no more than 52", "must be no more than 253", "must have at most 63", "may not be longer than 63")
}
