package lines

import (
	"fmt"
	"sync"

	"github.com/klauspost/compress/s2"
)

// openBlocks is how many packed blocks are kept open for readers, 4 MB of text in all.
const openBlocks = 16

// opened are the texts of packed blocks that were read lately, the latest last. A text once opened is never changed, so that items may
// point into it as long as they live.
type opened struct {
	mu    sync.Mutex
	texts []openText
}

type openText struct {
	of   *byte // the first byte of what it was packed into
	text []byte
}

func (o *opened) get(of *byte) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i := len(o.texts) - 1; i >= 0; i-- {
		if one := o.texts[i]; one.of == of {
			copy(o.texts[i:], o.texts[i+1:])
			o.texts[len(o.texts)-1] = one
			return one.text
		}
	}
	return nil
}

func (o *opened) put(of *byte, text []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.texts) == openBlocks {
		copy(o.texts, o.texts[1:])
		o.texts = o.texts[:openBlocks-1]
	}
	o.texts = append(o.texts, openText{of, text})
}

// open returns rows that have their text. keep says that they will be read again soon.
func (s *Store) open(r *rows, keep bool) *rows {
	if r.packed == nil {
		return r
	}
	c := *r
	c.packed = nil
	if c.text = s.opened.get(&r.packed[0]); c.text != nil {
		return &c
	}
	c.text = unpack(nil, r.packed)
	if keep {
		s.opened.put(&r.packed[0], c.text)
	}
	return &c
}

// lend opens rows for f alone: nothing of their text may be kept.
func (s *Store) lend(r *rows, f func(*rows)) {
	if r.packed == nil {
		f(r)
		return
	}
	c := *r
	c.packed = nil
	if c.text = s.opened.get(&r.packed[0]); c.text != nil {
		f(&c)
		return
	}
	buffer, _ := s.buffers.Get().(*[]byte)
	if buffer == nil {
		buffer = new([]byte)
		*buffer = make([]byte, s.max.text)
	}
	c.text = unpack(*buffer, r.packed)
	f(&c)
	s.buffers.Put(buffer)
}

func unpack(into, packed []byte) []byte {
	text, err := s2.Decode(into, packed)
	if err != nil {
		panic(fmt.Sprintf("lines: what was packed in memory cannot be unpacked: %v", err)) // the memory itself is damaged
	}
	return text
}

// loosen makes a block's text writable again. mu is held.
func (s *Store) loosen(b *block) {
	if b.packed == nil {
		return
	}
	b.text, b.packed = unpack(nil, b.packed), nil
	s.loose = append(s.loose, b)
	s.weigh(b)
}

// pack packs the texts of blocks that will hardly change any more. Only the writer changes blocks, so that the work itself needs no lock;
// readers wait for the exchange alone. adding is held, mu is not.
func (s *Store) pack() {
	left := s.loose[:0]
	for _, b := range s.loose {
		switch {
		case !s.holds(b):
		case b.ord >= len(s.blocks)-s.max.loose:
			left = append(left, b)
		case len(b.text) >= s.max.worth:
			if packed := s2.Encode(nil, b.text); len(packed) < len(b.text)*3/4 {
				packed = tight(packed)
				s.mu.Lock()
				b.text, b.packed = nil, packed
				s.weigh(b)
				s.mu.Unlock()
			}
		}
	}
	clear(s.loose[len(left):])
	s.loose = left
}

// holds reports that a block is in the list. mu is held, or adding.
func (s *Store) holds(b *block) bool { return b.ord < len(s.blocks) && s.blocks[b.ord] == b }
