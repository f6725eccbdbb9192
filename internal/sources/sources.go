// Package sources holds the contract of a source and its keeper. Each remote system has a room below; none imports another.
//
// A source reads one system and writes its own shelves of the store, until its context ends. It publishes its health; after a
// failure its last facts stay, ageing. The keeper restarts it, contains its panics and stops it within a second.
package sources

import (
	"context"
	"log/slog"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/store"
)

// Source is one configured instance of a remote system, reading half.
type Source interface {
	// Name is the instance: "console", "argocd/usu", "kubernetes/mi-prod-1". It is also the store's source name.
	Name() string
	// Kind is the configuration's word: console, gitlab, sonarqube, harbor, argocd, kubernetes, alertmanager, loki, prometheus.
	Kind() string
	// URL is where it is, without credentials.
	URL() string
	// Run reads until ctx ends. A returned error is classified and leads to a restart after a back-off. It blocks, starts its
	// goroutines through RunPolls or an errgroup of its own, and leaves none behind.
	Run(ctx context.Context, b *Board) error
	// Doctor looks once, with reads only, and says what was reached, as whom, with which rights and version. The health
	// it returns is complete even when err is not nil.
	Doctor(ctx context.Context) (platform.SourceHealth, error)
}

// Board is what a source is given: the store to write to, what is in view, the time, and its voice.
type Board struct {
	Store    *store.Store
	Interest *store.Interest
	Clock    func() time.Time
	Log      *slog.Logger
	Health   *Health
	// Poke rings when somebody asked to look again now (Ctrl-r). Run hands it to every part; nil never rings.
	Poke <-chan struct{}
	// Pace divides every period and back-off (never what a server asks for in Retry-After): tests run a source a hundred
	// times faster than life. 0 and 1 are real life.
	Pace float64
}

// paced is a duration of real life at this board's pace.
func (b *Board) paced(d time.Duration) time.Duration {
	if b.Pace <= 0 {
		return d
	}
	return time.Duration(float64(d) / b.Pace)
}
