package actions

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"dsotop/internal/platform"
)

// PlanAge is how long a plan may be done after it was made: what it says was seen then.
const PlanAge = 15 * time.Minute

// Options say what a hand may do, on what, in whose name.
type Options struct {
	Deeds   []Deed
	Systems Systems
	// Scene is what is known of a subject; nil knows nothing.
	Scene func(Subject) Scene
	// Look asks the sources to look again at a subject; nil asks nobody.
	Look func(Subject)
	// Journal is where deeds are told; nil keeps it in memory.
	Journal *Journal
	// Locks is the folder of the locks between processes, one a subject; "" locks within this one only.
	Locks  string
	Policy Policy
	// ReadOnly refuses every deed; plans are made all the same.
	ReadOnly bool
	Who      Who
	// Clock stamps; nil is time.Now.
	Clock func() time.Time
	// Pace divides the waits between two looks; 0 is 1.
	Pace float64
	Log  *slog.Logger
}

// Addressed is a Systems that can say where a system is, for the equivalent command line: its base URL without a trailing slash, and the
// headers that credentials go in, with placeholders of the shell: "x-dso-token: $DSOTOP_CONSOLE_TOKEN".
type Addressed interface {
	Address(system string) (base string, headers []string)
}

// Hand does deeds: one at a time per subject, each told in the journal before and after, none ever repeated, each looked at until it is known how it ended.
// What was begun outlives whoever asked for it. It is safe for concurrent use.
type Hand struct {
	o     Options
	deeds map[string]*Deed

	ctx context.Context //nolint:containedctx // of what outlives its callers; ended by Close
	// after is of what goes on once a deed has its verdict; ended when Close begins.
	after context.Context //nolint:containedctx // as above
	leave context.CancelFunc
	stop  context.CancelFunc
	work  sync.WaitGroup

	mu      sync.Mutex
	runs    []*Run
	busy    map[string]*Run // by the subject's key
	batches []*Batch
	bells   map[chan struct{}]struct{}
	closed  bool
}

// New makes a hand. Deeds with an empty or doubled id are a mistake of the program, and an error.
func New(o Options) (*Hand, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Journal == nil {
		o.Journal = OpenJournal("", o.Clock)
	}
	if o.Pace <= 0 {
		o.Pace = 1
	}
	if o.Who.PID == 0 {
		o.Who.PID = os.Getpid()
	}
	h := &Hand{o: o, deeds: map[string]*Deed{}, busy: map[string]*Run{}, bells: map[chan struct{}]struct{}{}}
	h.ctx, h.stop = context.WithCancel(context.Background())
	h.after, h.leave = context.WithCancel(h.ctx)
	for i := range o.Deeds {
		d := &o.Deeds[i]
		if d.ID == "" || h.deeds[d.ID] != nil || d.Plan == nil {
			return nil, fmt.Errorf("deed %q: no id, twice the same, or nothing to plan it", d.ID)
		}
		h.deeds[d.ID] = d
	}
	return h, nil
}

// ReadOnly reports whether every deed is refused.
func (h *Hand) ReadOnly() bool { return h.o.ReadOnly }

// Who is in whose name deeds are done; its principal is the one the console tells, when it does.
func (h *Hand) Who() Who { return h.who(h.scene(Subject{Kind: OnPlatform})) }

func (h *Hand) who(s Scene) Who {
	w := h.o.Who
	if s.Principal != "" {
		w.Principal = s.Principal
	}
	return w
}

// Journal is where deeds are told.
func (h *Hand) Journal() *Journal { return h.o.Journal }

// Deed returns a deed by its id; nil when there is none.
func (h *Hand) Deed(id string) *Deed { return h.deeds[id] }

// Deeds are all deeds, in order.
func (h *Hand) Deeds() []Deed { return h.o.Deeds }

func (h *Hand) scene(sub Subject) Scene {
	s := Scene{}
	if h.o.Scene != nil {
		s = h.o.Scene(sub)
	}
	if s.Now.IsZero() {
		s.Now = h.o.Clock()
	}
	return s
}

// Scene is what is known of a subject.
func (h *Hand) Scene(sub Subject) Scene { return h.scene(sub) }

// Offer is a deed that exists for a subject, and what stands against it.
type Offer struct {
	Deed *Deed
	// Reason is the first thing that stands against it; an Unknown one is no obstacle.
	Reason Reason
	Risk   Risk
}

// NotApplicable is the code of a deed that is not for that very subject (a StatefulSet's, on a CronJob): it is not offered.
const NotApplicable = "not_applicable"

// Offers are the deeds for a subject, in order, those that cannot be done included. It asks nobody and is quick enough to be called while drawing.
func (h *Hand) Offers(sub Subject) []Offer {
	var out []Offer
	scene := h.scene(sub)
	for i := range h.o.Deeds {
		d := &h.o.Deeds[i]
		if slices.Contains(d.On, sub.Kind) {
			risk := raise(d.Base, sub)
			if r := h.against(d, scene, sub, risk, true); r.Code != NotApplicable {
				out = append(out, Offer{Deed: d, Reason: r, Risk: risk})
			}
		}
	}
	return out
}

// raise is a risk on a subject: a write on production weighs more.
func raise(r Risk, sub Subject) Risk {
	if r == RiskWrite && sub.Production {
		return RiskProduction
	}
	return r
}

// against is the first thing that stands against a deed: its own reason first, since that is what can be put right; read-only last.
func (h *Hand) against(d *Deed, scene Scene, sub Subject, risk Risk, readOnly bool) Reason {
	own := h.ready(d, scene, sub)
	if !own.OK() {
		return own
	}
	if j := h.o.Policy.Judge(d.ID, risk, sub, h.who(scene), scene.Now); j.Do == Deny {
		return Reason{Code: "policy_closed", Detail: j.Rule}
	}
	h.mu.Lock()
	other := h.busy[sub.Key()]
	h.mu.Unlock()
	if other != nil {
		return Reason{Code: "running", Detail: other.Deed.ID}
	}
	if readOnly && h.o.ReadOnly {
		return Reason{Code: "read_only"}
	}
	return own
}

// ready asks the deed, and contains its panic.
func (h *Hand) ready(d *Deed, scene Scene, sub Subject) (out Reason) {
	if d.Ready == nil {
		return Reason{}
	}
	defer func() {
		if x := recover(); x != nil {
			h.o.Log.Error("a deed panicked", "deed", d.ID, "value", x, "stack", string(debug.Stack()))
			out = Reason{Code: "broken", Detail: d.ID}
		}
	}()
	return d.Ready(scene, sub)
}

// refuse makes an error of a reason.
func refuse(code, detail string) error { return &Refusal{Reason{Code: code, Detail: detail}} }

// Plan says exactly what a deed would send, having looked where that is needed; it changes nothing. An error that is a *Refusal is an answer.
// It also plans where writing is closed: the plan says so.
func (h *Hand) Plan(ctx context.Context, deedID string, sub Subject, args Args) (*Plan, error) {
	d := h.deeds[deedID]
	if d == nil {
		return nil, refuse("unknown_deed", deedID)
	}
	if !slices.Contains(d.On, sub.Kind) {
		return nil, refuse("wrong_subject", deedID+", "+string(sub.Kind))
	}
	scene := h.scene(sub)
	if r := h.against(d, scene, sub, raise(d.Base, sub), false); !r.OK() {
		return nil, &Refusal{r}
	}
	full, secrets, err := h.arguments(d, scene, sub, args)
	if err != nil {
		return nil, err
	}
	draft, err := h.draft(ctx, d, scene, sub, full)
	if err != nil {
		return nil, err
	}
	p := &Plan{Deed: d, Subject: sub, Args: Args{}, Draft: draft, Risk: raise(max(d.Base, draft.Risk), sub), ReadOnly: h.o.ReadOnly, At: h.o.Clock(), secrets: secrets}
	for _, param := range d.Params {
		p.Args[param.Name] = hide(full[param.Name], secrets)
		if param.Secret && full[param.Name] != "" {
			p.Args[param.Name] = Mask
		}
	}
	if p.Risk >= RiskProduction {
		p.Type = sub.Name
	}
	p.Policy = h.o.Policy.Judge(d.ID, p.Risk, sub, h.who(scene), p.At)
	if p.Policy.Do == Deny {
		return nil, refuse("policy_closed", p.Policy.Rule)
	}
	if a, ok := h.o.Systems.(Addressed); ok {
		p.base, p.headers = a.Address(draft.Call.System)
	}
	return p, nil
}

// draft asks the deed, and contains its panic.
func (h *Hand) draft(ctx context.Context, d *Deed, scene Scene, sub Subject, args Args) (out Draft, err error) {
	defer func() {
		if x := recover(); x != nil {
			h.o.Log.Error("a deed panicked", "deed", d.ID, "value", x, "stack", string(debug.Stack()))
			err = refuse("broken", d.ID)
		}
	}()
	return d.Plan(ctx, h.o.Systems, scene, sub, args)
}

// Fill is the values of a deed's parameters as a form shows them at first: what is given, else the defaults.
func (h *Hand) Fill(d *Deed, sub Subject, given Args) Args {
	scene := h.scene(sub)
	out := Args{}
	for _, p := range d.Params {
		v, ok := given[p.Name]
		if !ok && p.Default != nil {
			v = p.Default(scene, sub)
		}
		out[p.Name] = v
	}
	return out
}

// arguments fills in the defaults and checks every value.
func (h *Hand) arguments(d *Deed, scene Scene, sub Subject, given Args) (full Args, secrets []string, err error) {
	for name := range given {
		if !slices.ContainsFunc(d.Params, func(p Param) bool { return p.Name == name }) {
			return nil, nil, refuse("unknown_argument", name)
		}
	}
	full = h.Fill(d, sub, given)
	for i := range d.Params {
		p := &d.Params[i]
		if r := CheckParam(p, scene, sub, full[p.Name]); !r.OK() {
			return nil, nil, &Refusal{r}
		}
		if p.Secret && full[p.Name] != "" {
			secrets = append(secrets, full[p.Name])
		}
	}
	return full, secrets, nil
}

// CheckParam says what is wrong with a value of a parameter; the zero Reason is nothing. A secret value is never in what it says.
func CheckParam(p *Param, scene Scene, sub Subject, value string) Reason {
	if value == "" {
		if p.Required {
			return Reason{Code: "argument_missing", Detail: p.Name}
		}
		return Reason{}
	}
	said := value
	if p.Secret {
		said = Mask
	}
	bad := func(code string) Reason { return Reason{Code: code, Detail: p.Name + ": " + platform.CleanLine(said)} }
	switch p.Type {
	case "int":
		if _, err := strconv.Atoi(value); err != nil {
			return bad("not_int")
		}
	case "number":
		if _, err := strconv.ParseFloat(value, 64); err != nil {
			return bad("not_number")
		}
	case "bool":
		if value != "true" && value != "false" {
			return bad("not_bool")
		}
	case "duration":
		if t, err := time.ParseDuration(value); err != nil || t <= 0 {
			return bad("not_duration")
		}
	case "choice":
		if p.Choices != nil {
			if among := p.Choices(scene, sub); !slices.Contains(among, value) {
				return Reason{Code: "not_a_choice", Detail: p.Name + ": " + platform.CleanLine(said) + " (" + strings.Join(among, ", ") + ")"}
			}
		}
	}
	if p.Check != nil {
		return p.Check(value)
	}
	return Reason{}
}

// Consent is what a person gave.
type Consent struct {
	// Typed is what was typed, where a plan asks for it.
	Typed string
	// Approver is who else agreed, where the policy asks for it.
	Approver string
}

// Check says whether a plan may be done now with what was given; the zero Reason is yes.
func (h *Hand) Check(p *Plan, c Consent) Reason {
	if h.o.ReadOnly {
		return Reason{Code: "read_only"}
	}
	if p.Type != "" && strings.TrimSpace(c.Typed) != p.Type {
		return Reason{Code: "not_confirmed", Detail: p.Type}
	}
	return h.permit(p, c)
}

// permit is what must hold of every plan when it is done, whoever confirmed it.
func (h *Hand) permit(p *Plan, c Consent) Reason {
	scene, now := h.scene(p.Subject), h.o.Clock()
	if now.Sub(p.At) > PlanAge {
		return Reason{Code: "plan_old"}
	}
	switch j := h.o.Policy.Judge(p.Deed.ID, p.Risk, p.Subject, h.who(scene), now); j.Do {
	case Deny:
		return Reason{Code: "policy_closed", Detail: j.Rule}
	case FourEyes:
		if r := j.agree(c.Approver, h.who(scene)); !r.OK() {
			return r
		}
	}
	if r := h.ready(p.Deed, scene, p.Subject); !r.OK() {
		return r
	}
	return Reason{}
}

// Do does what a plan says, once. It returns when the intent is in the journal and the call is on its way, which nothing that happens to the caller stops.
// An error that is a *Refusal means that nothing was sent.
func (h *Hand) Do(p *Plan, c Consent) (*Run, error) {
	if r := h.Check(p, c); !r.OK() {
		return nil, &Refusal{r}
	}
	return h.begin(p, c, "")
}

// begin does a plan that was confirmed.
func (h *Hand) begin(p *Plan, c Consent, batch string) (*Run, error) {
	if h.o.ReadOnly {
		return nil, refuse("read_only", "")
	}
	writer := h.o.Systems.Writer(p.Draft.Call.System)
	if writer == nil {
		return nil, refuse("not_configured", p.Draft.Call.System)
	}
	r := &Run{ID: newID(), Batch: batch, Deed: p.Deed, Subject: p.Subject, Args: p.Args, Risk: p.Risk, hand: h, draft: p.Draft, secrets: p.secrets, done: make(chan struct{})}
	shown := p.Show()
	r.Call = &shown
	unlock, err := h.take(r)
	if err != nil {
		return nil, err
	}
	if p.used.Swap(true) {
		unlock()
		return nil, refuse("done_already", p.Deed.ID)
	}
	who := h.who(h.scene(p.Subject))
	sub := p.Subject
	r.state = RunState{Phase: Sending, Began: h.o.Clock()}
	if err := h.o.Journal.Add(Entry{
		Event: EventIntent, Run: r.ID, Batch: batch, By: &who, Approver: c.Approver, At: r.state.Began,
		Deed: p.Deed.ID, Subject: &sub, Args: p.Args, Risk: p.Risk.Word(), Call: &shown, Memo: p.Draft.Memo,
	}); err != nil {
		unlock()
		return nil, refuse("journal", platform.CleanLine(err.Error()))
	}
	h.launch(r, unlock, func(ctx context.Context) { r.execute(ctx, writer) })
	return r, nil
}

// launch keeps a run and works on it off the caller.
func (h *Hand) launch(r *Run, unlock func(), work func(context.Context)) {
	h.mu.Lock()
	h.runs = append(h.runs, r)
	if n := len(h.runs); n > keptRuns {
		h.runs = slices.DeleteFunc(h.runs, func(o *Run) bool {
			drop := n > keptRuns && o.state.Phase == Settled
			if drop {
				n--
			}
			return drop
		})
	}
	h.mu.Unlock()
	h.ring()
	r.release = sync.OnceFunc(unlock)
	h.work.Go(func() {
		defer h.finish(r)
		work(h.ctx)
	})
}

// keptRuns is how many runs are remembered; the journal remembers all.
const keptRuns = 500

// finish gives the subject back. A panic on the way is an outcome that nobody knows.
func (h *Hand) finish(r *Run) {
	if x := recover(); x != nil {
		h.o.Log.Error("a deed panicked", "deed", r.Deed.ID, "value", x, "stack", string(debug.Stack()))
		r.settle(Unknown, Sight{Note: "internal error"})
	}
	r.release()
	close(r.done)
	h.ring()
}

// Runs are what this process did or looks at, newest first.
func (h *Hand) Runs() []*Run {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := slices.Clone(h.runs)
	slices.Reverse(out)
	return out
}

// Run returns a run of this process; nil when there is none of that id.
func (h *Hand) Run(id string) *Run {
	for _, r := range h.Runs() {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// Running is how many deeds are not settled yet.
func (h *Hand) Running() int {
	n := 0
	for _, r := range h.Runs() {
		if r.State().Phase != Settled {
			n++
		}
	}
	return n
}

// Watch returns a bell that rings when a run or a bulk moved, until ctx ends.
func (h *Hand) Watch(ctx context.Context) <-chan struct{} {
	c := make(chan struct{}, 1)
	h.mu.Lock()
	h.bells[c] = struct{}{}
	h.mu.Unlock()
	context.AfterFunc(ctx, func() { h.mu.Lock(); delete(h.bells, c); h.mu.Unlock() })
	return c
}

func (h *Hand) ring() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.bells {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// ErrLeft tells that deeds were left before it was known how they ended; the next start looks at them again.
var ErrLeft = errors.New("left before it was known how it ended")

// Close takes no more deeds, waits for those that run until ctx ends, and then leaves them: what has no verdict is looked at again at the next start.
func (h *Hand) Close(ctx context.Context) error {
	h.mu.Lock()
	h.closed = true
	batches := slices.Clone(h.batches)
	h.mu.Unlock()
	h.leave()
	for _, b := range batches {
		b.leave()
	}
	all := make(chan struct{})
	go func() { h.work.Wait(); close(all) }()
	select {
	case <-all:
		h.stop()
		return nil
	case <-ctx.Done():
		h.stop()
		select {
		case <-all:
		case <-time.After(2 * time.Second): // a call that does not heed its context
		}
		return ErrLeft
	}
}
