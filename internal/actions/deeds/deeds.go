// Package deeds is everything that may be done to the platform: one file a family, one table. A deed judges from facts whether it can be done, looks before it says what
// exactly would be sent, and looks afterwards whether it came true. Nothing here writes: the hand does.
package deeds

import (
	"slices"

	"dsotop/internal/actions"
)

// All are all deeds, in the order of menus.
func All() []actions.Deed {
	return slices.Concat(consoleProject(), consoleEnvironments(), consoleMembers(), consoleOther(), gitlabDeeds(), argoDeeds(), kubernetesDeeds(), harborDeeds(), alertmanagerDeeds())
}

// The codes of reasons, warnings and refusals that deeds give. Package words has a sentence for each.
const (
	codeNotConfigured = "not_configured"      // no source of that kind
	codeSourceDown    = "source_down"         // the source does not answer, so planning would not either
	codeUnauthorised  = "unauthorised"        // the source does not take the credential
	codeNotHere       = actions.NotApplicable // the deed is not for this thing: menus leave it out
	codeLocked        = "locked"
	codeArchived      = "archived"
	codeRunArchived   = "run_archived" // GitLab runs it no more: detail names the project, pipeline or job
	codeNoRight       = "no_right"     // detail: the right
	codeGone          = "gone"         // it is not there any more
	codeNothing       = "nothing_to_do"
	codeAutosync      = "autosync_on"
	codeAutosyncBack  = "autosync_reverts" // a warning: Argo CD will set it back
	codeWindow        = "sync_window"
	codeRunning       = "operation_running"
	codeNoOperation   = "no_operation"
	codeImageGone     = "image_gone"
	codeImageUnknown  = "image_unknown" // whether it is still there could not be learnt
	codeMutableTag    = "mutable_tag"
	codePrune         = "prune"       // a warning, detail: what would be deleted
	codePruneEmpty    = "prune_empty" // everything would be deleted
	codeVolumes       = "volumes_lost"
	codeForce         = "force_pushed"    // commits made inside the platform's GitLab are lost
	codeAllBranches   = "branches_pruned" // branches and tags that are gone outside are removed
	codeTokenBad      = "mirror_token_expired"
	codeQuota         = "quota_short" // detail: resource, asked, left
	codePool          = "pool_short"  // of the project
	codeCapacity      = "cluster_short"
	codeBad           = "bad_argument"
	codeNoChange      = "no_change"
	codeTaken         = "name_taken"
	codeUnknownThing  = "unknown_thing" // detail: a name that nobody knows
	codeProvisions    = "provisions"    // a warning: every tool is run on the whole project
	codeRenews        = "renews"        // a warning: secrets of deployments are made anew, orphans go
	codeShared        = "shared_resource"
	codeSingle        = "single_replica"
	codeBare          = "no_controller" // nobody will make the pod again
	codeSuspended     = "suspended"
	codeAlreadyRuns   = "already_runs"
	codeUnreadable    = "unreadable"   // planning met an answer it does not understand
	codeLong          = "silence_long" // a warning
	codeFailedBefore  = "failed_before"
	codeNoPreview     = "no_preview"
	codeRefused       = "server_refuses" // detail: what the server said
	codeServerWarns   = "server_warns"   // detail: what the server said, that would do it all the same
	codeNoRehearsal   = "no_rehearsal"   // the server could not pretend; detail: why
	codePaused        = "paused"         // a Deployment whose rollouts somebody holds back
	codeOnDelete      = "on_delete"      // pods are only replaced when they are deleted
	codePartition     = "partition"      // a warning, detail: the number of the first pod that is replaced
	codeRecreate      = "recreate"       // a warning: all pods go before new ones come
	codeToZero        = "to_zero"        // a warning: nothing serves any more
	codeLastReady     = "last_ready"     // a warning: the pod is the only one of several that is ready
	codeScaler        = "autoscaled"     // a warning, detail: name and bounds of the autoscaler that will set another number
	codeScalerBounds  = "out_of_bounds"  // a warning, detail: those of the autoscaler that will set it back whatever it measures
	codeScalerRests   = "autoscaler_off" // a warning, detail: those of the autoscaler that does nothing as long as there are none
	codeBudget        = "budget_broken"  // a warning, detail: name of the budget, pods that serve and that are to
	codeBudgetMore    = "budget_more"    // a warning, detail: name of the budget and how many it wants
)

// Codes are all codes of this package, for the test that each has its words.
func Codes() []string {
	return []string{codeNotConfigured, codeSourceDown, codeUnauthorised, codeNotHere, codeLocked, codeArchived, codeRunArchived, codeNoRight, codeGone, codeNothing, codeAutosync, codeAutosyncBack, codeWindow, codeRunning,
		codeNoOperation, codeImageGone, codeImageUnknown, codeMutableTag, codePrune, codePruneEmpty, codeVolumes, codeForce, codeAllBranches, codeTokenBad, codeQuota, codePool, codeCapacity, codeBad, codeNoChange,
		codeTaken, codeUnknownThing, codeProvisions, codeRenews, codeShared, codeSingle, codeBare, codeSuspended, codeAlreadyRuns, codeUnreadable, codeLong, codeFailedBefore, codeNoPreview, codeRefused,
		codeServerWarns, codeNoRehearsal, codePaused, codeOnDelete, codePartition, codeRecreate,
		codeToZero, codeLastReady, codeScaler, codeScalerBounds, codeScalerRests, codeBudget, codeBudgetMore}
}

// What takes a deed back.
const (
	undoAgain    = "again"    // nothing to take back: it may be done again
	undoOpposite = "opposite" // the deed that does the opposite
	undoBefore   = "before"   // the same deed with the values of before
	undoRollback = "rollback" // a synchronisation of, or a return to, another revision
	undoExpire   = "expire"
)
