package fault

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"
)

// Spec is one line of a script of faults: what happens to whom, from when, for how long.
type Spec struct {
	// Source is an instance ("argocd/pub"), a kind ("argocd": all its instances) or [Everything].
	Source string
	Fault  Fault
	After  time.Duration // from the start
	Length time.Duration // 0: until the end
}

// Everything names all sources.
const Everything = "all"

// Mistake is one thing wrong with a script, as a sentence in two languages.
type Mistake struct{ FR, EN string }

// Error is the English sentence.
func (m Mistake) Error() string { return m.EN }

// ParseSpec reads SOURCE=FAULT[:VALUE][@START[+LENGTH]], such as "loki=down", "gitlab=delay:2s" or "kubernetes=stall@30s+20s". It
// names every mistake it finds; names of sources are checked by [Spec.Hits].
func ParseSpec(text string) (Spec, []Mistake) {
	var out []Mistake
	wrong := func(fr, en string) {
		out = append(out, Mistake{"« " + text + " » : " + fr, "“" + text + "”: " + en})
	}
	source, rest, ok := strings.Cut(text, "=")
	if !ok || source == "" {
		wrong("il faut SOURCE=PANNE, par exemple loki=down", "SOURCE=FAULT is wanted, for instance loki=down")
		return Spec{}, out
	}
	what, when, timed := strings.Cut(rest, "@")
	s := Spec{Source: source}
	var err error
	if s.Fault, err = Parse(what); err != nil {
		wrong(explain(err, what))
	}
	if !timed {
		return s, out
	}
	start, length, lasting := strings.Cut(when, "+")
	if s.After, err = time.ParseDuration(start); err != nil || s.After < 0 {
		wrong("après « @ » vient le début, une durée depuis le lancement, par exemple 30s", "after “@” comes the start, a duration since the launch, for instance 30s")
	}
	if lasting {
		if s.Length, err = time.ParseDuration(length); err != nil || s.Length <= 0 {
			wrong("après « + » vient la durée de la panne, par exemple 20s", "after “+” comes how long the fault lasts, for instance 20s")
		}
	}
	return s, out
}

// explain puts an error of Parse into words.
func explain(err error, what string) (fr, en string) {
	name, _, _ := strings.Cut(what, ":")
	switch {
	case errors.Is(err, errNoArg):
		return "rien ne vient après « " + name + " »", "nothing comes after “" + name + "”"
	case errors.Is(err, errDuration):
		return "après « " + name + ": » vient une durée, par exemple 500ms, 2s ou 1m", "after “" + name + ":” comes a duration, for instance 500ms, 2s or 1m"
	case errors.Is(err, errSeconds):
		return "après « " + name + ": » vient une durée d'au moins une seconde", "after “" + name + ":” comes a duration of one second at least"
	case errors.Is(err, errAhead):
		return "après « " + name + ": » vient l'avance de l'horloge, par exemple 90s, ou -90s pour un retard", "after “" + name + ":” comes how far the clock is ahead, for instance 90s, or -90s for behind"
	case errors.Is(err, errRate):
		return "après « " + name + ": » viennent des octets par seconde, par exemple 500, 20k ou 1M", "after “" + name + ":” come bytes a second, for instance 500, 20k or 1M"
	}
	var all []string
	for _, m := range Modes() {
		all = append(all, string(m))
	}
	list := strings.Join(all, ", ")
	return "panne inconnue « " + name + " » ; pannes possibles : " + list, "unknown fault “" + name + "”; possible faults: " + list
}

// Hits lists which of the names the spec is about, in their order. A mistake tells that there is none.
func (s Spec) Hits(names []string) ([]string, []Mistake) {
	var hit []string
	for _, name := range names {
		kind, _, _ := strings.Cut(name, "/")
		if s.Source == Everything || s.Source == name || s.Source == kind {
			hit = append(hit, name)
		}
	}
	if len(hit) > 0 {
		return hit, nil
	}
	list := strings.Join(append(Known(names), Everything), ", ")
	return nil, []Mistake{{"source inconnue « " + s.Source + " » ; sources possibles : " + list, "unknown source “" + s.Source + "”; possible sources: " + list}}
}

// Known lists what a spec may call its source: the names, and before the instances of a kind the kind.
func Known(names []string) []string {
	var out []string
	for _, name := range names {
		kind, _, instance := strings.Cut(name, "/")
		if instance && !slices.Contains(out, kind) {
			out = append(out, kind)
		}
		out = append(out, name)
	}
	return out
}

// Play carries out a script on proxies by name until ctx ends. What is wanted from the start is in force when it returns; the rest
// goes on beside, and wait waits for its end. Of several faults of one source, the one that began last is in force; when it ends, the
// one before it is again. problem is told what could not be done, from any goroutine; nil drops it.
func Play(ctx context.Context, proxies map[string]*Proxy, script []Spec, problem func(error)) (wait func()) {
	if problem == nil {
		problem = func(error) {}
	}
	start := time.Now()
	var all sync.WaitGroup
	for name, p := range proxies {
		var mine []Spec
		for _, s := range script {
			if hit, _ := s.Hits([]string{name}); len(hit) > 0 {
				mine = append(mine, s)
			}
		}
		if f, next := At(mine, 0); set(p, f, Fault{}, problem) && next > 0 {
			all.Go(func() { play(ctx, p, mine, start, f, problem) })
		}
	}
	return all.Wait
}

// set puts f in force unless it is already; false when that cannot be done.
func set(p *Proxy, f, was Fault, problem func(error)) bool {
	if f == was {
		return true
	}
	err := p.Set(f)
	if err != nil {
		problem(err)
	}
	return err == nil
}

func play(ctx context.Context, p *Proxy, script []Spec, start time.Time, was Fault, problem func(error)) {
	for {
		f, next := At(script, time.Since(start))
		if !set(p, f, was, problem) || next == 0 {
			return
		}
		was = f
		timer := time.NewTimer(next)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// At is the fault that a script of one source wants after a time, and how long nothing changes; 0 is for ever.
func At(script []Spec, passed time.Duration) (f Fault, next time.Duration) {
	began := time.Duration(-1)
	wake := func(at time.Duration) {
		if left := at - passed; left > 0 && (next == 0 || left < next) {
			next = left
		}
	}
	for _, s := range script {
		wake(s.After)
		end := s.After + s.Length
		if s.Length > 0 {
			wake(end)
		}
		if s.After <= passed && (s.Length == 0 || passed < end) && s.After >= began {
			f, began = s.Fault.Whole(), s.After
		}
	}
	return f, next
}
