package terminal

import (
	"strings"
	"testing"
	"time"
)

func TestCutSequences(t *testing.T) {
	for in, want := range map[string]string{"abc": "", "abc\x1b": "\x1b", "abc\x1b[?20": "\x1b[?20", "abc\x1b[?2026l": "", "\x1b[c": "", "\x1b[1;2H": "", "\x1b]11;?": "\x1b]11;?"} {
		if got := string(unfinished([]byte(in))); got != want {
			t.Errorf("%q leaves %q, want %q", in, got, want)
		}
	}
}

func TestKittyIsNoticed(t *testing.T) {
	for in, want := range map[string]bool{"\x1b[=1;1u": true, "\x1b[>1u": true, "\x1b[?u": false, "\x1b[=0;1u": false, "\x1b[<u": false} {
		if got := kittyAsked.MatchString(in); got != want {
			t.Errorf("%q: %v", in, got)
		}
	}
}

// What goes over a link arrives whole and in order, however much the packets' delays differ.
func TestLink(t *testing.T) {
	var sb strings.Builder
	done := make(chan struct{})
	const n = 300
	got := 0
	w := newWire(Link{Trip: 2 * time.Millisecond, Spread: 2 * time.Millisecond, Loss: 0.1, Rate: 10 << 20}, func(b []byte) {
		sb.Write(b)
		if got += len(b); got == n*1000 {
			close(done)
		}
	})
	var want strings.Builder
	for i := range n {
		part := strings.Repeat(string(rune('a'+i%26)), 1000)
		want.WriteString(part)
		w.put([]byte(part))
	}
	<-done
	w.close()
	if sb.String() != want.String() {
		t.Error("the bytes came in another order")
	}
}
