package ui

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
	"dsotop/internal/ui/words"
)

// scene is what there is to be read out: a page, or what is in front of it.
type scene struct {
	name   string // the same as long as it is the same page, and nothing comes before it
	lines  []string
	cursor string // the line under the cursor, with the names of its columns; "" when there is none
	title  string
	tells  bool // it is told as sentences: their figures are no news, what they say of them is
	// volume is how much there is over time. It is said once, and again for another length of time (zoom): it moves with every line.
	volume string
	zoom   time.Duration
}

// heard is what was said of a scene.
type heard struct {
	lines  map[string]int
	cursor string
	volume bool // the volume, over that length of time
	zoom   time.Duration
}

// look reads the scene from a frame.
func (l *Linear) look(frame []string) scene {
	r := l.root
	here := fmt.Sprintf("%s %s", r.history.here.Kind, r.history.here.Key)
	if len(frame) < 3 {
		return scene{name: here, lines: plainLines(frame)}
	}
	w := r.env.Words.Linear
	s := scene{name: here, title: l.title()}
	body := frame[1 : len(frame)-1]
	columns := headers{}
	switch box, title, ok := boxIn(plainLines(body)); {
	case r.over != nil && ok:
		s.name, s.title = fmt.Sprintf("%s %T %s", here, r.over, title), title
		for _, line := range box {
			s.add(line, columns, w)
		}
	default: // a prompt stands at the foot: the page is the same
		title := r.env.Sheet.SGR(style.Title, style.Plain)
		plain := plainLines(body)
		x := divide(plain)
		var beside []string
		teller, tells := r.history.page().(page.Teller)
		tells = tells && r.over == nil
		s.tells = tells
		inTable := false // the lines beneath the names of columns, as far as they go without a break
		for i, line := range plain {
			if x > 0 && len([]rune(line)) > x && []rune(line)[x] == '│' {
				beside = append(beside, string([]rune(line)[x+1:]))
				line = string([]rune(line)[:x])
			}
			if h := headersOf(body[i], title); len(h) > 2 {
				if columns, inTable = h, true; len(s.lines) == 0 || !strings.HasPrefix(s.lines[len(s.lines)-1], w.Columns) {
					s.lines = append(s.lines, w.Columns+spoken(line, w))
				}
				continue
			}
			if text := strings.TrimSpace(line); text == "" || strings.HasPrefix(text, "─") {
				inTable = false
			}
			if drawn(line, tells) {
				continue
			}
			if inTable {
				s.row(line, columns, w)
				continue
			}
			s.add(line, columns, w)
		}
		for _, line := range beside {
			if !drawn(line, tells) {
				s.add(line, headers{}, w)
			}
		}
		if tells {
			s.lines = append(s.lines, teller.Aloud()...)
		}
		if p, ok := r.history.page().(page.Voluminous); ok && r.over == nil {
			s.volume, s.zoom = p.Volume()
		}
	}
	return s
}

// drawn reports whether a line is a part of a plot: marks, with nothing but figures beside them. On a page that tells its plots, signs of curves
// and units may stand beside them too, and figures alone are an axis.
func drawn(line string, told bool) bool {
	marks, letters, run, longest := 0, 0, 0, 0
	for _, r := range line {
		if run++; !unicode.IsLetter(r) {
			run = 0
		}
		longest = max(longest, run)
		switch {
		case r >= '▁' && r <= '█' || r >= '⠀' && r <= '⣿' || r >= '─' && r <= '╿':
			marks++
		case unicode.IsLetter(r):
			letters++
		}
	}
	if told && longest < 4 && strings.TrimSpace(line) != "" {
		return true
	}
	return marks > 2 && letters < 3
}

// row takes a line of a table: what stands beneath each name of a column is said with it.
func (s *scene) row(line string, columns headers, w words.Linear) {
	text := columns.row(line, w)
	if text == "" {
		return
	}
	if strings.Contains(line, "▌") {
		s.cursor = text
	}
	s.lines = append(s.lines, text)
}

// add takes a line as it will be said.
func (s *scene) add(line string, columns headers, w words.Linear) {
	text := spoken(line, w)
	if text == "" {
		return
	}
	if strings.Contains(line, "▌") { // the last one: tabs above a list may have one too
		s.cursor = columns.row(line, w)
	}
	s.lines = append(s.lines, text)
}

// whole is the scene to its last line; where one is comes last: how the line under the cursor begins, and its place.
func (s scene) whole(place string, w words.Linear) []string {
	out := slices.Clone(s.lines)
	if s.volume != "" {
		out = append(out, s.volume)
	}
	if s.cursor != "" {
		out = append(out, w.Here+joined(beginning(s.cursor), place))
	}
	return out
}

// beginning is what tells a line from the others: its first part.
func beginning(line string) string {
	for _, end := range []string{"; ", ", "} {
		if first, _, ok := strings.Cut(line, end); ok {
			return first
		}
	}
	return line
}

// joined are two parts of a sentence; the second may be missing.
func joined(text, more string) string {
	if more == "" {
		return text
	}
	return text + "; " + more
}

// hear is what will have been said.
func (s scene) hear() heard {
	h := heard{lines: map[string]int{}, cursor: s.key(s.cursor), volume: s.volume != "", zoom: s.zoom}
	for _, line := range s.lines {
		h.lines[s.key(line)]++
	}
	return h
}

// since is what was not said before: the line under the cursor when it is another one, then the lines that are new.
func (s scene) since(old heard) (lines []string, cursor string) {
	if s.key(s.cursor) != old.cursor {
		cursor = s.cursor
	}
	left := make(map[string]int, len(old.lines))
	for k, n := range old.lines {
		left[k] = n
	}
	under := ""
	for _, line := range s.lines {
		key := s.key(line)
		if left[key] > 0 {
			left[key]--
			continue
		}
		if cursor != "" && under == "" && strings.HasPrefix(cursor, line) {
			under = line // said with its columns
			continue
		}
		lines = append(lines, line)
	}
	if s.volume != "" && (!old.volume || old.zoom != s.zoom) {
		lines = append(lines, s.volume)
	}
	return lines, cursor
}

// moving is what changes all the time and is no news: ages, shares, clocks.
//
//nolint:gochecknoglobals // compiled once, never changed
var moving = regexp.MustCompile(`<?\d+([.,]\d+)?\s?(%|ms|min|sec|[smhjdwyo]|ans?)\b|\d+([.,]\d+)? ?%|\b\d{1,2}:\d{2}(:\d{2})?\b`)

// settled is a line without what moves.
func settled(line string) string { return moving.ReplaceAllString(line, "#") }

// figures are amounts, with a unit or without.
//
//nolint:gochecknoglobals // compiled once, never changed
var figures = regexp.MustCompile(`\d+([.,]\d+)?( ?[KMGT]i?[oB](/s)?)?`)

// key is what makes a line news when it changes.
func (s scene) key(line string) string {
	if s.tells {
		line = figures.ReplaceAllString(line, "#")
	}
	return settled(line)
}

func plainLines(styled []string) []string {
	out := make([]string, len(styled))
	for i, l := range styled {
		out[i] = ansi.Strip(l)
	}
	return out
}

// boxIn finds the box that stands in front of a page: its inside and its title.
func boxIn(lines []string) (inside []string, title string, ok bool) {
	top, left, right := -1, 0, 0
	for i, line := range lines {
		cells := []rune(line)
		if top < 0 {
			a, b := slices.Index(cells, '╭'), slices.Index(cells, '╮')
			if a >= 0 && b > a {
				top, left, right = i, a, b
				title = strings.Trim(string(cells[a+1:b]), "─ ")
			}
			continue
		}
		if right >= len(cells) || left >= len(cells) {
			return nil, "", false
		}
		switch cells[left] {
		case '╰':
			return inside, title, true
		case '│', '├':
			inside = append(inside, string(cells[left+1:right]))
		default:
			return nil, "", false
		}
	}
	return nil, "", false
}

// divide finds the cell at which details stand beside a list; 0 when they do not.
func divide(lines []string) int {
	count := map[int]int{}
	for _, line := range lines {
		for x, c := range []rune(line) {
			if c == '│' {
				count[x]++
			}
		}
	}
	for x, n := range count {
		if n > len(lines)*2/3 {
			return x
		}
	}
	return 0
}

// headers are the names of columns and where they stand.
type headers []chunk

type chunk struct {
	text     string
	from, to int
}

// headersOf reads the names of columns from a styled line, when it is one of them.
func headersOf(styled, title string) headers {
	var cells []rune
	for len(styled) > 0 {
		if strings.HasPrefix(styled, "\x1b[") {
			end := strings.IndexByte(styled, 'm')
			if end < 0 {
				return nil
			}
			seq := styled[:end+1]
			if seq != title && seq != style.Reset && seq != "\x1b[0m" {
				rest := strings.TrimSpace(ansi.Strip(styled))
				next := strings.IndexByte(styled[end+1:], 0x1b)
				if next < 0 {
					next = len(styled) - end - 1
				}
				if strings.Trim(styled[end+1:end+1+next], " ▾▴") != "" && rest != "" {
					return nil // something else stands in the line
				}
			}
			styled = styled[end+1:]
			continue
		}
		next := strings.IndexByte(styled, 0x1b)
		if next < 0 {
			next = len(styled)
		}
		cells = append(cells, []rune(styled[:next])...)
		styled = styled[next:]
	}
	return chunks(string(cells))
}

// chunks are the parts of a line that stand at least two cells apart.
func chunks(line string) (out []chunk) {
	cells := []rune(line)
	for x := 0; x < len(cells); {
		if cells[x] == ' ' {
			x++
			continue
		}
		from := x
		for x < len(cells) && (cells[x] != ' ' || (x+1 < len(cells) && cells[x+1] != ' ')) {
			x++
		}
		out = append(out, chunk{strings.TrimSpace(string(cells[from:x])), from, x})
	}
	return out
}

// row is a line as it will be said, with the names of its columns before what stands beneath them.
func (h headers) row(line string, w words.Linear) string {
	if len(h) == 0 {
		return spoken(line, w)
	}
	var parts []string
	last := -1
	for _, c := range chunks(line) {
		said := spoken(c.text, w)
		if said == "" {
			continue
		}
		best, far := -1, 1<<30
		for j, col := range h {
			d := max(col.from-c.to, c.from-col.to) // negative: they overlap by that much
			if d < far {
				best, far = j, d
			}
		}
		switch {
		case len(parts) == 0 || far > 4:
			parts = append(parts, said)
		case best == last:
			parts[len(parts)-1] += " " + said
		default:
			parts = append(parts, spoken(h[best].text, w)+" "+said)
		}
		last = best
	}
	return strings.Join(parts, "; ")
}

// spoken is a line in words: signs are named, what only draws is left out.
func spoken(line string, w words.Linear) string {
	var sb strings.Builder
	before := ' '
	for _, r := range line {
		name, drawn := w.Sign[r], r >= '▁' && r <= '█' || r >= '─' && r <= '╿' || r == '▌' || r == '▾' || r == '▴' || r >= '⠀' && r <= '⣿'
		switch {
		case name != "":
			if before != ' ' && name != "," {
				sb.WriteByte(' ')
			}
			sb.WriteString(name)
		case drawn:
			sb.WriteByte(' ')
		default:
			if w.Sign[before] != "" && r != ' ' {
				sb.WriteByte(' ')
			}
			sb.WriteRune(r)
		}
		before = r
	}
	text, label := "", false
	for i, c := range chunks(sb.String()) {
		said := once(c.text, w)
		value := said != c.text && w.Value[c.text] != ""
		switch {
		case i == 0:
		case label && (value || strings.IndexAny(said, "0123456789<") == 0):
			text += " "
		default:
			text += ", "
		}
		text += said
		label = !value && strings.ToUpper(said) == said && strings.ContainsFunc(said, unicode.IsLetter) && !strings.ContainsAny(said, "0123456789")
	}
	for _, twice := range []string{" , ", ",, ", ", , ", ", ; ", " ; ", ":, "} {
		one := twice[len(twice)-2:]
		if strings.HasPrefix(twice, ":") {
			one = ": "
		}
		text = strings.ReplaceAll(text, twice, one)
	}
	return strings.Trim(text, " ,;")
}

// once is a part of a line as it is said: a sign that stands for a value has its word, and the word of a sign is left out where the words beside it
// say the same.
func once(part string, w words.Linear) string {
	if value, ok := w.Value[part]; ok {
		return value
	}
	for _, name := range w.Sign {
		rest, ok := strings.CutPrefix(part, name+" ")
		if !ok || rest == "" {
			continue
		}
		if strings.Contains(name, " ") && strings.Contains(rest, name) {
			return rest
		}
		for word := range strings.FieldsSeq(rest) {
			if strings.EqualFold(strings.TrimRight(word, "es,:"), strings.TrimRight(name, "es,:")) {
				return rest
			}
		}
	}
	return part
}
