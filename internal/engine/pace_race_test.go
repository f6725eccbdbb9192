//go:build race

package engine_test

// Under the race detector two processors cannot keep up with more: answers would be stale before they are read.
const (
	pace   = 5
	beside = false
)
