package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// platform is a simulated platform in a process of its own.
type platform struct {
	dir, config string
	cmd         *exec.Cmd
	done        chan struct{}
}

// serve starts a platform and waits until it can be asked.
func serve(ctx context.Context, binary, size, life string, rate int) (*platform, error) {
	dir, err := os.MkdirTemp("", "dsotop-bench-")
	if err != nil {
		return nil, err
	}
	p := &platform{dir: dir, config: filepath.Join(dir, "demo.yaml"), done: make(chan struct{})}
	p.cmd = exec.CommandContext(ctx, binary, "demo", "serve", "--size", size, "--life", life, "--write-config", p.config)
	if rate > 0 {
		p.cmd.Args = append(p.cmd.Args, "--lines-per-second", strconv.Itoa(rate))
	}
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.Env = append(os.Environ(), "HOME="+dir)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	ready := make(chan struct{})
	go func() {
		defer close(p.done)
		buf, said := make([]byte, 4096), false
		for {
			n, err := out.Read(buf) // what it says first is that it serves
			if n > 0 && !said {
				said = true
				close(ready)
			}
			if err != nil {
				break
			}
		}
		_ = p.cmd.Wait()
	}()
	select {
	case <-ready:
		return p, nil
	case <-p.done:
		p.close()
		return nil, fmt.Errorf("the platform %s ended before it served: %v", size, p.cmd.ProcessState)
	case <-ctx.Done():
		p.close()
		return nil, ctx.Err()
	case <-time.After(2 * time.Minute):
		p.close()
		return nil, fmt.Errorf("the platform %s did not serve within two minutes", size)
	}
}

func (p *platform) close() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(5 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
	_ = os.RemoveAll(p.dir)
}
