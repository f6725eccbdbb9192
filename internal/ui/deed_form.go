package ui

import (
	"slices"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"dsotop/internal/actions"
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// deedForm asks for a deed's parameters.
type deedForm struct {
	root    *Root
	deed    *actions.Deed
	subs    []actions.Subject
	fields  []field
	choices [][]string // of bools and choices; nil for what is typed
	at      int        // len(fields): the button
	told    bool       // mistakes are shown
}

func newDeedForm(r *Root, d *actions.Deed, subs []actions.Subject) *deedForm {
	f := &deedForm{root: r, deed: d, subs: subs}
	scene := r.hand().Scene(subs[0])
	full := r.hand().Fill(d, subs[0], nil)
	for i := range d.Params {
		p := &d.Params[i]
		in := newField(full[p.Name])
		if p.Secret {
			in.in.EchoMode = textinput.EchoPassword
		}
		f.fields = append(f.fields, in)
		var among []string
		switch {
		case p.Type == "bool":
			among = []string{"false", "true"}
		case p.Type == "choice" && p.Choices != nil:
			among = p.Choices(scene, subs[0])
		}
		f.choices = append(f.choices, among)
	}
	return f
}

func (f *deedForm) paste(text string) {
	if f.at < len(f.fields) && f.choices[f.at] == nil {
		f.fields[f.at].paste(text)
	}
}

func (f *deedForm) args() actions.Args {
	out := actions.Args{}
	for i, p := range f.deed.Params {
		out[p.Name] = f.fields[i].text()
	}
	return out
}

// wrong says what is wrong with a parameter.
func (f *deedForm) wrong(i int) actions.Reason {
	return actions.CheckParam(&f.deed.Params[i], f.root.hand().Scene(f.subs[0]), f.subs[0], f.fields[i].text())
}

func (f *deedForm) key(k tea.KeyPressMsg) (intent.Intent, bool) {
	last := len(f.fields)
	switch k.String() {
	case "esc":
		return nil, true
	case "up", "shift+tab":
		f.at = max(f.at-1, 0)
		return nil, false
	case "down", "tab":
		f.at = min(f.at+1, last)
		return nil, false
	case "enter":
		if f.at < last {
			f.at++
			return nil, false
		}
		f.told = true
		for i := range f.fields {
			if r := f.wrong(i); !r.OK() {
				f.at = i
				return nil, false
			}
		}
		args := f.args()
		return onLoop(func(r *Root) tea.Cmd { return r.prepare(f.deed, f.subs, args) }), true
	}
	if f.at == last {
		return nil, false
	}
	if among := f.choices[f.at]; among != nil {
		step := map[string]int{"left": -1, "right": 1, "space": 1}[k.String()]
		if step != 0 && len(among) > 0 {
			n := slices.Index(among, f.fields[f.at].text())
			if n < 0 && step < 0 {
				n = 0
			}
			f.fields[f.at].in.SetValue(among[(n+step+len(among))%len(among)])
		}
		return nil, false
	}
	f.fields[f.at].key(k)
	return nil, false
}

func (f *deedForm) draw(e *page.Env, w, h int) (box block.Block, x, y int) {
	inner := min(max(w-8, 30), 84)
	words := e.Words
	label := 8
	for _, p := range f.deed.Params {
		label = max(label, block.Width(words.DeedParam(p.Name))+2)
	}
	label = min(label, inner/2)
	var lines []string
	x, y = -1, -1
	rows := max((h-6)/2, 1)
	first := max(min(f.at-rows/2, len(f.fields)-rows), 0)
	for i := first; i < min(first+rows, len(f.fields)); i++ {
		p := &f.deed.Params[i]
		pen := e.Sheet.Pen(inner, style.Dialog)
		if i == f.at {
			pen.Put(style.Accent, e.Glyphs.Cursor)
		} else {
			pen.Space(1)
		}
		pen.Space(1).Column(label).Put(style.Muted, words.DeedParam(p.Name)).EndColumn().Space(1)
		hint := words.DeedType(p.Type)
		if p.Required {
			hint += ", " + words.Actions.Required
		}
		if f.choices[i] != nil {
			arrows := [2]string{"  ", ""}
			if i == f.at {
				arrows = [2]string{"◂ ", " ▸"}
				if e.Glyphs.ASCII {
					arrows = [2]string{"< ", " >"}
				}
			}
			pen.Put(style.Faint, arrows[0]).Put(style.Strong, words.DeedValue(f.fields[i].text())).Put(style.Faint, arrows[1])
		} else {
			var at int
			if p.Secret && f.fields[i].text() != "" {
				pen.Put(style.Strong, actions.Mask)
				at = pen.X()
			} else {
				at = f.fields[i].draw(pen, hint)
			}
			if i == f.at {
				x, y = at+1, len(lines)+1
			}
		}
		lines = append(lines, pen.Line())
		if r := f.wrong(i); f.told && !r.OK() {
			lines = append(lines, e.Sheet.Pen(inner, style.Dialog).Space(label+3).Put(style.Bad, words.Reason(r)).Line())
		}
	}
	button := e.Sheet.Pen(inner, style.Dialog).Space(2)
	put(button, e, words.Actions.FormGo, f.at == len(f.fields))
	lines = append(lines, e.Sheet.Pen(inner, style.Dialog).Line(), button.Line())
	title := words.Actions.PlanTitle(words.DeedTitle(f.deed.ID).Short, nameOf(e, f.subs))
	clipped, _ := block.Clip(title, inner-4)
	return frameBox(e, clipped, inner, lines), x, y
}

// put draws a button.
func put(p *style.Pen, e *page.Env, label string, here bool) {
	if here {
		p.Put(style.Accent, e.Glyphs.Cursor+"[ ").Put(style.Strong, label).Put(style.Accent, " ]")
		return
	}
	p.Put(style.Faint, " [ ").Put(style.Muted, label).Put(style.Faint, " ]")
}

// nameOf names one subject, or how many.
func nameOf(e *page.Env, subs []actions.Subject) string {
	if len(subs) == 1 {
		return subs[0].Name
	}
	return e.Words.Int(len(subs)) + " " + e.Words.Actions.Marked
}
