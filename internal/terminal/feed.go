package terminal

import (
	"bytes"

	"github.com/charmbracelet/x/vt"
)

// Feed writes a program's output to an emulator, sequence by sequence. The library's emulator panics on a scroll within lines that a smaller
// window no longer has, as a program may still ask for that was not told of its new size yet; a terminal ignores that sequence, and so does this.
func Feed(screen *vt.Emulator, output []byte) {
	const escape = 0x1b
	for len(output) > 0 {
		n := len(output)
		if i := bytes.IndexByte(output[1:], escape); i >= 0 {
			n = i + 1
		}
		feed(screen, output[:n])
		output = output[n:]
	}
}

func feed(screen *vt.Emulator, sequence []byte) {
	defer func() { _ = recover() }()
	_, _ = screen.Write(sequence)
}
