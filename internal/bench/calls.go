package main

import (
	"context"
	"strings"
	"time"
)

// pageLimit is how long a page may take to show what is looked for on it.
const pageLimit = 10 * time.Second

// calls reads how many calls each source has made, from the page of sources, and comes back. The program publishes its counters
// once a minute, so that two readings are right to a minute's calls.
func (s *session) calls(ctx context.Context) (map[string]int, time.Time, error) {
	s.send(":")
	if _, err := s.until(ctx, pageLimit, func() bool { return strings.Contains(s.text(), "╭") }); err != nil {
		return nil, time.Time{}, err
	}
	s.send("sources\r")
	if _, err := s.until(ctx, pageLimit, func() bool { return strings.Contains(s.text(), "CALLS") }); err != nil {
		return nil, time.Time{}, err
	}
	at := time.Now()
	out := map[string]int{}
	head := ""
	for _, line := range s.rows() {
		switch {
		case strings.Contains(line, "CALLS"):
			head = line
		case head != "" && len([]rune(line)) > 4:
			if n, ok := number(head, line, "CALLS"); ok {
				out[strings.Fields(string([]rune(line)[3:]))[0]] += n
			}
		}
	}
	s.send("\x1b")
	_, err := s.until(ctx, pageLimit, func() bool { return titles(s.rows()) >= 0 })
	return out, at, err
}
