package wire

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Said is what a person should read in an answer that is a refusal: see [Said].
func (r Reply) Said() string { return Said(r.Body) }

// Said finds the sentence in the body of a refusal, as the systems write them: JSON of their several shapes, or plain text. Pages for browsers and stacks give "": the
// status says it all. It is neither cleaned for a terminal nor cut, and may hold what the system let slip: that is the caller's to do.
func Said(body []byte) string {
	body = bytes.TrimSpace(body)
	if len(body) == 0 || body[0] == '<' {
		return ""
	}
	if body[0] == '{' || body[0] == '[' || body[0] == '"' {
		var v any
		if json.Unmarshal(body, &v) != nil {
			return ""
		}
		return strings.TrimSpace(sentence(v, 0))
	}
	text := string(body)
	if strings.Contains(text, "</") {
		return ""
	}
	var lines []string
	for line := range strings.Lines(text) {
		if stackLine.MatchString(line) {
			break
		}
		lines = append(lines, line)
	}
	return strings.TrimSpace(strings.Join(lines, ""))
}

var stackLine = regexp.MustCompile(`^\s+at |^goroutine \d+ |^Traceback |^Caused by: |^\s+File "`) //nolint:gochecknoglobals // compiled once, never changed

// sentence walks the error shapes of the systems we read: message, error, errors, detail, as text, list or object, at any of the
// usual places. Stacks and echoes of the request are not among them.
func sentence(v any, depth int) string {
	if depth > 4 {
		return ""
	}
	switch v := v.(type) {
	case string:
		return v
	case []any:
		var parts []string
		for _, item := range v {
			if s := sentence(item, depth+1); s != "" && !slices.Contains(parts, s) {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		if at := place(v["path"]); at != "" { // a complaint about a member of what was asked: "Required" alone helps nobody
			if s, ok := v["message"].(string); ok && s != "" {
				return at + ": " + s
			}
		}
		for _, key := range []string{"message", "error_description", "msg", "body", "errors", "fieldErrors", "formErrors", "issues",
			"queryParameterErrors", "pathParameterErrors", "bodyErrors", "error", "detail", "title"} {
			if s := sentence(v[key], depth+1); s != "" {
				return s
			}
		}
		if depth == 0 {
			return ""
		}
		// A map of field to complaints, e.g. {"name":["too long"]}; "base" is GitLab's name of the whole.
		var parts []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if list, ok := v[key].([]any); ok {
				if s := sentence(list, depth+1); s != "" && key == "base" {
					parts = append(parts, s)
				} else if s != "" {
					parts = append(parts, key+": "+s)
				}
			}
		}
		return strings.Join(parts, ", ")
	}
	return ""
}

// place is where in a request a complaint is about, as checkers of schemas write it: ["environments",0,"cpu"]; "" when it is none.
func place(v any) string {
	list, ok := v.([]any)
	if !ok {
		return ""
	}
	var parts []string
	for _, item := range list {
		switch item := item.(type) {
		case string:
			parts = append(parts, item)
		case float64:
			parts = append(parts, strconv.Itoa(int(item)))
		default:
			return ""
		}
	}
	return strings.Join(parts, ".")
}
