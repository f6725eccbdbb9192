package argocd

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/platform"
	"dsotop/internal/sources/follow"
	"dsotop/internal/sources/transport"
)

const (
	// mostLogs is how many containers are followed at once. Argo CD opens a stream to the cluster for each; its own page shows ten pods.
	mostLogs = 20
	logLook  = 15 * time.Second // between two readings of the trees while following
	// mostContainersAsked bounds the manifests read to learn the containers of pods, in one look.
	mostContainersAsked = 40
	// clocks is by how much the node's clock may differ from ours: the API takes an age in seconds and no moment.
	clocks = 30 * time.Second
)

// Origin implements logs.Live.
func (s *Source) Origin() logs.Origin { return logs.OriginArgo }

// Lines implements logs.Live. Without an application in the question it reads those that deploy to the namespace, as far as they are
// known. Each container has a stream of its own: one for several pods is cut by the server above ten, and would have no container to
// resume.
func (s *Source) Lines(ctx context.Context, a logs.LiveAsk, sink func(logs.Batch) error) error {
	known := &podContainers{by: map[string][]podContainer{}}
	return follow.Lines(ctx, follow.System{
		Name: s.name, Origin: logs.OriginArgo, Most: mostLogs, Look: logLook, Least: logLook, Times: s.logTimes,
		Targets: func(ctx context.Context) ([]follow.Target, error) { return s.logTargets(ctx, a, known) },
		Read: func(ctx context.Context, ask follow.Ask, emit follow.Emit) error {
			return s.readLog(ctx, a.Namespace, ask, emit)
		},
	}, a, sink)
}

// podContainers remembers the containers of pods, which do not change while a pod lives.
type podContainers struct {
	mu sync.Mutex
	by map[string][]podContainer // by UID
}

type podContainer struct {
	name string
	init bool
}

// logApps are the applications that a question is about.
func (s *Source) logApps(a logs.LiveAsk) ([]appID, error) {
	if a.Application != "" {
		namespace, name, ok := strings.Cut(a.Application, "/")
		if !ok {
			namespace, name = "", a.Application
		}
		return []appID{{namespace, name}}, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []appID
	for id, k := range s.facts.apps {
		if k.app.DestNamespace == a.Namespace && deploys(k.app) {
			out = append(out, id)
		}
	}
	if len(out) == 0 {
		return nil, &transport.Fault{Class: transport.ClassNotFound, Source: s.name, URL: s.base + "/api/v1/applications", Message: "no application that deploys to " + line(a.Namespace) + " is known here"}
	}
	slices.SortFunc(out, func(x, y appID) int { return strings.Compare(x.namespace+"/"+x.name, y.namespace+"/"+y.name) })
	return out, nil
}

// logTargets lists the containers of the question, by the trees of its applications.
func (s *Source) logTargets(ctx context.Context, a logs.LiveAsk, known *podContainers) ([]follow.Target, error) {
	apps, err := s.logApps(a)
	if err != nil {
		return nil, err
	}
	var out []follow.Target
	var failed error
	seen := map[string]bool{}
	left := mostContainersAsked
	read := 0
	for _, id := range apps {
		w, err := s.tree(ctx, id)
		if err != nil {
			failed = err
			continue
		}
		read++
		for _, p := range mapTree("", w).pods {
			if p.Namespace != a.Namespace || seen[p.UID] || len(a.Pods) > 0 && !slices.Contains(a.Pods, p.Name) {
				continue
			}
			seen[p.UID] = true
			containers, err := s.containersOf(ctx, id, p.Pod, known, &left)
			if err != nil {
				return nil, err
			}
			for _, c := range containers {
				if len(a.Containers) > 0 && !slices.Contains(a.Containers, c.name) {
					continue
				}
				running := !c.init && p.Phase == "Running"
				out = append(out, follow.Target{Pod: p.Name, Container: c.name, Instance: p.UID + "/" + strconv.Itoa(p.Restarts) + "/" + strconv.FormatBool(p.Phase == "Pending"), Running: running, Of: id})
			}
		}
	}
	if read == 0 {
		return nil, failed
	}
	return out, nil
}

// containersOf learns the containers of a pod: a tree does not name them. Where they cannot be learnt, those asked for are tried, or the
// pod's own default.
func (s *Source) containersOf(ctx context.Context, id appID, p platform.Pod, known *podContainers, left *int) ([]podContainer, error) {
	known.mu.Lock()
	defer known.mu.Unlock()
	if c, ok := known.by[p.UID]; ok {
		return c, nil
	}
	m := s.manifestOfPod(id, p.UID)
	if m == nil && *left > 0 {
		*left--
		m = new(wirePod)
		if err := s.manifest(ctx, id, "", "v1", "Pod", p.Namespace, p.Name, m); err != nil {
			if passing(err) != nil {
				return nil, err
			}
			m = nil
		}
	}
	if m == nil || len(m.Spec.Containers) == 0 {
		return []podContainer{{}}, nil // and learn them at the next look
	}
	var out []podContainer
	for _, c := range m.Spec.InitContainers {
		out = append(out, podContainer{c.Name, true})
	}
	for _, c := range m.Spec.Containers {
		out = append(out, podContainer{c.Name, false})
	}
	known.by[p.UID] = out
	return out, nil
}

// manifestOfPod is the manifest that was read when the pod was looked at; nil without.
func (s *Source) manifestOfPod(id appID, uid string) *wirePod {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := s.facts.apps[id]; k != nil {
		return k.pods[uid].body
	}
	return nil
}

// wireLog is one message of a log stream.
type wireLog struct {
	Result *struct {
		Content string `json:"content"`
		Last    bool   `json:"last"`
		Whole   string `json:"timeStamp"`    // in whole seconds on some versions
		Exact   string `json:"timeStampStr"` // with nanoseconds
	} `json:"result"`
	Error *wireTrouble `json:"error"`
}

// errLast ends a stream at the message that says so.
var errLast = errors.New("the last line")

// readLog is one connection to a container's log.
func (s *Source) readLog(ctx context.Context, namespace string, a follow.Ask, emit follow.Emit) error {
	id, _ := a.Of.(appID)
	q := url.Values{"namespace": {namespace}, "podName": {a.Pod}}
	if id.namespace != "" {
		q.Set("appNamespace", id.namespace)
	}
	if a.Container != "" {
		q.Set("container", a.Container)
	}
	if a.Since > 0 {
		age := time.Since(time.Unix(0, a.Since)) + clocks
		q.Set("sinceSeconds", strconv.FormatInt(max(int64(age/time.Second)+1, 1), 10))
	}
	if a.Tail > 0 {
		q.Set("tailLines", strconv.Itoa(a.Tail))
	}
	if a.Follow {
		q.Set("follow", "true")
	}
	if a.Previous {
		q.Set("previous", "true")
	}
	path := "/api/v1/applications/" + url.PathEscape(id.name) + "/logs"
	resp, err := s.open(ctx, path, "?"+q.Encode(), "text/event-stream")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := takeLogs(resp.Body, emit); err != nil {
		return s.streamFault(path, err)
	}
	return nil
}

// takeLogs reads the messages of a log stream until its end (nil), a failure, or emit's.
func takeLogs(r io.Reader, emit follow.Emit) error {
	err := messages(r, func(bool) {}, func(data []byte) error {
		var m wireLog
		if json.Unmarshal(data, &m) != nil || m.Result == nil && m.Error == nil {
			return errGarbage
		}
		if m.Error != nil {
			return logError(m.Error.Code, m.Error.grpc(), m.Error.Message)
		}
		at, err := time.Parse(time.RFC3339Nano, m.Result.Exact)
		if err != nil {
			at, _ = time.Parse(time.RFC3339Nano, m.Result.Whole)
		}
		switch {
		case m.Result.Last:
			return errLast
		case at.IsZero(): // what the cluster said to Argo CD comes as a line without a time
			return logError(0, 0, m.Result.Content)
		}
		text := strings.TrimSuffix(m.Result.Content, "\n")
		for part := range strings.SplitSeq(text, "\n") {
			cut := max(len(part)-follow.LongestLine, 0)
			if err := emit(at.UnixNano(), part[:len(part)-cut], int64(cut)); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, errLast) || errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// logError classifies what comes inside a stream in place of lines: about the container, unless its code says otherwise.
func logError(code, grpc int, text string) error {
	f, _ := errors.AsType[*transport.Fault](streamError(code, grpc, text))
	low := strings.ToLower(text)
	switch {
	case f.Class != transport.ClassServer:
	case strings.Contains(low, "is forbidden"):
		f.Class = transport.ClassForbidden
	case code == 400 || code == 404 || grpc == 3 || grpc == 5 || strings.Contains(low, "waiting to start") || strings.Contains(low, "not found") || strings.Contains(low, "terminated container"):
		f.Class = transport.ClassRequest
	}
	return f
}
