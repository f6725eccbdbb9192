package actions

import (
	"context"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/platform"
)

// PlanAge is how long a plan may be done after it was made: what it says was seen then.
const PlanAge = 15 * time.Minute

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
	p.Policy = h.judge(d, p.Risk, sub, draft.Call.System, scene, p.At)
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
