package sourcetest

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/store"
)

// untilLimit is how long something may take to come to be: the pace is a thousand times that of life, the machine may be slow.
const untilLimit = time.Minute

// Until keeps a source until the snapshot satisfies done, and returns that snapshot. prepare fills the store before, as other sources
// would; nil leaves it empty.
func Until(t *testing.T, src sources.Source, prepare func(*store.Store), done func(*store.Store, *store.Snapshot) bool) *store.Snapshot {
	t.Helper()
	st := store.New(nil)
	if prepare != nil {
		prepare(st)
	}
	ctx, cancel := context.WithTimeout(t.Context(), untilLimit)
	sub := st.Subscribe(0)
	var wg sync.WaitGroup
	defer func() { cancel(); wg.Wait(); sub.Close() }()
	wg.Go(func() { sources.Keep(ctx, src, sources.Ground{Store: st, Pace: 1000}, nil) })
	for {
		snap, ok := sub.Next(ctx)
		if !ok {
			t.Fatalf("never came to be; health: %+v", store.Health.Items(st.Current(), ""))
		}
		if done(st, snap) {
			return snap
		}
	}
}

// Health is what the only source of a snapshot says of itself.
func Health(snap *store.Snapshot) platform.SourceHealth {
	for _, h := range store.Health.Items(snap, "") {
		return h
	}
	return platform.SourceHealth{}
}

// Right is a right of a source by its name; the zero value when it does not tell it.
func Right(h platform.SourceHealth, name string) platform.Right {
	i := slices.IndexFunc(h.Rights, func(r platform.Right) bool { return r.Name == name })
	if i < 0 {
		return platform.Right{}
	}
	return h.Rights[i]
}
