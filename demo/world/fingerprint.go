package world

import (
	"fmt"
	"io"
)

func fingerprintRepo(h io.Writer, r *Repository) {
	fmt.Fprint(h, r.ID, r.Name, len(r.Images))
	for _, i := range r.Images {
		fmt.Fprint(h, i.ID, i.Digest, i.Commit, i.PushedAt.UnixNano(), i.Scan)
		for _, t := range i.Tags {
			fmt.Fprint(h, t.Name)
		}
	}
	if r.Gate != nil {
		fmt.Fprint(h, r.Gate.Status, r.Gate.Revision, r.Gate.At.UnixNano())
	}
	if r.Git != nil {
		fingerprintGit(h, r.Git)
	}
}

func fingerprintGit(h io.Writer, g *GitProject) {
	fmt.Fprint(h, g.ID, g.Path, len(g.Commits))
	for _, p := range g.Pipelines {
		fmt.Fprint(h, p.ID, p.SHA, p.Status, p.UpdatedAt.UnixNano())
		for _, j := range p.Jobs {
			fmt.Fprint(h, j.ID, j.Status)
		}
	}
}

func fingerprintNamespace(h io.Writer, n *Namespace) {
	fmt.Fprint(h, n.UID, n.Name, n.Rev, len(n.Secrets))
	if n.Quota != nil {
		fmt.Fprint(h, n.Quota.Used)
	}
	for _, x := range n.Workloads {
		fmt.Fprint(h, x.UID, x.Name, x.Replicas, x.Ready, x.ReplicaSet, x.Rev)
	}
	for _, p := range n.Pods {
		fmt.Fprint(h, p.UID, p.Name, p.Phase, p.IP, p.Node, p.Rev)
		for _, c := range p.Containers {
			fmt.Fprint(h, c.Image, c.Digest, c.Restarts, c.State, c.Reason, c.StartedAt.UnixNano())
		}
	}
	for _, e := range n.Events {
		fmt.Fprint(h, e.UID, e.Reason, e.Count, e.Last.UnixNano())
	}
}
