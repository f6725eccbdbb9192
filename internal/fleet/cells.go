package fleet

import (
	"slices"

	"dsotop/internal/platform"
	"dsotop/internal/platform/findings"
)

func consoleCell(d *platform.Dossier) ConsoleCell {
	c := ConsoleCell{Mark: markOf(d.Known[platform.FamProject]), Status: d.Project.Status, Locked: d.Project.Locked, Version: d.Project.LastProvisioned,
		Lag: findings.VersionLag(d.Project.LastProvisioned, d.Console.Version)}
	if d.Project.Derived {
		c.Lag = findings.LagNone
	}
	for _, e := range d.Log {
		if e.Provisioning() {
			c.Tools = e.Failed
			break
		}
	}
	return c
}

func pipelineCells(d *platform.Dossier) (mirror, app PipelineCell) {
	mark := markOf(d.Known[platform.FamPipelines])
	mirror.Mark, app.Mark = mark, mark
	for i := range d.Repositories {
		r := &d.Repositories[i]
		if len(r.Mirror) > 0 && newer(&r.Mirror[0], mirror.Pipeline) {
			mirror.Pipeline, mirror.Of = &r.Mirror[0], r.Name
		}
		if len(r.Pipelines) > 0 && newer(&r.Pipelines[0], app.Pipeline) {
			app.Pipeline, app.Of = &r.Pipelines[0], r.Name
		}
	}
	if mirror.Pipeline == nil && mark == MarkKnown && slices.ContainsFunc(d.Repositories, func(r platform.RepositoryFacts) bool { return r.MirrorUntold }) {
		mirror.Mark = MarkForbidden // there are runs, and nobody may tell whose
		if d.Known[platform.FamTokens].State == platform.StateStarting {
			mirror.Mark = MarkLoading // what is asked with the tokens
		}
	}
	return mirror, app
}

func newer(a, b *platform.Pipeline) bool { return b == nil || a.CreatedAt.After(b.CreatedAt) }

func gateCell(d *platform.Dossier) GateCell {
	c := GateCell{Mark: markOf(d.Known[platform.FamGates])}
	for i := range d.Repositories {
		g := d.Repositories[i].Gate
		if g == nil || g.Status == platform.GateNone {
			continue
		}
		if c.Gate == nil || gateRank(g) > gateRank(c.Gate) || gateRank(g) == gateRank(c.Gate) && g.AnalysedAt.After(c.Gate.AnalysedAt) {
			c.Gate, c.Repository = g, d.Repositories[i].Name
		}
	}
	return c
}

func gateRank(g *platform.Gate) int {
	switch g.Status {
	case platform.GateError:
		return 2
	case platform.GateWarn:
		return 1
	}
	return 0
}

func imagesCell(d *platform.Dossier) ImagesCell {
	c := ImagesCell{Mark: markOf(d.Known[platform.FamImages])}
	if len(d.Images) == 0 {
		return c
	}
	var counted []*platform.Image
	add := func(img *platform.Image) {
		if !img.Scan.Known() || slices.ContainsFunc(counted, func(o *platform.Image) bool { return o.Digest == img.Digest }) {
			return
		}
		counted = append(counted, img)
		c.Scanned = true
		c.Critical += img.Scan.Critical
		c.High += img.Scan.High
	}
	var room [16]*platform.Container // a project runs a handful of images; those of a workload lie side by side
	seen := room[:0]
	for i := range d.Environments {
		for j := range d.Environments[i].Pods {
			for k := range d.Environments[i].Pods[j].Containers {
				ctr := &d.Environments[i].Pods[j].Containers[k]
				if sameImage(seen, ctr) {
					continue
				}
				seen = append(seen, ctr)
				if img := d.ImageOf(ctr); img != nil {
					c.Deployed = true
					add(img)
				}
			}
		}
	}
	if c.Deployed {
		return c
	}
	newest := map[string]*platform.Image{}
	for i := range d.Images {
		img := &d.Images[i]
		if b := newest[img.Repository]; b == nil || img.PushedAt.After(b.PushedAt) {
			newest[img.Repository] = img
		}
	}
	for _, img := range newest {
		add(img)
	}
	return c
}

// sameImage reports whether a container of the list, the last ones first, runs what this one runs.
func sameImage(list []*platform.Container, c *platform.Container) bool {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Digest == c.Digest && list[i].Image == c.Image {
			return true
		}
	}
	return false
}

func argoCell(d *platform.Dossier) ArgoCell {
	c := ArgoCell{Mark: markOf(d.Known[platform.FamApplications]), Count: len(d.Applications)}
	if c.Count > 0 {
		c.Mark = MarkKnown
	} else if c.Mark == MarkKnown { // by another zone's Argo CD: those of its own environments may not have answered
		for i := range d.Environments {
			if m := markOf(d.Environments[i].Known[platform.FamApplications]); m != MarkKnown {
				c.Mark = m
				break
			}
		}
	}
	for i := range d.Applications {
		a := &d.Applications[i]
		if c.App == nil || appRank(a) > appRank(c.App) || appRank(a) == appRank(c.App) && a.Name < c.App.Name {
			c.App = a
		}
	}
	return c
}

// appRank orders applications by how bad they are: health first, then drift.
func appRank(a *platform.Application) int {
	rank := 0
	switch a.Health {
	case platform.HealthDegraded:
		rank = 50
	case platform.HealthMissing:
		rank = 40
	case platform.HealthUnknown, "":
		rank = 20
	case platform.HealthProgressing:
		rank = 10
	case platform.HealthSuspended:
		rank = 5
	}
	switch a.Sync {
	case platform.SyncOutOfSync:
		rank += 15
	case platform.SyncUnknown, "":
		rank += 12
	}
	return rank
}

func podsCell(d *platform.Dossier) PodsCell {
	c := PodsCell{Mark: markOf(d.Known[platform.FamPods])}
	for i := range d.Environments {
		ready, desired, restarts, known := d.Environments[i].PodCounts()
		if !known {
			c.Partial = true
			continue
		}
		c.Mark = MarkKnown
		c.Ready += ready
		c.Desired += desired
		c.Restarts += restarts
	}
	if c.Mark != MarkKnown {
		c.Partial = false
	}
	return c
}

func alertsCell(d *platform.Dossier) AlertsCell {
	c := AlertsCell{Mark: markOf(d.Known[platform.FamAlerts])}
	for _, a := range d.Alerts {
		switch {
		case a.Firing():
			c.Firing++
		case a.State == "pending" && !a.Silenced && !a.Inhibited:
			c.Pending++
		}
	}
	return c
}
