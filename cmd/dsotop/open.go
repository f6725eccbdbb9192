package main

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"io"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
	"golang.org/x/term"

	"dsotop/internal/config"
	"dsotop/internal/engine"
	"dsotop/internal/logs/format"
	"dsotop/internal/notes"
	"dsotop/internal/onboarding"
	"dsotop/internal/ui"
)

// open is the program itself: the configured profile in the terminal.
func (p *program) open(ctx context.Context) error {
	if done, err := p.offer(ctx); done {
		return err
	}
	cfg, profile, err := p.load()
	if err != nil {
		return err
	}
	if err := p.needTerminal(); err != nil {
		return err
	}
	return p.face(ctx, cfg, profile)
}

// needTerminal refuses to draw into a pipe.
func (p *program) needTerminal() error {
	if p.terminal() {
		return nil
	}
	return usage("%s", p.lang.of("pas de terminal ici ; « dsotop status » imprime l'état, « dsotop findings » ce qui ne va pas (-o json pour une machine)",
		"no terminal here; “dsotop status” prints the state, “dsotop findings” what is wrong (-o json for a machine)"))
}

// terminal reports whether both ends are a terminal.
func (p *program) terminal() bool {
	out, ok := p.out.(*os.File)
	return ok && term.IsTerminal(int(out.Fd())) && p.in != nil && term.IsTerminal(int(p.in.Fd()))
}

// face runs the terminal program on a profile until the person leaves.
func (p *program) face(ctx context.Context, cfg *config.Config, profile config.Profile) error {
	e, done, err := p.engine(cfg, profile)
	if err != nil {
		return err
	}
	defer done()
	defer func() { p.finishDeeds(ctx, e) }()
	e.Start(ctx)
	e.TakeUp()
	notice := cmp.Or(p.setAside(e), p.keyNotice(cfg), p.formatNotice(cfg), p.themeNotice())
	if err := e.Looked(); err != nil && notice == "" {
		notice = err.Error()
	}
	defer func() { _ = e.Looked() }() // what comes after is new the next time
	formats := func() *format.Set { set, _ := p.formats(cfg); return set }
	return ui.Run(ctx, ui.Options{
		Backend: e, Lang: string(p.lang), Theme: cfg.Theme, Background: cfg.Background, Themes: p.themeSet(), Keys: cfg.KeyMap(), ASCII: cfg.ASCII, LowBandwidth: p.opts.LowBandwidth, Sync: p.opts.Sync, Linear: p.opts.Linear, Notice: notice,
		NoColor: p.opts.NoColor || p.env("NO_COLOR") != "", In: p.in, Out: p.out, Environ: os.Environ(), PanelDir: filepath.Join(xdg.ConfigHome, "dsotop", "panels"), Grafana: profile.Grafana,
		Formats: formats, Show: p.show,
	})
}

// engine builds the engine of a profile, with its log file. done stops it and writes the last known state.
func (p *program) engine(cfg *config.Config, profile config.Profile) (*engine.Engine, func(), error) {
	p.tuneMemory()
	logs, closeLog := p.logFile()
	engine.Silence(logs)
	o := engine.Options{Profile: profile, Version: version, Clock: p.clock, Pace: p.pace, Log: slog.New(slog.NewTextHandler(logs, nil))}
	if p.notes = notes.Open(""); !cfg.NoCache {
		o.StateFile = stateFile(profile)
		p.notes = notes.Open(notesFile(o.StateFile))
	}
	o.Notes = p.notes
	o.Hand = p.handOptions(cfg, profile)
	o.Runs = p.runOptions(cfg)
	o.Ledgers = onboarding.Open(profile.Onboarding)
	e, err := engine.New(o)
	if err != nil {
		closeLog()
		return nil, nil, exit{exitUsage, err}
	}
	return e, func() { e.Close(); closeLog() }, nil
}

// setAside says that the last known state could not be used; "" when nothing has to be said.
func (p *program) setAside(e *engine.Engine) string {
	path := e.SetAside()
	if path == "" {
		return ""
	}
	return p.lang.of("dernier état connu inutilisable, mis de côté : "+path, "last known state unusable, set aside: "+path)
}

// stateFile names the last known state after the profile and what it points to, so that another instance under the same name never
// shows this one's facts.
func stateFile(p config.Profile) string {
	h := fnv.New64a()
	for _, s := range p.Sources {
		fmt.Fprintln(h, s.Instance(), s.URL, s.Kubeconfig, s.Context, s.Auth.Secret.String(), s.Auth.User)
	}
	return filepath.Join(xdg.CacheHome, "dsotop", fmt.Sprintf("%s-%016x.state", filepath.Base(p.Name), h.Sum64()))
}

// notesFile is where what people say of findings is kept, beside the log: it is no cache, which may be thrown away.
func notesFile(state string) string {
	return filepath.Join(xdg.StateHome, "dsotop", strings.TrimSuffix(filepath.Base(state), ".state")+".notes.json")
}

// logSize is where the log file is turned over to one older copy.
const logSize = 5 << 20

// logFile opens the log, readable by its owner only. A log that cannot be opened stops nothing.
func (p *program) logFile() (io.Writer, func()) {
	path := filepath.Join(xdg.StateHome, "dsotop", "dsotop.log")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return io.Discard, func() {}
	}
	if st, err := os.Stat(path); err == nil && st.Size() > logSize {
		_ = os.Rename(path, path+".1")
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return io.Discard, func() {}
	}
	log.SetOutput(f) // the standard logger, which libraries use behind our back
	return f, func() { log.SetOutput(io.Discard); f.Close() }
}
