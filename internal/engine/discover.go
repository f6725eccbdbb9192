package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	"dsotop/internal/config"
	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/console"
	"dsotop/internal/store"
)

// discover starts one Argo CD source for each zone the console tells, and again for zones that come later. A zone that goes keeps its
// source until the end of the process: its last facts age on screen.
func (e *Engine) discover(ctx context.Context, like config.Source) {
	sub := e.store.Subscribe(time.Second)
	defer sub.Close()
	seen := map[string]bool{}
	for {
		for shelf := range store.Zones.All(e.store.Current()) {
			for _, z := range shelf.Items {
				if z.ArgoURL == "" || seen[z.Slug] || e.configured("argocd", z.Slug) {
					continue
				}
				seen[z.Slug] = true
				s, err := one(ofZone(like, z), e.opts)
				if err != nil {
					e.opts.Log.Warn("Argo CD of a zone cannot be watched", "zone", z.Slug, "error", err)
					continue
				}
				e.mu.Lock()
				e.sources = append(e.sources, s)
				e.mu.Unlock()
				e.run(ctx, s)
			}
		}
		if _, ok := sub.Next(ctx); !ok {
			return
		}
	}
}

func (e *Engine) configured(kind, name string) bool {
	for _, s := range e.opts.Profile.Sources {
		if s.Kind == kind && s.Name == name && !s.Discover {
			return true
		}
	}
	return false
}

func ofZone(like config.Source, z platform.Zone) config.Source {
	like.Name, like.URL, like.Discover = z.Slug, strings.TrimSuffix(z.ArgoURL, "/"), false
	return like
}

// discovered makes, without starting them, the sources that would be discovered: for the doctor, which runs nothing.
func (e *Engine) discovered(ctx context.Context) []sources.Source {
	e.mu.Lock()
	known := slices.Clone(e.sources)
	e.mu.Unlock()
	var out []sources.Source
	for _, like := range e.opts.Profile.Sources {
		if !like.Discover {
			continue
		}
		for _, s := range known {
			c, ok := s.(*console.Source)
			if !ok {
				continue
			}
			zones, err := c.Zones(ctx)
			if err != nil {
				continue // the console's own line in the report says why
			}
			for _, z := range zones {
				if z.ArgoURL == "" || e.configured("argocd", z.Slug) {
					continue
				}
				if made, err := one(ofZone(like, z), e.opts); err == nil {
					out = append(out, made)
				}
			}
		}
	}
	return out
}

// examineTime bounds one source's examination, where nobody said that calls may take longer than usual; else examineCalls of the longest do.
const (
	examineTime  = 20 * time.Second
	examineCalls = 10
)

// patience is how long the examination of one source may take.
func (e *Engine) patience() time.Duration {
	most := examineTime
	for _, s := range e.opts.Profile.Sources {
		most = max(most, examineCalls*s.Timeout)
	}
	return most
}

// examine runs one doctor, whatever it does.
func examine(ctx context.Context, s sources.Source, now time.Time, patience time.Duration) (h platform.SourceHealth) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			h = platform.SourceHealth{Name: s.Name(), Kind: s.Kind(), URL: s.URL(), State: platform.StateUnreachable, Since: now, Detail: "the examination failed inside dsotop; please report it"}
		}
	}()
	h, err := s.Doctor(ctx)
	h.Name, h.Kind = s.Name(), s.Kind()
	if h.URL == "" {
		h.URL = s.URL()
	}
	if h.Since.IsZero() {
		h.Since = now
	}
	if err != nil && (h.State == "" || h.State == platform.StateLive) {
		h.State = platform.StateUnreachable
	}
	if err != nil && h.Detail == "" {
		h.Detail = platform.CleanLine(err.Error())
	}
	if err == nil && h.State == "" {
		h.State = platform.StateLive
	}
	return h
}
