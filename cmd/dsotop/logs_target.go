package main

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"dsotop/internal/config"
	"dsotop/internal/engine"
	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/yamlfile"
)

// linesEngine is an engine that asks only who helps to find lines: names, applications, containers, lines. It reads the last known
// state and leaves it as it is.
func (p *program) linesEngine(cfg *config.Config, profile config.Profile) (*engine.Engine, func(), error) {
	p.tuneMemory()
	file, closeLog := p.logFile()
	engine.Silence(file)
	o := engine.Options{Profile: profile, Version: version, ReadState: true, Log: slog.New(slog.NewTextHandler(file, nil))}
	if !cfg.NoCache {
		o.StateFile = stateFile(profile)
	}
	o.Profile.Sources = slices.DeleteFunc(slices.Clone(profile.Sources), func(s config.Source) bool {
		return !slices.Contains([]string{"console", "argocd", "kubernetes", "loki"}, s.Kind)
	})
	e, err := engine.New(o)
	if err != nil {
		closeLog()
		return nil, nil, exit{exitUsage, err}
	}
	return e, func() { e.Close(); closeLog() }, nil
}

// target is the environment whose lines are wanted.
type target struct {
	namespace string
	project   string // slug; "" when no project explains the namespace
	env       string // name
}

// find waits until the arguments name a namespace, or until it is sure that they do not. What is asked for is put in view, so that its details
// come first.
func (p *program) find(ctx context.Context, e *engine.Engine, args []string, wait time.Duration) (target, error) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	var t target
	var v *fleet.View
	var err error
	if await(ctx, e, func() (certain bool) {
		v = e.View()
		t, certain, err = p.look(v, args)
		e.Look(p, scopesOf(v, t, args))
		return certain
	}) {
		return t, err
	}
	if t.namespace != "" {
		return t, nil
	}
	if err == nil {
		err = exit{exitSources, p.silent(v, args)}
	}
	return t, err
}

// scopesOf are the scopes of which details are wanted first.
func scopesOf(v *fleet.View, t target, args []string) []string {
	var out []string
	if row, ok := v.Project(args[0]); ok {
		out = append(out, row.Dossier.Project.ID)
	} else if _, id, ok := platform.ParseNamespace(t.namespace); ok {
		out = append(out, id)
	}
	if t.namespace != "" {
		out = append(out, t.namespace)
	}
	return out
}

// look reads the arguments against a view. certain: nothing that still comes would change the answer.
func (p *program) look(v *fleet.View, args []string) (t target, certain bool, err error) {
	if len(args) == 1 {
		if row, ok := v.Project(args[0]); ok {
			return p.only(v, row)
		}
		return p.namespace(v, args[0])
	}
	row, ok := v.Project(args[0])
	if !ok {
		return target{}, namesKnown(v), p.noProject(v, args[0])
	}
	d := row.Dossier
	t.project = d.Project.Slug
	if env, ok := v.Environment(d.Project.ID, args[1]); ok && env.Namespace != "" {
		return target{env.Namespace, d.Project.Slug, env.Name}, staged(v, d, env), nil
	}
	return t, environmentsKnown(v, d), p.noEnvironment(d, args[1])
}

// only is the environment of a project that has one.
func (p *program) only(v *fleet.View, row *fleet.Row) (target, bool, error) {
	d := row.Dossier
	names := environmentNames(d)
	if len(names) == 1 {
		env, _ := v.Environment(d.Project.ID, names[0])
		return target{env.Namespace, d.Project.Slug, env.Name}, environmentsKnown(v, d) && staged(v, d, env), nil
	}
	t := p.lang.of
	err := usage("%s", t("quel environnement de « "+d.Project.Slug+" » ? "+listOr(names, "aucun n'est connu"), "which environment of “"+d.Project.Slug+"”? "+listOr(names, "none is known")))
	return target{project: d.Project.Slug}, environmentsKnown(v, d), err
}

// namespace reads one argument that is no project: a namespace, or anything that the view resolves to one.
func (p *program) namespace(v *fleet.View, text string) (target, bool, error) {
	if _, id, ok := platform.ParseNamespace(text); ok {
		t := target{namespace: text}
		row, known := v.Project(id)
		if !known {
			return t, namesKnown(v), nil
		}
		t.project = row.Dossier.Project.Slug
		if env, ok := v.Environment(id, text); ok {
			t.env = env.Name
			return t, staged(v, row.Dossier, env), nil
		}
		return t, environmentsKnown(v, row.Dossier), nil
	}
	for _, r := range v.Resolve(text) {
		if r.Namespace != "" && r.Confidence == platform.Exact {
			return target{r.Namespace, r.ProjectSlug, r.Environment}, true, nil
		}
	}
	if !slices.ContainsFunc(v.Sources, func(s platform.SourceHealth) bool {
		return s.Kind == "console" && s.State != platform.StateNotConfigured
	}) {
		return target{namespace: text}, v.Ready, nil // nobody knows names here: the text is taken at its word
	}
	return target{}, namesKnown(v) && v.Ready, p.noProject(v, text)
}

// namesKnown reports whether the projects that can be known are.
func namesKnown(v *fleet.View) bool {
	for _, s := range v.Sources {
		if s.Kind == "console" && s.State == platform.StateLive {
			return len(v.Projects) > 0 || s.Pending == 0
		}
	}
	return v.Ready
}

// staged reports whether the stage of an environment is known, which tells the tenant of its lines, or will not be: its namespace may have
// been seen before the console told of it.
func staged(v *fleet.View, d *platform.Dossier, env *platform.EnvironmentFacts) bool {
	if env.Stage != "" {
		return true
	}
	return environmentsKnown(v, d) && v.Ready && !slices.ContainsFunc(v.Sources, func(s platform.SourceHealth) bool { return s.Kind == "console" && s.Pending > 0 })
}

// environmentsKnown reports whether a project's environments were read, or will not be.
func environmentsKnown(v *fleet.View, d *platform.Dossier) bool {
	age, known := d.Known[platform.FamEnvironments]
	return known && !age.Cached && (!age.At.IsZero() || age.State != platform.StateStarting) || !known && v.Ready
}

func environmentNames(d *platform.Dossier) []string {
	var names []string
	for i := range d.Environments {
		if env := &d.Environments[i]; env.Name != "" && env.Namespace != "" {
			names = append(names, env.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func listOr(names []string, none string) string {
	if len(names) == 0 {
		return none
	}
	return strings.Join(names, ", ")
}

// noProject says that a name is nobody's, and which ones are close.
func (p *program) noProject(v *fleet.View, text string) error {
	var slugs []string
	for _, row := range v.Projects {
		if s := row.Dossier.Project.Slug; s != "" {
			slugs = append(slugs, s)
		}
	}
	if len(slugs) == 0 {
		return exit{exitSources, p.silent(v, []string{text})}
	}
	slices.Sort(slugs)
	hint := p.lang.of("projets : ", "projects: ") + some(slugs)
	if near := closest(text, slugs); near != "" {
		hint = p.lang.of("vouliez-vous dire « "+near+" » ?", "did you mean “"+near+"”?")
	}
	return usage("%s", p.lang.of("« "+text+" » n'est ni un projet ni un espace de noms connu ; "+hint, "“"+text+"” is neither a known project nor a known namespace; "+hint))
}

func (p *program) noEnvironment(d *platform.Dossier, text string) error {
	names := environmentNames(d)
	hint := p.lang.of("environnements : ", "environments: ") + listOr(names, p.lang.of("aucun n'est connu", "none is known"))
	if near := closest(text, names); near != "" {
		hint = p.lang.of("vouliez-vous dire « "+near+" » ? ", "did you mean “"+near+"”? ") + hint
	}
	return usage("%s", p.lang.of("« "+d.Project.Slug+" » n'a pas d'environnement « "+text+" » ; "+hint, "“"+d.Project.Slug+"” has no environment “"+text+"”; "+hint))
}

// silent says why nothing is known: what the console, or whoever should have named projects, answered.
func (p *program) silent(v *fleet.View, args []string) error {
	said := p.lang.of("« "+strings.Join(args, " ")+" » n'a pas été trouvé : aucune source ne nomme de projet ; « dsotop doctor » dit pourquoi", "“"+strings.Join(args, " ")+"” was not found: no source names a project; “dsotop doctor” tells why")
	for _, s := range v.Sources {
		if s.State != platform.StateLive && s.State != platform.StateNotConfigured && s.Detail != "" {
			said += "\n" + s.Name + ": " + s.Detail
		}
	}
	return errorText(said)
}

// errorText is an error with nothing but its text.
type errorText string

// Error implements error.
func (e errorText) Error() string { return string(e) }

// some lists the first names of many.
func some(names []string) string {
	const most = 12
	if len(names) > most {
		return strings.Join(names[:most], ", ") + "…"
	}
	return strings.Join(names, ", ")
}

// closest returns the name nearest to a text, at most three slips away or starting with it; "" when none is.
func closest(text string, names []string) string {
	best, least := "", 4
	for _, n := range names {
		d := yamlfile.Distance(strings.ToLower(text), strings.ToLower(n))
		if text != "" && strings.HasPrefix(n, text) {
			d = min(d, 1)
		}
		if d < least && d < len(n) {
			best, least = n, d
		}
	}
	return best
}
