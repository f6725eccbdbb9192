package main

import (
	"slices"
	"strings"
)

// What the screens say, in English, at this size. Nothing else of the program is known here.
const (
	nameTitle    = "PROJECT"
	consoleTitle = "CONSOLE"
	nextTitle    = "MIRROR"
	cursorSign   = '▌'
	loadingSign  = "…"
)

// useful reports whether the list of projects is a full screen of rows, each with its name, its console state, and something in every
// other column whose title is shown: the value or the mark of its absence.
func useful(rows []string) bool { return rowsShown(rows) >= usefulRows(rows) && usefulRows(rows) > 0 }

// usefulRows is how many rows a full screen has: from the line of titles to the first line that is no row; a platform with fewer
// projects leaves blank lines.
func usefulRows(rows []string) int {
	top := titles(rows)
	if top < 0 {
		return 0
	}
	n := 0
	for _, line := range rows[top+1:] {
		r := []rune(line)
		if len(r) == 0 || strings.TrimSpace(line) == "" || r[0] == '─' {
			break
		}
		n++
	}
	return n
}

func titles(rows []string) int {
	return slices.IndexFunc(rows, func(l string) bool { return strings.Contains(l, nameTitle) && strings.Contains(l, consoleTitle) })
}

// rowsShown counts the rows beneath the titles that have a name and a console state.
func rowsShown(rows []string) int {
	top := titles(rows)
	if top < 0 {
		return 0
	}
	head := []rune(rows[top])
	name, console, next := column(head, nameTitle), column(head, consoleTitle), column(head, nextTitle)
	if next < 0 {
		next = len(head)
	}
	n := 0
	for _, line := range rows[top+1:] {
		r := []rune(line)
		if len(r) < next || r[0] == '─' {
			break
		}
		state := strings.TrimSpace(string(r[console:next]))
		if strings.TrimSpace(string(r[name:console])) == "" || state == "" || state == loadingSign {
			break
		}
		n++
	}
	return n
}

func column(head []rune, title string) int {
	i := strings.Index(string(head), title)
	if i < 0 {
		return -1
	}
	return len([]rune(string(head)[:i]))
}

// settled reports whether every source has answered once: only then are projects in the order of severity.
func settled(rows []string) bool {
	return len(rows) > 1 && titles(rows) > 0 && strings.Contains(rows[1], "severity") && rowsShown(rows) > 0
}

// cursor is the line of the cursor; -1 without.
func cursor(rows []string) int {
	return slices.IndexFunc(rows, func(l string) bool { return strings.HasPrefix(l, string(cursorSign)) })
}

// number reads the number that ends under the end of a right-aligned title, with any spaces between its thousands.
func number(head, line, title string) (n int, ok bool) {
	h, l := []rune(head), []rune(line)
	start := column(h, title)
	if start < 0 {
		return 0, false
	}
	end := start + len([]rune(title))
	if end > len(l) {
		return 0, false
	}
	scale := 1
	for i := end - 1; i >= 0; i-- {
		switch c := l[i]; {
		case c >= '0' && c <= '9':
			n += int(c-'0') * scale
			scale *= 10
			ok = true
		case (c == ',' || c == '\u00a0' || c == '\u202f') && ok:
		default:
			return n, ok
		}
	}
	return n, ok
}
