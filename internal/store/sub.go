package store

import (
	"context"
	"time"
)

// Sub is one reader's bell.
type Sub struct {
	store *Store
	gap   time.Duration
	far   time.Duration // the gap of changes that are not near; 0: all are
	near  func(scope string) bool
	bell  chan struct{}
	last  time.Time
	seen  uint64 // version of the snapshot last given
}

// Subscribe returns a bell that rings at most once per gap, and never misses the last change. Close it when done.
func (s *Store) Subscribe(gap time.Duration) *Sub { return s.SubscribeNear(gap, 0, nil) }

// SubscribeNear is Subscribe that rings once per gap only for changes in scopes that are near, and for others once per far. near is asked
// scope by scope, from the goroutine of [Sub.Next].
func (s *Store) SubscribeNear(gap, far time.Duration, near func(scope string) bool) *Sub {
	sub := &Sub{store: s, gap: gap, far: far, near: near, bell: make(chan struct{}, 1)}
	s.subsMu.Lock()
	s.subs[sub] = struct{}{}
	s.subsMu.Unlock()
	return sub
}

// Next waits for a change after the last call and returns the newest snapshot; ok is false when ctx ended.
// It is for one goroutine at a time.
func (b *Sub) Next(ctx context.Context) (snap *Snapshot, ok bool) {
	select {
	case <-ctx.Done():
		return nil, false
	case <-b.bell:
	}
	if !b.wait(ctx, b.gap, nil) {
		return nil, false
	}
	for !b.concerned() {
		if left := b.far - time.Since(b.last); left <= 0 {
			break
		}
		if !b.wait(ctx, b.far, b.bell) {
			return nil, false
		}
	}
	select { // what rang during the wait is in the snapshot we are about to take
	case <-b.bell:
	default:
	}
	b.last = time.Now()
	snap = b.store.Current()
	b.seen = snap.Version()
	return snap, true
}

// wait lasts until the gap since the last snapshot is over, or sooner rings; false when ctx ended.
func (b *Sub) wait(ctx context.Context, gap time.Duration, sooner <-chan struct{}) bool {
	left := gap - time.Since(b.last)
	if left <= 0 {
		return true
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	case <-sooner:
	}
	return true
}

// concerned reports whether anything near changed since the last snapshot.
func (b *Sub) concerned() bool {
	if b.near == nil {
		return true
	}
	near := false
	b.store.Current().ScopesSince(b.seen, func(scope string) { near = near || b.near(scope) })
	return near
}

// Close removes the bell.
func (b *Sub) Close() {
	b.store.subsMu.Lock()
	defer b.store.subsMu.Unlock()
	delete(b.store.subs, b)
}
