package argocd

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// longestEvent is what the server itself accepts between its parts (gRPC messages of 32 MB, as JSON somewhat more).
const longestEvent = 48 << 20

// errLongEvent is a message too long to be one.
var errLongEvent = errors.New("message of the stream too long")

// messages reads the messages of a stream and gives each to take until the stream ends or take fails. It understands server-sent
// events ("data: {…}", comments as keep-alive) and the plain JSON lines the server sends when it did not see our Accept header.
// beat is called for every line, and told whether it is a comment. The bytes given to take are valid during the call only.
func messages(r io.Reader, beat func(comment bool), take func(data []byte) error) error {
	buf := bufio.NewReaderSize(r, 64<<10)
	var whole, data []byte
	for {
		part, err := buf.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) && !(errors.Is(err, io.EOF) && len(part) > 0) {
			return err
		}
		if errors.Is(err, bufio.ErrBufferFull) || len(whole) > 0 {
			if len(whole)+len(part)+len(data) > longestEvent {
				return errLongEvent
			}
			whole = append(whole, part...)
			if errors.Is(err, bufio.ErrBufferFull) {
				continue
			}
			part = whole
		}
		text := bytes.TrimRight(part, "\r\n")
		beat(len(text) > 0 && text[0] == ':')
		switch {
		case len(text) == 0:
			if len(data) > 0 {
				if err := take(data); err != nil {
					return err
				}
				data = data[:0]
			}
		case text[0] == '{':
			if err := take(text); err != nil {
				return err
			}
		case bytes.HasPrefix(text, []byte("data:")):
			if len(data) > 0 {
				data = append(data, '\n')
			}
			data = append(data, bytes.TrimPrefix(text[len("data:"):], []byte(" "))...)
			if len(data) > longestEvent {
				return errLongEvent
			}
		case text[0] == ':' || bytes.HasPrefix(text, []byte("event:")) || bytes.HasPrefix(text, []byte("id:")) || bytes.HasPrefix(text, []byte("retry:")):
		default:
			return errGarbage
		}
		whole = whole[:0]
		if cap(whole) > 1<<20 {
			whole = nil // one giant application must not keep its memory for ever
		}
		if cap(data) > 1<<20 && len(data) == 0 {
			data = nil
		}
		if errors.Is(err, io.EOF) {
			return err
		}
	}
}

// errGarbage is a line that no event stream has: a proxy's page, for example.
var errGarbage = errors.New("the stream is not an event stream")
