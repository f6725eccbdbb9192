package kubernetes

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"

	"dsotop/internal/logs"
	"dsotop/internal/sources/follow"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

const (
	mostLogs  = 50               // followed at once: each is a stream of the apiserver's one connection
	logLook   = 30 * time.Second // between two lists of pods without any sign of a change
	logLeast  = 3 * time.Second  // and with one
	mostPods  = 2000             // of a namespace, whose logs are asked for
	mostChunk = 16 << 10         // runtimes write longer lines in parts of this size
)

// Origin implements logs.Live.
func (s *Source) Origin() logs.Origin { return logs.OriginKubernetes }

// Lines implements logs.Live. Containers of all kinds are read: init containers and ephemeral ones as well. Which there are is asked of the
// apiserver, at the start and when the pods that Run watches move.
func (s *Source) Lines(ctx context.Context, a logs.LiveAsk, sink func(logs.Batch) error) error {
	var side sync.WaitGroup
	defer side.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	moved := make(chan struct{}, 1)
	if st := s.shelved.Load(); st != nil {
		side.Go(func() { s.podsMoved(ctx, st, a.Namespace, moved) })
	}
	k := podsKind()
	return follow.Lines(ctx, follow.System{
		Name: s.Name(), Origin: logs.OriginKubernetes, Most: mostLogs, Look: logLook, Least: logLeast, Changed: moved, Times: s.logTimes,
		Targets: func(ctx context.Context) ([]follow.Target, error) { return s.logTargets(ctx, k, a) },
		Read: func(ctx context.Context, ask follow.Ask, emit follow.Emit) error {
			return s.readLog(ctx, a.Namespace, ask, emit)
		},
	}, a, sink)
}

// podsKind is the kind of pods.
func podsKind() *kind {
	all := kinds("")
	return all[slices.IndexFunc(all, func(k *kind) bool { return k.resource == "pods" })]
}

// podsMoved rings when the pods of a namespace change on this source's shelf, until ctx ends.
func (s *Source) podsMoved(ctx context.Context, st *store.Store, namespace string, bell chan<- struct{}) {
	sub := st.Subscribe(time.Second)
	defer sub.Close()
	var seen uint64
	for {
		snap, ok := sub.Next(ctx)
		if !ok {
			return
		}
		for _, shelf := range store.Pods.Of(snap, namespace) {
			if shelf.Source != s.Name() || shelf.Rev == seen {
				continue
			}
			seen = shelf.Rev
			select {
			case bell <- struct{}{}:
			default:
			}
		}
	}
}

// logTargets lists the containers of the question.
func (s *Source) logTargets(ctx context.Context, k *kind, a logs.LiveAsk) ([]follow.Target, error) {
	ctx, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	opts := metav1.ListOptions{Limit: pageSize}
	if len(a.Pods) == 1 {
		opts.FieldSelector = fields.OneTermEqualSelector("metadata.name", a.Pods[0]).String()
	}
	var out []follow.Target
	for seen := 0; seen < mostPods; {
		got, err := s.api.list(ctx, k, a.Namespace, opts)
		if err != nil {
			return nil, s.fault("list", "pods in "+a.Namespace, err)
		}
		list, ok := got.(*corev1.PodList)
		if !ok {
			return nil, &transport.Fault{Class: transport.ClassMalformed, Source: s.Name(), Method: "list", URL: "pods in " + a.Namespace, Message: "the answer is no list of pods"}
		}
		for i := range list.Items {
			if p := &list.Items[i]; len(a.Pods) == 0 || slices.Contains(a.Pods, p.Name) {
				out = append(out, containersOf(p, a)...)
			}
		}
		seen += len(list.Items)
		if opts.Continue = list.Continue; opts.Continue == "" {
			break
		}
	}
	return out, nil
}

// containersOf lists the containers of a pod that may have lines. One that waits for its first start is among them: asking for its
// log tells why it waits.
func containersOf(p *corev1.Pod, a logs.LiveAsk) []follow.Target {
	var out []follow.Target
	add := func(name string, all []corev1.ContainerStatus) {
		if len(a.Containers) > 0 && !slices.Contains(a.Containers, name) {
			return
		}
		t := follow.Target{Pod: p.Name, Container: name, Instance: string(p.UID)}
		i := slices.IndexFunc(all, func(c corev1.ContainerStatus) bool { return c.Name == name })
		if i >= 0 {
			c := &all[i]
			if a.Previous && c.LastTerminationState.Terminated == nil {
				return
			}
			t.Running = c.State.Running != nil
			t.Instance += "/" + instanceOf(c)
		} else if a.Previous {
			return
		}
		out = append(out, t)
	}
	for i := range p.Spec.InitContainers {
		add(p.Spec.InitContainers[i].Name, p.Status.InitContainerStatuses)
	}
	for i := range p.Spec.Containers {
		add(p.Spec.Containers[i].Name, p.Status.ContainerStatuses)
	}
	for i := range p.Spec.EphemeralContainers {
		add(p.Spec.EphemeralContainers[i].Name, p.Status.EphemeralContainerStatuses)
	}
	return out
}

// instanceOf tells the runs of a container apart. The same run has the same name while it runs and after its end.
func instanceOf(c *corev1.ContainerStatus) string {
	switch {
	case c.State.Running != nil && c.ContainerID != "":
		return c.ContainerID
	case c.State.Terminated != nil && c.State.Terminated.ContainerID != "":
		return c.State.Terminated.ContainerID
	case c.State.Waiting != nil && c.LastTerminationState.Terminated != nil && c.LastTerminationState.Terminated.ContainerID != "":
		return c.LastTerminationState.Terminated.ContainerID
	case c.State.Waiting != nil && c.LastTerminationState.Terminated == nil:
		return "waits: " + c.State.Waiting.Reason
	case c.State.Waiting != nil: // the log is still that of the run before
		return strconv.Itoa(int(c.RestartCount) - 1)
	}
	return strconv.Itoa(int(c.RestartCount))
}

// readLog is one connection to a container's log.
func (s *Source) readLog(ctx context.Context, namespace string, a follow.Ask, emit follow.Emit) error {
	opts := &corev1.PodLogOptions{Container: a.Container, Follow: a.Follow, Previous: a.Previous, Timestamps: true}
	if a.Since > 0 { // the wire has whole seconds; what comes too early is passed over by the caller
		t := metav1.NewTime(time.Unix(0, a.Since).UTC().Truncate(time.Second))
		opts.SinceTime = &t
	}
	if a.Tail > 0 {
		n := int64(a.Tail)
		opts.TailLines = &n
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timer := time.AfterFunc(s.opts.Timeout, func() { cancel(errSilent) })
	body, err := s.api.log(ctx, namespace, a.Pod, opts)
	if !timer.Stop() && err == nil {
		_ = body.Close()
		err = errSilent
	}
	if err == nil {
		defer body.Close()
		err = follow.Scan(body, func(text []byte, cut int64) error {
			at, line := stamped(text)
			return emit(at, line, cut)
		})
	}
	switch {
	case err == nil:
		return nil
	case context.Cause(ctx) == errSilent: //nolint:errorlint // a sentinel of our own, never wrapped
		return &transport.Fault{Class: transport.ClassTimeout, Source: s.Name(), Method: "get", URL: "pods/log", Message: errSilent.Error(), Err: context.DeadlineExceeded}
	}
	return s.fault("get", "pods/log", err)
}

// log opens a container's log.
func (c *client) log(ctx context.Context, namespace, pod string, opts *corev1.PodLogOptions) (io.ReadCloser, error) {
	return c.groups[corev1.SchemeGroupVersion].Get().MaxRetries(0).Namespace(namespace).Resource("pods").Name(pod).SubResource("log").VersionedParams(opts, c.params).Stream(ctx)
}

// stamped cuts the stamp off a line: RFC 3339 with up to nine digits, and one space. A line without one is the kubelet's own word; its
// time is 0.
func stamped(text []byte) (at int64, line string) {
	at, n := stampOf(text)
	if n == 0 {
		return 0, string(text)
	}
	return at, joined(string(text[n:]))
}

// stampOf reads the stamp at the start of a text, with the space after it; n is its length, 0 without one.
func stampOf(text []byte) (at int64, n int) {
	const shortest, longest = len("2006-01-02T15:04:05Z"), len("2006-01-02T15:04:05.000000000+00:00")
	i := slices.Index(text[:min(len(text), longest+1)], ' ')
	if i < 0 { // an empty line of old kubelets
		i = len(text)
	}
	if i < shortest || i > longest || text[4] != '-' || text[10] != 'T' {
		return 0, 0
	}
	t, err := time.Parse(time.RFC3339Nano, string(text[:i]))
	if err != nil {
		return 0, 0
	}
	return t.UnixNano(), min(i+1, len(text))
}

// joined takes out the stamps that older kubelets put before each part of a line that the runtime wrote in parts.
func joined(line string) string {
	if len(line) <= mostChunk {
		return line
	}
	var b strings.Builder
	for len(line) > mostChunk {
		_, n := stampOf([]byte(line[mostChunk:min(len(line), mostChunk+64)]))
		if n == 0 && b.Len() == 0 {
			return line // the newer ones, by far the most
		}
		b.WriteString(line[:mostChunk])
		line = line[mostChunk+n:]
	}
	b.WriteString(line)
	return b.String()
}
