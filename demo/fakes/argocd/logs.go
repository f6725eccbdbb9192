package argocd

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"dsotop/demo/world"
)

// maxLogPods is how many pods Argo CD follows at once.
const maxLogPods = 10

// logTarget is a container whose lines are wanted, with the time in which the wanted instance ran.
type logTarget struct {
	pod       *world.Pod
	name      string // of the pod
	container string
	from, to  time.Time
	refused   string // what the cluster says in place of lines; "" nothing
}

type logLine struct {
	at   time.Time
	pod  string
	text string
}

// logs sends the lines of the pods of an application, one result a line, and a last empty one when it does not follow.
func (f *face) logs(rw http.ResponseWriter, r *http.Request, id who) {
	q := r.URL.Query()
	var targets []logTarget
	var no *refusal
	code := http.StatusForbidden
	f.w.View(func(st *world.State) {
		var a *world.Application
		if a, code = f.find(st, r, id); a != nil {
			targets, no = logTargets(a, r)
		}
	})
	switch {
	case code != http.StatusOK:
		missing(rw, r, code)
		return
	case no != nil:
		refuse(rw, no.status, no.code, no.msg)
		return
	}
	now := f.w.Now()
	from := time.Time{}
	if s := q.Get("sinceSeconds"); s != "" && s != "0" {
		n, err := strconv.ParseInt(s, 10, 32)
		if err != nil || n < 0 {
			refuse(rw, http.StatusBadRequest, 3, "type mismatch, parameter: sinceSeconds, error: strconv.ParseInt: parsing \""+s+"\": invalid syntax")
			return
		}
		from = now.Add(-time.Duration(n) * time.Second)
	}
	tail := 0
	if s := q.Get("tailLines"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			refuse(rw, http.StatusBadRequest, 3, "type mismatch, parameter: tailLines, error: strconv.ParseInt: parsing \""+s+"\": invalid syntax")
			return
		}
		tail = max(n, 0)
	}
	out := &events{rw: rw, sse: acceptsEvents(r)}
	out.begin()
	var buf []byte
	send := func(lines []logLine) bool {
		buf = buf[:0]
		for _, l := range lines {
			if keeps(q.Get("filter"), l.text) {
				buf = l.append(buf, out.sse)
			}
		}
		return len(buf) == 0 || out.write(buf)
	}
	if !send(f.read(targets, from, now, tail)) {
		return
	}
	if q.Get("follow") != "true" || q.Get("previous") == "true" {
		out.send(object{"result": object{"content": "", "timeStamp": now.UTC().Format(time.RFC3339Nano), "last": true, "timeStampStr": now.UTC().Format(time.RFC3339Nano), "podName": ""}})
		return
	}
	tick := time.NewTicker(f.o.FollowEvery)
	defer tick.Stop()
	open := slices.DeleteFunc(targets, func(t logTarget) bool { return t.refused != "" || !t.to.IsZero() })
	for seen := now; ; {
		if len(open) == 0 { // nothing more can come
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
		}
		if now := f.w.Now(); now.After(seen) {
			if !send(f.read(open, seen, now, 0)) {
				return
			}
			seen = now
		}
	}
}

// append writes the line as the gateway does: one result, in an event of its own when the client asked for events.
func (l logLine) append(b []byte, sse bool) []byte {
	content, err := json.Marshal(l.text)
	if err != nil {
		return b
	}
	if sse {
		b = append(b, "data: "...)
	}
	b = append(append(b, `{"result":{"content":`...), content...)
	b = append(b, `,"last":false,"podName":"`+l.pod+`","timeStamp":"`...)
	b = l.at.UTC().AppendFormat(b, time.RFC3339)
	b = append(b, `","timeStampStr":"`...)
	b = l.at.UTC().AppendFormat(b, time.RFC3339Nano)
	b = append(b, `"}}`...)
	if sse {
		b = append(b, '\n')
	}
	return append(b, '\n')
}

// history is how far back a node keeps a container's lines before it rotates them away.
const history = 2 * time.Hour

// read is the lines of every target in [from, to), at most tail (0: all) of each, in order of time.
func (f *face) read(targets []logTarget, from, to time.Time, tail int) []logLine {
	var out []logLine
	for _, t := range targets {
		if t.refused != "" {
			// What the cluster says comes as a line, with no time and no pod (server/application, PodLogs).
			out = append(out, logLine{text: t.refused})
			continue
		}
		a, b := from, to
		if oldest := to.Add(-history); a.Before(oldest) {
			a = oldest
		}
		if a.Before(t.from) {
			a = t.from
		}
		if !t.to.IsZero() && b.After(t.to) {
			b = t.to
		}
		lines := f.w.Logs(t.pod, t.container, a, b, tail, tail > 0)
		if tail > 0 {
			slices.Reverse(lines)
		}
		for _, l := range lines {
			out = append(out, logLine{l.At, t.name, l.Text})
		}
	}
	slices.SortStableFunc(out, func(a, b logLine) int { return a.at.Compare(b.at) })
	return out
}

// keeps applies the filter of the logs tab: a substring, or one that must be absent after "!".
func keeps(filter, line string) bool {
	if not, ok := strings.CutPrefix(filter, "!"); ok {
		return !strings.Contains(line, not)
	}
	return strings.Contains(line, filter)
}

// logTargets chooses the containers by pod name or by the resource that owns the pods. It is called under View.
func logTargets(a *world.Application, r *http.Request) ([]logTarget, *refusal) {
	q := r.URL.Query()
	name := r.PathValue("pod")
	if name == "" {
		name = q.Get("podName")
	}
	t := treeOf(a)
	if t.ns == nil || q.Get("namespace") != "" && q.Get("namespace") != t.ns.Name {
		return nil, &refusal{http.StatusBadRequest, 3, "pod not found"}
	}
	buildInto(t)
	var out []logTarget
	pods := 0
	for _, p := range t.ns.Pods {
		if !t.seen[p.UID] || name != "" && p.Name != name || name == "" && !owned(p, q.Get("kind"), q.Get("resourceName")) {
			continue
		}
		container := q.Get("container")
		for _, c := range p.Containers {
			if container == "" {
				container = c.Spec.Name // the first, as kubectl does
			}
			if c.Spec.Name != container {
				continue
			}
			target := logTarget{pod: p, name: p.Name, container: container, from: c.StartedAt}
			where := `container "` + container + `" in pod "` + p.Name + `"`
			switch {
			case q.Get("previous") == "true" && c.LastFinished.IsZero():
				target.refused = "previous terminated " + where + " not found"
			case q.Get("previous") == "true", c.State == "waiting" && !c.LastFinished.IsZero():
				target.from, target.to = c.LastStarted, c.LastFinished
			case c.State == "waiting":
				target.refused = where + " is waiting to start: " + cmp.Or(map[string]string{"ImagePullBackOff": "trying and failing to pull image", "ErrImagePull": "trying and failing to pull image"}[c.Reason], c.Reason, "ContainerCreating")
			}
			out = append(out, target)
			pods++
		}
	}
	switch {
	case name != "" && len(out) == 0:
		return nil, &refusal{http.StatusBadRequest, 3, "pod not found"}
	case pods > maxLogPods:
		return nil, &refusal{http.StatusBadRequest, 3, "Max pods to view logs are reached. Please provide more granular query."}
	}
	return out, nil
}

// buildInto notes in seen which pods belong to the application.
func buildInto(t *tree) {
	for _, r := range t.app.Resources {
		t.root(r)
	}
	for _, p := range t.ns.Pods {
		if p.Workload == nil {
			t.seen[p.UID] = true
		}
	}
}

func owned(p *world.Pod, kind, name string) bool {
	if kind == "" {
		return true
	}
	if kind == p.OwnerKind && (name == "" || name == p.OwnerName) || kind == "Pod" && (name == "" || name == p.Name) {
		return true
	}
	return p.Workload != nil && kind == p.Workload.Kind && (name == "" || name == p.Workload.Name)
}
