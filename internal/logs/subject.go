package logs

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Subject says whose lines are wanted, and where to look first. The zero value wants nothing. It travels between pages as text.
type Subject struct {
	Namespace  string
	Pods       []string // empty: all. Loki cannot select by pod where the collector tells none: lines are then those of the containers
	Containers []string // empty: all
	Previous   bool
	// LogQL replaces the selection above for the history; live origins then do not apply. Namespace still says the tenant.
	LogQL string
	// Filter is a text in the language of internal/logs/query, set at the start.
	Filter string
	Floor  Level
	// At is where to open (nanoseconds); 0 follows the newest line.
	At int64
}

// Selector is the LogQL that selects the subject's streams, LogQL itself when that is set. Values are quoted.
func (s Subject) Selector() string {
	if s.LogQL != "" {
		return s.LogQL
	}
	var b strings.Builder
	b.WriteString(`{namespace=` + strconv.Quote(s.Namespace))
	switch len(s.Containers) {
	case 0:
	case 1:
		b.WriteString(`, container=` + strconv.Quote(s.Containers[0]))
	default:
		quoted := make([]string, len(s.Containers))
		for i, c := range s.Containers {
			quoted[i] = regexp.QuoteMeta(c)
		}
		b.WriteString(`, container=~` + strconv.Quote(strings.Join(quoted, "|")))
	}
	b.WriteString("}")
	return b.String()
}

// Key writes the subject as the key of a page. ParseKey reads it back.
func (s Subject) Key() string {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("ns", s.Namespace)
	set("logql", s.LogQL)
	set("q", s.Filter)
	set("floor", s.Floor.String())
	v["pod"] = slices.Clone(s.Pods)
	v["container"] = slices.Clone(s.Containers)
	if s.Previous {
		v.Set("previous", "1")
	}
	if s.At != 0 {
		v.Set("at", strconv.FormatInt(s.At, 10))
	}
	return v.Encode()
}

// ParseKey reads what Key wrote; what is not understood is left out.
func ParseKey(key string) Subject {
	v, _ := url.ParseQuery(key)
	at, _ := strconv.ParseInt(v.Get("at"), 10, 64)
	floor, _ := ParseLevel(v.Get("floor"))
	return Subject{
		Namespace: v.Get("ns"), Pods: v["pod"], Containers: v["container"], Previous: v.Get("previous") == "1",
		LogQL: v.Get("logql"), Filter: v.Get("q"), Floor: floor, At: at,
	}
}
