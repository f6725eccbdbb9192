package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"dsotop/internal/yamlfile"
)

// PolicyRule is a rule of "policy:": what may be done, by whom, where, when. Empty fields fit everything; the first rule that fits decides.
type PolicyRule struct {
	Line int
	Name string
	// Deeds, Projects, Systems and Who are patterns with *; Risks are read, write, production, destructive.
	Deeds, Risks, Projects, Systems, Who []string
	Production                           *bool // nil: any stage
	Days                                 []time.Weekday
	From, To                             int // minutes since midnight; equal: the whole day
	Zone                                 *time.Location
	Do                                   string   // allow, deny or four_eyes
	Approvers                            []string // patterns; empty: anybody else
}

// JournalSinks are where the journal of deeds is sent besides its file; nil is nowhere.
type JournalSinks struct {
	// Loki is an instance that lines are pushed to, with its tenant. Webhook is an address that lines are posted to.
	Loki, Webhook *Source
}

// policy reads a list of rules.
func (d *decoder) policy(n ast.Node, path string) []PolicyRule {
	seq, ok := d.Plain(n).(*ast.SequenceNode)
	if !ok {
		d.say(n, path, notList)
		return nil
	}
	var out []PolicyRule
	for i, v := range seq.Values {
		out = append(out, d.policyRule(v, fmt.Sprintf("%s[%d]", path, i)))
	}
	return out
}

func (d *decoder) policyRule(n ast.Node, path string) PolicyRule {
	r := PolicyRule{}
	if values, ok := d.Mapping(n); ok && len(values) > 0 {
		r.Line = values[0].Key.GetToken().Position.Line
	}
	list := func(into *[]string) yamlfile.Read {
		return func(n ast.Node, p string) { *into = d.Texts(n, p) }
	}
	d.Keys(n, path, map[string]yamlfile.Read{
		"name":     func(n ast.Node, p string) { r.Name = d.Text(n, p) },
		"deeds":    list(&r.Deeds),
		"projects": list(&r.Projects),
		"systems":  list(&r.Systems),
		"who":      list(&r.Who),
		"risks": func(n ast.Node, p string) {
			r.Risks = d.Texts(n, p)
			for _, v := range r.Risks {
				if among := []string{"read", "write", "production", "destructive"}; !slices.Contains(among, v) {
					d.say(n, p, badChoice, v, strings.Join(among, ", "))
				}
			}
		},
		"production": func(n ast.Node, p string) { v := d.Bool(n, p); r.Production = &v },
		"days":       func(n ast.Node, p string) { r.Days = d.days(n, p) },
		"hours":      func(n ast.Node, p string) { r.From, r.To = d.hours(n, p) },
		"zone": func(n ast.Node, p string) {
			zone, err := time.LoadLocation(d.Text(n, p))
			if err != nil {
				d.say(n, p, badZone, d.Text(n, p))
			}
			r.Zone = zone
		},
		"do":        func(n ast.Node, p string) { r.Do = d.Choice(n, p, "allow", "deny", "four_eyes") },
		"approvers": list(&r.Approvers),
	})
	if r.Do == "" && !slices.ContainsFunc(d.mistakes, func(m Mistake) bool { return strings.HasPrefix(m.Path, path) }) {
		d.say(n, path, noDo)
	}
	if r.Name == "" {
		r.Name = path
	}
	return r
}

// dayNames are the days from Sunday, as they are written.
var dayNames = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// days reads days and ranges of days: "mon-fri", [sat, sun].
func (d *decoder) days(n ast.Node, path string) []time.Weekday {
	var out []time.Weekday
	for _, text := range d.Texts(n, path) {
		first, last, ranged := strings.Cut(text, "-")
		if !ranged {
			last = first
		}
		from, to := slices.Index(dayNames[:], first), slices.Index(dayNames[:], last)
		if from < 0 || to < 0 {
			d.say(n, path, badChoice, text, strings.Join(dayNames[1:], ", ")+", sun, mon-fri")
			continue
		}
		for day := from; ; day = (day + 1) % 7 {
			out = append(out, time.Weekday(day))
			if day == to {
				break
			}
		}
	}
	return out
}

// hours reads "09:00-17:30"; the end is not within, and may be on the next day.
func (d *decoder) hours(n ast.Node, path string) (from, to int) {
	a, b, ok := strings.Cut(d.Text(n, path), "-")
	from, ok1 := minuteOf(a)
	to, ok2 := minuteOf(b)
	if !ok || !ok1 || !ok2 || from == to {
		d.say(n, path, badHours)
		return 0, 0
	}
	return from, to
}

func minuteOf(text string) (int, bool) {
	h, m, ok := strings.Cut(strings.TrimSpace(text), ":")
	hour, err := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m)
	return hour*60 + minute, ok && err == nil && err2 == nil && hour >= 0 && minute >= 0 && minute < 60 && (hour < 24 || hour == 24 && minute == 0)
}

// sinks reads "journal:".
func (d *decoder) sinks(n ast.Node, path string) JournalSinks {
	var out JournalSinks
	one := func(kind string, into **Source) yamlfile.Read {
		return func(n ast.Node, p string) {
			s := d.source(n, p, kind)
			s.Name = "journal"
			if ref := s.Auth.Secret; ref.Scheme == "file" && !strings.HasPrefix(ref.Target, "~/") {
				s.Auth.Secret.Target = d.absolute(ref.Target)
			}
			*into = &s
		}
	}
	d.Keys(n, path, map[string]yamlfile.Read{"loki": one("loki", &out.Loki), "webhook": one("webhook", &out.Webhook)})
	return out
}
