package pane

import (
	"time"

	"dsotop/internal/fleet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/cells"
	"dsotop/internal/ui/chart"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// OpenMetrics goes to the plots of a namespace; they stand at the session's pinned instant, if there is one.
func OpenMetrics(namespace string) intent.Intent {
	return intent.Open{Ref: intent.Ref{Kind: page.Metrics, Key: namespace}}
}

// MetricsOf is the command that opens the plots of the namespace of what is under the cursor; "" has none. Footers are full: it is in the
// help and the palette.
func MetricsOf(e *page.Env, namespace string) keys.Command {
	c := keys.Command{ID: keys.Metrics, Quiet: true, Do: func() intent.Intent { return OpenMetrics(namespace) }}
	if namespace == "" {
		c.Why = e.Words.Logs.NoNamespace
	}
	return c
}

// TimelineOf is the command that opens the timeline of the namespace of what is under the cursor; "" has none. It is in the help and the palette,
// as that of the plots.
func TimelineOf(e *page.Env, namespace string) keys.Command {
	c := keys.Command{ID: keys.Timeline, Quiet: true, Do: func() intent.Intent { return intent.Open{Ref: intent.Ref{Kind: page.Timeline, Key: namespace}} }}
	if namespace == "" {
		c.Why = e.Words.Logs.NoNamespace
	}
	return c
}

// MetricsMenu asks of which environment of a project, the worst first, or opens the only one at once.
func MetricsMenu(e *page.Env, r *fleet.Row) keys.Command {
	places := LogPlaces(r)
	switch len(places) {
	case 0:
		return MetricsOf(e, "")
	case 1:
		return MetricsOf(e, places[0].Namespace)
	}
	return keys.Command{ID: keys.Metrics, Quiet: true, Do: func() intent.Intent {
		m := intent.Menu{Title: e.Words.Metrics.WhichEnvironment}
		for _, x := range places {
			mark := cells.Severity(e.Glyphs, placeSeverity(r, x))
			m.Items = append(m.Items, intent.Item{Label: mark.Glyph + " " + x.Name, Hint: ShortNamespace(e, x.Namespace), Do: func() intent.Intent { return OpenMetrics(x.Namespace) }})
		}
		return m
	}}
}

// Share is one resource seen from four sides: what the project's pool allows, what its environments of the same kind were asked for
// together, what this one's ResourceQuota allows and reserves, what is really used. In cores or bytes; below zero where it is not known.
type Share struct {
	// Asked is what the environment asks for in the console, Others what the project's other environments of the same pool ask for.
	Asked, Others float64
	// Pool is what the project may share out; Limitless: nothing is checked.
	Pool      float64
	Limitless bool
	// Hard and Reserved are the ResourceQuota's; Used is what runs uses now.
	Hard, Reserved, Used float64
}

// unknown is a quantity that nobody told.
const unknown = -1

// Shares computes the quota triangle of an environment: CPU in cores, memory in bytes.
func Shares(r *fleet.Row, env *platform.EnvironmentFacts) (cpu, memory Share) {
	const gib = 1 << 30
	p := &r.Dossier.Project
	pool := p.Hprod
	if env.Production() {
		pool = p.Prod
	}
	cpu = Share{Asked: env.Request.CPU, Pool: pool.CPU, Limitless: p.Limitless, Hard: unknown, Reserved: unknown, Used: unknown}
	memory = Share{Asked: env.Request.Memory * gib, Pool: pool.Memory * gib, Limitless: p.Limitless, Hard: unknown, Reserved: unknown, Used: unknown}
	for i := range r.Dossier.Environments {
		if x := &r.Dossier.Environments[i]; x.ID != env.ID && !x.Undeclared && x.Production() == env.Production() {
			cpu.Others += x.Request.CPU
			memory.Others += x.Request.Memory * gib
		}
	}
	for _, q := range env.Quotas {
		take := func(s *Share, resource string) {
			if hard, ok := q.Hard[resource]; ok {
				s.Hard, s.Reserved = hard, q.Used[resource]
			}
		}
		take(&cpu, "limits.cpu")
		take(&memory, "limits.memory")
	}
	if env.Usage != nil {
		cpu.Used, memory.Used = env.Usage.CPU, env.Usage.Memory
	}
	return cpu, memory
}

// Drift reports whether the cluster's quota is not what the console was asked for: a change that never arrived, or was made by hand.
func (s Share) Drift() bool {
	return s.Hard >= 0 && s.Asked > 0 && (s.Hard > s.Asked*1.01 || s.Hard < s.Asked*0.99)
}

// Over reports whether the project's environments ask for more than its pool.
func (s Share) Over() bool { return !s.Limitless && s.Pool > 0 && s.Asked+s.Others > s.Pool*1.001 }

// Idle reports whether much is reserved and little of it used: less than a tenth of what was asked for.
func (s Share) Idle() bool { return s.Used >= 0 && s.Asked > 0 && s.Used < s.Asked/10 }

// Triangle writes the quota triangle of an environment in lines of w cells: a line a resource, from the pool to what is really used, then
// what does not fit together, in words.
func Triangle(e *page.Env, r *fleet.Row, env *platform.EnvironmentFacts, w int) []string {
	m := e.Words.Metrics
	cpu, memory := Shares(r, env)
	cell := max(min((w-12)/6, 16), 8)
	narrow := cell < 16 // the longest title and two cells before it
	head := e.Pen(w).Space(10)
	for i, title := range m.Triangle {
		if narrow {
			title = m.TriangleShort[i]
		}
		head.Column(cell).Right(style.Title, title).EndColumn()
	}
	out := []string{head.Line()}
	for _, x := range []struct {
		name  string
		s     Share
		write func(float64) string
	}{{e.Words.Fleet.CPU, cpu, e.Words.CPU}, {e.Words.Fleet.Memory, memory, e.Words.Bytes}} {
		pen := e.Pen(w).Space(1).Column(9).Put(style.Text, x.name).EndColumn()
		put := func(role style.Role, v float64) {
			text := e.Glyphs.Unknown
			if v >= 0 {
				text = x.write(v)
			} else {
				role = style.Unknown
			}
			pen.Column(cell).Right(role, text).EndColumn()
		}
		pool := style.Text
		if x.s.Over() {
			pool = style.Bad
		}
		switch {
		case x.s.Limitless || x.s.Pool == 0:
			pen.Column(cell).Right(style.Faint, m.NoPool).EndColumn()
		default:
			put(pool, x.s.Pool)
		}
		put(pool, x.s.Asked+x.s.Others)
		put(style.Text, x.s.Asked)
		hard := style.Text
		if x.s.Drift() {
			hard = style.Warn
		}
		put(hard, x.s.Hard)
		put(share(x.s.Reserved, x.s.Hard), x.s.Reserved)
		put(share(x.s.Used, x.s.Hard), x.s.Used)
		out = append(out, pen.Line())
	}
	for _, x := range []struct {
		name string
		s    Share
	}{{e.Words.Fleet.CPU, cpu}, {e.Words.Fleet.Memory, memory}} {
		for _, y := range []struct {
			is   bool
			text string
		}{{x.s.Over(), m.Over}, {x.s.Drift(), m.Drift}, {x.s.Idle(), m.Idle}} {
			if y.is {
				out = append(out, e.Pen(w).Space(1).Put(style.Warn, e.Glyphs.Warn).Space(1).Put(style.Muted, x.name+e.Words.Form.Colon+y.text).Line())
			}
		}
	}
	return out
}

func share(v, of float64) style.Role {
	if v < 0 || of <= 0 {
		return style.Text
	}
	return chart.Level(v / of)
}

// Mini writes a plot in one line: a name, what it is now, the last values as bars, and a tick where something was deployed. values span
// from and to evenly; top is what fills a bar, 0 the largest value.
func Mini(e *page.Env, pen *style.Pen, name, now string, role style.Role, values []float64, top float64, w int, from, to time.Time, deployed []time.Time) {
	if w <= 0 || pen.Left() <= 0 {
		return
	}
	pen.Put(style.Text, name).Space(1).Put(style.Strong, now).Space(1)
	n := min(w, pen.Left())
	bars := []rune(chart.Spark(e.Glyphs, values, min(n, max(len(values), 1)), top))
	at := map[int]bool{}
	if span := to.Sub(from); span > 0 {
		for _, t := range deployed {
			if i := int(float64(t.Sub(from)) / float64(span) * float64(len(bars)-1)); !t.Before(from) && !t.After(to) {
				at[i] = true
			}
		}
	}
	for i, bar := range bars {
		if at[i] {
			pen.Put(style.Info, e.Glyphs.Tick)
			continue
		}
		pen.Put(role, string(bar))
	}
}

// Deployed are the times at which something was deployed in an environment.
func Deployed(env *platform.EnvironmentFacts) []time.Time {
	var out []time.Time
	for i := range env.Applications {
		for _, d := range env.Applications[i].History {
			out = append(out, d.At)
		}
	}
	return out
}
