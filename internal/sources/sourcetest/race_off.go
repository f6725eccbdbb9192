//go:build !race

package sourcetest

// slower is how much longer the faces may take under the race detector.
const slower = 1
