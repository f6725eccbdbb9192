package pane

import (
	"slices"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// Missing writes why a family of facts is not there and what to do about it. what names the facts in the plural.
func Missing(e *page.Env, v *fleet.View, w int, what string, age platform.FactAge) []string {
	state := age.State
	if state == "" {
		state = platform.StateNotConfigured
	}
	m := cells.Missing(e.Glyphs, state)
	pen := e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(style.Muted, what+e.Words.Form.Colon).Put(m.Role, cells.MissingWord(e.Words, state))
	if age.Source != "" {
		pen.Put(style.Faint, "  "+age.Source)
	}
	out := []string{pen.Line()}
	if h := Health(v, age.Source); h != nil && h.State.Bad() {
		out = append(out, Text(e, w, 3, style.Faint, h.Detail)...)
		if h.Remedy != platform.RemedyNone {
			out = append(out, Text(e, w, 3, style.Muted, e.Words.Remedy[h.Remedy])...)
		}
	} else if state == platform.StateNotConfigured {
		out = append(out, Text(e, w, 3, style.Faint, e.Words.Remedy[platform.RemedyConfigure])...)
	} else if state == platform.StateForbidden || state == platform.StateUnauthorised {
		out = append(out, Text(e, w, 3, style.Muted, e.Words.Remedy[platform.RemedyAskRight])...)
	}
	return out
}

// Health finds what a source says of itself.
func Health(v *fleet.View, source string) *platform.SourceHealth {
	for i := range v.Sources {
		if v.Sources[i].Name == source && source != "" {
			return &v.Sources[i]
		}
	}
	return nil
}

// Aging tells, one line a source, which of what is shown may be old: the source fails now, or has not yet confirmed what
// was kept on disk.
func Aging(e *page.Env, w int, known ...map[platform.Family]platform.FactAge) []string {
	oldest := map[string]platform.FactAge{}
	for _, k := range known {
		for _, a := range k {
			if a.At.IsZero() || a.Source == "" || (!a.State.Bad() && !a.Cached) {
				continue
			}
			if b, ok := oldest[a.Source]; !ok || a.At.Before(b.At) {
				oldest[a.Source] = a
			}
		}
	}
	names := make([]string, 0, len(oldest))
	for n := range oldest {
		names = append(names, n)
	}
	slices.Sort(names)
	var out []string
	for _, n := range names {
		a := oldest[n]
		m, word := cells.Source(e.Glyphs, a.State), e.Words.State[a.State].Word
		if !a.State.Bad() {
			m, word = cells.Mark{Role: style.Warn, Glyph: e.Glyphs.Half}, e.Words.Frame.Cached
		}
		out = append(out, e.Pen(w).Space(1).Put(m.Role, m.Glyph).Space(1).Put(style.Text, n).Space(1).Put(m.Role, word).Put(style.Faint, " · "+e.Words.Project.ReadAgo(e.Age(a.At))).Line())
	}
	return out
}

// Gone fills the page of a subject that is not there: not read yet, or not known to any source.
func Gone(e *page.Env, v *fleet.View, w, h int, name, hint string) block.Block {
	if !v.Ready {
		return e.Empty(w, h, e.Glyphs.Running, style.Running, e.Words.Project.Reading, name)
	}
	return e.Empty(w, h, e.Glyphs.Unknown, style.Unknown, name+" "+e.Words.Frame.Gone, hint)
}

// Unread says why a family of facts has nothing at all: the source that gives it is not configured, refuses, or is not reached. nil when a
// source of that kind answers.
func Unread(e *page.Env, v *fleet.View, w int, what string, age platform.FactAge, kinds ...string) []string {
	if !age.At.IsZero() {
		return nil
	}
	var bad *platform.SourceHealth
	configured := false
	for i := range v.Sources {
		s := &v.Sources[i]
		if !slices.Contains(kinds, s.Kind) || s.State == platform.StateNotConfigured {
			continue
		}
		configured = true
		if s.State == platform.StateLive || s.State == platform.StateStale {
			return nil
		}
		bad = s
	}
	if age.State == "" && bad != nil {
		age = platform.FactAge{Source: bad.Name, State: bad.State}
	}
	if age.State == "" && !configured {
		age.State = platform.StateNotConfigured
	}
	return Missing(e, v, w, what, age)
}
