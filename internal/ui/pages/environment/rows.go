package environment

import (
	"cmp"
	"strconv"
	"strings"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/style"
)

// columns are the widths of the tree's columns, in cells; 0 leaves one out. gap stands behind the name.
type columns struct{ w, name, gap, state, ready, restarts, age, image int }

func (p *Page) columns(w int) columns {
	c := columns{w: w, gap: 1, state: 18, ready: 6, restarts: 6, age: 7}
	if w >= 96 {
		c.image = 26
	}
	if w >= 120 {
		c.image = 34
	}
	if w < 70 {
		c.state, c.restarts = 17, 5
	}
	if p.env.Glyphs.Aloud { // two blanks between what fills its column and the next
		c.gap, c.state, c.restarts, c.age = c.gap+1, c.state+1, c.restarts+1, c.age+1
	}
	rest := c.gap - 1 + c.state + c.ready + c.restarts + c.age + c.image + 7
	c.name = max(min(w-rest, p.widest), 16)
	c.state += min(max(p.state+2-c.state, 0), max(w-rest-c.name, 0), 16) // what is left over, for a word that would be cut
	return c
}

// stateOf is how the state of a pod is said.
func stateOf(x *platform.Pod) string { return cmp.Or(x.Reason, x.Phase) }

func (c columns) header(p *Page) string {
	w := p.env.Words.Environment
	pen := p.env.Pen(c.w).Space(3).Column(c.name-2).Put(style.Title, w.Workload).EndColumn().Space(c.gap).
		Column(c.state).Put(style.Title, w.State).EndColumn().Column(c.ready).Right(style.Title, w.Ready).EndColumn().
		Column(c.restarts).Right(style.Title, w.Restarts).EndColumn().Column(c.age).Right(style.Title, w.Age).EndColumn()
	if c.image > 0 {
		pen.Space(2).Put(style.Title, w.Image)
	}
	return pen.Line()
}

func (p *Page) workloadLine(l *load, w int, g style.Ground) string {
	e, c := p.env, p.columns(w)
	m := cells.Mark{Role: style.Good, Glyph: e.Glyphs.OK}
	switch l.rank {
	case 3:
		m = cells.Mark{Role: style.Bad, Glyph: e.Glyphs.Bad}
	case 2:
		m = cells.Mark{Role: style.Warn, Glyph: e.Glyphs.Warn}
	case 1:
		m = cells.Mark{Role: style.Running, Glyph: e.Glyphs.Running}
	}
	fold := e.Glyphs.Closed
	if p.unfolded(l) {
		fold = e.Glyphs.Open
	}
	if len(l.pods) == 0 {
		fold = " "
	}
	pen := p.start(w, g)
	pen.Column(c.name).Put(style.Accent, fold).Space(1).Put(m.Role, m.Glyph).Space(1)
	name, role := l.name, style.Text
	if name == "" {
		name = e.Words.Environment.Others
	}
	if l.rank > 0 {
		role = style.Strong
	}
	pen.Put(role, name)
	if pen.Left() > block.Width(l.kind)+1 {
		pen.Put(style.Faint, " "+l.kind)
	}
	pen.EndColumn().Space(c.gap).Column(c.state)
	if l.workload != nil && len(l.workload.Conditions) > 0 {
		why := telling(l.workload.Conditions)
		if block.Width(why) > pen.Left() {
			why = strings.TrimPrefix(why, "Progress") // DeadlineExceeded says it too
		}
		pen.Put(style.Warn, why)
	}
	pen.EndColumn().Column(c.ready)
	if ready, wanted, ok := l.counts(); ok && (wanted > 0 || l.kind != "CronJob" && l.kind != "Job") {
		pen.Right(cells.Ready(ready, wanted), strconv.Itoa(ready)+"/"+strconv.Itoa(wanted))
	} else {
		pen.Right(style.Faint, e.Glyphs.None)
	}
	pen.EndColumn().Column(c.restarts)
	p.restarts(pen, l.restarts())
	pen.EndColumn().Column(c.age)
	if l.workload != nil && !l.workload.CreatedAt.IsZero() {
		pen.Right(style.Faint, e.Age(l.workload.CreatedAt))
	}
	pen.EndColumn()
	if c.image > 0 && !p.unfolded(l) {
		pen.Space(2)
		if len(l.pods) > 0 {
			p.image(pen, l.pods[0])
		} else if l.workload != nil && len(l.workload.Images) > 0 {
			_, _, repo, tag, _ := platform.ParseImage(l.workload.Images[0])
			pen.Put(style.Faint, repo+":"+tag)
		}
	}
	return pen.Line()
}

// telling is the reason that says most: that too few pods run is seen beside it.
func telling(list []platform.WorkloadCondition) string {
	for _, c := range list {
		if c.Reason != "MinimumReplicasUnavailable" {
			return c.Reason
		}
	}
	return list[0].Reason
}

func (p *Page) restarts(pen *style.Pen, n int) {
	role := style.Faint
	switch {
	case n >= 10:
		role = style.Warn
	case n > 0:
		role = style.Text
	}
	pen.Right(role, strconv.Itoa(n))
}

func (p *Page) podLine(l *load, x *platform.Pod, w int, g style.Ground) string {
	e, c := p.env, p.columns(w)
	m := cells.Pod(e.Glyphs, *x)
	pen := p.start(w, g)
	pen.Column(c.name).Space(4).Put(m.Role, m.Glyph).Space(1)
	name := x.Name
	if short, ok := strings.CutPrefix(name, l.name+"-"); ok && l.name != "" && block.Width(name) > pen.Left() {
		name = e.Glyphs.Ellipsis + "-" + short
	}
	role := style.Muted
	if p.rank(x) > 0 {
		role = style.Text
	}
	pen.Put(role, name).EndColumn().Space(c.gap)
	state := stateOf(x)
	stateRole := m.Role
	if stateRole == style.Good {
		stateRole = style.Faint
	}
	pen.Column(c.state).Put(stateRole, state).EndColumn().Column(c.ready)
	if x.Total > 0 {
		role := cells.Ready(x.Ready, x.Total)
		if x.Finished() {
			role = style.Faint
		}
		pen.Right(role, strconv.Itoa(x.Ready)+"/"+strconv.Itoa(x.Total))
	} else {
		pen.Right(style.Faint, e.Glyphs.None)
	}
	pen.EndColumn().Column(c.restarts)
	p.restarts(pen, x.Restarts)
	pen.EndColumn().Column(c.age)
	if x.CreatedAt.IsZero() {
		pen.Right(style.Faint, e.Glyphs.None)
	} else {
		pen.Right(style.Faint, e.Age(x.CreatedAt))
	}
	pen.EndColumn()
	if c.image > 0 {
		pen.Space(2)
		p.image(pen, x)
	}
	return pen.Line()
}

// image is what a pod runs: the image's tag and the pipeline that made it, when that can be told.
func (p *Page) image(pen *style.Pen, x *platform.Pod) {
	e := p.env
	c, ok := mainContainer(x)
	if !ok {
		pen.Put(style.Faint, e.Glyphs.None)
		return
	}
	_, _, repo, tag, digest := platform.ParseImage(c.Image)
	if i := strings.LastIndex(repo, "/"); i >= 0 {
		repo = repo[i+1:]
	}
	said := tag
	if said == "" {
		said = shortDigest(digest)
	}
	if x.ImagePull() {
		pen.Put(style.Bad, repo+":"+said+" "+e.Glyphs.Bad+" "+e.Words.Environment.NotFound)
		return
	}
	pen.Put(style.Muted, repo+":"+said)
	if iid := p.pipelineOf(c, tag); iid > 0 {
		pen.Put(style.Faint, " "+e.Glyphs.To+" ").Put(style.Text, "#"+strconv.FormatInt(iid, 10))
	}
}

// mainContainer is the first that is no init container and not well, else the first.
func mainContainer(x *platform.Pod) (c platform.Container, ok bool) {
	for _, one := range x.Containers {
		if one.Init {
			continue
		}
		if !ok || (c.Ready && !one.Ready) {
			c, ok = one, true
		}
	}
	return c, ok
}

// pipelineOf finds the pipeline whose commit an image is named after: by the tags that its digest has in the registry, else
// by its own tag. 0 when nothing proves it.
func (p *Page) pipelineOf(c platform.Container, tag string) int64 {
	key := c.Digest + "|" + tag
	iid, known := p.made[key]
	if !known {
		iid = p.seek(c, tag)
		p.made[key] = iid
	}
	return iid
}

func (p *Page) seek(c platform.Container, tag string) int64 {
	names := []string{}
	for i := range p.row.Dossier.Images {
		if im := &p.row.Dossier.Images[i]; im.Is(c.Digest) {
			for _, t := range im.Tags {
				names = append(names, t.Name)
			}
		}
	}
	if len(names) == 0 {
		names = append(names, tag)
	}
	for _, n := range names {
		if len(n) < 7 {
			continue
		}
		for i := range p.row.Dossier.Repositories {
			for j := range p.row.Dossier.Repositories[i].Pipelines {
				if pl := &p.row.Dossier.Repositories[i].Pipelines[j]; strings.HasPrefix(pl.SHA, n) {
					return pl.IID
				}
			}
		}
	}
	return 0
}

// shortDigest is "sha256:" without its name and with eight digits.
func shortDigest(d string) string {
	_, hex, ok := strings.Cut(d, ":")
	if !ok {
		hex = d
	}
	return cells.ShortSHA(hex)
}
