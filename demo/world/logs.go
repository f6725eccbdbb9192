package world

import (
	"slices"
	"strconv"
	"time"
)

// source is one container's output: a pure function of its key and the time. Lines are made minute by minute, so that a window costs
// what it holds and history costs nothing.
type source struct {
	seed      uint64
	slug, app string
	ns        string
	style     LogStyle
	rate      float64   // lines a second, on average
	burst     time.Time // start of the incident that multiplies the lines; zero for none
	first     time.Time // start of what led to it, told by script; zero for none
	script    []scripted
	cron      bool // runs a few minutes each half-hour only
	starved   bool // its memory is short
	host      func(time.Time) string
	from, to  time.Time // it ran from from until before to; zero to: still
	load      *load     // it writes the load of the budgets instead
}

const (
	burstFactor = 20
	burstLength = 16 * time.Minute
	cronLength  = 4 * time.Minute
)

// sourceOf copies what the lines of a slot of a workload depend on. The lock is held.
func (w *World) sourceOf(x *Workload, container string, slot int) (source, bool) {
	for _, c := range x.Containers {
		if c.Name != container {
			continue
		}
		s := source{seed: hash64(uint64(w.opts.Seed), "log", x.UID, container, strconv.Itoa(slot)), app: x.Name, ns: x.Namespace.Name, style: c.Style, cron: x.Kind == "CronJob", load: w.loadOf(x)}
		s.rate = 0.5 + float64(mix(s.seed)%30)/10
		if c.Style == StyleAccess {
			s.rate *= 2
		}
		if e := x.Namespace.Environment; e != nil {
			s.slug = e.Project.Slug
			if e.StageID != uuidOf(0, "stage", "prod") {
				s.rate /= 3
			}
			if s.slug == "agendaprefs" && e.Name == "prod" {
				s.breaks(w.start.Add(-incident), slot)
			}
			s.starved = s.slug == "cartocrise" && x.Name == "tuiles" && e.Name == "prod"
		}
		return s, true
	}
	return source{}, false
}

// Logs returns the lines of a pod's container with from ≤ time < to, at most limit (≤ 0: all), the oldest ones in order, or when
// backward the newest ones, newest first. There are none from before the pod was made or after the world's time.
// It must not be called inside View or Update.
func (w *World) Logs(p *Pod, container string, from, to time.Time, limit int, backward bool) []LogLine {
	now := w.Now()
	w.mu.RLock()
	if p.Workload == nil {
		w.mu.RUnlock()
		return nil
	}
	s, ok := w.sourceOf(p.Workload, container, p.Slot)
	name := p.Name
	s.from, s.to = p.CreatedAt.Add(2*time.Second), now
	for _, c := range p.Containers {
		if c.Spec.Name != container {
			continue
		}
		switch {
		case c.StartedAt.IsZero() && c.LastStarted.IsZero():
			ok = false // it never ran
		case c.State == "terminated":
			s.to = c.FinishedAt
		case c.State == "waiting":
			s.to = c.LastFinished
		}
	}
	w.mu.RUnlock()
	if !ok {
		return nil
	}
	s.host = func(time.Time) string { return name }
	if s.load != nil { // a node keeps so many bytes, not hours
		if kept := s.load.kept(now); kept.After(s.from) {
			s.from = kept
		}
	}
	return s.lines(from, to, limit, backward)
}

// LogLines returns the lines of all pods, present and past, of the workloads in ns that have such a container; limits as in [World.Logs].
// It must not be called inside View or Update.
func (w *World) LogLines(ns *Namespace, container string, from, to time.Time, limit int, backward bool) []LogLine {
	now := w.Now()
	var sources []source
	w.mu.RLock()
	for _, x := range ns.Workloads {
		for slot := range max(1, x.Replicas) {
			s, ok := w.sourceOf(x, container, slot)
			if !ok {
				break
			}
			s.from, s.to = x.CreatedAt, now
			name, since := ghostName(uint64(w.opts.Seed), x, slot), time.Time{}
			ghost := name
			for _, p := range ns.Pods {
				if p.Workload == x && p.Slot == slot && !p.CreatedAt.Before(since) {
					name, since = p.Name, p.CreatedAt
					if c := p.Containers[0]; c.State == "waiting" && c.StartedAt.IsZero() {
						s.to = p.CreatedAt
					}
				}
			}
			s.host = func(t time.Time) string {
				if t.Before(since) {
					return ghost
				}
				return name
			}
			sources = append(sources, s)
		}
	}
	w.mu.RUnlock()
	var all []LogLine
	for _, s := range sources {
		all = append(all, s.lines(from, to, limit, backward)...)
	}
	slices.SortStableFunc(all, func(a, b LogLine) int {
		if backward {
			return b.At.Compare(a.At)
		}
		return a.At.Compare(b.At)
	})
	if limit > 0 && len(all) > limit {
		all = all[:limit]
	}
	return all
}

// ghostName is the name of the pod that had the slot before the present one.
func ghostName(seed uint64, x *Workload, slot int) string {
	n := strconv.Itoa(slot)
	if x.Kind == "Deployment" {
		return x.Name + "-" + suffixOf(10, seed, x.UID, "ghost") + "-" + suffixOf(5, seed, x.UID, "ghost", n)
	}
	return x.Name + "-" + n
}

func (s source) lines(from, to time.Time, limit int, backward bool) []LogLine {
	if from.Before(s.from) {
		from = s.from
	}
	if !s.to.IsZero() && to.After(s.to) {
		to = s.to
	}
	if !from.Before(to) {
		return nil
	}
	if s.load != nil {
		return s.load.lines(from, to, limit, backward)
	}
	var out, minuteLines []LogLine
	first, last := from.Unix()/60, to.Add(-1).Unix()/60
	for k := int64(0); k <= last-first; k++ {
		m := first + k
		if backward {
			m = last - k
		}
		minuteLines = s.minute(minuteLines[:0], m)
		if backward {
			slices.Reverse(minuteLines)
		}
		for _, l := range minuteLines {
			if l.At.Before(from) || !l.At.Before(to) {
				continue
			}
			out = append(out, l)
			if limit > 0 && len(out) == limit {
				return out
			}
		}
	}
	return out
}

// minute appends the lines of one minute of Unix time, in order.
func (s source) minute(out []LogLine, m int64) []LogLine {
	if s.cron && m%30 >= int64(cronLength/time.Minute) {
		return out
	}
	h := mix(s.seed ^ uint64(m)*0x9e3779b97f4a7c15)
	start := time.Unix(m*60, 0).UTC()
	rate := s.rate * (0.6 + 0.8*float64(h>>40%1000)/1000)
	bursting := !s.burst.IsZero() && start.Add(time.Minute).After(s.burst) && start.Before(s.burst.Add(burstLength))
	if bursting {
		rate *= burstFactor
	}
	n := max(1, int(rate*60))
	step := float64(time.Minute) / float64(n)
	for i := range n {
		g := mix(h + uint64(i)*0x2545f4914f6cdd1d)
		at := start.Add(time.Duration(step * (float64(i) + float64(g>>20%1000)/1000)))
		if s.hushed(at) {
			continue
		}
		hit := bursting && !at.Before(s.burst) && at.Before(s.burst.Add(burstLength))
		if bursting && !hit && i%burstFactor != 0 {
			continue // the minute of the first and last of it
		}
		out = s.emit(out, at, g, hit)
	}
	return s.tell(out, start)
}
