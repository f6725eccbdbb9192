package follow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"go.uber.org/goleak"

	"dsotop/internal/logs"
	"dsotop/internal/sources/transport"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quick are waits for tests.
func quick() Times {
	return Times{Again: time.Millisecond, Longest: 5 * time.Millisecond, Doubt: time.Hour, Check: time.Millisecond, Grace: time.Millisecond}
}

// cluster is a system of containers with lines at 1, 2, 3…
type cluster struct {
	mu      sync.Mutex
	targets []Target
	read    func(ctx context.Context, a Ask, emit Emit) error
	asks    []Ask
	changed chan struct{}
}

func (c *cluster) system(most int) System {
	return System{Name: "kubernetes/x", Origin: logs.OriginKubernetes, Most: most, Look: time.Hour, Least: 0, Changed: c.changed, Times: quick(),
		Targets: func(context.Context) ([]Target, error) {
			c.mu.Lock()
			defer c.mu.Unlock()
			return slices.Clone(c.targets), nil
		},
		Read: func(ctx context.Context, a Ask, emit Emit) error {
			c.mu.Lock()
			c.asks = append(c.asks, a)
			c.mu.Unlock()
			return c.read(ctx, a, emit)
		}}
}

func (c *cluster) set(targets ...Target) {
	c.mu.Lock()
	c.targets = targets
	c.mu.Unlock()
	c.changed <- struct{}{}
}

func running(pod string) Target {
	return Target{Pod: pod, Container: "c", Instance: "1", Running: true}
}

func newCluster(read func(ctx context.Context, a Ask, emit Emit) error, targets ...Target) *cluster {
	return &cluster{targets: targets, read: read, changed: make(chan struct{}, 8)}
}

func TestAllContainersAreReadOnce(t *testing.T) {
	c := newCluster(func(_ context.Context, a Ask, emit Emit) error {
		for i := range 100 {
			if err := emit(int64(i+1), a.Pod, 0); err != nil {
				return err
			}
		}
		return nil
	}, running("a"), running("b"), Target{Pod: "c", Container: "done", Instance: "1"})
	count := map[string]int{}
	err := Lines(t.Context(), c.system(2), logs.LiveAsk{Namespace: "ns", Tail: 7}, func(b logs.Batch) error {
		for _, l := range b.Lines {
			count[l.Text]++
			if l.Stream.Namespace != "ns" || l.Stream.Pod != l.Text || l.Stream.Origin != logs.OriginKubernetes {
				t.Errorf("%+v", l.Stream)
			}
		}
		if len(b.Notices) > 0 {
			t.Errorf("%+v", b.Notices)
		}
		return nil
	})
	if err != nil || count["a"] != 100 || count["b"] != 100 || count["c"] != 100 || len(c.asks) != 3 || c.asks[0].Tail != 7 {
		t.Errorf("%v %v %+v", count, err, c.asks)
	}
}

// A connection that is cut goes on where it stopped: nothing is lost, nothing comes twice, even where stamps are equal or out of order.
func TestCutsLoseAndRepeatNothing(t *testing.T) {
	const n = 3000
	var file []string // what the node keeps, in its order
	var stamps []int64
	for i := range n {
		at := int64(i/7)*1e6 + 1 // seven lines in each stamp,
		if i%5 == 0 && i > 20 {
			at -= 3e6 // and some late
		}
		file, stamps = append(file, fmt.Sprint(i%3, "-", i/2)), append(stamps, at) // equal texts too
	}
	var mu sync.Mutex
	written, given := 0, 0
	c := newCluster(func(ctx context.Context, a Ask, emit Emit) error {
		mu.Lock()
		written = min(written+211, n)
		upTo := written
		mu.Unlock()
		for i := range upTo {
			if stamps[i] < a.Since {
				continue
			}
			if err := emit(stamps[i], file[i], 0); err != nil {
				return err
			}
		}
		if upTo == n {
			<-ctx.Done()
			return ctx.Err()
		}
		return &transport.Fault{Class: transport.ClassUnreachable, Message: "cut", Err: io.ErrUnexpectedEOF}
	}, running("a"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err := Lines(ctx, c.system(5), logs.LiveAsk{Follow: true}, func(b logs.Batch) error {
		for _, l := range b.Lines {
			if l.Text != file[given] || l.At != stamps[given] {
				t.Fatalf("line %d: %q at %d, want %q at %d", given, l.Text, l.At, file[given], stamps[given])
			}
			given++
		}
		if given == n {
			cancel()
		}
		if len(b.Notices) > 0 {
			t.Errorf("%+v", b.Notices)
		}
		return nil
	})
	if err != nil || given != n || len(c.asks) < 10 {
		t.Errorf("%d lines in %d connections: %v", given, len(c.asks), err)
	}
}

func TestContainersComeAndStartAnew(t *testing.T) {
	c := newCluster(func(ctx context.Context, a Ask, emit Emit) error {
		_ = emit(time.Now().UnixNano(), a.Pod+"/"+a.Instance, 0)
		if !a.Follow || a.Instance == "1" && a.Pod == "a" {
			return nil // it ended
		}
		<-ctx.Done()
		return ctx.Err()
	}, running("a"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got []string
	err := Lines(ctx, c.system(5), logs.LiveAsk{Follow: true, Tail: 3}, func(b logs.Batch) error {
		for _, l := range b.Lines {
			switch got = append(got, l.Text); len(got) {
			case 1:
				c.set(Target{Pod: "a", Container: "c", Instance: "2", Running: true}, running("b"))
			case 3:
				cancel()
			}
		}
		return nil
	})
	slices.Sort(got)
	if want := []string{"a/1", "a/2", "b/1"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for _, a := range c.asks[1:] {
		if a.Tail != 0 {
			t.Errorf("%+v: lines of one that came later are left out", a)
		}
	}
}

func fault(class transport.Class, message string) error {
	return &transport.Fault{Class: class, Message: message}
}

func TestFailures(t *testing.T) {
	waits := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for name, c := range map[string]struct {
		follow bool
		read   func(ctx context.Context, a Ask, emit Emit) error
		notice string
		class  transport.Class // "": the notice ends the test
	}{
		"one container waits": {true, func(ctx context.Context, a Ask, _ Emit) error {
			if a.Pod == "a" {
				return fault(transport.ClassRequest, `container "c" in pod "a" is waiting to start: ContainerCreating`)
			}
			return waits(ctx)
		}, `a/c: container "c" in pod "a" is waiting to start: ContainerCreating`, ""},
		"one container keeps failing": {true, func(ctx context.Context, a Ask, _ Emit) error {
			if a.Pod == "a" {
				return fault(transport.ClassServer, "node away")
			}
			return waits(ctx)
		}, "a/c: node away", ""},
		"unauthorised":            {true, func(context.Context, Ask, Emit) error { return fault(transport.ClassUnauthorised, "x") }, "", transport.ClassUnauthorised},
		"forbidden":               {true, func(context.Context, Ask, Emit) error { return fault(transport.ClassForbidden, "x") }, "a/c: x", transport.ClassForbidden},
		"all away":                {true, func(context.Context, Ask, Emit) error { return fault(transport.ClassUnreachable, "x") }, "a/c: x", transport.ClassUnreachable},
		"forbidden, not followed": {false, func(context.Context, Ask, Emit) error { return fault(transport.ClassForbidden, "x") }, "a/c: x", transport.ClassForbidden},
		"cut, not followed": {false, func(_ context.Context, a Ask, emit Emit) error {
			_ = emit(1, "x", 0)
			return fault(transport.ClassUnreachable, "cut")
		}, "a/c: cut", ""},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			told := ""
			err := Lines(ctx, newCluster(c.read, running("a"), running("b")).system(5), logs.LiveAsk{Follow: c.follow}, func(b logs.Batch) error {
				for _, n := range b.Notices {
					if n.Kind != logs.NoticeFailed || n.Source != "kubernetes/x" {
						t.Errorf("%+v", n)
					}
					if told == "" && strings.HasPrefix(n.Why, "a/") {
						if told = n.Why; c.class == "" {
							cancel()
						}
					}
				}
				return nil
			})
			if c.notice != "" && c.class == "" && told != c.notice {
				t.Errorf("told %q", told)
			}
			if c.class == "" && err != nil || c.class != "" && (err == nil || transport.FaultOf(err).Class != c.class) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestTooManyAreTold(t *testing.T) {
	var targets []Target
	for i := range 7 {
		targets = append(targets, running(fmt.Sprint("p", i)))
	}
	c := newCluster(func(ctx context.Context, _ Ask, _ Emit) error { <-ctx.Done(); return ctx.Err() }, targets...)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	why := ""
	err := Lines(ctx, c.system(5), logs.LiveAsk{Follow: true}, func(b logs.Batch) error {
		why = b.Notices[0].Why
		cancel()
		return nil
	})
	if err != nil || !strings.HasPrefix(why, "5 of 7 containers") {
		t.Errorf("%q %v", why, err)
	}
}

// A follow that stalls without a word is noticed by a second look, and opened again from where it stood.
func TestStalledFollow(t *testing.T) {
	var mu sync.Mutex
	follows := 0
	c := newCluster(func(ctx context.Context, a Ask, emit Emit) error {
		if !a.Follow {
			return emit(int64(2*time.Second), "second", 0) // the newest line, by a look
		}
		mu.Lock()
		follows++
		n := follows
		mu.Unlock()
		if err := emit(int64(time.Second), "first", 0); err != nil {
			return err
		}
		if n > 1 {
			if err := emit(int64(2*time.Second), "second", 0); err != nil {
				return err
			}
		}
		<-ctx.Done()
		return ctx.Err()
	}, running("a"))
	sys := c.system(5)
	sys.Times.Doubt = 5 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got []string
	err := Lines(ctx, sys, logs.LiveAsk{Follow: true}, func(b logs.Batch) error {
		for _, l := range b.Lines {
			if got = append(got, l.Text); l.Text == "second" {
				cancel()
			}
		}
		if len(b.Notices) > 0 {
			t.Errorf("%+v", b.Notices)
		}
		return nil
	})
	if err != nil || !slices.Equal(got, []string{"first", "second"}) {
		t.Errorf("%v %v", got, err)
	}
}

var errEnough = errors.New("enough")

func TestSinkEndsAll(t *testing.T) {
	c := newCluster(func(_ context.Context, _ Ask, emit Emit) error {
		for i := int64(1); ; i++ {
			if err := emit(i, "x", 0); err != nil {
				return err
			}
		}
	}, running("a"), running("b"))
	if err := Lines(t.Context(), c.system(5), logs.LiveAsk{Follow: true}, func(logs.Batch) error { return errEnough }); !errors.Is(err, errEnough) {
		t.Error(err)
	}
}

func TestScan(t *testing.T) {
	long := strings.Repeat("é", LongestLine/2)
	for in, want := range map[string]string{
		"":                       "",
		"a\n\nb":                 "[a 0][ 0][b 0]",
		"a\r\n":                  "[a\r 0]",
		long + "\nx\n":           "[long 0][x 0]",
		long + "12345\nx\n":      "[long 5][x 0]",
		long + long + "y":        fmt.Sprintf("[long %d]", LongestLine+1),
		strings.Repeat("b", 7e4): "[" + strings.Repeat("b", 7e4) + " 0]",
	} {
		var b strings.Builder
		if err := Scan(iotest.HalfReader(strings.NewReader(in)), func(text []byte, cut int64) error {
			fmt.Fprintf(&b, "[%s %d]", strings.ReplaceAll(string(text), long, "long"), cut)
			return nil
		}); err != nil || b.String() != want {
			t.Errorf("%.20q: %.80q %v", in, b.String(), err)
		}
	}
	n := 0
	err := Scan(io.MultiReader(strings.NewReader("a\nhal"), iotest.ErrReader(io.ErrUnexpectedEOF)), func([]byte, int64) error { n++; return nil })
	if !errors.Is(err, io.ErrUnexpectedEOF) || n != 1 {
		t.Errorf("%d lines, %v: a line that was cut is given", n, err)
	}
}

// A container that never ended is no failure when its instance before is asked for; that none did is told once.
func TestThePreviousInstance(t *testing.T) {
	for _, had := range []bool{true, false} {
		c := newCluster(func(_ context.Context, a Ask, emit Emit) error {
			if had && a.Pod == "b" {
				return emit(1, "before the end", 0)
			}
			return &transport.Fault{Class: transport.ClassRequest, Message: `previous terminated container "c" in pod "` + a.Pod + `" not found`}
		}, running("a"), running("b"), running("d"))
		got := ""
		err := Lines(t.Context(), c.system(5), logs.LiveAsk{Namespace: "ns", Previous: true, Follow: true}, func(b logs.Batch) error {
			for _, l := range b.Lines {
				got += fmt.Sprint(l.Text, l.Stream.Previous)
			}
			for _, n := range b.Notices {
				got += n.Kind.String() + " " + n.Why
			}
			return nil
		})
		if want := map[bool]string{true: "before the endtrue", false: "start " + logs.WhyNoPrevious}[had]; err != nil || got != want {
			t.Errorf("had one: %v: %q %v, want %q", had, got, err, want)
		}
	}
}
