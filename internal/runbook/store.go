package runbook

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Owner is the process that plays a run. Token names its lock, which the system gives back when it dies.
type Owner struct {
	Account string    `json:"account"`
	Host    string    `json:"host"`
	PID     int       `json:"pid"`
	Token   string    `json:"token,omitempty"`
	Since   time.Time `json:"since,omitzero"`
}

// String names the owner for a person: "marie, process 812 on bastion-1".
func (o Owner) String() string {
	return fmt.Sprintf("%s (%s, %d)", o.Account, o.Host, o.PID)
}

// Store keeps runs: one JSON file each, readable by their owner only, replaced in one step and synced at every change. It is safe for concurrent use, by several
// processes too.
type Store struct {
	dir string
	me  Owner
}

// OpenStore returns the store of a folder, which is made at the first write.
func OpenStore(dir string, account string) *Store {
	host, _ := os.Hostname()
	return &Store{dir: dir, me: Owner{Account: account, Host: host, PID: os.Getpid()}}
}

// Dir is its folder.
func (s *Store) Dir() string { return s.dir }

// TakenError is the error of saving a run that another process took over.
type TakenError struct{ By Owner }

func (e *TakenError) Error() string { return "the run was taken over by " + e.By.String() }

// HeldError says who plays a run.
type HeldError struct{ By Owner }

func (e *HeldError) Error() string { return "the run is played by " + e.By.String() }

// Held is a run that this process plays.
type Held struct {
	store *Store
	id    string
	token string
	lock  *flock.Flock
}

var runID = regexp.MustCompile(`^[0-9]{8}-[0-9]{6}-[0-9a-f]{6}$`) //nolint:gochecknoglobals // constant

// NewRunID names a run by its time, so that names sort.
func NewRunID(now time.Time) string {
	var b [3]byte
	_, _ = rand.Read(b[:])
	return now.UTC().Format("20060102-150405") + "-" + hex.EncodeToString(b[:])
}

func (s *Store) path(id, suffix string) string { return filepath.Join(s.dir, id+suffix) }

// Create writes a new run, and holds it.
func (s *Store) Create(r *Run) (*Held, error) {
	if !runID.MatchString(r.ID) {
		return nil, noRun(r.ID)
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, fmt.Errorf("runs cannot be kept: %w", err)
	}
	h, err := s.own(r.ID)
	if err != nil {
		return nil, err
	}
	r.Owner = s.owner(h.token, r.Begun)
	if err := h.write(r); err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

func (s *Store) owner(token string, at time.Time) Owner {
	o := s.me
	o.Token, o.Since = token, at
	return o
}

// own makes a lock of this process's own.
func (s *Store) own(id string) (*Held, error) {
	var b [6]byte
	_, _ = rand.Read(b[:])
	h := &Held{store: s, id: id, token: hex.EncodeToString(b[:])}
	h.lock = flock.New(s.path(id, "."+h.token+".lock"), flock.SetPermissions(0o600))
	if ok, err := h.lock.TryLock(); err != nil || !ok {
		return nil, fmt.Errorf("run %s cannot be locked in %s: %w", id, s.dir, err)
	}
	return h, nil
}

// alive reports whether the owner's process still holds its lock.
func (s *Store) alive(id string, o Owner) bool {
	if o.Token == "" || !tokenText.MatchString(o.Token) {
		return false
	}
	path := s.path(id, "."+o.Token+".lock")
	if _, err := os.Stat(path); err != nil {
		return false
	}
	l := flock.New(path)
	ok, err := l.TryLock()
	if err != nil {
		return true // cannot tell: believe that it lives
	}
	if ok {
		_ = l.Unlock()
		_ = os.Remove(path)
	}
	return !ok
}

var tokenText = regexp.MustCompile(`^[0-9a-f]{12}$`) //nolint:gochecknoglobals // constant

// Claim takes a run that nobody plays. A run that is played gives a *HeldError.
func (s *Store) Claim(id string, now time.Time) (*Held, *Run, error) { return s.claim(id, now, false) }

// TakeOver takes a run from whoever plays it: the other process finds out at its next step.
func (s *Store) TakeOver(id string, now time.Time) (*Held, *Run, error) {
	return s.claim(id, now, true)
}

func (s *Store) claim(id string, now time.Time, force bool) (*Held, *Run, error) {
	unlock, err := s.guard(id)
	if err != nil {
		return nil, nil, err
	}
	defer unlock()
	r, err := s.Read(id)
	if err != nil {
		return nil, nil, err
	}
	if !force && s.alive(id, r.Owner) {
		return nil, nil, &HeldError{By: r.Owner}
	}
	h, err := s.own(id)
	if err != nil {
		return nil, nil, err
	}
	from := r.Owner
	r.Owner = s.owner(h.token, now)
	if from.Account != r.Owner.Account || force {
		r.Hands = append(r.Hands, HandOff{At: now, From: from.String(), To: r.Owner.String()})
	}
	if err := s.replace(id, r); err != nil {
		h.Close()
		return nil, nil, err
	}
	return h, r, nil
}

// guard is the short lock around each change of one run's file.
func (s *Store) guard(id string) (unlock func(), err error) {
	if !runID.MatchString(id) {
		return nil, noRun(id)
	}
	if _, err := os.Stat(s.path(id, ".json")); err != nil {
		return nil, fmt.Errorf("run %s: %w", id, errNoRun(s.dir, err))
	}
	l := flock.New(s.path(id, ".guard"), flock.SetPermissions(0o600))
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if ok, err := l.TryLockContext(ctx, 5*time.Millisecond); err != nil || !ok {
		return nil, fmt.Errorf("run %s is being written by somebody else: %w", id, err)
	}
	return func() { _ = l.Unlock() }, nil
}

func errNoRun(dir string, err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("there is none of that name in %s: %w", dir, os.ErrNotExist)
	}
	return err
}

// Read reads a run, whoever plays it.
func (s *Store) Read(id string) (*Run, error) {
	if !runID.MatchString(id) {
		return nil, noRun(id)
	}
	raw, err := os.ReadFile(s.path(id, ".json"))
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", id, errNoRun(s.dir, err))
	}
	var r Run
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, fmt.Errorf("run %s is not what dsotop writes: %w", id, err)
	}
	if r.Version != RunVersion {
		return nil, fmt.Errorf("run %s is of another dsotop (version %d); this one leaves it alone", id, r.Version)
	}
	r.ID = id
	return &r, nil
}

// Played says who plays a run now; ok is false when nobody does.
func (s *Store) Played(r *Run) (by Owner, ok bool) {
	return r.Owner, !r.State.Over() && s.alive(r.ID, r.Owner)
}

// List reads all runs, newest first. What cannot be read is left out, and told.
func (s *Store) List() ([]*Run, error) {
	names, err := os.ReadDir(s.dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("runs: %w", err)
	}
	var out []*Run
	var errs []error
	for _, n := range slices.Backward(names) {
		id, ok := strings.CutSuffix(n.Name(), ".json")
		if !ok || !runID.MatchString(id) {
			continue
		}
		r, err := s.Read(id)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = append(out, r)
	}
	return out, errors.Join(errs...)
}

// Save writes the run at a step. A [*TakenError] means that somebody else plays it now, and that nothing was written.
func (h *Held) Save(r *Run) error {
	unlock, err := h.store.guard(h.id)
	if err != nil {
		return err
	}
	defer unlock()
	now, err := h.store.Read(h.id)
	if err != nil {
		return err
	}
	if now.Owner.Token != h.token {
		return &TakenError{By: now.Owner}
	}
	r.Owner, r.Hands = now.Owner, now.Hands
	return h.store.replace(h.id, r)
}

func (h *Held) write(r *Run) error { return h.store.replace(h.id, r) }

// Close gives the run back: whoever wants may resume it.
func (h *Held) Close() {
	_ = os.Remove(h.lock.Path())
	_ = h.lock.Unlock()
}

// replace writes the file in one step, synced.
func (s *Store) replace(id string, r *Run) error {
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(s.dir, ".run-*") // 0600
	if err != nil {
		return fmt.Errorf("run %s cannot be kept: %w", id, err)
	}
	_, err = f.Write(append(raw, '\n'))
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), s.path(id, ".json"))
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("run %s cannot be kept: %w", id, err)
	}
	d, err := os.Open(s.dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

func noRun(id string) error {
	return notA(id, "n'est pas le nom d'un passage ; « dsotop runbook runs » les montre", "is not the name of a run; “dsotop runbook runs” lists them")
}
