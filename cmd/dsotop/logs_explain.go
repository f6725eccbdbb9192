package main

import (
	"encoding/json"
	"fmt"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/logs/query"
)

// explained is what dsotop logs --explain tells (-o json).
type explained struct {
	Namespace string   `json:"namespace"`
	From      string   `json:"from,omitempty"`
	To        string   `json:"to,omitempty"`
	Loki      string   `json:"loki,omitempty"`
	Tenant    string   `json:"tenant,omitempty"`
	Asked     string   `json:"asked,omitempty"` // of Loki, in LogQL
	Here      string   `json:"here,omitempty"`  // what is sifted by dsotop, in the language of --grep
	Level     string   `json:"level,omitempty"` // sifted by dsotop
	Same      string   `json:"logql,omitempty"` // a LogQL query that asks for the same
	short     string   // Asked, for people
	Unsaid    []string `json:"unsaid,omitempty"`
	Live      []string `json:"live,omitempty"` // who reads the containers themselves, where Loki does not answer
}

// explain tells what would be asked of whom.
func (r *reading) explain(e explained) error {
	if r.a.output == "json" {
		text, err := json.MarshalIndent(e, "", "  ")
		if err == nil {
			_, err = fmt.Fprintln(r.p.out, string(text))
		}
		return err
	}
	t := r.p.lang.of
	say := func(name, value string) {
		if value != "" {
			fmt.Fprintf(r.p.out, "%-12s %s\n", name, value)
		}
	}
	say(t("espace", "namespace"), e.Namespace)
	say(t("depuis", "from"), e.From)
	say(t("jusqu'à", "to"), e.To)
	say("loki", e.Loki)
	say("tenant", e.Tenant)
	if e.short == "" {
		e.short = e.Asked
	} else {
		e.short += t("  … et ce qui peut appartenir à une trace (entier avec -o json)", "  … and what may belong to a stack trace (in full with -o json)")
	}
	say(t("demandé", "asked"), e.short)
	here := e.Here
	if e.Level != "" {
		if here != "" {
			here += ", "
		}
		here += "--level " + e.Level
	}
	say(t("trié ici", "sifted here"), here)
	say(t("équivalent", "same"), e.Same)
	for _, u := range e.Unsaid {
		say(t("  autrement", "  differs"), u)
	}
	for _, l := range e.Live {
		say(t("en direct", "live"), l)
	}
	return nil
}

// explanation gathers what a reading would ask.
func (r *reading) explanation() explained {
	e := explained{Namespace: r.where.namespace, Level: r.a.level}
	stamp := func(ns int64) string {
		if ns <= 0 {
			return ""
		}
		return time.Unix(0, ns).UTC().Format(time.RFC3339)
	}
	e.From, e.To = stamp(r.a.from), stamp(r.a.to)
	for _, l := range r.reach.Live {
		if r.a.origin != "loki" && r.a.logsFlags.query == "" {
			e.Live = append(e.Live, l.Name())
		}
	}
	if r.reach.History == nil || r.a.origin == "live" {
		e.Here = r.a.query.String()
		return e
	}
	e.Loki, e.Tenant = r.reach.History.Name(), r.reach.Tenant
	selector := r.a.subject(r.where.namespace).Selector()
	e.Asked, e.Here = selector, r.a.query.String()
	if sent := r.sift.Sent(); sent.Stages != "" {
		e.Asked += sent.Stages
		e.Here = sent.Here.String()
		e.short, _ = sent.Sent.LogQL(selector)
	}
	whole := r.a.query
	if r.a.floor != logs.LevelNone {
		whole = whole.With(query.Term{Kind: query.Level, Name: "level", Op: query.GreaterEqual, Value: r.a.floor.String()})
	}
	if !whole.Empty() {
		same, unsaid := whole.LogQL(selector)
		e.Same = same
		for _, u := range unsaid {
			e.Unsaid = append(e.Unsaid, u.Part)
		}
	}
	return e
}
