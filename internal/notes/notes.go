// Package notes keeps, in one small file per profile, what the systems do not: which findings came and went while somebody watched, what a
// person said of one (known, until when, why), and when the person last looked. Several dsotops share the file: each change is read,
// made and written under a lock.
package notes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"dsotop/internal/platform"
)

// Kept is how long what is over stays in the file.
const Kept = 30 * 24 * time.Hour

// patience is how long the turn of another process is waited for: its change takes milliseconds.
const patience = 3 * time.Second

// gap is the longest time between two observations that still counts as watching without a break.
const gap = 10 * time.Minute

// Note is what a person said of a finding: it is known, and does not need eyes until a time.
type Note struct {
	Reason string    `json:"reason"`
	By     string    `json:"by"` // the account's name
	At     time.Time `json:"at"`
	// Until is when the finding shows again; zero: as long as it stands without a break.
	Until time.Time `json:"until,omitzero"`
}

// Holds reports whether the note still holds at now.
func (n Note) Holds(now time.Time) bool { return n.Until.IsZero() || now.Before(n.Until) }

// Sight is a finding as it came and went. Finding has neither proof nor consequences.
type Sight struct {
	Finding platform.Finding `json:"finding"`
	First   time.Time        `json:"first"`           // first seen standing; it may have stood before
	Closed  time.Time        `json:"closed,omitzero"` // seen gone; zero while it stands
}

// Span is a time during which somebody watched without a break.
type Span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Data is what the file holds. It is read-only for everybody but the function given to Change.
type Data struct {
	Version int              `json:"version"`
	Notes   map[string]Note  `json:"notes"`  // by the finding's key
	Sights  map[string]Sight `json:"sights"` // by the finding's key: the last time it stood
	Watched []Span           `json:"watched"`
	Look    time.Time        `json:"look,omitzero"` // when a person last looked
}

func (d Data) clone() Data {
	d.Version = 1
	d.Notes, d.Sights, d.Watched = maps.Clone(d.Notes), maps.Clone(d.Sights), slices.Clone(d.Watched)
	if d.Notes == nil {
		d.Notes = map[string]Note{}
	}
	if d.Sights == nil {
		d.Sights = map[string]Sight{}
	}
	return d
}

// Noted returns the note of a finding that holds at now.
func (d Data) Noted(key string, now time.Time) (Note, bool) {
	n, ok := d.Notes[key]
	return n, ok && n.Holds(now)
}

// NewSince reports whether a finding was first seen after a moment.
func (d Data) NewSince(key string, at time.Time) bool {
	s, ok := d.Sights[key]
	return ok && s.Closed.IsZero() && s.First.After(at)
}

// Coverage is how much of the time between two moments somebody watched.
func (d Data) Coverage(from, to time.Time) time.Duration {
	var sum time.Duration
	for _, s := range d.Watched {
		a, b := s.From, s.To
		if a.Before(from) {
			a = from
		}
		if b.After(to) {
			b = to
		}
		if a.Before(b) {
			sum += b.Sub(a)
		}
	}
	return sum
}

// Book is the file as one process sees it. It is safe for concurrent use.
type Book struct {
	path string

	mu   sync.Mutex
	data Data
	read os.FileInfo // of the file as it was read; nil when it never was
}

// Open returns the book of a path; "" keeps everything in memory. A file that cannot be read is told by the first change, and is not
// written over.
func Open(path string) *Book { return &Book{path: path, data: Data{}.clone()} }

// Data returns what is known now, read again when another process wrote.
func (b *Book) Data() Data {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.path != "" {
		if now, err := os.Stat(b.path); err == nil && (b.read == nil || !now.ModTime().Equal(b.read.ModTime()) || now.Size() != b.read.Size()) {
			_ = b.load() // what was read last stays; a change tells the error
		}
	}
	return b.data
}

// load reads the file; one that is not there is empty.
func (b *Book) load() error {
	raw, err := os.ReadFile(b.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("notes: %w", err)
	}
	var d Data
	if err := json.Unmarshal(raw, &d); err != nil {
		return fmt.Errorf("notes: %s is not what dsotop writes (%w); move it away to begin anew", b.path, err)
	}
	if d.Version > 1 {
		return fmt.Errorf("notes: %s is of a newer dsotop (version %d); this one leaves it alone", b.path, d.Version)
	}
	b.data = d.clone()
	b.read, _ = os.Stat(b.path)
	return nil
}

// Change reads the file, lets f change a copy, and writes it when f returns true, all under a lock that other processes respect. The file
// is replaced at once: nobody reads half of it.
func (b *Book) Change(f func(*Data) bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.path == "" {
		d := b.data.clone()
		if f(&d) {
			b.data = d
		}
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(b.path), 0o700); err != nil {
		return fmt.Errorf("notes: %w", err)
	}
	lock := flock.New(b.path + ".lock")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if ok, err := lock.TryLockContext(ctx, 10*time.Millisecond); err != nil || !ok {
		return fmt.Errorf("notes: %s is held by another dsotop (%w)", b.path, err)
	}
	defer func() { _ = lock.Unlock() }()
	if err := b.load(); err != nil {
		return err
	}
	d := b.data.clone()
	if !f(&d) {
		return nil
	}
	raw, err := json.MarshalIndent(d, "", " ")
	if err != nil {
		return fmt.Errorf("notes: %w", err)
	}
	next := b.path + ".new"
	if err := os.WriteFile(next, raw, 0o600); err != nil {
		return fmt.Errorf("notes: %w", err)
	}
	if err := os.Rename(next, b.path); err != nil {
		return fmt.Errorf("notes: %w", err)
	}
	b.data = d
	b.read, _ = os.Stat(b.path)
	return nil
}

// Observe notes which findings stand at now. unsure tells of a finding that is not among them whether it merely could not be judged: it then
// stays. Notes of findings that went are dropped, unless they have an end.
func (b *Book) Observe(standing []platform.Finding, unsure func(platform.Finding) bool, now time.Time) error {
	return b.Change(func(d *Data) bool {
		changed := watched(d, now)
		here := make(map[string]bool, len(standing))
		for _, f := range standing {
			key := f.Key()
			here[key] = true
			f.Why, f.Consequences = nil, nil
			old, known := d.Sights[key]
			switch {
			case !known || !old.Closed.IsZero():
				d.Sights[key] = Sight{Finding: f, First: now}
				changed = true
			case old.Finding.Severity != f.Severity || !maps.Equal(old.Finding.Args, f.Args):
				old.Finding = f
				d.Sights[key] = old
				changed = true
			}
		}
		for key, s := range d.Sights {
			switch {
			case here[key]:
			case s.Closed.IsZero() && (unsure == nil || !unsure(s.Finding)):
				s.Closed = now
				d.Sights[key] = s
				if d.Notes[key].Until.IsZero() {
					delete(d.Notes, key)
				}
				changed = true
			case !s.Closed.IsZero() && now.Sub(s.Closed) > Kept:
				delete(d.Sights, key)
				changed = true
			}
		}
		for key, n := range d.Notes {
			if !n.Holds(now) {
				delete(d.Notes, key)
				changed = true
			}
		}
		return changed
	})
}

// watched stretches the present time of watching, or begins one. Less than three minutes are not worth writing.
func watched(d *Data, now time.Time) bool {
	d.Watched = slices.DeleteFunc(d.Watched, func(s Span) bool { return now.Sub(s.To) > Kept })
	if n := len(d.Watched); n > 0 {
		last := &d.Watched[n-1]
		if since := now.Sub(last.To); since <= gap {
			if since < 3*time.Minute {
				return false
			}
			last.To = now
			return true
		}
	}
	d.Watched = append(d.Watched, Span{From: now, To: now})
	return true
}

// Say notes something of a finding.
func (b *Book) Say(key string, n Note) error {
	return b.Change(func(d *Data) bool { d.Notes[key] = n; return true })
}

// Unsay takes the note of a finding back.
func (b *Book) Unsay(key string) error {
	return b.Change(func(d *Data) bool {
		_, there := d.Notes[key]
		delete(d.Notes, key)
		return there
	})
}

// Looked notes that a person looked at now, and returns when one last did before; zero: never.
func (b *Book) Looked(now time.Time) (before time.Time, err error) {
	err = b.Change(func(d *Data) bool {
		before = d.Look
		d.Look = now
		return true
	})
	return before, err
}
