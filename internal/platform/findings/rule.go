// Package findings judges a project's dossier: each rule is a pure function of the joined facts and the time, listed in one
// table ([All]), with its own table test and its page in docs/findings.md.
//
// A rule never guesses: when a family of facts it needs is unknown, the engine reports it as not evaluated, with the state of
// the source that should have told. What is only the consequence of something else is folded beneath its cause, so that the
// findings of a project count incidents.
package findings

import "dsotop/internal/platform"

// Rule is one judgement.
type Rule struct {
	ID      string // stable kebab-case, the finding's id
	Mode    string // failure mode of the platform facts ("F13"); "" when none
	Area    string // provisioning, mirror, pods, images, argo, quality, pipelines, quota, access, observability, alerts
	Runbook string // "RB-10"; "" when none applies
	// Severity is the worst the rule gives by itself, in production; an incident takes the worst of its consequences.
	Severity platform.Severity
	// Needs are the families of facts without which the rule says nothing.
	Needs []platform.Family
	// Aside is true of a rule whose facts come late or are refused to most: what it lacks does not hold back a project's verdict.
	Aside bool
	Doc   Doc
	// Check returns what is wrong. It fills what only it knows; the engine adds the id, the mode, the runbook and the project.
	// It must be deterministic, and ask the time through the input only.
	Check func(*Input) []platform.Finding
}

// Doc is the rule's page, in English.
type Doc struct {
	What     string // what it says, in one sentence
	Why      string // why it matters
	Evidence string // what is shown as proof
	Sources  string // systems that tell
	Rights   string // what the credential must be allowed to read
}

// NotEvaluated says that a rule could not be asked.
type NotEvaluated struct {
	RuleID  string
	Missing platform.Family
	Source  string // the source that should tell; "" when none is configured
	Reason  platform.State
	// Environments names those that could not be judged while others were; nil when the rule was not asked at all.
	Environments []string
	// Aside: the verdict on the project does not wait for it.
	Aside bool
}

// Awaited counts the rules that wait for facts which are being read; what the others lack does not come by waiting.
func Awaited(list []NotEvaluated) int {
	n := 0
	for i := range list {
		if list[i].Reason == platform.StateStarting {
			n++
		}
	}
	return n
}

// All lists every rule. The order is that of the documentation.
func All() []Rule {
	return []Rule{
		provisioningFailed(), provisioningPartial(), sonarAccountClash(), consoleTooOld(), backendsDisagree(), projectStuck(), projectLocked(), provisioningOutdated(), environmentFrozen(), serviceChainFailed(),
		mirrorTokenExpired(), mirrorTokenExpiring(), groupTokenExpiring(), repositoryTokenExpiring(), robotExpiring(), privateRepoCredentials(), mirrorFailing(), mirrorNeverRan(), mirrorLagging(), triggerDead(), commitOverwritten(), undeclaredRepository(),
		tagPurged(), pullSecret(), imagePull(), permissionDenied(), crashLoop(), outOfMemory(), configError(), vaultSecretUndelivered(), sopsUndelivered(), quotaRefused(), policyRefused(), policyDebt(), podsPending(), podsNotReady(), jobFailed(), networkRefused(),
		tagMissing(), tagNextToGo(), mutableTag(), mixedVersions(), imageUntraced(), imageVulnerable(),
		twinApplications(), appMissing(), comparisonError(), appSyncFailed(), appDegraded(), appStuck(), appOutOfSync(), infraBehind(), liveChangeReverted(), nameTooLong(), certificateFailed(),
		gateOtherRevision(), gateRed(), secretReadFailed(), dotenvExpired(), certificateUnknown(), pushRefused(), pipelineFailed(), ciFileMissing(), ciWeak(),
		quotaNearFull(), quotaNotApplied(), poolExhausted(), clusterExhausted(), reservedIdle(),
		memberWithoutAccess(), departedMember(), grafanaMoved(),
		alertFiring(), environmentSilent(), logsSilent(), alertRulesIgnored(), dashboardInvalid(),
	}
}
