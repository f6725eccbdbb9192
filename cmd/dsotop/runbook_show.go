package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"dsotop/internal/runbook"
	"dsotop/internal/ui/page"
)

// wholeBook is a book in runbook show -o json: its sentences in the language of the command, its conditions in CEL.
type wholeBook struct {
	bookDocument
	When     string      `json:"when"`
	Who      string      `json:"who"`
	Risk     string      `json:"risk"`
	Rollback string      `json:"rollback"`
	Params   []bookParam `json:"params"`
	Steps    []bookStep  `json:"steps"`
}

type bookParam struct {
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Type     string   `json:"type"`
	Default  string   `json:"default"`
	Choices  []string `json:"choices"`
	Optional bool     `json:"optional"`
}

// bookStep is a step; what its kind does not have is left out.
type bookStep struct {
	ID    string `json:"id"`
	Kind  string `json:"kind"`
	Title string `json:"title"`
	If    string `json:"if,omitempty"`
	Note  string `json:"note,omitempty"`
	// That is what a check or a query waits for, for so many seconds; 0 is now.
	That     string  `json:"that,omitempty"`
	Within   float64 `json:"within_seconds,omitempty"`
	Language string  `json:"language,omitempty"`
	Query    string  `json:"query,omitempty"`

	Deed     string            `json:"deed,omitempty"`
	On       string            `json:"on,omitempty"`
	With     map[string]string `json:"with,omitempty"`
	Question string            `json:"question,omitempty"`
	Copy     string            `json:"copy,omitempty"`
	Value    string            `json:"value,omitempty"` // type of the answer
	Choices  []bookChoice      `json:"choices,omitempty"`
	Another  bool              `json:"another,omitempty"`
	// Fail is ask, stop, continue or the step to go to.
	Fail string `json:"on_failure"`
	Next string `json:"next,omitempty"`
}

type bookChoice struct {
	Value string `json:"value"`
	Label string `json:"label"`
	Goto  string `json:"goto,omitempty"`
}

func (p *program) runbookShow() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:               "show " + p.lang.of("CARNET", "BOOK"),
		Short:             p.lang.of("Un carnet en Markdown", "A book as Markdown"),
		Args:              p.aBook(),
		ValidArgsFunction: p.completeBooks,
		RunE: func(_ *cobra.Command, args []string) error {
			b, err := p.book(args[0])
			if err != nil {
				return err
			}
			if output == "markdown" {
				_, err = fmt.Fprint(p.out, runbook.Describe(b, string(p.lang), page.Speech()))
				return err
			}
			return document(p.out, output, struct {
				Version int       `json:"version"`
				Runbook wholeBook `json:"runbook"`
			}{1, p.wholeBook(b)})
		},
	}
	outputFlag(cmd, p.lang, &output, "markdown", "json", "yaml")
	return cmd
}

// bookDocument is a book in a list.
func (p *program) bookDocument(b *runbook.Book) bookDocument {
	l := string(p.lang)
	d := bookDocument{ID: b.ID, Title: b.Title.Of(l), Summary: b.Summary.Of(l), Needs: []string{}, Params: []string{}, Findings: append([]string{}, b.Findings...), Steps: len(b.Steps), File: b.File}
	for _, n := range b.Needs {
		d.Needs = append(d.Needs, string(n))
	}
	for _, one := range b.Params {
		d.Params = append(d.Params, one.Name)
	}
	return d
}

func (p *program) wholeBook(b *runbook.Book) wholeBook {
	l := string(p.lang)
	text := func(t *runbook.Template) string {
		if t == nil {
			return ""
		}
		return t.Text
	}
	cond := func(c *runbook.Cond) string {
		if c == nil {
			return ""
		}
		return c.Text
	}
	out := wholeBook{bookDocument: p.bookDocument(b), When: b.When.Of(l), Who: b.Who.Of(l), Risk: b.Risk.Of(l), Rollback: b.Rollback.Of(l), Params: []bookParam{}, Steps: []bookStep{}}
	for _, one := range b.Params {
		out.Params = append(out.Params, bookParam{one.Name, one.Title.Of(l), one.Type, text(one.Default), append([]string{}, one.Choices...), one.Optional})
	}
	for _, s := range b.Steps {
		d := bookStep{ID: s.ID, Kind: string(s.Kind), Title: s.Title.Of(l), If: cond(s.If), Note: text(s.Note.Of(l)), Fail: s.Fail.Do, Next: s.Next}
		if s.Fail.Do == runbook.FailGoto {
			d.Fail = s.Fail.Goto
		}
		switch {
		case s.Check != nil:
			d.That, d.Within = cond(s.Check.That), s.Check.Within.Seconds()
		case s.Query != nil:
			d.Language, d.Query, d.That, d.Within = s.Query.Language, text(s.Query.Expr), cond(s.Query.Expect), s.Query.Within.Seconds()
		case s.Act != nil:
			d.Deed, d.On, d.With = s.Act.Deed, s.Act.On, map[string]string{}
			for _, a := range s.Act.With {
				d.With[a.Name] = text(a.Value)
			}
		case s.Ask != nil:
			d.Question, d.Value, d.Another = text(s.Ask.Question.Of(l)), s.Ask.Type, s.Ask.Another
			if s.Ask.Copy != nil {
				d.Copy = text(s.Ask.Copy.Of(l))
			}
			for _, c := range s.Ask.Choices {
				d.Choices = append(d.Choices, bookChoice{c.Value, c.Label.Of(l), c.Goto})
			}
		}
		out.Steps = append(out.Steps, d)
	}
	return out
}
