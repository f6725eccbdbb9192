package lab

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dsotop/demo/world"
)

// TestMain lets the test binary be a program of the lab: a server that is healthy, or one that ends at its start.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "serve" {
		server := http.Server{Addr: os.Args[2], ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})}
		fmt.Fprintln(os.Stderr, server.ListenAndServe())
		os.Exit(1)
	}
	if len(os.Args) == 2 && os.Args[1] == "fail" {
		fmt.Fprintln(os.Stderr, "no such flag")
		os.Exit(2)
	}
	os.Exit(m.Run())
}

// stub is a lab of one process, which is this test binary.
func stub(t *testing.T, args ...string) (*Lab, *process) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ports, err := freePorts(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(args) == 0 {
		args = []string{"serve", address(ports[0])}
	}
	ctx, cancel := context.WithCancel(t.Context())
	l := &Lab{Dir: t.TempDir(), URLs: map[string]string{}, spawn: newSpawner(), cancel: cancel}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if ctx.Err() == nil {
			t.Error("a closed lab goes on feeding")
		}
	})
	return l, l.process("server", self, "http://"+address(ports[0]), &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}, args...)
}

func TestAProcessOfTheLab(t *testing.T) {
	l, p := stub(t)
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	do(p.start(t.Context()))
	do(p.start(t.Context())) // it runs already
	first := p.cmd.Process.Pid
	if l.Memory()["server"] == 0 && exists("/proc/self/statm") {
		t.Error("no memory")
	}
	do(l.Freeze("server"))
	if ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond); p.ask(ctx) == nil {
		t.Error("a frozen server answers")
		cancel()
	} else {
		cancel()
	}
	do(l.Thaw("server"))
	do(p.ask(t.Context()))
	do(l.Stop("server"))
	do(l.Stop("server"))
	if p.ask(t.Context()) == nil || l.Freeze("server") == nil {
		t.Error("a stopped server runs")
	}
	do(l.Restart(t.Context(), "server"))
	do(p.ask(t.Context()))
	if p.cmd.Process.Pid == first {
		t.Error("the same process")
	}
	if err := l.Stop("nobody"); err == nil || !strings.Contains(err.Error(), "server") {
		t.Errorf("an unknown name: %v", err)
	}
	do(l.Freeze("server")) // Close ends it even so
}

func TestAProcessThatEndsAtItsStart(t *testing.T) {
	_, p := stub(t, "fail")
	if err := p.start(t.Context()); err == nil || !strings.Contains(err.Error(), "no such flag") || !strings.Contains(err.Error(), p.log) {
		t.Errorf("%v", err)
	}
}

func TestFreePorts(t *testing.T) {
	ports, err := freePorts(t.Context(), 20)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(ports)
	if len(slices.Compact(ports)) != 20 || ports[0] < 20_000 || ports[19] >= 32_768 {
		t.Errorf("%v", ports)
	}
}

// A key changes with every input of a build.
func TestKeys(t *testing.T) {
	modules := t.TempDir()
	dir := filepath.Join(modules, "kwok")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	b := program{name: "kwok", pkg: "."}
	if _, err := b.key(modules); err == nil {
		t.Error("a module without files has a key")
	}
	seen := map[string]bool{}
	for i, change := range []func() error{
		func() error { return os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module a\n"), 0o600) },
		func() error { return os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module b\n"), 0o600) },
		func() error { return os.WriteFile(filepath.Join(dir, "main.go"), []byte("package main\n"), 0o600) },
		func() error { b.tags = "small"; return nil },
		func() error { b.ldflags = []string{"main.version=1"}; return nil },
	} {
		if err := change(); err != nil {
			t.Fatal(err)
		}
		key, err := b.key(modules)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := b.key(modules); again != key || seen[key] {
			t.Errorf("change %d: key %s, then %s", i, key, again)
		}
		seen[key] = true
	}
}

// What a remote-write receiver reads back from a series.
func TestRemoteWrite(t *testing.T) {
	at := []time.Time{time.UnixMilli(1000), time.UnixMilli(2000), time.UnixMilli(3000)}
	s := world.Series{Labels: map[string]string{"pod": "a", "zone": "", "namespace": "n"}, Values: []float64{1.5, math.NaN(), 2}}
	message := appendSeries(nil, "up", s, at)
	fields := func(b []byte) (out [][]byte) {
		for len(b) > 0 {
			if b[0]&7 != 2 {
				t.Fatalf("a field of type %d", b[0]&7)
			}
			n, used := binary.Uvarint(b[1:])
			out = append(out, append([]byte{b[0] >> 3}, b[1+used:1+used+int(n)]...))
			b = b[1+used+int(n):]
		}
		return out
	}
	var labels []string
	var values []float64
	for _, f := range fields(message) {
		if f[0] == 1 {
			pair := fields(f[1:])
			labels = append(labels, string(pair[0][1:])+"="+string(pair[1][1:]))
			continue
		}
		values = append(values, math.Float64frombits(binary.LittleEndian.Uint64(f[2:10])))
		if ms, _ := binary.Uvarint(f[11:]); ms != 1000 && ms != 3000 {
			t.Errorf("at %d ms", ms)
		}
	}
	if !slices.Equal(labels, []string{"__name__=up", "namespace=n", "pod=a"}) || !slices.Equal(values, []float64{1.5, 2}) {
		t.Errorf("%v %v", labels, values)
	}
	// A block of snappy's holds what it was made of, in pieces of at most 64 KiB.
	data := make([]byte, 200_000)
	for i := range data {
		data[i] = byte(i * 7)
	}
	block := snappy(data)
	n, used := binary.Uvarint(block)
	var back []byte
	for b := block[used:]; len(b) > 0; {
		size := int(b[1]) + int(b[2])<<8 + 1
		if b[0] != 61<<2 {
			t.Fatalf("tag %d", b[0])
		}
		back = append(back, b[3:3+size]...)
		b = b[3+size:]
	}
	if int(n) != len(data) || !slices.Equal(back, data) {
		t.Errorf("%d bytes of %d", len(back), n)
	}
}

func TestTogetherEndsWithTheFirstMistake(t *testing.T) {
	mistake := errors.New("no")
	err := together(t.Context(), func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }, func(context.Context) error { return mistake })
	if !errors.Is(err, mistake) {
		t.Errorf("%v", err)
	}
	if err := together(t.Context(), func(context.Context) error { return nil }); err != nil {
		t.Errorf("%v", err)
	}
}

// Every pod of the world in trouble has a fate, so that those made in its place are in the same.
func TestFates(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	all, doomed := fates(w)
	kinds := map[string]bool{}
	for _, fate := range all {
		kinds[fate] = true
		if !strings.Contains(stages, fate) {
			t.Errorf("no stage for the fate %q", fate)
		}
	}
	if !kinds["pull"] || !kinds["unready"] || len(doomed) == 0 {
		t.Errorf("%v %v", all, doomed)
	}
}
