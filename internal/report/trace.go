package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/words"
)

// TraceDocument is what "trace SHA -o json" prints.
type TraceDocument struct {
	Version  int           `json:"version" yaml:"version"`
	At       time.Time     `json:"at" yaml:"at"`
	Profile  string        `json:"profile" yaml:"profile"`
	Complete bool          `json:"complete" yaml:"complete"` // nothing was still being read
	SHA      string        `json:"sha" yaml:"sha"`           // as asked, in lower case
	Asked    int           `json:"askedRepositories" yaml:"askedRepositories"`
	Left     int           `json:"leftRepositories" yaml:"leftRepositories"` // not asked, as there are too many: name a project
	Commits  []TraceCommit `json:"commits" yaml:"commits"`                   // empty: nothing that was read has heard of it
}

// TraceCommit is the way of one commit of one repository.
type TraceCommit struct {
	Project      string             `json:"project" yaml:"project"`
	Repository   string             `json:"repository" yaml:"repository"`
	Infra        bool               `json:"infra" yaml:"infra"` // what Argo CD applies, not what is built
	SHA          string             `json:"sha" yaml:"sha"`
	Whole        bool               `json:"whole" yaml:"whole"` // sha has all its digits
	Title        *string            `json:"title" yaml:"title"`
	Ref          *string            `json:"ref" yaml:"ref"`
	Head         bool               `json:"head" yaml:"head"`
	Steps        []TraceStep        `json:"steps" yaml:"steps"`
	Pipelines    []TracePipeline    `json:"pipelines" yaml:"pipelines"` // newest first
	Images       []TraceImage       `json:"images" yaml:"images"`       // newest first
	Environments []TraceEnvironment `json:"environments" yaml:"environments"`
	Next         string             `json:"next" yaml:"next"`
	NextText     string             `json:"nextText" yaml:"nextText"` // in the language
}

// TraceStep is one link of the way.
type TraceStep struct {
	Step       string     `json:"step" yaml:"step"`
	State      string     `json:"state" yaml:"state"`
	Confidence string     `json:"confidence" yaml:"confidence"`
	Reason     *string    `json:"reason" yaml:"reason"` // a machine word
	Name       *string    `json:"name" yaml:"name"`
	At         *time.Time `json:"at" yaml:"at"`
	Finding    *string    `json:"finding" yaml:"finding"`
}

// TracePipeline is a pipeline of the commit.
type TracePipeline struct {
	Number  int64      `json:"number" yaml:"number"`
	Status  string     `json:"status" yaml:"status"`
	Ref     string     `json:"ref" yaml:"ref"`
	Created *time.Time `json:"createdAt" yaml:"createdAt"`
	URL     *string    `json:"url" yaml:"url"`
}

// TraceImage is an image of the commit. The counts are null when no scan can be believed.
type TraceImage struct {
	Repository string     `json:"repository" yaml:"repository"`
	Digest     string     `json:"digest" yaml:"digest"`
	Tags       []string   `json:"tags" yaml:"tags"`
	Pushed     *time.Time `json:"pushedAt" yaml:"pushedAt"`
	Critical   *int       `json:"critical" yaml:"critical"`
	High       *int       `json:"high" yaml:"high"`
}

// TraceEnvironment says whether an environment runs the commit.
type TraceEnvironment struct {
	Name       string     `json:"name" yaml:"name"`
	Namespace  string     `json:"namespace" yaml:"namespace"`
	Production bool       `json:"production" yaml:"production"`
	State      string     `json:"state" yaml:"state"`
	Confidence string     `json:"confidence" yaml:"confidence"`
	Reason     *string    `json:"reason" yaml:"reason"` // a machine word
	Runs       *string    `json:"runs" yaml:"runs"`     // the commit that runs instead, or beside
	Ready      *int       `json:"ready" yaml:"ready"`
	Desired    *int       `json:"desired" yaml:"desired"`
	Since      *time.Time `json:"since" yaml:"since"`
}

// Trace makes the document of a search. complete as for Status.
func Trace(v *fleet.View, s *fleet.Search, profile string, complete bool, lang string) TraceDocument {
	doc := TraceDocument{Version: Version, At: v.At.UTC(), Profile: profile, Complete: complete, SHA: s.SHA, Asked: s.Asked, Left: s.Left, Commits: []TraceCommit{}}
	for i := range s.Traces {
		doc.Commits = append(doc.Commits, traceCommit(&s.Traces[i], lang))
	}
	return doc
}

func traceCommit(t *platform.Trace, lang string) TraceCommit {
	c := TraceCommit{Project: t.ProjectSlug, Repository: t.Repository, Infra: t.Infra, SHA: t.SHA, Whole: t.Whole, Title: text(t.Title), Ref: text(t.Ref), Head: t.Head, Next: t.Next,
		NextText: language(lang).Chain.Next[t.Next], Steps: []TraceStep{}, Pipelines: []TracePipeline{}, Images: []TraceImage{}, Environments: []TraceEnvironment{}}
	for _, e := range t.Edges {
		c.Steps = append(c.Steps, TraceStep{Step: string(e.Step), State: string(e.State), Confidence: string(e.Confidence), Reason: text(e.Code), Name: text(e.Name), At: instant(e.At), Finding: text(e.Rule)})
	}
	for _, p := range t.Pipelines {
		c.Pipelines = append(c.Pipelines, TracePipeline{Number: p.IID, Status: p.Status, Ref: p.Ref, Created: instant(p.CreatedAt), URL: text(p.URL)})
	}
	for _, img := range t.Images {
		one := TraceImage{Repository: img.Repository, Digest: img.Digest, Tags: []string{}, Pushed: instant(img.PushedAt)}
		for _, tag := range img.Tags {
			one.Tags = append(one.Tags, tag.Name)
		}
		if img.Scan.Known() {
			critical, high := img.Scan.Critical, img.Scan.High
			one.Critical, one.High = &critical, &high
		}
		c.Images = append(c.Images, one)
	}
	for _, p := range t.Placements {
		one := TraceEnvironment{Name: p.Environment, Namespace: p.Namespace, Production: p.Production, State: string(p.State), Confidence: string(p.Confidence), Reason: text(p.Code), Runs: text(p.Commit), Since: instant(p.Since)}
		if !t.Infra && p.State != platform.PlacedUnknown && p.State != platform.PlacedNot {
			ready, desired := p.Ready, p.Desired
			one.Ready, one.Desired = &ready, &desired
		}
		c.Environments = append(c.Environments, one)
	}
	return c
}

// TraceText prints the way of each commit, one paragraph a commit.
func TraceText(w io.Writer, v *fleet.View, s *fleet.Search, complete bool, lang string) error {
	h, set := headsOf(lang), language(lang)
	cw := set.Chain
	var sb strings.Builder
	if !s.Known() {
		sb.WriteString(cw.NotFound(s.SHA) + " (" + cw.Searched(s.Projects) + ").\n")
		for _, why := range cw.NotFoundWhy {
			sb.WriteString("  – " + why + "\n")
		}
	}
	if len(s.Traces) > 1 {
		sb.WriteString(cw.Several(len(s.Traces)) + "\n\n")
	}
	for i := range s.Traces {
		if i > 0 {
			sb.WriteString("\n")
		}
		traceParagraph(&sb, &s.Traces[i], set, v.At)
	}
	if s.Left > 0 && !s.Known() {
		sb.WriteString("\n" + cw.Unasked(s.Left) + " (--project).\n")
	}
	if !complete {
		sb.WriteString("\n" + h.incomplete)
	}
	return print(w, &sb)
}

func traceParagraph(sb *strings.Builder, t *platform.Trace, set *words.Set, now time.Time) {
	cw := set.Chain
	fmt.Fprintf(sb, "%s   %s ▸ %s", t.SHA, t.ProjectSlug, t.Repository)
	for _, more := range []struct {
		yes  bool
		text string
	}{{t.Infra, cw.Infra}, {t.Ref != "", cw.On + " " + t.Ref}, {t.Head, cw.Head}} {
		if more.yes {
			sb.WriteString("   " + more.text)
		}
	}
	sb.WriteString("\n")
	if t.Title != "" {
		sb.WriteString("  " + t.Title + "\n")
	}
	var rows [][]string
	for _, e := range t.Edges {
		rows = append(rows, []string{"  " + edgeSign(e.State), cw.Step[e.Step], e.Name, set.Link(e), age(set, e.At, now)})
	}
	columns(sb, rows, nil)
	sb.WriteString("  " + cw.Where + "\n")
	rows = nil
	for _, p := range t.Placements {
		pods := ""
		if p.Desired > 0 && !t.Infra {
			pods = fmt.Sprintf("%d/%d", p.Ready, p.Desired)
		}
		rows = append(rows, []string{"  " + placedSign(p.State), p.Environment, set.Stands(p), pods, age(set, p.Since, now)})
	}
	columns(sb, rows, nil)
	sb.WriteString("  " + cw.NextTitle + set.Form.Colon + cw.Next[t.Next] + "\n")
}

func age(set *words.Set, t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return set.Age(now.Sub(t))
}

func edgeSign(s platform.EdgeState) string {
	switch s {
	case platform.EdgeGood:
		return "✔"
	case platform.EdgeBroken:
		return "✖"
	case platform.EdgeWarn:
		return "▲"
	case platform.EdgeRunning:
		return "◐"
	case platform.EdgeNone:
		return "–"
	}
	return "?"
}

func placedSign(s platform.PlacementState) string {
	switch s {
	case platform.PlacedHere:
		return "✔"
	case platform.PlacedFailing:
		return "✖"
	case platform.PlacedPartly:
		return "◐"
	case platform.PlacedOlder, platform.PlacedOther:
		return "○"
	case platform.PlacedNewer:
		return "●"
	case platform.PlacedNot:
		return "–"
	}
	return "?"
}
