// Package format tells what a line says of itself: which format it is in, how serious it is, whether it belongs under the line before,
// its fields and the part meant for people.
//
// Formats are data: the files of formats/ and those of a team's own folder, read by [Load]. A file names an engine (json, logfmt,
// pattern, regexp, trace), the fields that play a role, and samples that are its tests. docs/logs.md describes them.
package format

import "dsotop/internal/logs"

// ID names a format within one Set. 0 is plain text.
type ID uint8

// Plain is the format of a line that no other recognises.
const Plain ID = 0

// Class is what is known of a line at arrival.
type Class struct {
	Format ID
	Level  logs.Level
	// Continues: the line belongs under the one before it of its stream (a frame of a stack trace, an indented line, a cause).
	Continues bool
	// Joins: it belongs there only when the one before continues something itself: the exception that ends a Python traceback
	// looks like one that starts a report, and an empty line may stand inside a trace or between two lines.
	Joins bool
}

// FieldKind is what a field's value is.
type FieldKind uint8

// The kinds of values. Values of patterns are strings; KindJSON is an array, an empty object, or what is nested too deep, as it was written.
const (
	KindString FieldKind = iota
	KindNumber
	KindBool
	KindNull
	KindJSON
)

// Field is a named value of a line. Both texts are foreign and raw, like the line's: they pass internal/logs/plain before they are
// shown. Value may hold newlines (a stack trace in a JSON string).
type Field struct {
	Name, Value string
	Kind        FieldKind
}

// Role is what a field is for.
type Role uint8

// The roles.
const (
	RoleLevel Role = iota
	RoleTime
	RoleMessage
	RoleLogger
	RoleThread
	RoleTrace  // identifier of a distributed trace
	RoleStatus // status of HTTP: gives the level where nothing else does
	RoleStack  // a stack trace in one value
	RoleMethod // of a request of HTTP
	RolePath   // what a request asked for: its path, or the whole line of the request
	roles
)

// String is the word of a role in the files of formats.
func (r Role) String() string {
	return [...]string{"level", "time", "message", "logger", "thread", "trace", "status", "stack", "method", "path"}[min(r, roles-1)]
}
