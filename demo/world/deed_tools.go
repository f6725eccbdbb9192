package world

import (
	"strings"
	"time"
)

// RefreshApplication compares an application with what git says now.
func (tx *Tx) RefreshApplication(a *Application) {
	a.ReconciledAt = tx.Now
	if r := tx.State.infra(a); r != nil && len(r.Git.Commits) > 0 {
		if head := r.Git.Commits[len(r.Git.Commits)-1].SHA; head != a.Revision && a.Sync == "Synced" {
			a.Sync = "OutOfSync"
		}
	}
	tx.putRight(a)
	tx.Touch(a, Modified)
}

// infra is the repository that an application deploys; nil for one of the platform.
func (s *State) infra(a *Application) *Repository {
	for _, p := range s.Projects {
		for _, r := range p.Repositories {
			if a.RepoURL == s.GitLabBase+"/"+p.Slug+"/"+r.Name+".git" {
				return r
			}
		}
	}
	return nil
}

// Head is the newest revision of what an application deploys; its own when that is not known.
func (s *State) Head(a *Application) string {
	if r := s.infra(a); r != nil && len(r.Git.Commits) > 0 {
		return r.Git.Commits[len(r.Git.Commits)-1].SHA
	}
	return a.Revision
}

// OperationTime is how long an operation of Argo CD takes.
const OperationTime = 5 * time.Second

// OperateApplication starts an operation that brings an application to a revision; dry changes nothing but the operation itself.
func (tx *Tx) OperateApplication(a *Application, revision, by string, dry bool, only map[string]bool) {
	op := &Operation{Phase: "Running", Message: "waiting for completion", Revision: revision, By: by, StartedAt: tx.Now}
	a.Operation = op
	tx.Touch(a, Modified)
	tx.after(OperationTime, func(tx *Tx) {
		if a.Operation != op || op.Phase != "Running" {
			return
		}
		done := *op
		done.Phase, done.Message, done.FinishedAt = "Succeeded", "successfully synced (all tasks run)", tx.Now
		for i := range a.Resources {
			k := a.Resources[i]
			if len(only) > 0 && !only[k.Group+"/"+k.Kind+"/"+k.Name] {
				continue
			}
			k.SyncStatus, k.Message = "Synced", strings.ToLower(k.Kind)+"/"+k.Name+" configured"
			if dry {
				k.Message += " (dry run)"
			} else {
				a.Resources[i].Sync = "Synced"
			}
			done.Results = append(done.Results, k)
		}
		a.Operation = &done
		tx.after(time.Second, func(tx *Tx) { // it is compared anew then: until it is, its health is that of before
			a.ReconciledAt = tx.Now
			tx.Touch(a, Modified)
		})
		if !dry {
			a.Sync, a.Revision = "Synced", revision
			id := int64(0)
			if n := len(a.History); n > 0 {
				id = a.History[n-1].ID + 1
			}
			a.History = append(a.History, Deployed{ID: id, Revision: revision, At: tx.Now})
			trim(&a.History, keptHistory)
			for _, k := range a.Resources {
				if k.Sync != "Synced" {
					a.Sync = "OutOfSync"
				}
			}
		}
		tx.Touch(a, Modified)
	})
}

// TerminateOperation ends a running operation; false when none runs.
func (tx *Tx) TerminateOperation(a *Application) bool {
	if a.Operation == nil || a.Operation.Phase != "Running" {
		return false
	}
	op := *a.Operation
	op.Phase, op.Message = "Terminating", "operation is terminating"
	a.Operation = &op
	tx.Touch(a, Modified)
	tx.after(2*time.Second, func(tx *Tx) {
		if a.Operation != &op {
			return
		}
		end := op
		end.Phase, end.Message, end.FinishedAt = "Failed", "Operation terminated", tx.Now
		a.Operation = &end
		tx.Touch(a, Modified)
	})
	return true
}

// ScanImage scans an artifact anew; its counts are those it had.
func (tx *Tx) ScanImage(img *Image) {
	img.Scan.Status = "Pending"
	tx.after(2*time.Second, func(tx *Tx) {
		if img.Scan.Status == "Pending" {
			img.Scan.Status = "Running"
		}
	})
	tx.after(10*time.Second, func(tx *Tx) {
		if img.Scan.Status == "Running" {
			img.Scan.Status, img.Scan.At = "Success", tx.Now
		}
	})
}

// NewSilence adds a silence and returns its id.
func (tx *Tx) NewSilence(s *Silence) string {
	s.ID = tx.freshID("silence")
	tx.State.Silences = append(tx.State.Silences, s)
	return s.ID
}
