package ui

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"dsotop/internal/ui/style"
	"dsotop/internal/ui/words"
)

// scene is what there is to be read out: a page, or what is in front of it.
type scene struct {
	name   string // the same as long as it is the same page, and nothing comes before it
	lines  []string
	cursor string // the line under the cursor, with the names of its columns; "" when there is none
	title  string
}

// heard is what was said of a scene.
type heard struct {
	lines  map[string]int
	cursor string
}

// look reads the scene from a frame.
func (l *Linear) look(frame []string) scene {
	r := l.root
	page := fmt.Sprintf("%s %s", r.history.here.Kind, r.history.here.Key)
	if len(frame) < 3 {
		return scene{name: page, lines: plainLines(frame)}
	}
	w := r.env.Words.Linear
	s := scene{name: page, title: l.title()}
	body := frame[1 : len(frame)-1]
	columns := headers{}
	switch box, title, ok := boxIn(plainLines(body)); {
	case r.over != nil && ok:
		s.name, s.title = fmt.Sprintf("%s %T %s", page, r.over, title), title
		for _, line := range box {
			s.add(line, columns, w)
		}
	default: // a prompt stands at the foot: the page is the same
		title := r.env.Sheet.SGR(style.Title, style.Plain)
		plain := plainLines(body)
		x := divide(plain)
		var beside []string
		for i, line := range plain {
			if x > 0 && len([]rune(line)) > x && []rune(line)[x] == '│' {
				beside = append(beside, string([]rune(line)[x+1:]))
				line = string([]rune(line)[:x])
			}
			if h := headersOf(body[i], title); len(h) > 2 {
				if columns = h; len(s.lines) == 0 || !strings.HasPrefix(s.lines[len(s.lines)-1], w.Columns) {
					s.lines = append(s.lines, w.Columns+spoken(line, w))
				}
				continue
			}
			s.add(line, columns, w)
		}
		for _, line := range beside {
			s.add(line, headers{}, w)
		}
	}
	return s
}

// add takes a line as it will be said.
func (s *scene) add(line string, columns headers, w words.Linear) {
	text := spoken(line, w)
	if text == "" {
		return
	}
	if strings.Contains(line, "▌") { // the last one: tabs above a list may have one too
		s.cursor = spoken(columns.row(line), w)
	}
	s.lines = append(s.lines, text)
}

// whole is the scene to its last line; the line under the cursor is told last, being where one is.
func (s scene) whole() []string {
	out := slices.Clone(s.lines)
	if s.cursor != "" {
		out = append(out, s.cursor)
	}
	return out
}

// hear is what will have been said.
func (s scene) hear() heard {
	h := heard{lines: map[string]int{}, cursor: settled(s.cursor)}
	for _, line := range s.lines {
		h.lines[settled(line)]++
	}
	return h
}

// since is what was not said before: the line under the cursor when it is another one, then the lines that are new.
func (s scene) since(old heard) (lines []string, cursor string) {
	if settled(s.cursor) != old.cursor {
		cursor = s.cursor
	}
	left := make(map[string]int, len(old.lines))
	for k, n := range old.lines {
		left[k] = n
	}
	under := ""
	for _, line := range s.lines {
		key := settled(line)
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
	return lines, cursor
}

// moving is what changes all the time and is no news: ages, shares, clocks.
//
//nolint:gochecknoglobals // compiled once, never changed
var moving = regexp.MustCompile(`<?\d+([.,]\d+)?\s?(%|ms|min|sec|[smhjdwyo]|ans?)\b|\d+([.,]\d+)? ?%|\b\d{1,2}:\d{2}(:\d{2})?\b`)

// settled is a line without what moves.
func settled(line string) string { return moving.ReplaceAllString(line, "#") }

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

// row is a line with the names of its columns before what stands beneath them.
func (h headers) row(line string) string {
	if len(h) == 0 {
		return line
	}
	var parts []string
	last := -1
	for i, c := range chunks(line) {
		best, far := -1, 1<<30
		for j, col := range h {
			d := max(col.from-c.to, c.from-col.to) // negative: they overlap by that much
			if d < far {
				best, far = j, d
			}
		}
		switch {
		case i == 0 || far > 4:
			parts = append(parts, c.text)
		case best == last:
			parts[len(parts)-1] += " " + c.text
		default:
			parts = append(parts, strings.TrimRight(h[best].text, " ▾▴")+" "+c.text)
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
	parts := chunks(sb.String())
	out := make([]string, len(parts))
	for i, c := range parts {
		out[i] = c.text
	}
	text := strings.Join(out, ", ")
	for _, twice := range []string{" , ", ",, ", ", , ", ", ; ", " ; ", ":, "} {
		one := twice[len(twice)-2:]
		if strings.HasPrefix(twice, ":") {
			one = ": "
		}
		text = strings.ReplaceAll(text, twice, one)
	}
	return strings.Trim(text, " ,;")
}
