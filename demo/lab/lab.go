// Package lab runs the real systems under dsotop on the loopback: a Kubernetes control plane with simulated nodes, Loki, Prometheus and
// Alertmanager, filled with the names, logs, series and alerts of the simulated platform. The systems that cannot be had that way (the
// console, GitLab, SonarQube, Harbor, Argo CD) are the simulated ones, of the same platform. Nothing of it outlives the process.
package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"dsotop/demo"
	"dsotop/demo/world"
)

// Part is a real system of the lab.
type Part string

// The parts.
const (
	Kubernetes   Part = "kubernetes"
	Loki         Part = "loki"
	Prometheus   Part = "prometheus"
	Alertmanager Part = "alertmanager"
)

// Options choose a lab.
type Options struct {
	// Parts are the real systems that run; none means all of them and the simulated others, with a configuration.
	Parts []Part
	Seed  int64      // of the platform; 0 is 1
	Size  world.Size // "" is small
	// History is how far back logs and series go; 0 is 30 minutes.
	History time.Duration
	// Dir is where everything is kept, for a look afterwards; "" is a temporary folder that Close removes.
	Dir string
	// Out is told what is done, one line each; nil nobody.
	Out io.Writer
}

// Lab is a lab that runs. Its methods may be called from many goroutines.
type Lab struct {
	World *world.World
	Dir   string
	// Config is the path of a configuration of dsotop for the whole lab; "" when only some parts run.
	Config string
	// Kubeconfig is the path of the kubeconfig of somebody who may read, and AdminKubeconfig of somebody who may do all; "" without the cluster.
	Kubeconfig, AdminKubeconfig string
	// URLs of the systems: kubernetes, loki, prometheus, alertmanager, and those of the simulated platform under its own names.
	URLs map[string]string
	// Token is what the cluster accepts from who may read.
	Token string

	options   Options
	platform  *demo.Platform
	control   *control
	processes []*process // in the order of their start
	spawn     *spawner
	temporary bool
	cancel    context.CancelFunc
	live      sync.WaitGroup // goroutines that go on feeding the systems
	once      sync.Once
	closed    error
	feeders   []func(context.Context, time.Time) error
}

// Start builds what is missing, starts the systems, fills them and returns when all are healthy and full. The lab ends with ctx or Close.
func Start(ctx context.Context, o Options) (*Lab, error) {
	whole := len(o.Parts) == 0
	if whole {
		o.Parts = []Part{Kubernetes, Loki, Prometheus, Alertmanager}
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	if o.History == 0 {
		o.History = 30 * time.Minute
	}
	paths, err := Build(ctx, o.Out, o.Parts...)
	if err != nil {
		return nil, err
	}
	l := &Lab{Dir: o.Dir, URLs: map[string]string{}, options: o, spawn: newSpawner()}
	if o.Dir == "" {
		sweep()
		if l.Dir, err = os.MkdirTemp("", prefix+strconv.Itoa(os.Getpid())+"-"); err != nil {
			return nil, err
		}
		l.temporary = true
	} else if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, err
	}
	ctx, l.cancel = context.WithCancel(ctx)
	began := time.Now()
	if err = l.start(ctx, paths, whole); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	say(o.Out, "healthy and filled after %s", time.Since(began).Round(100*time.Millisecond))
	context.AfterFunc(ctx, func() { _ = l.Close() })
	return l, nil
}

func (l *Lab) start(ctx context.Context, paths map[string]string, whole bool) error {
	if whole {
		dir := filepath.Join(l.Dir, "platform")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		platform, err := demo.Start(ctx, demo.Options{Seed: l.options.Seed, Size: l.options.Size, Dir: dir, Still: true, RealDates: true})
		if err != nil {
			return err
		}
		l.platform, l.World = platform, platform.World
		maps.Copy(l.URLs, platform.URLs)
	} else {
		l.World = world.New(world.Options{Seed: l.options.Seed, Size: l.options.Size})
	}
	var starts []func(context.Context) error
	for _, part := range l.options.Parts {
		dir := filepath.Join(l.Dir, string(part))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		prepare, ok := map[Part]func(context.Context, string, map[string]string) (func(context.Context) error, error){
			Kubernetes: l.prepareCluster, Loki: l.prepareLoki, Prometheus: l.preparePrometheus, Alertmanager: l.prepareAlertmanager,
		}[part]
		if !ok {
			return fmt.Errorf("the lab has no part %q", part)
		}
		start, err := prepare(ctx, dir, paths)
		if err != nil {
			return err
		}
		starts = append(starts, l.timed(part, start))
	}
	if err := together(ctx, starts...); err != nil {
		return err
	}
	l.live.Go(func() { l.feed(ctx) })
	if !whole {
		return nil
	}
	return l.writeConfig()
}

// timed tells how long a part took.
func (l *Lab) timed(part Part, start func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		began := time.Now()
		if err := start(ctx); err != nil {
			return fmt.Errorf("lab, %s: %w", part, err)
		}
		say(l.options.Out, "%s ready and filled after %s", part, time.Since(began).Round(100*time.Millisecond))
		return nil
	}
}

func (l *Lab) prepareCluster(ctx context.Context, dir string, paths map[string]string) (func(context.Context) error, error) {
	c, err := newControl(ctx, l, dir, paths)
	if err != nil {
		return nil, err
	}
	l.control, l.Kubeconfig, l.AdminKubeconfig, l.Token = c, c.kubeconfig, filepath.Join(dir, "admin.kubeconfig"), c.userToken
	l.URLs[string(Kubernetes)] = c.url
	logs := &podLogs{world: l.World, dir: filepath.Join(dir, "logs")}
	return func(ctx context.Context) error {
		kwok, err := logs.begin(l.World.Now().Add(-l.options.History))
		if err != nil {
			return err
		}
		if err := c.start(ctx, kwok); err != nil {
			return err
		}
		return l.seedCluster(ctx, c.admin)
	}, l.feeds(logs.feed)
}

func (l *Lab) prepareLoki(ctx context.Context, dir string, paths map[string]string) (func(context.Context) error, error) {
	p, err := newLoki(ctx, l, dir, paths["loki"])
	if err != nil {
		return nil, err
	}
	s := &lokiSeed{world: l.World, api: &rest{base: l.URLs["loki"], client: http.DefaultClient}, last: l.World.Now().Add(-l.options.History)}
	return func(ctx context.Context) error {
		if err := p.start(ctx); err != nil {
			return err
		}
		return s.feed(ctx, l.World.Now())
	}, l.feeds(s.feed)
}

func (l *Lab) preparePrometheus(ctx context.Context, dir string, paths map[string]string) (func(context.Context) error, error) {
	p, err := newPrometheus(ctx, l, dir, paths["prometheus"])
	if err != nil {
		return nil, err
	}
	s := &seriesSeed{world: l.World, api: &rest{base: l.URLs["prometheus"], client: http.DefaultClient}, last: l.World.Now().Add(-l.options.History)}
	return func(ctx context.Context) error {
		if err := p.start(ctx); err != nil {
			return err
		}
		return s.feed(ctx, l.World.Now())
	}, l.feeds(s.feed)
}

func (l *Lab) prepareAlertmanager(ctx context.Context, dir string, paths map[string]string) (func(context.Context) error, error) {
	p, err := newAlertmanager(ctx, l, dir, paths["alertmanager"])
	if err != nil {
		return nil, err
	}
	s := &alertSeed{world: l.World, api: &rest{base: l.URLs["alertmanager"], client: http.DefaultClient}}
	return func(ctx context.Context) error {
		if err := p.start(ctx); err != nil {
			return err
		}
		return s.feed(ctx, l.World.Now())
	}, l.feeds(s.feed)
}

// feeds adds a feeder, which goes on when everything is full.
func (l *Lab) feeds(f func(context.Context, time.Time) error) error {
	l.feeders = append(l.feeders, f)
	return nil
}

// feedEvery is how often the systems get what the platform said meanwhile.
const feedEvery = time.Second

// feed goes on feeding every system. One that is stopped or frozen gets later what it missed.
func (l *Lab) feed(ctx context.Context) {
	var all sync.WaitGroup
	for _, f := range l.feeders {
		all.Go(func() {
			for pause(ctx, feedEvery) == nil {
				_ = f(ctx, l.World.Now())
			}
		})
	}
	all.Wait()
}

// process adds a process to the lab.
func (l *Lab) process(name, path, health string, client *http.Client, args ...string) *process {
	p := &process{name: name, path: path, args: args, health: health, client: client, spawn: l.spawn, log: filepath.Join(l.Dir, name+".log")}
	l.processes = append(l.processes, p)
	return p
}

// Processes lists the names of the processes: etcd, apiserver, controller-manager, scheduler, kwok, loki, prometheus, alertmanager.
func (l *Lab) Processes() []string {
	var out []string
	for _, p := range l.processes {
		out = append(out, p.name)
	}
	return out
}

func (l *Lab) find(name string) (*process, error) {
	for _, p := range l.processes {
		if p.name == name {
			return p, nil
		}
	}
	return nil, fmt.Errorf("no process %q in this lab: it has %s", name, strings.Join(l.Processes(), ", "))
}

// Stop ends one process, as an operator would.
func (l *Lab) Stop(name string) error {
	p, err := l.find(name)
	if err == nil {
		p.stop()
	}
	return err
}

// Restart starts a process that was stopped, or stops and starts it, and waits until it is healthy. It has the same port and data.
func (l *Lab) Restart(ctx context.Context, name string) error {
	p, err := l.find(name)
	if err != nil {
		return err
	}
	p.stop()
	return p.start(ctx)
}

// Freeze stops a process from running without ending it: its connections stay open and nobody answers.
func (l *Lab) Freeze(name string) error { return l.signal(name, syscall.SIGSTOP) }

// Thaw lets a frozen process go on.
func (l *Lab) Thaw(name string) error { return l.signal(name, syscall.SIGCONT) }

func (l *Lab) signal(name string, sig syscall.Signal) error {
	p, err := l.find(name)
	if err == nil && !p.signal(sig) {
		err = fmt.Errorf("%s does not run", name)
	}
	return err
}

// Memory is the resident memory of each process in bytes, where the system tells.
func (l *Lab) Memory() map[string]int64 {
	out := map[string]int64{}
	for _, p := range l.processes {
		out[p.name] = p.memory()
	}
	return out
}

// Close ends everything, those that depend on others first, and removes a temporary folder. It may be called twice.
func (l *Lab) Close() error {
	l.once.Do(func() {
		l.cancel()
		l.live.Wait()
		// The cluster and the telemetry know nothing of each other: what is started last goes first within the cluster only.
		cluster := []string{"kwok", "scheduler", "controller-manager", "apiserver", "etcd"}
		var all sync.WaitGroup
		all.Go(func() {
			for _, name := range cluster {
				_ = l.Stop(name) // absent from a lab without a cluster
			}
		})
		for _, p := range l.processes {
			if !slices.Contains(cluster, p.name) {
				all.Go(p.stop)
			}
		}
		if l.platform != nil {
			all.Go(l.platform.Close)
		}
		all.Wait()
		l.spawn.close()
		if l.temporary {
			l.closed = os.RemoveAll(l.Dir)
		}
	})
	return l.closed
}

// prefix begins the name of a temporary folder; the process that made it follows.
const prefix = "dsotop-lab-"

// sweep removes the folders of labs that were killed.
func sweep() {
	dirs, _ := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	for _, dir := range dirs {
		text, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(dir), prefix), "-")
		pid, err := strconv.Atoi(text)
		if err == nil && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			_ = os.RemoveAll(dir)
		}
	}
}
