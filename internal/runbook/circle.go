package runbook

import "slices"

// circle is a way through a book that comes back to where it was without waiting for anything nor asking anybody; nil when there is none. Such a
// way would be walked until the book is stopped.
func circle(b *Book) []string {
	ways := map[string][]string{}
	for i := range b.Steps {
		s := &b.Steps[i]
		if !s.swift() {
			continue
		}
		next := s.Next
		if next == "" && i+1 < len(b.Steps) {
			next = b.Steps[i+1].ID
		}
		ways[s.ID] = append(ways[s.ID], next)
		if s.If != nil && s.Next != "" && i+1 < len(b.Steps) { // skipped
			ways[s.ID] = append(ways[s.ID], b.Steps[i+1].ID)
		}
		switch s.Fail.Do {
		case FailGoto:
			ways[s.ID] = append(ways[s.ID], s.Fail.Goto)
		case FailContinue:
			if i+1 < len(b.Steps) {
				ways[s.ID] = append(ways[s.ID], b.Steps[i+1].ID)
			}
		}
	}
	done := map[string]bool{}
	var path []string
	var walk func(id string) []string
	walk = func(id string) []string {
		if at := slices.Index(path, id); at >= 0 {
			return slices.Clone(path[at:])
		}
		if done[id] {
			return nil
		}
		path = append(path, id)
		for _, to := range ways[id] {
			if found := walk(to); found != nil {
				return found
			}
		}
		path = path[:len(path)-1]
		done[id] = true
		return nil
	}
	for i := range b.Steps {
		if found := walk(b.Steps[i].ID); found != nil {
			return found
		}
	}
	return nil
}

// swift reports whether a step decides its way at once, by itself.
func (s *Step) swift() bool {
	switch s.Kind {
	case Note:
		return true
	case Check:
		return s.Check == nil || s.Check.Within == 0
	case Query:
		return s.Query == nil || s.Query.Within == 0
	}
	return false
}
