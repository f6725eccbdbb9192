package actions

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
