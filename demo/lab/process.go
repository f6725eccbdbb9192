package lab

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	readyTime = 90 * time.Second // for a program to become healthy: only a broken one, or an overloaded machine, takes so long
	stopTime  = 8 * time.Second  // for it to end by itself
)

// process is one program of a lab, in a process group of its own. Its methods may be called from many goroutines.
type process struct {
	name, path string
	args       []string
	log        string       // path of its output
	health     string       // URL that answers 200 when it can be used
	client     *http.Client // for health
	spawn      *spawner

	mu  sync.Mutex
	cmd *exec.Cmd
	end chan struct{} // closed when cmd ended
}

// start starts the program and waits until it is healthy.
func (p *process) start(ctx context.Context) error {
	p.mu.Lock()
	if p.running() {
		p.mu.Unlock()
		return nil
	}
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		p.mu.Unlock()
		return err
	}
	cmd := exec.Command(p.path, p.args...) //nolint:gosec,noctx // our own binary; it is ended by stop, in order with the others
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = attributes()
	err = p.spawn.start(cmd)
	_ = out.Close()
	if err != nil {
		p.mu.Unlock()
		return fmt.Errorf("starting %s: %w", p.name, err)
	}
	end := make(chan struct{})
	p.cmd, p.end = cmd, end
	p.mu.Unlock()
	go func() {
		_ = cmd.Wait()
		close(end)
	}()
	return p.ready(ctx, end)
}

// running is asked with the lock held.
func (p *process) running() bool {
	if p.cmd == nil {
		return false
	}
	select {
	case <-p.end:
		return false
	default:
		return true
	}
}

func (p *process) ready(ctx context.Context, end <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	var last error
	for {
		if last = p.ask(ctx); last == nil {
			return nil
		}
		select {
		case <-end:
			return fmt.Errorf("%s ended at its start; the last of %s:\n%s", p.name, p.log, p.words())
		default:
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return fmt.Errorf("%s is not healthy at %s (%w, last: %w); the last of %s:\n%s", p.name, p.health, err, last, p.log, p.words())
		}
	}
}

func (p *process) ask(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.health, nil)
	if err != nil {
		return err
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	return nil
}

func (p *process) words() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return tail(text, 1500)
}

// signal sends a signal to the whole group; false when it does not run.
func (p *process) signal(sig syscall.Signal) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.running() || syscall.Kill(-p.cmd.Process.Pid, sig) != nil {
		return false
	}
	if sig == syscall.SIGSTOP {
		stopped(p.cmd.Process.Pid)
	}
	return true
}

// stopped waits until every thread of a process stands still: a signal to stop is obeyed by each in its own time.
func stopped(pid int) {
	for end := time.Now().Add(time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
		still := true
		for _, t := range tasks {
			text, err := os.ReadFile(t)
			_, rest, _ := strings.Cut(string(text), ") ") // the name before may hold anything
			still = still && (err != nil || strings.HasPrefix(rest, "T"))
		}
		if still {
			return
		}
	}
}

// stop ends the program: it is asked first, and killed when it does not listen. A frozen one is thawed, so that it can listen.
func (p *process) stop() {
	if !p.signal(syscall.SIGTERM) {
		return
	}
	p.signal(syscall.SIGCONT)
	p.mu.Lock()
	end := p.end
	p.mu.Unlock()
	timer := time.NewTimer(stopTime)
	defer timer.Stop()
	select {
	case <-end:
	case <-timer.C:
		p.signal(syscall.SIGKILL)
		<-end
	}
}

// memory is the resident memory in bytes, 0 where it is not known.
func (p *process) memory() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.running() {
		return 0
	}
	text, err := os.ReadFile("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/statm")
	if err != nil {
		return 0
	}
	var total, resident int64
	if _, err := fmt.Sscan(string(text), &total, &resident); err != nil {
		return 0
	}
	return resident * int64(os.Getpagesize())
}

// spawner starts processes from one thread that lives as long as the lab: the system tells a child of its parent's death when the thread
// that made it ends, not the process.
type spawner struct {
	jobs chan func()
	once sync.Once
}

func newSpawner() *spawner {
	s := &spawner{jobs: make(chan func())}
	go func() {
		runtime.LockOSThread()
		for job := range s.jobs {
			job()
		}
	}()
	return s
}

func (s *spawner) start(cmd *exec.Cmd) error {
	done := make(chan error)
	s.jobs <- func() { done <- cmd.Start() }
	return <-done
}

// close ends the thread. Nothing may be started afterwards, and nothing run still.
func (s *spawner) close() { s.once.Do(func() { close(s.jobs) }) }

const host = "127.0.0.1"

// freePorts finds ports on the loopback that nobody listens on. They are below those that the system gives to outgoing connections, so that
// a stopped server can have its own again later.
func freePorts(ctx context.Context, n int) ([]int, error) {
	const low, high = 20_000, 32_000
	var config net.ListenConfig
	var out []int
	for range 1000 {
		v, err := rand.Int(rand.Reader, big.NewInt(high-low))
		if err != nil {
			return nil, err
		}
		port := low + int(v.Int64())
		l, err := config.Listen(ctx, "tcp", address(port))
		if err != nil {
			continue
		}
		defer func() { _ = l.Close() }() // all are held until all are found: none is given twice
		if out = append(out, port); len(out) == n {
			return out, nil
		}
	}
	return nil, fmt.Errorf("no %d free ports between %d and %d on %s", n, low, high, host)
}

func address(port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }
