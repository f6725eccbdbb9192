package runbook

import (
	"strings"

	"dsotop/internal/actions"
)

// PlanText is a plan as it is shown, kept and exported. It holds no secret.
type PlanText struct {
	Deed string `json:"deed"`
	// Subject is its name; of a bulk, the names of all.
	Subject string `json:"subject"`
	Risk    string `json:"risk"`
	// Type is what must be typed to consent; "" when a button is enough.
	Type string `json:"type,omitempty"`
	// Args are the parameters that have a value, defaults filled in, in the deed's order.
	Args    []Fact `json:"args,omitempty"`
	Call    string `json:"call"`              // system, method and path
	Body    string `json:"body,omitempty"`    // secrets masked
	Command string `json:"command,omitempty"` // equivalent command line
	// Else and ElseBody are what is sent when the system does not know the first call; "" when there is nothing else.
	Else     string           `json:"else,omitempty"`
	ElseBody string           `json:"else_body,omitempty"`
	Effects  []actions.Effect `json:"effects,omitempty"`
	Warnings []actions.Reason `json:"warnings,omitempty"`
	Undo     string           `json:"undo,omitempty"` // the deed's word for the way back
	ReadOnly bool             `json:"read_only,omitempty"`
	// Approver is true when the policy asks for somebody else's name.
	Approver bool `json:"approver,omitempty"`
	// Count is how many things a bulk is done on, Together how many at a time, StopAbove the part of failures that pauses it, Left what it leaves out; zero for one thing.
	Count     int     `json:"count,omitempty"`
	Sample    string  `json:"sample,omitempty"` // the thing of a bulk that the call, its effects and its warnings are of
	Together  int     `json:"together,omitempty"`
	StopAbove float64 `json:"stop_above,omitempty"`
	Left      []Left  `json:"left,omitempty"`
}

// Left is a thing that a bulk leaves out.
type Left struct {
	Subject string         `json:"subject"`
	Reason  actions.Reason `json:"reason"`
}

// TextOf is the text of a plan.
func TextOf(p *actions.Plan) PlanText {
	shown := p.Show()
	t := PlanText{
		Deed: p.Deed.ID, Subject: p.Subject.Name, Risk: p.Risk.Word(), Type: p.Type, Call: callText(shown), Body: shown.Body, Command: p.Command(), Effects: p.Draft.Effects,
		Warnings: p.Draft.Warnings, Undo: p.Deed.Undo, ReadOnly: p.ReadOnly, Approver: p.Policy.Do == actions.FourEyes,
	}
	for i := range p.Deed.Params {
		if name := p.Deed.Params[i].Name; p.Args[name] != "" {
			t.Args = append(t.Args, Fact{name, p.Args[name]})
		}
	}
	if other, ok := p.ShowElse(); ok {
		t.Else, t.ElseBody = callText(other), other.Body
	}
	if t.Command == "" {
		t.Command = p.Curl()
	}
	return t
}

func callText(s actions.Shown) string { return s.System + ": " + s.Method + " " + s.Path }

// TextOfBulk is the text of a bulk: what is sent for its first subject is the sample. Its risk is the highest of its subjects.
func TextOfBulk(b *actions.Batch) PlanText {
	var t PlanText
	if b.Sample != nil {
		t = TextOf(b.Sample)
	}
	o := b.Options()
	if b.Sample != nil {
		t.Sample = b.Sample.Subject.Name
	}
	t.Deed, t.Risk, t.Type, t.Undo, t.Together, t.StopAbove = b.Deed.ID, b.Risk.Word(), b.Type, b.Deed.Undo, o.Together, o.StopRatio
	var names []string
	for _, it := range b.Items() {
		switch it.State {
		case actions.ItemWaiting:
			t.Count++
			names = append(names, it.Subject.Name)
		case actions.ItemSkipped:
			t.Left = append(t.Left, Left{it.Subject.Name, it.Reason})
		}
	}
	t.Subject = strings.Join(names, ", ")
	return t
}
