package main

import (
	"context"
	"slices"
	"strings"
	"time"
)

// pageLimit is how long a page may take to show what is looked for on it.
const pageLimit = 10 * time.Second

// source reports whether a name is that of an instance of a system.
func source(name string) bool {
	kind, _, _ := strings.Cut(name, "/")
	return slices.Contains([]string{"console", "gitlab", "sonarqube", "harbor", "argocd", "kubernetes", "prometheus", "alertmanager", "loki"}, kind)
}

// calls reads how many calls each source has made, from the page of sources, and comes back. The program publishes its counters
// once a minute, so that two readings are right to a minute's calls.
func (s *session) calls(ctx context.Context) (map[string]int, time.Time, error) {
	s.Send(":")
	if _, err := s.Until(ctx, pageLimit, func() bool { return strings.Contains(s.Text(), "╭") }); err != nil {
		return nil, time.Time{}, err
	}
	s.Send("sources\r")
	if _, err := s.Until(ctx, pageLimit, func() bool { return strings.Contains(s.Text(), "CALLS") }); err != nil {
		return nil, time.Time{}, err
	}
	s.Quiet(ctx, 150*time.Millisecond, 2*time.Second) // the whole page
	at := time.Now()
	out := map[string]int{}
	head := ""
	for _, line := range s.Rows() {
		switch {
		case strings.Contains(line, "CALLS"):
			head = line
		case head != "" && len([]rune(line)) > 4:
			words := strings.Fields(string([]rune(line)[3:]))
			if n, ok := number(head, line, "CALLS"); ok && len(words) > 0 && source(words[0]) {
				out[words[0]] += n
			}
		}
	}
	s.Send("\x1b")
	_, err := s.Until(ctx, pageLimit, func() bool { return titles(s.Rows()) >= 0 })
	return out, at, err
}
