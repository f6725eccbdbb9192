//go:build !race

package engine_test

// pace is how much faster the time of a stage runs, and how much more often its sources look: ages are what they are elsewhere.
const pace = 20

// beside is whether stages share the machine.
const beside = true
