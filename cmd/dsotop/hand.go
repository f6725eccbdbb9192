package main

import (
	"context"
	"fmt"
	"os/user"
	"path/filepath"
	"time"

	"github.com/adrg/xdg"

	"dsotop/internal/actions"
	"dsotop/internal/actions/deeds"
	"dsotop/internal/config"
	"dsotop/internal/engine"
)

// lastWait is how long running deeds and their verification may go on without a screen.
const lastWait = 15 * time.Minute

// handOptions say what may be done with a profile, and where it is told: one journal for all profiles of a person.
func (p *program) handOptions(cfg *config.Config, profile config.Profile) engine.HandOptions {
	dir := journalDir()
	o := engine.HandOptions{Write: profile.Write, Deeds: deeds.All(), Policy: cfg.Policy, Sinks: cfg.Journal, Account: account()}
	o.Journal, o.Locks = actions.OpenJournal(dir, p.clock), filepath.Join(dir, "locks")
	if p.aloof {
		o.Journal, o.Locks = actions.OpenJournal("", p.clock), ""
	}
	return o
}

// journalDir is the folder of this person's journal, and of the locks beside it.
func journalDir() string { return filepath.Join(xdg.StateHome, "dsotop", "journal") }

// account is who the machine says we are.
func account() string {
	u, err := user.Current()
	if err != nil {
		return environment("USER")
	}
	return u.Username
}

// finishDeeds waits for what runs, after the person left or the terminal went: the calls are on their way, and the journal wants to know how they ended. When ctx still lives,
// its end (Ctrl-C) ends the waiting; otherwise a second signal does, by ending the process.
func (p *program) finishDeeds(ctx context.Context, e *engine.Engine) {
	h := e.Hand()
	n := h.Running()
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWait)
	defer cancel()
	if n > 0 {
		p.holding(true)
		defer p.holding(false)
		fmt.Fprintln(p.err, p.lang.of(
			fmt.Sprintf("%d action(s) en cours ; dsotop attend leur fin. Ctrl-C pour partir tout de suite : le prochain dsotop reprendra le suivi.", n),
			fmt.Sprintf("%d action(s) running; dsotop waits for their end. Ctrl-C leaves at once: the next dsotop goes on verifying.", n)))
	}
	if ctx.Err() == nil {
		stop := context.AfterFunc(ctx, cancel)
		defer stop()
	}
	_ = h.Close(wait) // what was left is looked at again at the next start
}

// holding tells who watches over the end of the program whether it must wait.
func (p *program) holding(on bool) {
	if p.hold != nil {
		p.hold.Store(on)
	}
}
