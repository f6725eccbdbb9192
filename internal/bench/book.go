package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// book holds the results of scenarios, also of those that were not run this time.
type book struct {
	path      string
	Scenarios map[string]entry `json:"scenarios"`
}

// entry is what one scenario gave.
type entry struct {
	At      time.Time            `json:"at"`
	Version string               `json:"version"`
	Quick   bool                 `json:"quick"`
	Runs    int                  `json:"runs"`
	Samples map[string][]float64 `json:"samples"`
}

func openBook(path string) (*book, error) {
	b := &book{path: path, Scenarios: map[string]entry{}}
	if path == "" {
		return b, nil
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, b); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if b.Scenarios == nil {
		b.Scenarios = map[string]entry{}
	}
	return b, nil
}

func (b *book) keep(ctx context.Context, name string, o options, samples map[string][]float64) {
	if len(samples) == 0 {
		return
	}
	version, _ := exec.CommandContext(ctx, o.binary, "version").Output()
	first, _, _ := strings.Cut(strings.TrimSpace(string(version)), "\n")
	b.Scenarios[name] = entry{At: time.Now().UTC().Truncate(time.Minute), Version: first, Quick: o.quick, Runs: o.runs, Samples: samples}
}

func (b *book) save() error {
	if b.path == "" {
		return nil
	}
	raw, err := json.MarshalIndent(b, "", " ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(b.path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(b.path, raw, 0o600)
}

// quantile is the value that a share of the samples does not pass. It sorts a copy.
func quantile(v []float64, q float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return s[min(int(q*float64(len(s))), len(s)-1)]
}

func median(v []float64) float64 {
	s := slices.Sorted(slices.Values(v))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// figure writes a value in as many digits as mean something.
func figure(v float64) string {
	switch {
	case v != 0 && v < 1:
		return fmt.Sprintf("%.2f", v)
	case v < 10 && v != float64(int(v)):
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

func summary(v []float64) string {
	return fmt.Sprintf("%s (%s–%s)", figure(median(v)), figure(slices.Min(v)), figure(slices.Max(v)))
}
