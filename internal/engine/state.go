package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"dsotop/internal/store"
)

// keepEvery is how often the last known state is written while facts change; it is written once more at the end.
const keepEvery = 5 * time.Minute

// readState puts the last known state under what the sources will say. A file that cannot be used is set aside, and logged.
func (e *Engine) readState() {
	path := e.opts.StateFile
	if path == "" {
		return
	}
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	if err != nil {
		e.opts.Log.Warn("Last known state not read", "file", path, "error", err)
		return
	}
	at, err := e.store.Load(f)
	f.Close()
	if err == nil {
		e.opts.Log.Info("Last known state read", "file", path, "saved", at)
		return
	}
	aside := path + ".unusable"
	e.setAside = aside
	e.opts.Log.Warn("Last known state set aside", "file", path, "as", aside, "error", err)
	if err := os.Rename(path, aside); err != nil {
		e.opts.Log.Warn("Last known state could not be set aside", "file", path, "error", err)
	}
}

// keepState writes the state now and then, and when the engine ends.
func (e *Engine) keepState(ctx context.Context) {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	written := e.store.Current().Version()
	save := func() {
		now := e.store.Current()
		if now.Version() == written {
			return
		}
		if err := writeState(e.opts.StateFile, now, e.opts.Clock()); err != nil {
			e.opts.Log.Warn("Last known state not written", "file", e.opts.StateFile, "error", err)
			return
		}
		written = now.Version()
	}
	for {
		select {
		case <-tick.C:
			save()
		case <-ctx.Done():
			save()
			return
		}
	}
}

// writeState replaces the file in one step, readable by its owner only. Two programs on one machine take turns; the one that
// does not get its turn leaves the file to the other, which knows as much.
func writeState(path string, snap *store.Snapshot, now time.Time) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	lock := flock.New(path + ".lock")
	mine, err := lock.TryLock()
	if err != nil || !mine {
		return err
	}
	defer lock.Unlock()                      //nolint:errcheck // closing the file releases it anyway
	f, err := os.CreateTemp(dir, ".state-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := store.Save(f, snap, now); err != nil {
		f.Close()
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
