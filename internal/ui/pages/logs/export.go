package logs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"dsotop/internal/logs"
	"dsotop/internal/logs/export"
	"dsotop/internal/logs/lines"
	"dsotop/internal/platform"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
)

const topicExport = "export"

// exportMenu asks in which form, then where; the only thing written is that file, for its owner's eyes alone.
func (p *Page) exportMenu() intent.Intent {
	l := p.env.Words.Logs
	m := intent.Menu{Title: l.ExportTitle}
	what := l.ExportShown
	if p.anchor != 0 {
		what = l.ExportSelected
	}
	for _, asJSON := range []bool{false, true} {
		for _, anonymous := range []bool{false, true} {
			label := map[bool]string{false: l.ExportText, true: l.ExportJSON}[asJSON]
			if anonymous {
				label += ", " + l.Anonymised
			}
			m.Items = append(m.Items, intent.Item{Label: label, Hint: what, Do: func() intent.Intent { return p.exportTo(asJSON, anonymous) }})
		}
	}
	return m
}

// exportTo asks where.
func (p *Page) exportTo(asJSON, anonymous bool) intent.Intent {
	l := p.env.Words.Logs
	name := "dsotop"
	if p.facts != nil {
		name += "-" + p.row.Dossier.Project.Slug + "-" + p.facts.Name
	}
	name += when(p.seat.at).In(p.zone()).Format("-20060102-150405")
	ext := map[bool]string{false: ".log", true: ".jsonl"}[asJSON]
	trouble := ""
	return intent.Input{Label: l.ExportPath, Text: name + ext,
		Edit:    func(string) intent.Intent { trouble = ""; return nil },
		Trouble: func(string) (string, int) { return trouble, -1 },
		Done: func(text string) (intent.Intent, bool) {
			path, err := create(text)
			if err != nil {
				trouble = l.ExportFailed + p.env.Words.Form.Colon + platform.CleanLine(err.Error())
				return nil, true
			}
			return p.writeOut(path, asJSON, anonymous), false
		}}
}

// create makes the file, readable by its owner alone. One that exists already is left alone.
func create(text string) (*os.File, error) {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, err
		}
		text = filepath.Join(home, rest)
	}
	if text == "" {
		return nil, errors.New("path?")
	}
	path, err := filepath.Abs(text)
	if err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
}

// wrote is what became of an export.
type wrote struct {
	path string
	n    int64
}

// writeOut writes what is shown, or what is selected, off the loop.
func (p *Page) writeOut(f *os.File, asJSON, anonymous bool) intent.Intent {
	o := export.Options{Set: p.set, Times: true, Names: true, Zone: p.zone(), Say: func(n logs.Notice) string { text, _ := p.noticeText(n); return text }}
	if anonymous {
		o.Anonymise = export.NewAnonymiser()
	}
	oo := p.eyes.view.Options()
	oo.Fold = false // what is folded on screen is whole in a file
	view := p.store.View(oo)
	from, to := int64(0), int64(1)<<62
	if p.anchor != 0 {
		a, _ := p.store.Get(p.anchor)
		b, _ := p.store.Get(p.seat.id)
		from, to = min(a.At, b.At), max(a.At, b.At)
	}
	path := f.Name()
	return intent.Ask{Topic: topicExport, Work: func(ctx context.Context) (any, error) {
		for view.Scan(0) && ctx.Err() == nil { // every line is judged
		}
		write := export.Text
		if asJSON {
			write = export.JSONLines
		}
		n, err := write(f, o, entries(ctx, view, from, to))
		if err = errors.Join(err, f.Close(), ctx.Err()); err != nil {
			if rm := os.Remove(path); rm != nil && !errors.Is(rm, fs.ErrNotExist) {
				err = errors.Join(err, rm)
			}
			return wrote{path, 0}, fmt.Errorf("%s: %w", path, err)
		}
		return wrote{path, n}, nil
	}}
}

// entries walks a view from an instant to another, some hundred items at a time.
func entries(ctx context.Context, v *lines.View, from, to int64) iter.Seq[export.Entry] {
	return func(yield func(export.Entry) bool) {
		const some = 512
		last := lines.ID(0)
		for id := v.SeekTime(from); ctx.Err() == nil && id != 0; {
			batch := v.Window(id, 0, some)
			fresh := false
			for _, it := range batch {
				if it.ID == last {
					continue
				}
				if it.At > to {
					return
				}
				last, fresh = it.ID, true
				e := export.Entry{Line: logs.Line{At: it.At, Stream: it.Stream, Text: it.Text, Meta: it.Meta}, Level: it.Level, Format: it.Format, Notice: it.Notice}
				if !yield(e) {
					return
				}
			}
			if !fresh {
				return
			}
			id = last
		}
	}
}

// exported takes what became of an export, to say it.
func (p *Page) exported(a page.Answer) bool {
	w := p.env.Words
	v, _ := a.Value.(wrote)
	if a.Err != nil {
		p.reply = toast(w.Logs.ExportFailed + w.Form.Colon + platform.CleanLine(a.Err.Error()))
	} else {
		p.reply = intent.Toast{Text: w.Logs.Exported(int(v.n), v.path)}
	}
	return true
}

// Reply is what follows from the last answer.
func (p *Page) Reply() intent.Intent {
	out := p.reply
	p.reply = nil
	return out
}
