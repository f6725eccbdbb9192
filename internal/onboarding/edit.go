package onboarding

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/platform"
)

// The sections of a ledger.
const (
	Items         = "items"
	Prerequisites = "prerequisites"
	Compatibility = "compatibility"
	Skills        = "skills"
	Track         = "track" // one value, without keys
)

// Edit is one change of a ledger: one key of one section. It is made on the lines of the file, so that everything else, comments and order
// included, stays as people wrote it, and git shows what was changed and nothing more.
type Edit struct {
	Section, Key string
	// Tick is the value in Items, Field in Prerequisites, Answer in the checklists and of the track. All empty takes the key away.
	Tick   *platform.Tick
	Field  *platform.Field
	Answer string
}

// entry is what the ledger says under the edit's key, in a form that can be compared.
func (e Edit) entry(l *platform.Ledger) any {
	switch e.Section {
	case Items:
		if t, ok := l.Items[e.Key]; ok {
			return t
		}
	case Prerequisites:
		if f, ok := l.Fields[e.Key]; ok {
			return f.String()
		}
	case Compatibility:
		return l.Compatibility[e.Key]
	case Skills:
		return l.Skills[e.Key]
	case Track:
		return l.Track
	}
	return nil
}

// apply is the change on the ledger itself: what the file must say afterwards.
func (e Edit) apply(l *platform.Ledger) *platform.Ledger {
	out := *l
	out.Items, out.Fields, out.Compatibility, out.Skills = maps.Clone(l.Items), maps.Clone(l.Fields), maps.Clone(l.Compatibility), maps.Clone(l.Skills)
	set := func(m map[string]string) {
		delete(m, e.Key)
		if e.Answer != "" {
			m[e.Key] = e.Answer
		}
	}
	switch e.Section {
	case Items:
		delete(out.Items, e.Key)
		if e.Tick != nil {
			out.Items[e.Key] = *e.Tick
		}
	case Prerequisites:
		delete(out.Fields, e.Key)
		if e.Field != nil && !e.Field.Empty() {
			out.Fields[e.Key] = *e.Field
		}
	case Compatibility:
		set(out.Compatibility)
	case Skills:
		set(out.Skills)
	case Track:
		out.Track = e.Answer
	}
	return &out
}

// lines writes the entry, indented as the section wants; nil takes it away.
func (e Edit) lines() []string {
	const in, deeper = "  ", "    "
	switch e.Section {
	case Track:
		if e.Answer == "" {
			return nil
		}
		return []string{"track: " + e.Answer}
	case Items:
		if e.Tick == nil {
			return nil
		}
		t := e.Tick
		out := []string{in + e.Key + ":", deeper + "state: " + string(t.State), deeper + "by: " + quote(t.By), deeper + "at: " + t.At.Format(time.DateOnly)}
		if t.Owner != "" {
			out = append(out, deeper+"owner: "+string(t.Owner))
		}
		if !t.Until.IsZero() {
			out = append(out, deeper+"until: "+t.Until.Format(time.DateOnly))
		}
		if t.Comment != "" {
			out = append(out, deeper+"comment: "+quote(t.Comment))
		}
		return out
	case Prerequisites:
		if e.Field == nil || e.Field.Empty() {
			return nil
		}
		switch e.Field.Kind {
		case platform.FieldNumber, platform.FieldDate:
			return []string{in + e.Key + ": " + e.Field.String()}
		case platform.FieldList:
			out := []string{in + e.Key + ":"}
			for _, one := range e.Field.List {
				out = append(out, deeper+"- "+quote(one))
			}
			return out
		}
		return []string{in + e.Key + ": " + quote(e.Field.Text)}
	}
	if e.Answer == "" {
		return nil
	}
	return []string{in + e.Key + ": " + strconv.Quote(e.Answer)}
}

// quote writes a text in the double quotes of YAML, which no reader takes for anything else.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(platform.CleanLine(s)) + `"`
}

// empty is the ledger of a project of which nothing was written yet.
func empty(slug string) string { return "version: 1\nproject: " + quote(slug) + "\n" }

// place changes the lines of a file. The result may be wrong for a file that is not laid out in blocks: the caller reads it again.
func (e Edit) place(text string) string {
	trailing := strings.HasSuffix(text, "\n")
	all := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	put := e.lines()
	from, to := find(all, e.Section+":", 0, 0, len(all))
	join := func(parts ...[]string) string {
		var out []string
		for _, p := range parts {
			out = append(out, p...)
		}
		s := strings.Join(out, "\n")
		if trailing || s != "" {
			s += "\n"
		}
		return s
	}
	if e.Section == Track {
		if from < 0 { // beneath the project
			at := 0
			if p, end := find(all, "project:", 0, 0, len(all)); p >= 0 {
				at = end
			} else if p, end := find(all, "version:", 0, 0, len(all)); p >= 0 {
				at = end
			}
			return join(all[:at], put, all[at:])
		}
		return join(all[:from], put, all[to:])
	}
	if from < 0 {
		if put == nil {
			return text
		}
		return join(all, []string{e.Section + ":"}, put)
	}
	a, b := find(all, e.Key+":", 2, from+1, to)
	if a < 0 {
		for a = to; a > from+1 && strings.TrimSpace(all[a-1]) == ""; a-- { // beneath the last entry, above blank lines
		}
		b = a
	}
	rest := append(append(append([]string{}, all[:a]...), put...), all[b:]...)
	if put == nil && bare(all[from+1:a]) && bare(all[b:to]) && strings.TrimSpace(all[from]) == e.Section+":" { // nothing is left in the section
		rest = append(append(append(append([]string{}, all[:from]...), all[from+1:a]...), all[b:to]...), all[to:]...)
	}
	return join(rest)
}

// bare reports whether lines hold nothing but blanks and comments.
func bare(lines []string) bool {
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
			return false
		}
	}
	return true
}

// find looks for the block that begins with a key at an indentation, between two lines; -1 when there is none. The block ends before
// the next line that is indented as little, and leaves comments and blanks above that one alone.
func find(all []string, key string, indent, from, to int) (start, end int) {
	start = -1
	for i := from; i < to; i++ {
		l := all[i]
		trimmed := strings.TrimLeft(l, " ")
		depth := len(l) - len(trimmed)
		if trimmed == "" || strings.HasPrefix(trimmed, "#") {
			continue
		}
		if start < 0 {
			if depth == indent && (trimmed == key || strings.HasPrefix(trimmed, key+" ") || strings.HasPrefix(trimmed, key+"\t")) {
				start, end = i, i+1
			}
			continue
		}
		if depth <= indent && !(depth == indent && strings.HasPrefix(trimmed, "- ")) {
			return start, end
		}
		end = i + 1
	}
	return start, end
}

// check reads the changed text and reports whether it says what was meant and nothing else.
func (e Edit) check(file, slug, text string, want *platform.Ledger) error {
	got, err := Parse(file, slug, []byte(text))
	if err == nil && same(got, want) {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrLayout, file)
}

func same(a, b *platform.Ledger) bool {
	return a.Track == b.Track && maps.EqualFunc(a.Items, b.Items, sameTick) && maps.EqualFunc(a.Fields, b.Fields, platform.Field.Equal) &&
		maps.Equal(a.Compatibility, b.Compatibility) && maps.Equal(a.Skills, b.Skills)
}

func sameTick(a, b platform.Tick) bool {
	return a.State == b.State && a.By == b.By && a.At.Equal(b.At) && a.Comment == b.Comment && a.Owner == b.Owner && a.Until.Equal(b.Until)
}
