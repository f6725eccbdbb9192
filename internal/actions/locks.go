package actions

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"dsotop/internal/platform"
)

// holder is what a lock's file tells of who holds it.
type holder struct {
	Who   Who       `json:"who"`
	Deed  string    `json:"deed"`
	Since time.Time `json:"since"`
}

// take makes a subject ours until the function returned is called: one deed at a time per subject, across processes. The lock of a process that died is free.
func (h *Hand) take(r *Run) (release func(), err error) {
	key := r.Subject.Key()
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil, refuse("closing", "")
	}
	if other := h.busy[key]; other != nil {
		h.mu.Unlock()
		return nil, refuse("running", other.Deed.ID)
	}
	h.busy[key] = r
	h.mu.Unlock()
	free := func() { h.mu.Lock(); delete(h.busy, key); h.mu.Unlock() }
	if h.o.Locks == "" {
		return free, nil
	}
	sum := sha256.Sum256([]byte(key))
	unlock, err := h.lockFile("deed-"+hex.EncodeToString(sum[:10]), r.Deed.ID)
	if err != nil {
		free()
		return nil, err
	}
	return func() { unlock(); free() }, nil
}

// lockFile takes a lock between processes and writes in it who holds it.
func (h *Hand) lockFile(name, deed string) (unlock func(), err error) {
	if err := os.MkdirAll(h.o.Locks, 0o700); err != nil {
		return nil, refuse("journal", platform.CleanLine(err.Error()))
	}
	path := filepath.Join(h.o.Locks, name+".lock")
	l := flock.New(path, flock.SetPermissions(0o600))
	ok, err := l.TryLock()
	if err != nil {
		return nil, refuse("journal", platform.CleanLine(err.Error()))
	}
	if !ok {
		return nil, refuse("running", held(path))
	}
	if text, err := json.Marshal(holder{Who: h.o.Who, Deed: deed, Since: h.o.Clock().UTC()}); err == nil {
		_ = os.WriteFile(path, text, 0o600) // only a courtesy to who waits
	}
	return func() { _ = l.Unlock() }, nil
}

// held says who holds a lock, as far as its file tells.
func held(path string) string {
	var o holder
	text, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(text, &o) != nil || o.Deed == "" {
		return "dsotop"
	}
	return platform.CleanLine(fmt.Sprintf("%s, %s (%d@%s)", o.Deed, o.Who.Account, o.Who.PID, o.Who.Host))
}
