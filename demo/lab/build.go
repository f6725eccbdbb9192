package lab

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// program is a program of the lab and how it is built. Each comes from a module of its own below modules/, so that its pinned
// dependencies are not ours.
type program struct {
	name    string
	pkg     string   // "." is the module itself
	ldflags []string // values of variables, as X takes them
	tags    string
	first   string // how long a first build takes on two cores, for the person who waits
}

const kubernetesVersion = "v1.36.3"

// programs lists what can be built, in the order in which it is.
func programs() []program {
	return []program{
		{name: "kubebox", pkg: ".", first: "4 minutes", ldflags: []string{
			// Clients mistrust an API server without a version.
			"k8s.io/component-base/version.gitVersion=" + kubernetesVersion, "k8s.io/component-base/version.gitMajor=1", "k8s.io/component-base/version.gitMinor=36",
			"k8s.io/component-base/version.gitTreeState=clean", "k8s.io/client-go/pkg/version.gitVersion=" + kubernetesVersion}},
		{name: "kwok", pkg: "sigs.k8s.io/kwok/cmd/kwok", first: "1 minute"},
		{name: "alertmanager", pkg: "github.com/prometheus/alertmanager/cmd/alertmanager", first: "1 minute", ldflags: []string{"github.com/prometheus/common/version.Version=0.31.1"}},
		// Without the service discoveries of every cloud, which double its compilation.
		{name: "prometheus", pkg: "github.com/prometheus/prometheus/cmd/prometheus", tags: "remove_all_sd", first: "2 minutes", ldflags: []string{"github.com/prometheus/common/version.Version=3.13.5"}},
		{name: "loki", pkg: "github.com/grafana/loki/v3/cmd/loki", first: "5 minutes", ldflags: []string{"github.com/grafana/loki/v3/pkg/util/build.Version=3.7.8"}},
	}
}

// needed is the free space in bytes that a build wants in the build cache's file system: the compiler's results of the largest
// program, twice over for what else runs.
const needed = 6 << 30

// Build builds what is missing of the programs of some parts (none: of all) and returns their paths by name. One build runs at a time, however many
// labs want one. Progress goes to out.
func Build(ctx context.Context, out io.Writer, parts ...Part) (map[string]string, error) {
	modules, err := modulesDir(ctx)
	if err != nil {
		return nil, err
	}
	cache, err := cacheDir()
	if err != nil {
		return nil, err
	}
	paths, missing := map[string]string{}, false
	for _, b := range programs() {
		if !wanted(b.name, parts) {
			continue
		}
		key, err := b.key(modules)
		if err != nil {
			return nil, err
		}
		paths[b.name] = filepath.Join(cache, "lab-"+b.name+"-"+key)
		missing = missing || !exists(paths[b.name])
	}
	if !missing {
		return paths, nil
	}
	unlock, err := lock(ctx, filepath.Join(cache, "lab.lock"), out)
	if err != nil {
		return nil, err
	}
	defer unlock()
	for _, b := range programs() {
		path := paths[b.name]
		if path == "" || exists(path) { // another lab may have built it while we waited
			continue
		}
		if err := room(ctx, cache); err != nil {
			return nil, err
		}
		say(out, "building %s into %s: about %s the first time on two cores", b.name, cache, b.first)
		began := time.Now()
		if err := b.build(ctx, filepath.Join(modules, b.name), path); err != nil {
			return nil, err
		}
		say(out, "%s built in %s", b.name, time.Since(began).Round(time.Second))
	}
	return paths, nil
}

// wanted tells whether a part needs a program.
func wanted(name string, parts []Part) bool {
	if len(parts) == 0 {
		return true
	}
	if name == "kubebox" || name == "kwok" {
		return slices.Contains(parts, Kubernetes)
	}
	return slices.Contains(parts, Part(name))
}

// key names a build by all that goes into it: the module's files, how it is built, and the compiler.
func (b program) key(modules string) (string, error) {
	sum := sha256.New()
	dir := filepath.Join(modules, b.name)
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		return "", fmt.Errorf("no module of the lab in %s: run from the repository (%w)", dir, errors.Join(err, fs.ErrNotExist))
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%s %d\n", filepath.Base(f), len(text))
		_, _ = sum.Write(text)
	}
	fmt.Fprint(sum, b.args("-"), runtime.GOOS, runtime.GOARCH, runtime.Version())
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}

func (b program) args(path string) []string {
	flags := "-s -w"
	for _, x := range b.ldflags {
		flags += " -X " + x
	}
	args := []string{"build", "-mod=readonly", "-trimpath", "-ldflags", flags, "-o", path}
	if b.tags != "" {
		args = append(args, "-tags", b.tags)
	}
	return append(args, b.pkg)
}

func (b program) build(ctx context.Context, dir, path string) error {
	fresh := path + ".new"
	cmd := exec.CommandContext(ctx, "go", b.args(fresh)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	if text, err := cmd.CombinedOutput(); err != nil {
		_ = os.Remove(fresh)
		if ctx.Err() != nil {
			return fmt.Errorf("building %s: %w", b.name, ctx.Err())
		}
		return fmt.Errorf("building %s in %s failed (%w); its last words:\n%s", b.name, dir, err, tail(text, 2000))
	}
	// Of older inputs there is one binary left behind at most: each is up to 150 MB.
	old, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "lab-"+b.name+"-*"))
	if err := os.Rename(fresh, path); err != nil {
		return err
	}
	for _, o := range old {
		if o != path && o != fresh && stale(o) {
			_ = os.Remove(o)
		}
	}
	return nil
}

// stale tells whether a binary is so old that no other checkout is likely to use it still.
func stale(path string) bool {
	info, err := os.Stat(path)
	return err == nil && time.Since(info.ModTime()) > 7*24*time.Hour
}

// room checks the space in the file systems that a build fills: the compiler's cache and ours.
func room(ctx context.Context, cache string) error {
	dirs := []string{cache}
	if text, err := exec.CommandContext(ctx, "go", "env", "GOCACHE").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(text)))
	}
	for _, dir := range dirs {
		var st syscall.Statfs_t
		if err := syscall.Statfs(dir, &st); err != nil {
			continue // a folder that does not exist yet, or a file system that does not say
		}
		if free := int64(st.Bavail) * int64(st.Bsize); free < needed { //nolint:unconvert // its type is another on other systems
			return fmt.Errorf("only %.1f GiB free for %s: building the lab needs %d GiB; free some space (go clean -cache drops the compiler's own) or set XDG_CACHE_HOME and GOCACHE to a larger disk",
				float64(free)/(1<<30), dir, needed>>30)
		}
	}
	return nil
}

// lock takes the lock of builds, which the system drops with the process, and returns how to give it back.
func lock(ctx context.Context, path string, out io.Writer) (func(), error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for told := false; ; {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { _ = f.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			_ = f.Close()
			return nil, fmt.Errorf("locking %s: %w", path, err)
		}
		if !told {
			say(out, "another lab is building: waiting for it")
			told = true
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			_ = f.Close()
			return nil, err
		}
	}
}

// cacheDir is where the Makefile keeps what it builds once.
func cacheDir() (string, error) {
	base := os.Getenv("XDG_CACHE_HOME")
	if base == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		base = filepath.Join(home, ".cache")
	}
	dir := filepath.Join(base, "dsotop-build")
	return dir, os.MkdirAll(dir, 0o755)
}

// modulesDir finds the modules of the lab in the checkout that the process runs in.
func modulesDir(ctx context.Context) (string, error) {
	text, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "dsotop").Output()
	if err != nil {
		return "", fmt.Errorf("the lab is built from the repository: run it there, with the go command on the path (%w)", err)
	}
	return filepath.Join(strings.TrimSpace(string(text)), "demo", "lab", "modules"), nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func tail(text []byte, n int) string {
	return strings.TrimSpace(string(text[max(0, len(text)-n):]))
}

func say(out io.Writer, format string, args ...any) {
	if out != nil {
		_, _ = fmt.Fprintf(out, "lab: "+format+"\n", args...)
	}
}

// pause waits, or ends with the context.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
