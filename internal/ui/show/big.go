package show

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dsotop/internal/ui/block"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// bigTime is how long a key stays in large.
const bigTime = 3 * time.Second

// letters are signs of 3×5 points: five rows from the top, each an octal digit of three points from the left.
func letters() map[rune]string {
	return map[rune]string{
		'A': "25755", 'B': "65656", 'C': "34443", 'D': "65556", 'E': "74647", 'F': "74644", 'G': "34553", 'H': "55755", 'I': "72227", 'J': "11152", 'K': "55655", 'L': "44447", 'M': "57755",
		'N': "65555", 'O': "25552", 'P': "65644", 'Q': "25563", 'R': "65655", 'S': "34216", 'T': "72222", 'U': "55557", 'V': "55552", 'W': "55775", 'X': "55255", 'Y': "55222", 'Z': "71247",
		'0': "75557", '1': "26227", '2': "61247", '3': "61216", '4': "55711", '5': "74616", '6': "34652", '7': "71122", '8': "25252", '9': "25316",
		':': "02020", '/': "11244", '?': "61202", '!': "22202", '-': "00700", '+': "02720", '*': "05250", '.': "00002", ',': "00024", ';': "02024", '<': "12421", '>': "42124", '=': "07070",
	}
}

// BigKey is the last key pressed, in large; ok is false when none is to be shown.
func (s *Show) BigKey(e *page.Env) (box block.Block, ok bool) {
	if !s.big || s.last == "" || (!s.o.Stepped && s.o.Clock().Sub(s.lastAt) > bigTime) {
		return block.Block{}, false
	}
	text, caption := e.Words.KeyWord(s.last), ""
	if r, n := utf8.DecodeRuneInString(s.last); n == len(s.last) && unicode.IsUpper(r) {
		caption = e.Words.KeyWord("shift") + " " + strings.ToLower(s.last)
	} else if n == len(s.last) {
		caption = s.last
	}
	wide := utf8.RuneCountInString(text) <= 3
	rows := paint(text, wide, e.Glyphs.ASCII)
	inner := max(block.Width(rows[0]), block.Width(caption)) + 4
	var lines []string
	put := func(role style.Role, text string) {
		lines = append(lines, e.Sheet.Pen(inner, style.Dialog).To((inner-block.Width(text))/2).Put(role, text).Line())
	}
	put(style.Text, "")
	for _, r := range rows {
		put(style.Key, r)
	}
	put(style.Muted, caption)
	return block.New(inner, len(lines), lines...), true
}

// paint writes a text in large: wide in points of two cells, otherwise of half a cell in height.
func paint(text string, wide, ascii bool) []string {
	font := letters()
	on := func(r rune, x, y int) bool {
		f, ok := font[unicode.ToUpper(plain(r))]
		return ok && y < len(f) && (f[y]-'0')>>(2-x)&1 == 1
	}
	full := "█"
	if ascii {
		full, wide = "#", true
	}
	var rows []string
	height := 5
	if !wide {
		height = 3
	}
	for y := range height {
		var sb strings.Builder
		for i, r := range text {
			if i > 0 {
				sb.WriteString(" ")
			}
			for x := range 3 {
				switch {
				case wide && on(r, x, y):
					sb.WriteString(full + full)
				case wide:
					sb.WriteString("  ")
				case on(r, x, 2*y) && on(r, x, 2*y+1):
					sb.WriteString("█")
				case on(r, x, 2*y):
					sb.WriteString("▀")
				case on(r, x, 2*y+1):
					sb.WriteString("▄")
				default:
					sb.WriteString(" ")
				}
			}
		}
		rows = append(rows, sb.String())
	}
	return rows
}

// plain is a letter without its accent, of those that names of keys have.
func plain(r rune) rune {
	switch r {
	case 'é', 'É', 'è', 'ê':
		return 'E'
	case 'à':
		return 'A'
	}
	return r
}
