// Package onboarding keeps what people say of the onboarding of projects: one YAML file per project, in a folder that a team can keep in
// git. What a person changes is changed on its own lines; a file that changed meanwhile is never written over.
package onboarding

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"

	"dsotop/internal/platform"
)

// Extension ends the names of ledgers; what comes before is the project's slug.
const Extension = ".yaml"

// every is how often the folder is looked at while the program runs.
const every = 3 * time.Second

// patience is how long the turn of another dsotop is waited for.
const patience = 3 * time.Second

// maxFiles is how many ledgers are read; a folder with more is not one of ledgers.
const maxFiles = 20000

// The errors of a change, to be told from those of the disk.
var (
	// ErrNoFolder: the profile names no folder.
	ErrNoFolder = errors.New("no folder for ledgers is configured")
	// ErrLayout: the file is not laid out so that one entry can be changed and nothing else.
	ErrLayout = errors.New("the entry cannot be changed without touching the rest of the file: edit it by hand")
)

// Conflict tells that the entry to be changed is no longer what the person saw. Nothing was written.
type Conflict struct {
	File string
	Edit Edit
	// Now is what the file says.
	Now *platform.Ledger
}

// Error says so in English; the face has its own words.
func (c *Conflict) Error() string {
	return fmt.Sprintf("%s: %s was changed meanwhile; nothing was written", c.File, c.Edit.Key)
}

// Snapshot is the folder at one moment. It is read-only.
type Snapshot struct {
	// Rev moves when a ledger changed.
	Rev uint64
	// Folder is the path; "" when the profile names none.
	Folder string
	// Err is why the folder as a whole could not be read; nil when it does not exist yet.
	Err     error
	ledgers map[string]*platform.Ledger
	errs    map[string]error
	rev     map[string]uint64
}

// Ledger returns what is written of a project: nil without a folder, an empty ledger without a file, one that is Broken when the file
// cannot be used (see Trouble).
func (s *Snapshot) Ledger(slug string) *platform.Ledger {
	if s == nil || s.Folder == "" {
		return nil
	}
	if s.Err != nil {
		return &platform.Ledger{Project: slug, Broken: s.Err.Error()}
	}
	if l, ok := s.ledgers[slug]; ok {
		return l
	}
	return &platform.Ledger{Project: slug}
}

// Trouble is why a project's ledger cannot be used: *Mistakes or an error of the disk; nil when it can.
func (s *Snapshot) Trouble(slug string) error {
	if s == nil {
		return nil
	}
	if s.Err != nil {
		return s.Err
	}
	return s.errs[slug]
}

// Revision is that of one project's ledger.
func (s *Snapshot) Revision(slug string) uint64 {
	if s == nil {
		return 0
	}
	return s.rev[slug]
}

// Slugs lists the projects that have a file, sorted.
func (s *Snapshot) Slugs() []string {
	if s == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(s.rev))
}

// Path is where the ledger of a project is; "" without a folder.
func (s *Snapshot) Path(slug string) string {
	if s == nil || s.Folder == "" {
		return ""
	}
	return filepath.Join(s.Folder, slug+Extension)
}

// Folder is the folder of one profile. It is safe for concurrent use.
type Folder struct {
	path string

	snap atomic.Pointer[Snapshot] // what was read last: who draws never waits for a disk

	reading sync.Mutex // one reading at a time
	files   map[string]seen

	mu    sync.Mutex
	bells map[chan struct{}]struct{}
}

// seen is a file as it was read.
type seen struct {
	mod  time.Time
	size int64
	sum  [sha256.Size]byte
}

// Open returns the folder of a path; "" is none: nothing can be ticked. Nothing is read yet.
func Open(path string) *Folder {
	f := &Folder{path: path, files: map[string]seen{}, bells: map[chan struct{}]struct{}{}}
	f.snap.Store(&Snapshot{Folder: path})
	return f
}

// Snapshot returns what was read last; never nil. It touches no disk and waits for nobody.
func (f *Folder) Snapshot() *Snapshot { return f.snap.Load() }

// Subscribe returns a bell of capacity 1 that rings when a ledger changed, and what gives it back.
func (f *Folder) Subscribe() (bell <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	f.mu.Lock()
	f.bells[c] = struct{}{}
	f.mu.Unlock()
	return c, func() { f.mu.Lock(); delete(f.bells, c); f.mu.Unlock() }
}

// Run looks at the folder as long as ctx lives.
func (f *Folder) Run(ctx context.Context) {
	if f.path == "" {
		return
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		f.Look()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Look reads what changed in the folder and reports whether anything did.
func (f *Folder) Look() bool {
	if f.path == "" {
		return false
	}
	f.reading.Lock()
	defer f.reading.Unlock()
	last := f.snap.Load()
	entries, err := os.ReadDir(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		entries, err = nil, nil
	}
	if err == nil && len(entries) > maxFiles {
		err = fmt.Errorf("%s holds %d files: not a folder of ledgers", f.path, len(entries))
	}
	if err != nil {
		if last.Err != nil && last.Err.Error() == err.Error() {
			return false
		}
		f.publish(last, &Snapshot{Err: err})
		clear(f.files)
		return true
	}
	next := &Snapshot{ledgers: map[string]*platform.Ledger{}, errs: map[string]error{}, rev: map[string]uint64{}}
	changed := last.Err != nil
	here := map[string]bool{}
	for _, e := range entries {
		slug, ok := strings.CutSuffix(e.Name(), Extension)
		if !ok || !validSlug(slug) {
			continue
		}
		here[slug] = true
		if f.file(slug, last, next) {
			changed = true
		}
	}
	for slug := range f.files {
		if !here[slug] {
			delete(f.files, slug)
			changed = true
		}
	}
	if !changed {
		return false
	}
	f.publish(last, next)
	return true
}

// file reads one ledger into a snapshot, from the last one when it did not change.
func (f *Folder) file(slug string, last, next *Snapshot) (changed bool) {
	path := filepath.Join(f.path, slug+Extension)
	info, err := os.Stat(path)
	old, known := f.files[slug]
	if err == nil && known && info.ModTime().Equal(old.mod) && info.Size() == old.size && last.Err == nil {
		next.keep(slug, last)
		return false
	}
	data, now, err := read(path)
	if err == nil && known && now.sum == old.sum && last.Err == nil {
		f.files[slug] = now
		next.keep(slug, last)
		return false
	}
	next.rev[slug] = last.Rev + 1
	l := &platform.Ledger{}
	if err == nil {
		l, err = Parse(path, slug, data)
		f.files[slug] = now
	} else if why := last.errs[slug]; why != nil && why.Error() == err.Error() {
		next.keep(slug, last)
		return false
	}
	if err != nil {
		l.Broken, next.errs[slug] = err.Error(), err
	}
	l.Project = slug
	next.ledgers[slug] = l
	return true
}

// keep takes over what was read of a project before.
func (s *Snapshot) keep(slug string, last *Snapshot) {
	s.ledgers[slug], s.rev[slug] = last.ledgers[slug], last.rev[slug]
	if err := last.errs[slug]; err != nil {
		s.errs[slug] = err
	}
}

func (f *Folder) publish(last, next *Snapshot) {
	next.Rev, next.Folder = last.Rev+1, f.path
	f.snap.Store(next)
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.bells {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// read reads a whole file, up to the limit and one byte more.
func read(path string) ([]byte, seen, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, seen{}, err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for who writes into it
		return nil, seen{}, fmt.Errorf("%s is not a file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, seen{}, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	return data, seen{mod: info.ModTime(), size: info.Size(), sum: sha256.Sum256(data)}, err
}

// validSlug reports whether a name can be a project's: a file is made of it.
func validSlug(slug string) bool {
	for _, r := range slug {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '_' {
			return false
		}
	}
	return slug != "" && len(slug) <= 100 && slug[0] != '-'
}

// Change makes one edit in the ledger of a project. saw is the ledger that the person looked at: when the file says something else under
// that key by now, nothing is written and the error is *Conflict; what changed elsewhere in the file is kept. Other errors: *Mistakes when the
// file cannot be read as a ledger (git conflict marks among them), ErrLayout, ErrNoFolder, and those of the disk.
func (f *Folder) Change(ctx context.Context, slug string, saw *platform.Ledger, e Edit) error {
	if f.path == "" {
		return ErrNoFolder
	}
	if !validSlug(slug) {
		return fmt.Errorf("%q cannot be the name of a file", slug)
	}
	if err := os.MkdirAll(f.path, 0o755); err != nil { //nolint:gosec // a team's folder, as git makes it
		return err
	}
	release, err := f.lock(ctx)
	if err != nil {
		return err
	}
	defer release()
	path := filepath.Join(f.path, slug+Extension)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	data, before, err := read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		data = []byte(empty(slug))
	case err != nil:
		return err
	}
	there := err == nil
	now, err := Parse(path, slug, data)
	if err != nil {
		return err
	}
	if saw == nil {
		saw = &platform.Ledger{}
	}
	if e.entry(saw) != e.entry(now) {
		return &Conflict{File: path, Edit: e, Now: now}
	}
	text := e.place(string(data))
	if err := e.check(path, slug, text, e.apply(now)); err != nil {
		return err
	}
	if err := replace(path, text, there, before); err != nil {
		return err
	}
	f.Look()
	return nil
}

// lock takes the folder itself, so that no lock file appears in what a team keeps in git. A file system that cannot lock does without:
// the last comparison before the file is replaced remains.
func (f *Folder) lock(ctx context.Context) (release func(), err error) {
	lock := flock.New(f.path, flock.SetFlag(os.O_RDONLY))
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ok, err := lock.TryLockContext(ctx, 10*time.Millisecond)
	switch {
	case ok:
		return func() { _ = lock.Unlock() }, nil
	case err == nil || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled):
		return nil, fmt.Errorf("%s is held by another dsotop; try again", f.path)
	}
	return func() {}, nil
}

// replace writes a file that appears whole, unless it is no longer the one that was read.
func replace(path, text string, there bool, before seen) error {
	mode := fs.FileMode(0o644) // to be read by a team, as git has it
	if there {
		_, now, err := read(path)
		if err != nil {
			return err
		}
		if now.sum != before.sum {
			return fmt.Errorf("%s was changed while it was being written; nothing was written, look again", path)
		}
		if info, err := os.Stat(path); err == nil {
			mode = info.Mode().Perm()
		}
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".new-*")
	if err != nil {
		return err
	}
	_, err = tmp.WriteString(text)
	if err == nil {
		err = tmp.Chmod(mode)
	}
	if err == nil {
		err = tmp.Sync()
	}
	if closed := tmp.Close(); err == nil {
		err = closed
	}
	if err == nil && !there { // somebody else's new file is not written over
		err = os.Link(tmp.Name(), path)
		_ = os.Remove(tmp.Name())
		return err
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
	return err
}
