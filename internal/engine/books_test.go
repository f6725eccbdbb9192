package engine_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dsotop/demo"
	"dsotop/demo/fault"
	"dsotop/demo/world"
	"dsotop/internal/actions"
	"dsotop/internal/actions/deeds"
	"dsotop/internal/engine"
	"dsotop/internal/platform"
	"dsotop/internal/runbook"
)

// stage is a platform with the engine that books are played on. Its time runs faster than ours.
type stage struct {
	p  *demo.Platform
	e  *engine.Engine
	id map[string]string // project by slug
}

// wrongClocks is how far the clocks of systems are ahead, on a stage with faults.
var wrongClocks = map[string]time.Duration{
	"console": -90 * time.Second, "gitlab": 90 * time.Second, "sonarqube": -90 * time.Second, "harbor": 90 * time.Second, "argocd/usu": -90 * time.Second, "argocd/pub": 90 * time.Second,
}

// promised is the most a run may take of our time, on a machine with much else to do.
const promised = 5 * time.Minute

func newStage(t *testing.T, more ...func(*demo.Options)) *stage {
	t.Helper()
	clock := world.NewClock(time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), nil)
	clock.Free()
	clock.SetSpeed(pace)
	opts := demo.Options{Seed: 1, Dir: t.TempDir(), Pace: clock, Calm: true, Still: true}
	for _, f := range more {
		f(&opts)
	}
	p, err := demo.Start(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	for name, ahead := range wrongClocks {
		if f := p.Faults[name]; f != nil {
			if err := f.Set(fault.Fault{Mode: fault.Clock, For: ahead}); err != nil {
				t.Fatal(err)
			}
		}
	}
	var living sync.WaitGroup
	living.Go(func() { p.World.Run(t.Context()) }) // what a deed sets going comes to its end; the time of the platform is ours, to the moment
	t.Cleanup(living.Wait)
	profile := loaded(t, p.Config, "demo")
	for i := range profile.Sources {
		profile.Sources[i].Rate = 2000 // the pace is not what is tested
	}
	e, err := engine.New(engine.Options{Profile: profile, Clock: clock.Now, Pace: pace, Hand: engine.HandOptions{Write: true, Deeds: deeds.All(), Account: "anne"}})
	if err != nil {
		t.Fatal(err)
	}
	e.Start(t.Context())
	t.Cleanup(e.Close)
	t.Cleanup(e.Runbooks().Close)
	s := &stage{p: p, e: e, id: map[string]string{}}
	p.World.View(func(st *world.State) {
		for slug, project := range st.ProjectBySlug {
			s.id[slug] = project.ID
		}
	})
	e.Look("test", slices.Sorted(maps.Values(s.id)))
	settle(t, e)
	for _, slug := range []string{"agendaprefs", "cartocrise", "guichet", "habilit", "portail", "testform", "vigibat"} {
		s.known(t, slug, "what is read slowly of it", func(k runbook.Known) bool {
			d := k.Dossier
			if d == nil || !d.Has(platform.FamTokens) || !d.Has(platform.FamPipelines) || !d.Has(platform.FamImages) || !d.Has(platform.FamForge) {
				return false
			}
			return !slices.ContainsFunc(d.Environments, func(e platform.EnvironmentFacts) bool {
				return !e.Undeclared && (!e.Has(platform.FamPods) || !e.Has(platform.FamApplications) || !e.Has(platform.FamQuota))
			})
		})
	}
	return s
}

// part is a book with its natural subject: "project", "project/environment" or "project//repository".
type part struct {
	book, on string
	params   map[string]string
	// answers are to questions, by step; several are given one after the other. What is not there takes its default.
	answers map[string]string
	// others is what other people do, by step: once its question is answered, or once it waits.
	others map[string]func(*world.Tx)
	// meanwhile is what other people do, by step, between its plan and the consent to it.
	meanwhile map[string]func(*world.Tx)
	// troubles is what is resolved when a step stands, by step, as answers are; a step that is not there must not stand.
	troubles map[string]string
	// short are steps whose deadline is not waited for: they fail.
	short []string
	// done are the steps that must have been done, in a run that writes; failed those that must have failed.
	done, failed []string
	// ends is how it ends; "" is done.
	ends runbook.State
}

func (s *stage) begin(t *testing.T, c part, dry bool) string {
	t.Helper()
	d := s.e.Runbooks()
	b := d.Library().Book(c.book)
	at := strings.Split(c.on+"//", "/")
	sel := runbook.Selection{ProjectID: s.id[at[0]], Environment: at[1], Repository: at[2]}
	known := d.Known(sel)
	for _, f := range known.Findings {
		if f.Runbook == b.ID && (sel.Environment == "" || f.Subject.Environment == sel.Environment) && sel.Repository == "" {
			from := runbook.From(f, known.Dossier)
			from.Environment = max(from.Environment, sel.Environment)
			sel = from
			break
		}
	}
	sel, missing := runbook.Complete(b, known, sel)
	for _, n := range missing {
		o := runbook.Options(n, d.Known(sel), sel)
		if len(o) == 0 {
			t.Errorf("%s on %s: there is no %s", c.book, c.on, n)
			return ""
		}
		t.Logf("%s on %s: %s chosen of %v", c.book, c.on, n, o)
		sel = sel.With(n, o[0])
	}
	params := runbook.Defaults(b, d.Known(sel), sel)
	maps.Copy(params, c.params)
	id, err := d.Start(hurried(t, b, c.short), sel, params, dry)
	if err != nil {
		t.Errorf("%s on %s: %v", c.book, c.on, err)
	}
	return id
}

// hurried is a book in which some steps hardly wait for anything, and the others very long: what they wait for comes, and the machine may have much else to do.
func hurried(t *testing.T, b *runbook.Book, steps []string) *runbook.Book {
	t.Helper()
	source := within.ReplaceAllStringFunc(b.Source, func(text string) string {
		span, err := time.ParseDuration(strings.TrimPrefix(text, "within: "))
		if err != nil {
			t.Fatal(err)
		}
		return "within: " + min(20*span, 744*time.Hour).String() // as long as a book may wait
	})
	for _, id := range steps {
		at := strings.Index(source, "- id: "+id+"\n")
		end := len(source)
		if next := strings.Index(source[at+1:], "\n  - id: "); next >= 0 {
			end = at + 1 + next
		}
		step := source[at:end]
		short := within.ReplaceAllString(step, "within: 10s")
		if short == step {
			t.Errorf("%s: the step %s waits for nothing", b.ID, id)
		}
		source = source[:at] + short + source[end:]
	}
	out, wrong := runbook.Decode(b.File, []byte(source))
	if err := wrong.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

var within = regexp.MustCompile(`within: [0-9][0-9a-z]*`)

// play answers what a run asks until it is over, and returns it.
func (s *stage) play(t *testing.T, id string, c part) runbook.Run {
	t.Helper()
	d := s.e.Runbooks()
	ctx, stop := context.WithTimeout(t.Context(), promised)
	defer stop()
	bell := d.Watch(ctx)
	asked, acted := map[string]int{}, map[string]bool{}
	others := func(step string) {
		if f := c.others[step]; f != nil && !acted[step] {
			acted[step] = true
			s.p.World.Update(f)
		}
	}
	for {
		r, _ := d.Run(id)
		if r.State.Over() {
			return r.Run
		}
		if n := len(r.Records); r.State == runbook.Waiting && n > 0 && r.Records[n-1].Deed == nil {
			others(r.At)
		}
		if p := r.Pending; p != nil {
			var err error
			switch p.Kind {
			case runbook.AskConsent:
				if f := c.meanwhile[p.Step]; f != nil && !acted["="+p.Step] {
					acted["="+p.Step] = true
					s.p.World.Update(f)
				}
				err = d.Consent(id, p.Step, actions.Consent{Typed: p.Plan.Type})
			case runbook.AskTrouble:
				if all := strings.Fields(c.troubles[p.Step]); asked["!"+p.Step] < len(all) {
					others(p.Step)
					what := all[asked["!"+p.Step]]
					asked["!"+p.Step]++
					err = d.Resolve(id, p.Step, what)
					break
				}
				t.Errorf("%s stands at %s: %s", c.book, p.Step, p.Trouble.EN)
				err = d.Resolve(id, p.Step, runbook.GiveUp)
			default:
				value := p.Default
				if all := strings.Fields(c.answers[p.Step]); len(all) > 0 {
					value = all[min(asked[p.Step], len(all)-1)]
				}
				asked[p.Step]++
				others(p.Step)
				if err = d.Answer(id, p.Step, value); err != nil || asked[p.Step] > 3 {
					_ = d.Resolve(id, p.Step, runbook.GiveUp)
					t.Errorf("%s at %s, %q: %v", c.book, p.Step, value, err)
					return r.Run
				}
			}
			if err != nil {
				t.Errorf("%s at %s: %v", c.book, p.Step, err)
				return r.Run
			}
			continue
		}
		select {
		case <-bell:
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			t.Errorf("%s does not end: %s", c.book, told(r.Run))
			return r.Run
		}
	}
}

// told is a run, a line a step.
func told(r runbook.Run) string {
	var sb strings.Builder
	fmt.Fprintf(&sb, "%s on %s: %s %s\n", r.Book, r.Subject, r.State, r.Why.EN)
	for _, rec := range r.Records {
		fmt.Fprintf(&sb, "  %-14s %-8s %6s %s %v", rec.Step, rec.State, rec.Ended.Sub(rec.Began).Round(time.Second), rec.Answer, rec.Why.EN)
		if rec.Deed != nil {
			fmt.Fprintf(&sb, " [%s %s %s %s %s]", rec.Deed.Plan.Deed, rec.Deed.Plan.Subject, rec.Deed.Plan.Call, rec.Deed.Outcome.State, rec.Deed.Outcome.Note)
		}
		if rec.Note.EN != "" {
			fmt.Fprintf(&sb, "\n      note: %s", rec.Note.EN)
		}
		if rec.Copied.EN != "" {
			fmt.Fprintf(&sb, "\n      copy: %s", rec.Copied.EN)
		}
		for _, f := range rec.Seen {
			if rec.State != "done" {
				fmt.Fprintf(&sb, "\n      %s = %s", f.Name, f.Value)
			}
		}
		sb.WriteByte('\n')
	}
	return sb.String()
}

// judge holds what came of a run against what was to come.
func (s *stage) judge(t *testing.T, c part, r runbook.Run) {
	t.Helper()
	t.Log(told(r))
	if want := cmp.Or(c.ends, runbook.Finished); r.State != want {
		t.Errorf("%s is %s, not %s: %s", c.book, r.State, want, r.Why.EN)
	}
	for state, steps := range map[string][]string{runbook.StepDone: c.done, runbook.StepFailed: c.failed} {
		for _, step := range steps {
			if !slices.ContainsFunc(r.Records, func(rec runbook.Record) bool { return rec.Step == step && rec.State == state }) {
				t.Errorf("%s: %s was not %s", c.book, step, state)
			}
		}
	}
}

// Every book on its natural subject of the demo, through the real clients: dry runs come to the end and write nothing; those that are played for good do what they say.
func TestBooksOnThePlatform(t *testing.T) {
	aside(t)
	s := newStage(t)
	before := s.p.Writes()
	books := []part{
		{book: "RB-01", on: "vigibat"}, {book: "RB-02", on: ""}, {book: "RB-03", on: "guichet//api"}, {book: "RB-04", on: "vigibat"}, {book: "RB-05", on: "guichet//api"}, {book: "RB-06", on: "guichet//api"},
		{book: "RB-07", on: "guichet/prod"}, {book: "RB-08", on: "habilit"}, {book: "RB-09", on: "habilit"}, {book: "RB-10", on: "agendaprefs/prod"}, {book: "RB-11", on: "agendaprefs/prod"},
		{book: "RB-12", on: "guichet/prod"}, {book: "RB-13", on: "cartocrise/prod"}, {book: "RB-14", on: "portail", params: map[string]string{"name": "recette"}}, {book: "RB-15", on: "guichet/prod"}, {book: "RB-16", on: "guichet/prod"},
		{book: "RB-17", on: "cartocrise/prod"}, {book: "RB-18", on: "cartocrise"}, {book: "RB-19", on: "portail", params: map[string]string{"email": "camille@example.fr"}}, {book: "RB-20", on: ""},
	}
	dry := func(c part) {
		id := s.begin(t, c, true)
		if id == "" {
			return
		}
		r := s.play(t, id, c)
		t.Log(told(r))
		if r.State != runbook.Finished {
			t.Errorf("%s is %s in dry run: %s", c.book, r.State, r.Why.EN)
		}
		for _, rec := range r.Records {
			if rec.State == runbook.StepFailed {
				t.Errorf("%s: %s failed in dry run: %s", c.book, rec.Step, rec.Why.EN)
			}
		}
	}
	var all sync.WaitGroup
	for some := range slices.Chunk(books, len(books)/5) { // five people, each one book after the other: most of a dry run is waiting
		all.Go(func() {
			for _, c := range some {
				dry(c)
			}
		})
	}
	all.Wait()
	if n := s.p.Writes() - before; n != 0 {
		t.Errorf("dry runs wrote %d times", n)
	}
}

// What books do for good, side by side as several people on call would, on systems whose clocks are far ahead and behind.
func TestBooksThatWrite(t *testing.T) {
	aside(t)
	s := newStage(t, func(o *demo.Options) { o.Faults = true })
	for _, h := range s.e.Runbooks().Known(runbook.Selection{}).Sources {
		if ahead := wrongClocks[h.Name]; (h.Skew - ahead).Abs() > 30*time.Second { // at the pace of a stage on a slow machine, that is how well it is known
			t.Errorf("%s is said to be ahead by %v, not %v", h.Name, h.Skew, ahead)
		}
	}
	var all sync.WaitGroup
	for _, c := range []part{
		{book: "RB-01", on: "portail", done: []string{"replay", "logged", "created", "zone"}},
		{book: "RB-03", on: "testform//app-java", answers: map[string]string{"overwritten": "safe"}, done: []string{"sync", "mirrored", "arrived", "built"}},
		{book: "RB-05", on: "guichet//api", answers: map[string]string{"cause": "runner"}, done: []string{"retry"}},
		{book: "RB-07", on: "agendaprefs/prod", params: map[string]string{"critical": "100"}, done: []string{"scan", "scanned", "clean"}},
		{book: "RB-08", on: "habilit", answers: map[string]string{"refused": "rb09"}, done: []string{"refresh", "dry", "sync"}},
		{book: "RB-13", on: "cartocrise/prod", answers: map[string]string{"way": "enlarge"}, others: map[string]func(*world.Tx){"hosting": func(tx *world.Tx) {
			p := tx.State.ProjectBySlug["cartocrise"]
			p.ProdCPU, p.ProdMem = 64, 256
		}}, done: []string{"resize", "declared", "quota_changed"}},
	} {
		all.Go(func() {
			id := s.begin(t, c, false)
			if id == "" {
				return
			}
			s.judge(t, c, s.play(t, id, c))
		})
	}
	all.Wait()
}

// What the books shipped want to be done exists, is done on such things, and has such parameters.
func TestBooksWantDeedsThatExist(t *testing.T) {
	all := deeds.All()
	for _, b := range runbook.Load().Books {
		if err := runbook.CheckDeeds(b, all).Err(); err != nil {
			t.Error(err)
		}
	}
}
