package application

import (
	"dsotop/internal/platform"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/pane"
	"dsotop/internal/ui/style"
)

// diffCommand leads from a deployment of the history to what its commit changed, from elsewhere to what differs now.
func (p *Page) diffCommand() keys.Command {
	if p.tab == tabHistory {
		if cur, ok := p.history.Current(); ok {
			if git, sha := p.infraOf(cur); git != nil {
				return keys.Command{ID: keys.Diff, Do: func() intent.Intent {
					return intent.Open{Ref: intent.Ref{Kind: page.Change, Key: page.ChangeKey(p.row.Dossier.Project.ID, git.Path, sha)}}
				}}
			}
		}
	}
	return keys.Command{ID: keys.Diff, Quiet: p.tab == tabDiff, Do: func() intent.Intent { return p.turn(tabDiff) }}
}

// infraOf is the repository that a deployment took its manifests from, and the commit; nil when it is none of the project's.
func (p *Page) infraOf(r rollout) (*platform.GitRepository, string) {
	if p.app == nil || p.row == nil || len(r.Revisions) == 0 {
		return nil, ""
	}
	then := *p.app
	then.Revisions = r.Revisions
	git, sha, _ := pane.InPlace(p.row, &then)
	if git == nil || !platform.IsCommit(sha) {
		return nil, ""
	}
	return git, sha
}

// behind says how far the commit of a deployment is behind its branch; it is asked for what is on screen.
func (p *Page) behind(r rollout) []style.Span {
	git, sha := p.infraOf(r)
	if git == nil {
		return nil
	}
	_, _, head := pane.InPlace(p.row, p.app)
	p.lags.Want(p.row.Dossier.Project.ID, git, sha, head)
	return p.lags.Spans(p.row.Dossier.Project.ID, git, sha, head)
}
