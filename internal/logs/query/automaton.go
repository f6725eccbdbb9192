package query

import (
	"regexp/syntax"
	"slices"
	"sync"
	"unicode/utf8"
)

// automaton says whether a text contains a match of an expression, and nothing else: no place, no groups. It is made state by state as
// texts need it, and then looks once at each byte, which is ten times faster than regexp. What it says is what regexp says, invalid
// UTF-8 and the bounds of words included; a test compares them. It is for one goroutine.
type automaton struct {
	prog   *syntax.Prog
	bare   bool                 // nothing in it asks what stands before or after a place
	first  bool                 // a match begins where the text does
	class  [utf8.RuneSelf]uint8 // bytes that no instruction tells apart have one class
	sample []rune               // of each class, one of its bytes
	next   []int32              // by state and class; unknown until asked
	wide   []map[rune]int32     // of each state, where it goes by characters beyond ASCII
	ends   []int8               // of each state, whether the text may end there: 0 unknown, 1 no, 2 yes
	sets   [][]uint32           // of each state, the instructions it stands before; the first holds what came before
	known  map[string]int32
	resets int

	mark           []uint32 // scratch: when an instruction was last seen
	epoch          uint32
	stack, reached []uint32
	key            []byte
}

// states that are no index of sets.
const (
	unknown int32 = -1
	matched int32 = -2
	missed  int32 = -3 // nothing that follows can match
)

// what came before a state, in its first number.
const (
	beforeText uint32 = iota
	beforeWord
	beforeLine
	beforeOther
)

// stand is a character for what came before.
func stand(before uint32) rune {
	switch before {
	case beforeText:
		return -1
	case beforeWord:
		return 'a'
	case beforeLine:
		return '\n'
	}
	return ' '
}

// bounds of an automaton: expressions whose program is longer, or whose states are made anew more often, are left to regexp.
const (
	longestProgram = 2000
	mostStates     = 2000
	mostWide       = 500 // characters beyond ASCII that one state remembers
	mostResets     = 20
)

func newAutomaton(prog *syntax.Prog) *automaton {
	a := &automaton{prog: prog, bare: bare(prog), first: prog.StartCond()&syntax.EmptyBeginText != 0, mark: make([]uint32, len(prog.Inst))}
	a.classes()
	a.reset()
	return a
}

// classes parts ASCII where an instruction, a word or a line begins or ends.
func (a *automaton) classes() {
	var edge [utf8.RuneSelf + 1]bool
	between := func(lo, hi rune) {
		if lo < utf8.RuneSelf {
			edge[lo], edge[min(hi+1, utf8.RuneSelf)] = true, true
		}
	}
	for _, r := range [][2]rune{{'\n', '\n'}, {'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}} {
		between(r[0], r[1])
	}
	for i := range a.prog.Inst {
		in := &a.prog.Inst[i]
		switch in.Op {
		case syntax.InstRune1, syntax.InstRune:
			if len(in.Rune) == 1 { // in any case, perhaps: then its other cases count as well
				for r := range rune(utf8.RuneSelf) {
					if in.MatchRune(r) {
						between(r, r)
					}
				}
				continue
			}
			for k := 0; k+1 < len(in.Rune); k += 2 {
				between(in.Rune[k], in.Rune[k+1])
			}
		default:
		}
	}
	n := uint8(0)
	for c := range rune(utf8.RuneSelf) {
		if c == 0 || edge[c] {
			n = uint8(len(a.sample)) //nolint:gosec // at most 128
			a.sample = append(a.sample, c)
		}
		a.class[c] = n
	}
}

func bare(prog *syntax.Prog) bool {
	return !slices.ContainsFunc(prog.Inst, func(in syntax.Inst) bool { return in.Op == syntax.InstEmptyWidth })
}

// reset forgets all states but the first.
func (a *automaton) reset() {
	a.next, a.wide, a.ends, a.sets, a.known = a.next[:0], nil, a.ends[:0], nil, map[string]int32{}
	before := beforeText
	if a.bare {
		before = beforeOther
	}
	a.state([]uint32{before, uint32(a.prog.Start)}) //nolint:gosec // an index
}

// state is the number of a set of instructions.
func (a *automaton) state(set []uint32) int32 {
	slices.Sort(set[1:])
	a.key = a.key[:0]
	for _, pc := range set {
		a.key = append(a.key, byte(pc), byte(pc>>8))
	}
	if s, ok := a.known[string(a.key)]; ok {
		return s
	}
	s := int32(len(a.sets)) //nolint:gosec // bounded
	a.known[string(a.key)] = s
	a.sets = append(a.sets, slices.Clone(set))
	for range a.sample {
		a.next = append(a.next, unknown)
	}
	a.wide, a.ends = append(a.wide, nil), append(a.ends, 0)
	return s
}

// in reports a match in a text; ok is false where the automaton is not worth it and regexp has to say.
func (a *automaton) in(text string) (found, ok bool) {
	if len(a.sets) > mostStates {
		a.reset()
		a.resets++
	}
	if a.resets > mostResets {
		return false, false
	}
	width := len(a.sample)
	s := int32(0)
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			to := a.next[int(s)*width+int(a.class[c])]
			if to == unknown {
				k := int(a.class[c])
				if to, ok = a.step(s, a.sample[k]); !ok {
					return false, false
				}
				a.next[int(s)*width+k] = to
			}
			if to < 0 {
				return to == matched, true
			}
			s = to
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		to, there := a.wide[s][r]
		if !there {
			if to, ok = a.step(s, r); !ok {
				return false, false
			}
			if a.wide[s] == nil || len(a.wide[s]) >= mostWide {
				a.wide[s] = map[rune]int32{}
			}
			a.wide[s][r] = to
		}
		if to < 0 {
			return to == matched, true
		}
		s = to
		i += size
	}
	if a.ends[s] == 0 {
		a.ends[s] = 1
		if _, match := a.expand(a.sets[s], -1); match {
			a.ends[s] = 2
		}
	}
	return a.ends[s] == 2, true
}

// step is where a state goes by a character; ok is false when there are too many states.
func (a *automaton) step(s int32, r rune) (to int32, ok bool) {
	if len(a.sets) > 4*mostStates {
		return 0, false
	}
	reached, match := a.expand(a.sets[s], r)
	if match {
		return matched, true
	}
	before := beforeOther
	switch {
	case a.bare:
	case syntax.IsWordChar(r):
		before = beforeWord
	case r == '\n':
		before = beforeLine
	}
	set := append(make([]uint32, 0, len(reached)+2), before)
	if !a.first {
		set = append(set, uint32(a.prog.Start)) //nolint:gosec // an index
	}
	for _, pc := range reached {
		if in := &a.prog.Inst[pc]; in.MatchRune(r) && !slices.Contains(set[1:], in.Out) {
			set = append(set, in.Out)
		}
	}
	if len(set) == 1 {
		return missed, true
	}
	return a.state(set), true
}

// expand follows what consumes nothing, from all instructions of a set with r next (-1: the end of the text), to those that consume
// a character. match reports that one way ended in a match. What is returned is valid until the next call.
func (a *automaton) expand(set []uint32, r rune) (reached []uint32, match bool) {
	given := syntax.EmptyOpContext(stand(set[0]), r)
	a.epoch++
	a.stack = append(a.stack[:0], set[1:]...)
	reached = a.reached[:0]
	for len(a.stack) > 0 {
		pc := a.stack[len(a.stack)-1]
		a.stack = a.stack[:len(a.stack)-1]
		if a.mark[pc] == a.epoch {
			continue
		}
		a.mark[pc] = a.epoch
		switch in := &a.prog.Inst[pc]; in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			a.stack = append(a.stack, in.Out, in.Arg)
		case syntax.InstCapture, syntax.InstNop:
			a.stack = append(a.stack, in.Out)
		case syntax.InstEmptyWidth:
			if syntax.EmptyOp(in.Arg)&^given == 0 { //nolint:gosec // what the parser put there
				a.stack = append(a.stack, in.Out)
			}
		case syntax.InstMatch:
			match = true
		case syntax.InstFail:
		default:
			reached = append(reached, pc)
		}
	}
	a.reached = reached
	return reached, match
}

// automata lends automata of one expression to those who search at the same time.
type automata struct {
	prog *syntax.Prog
	idle sync.Pool
}

// borrow returns an automaton, nil for an expression that is left to regexp.
func (l *automata) borrow() *automaton {
	if l == nil {
		return nil
	}
	if a, _ := l.idle.Get().(*automaton); a != nil {
		return a
	}
	return newAutomaton(l.prog)
}

func (l *automata) back(a *automaton) {
	if a != nil {
		l.idle.Put(a)
	}
}
