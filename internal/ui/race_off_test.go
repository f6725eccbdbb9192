//go:build !race

package ui_test

// slower is how much longer the simulated systems may take under the race detector.
const slower = 1
