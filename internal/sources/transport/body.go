package transport

import (
	"bytes"
	"context"
	"errors"
	"io"
	"time"
)

// held is a body that was read whole: who knows takes the bytes instead of copying them once more.
type held struct {
	*bytes.Reader
	data []byte
}

// Close implements io.Closer.
func (held) Close() error { return nil }

// spareMost is the largest buffer that is kept for the next answer.
const spareMost = 1 << 20

// readAll is io.ReadAll that leaves no garbage but the answer itself: sizes are seldom announced, and a slice that grows to its size was
// copied several times. announced is the length that the header promises; negative when it does not.
func (c *Client) readAll(r io.Reader, announced int64) ([]byte, error) {
	buf, _ := c.spare.Get().(*bytes.Buffer)
	if buf == nil {
		buf = &bytes.Buffer{}
	}
	buf.Reset()
	if announced > 0 && announced < spareMost {
		buf.Grow(int(announced) + bytes.MinRead)
	}
	_, err := buf.ReadFrom(r)
	data := bytes.Clone(buf.Bytes())
	if buf.Cap() <= spareMost {
		c.spare.Put(buf)
	}
	return data, err
}

var errTooLarge = errors.New("answer too large") //nolint:gochecknoglobals // a sentinel

// body counts, bounds and times an answer's body, and ends its request when it is closed.
type body struct {
	r      io.ReadCloser
	count  func(int)
	cancel context.CancelCauseFunc
	left   int64         // bytes still accepted; negative: no bound
	idle   time.Duration // the longest silence accepted while somebody reads; 0: any
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	if b.left == 0 {
		// One more byte tells a body of exactly the bound from one above it.
		var one [1]byte
		if n, err := b.r.Read(one[:]); n == 0 {
			return 0, err
		}
		return 0, errTooLarge
	}
	if b.left > 0 && int64(len(p)) > b.left {
		p = p[:b.left]
	}
	var timer *time.Timer
	if b.idle > 0 {
		timer = time.AfterFunc(b.idle, func() { b.cancel(errAttempt) })
	}
	n, err := b.r.Read(p)
	if timer != nil && !timer.Stop() && err != nil && n == 0 {
		err = &Fault{Class: ClassTimeout, Message: "the answer stopped coming for " + b.idle.String(), Err: context.DeadlineExceeded}
	}
	b.count(n)
	if b.left > 0 {
		b.left -= int64(n)
	}
	return n, failed(err)
}

// failed makes a *Fault of a connection that failed, so that a bare io.EOF or io.ErrUnexpectedEOF of who reads the body is about
// what was sent: see [Early].
func failed(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return FaultOf(err)
}

// Early turns the end of data in the middle of a value, as decoders report it who read an answer of this package, into
// ClassMalformed: the answer came whole and is not what the system would say. Other errors stay as they are.
func Early(err error) error {
	if _, ok := errors.AsType[*Fault](err); ok || !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	return &Fault{Class: ClassMalformed, Message: "unexpected answer: empty, or it ends too early", Err: err}
}

// Close implements io.Closer. It ends the request, so that a stream lets its connection go at once.
func (b *body) Close() error {
	b.cancel(nil)
	return b.r.Close()
}
