package format

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"dsotop/internal/logs"
)

// Serious are regular expressions (RE2) of which at least one finds every line that [Set.Classify] calls an error or worse for its own
// sake (not one that belongs under another), as loggers write them, and not many others: an expression cannot tell the level of a line
// from the word in its message. It is for a server that is to look for the next error and cannot classify. ok is false where a format of
// a team calls lines errors that nothing in their text tells.
func (s *Set) Serious() (exprs []string, ok bool) {
	// What logs.ParseLevel and nearly every logger call errors; shorter words contain others (error, dpanic, critical, emergency).
	long := map[string]bool{"err": true, "severe": true, "fatal": true, "ftl": true, "crit": true, "alert": true, "emerg": true, "panic": true}
	short := map[string]bool{}
	keys := map[scale]map[string]bool{}
	starts := map[string]bool{}
	status := false
	for _, f := range s.forms {
		for word, level := range f.words {
			switch {
			case level < logs.LevelError:
			case len(word) < 3:
				short[regexp.QuoteMeta(word)] = true
			default:
				long[regexp.QuoteMeta(strings.ToLower(word))] = true
			}
		}
		switch f.engine {
		case engineJSON, engineLogfmt:
			if f.base >= logs.LevelError {
				return nil, false
			}
			for _, name := range f.names[RoleLevel] {
				if keys[f.scale] == nil {
					keys[f.scale] = map[string]bool{}
				}
				keys[f.scale][regexp.QuoteMeta(name[strings.LastIndexByte(name, '.')+1:])] = true
			}
			status = status || len(f.names[RoleStatus]) > 0
		default:
			for _, p := range f.patterns {
				if f.base >= logs.LevelError && p.level < 0 || p.level >= 0 && !p.spelled() {
					return nil, false
				}
				status = status || p.status >= 0
			}
			if f.base < logs.LevelError {
				continue
			}
			for _, p := range slices.Concat(f.heads, f.joins) {
				start, told := p.expr()
				if !told {
					return nil, false
				}
				starts[start] = true
			}
		}
	}
	for _, word := range slices.Sorted(maps.Keys(long)) {
		exprs = append(exprs, "(?i)"+word)
	}
	if len(short) > 0 {
		exprs = append(exprs, `(?:^|[^A-Za-z])(?:`+alternatives(short)+`)(?:[^A-Za-z]|$)`)
	}
	for sc := scaleAuto; sc <= scaleOTel; sc++ {
		if len(keys[sc]) > 0 {
			exprs = append(exprs, `(?:`+alternatives(keys[sc])+`)"?[ \t]*[:=][ \t]*"?(?:`+sc.serious()+`)(?:[^0-9]|$)`)
		}
	}
	if status {
		exprs = append(exprs, `[ \t":=]5[0-9][0-9](?:[^0-9A-Za-z.]|$)`)
	}
	if len(starts) > 0 {
		exprs = append(exprs, `^[ \t]*(?:`+alternatives(starts)+`)`)
	}
	return exprs, true
}

func alternatives(of map[string]bool) string { return strings.Join(slices.Sorted(maps.Keys(of)), "|") }

// spelled reports that the level that a pattern cuts is a word.
func (p *pattern) spelled() bool {
	return p.re == nil && slices.ContainsFunc(p.parts, func(t part) bool { return t.kind == typeLevel || t.kind == typeMark })
}

// serious are the numbers of errors and worse.
func (s scale) serious() string {
	switch s {
	case scaleSyslog:
		return `[0-3]`
	case scaleTens:
		return `[5-9][0-9]|[0-9]{3,}`
	case scalePython:
		return `[4-9][0-9]|[0-9]{3,}`
	case scaleOTel:
		return `1[7-9]|[2-9][0-9]|[0-9]{3,}`
	}
	return `[0-3]|[5-9][0-9]`
}
