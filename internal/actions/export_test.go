package actions

import (
	"os"
	"path/filepath"
)

// Shrink makes files small, so that a test sees them put away.
func (j *Journal) Shrink(size int64, keep int) { j.size, j.keep = size, keep }

// Closing reports whether Close was called.
func (h *Hand) Closing() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.closed
}

// Left reports whether a bulk begins nothing new since the hand closes.
func (b *Batch) Left() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.left
}

// Served reports whether a sink has its place.
func (j *Journal) Served(name string) bool {
	_, err := os.Stat(filepath.Join(j.dir, "sink-"+name+".json"))
	return err == nil
}
