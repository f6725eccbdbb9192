package format

import (
	"strconv"
	"strings"

	"dsotop/internal/logs"
)

// engine is how the lines of a format are read.
type engine uint8

const (
	enginePlain engine = iota
	engineJSON
	engineLogfmt
	enginePattern // patterns and regular expressions
	engineTrace   // stack traces: heads, what continues, what joins
)

// String is the word of an engine in files.
func (e engine) String() string {
	return [...]string{"plain", "json", "logfmt", "pattern", "trace"}[min(e, engineTrace)]
}

// scale is how a format numbers its levels.
type scale uint8

const (
	scaleAuto   scale = iota // up to 7: syslog; from 10 on: tens
	scaleSyslog              // 0 is the most serious; 7 debug
	scaleTens                // 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal
	scalePython              // 10 debug, 20 info, 30 warn, 40 error, 50 fatal
	scaleOTel                // 1–4 trace, 5–8 debug, … 21–24 fatal
)

func scales() map[string]scale {
	return map[string]scale{"auto": scaleAuto, "syslog": scaleSyslog, "tens": scaleTens, "python": scalePython, "otel": scaleOTel}
}

// form is one format, ready for use.
type form struct {
	id      ID
	name    string
	fr, en  string // title
	engine  engine
	file    string
	line    int
	own     bool
	columns []string
	names   [roles][]string // fields by role, in the order they are tried
	// Engines with names of fields:
	needs, any mask
	paths      [roles][]int
	// Levels:
	words map[string]logs.Level
	scale scale
	base  logs.Level // of a line that says nothing
	// Engines with patterns:
	patterns, heads, continues, joins, inside []*pattern
	samples                                   []sample
	want                                      wanted
}

// level reads a level as this format writes it.
func (f *form) level(text string) logs.Level {
	if l, ok := f.words[text]; ok {
		return l
	}
	text = strings.TrimSpace(text)
	if n := len(text); n > 0 && (digit(text[0]) || text[0] == '-') {
		if v, err := strconv.ParseFloat(text, 64); err == nil {
			return f.scale.level(int(v))
		}
	}
	if l, ok := logs.ParseLevel(text); ok {
		return l
	}
	return f.base
}

func (s scale) level(n int) logs.Level {
	if s == scaleAuto {
		switch {
		case n > 7 && n < 10 || n >= 100: // a status, an identifier
			return logs.LevelNone
		case n >= 10:
			s = scaleTens
		default:
			s = scaleSyslog
		}
	}
	clamp := func(n int) logs.Level { return logs.Level(min(max(n, int(logs.LevelTrace)), int(logs.LevelFatal))) }
	switch s {
	case scaleTens:
		return clamp(n / 10)
	case scalePython:
		return clamp(n/10 + 1)
	case scaleOTel:
		if n <= 0 {
			return logs.LevelNone
		}
		return clamp((n + 3) / 4)
	}
	switch {
	case n < 0 || n > 7:
		return logs.LevelNone
	case n <= 2:
		return logs.LevelFatal
	case n == 3:
		return logs.LevelError
	case n == 4:
		return logs.LevelWarn
	case n <= 6:
		return logs.LevelInfo
	}
	return logs.LevelDebug
}

// statusLevel is how serious an answer of HTTP is; LevelNone for what is no status.
func statusLevel(text string) logs.Level {
	if len(text) != 3 {
		return logs.LevelNone
	}
	switch text[0] {
	case '5':
		return logs.LevelError
	case '4':
		return logs.LevelWarn
	case '1', '2', '3':
		return logs.LevelInfo
	}
	return logs.LevelNone
}

// keyedLevel is the level of a line in which the pass found h.
func (f *form) keyedLevel(s string, h *hits) logs.Level {
	if v, ok := h.first(f.paths[RoleLevel]); ok {
		if l := f.level(s[v.start:v.end]); l != logs.LevelNone {
			return l
		}
	}
	if v, ok := h.first(f.paths[RoleStatus]); ok {
		if l := statusLevel(s[v.start:v.end]); l != logs.LevelNone {
			return l
		}
	}
	return f.base
}

// capturedLevel is the level of a line that p cut.
func (f *form) capturedLevel(s string, p *pattern, c *captures) logs.Level {
	if p.level >= 0 {
		return f.level(s[c[p.level][0]:c[p.level][1]])
	}
	if p.status >= 0 {
		if l := statusLevel(s[c[p.status][0]:c[p.status][1]]); l != logs.LevelNone {
			return l
		}
	}
	return f.base
}
