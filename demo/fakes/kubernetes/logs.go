package kubernetes

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"dsotop/demo/world"
)

// followEvery is how often a followed log is looked at.
const followEvery = 300 * time.Millisecond

// logBatch is about how many lines are made at once: a day of a busy container must not be held in memory.
const logBatch = 2000

// logAsk is a parsed request for a log.
type logAsk struct {
	pod        *world.Pod
	container  string
	follow     bool
	timestamps bool
	tail       int // -1: all
	bytes      int // left; -1: any
	from, to   time.Time
}

func (s *Server) serveLog(w http.ResponseWriter, r *http.Request, t target) {
	q := r.URL.Query()
	a := &logAsk{follow: isTrue(q.Get("follow")), timestamps: isTrue(q.Get("timestamps")), tail: -1, bytes: -1}
	fault := s.findLog(a, t, q)
	if fault == nil {
		fault = a.window(q, s.world.Now())
	}
	if fault != nil {
		s.fail(w, fault)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	w.WriteHeader(http.StatusOK)
	out := &logWriter{w: w, a: a}
	s.streamLog(r.Context(), out)
}

// findLog finds the pod and its container, and says as the apiserver or the kubelet does why there is no log.
func (s *Server) findLog(a *logAsk, t target, q url.Values) *apierrors.StatusError {
	var fault *apierrors.StatusError
	s.world.View(func(st *world.State) {
		if ns := st.NamespaceOf[s.opts.Cluster+"/"+t.namespace]; ns != nil {
			for _, p := range ns.Pods {
				if p.Name == t.name {
					a.pod = p
				}
			}
		}
		if a.pod == nil {
			fault = apierrors.NewNotFound(schema.GroupResource{Resource: "pods"}, t.name)
			return
		}
		var names []string
		for _, c := range a.pod.Containers {
			names = append(names, c.Spec.Name)
		}
		a.container = q.Get("container")
		if a.container == "" && len(names) == 1 {
			a.container = names[0]
		}
		if a.container == "" {
			fault = apierrors.NewBadRequest(fmt.Sprintf("a container name must be specified for pod %s, choose one of: [%s]", t.name, strings.Join(names, " ")))
			return
		}
		i := slices.Index(names, a.container)
		if i < 0 {
			fault = apierrors.NewBadRequest(fmt.Sprintf("container %s is not valid for pod %s", a.container, t.name))
			return
		}
		fault = a.times(a.pod.Containers[i], isTrue(q.Get("previous")), s.world.Now())
	})
	return fault
}

// times sets the life of the instance that is asked for. Under the read lock.
func (a *logAsk) times(c *world.Container, previous bool, now time.Time) *apierrors.StatusError {
	where := fmt.Sprintf("container %q in pod %q", a.container, a.pod.Name)
	switch {
	case previous && c.LastReason == "":
		return apierrors.NewBadRequest("previous terminated " + where + " not found")
	case previous || (c.State == "waiting" && c.LastReason != ""):
		a.from, a.to, a.follow = c.LastStarted, c.LastFinished, a.follow && !previous
	case c.State == "waiting":
		switch c.Reason {
		case "ImagePullBackOff", "ErrImagePull", "InvalidImageName":
			return apierrors.NewBadRequest(where + " is waiting to start: trying and failing to pull image")
		case "":
			return apierrors.NewBadRequest(where + " is waiting to start: ContainerCreating")
		}
		return apierrors.NewBadRequest(where + " is waiting to start: " + c.Reason)
	case c.State == "terminated":
		a.from, a.to = c.StartedAt, c.FinishedAt
	default:
		a.from, a.to = c.StartedAt, now
	}
	if a.from.IsZero() {
		a.from = a.pod.CreatedAt
	}
	return nil
}

// window narrows the life of the container to what was asked.
func (a *logAsk) window(q url.Values, now time.Time) *apierrors.StatusError {
	number := func(name string) (int, bool, *apierrors.StatusError) {
		text := q.Get(name)
		if text == "" {
			return 0, false, nil
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return 0, false, apierrors.NewBadRequest(name + ": Invalid value: " + text)
		}
		return n, true, nil
	}
	later := func(t time.Time) {
		if t.After(a.from) {
			a.from = t
		}
	}
	later(now.Add(-24 * time.Hour)) // what a kubelet would have rotated away
	for _, name := range []string{"sinceSeconds", "tailLines", "limitBytes"} {
		n, given, fault := number(name)
		switch {
		case fault != nil:
			return fault
		case !given:
		case name == "sinceSeconds":
			later(now.Add(-time.Duration(n) * time.Second))
		case name == "tailLines":
			a.tail = n
		default:
			a.bytes = n
		}
	}
	if text := q.Get("sinceTime"); text != "" {
		t, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return apierrors.NewBadRequest("sinceTime: " + err.Error())
		}
		later(t)
	}
	return nil
}

// lines asks the world for a window, oldest first.
func (s *Server) lines(a *logAsk, from, to time.Time, limit int, backward bool) []world.LogLine {
	lines := s.world.Logs(a.pod, a.container, from, to, limit, backward)
	if backward {
		slices.SortStableFunc(lines, func(x, y world.LogLine) int { return cmp.Compare(x.At.UnixNano(), y.At.UnixNano()) })
	}
	return lines
}

func (s *Server) streamLog(ctx context.Context, out *logWriter) {
	a := out.a
	at := a.from
	if a.tail >= 0 {
		if a.tail > 0 {
			out.write(s.lines(a, a.from, a.to, a.tail, true))
		}
		at = a.to
	}
	// Windows of time that hold about a batch: lines may share a stamp, so that none can be cut between two of them.
	for window := time.Second; at.Before(a.to) && !out.done && ctx.Err() == nil; {
		end := at.Add(window)
		if end.After(a.to) {
			end = a.to
		}
		lines := s.lines(a, at, end, 0, false)
		out.write(lines)
		switch at = end; {
		case len(lines) < logBatch/2:
			window = min(2*window, time.Hour)
		case len(lines) > 2*logBatch:
			window = max(window/2, time.Millisecond)
		}
	}
	at = a.to
	out.flush()
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for a.follow && !out.done {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := s.world.Now()
		if now.After(at) {
			out.write(s.lines(a, at, now, 0, false))
			out.flush()
			at = now
		}
		if !s.running(a) {
			return
		}
	}
}

// running reports whether the pod still exists and its container runs: a followed log ends with it.
func (s *Server) running(a *logAsk) bool {
	ok := false
	s.world.View(func(*world.State) {
		if slices.Contains(a.pod.Namespace.Pods, a.pod) {
			for _, c := range a.pod.Containers {
				ok = ok || (c.Spec.Name == a.container && c.State == "running")
			}
		}
	})
	return ok
}

type logWriter struct {
	w    http.ResponseWriter
	a    *logAsk
	done bool
	buf  []byte
}

func (l *logWriter) write(lines []world.LogLine) {
	for _, line := range lines {
		if l.done {
			return
		}
		b := l.buf[:0]
		if l.a.timestamps {
			b = append(line.At.UTC().AppendFormat(b, "2006-01-02T15:04:05.000000000Z"), ' ')
		}
		b = append(append(b, line.Text...), '\n')
		if l.a.bytes >= 0 {
			if len(b) >= l.a.bytes {
				b, l.done = b[:l.a.bytes], true
			}
			l.a.bytes -= len(b)
		}
		if _, err := l.w.Write(b); err != nil {
			l.done = true
		}
		l.buf = b
	}
}

func (l *logWriter) flush() {
	if f, ok := l.w.(http.Flusher); ok {
		f.Flush()
	}
}
