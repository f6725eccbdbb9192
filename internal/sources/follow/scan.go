package follow

import (
	"bufio"
	"errors"
	"io"
)

// LongestLine is how much of a line is kept, in bytes; applications write whole documents on one line, and what nobody reads is not worth
// the memory.
const LongestLine = 1 << 20

// Scan reads lines, ended by "\n" or by the end, and gives each to take with the number of its bytes that were left out. The bytes are valid
// during the call only. A line that a failure cut is not given: it comes whole when it is read again.
func Scan(r io.Reader, take func(text []byte, cut int64) error) error {
	buf := bufio.NewReaderSize(r, 64<<10)
	var long []byte
	var cut int64
	for {
		part, err := buf.ReadSlice('\n')
		full := errors.Is(err, bufio.ErrBufferFull)
		if err != nil && !full && (!errors.Is(err, io.EOF) || len(part)+len(long) == 0) {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		text := part
		if full || len(long) > 0 {
			room := LongestLine - len(long)
			if len(part) > room {
				cut += int64(len(part) - room)
				part = part[:room]
			}
			long = append(long, part...)
			if full {
				continue
			}
			text = long
		}
		if err == nil && cut > 0 {
			cut-- // the line's end is no part of it
		}
		if n := len(text); cut == 0 && n > 0 && text[n-1] == '\n' {
			text = text[:n-1]
		}
		if taken := take(text, cut); taken != nil {
			return taken
		}
		if cap(long) > 256<<10 {
			long = nil // one long line must not keep its memory for ever
		}
		long, cut = long[:0], 0
		if err != nil {
			return nil //nolint:nilerr // the end
		}
	}
}
