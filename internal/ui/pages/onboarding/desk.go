package onboarding

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dsotop/internal/notes"
	"dsotop/internal/onboarding"
	"dsotop/internal/onboarding/sheet"
	"dsotop/internal/platform"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
)

// The topics of errands.
const (
	topicNote   = "note"
	topicExport = "export"
)

// desk is what a person does on this page: notes that go to a ledger, papers that go to the clipboard or a file. Each is asked for in a
// menu, and each change of a ledger confirmed in one that begins on Cancel.
type desk struct {
	env   *page.Env
	shelf *shelf
	by    string // the name last signed with
	reply intent.Intent
}

// draft is a note before it is written.
type draft struct {
	slug string
	saw  *platform.Ledger
	edit onboarding.Edit
	what string // in words: which item
	say  string // what is said of it
}

// take returns what is to be said once.
func (d *desk) take() intent.Intent {
	out := d.reply
	d.reply = nil
	return out
}

func (d *desk) hear(a page.Answer) {
	ow := d.env.Words.Onboarding
	name, _ := a.Value.(string)
	switch {
	case a.Err != nil:
		d.reply = intent.Toast{Text: d.trouble(a.Err), Bad: true}
	case a.Topic == topicExport:
		d.reply = intent.Toast{Text: ow.Exported(name)}
	default:
		d.reply = intent.Toast{Text: ow.Written(name)}
	}
}

// trouble explains why nothing was written.
func (d *desk) trouble(err error) string {
	ow := d.env.Words.Onboarding
	var conflict *onboarding.Conflict
	var mistakes *onboarding.Mistakes
	switch {
	case errors.As(err, &conflict):
		return ow.Conflict(d.itemName(conflict.Edit), d.now(conflict))
	case errors.As(err, &mistakes):
		text, _, _ := strings.Cut(mistakes.Text(d.env.Words.Tag), "\n")
		return text
	case errors.Is(err, onboarding.ErrLayout):
		return ow.Layout
	case errors.Is(err, onboarding.ErrNoFolder):
		return ow.NoFolder
	case errors.Is(err, fs.ErrExist):
		return ow.Exists
	}
	return platform.CleanLine(err.Error())
}

// now says what the file says by now.
func (d *desk) now(c *onboarding.Conflict) string {
	ow := d.env.Words.Onboarding
	if c.Edit.Section == onboarding.Items {
		if t, ok := c.Now.Items[c.Edit.Key]; ok {
			return ow.State[string(t.State)] + ", " + ow.Ticked(t.By, t.At.Format(time.DateOnly))
		}
		return ow.Unset
	}
	text := c.Now.Fields[c.Edit.Key].String()
	switch c.Edit.Section {
	case onboarding.Compatibility:
		text = ow.Answer[c.Now.Compatibility[c.Edit.Key]]
	case onboarding.Skills:
		text = ow.Answer[c.Now.Skills[c.Edit.Key]]
	case onboarding.Track:
		text = ow.Track[c.Now.Track]
	}
	if text == "" {
		return ow.Unset
	}
	return text
}

// itemName names what an edit is about.
func (d *desk) itemName(e onboarding.Edit) string {
	ow := d.env.Words.Onboarding
	switch e.Section {
	case onboarding.Items:
		if _, manual := platform.Tickable(e.Key); !manual {
			return ow.Step[e.Key]
		}
		return d.env.Words.OnboardingCheck(e.Key)
	case onboarding.Prerequisites:
		return ow.Field[e.Key]
	case onboarding.Compatibility:
		return ow.Compatibility[e.Key]
	case onboarding.Skills:
		return ow.Skill[e.Key]
	}
	return ow.TrackName
}

// signer is the name to begin with.
func (d *desk) signer() string {
	if d.by == "" {
		d.by = notes.Me()
	}
	return d.by
}

// states asks what to say of an item. Of what the systems tell, only that it does not apply, or whom it waits for.
func (d *desk) states(slug string, saw *platform.Ledger, id string) intent.Intent {
	ow := d.env.Words.Onboarding
	_, manual := platform.Tickable(id)
	name := d.itemName(onboarding.Edit{Section: onboarding.Items, Key: id})
	menu := intent.Menu{Title: name}
	add := func(label string, state platform.StepState, why bool) {
		menu.Items = append(menu.Items, intent.Item{Label: label, Do: func() intent.Intent {
			now := d.env.Now()
			t := platform.Tick{State: state, By: d.signer(), At: time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)}
			dr := draft{slug: slug, saw: saw, what: name, say: ow.State[string(state)], edit: onboarding.Edit{Section: onboarding.Items, Key: id, Tick: &t}}
			if state == platform.StepWaiting {
				return d.waitFor(dr)
			}
			return d.comment(dr, why)
		}})
	}
	if manual {
		add(ow.Tick, platform.StepOK, false)
		add(ow.Begin, platform.StepRunning, false)
	}
	add(ow.Wait, platform.StepWaiting, true)
	if manual {
		add(ow.Fail, platform.StepKO, true)
	}
	add(ow.Aside, platform.StepNA, true)
	if !manual {
		menu.Title += "  (" + ow.AutoMark + ")"
	}
	if saw != nil {
		if _, there := saw.Items[id]; there {
			menu.Items = append(menu.Items, intent.Item{Label: ow.Undo, Do: func() intent.Intent {
				return d.confirm(draft{slug: slug, saw: saw, what: name, say: strings.ToLower(ow.Undo), edit: onboarding.Edit{Section: onboarding.Items, Key: id}})
			}})
		}
	}
	return menu
}

// waitFor asks whom an item waits for.
func (d *desk) waitFor(dr draft) intent.Intent {
	ow := d.env.Words.Onboarding
	menu := intent.Menu{Title: ow.WaitFor}
	for _, who := range platform.StepOwners() {
		menu.Items = append(menu.Items, intent.Item{Label: ow.Owner[string(who)], Do: func() intent.Intent {
			dr.edit.Tick.Owner = who
			dr.say += ", " + ow.Owner[string(who)]
			return d.comment(dr, true)
		}})
	}
	return menu
}

// ask asks for a line; bad says what is wrong with it, "" when nothing is.
func (d *desk) ask(label, hint, text string, bad func(string) string, then func(string) intent.Intent) intent.Intent {
	trouble := ""
	return intent.Input{Label: label, Hint: hint, Text: text,
		Edit:    func(string) intent.Intent { trouble = ""; return nil },
		Trouble: func(string) (string, int) { return trouble, -1 },
		Done: func(text string) (intent.Intent, bool) {
			text = platform.CleanLine(strings.TrimSpace(text))
			if trouble = bad(text); trouble != "" {
				return nil, true
			}
			return then(text), false
		}}
}

func (d *desk) comment(dr draft, needed bool) intent.Intent {
	ow := d.env.Words.Onboarding
	hint := ow.CommentHint
	if needed {
		hint = ow.NeedComment
	}
	return d.ask(ow.AskComment, hint, dr.edit.Tick.Comment, func(text string) string {
		if text == "" && needed {
			return ow.NeedComment
		}
		return ""
	}, func(text string) intent.Intent { dr.edit.Tick.Comment = text; return d.confirm(dr) })
}

// confirm shows what is to be written and begins on Cancel.
func (d *desk) confirm(dr draft) intent.Intent {
	ow := d.env.Words.Onboarding
	path := d.shelf.folder.Snapshot().Path(dr.slug)
	menu := intent.Menu{Title: dr.what + d.env.Words.Form.Colon + dr.say, Items: []intent.Item{{Label: ow.Cancel}, {Label: ow.Write, Hint: filepath.Base(path), Do: func() intent.Intent { return d.write(dr, path) }}}}
	t := dr.edit.Tick
	if t == nil {
		return menu
	}
	menu.Items = append(menu.Items,
		intent.Item{Label: ow.ChangeBy, Hint: t.By, Do: func() intent.Intent {
			return d.ask(ow.AskBy, "", t.By, func(text string) string {
				if text == "" {
					return ow.NeedName
				}
				return ""
			}, func(text string) intent.Intent { t.By, d.by = text, text; return d.confirm(dr) })
		}},
		intent.Item{Label: ow.ChangeAt, Hint: t.At.Format(time.DateOnly), Do: func() intent.Intent {
			return d.ask(ow.AskAt, ow.BadDate, t.At.Format(time.DateOnly), d.badDay(false), func(text string) intent.Intent { t.At, _ = platform.ParseDay(text); return d.confirm(dr) })
		}})
	if t.State == platform.StepOK {
		until := ""
		if !t.Until.IsZero() {
			until = t.Until.Format(time.DateOnly)
		}
		menu.Items = append(menu.Items, intent.Item{Label: ow.ChangeUntil, Hint: until, Do: func() intent.Intent {
			return d.ask(ow.AskUntil, ow.BadDate, until, d.badDay(true), func(text string) intent.Intent { t.Until, _ = platform.ParseDay(text); return d.confirm(dr) })
		}})
	}
	hint := []rune(t.Comment)
	if len(hint) > 30 {
		hint = append(hint[:29], '…')
	}
	menu.Items = append(menu.Items, intent.Item{Label: ow.ChangeComment, Hint: string(hint), Do: func() intent.Intent {
		return d.comment(dr, t.State == platform.StepNA || t.State == platform.StepKO || t.State == platform.StepWaiting)
	}})
	return menu
}

func (d *desk) badDay(mayBeEmpty bool) func(string) string {
	return func(text string) string {
		if _, ok := platform.ParseDay(text); !ok && (text != "" || !mayBeEmpty) {
			return d.env.Words.Onboarding.BadDate
		}
		return ""
	}
}

// write changes the ledger off the loop.
func (d *desk) write(dr draft, path string) intent.Intent {
	folder := d.shelf.folder
	return intent.Ask{Topic: topicNote, Work: func(ctx context.Context) (any, error) { return path, folder.Change(ctx, dr.slug, dr.saw, dr.edit) }}
}

// field asks for the value of a prerequisite.
func (d *desk) field(slug string, saw *platform.Ledger, f platform.FieldDecl) intent.Intent {
	ow := d.env.Words.Onboarding
	was := saw.Fields[f.ID].String()
	if saw.Fields[f.ID].Empty() {
		was = ""
	}
	dr := draft{slug: slug, saw: saw, what: ow.Field[f.ID], edit: onboarding.Edit{Section: onboarding.Prerequisites, Key: f.ID}}
	return d.ask(ow.Field[f.ID]+d.env.Words.Form.Colon, ow.Kind[string(f.Kind)], was, func(text string) string {
		if text == "" {
			return ""
		}
		if _, why := f.ParseField(text); why != "" {
			return onboarding.FieldMistake(f, why, d.env.Words.Tag)
		}
		return ""
	}, func(text string) intent.Intent {
		dr.say = strings.ToLower(ow.Clear)
		if text != "" {
			v, _ := f.ParseField(text)
			dr.edit.Field, dr.say = &v, v.String()
		}
		return d.confirm(dr)
	})
}

// answer asks for yes, no, or that it does not apply.
func (d *desk) answer(slug string, saw *platform.Ledger, section, id string) intent.Intent {
	ow := d.env.Words.Onboarding
	e := onboarding.Edit{Section: section, Key: id}
	menu := intent.Menu{Title: d.itemName(e)}
	for _, a := range []string{"yes", "no", "na", ""} {
		label := ow.Answer[a]
		if a == "" {
			label = ow.Clear
		}
		menu.Items = append(menu.Items, intent.Item{Label: label, Do: func() intent.Intent {
			e.Answer = a
			return d.confirm(draft{slug: slug, saw: saw, what: d.itemName(e), say: strings.ToLower(label), edit: e})
		}})
	}
	return menu
}

// track asks on which track a project is.
func (d *desk) track(slug string, saw *platform.Ledger) intent.Intent {
	ow := d.env.Words.Onboarding
	menu := intent.Menu{Title: ow.TrackName}
	for _, t := range []string{platform.TrackPAX, platform.TrackCloudPi} {
		menu.Items = append(menu.Items, intent.Item{Label: ow.Track[t], Do: func() intent.Intent {
			return d.confirm(draft{slug: slug, saw: saw, what: ow.TrackName, say: ow.Track[t], edit: onboarding.Edit{Section: onboarding.Track, Answer: t}})
		}})
	}
	return menu
}

// paper is a board written out.
func (d *desk) paper(form string, all []sheet.Board, single bool, number int) string {
	var sb strings.Builder
	e := d.env
	switch form {
	case "md":
		_ = sheet.Markdown(&sb, all, single, true, e.Backend.Profile(), e.Words, e.Now())
	case "csv":
		_ = sheet.CSV(&sb, all, e.Words, e.Now())
	default:
		return sheet.Ticket(all[0], number, e.Backend.Profile(), e.Words, e.Now())
	}
	return sb.String()
}

// copies offers the board for the clipboard.
func (d *desk) copies(all []sheet.Board, single bool) []intent.Item {
	ow := d.env.Words.Onboarding
	item := func(label, form string) intent.Item {
		return intent.Item{Label: label, Do: func() intent.Intent { return intent.Copy{Text: d.paper(form, all, single, 0), What: label} }}
	}
	return []intent.Item{item(ow.CopyMarkdown, "md"), item(ow.CopyCSV, "csv")}
}

// exports offers the board, and the ticket's block of a single project, for a file.
func (d *desk) exports(all []sheet.Board, single bool, title string) intent.Menu {
	ow := d.env.Words.Onboarding
	menu := intent.Menu{Title: title}
	name := "embarquement"
	if single {
		name += "-" + all[0].Row.Dossier.Project.Slug
	}
	name += "-" + d.env.Now().Format(time.DateOnly)
	add := func(label, form, file string) {
		menu.Items = append(menu.Items, intent.Item{Label: label, Do: func() intent.Intent { return d.toFile(form, file, all, single) }})
	}
	add(ow.ExportMarkdown, "md", name+".md")
	add(ow.ExportCSV, "csv", name+".csv")
	if single {
		add(ow.ExportTicket, "ticket", name+"-ticket.md")
	}
	return menu
}

// toFile asks where, and writes a file that did not exist.
func (d *desk) toFile(form, name string, all []sheet.Board, single bool) intent.Intent {
	ow := d.env.Words.Onboarding
	text := d.paper(form, all, single, 0)
	ext := filepath.Ext(name)
	return d.ask(ow.AskPath, name, "", func(path string) string { // typed whole: no file comes of a few keys pressed by mistake
		if strings.TrimSuffix(path, ext) == "" || !strings.HasSuffix(path, ext) {
			return ow.PathHint + " (" + ext + ")"
		}
		return ""
	}, func(path string) intent.Intent {
		return intent.Ask{Topic: topicExport, Work: func(context.Context) (any, error) { return create(path, text) }}
	})
}

// create writes a file that did not exist, readable by its owner alone.
func create(path, text string) (string, error) {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		path = filepath.Join(home, rest)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(text)
	return path, errors.Join(err, f.Close())
}
