package alertmanager

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"dsotop/demo/world"
)

// matcher is one label matcher: name, operator (=, !=, =~, !~) and value. re is set for the last two.
type matcher struct {
	name, op, value string
	re              *regexp.Regexp
}

func (m matcher) matches(labels map[string]string) bool {
	v := labels[m.name]
	switch m.op {
	case "=":
		return v == m.value
	case "!=":
		return v != m.value
	case "=~":
		return m.re.MatchString(v)
	}
	return !m.re.MatchString(v)
}

func matchAll(ms []matcher, labels map[string]string) bool {
	for _, m := range ms {
		if !m.matches(labels) {
			return false
		}
	}
	return true
}

// hasAll reports whether every wanted matcher stands among the silence's own: silences are filtered by what they say, not by
// what they match.
func hasAll(own, wanted []matcher) bool {
	for _, w := range wanted {
		found := false
		for _, m := range own {
			found = found || m.name == w.name && m.op == w.op && m.value == w.value
		}
		if !found {
			return false
		}
	}
	return true
}

// never is the matcher of an expression that does not compile: nothing matches it.
func never() *regexp.Regexp { return regexp.MustCompile(`[^\s\S]`) }

func ofSilence(s *world.Silence) []matcher {
	out := make([]matcher, 0, len(s.Matchers))
	for _, m := range s.Matchers {
		one := matcher{name: m.Name, value: m.Value}
		switch {
		case m.IsRegex && m.Equal:
			one.op = "=~"
		case m.IsRegex:
			one.op = "!~"
		case m.Equal:
			one.op = "="
		default:
			one.op = "!="
		}
		if m.IsRegex {
			re, err := regexp.Compile("^(?:" + m.Value + ")$")
			if err != nil {
				re = never()
			}
			one.re = re
		}
		out = append(out, one)
	}
	return out
}

// parseMatchers reads filter parameters. Each holds one matcher, quoted or not: alertname="x", severity=~warn.*, foo!=bar.
func parseMatchers(filters []string) ([]matcher, error) {
	var out []matcher
	for _, f := range filters {
		m, err := parseMatcher(f)
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

func parseMatcher(s string) (matcher, error) {
	bad := fmt.Errorf("bad matcher format: %s", s)
	text := strings.TrimSpace(s)
	i := strings.IndexAny(text, "=!")
	if i <= 0 {
		return matcher{}, bad
	}
	m := matcher{name: strings.TrimSpace(text[:i])}
	for _, op := range []string{"=~", "!~", "!=", "="} {
		if strings.HasPrefix(text[i:], op) {
			m.op = op
			break
		}
	}
	if m.op == "" {
		return matcher{}, bad
	}
	if name, err := strconv.Unquote(m.name); err == nil {
		m.name = name
	}
	if strings.ContainsAny(m.name, " \t\"{},") || m.name == "" {
		return matcher{}, bad
	}
	m.value = strings.TrimSpace(text[i+len(m.op):])
	if strings.HasPrefix(m.value, `"`) {
		v, err := strconv.Unquote(m.value)
		if err != nil {
			return matcher{}, bad
		}
		m.value = v
	} else if strings.ContainsRune(m.value, '"') {
		return matcher{}, bad
	}
	if m.op == "=~" || m.op == "!~" {
		re, err := regexp.Compile("^(?:" + m.value + ")$")
		if err != nil {
			return matcher{}, err
		}
		m.re = re
	}
	return m, nil
}
