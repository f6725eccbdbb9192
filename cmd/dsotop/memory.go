package main

import "runtime/debug"

// tuneMemory spends a little processor time on a smaller process: facts live long and change slowly, so that the runtime's default
// of letting the heap double between two collections mostly keeps garbage. GOGC in the environment wins.
func (p *program) tuneMemory() {
	if p.env("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
}

// heapGrowth is by how much, in percent, the heap grows between two collections.
const heapGrowth = 40
