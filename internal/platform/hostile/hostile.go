// Package hostile is for tests: texts that attack a terminal, a checker that finds such a text anywhere in a noun, and a way to put
// them everywhere into one. It judges by the Unicode tables, not by [dsotop/internal/platform.Clean], so that each proves the other.
package hostile

import (
	"fmt"
	"reflect"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"
)

// Mark begins what the attacks would do when one of them worked: a title, a clipboard or a link that holds it was injected.
const Mark = "pwned"

// Texts returns the attacks: each tries to do something to the terminal, or to make two counts of cells disagree.
func Texts() []string {
	return []string{
		"\x1b]0;" + Mark + "\x07",                         // window title
		"\x1b]52;c;cHduZWQ=\x07",                          // clipboard
		"\x1b]8;;https://x.test/" + Mark + "\x1b\\a",      // link that is never closed
		"\x1b[2J\x1b[H\x1b[?1049l",                        // clear, leave the alternate screen
		"\x1b[31;7;5m",                                    // colour that stays
		"\u009b31m\u009d0;" + Mark + "\u009c",             // the same in C1
		"\xc2\x9b\x9b\xff\xfe\xc3",                        // invalid UTF-8
		"\x1bP$q\x1b\\\x1b_G" + Mark + "\x1b\\\x1b^x\x1b", // DCS, APC, PM, and an escape at the very end
		"a\rb\x08\x08\x7f\x00\x0e\x0f\x05\x84\x85",        // carriage return, backspaces, shifts, an enquiry
		"line\nfeed\u2028\u2029\v\f\ttab",
		"\u202eevil\u2066\u2069\u200f\u061c",            // direction
		"\u200b\u200d\ufeff\u00ad\u2060\u180e\u034f",    // no width
		"e\u0301\u0302\u0303\u0304\u0305\u0306\u20dd",   // a heap of marks
		"👩‍👩‍👧‍👦👍🏽🇫🇷🇫☺️☺︎1️⃣",                           // what terminals measure in several ways
		"日本語한국어ｆｕｌｌ\u1100\u1161\u3164\u115f\uffa0",      // wide, conjoining, fillers
		"ก็กำ\u0e33\u0603\u06dd\u070f\U000110bd\u0d4eก", // spacing vowels and prepended marks
		"\ue000\U000f0000\ufdd0\U000e0041\U000e0100",    // private use, noncharacters, tags
	}
}

// Dirty walks a value, through pointers, slices, maps and structs, and returns where there is a text that a terminal would obey or
// that would not stay on its line, as "path: quoted text". Fields named in multiline may hold line feeds and tabs.
func Dirty(v any, multiline ...string) []string {
	w := walker{multiline: multiline}
	w.look(reflect.ValueOf(v), fmt.Sprintf("%T", v), false)
	return w.found
}

type walker struct {
	multiline []string
	found     []string
	depth     int
}

func (w *walker) look(v reflect.Value, path string, lines bool) {
	if w.depth++; w.depth > 40 {
		panic("hostile: " + path + " is too deep, or a loop")
	}
	defer func() { w.depth-- }()
	switch v.Kind() {
	case reflect.String:
		if !harmless(v.String(), lines) {
			w.found = append(w.found, fmt.Sprintf("%s: %q", path, v.String()))
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			w.look(v.Elem(), path, lines)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			w.look(v.Index(i), fmt.Sprintf("%s[%d]", path, i), lines)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			w.look(k, path+" key", false)
			w.look(v.MapIndex(k), fmt.Sprintf("%s[%v]", path, k), lines)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			w.look(v.Field(i), path+"."+name, slices.Contains(w.multiline, name))
		}
	}
}

// harmless reports whether a terminal would only print a text, each part of it in its place.
func harmless(s string, lines bool) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if lines && (r == '\n' || r == '\t') {
			continue
		}
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) {
			return false
		}
	}
	return true
}

// Poison walks a value like [Dirty] and replaces each text it can set by what change makes of it. field is the name of the struct
// field that holds the text, or of the one that holds its slice or map; keys of maps stay. v is a pointer. Loops are walked once.
func Poison(v any, change func(field, text string) string) {
	p := poisoner{change: change, seen: map[uintptr]bool{}}
	p.walk(reflect.ValueOf(v), "")
}

type poisoner struct {
	change func(field, text string) string
	seen   map[uintptr]bool
}

func (p *poisoner) walk(v reflect.Value, field string) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() {
			v.SetString(p.change(field, v.String()))
		}
	case reflect.Pointer:
		if v.IsNil() || p.seen[v.Pointer()] {
			return
		}
		p.seen[v.Pointer()] = true
		p.walk(v.Elem(), field)
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			p.walk(v.Index(i), field)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			value := v.MapIndex(k)
			if value.Kind() == reflect.Pointer {
				p.walk(value, field)
				continue
			}
			settable := reflect.New(value.Type()).Elem()
			settable.Set(value)
			p.walk(settable, field)
			v.SetMapIndex(k, settable)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				p.walk(v.Field(i), f.Name)
			}
		}
	}
}

// Fill puts text into every text of a value, in place: pointers and interfaces aside, what is nil is made, slices and maps get two
// elements, numbers and flags are set. plain gives certain fields another text, for those a mapping branches on. v is a pointer.
func Fill(v any, text string, plain map[string]string) {
	fill(reflect.ValueOf(v).Elem(), "", text, plain, 0)
}

// deepest ends types that hold themselves.
const deepest = 14

func fill(v reflect.Value, field, text string, plain map[string]string, depth int) {
	if !v.CanSet() || depth > deepest {
		return
	}
	switch v.Kind() {
	case reflect.String:
		if fixed, ok := plain[field]; ok {
			text = fixed
		}
		v.SetString(text)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(3)
	case reflect.Uint, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(3)
	case reflect.Float32, reflect.Float64:
		v.SetFloat(1.5)
	case reflect.Pointer:
		if depth < deepest {
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem(), field, text, plain, depth+1)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes([]byte(text))
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fallthrough
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), field, text, plain, depth+1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for _, name := range []string{text, "plain"} {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			if key.Kind() != reflect.String {
				return
			}
			key.SetString(name)
			fill(value, field, text, plain, depth+1)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(time.Unix(1_790_000_000, 0).UTC()))
			return
		}
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if v.Type().Field(i).Anonymous {
				name = field
			}
			fill(v.Field(i), name, text, plain, depth+1)
		}
	}
}
