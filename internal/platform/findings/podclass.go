package findings

import (
	"slices"
	"strings"
	"time"

	"dsotop/internal/platform"
)

// A podClass is the one reason for which a pod is not well. A pod has exactly one, so that it is counted in one finding.
type podClass string

const (
	classPull       podClass = "pull"
	classConfig     podClass = "config"
	classPermission podClass = "permission"
	classMemory     podClass = "memory"
	classCrash      podClass = "crash"
	classPending    podClass = "pending"
	classNotReady   podClass = "notready"
)

// Delays after which a state is no longer a passing one.
const (
	pendingAfter  = 5 * time.Minute
	notReadyAfter = 10 * time.Minute
	memoryWindow  = 6 * time.Hour // how long a kill for memory stays worth a word once the container runs again
)

type podProblem struct {
	env       *platform.EnvironmentFacts
	pod       *platform.Pod
	container *platform.Container // the one concerned; nil when only a resource tree was read
	class     podClass
	text      string // what the system said
}

// classify gives every pod that is not well its class, once for all rules.
func (in *Input) classify() []podProblem {
	if in.classed {
		return in.problems
	}
	in.classed = true
	for i := range in.Environments {
		e := &in.Environments[i]
		for j := range e.Pods {
			if p, ok := in.classOf(e, &e.Pods[j]); ok {
				in.problems = append(in.problems, p)
			}
		}
	}
	return in.problems
}

func (in *Input) classOf(e *platform.EnvironmentFacts, p *platform.Pod) (podProblem, bool) {
	prob := podProblem{env: e, pod: p, text: p.Message}
	for i := range p.Containers { // a kill for memory is told even after the container is back, and when its pod ended by it
		c := &p.Containers[i]
		if c.LastReason != "OOMKilled" && c.Reason != "OOMKilled" {
			continue
		}
		ended := c.LastFinished
		if c.Reason == "OOMKilled" && c.State == "terminated" {
			ended = later(ended, c.Since)
		}
		if over := p.Healthy() || p.Finished(); !over || !ended.IsZero() && !in.Past(ended.Add(memoryWindow)) {
			prob.class, prob.container = classMemory, c
			return prob, true
		}
	}
	// What ended badly and is over was evicted, went with its node, or is one attempt of a Job, whose end is told by the Job.
	if p.Healthy() || p.Finished() {
		return prob, false
	}
	if c := worstContainer(p); c != nil {
		prob.container = c
		if c.Message != "" {
			prob.text = c.Message
		}
	}
	reason := p.Reason
	if prob.container != nil && prob.container.Reason != "" && prob.container.State != "running" {
		reason = prob.container.Reason
	}
	reason = strings.TrimPrefix(reason, "Init:")
	attempt := (p.WorkloadKind == "Job" || p.WorkloadKind == "CronJob") && reason == "Error" // another pod takes its turn
	switch {
	case attempt:
		return prob, false
	case p.ImagePull() || prob.container != nil && prob.container.ImagePull():
		prob.class = classPull
	case reason == "CreateContainerConfigError" || reason == "CreateContainerError":
		prob.class = classConfig
	case reason == "OOMKilled":
		prob.class = classMemory
	case reason == "CrashLoopBackOff" || reason == "RunContainerError" || reason == "Error" || reason == "StartError" || reason == "PostStartHookError" || in.between(prob.container):
		prob.class = classCrash
		if said, ok := in.permission(prob); ok {
			prob.class, prob.text = classPermission, said
		}
	case p.Phase == "Pending":
		if p.CreatedAt.IsZero() || !in.Past(p.CreatedAt.Add(pendingAfter)) {
			return prob, false
		}
		prob.class = classPending
	case p.Phase == "Running" && p.Total > 0:
		since := p.CreatedAt
		if prob.container != nil {
			since = later(since, prob.container.Since)
		}
		if since.IsZero() || !in.Past(since.Add(notReadyAfter)) {
			return prob, false
		}
		prob.class = classNotReady
	default:
		return prob, false
	}
	return prob, true
}

// Restarts of a container that fails again and again, and how long it may run between two of them: the kubelet waits five minutes at most.
const (
	crashRestarts = 3
	crashPause    = 10 * time.Minute
)

// between: it runs just now and is not ready, between two ends; without this a loop would be found and lost with each start.
func (in *Input) between(c *platform.Container) bool {
	return c != nil && c.State == "running" && !c.Ready && c.Restarts >= crashRestarts && c.LastReason != "" && c.LastReason != "Completed" &&
		!c.LastFinished.IsZero() && !in.Past(c.LastFinished.Add(crashPause))
}

// worstContainer is the container that keeps the pod from being ready: one that waits for a reason, else one that ended
// badly, else one that is not ready.
func worstContainer(p *platform.Pod) *platform.Container {
	var best *platform.Container
	rank := func(c *platform.Container) int {
		switch {
		case c.State == "waiting" && c.Reason != "" && c.Reason != "ContainerCreating" && c.Reason != "PodInitializing":
			return 3
		case c.State == "terminated" && c.Reason != "Completed":
			return 2
		case !c.Ready && !(c.Init && c.State == "terminated"):
			return 1
		}
		return 0
	}
	for i := range p.Containers {
		c := &p.Containers[i]
		if r := rank(c); r > 0 && (best == nil || r > rank(best)) {
			best = c
		}
	}
	return best
}

// permission looks for the words of a refused file, port or user in what the container and its log said.
func (in *Input) permission(p podProblem) (said string, ok bool) {
	refused := func(text string) bool {
		return containsAny(text, "permission denied", "read-only file system", "operation not permitted", "eacces", "runasnonroot", "must be run as root", "only root can")
	}
	if refused(p.text) {
		return p.text, true
	}
	for _, ev := range p.env.Events {
		if ev.Kind == "Pod" && ev.Name == p.pod.Name && refused(ev.Message) {
			return ev.Message, true
		}
	}
	for _, l := range p.env.LogErrors {
		if p.container != nil && l.Container != "" && l.Container != p.container.Name {
			continue
		}
		if l.Pod != "" && l.Pod != p.pod.Name {
			continue
		}
		if refused(l.Text) {
			return l.Text, true
		}
	}
	return "", false
}

// podGroup is the problems of one class in one workload (and of one image, for pulls).
type podGroup struct {
	env      *platform.EnvironmentFacts
	class    podClass
	kind     string
	workload string
	image    string
	pods     []podProblem
}

func (in *Input) groups(class podClass) []podGroup {
	var out []podGroup
	for _, p := range in.classify() {
		if p.class != class {
			continue
		}
		g := podGroup{env: p.env, class: class, kind: p.pod.WorkloadKind, workload: p.pod.WorkloadName}
		if g.workload == "" {
			g.kind, g.workload = "Pod", p.pod.Name
		}
		if class == classPull {
			g.image = p.wantedImage()
		}
		i := slices.IndexFunc(out, func(o podGroup) bool {
			return o.env == g.env && o.kind == g.kind && o.workload == g.workload && o.image == g.image
		})
		if i < 0 {
			out, i = append(out, g), len(out)
		}
		out[i].pods = append(out[i].pods, p)
	}
	return out
}

// wantedImage is the image the pod waits for. A resource tree shows pods without their containers: the workload's image then
// stands for it when there is only one.
func (p podProblem) wantedImage() string {
	if p.container != nil {
		return p.container.Image
	}
	for i := range p.env.Workloads {
		w := &p.env.Workloads[i]
		if w.Name == p.pod.WorkloadName && w.Kind == p.pod.WorkloadKind && len(w.Images) == 1 {
			return w.Images[0]
		}
	}
	return ""
}

// since is the best beginning that the facts prove: the first event of the reasons about these pods, else the creation of
// the oldest pod (nothing was well since then).
func (g *podGroup) since(reasons ...string) time.Time {
	var first time.Time
	for _, p := range g.pods {
		for i := range g.env.Events {
			ev := &g.env.Events[i]
			if ev.Kind == "Pod" && ev.Name == p.pod.Name && slices.Contains(reasons, ev.Reason) {
				first = earlier(first, earlier(ev.First, ev.Last))
			}
		}
	}
	if !first.IsZero() {
		return first
	}
	return g.created()
}

// created is when the oldest pod was.
func (g *podGroup) created() time.Time {
	var at time.Time
	for _, p := range g.pods {
		at = earlier(at, p.pod.CreatedAt)
	}
	return at
}

// served reports whether another pod of the same workload still answers.
func (g *podGroup) served() bool {
	for i := range g.env.Pods {
		p := &g.env.Pods[i]
		if p.WorkloadName == g.workload && p.WorkloadKind == g.kind && !p.Finished() && p.Healthy() {
			return true
		}
	}
	return false
}

// severity: an outage is critical in production; as long as another pod answers, it is degraded.
func (g *podGroup) severity() platform.Severity {
	if g.served() {
		return grade(g.env, platform.SeverityDegraded)
	}
	return grade(g.env, platform.SeverityCritical)
}

func (in *Input) podFinding(g *podGroup, severity platform.Severity, since time.Time, args ...string) platform.Finding {
	a := words(append([]string{"workload", g.workload, "kind", g.kind, "count", itoa(len(g.pods))}, args...)...)
	f := platform.Finding{Severity: severity, Subject: in.subject(g.env, "workload", g.workload), Args: a, Since: since}
	for i, p := range g.pods {
		if i == 3 { // three pods prove it; the count says the rest
			break
		}
		f.Why = append(f.Why, in.podEvidence(p))
	}
	return f
}

func (in *Input) podEvidence(p podProblem) platform.Evidence {
	reason, container, restarts := p.pod.Reason, "", p.pod.Restarts
	if p.container != nil {
		container = p.container.Name
		if p.container.Reason != "" && p.container.State != "running" {
			reason = p.container.Reason
		}
	}
	args := []string{"pod", p.pod.Name, "container", container, "reason", reason}
	if restarts > 0 {
		args = append(args, "restarts", itoa(restarts))
	}
	return in.said(platform.FamPods, p.env, "pod", p.text, time.Time{}, args...)
}

// eventEvidence is the newest warning about these pods.
func (in *Input) eventEvidence(g *podGroup, match func(platform.Event) bool) (platform.Evidence, bool) {
	for _, ev := range g.env.Events {
		if ev.Kind != "Pod" || !match(ev) {
			continue
		}
		for _, p := range g.pods {
			if ev.Name == p.pod.Name {
				return in.said(platform.FamEvents, g.env, "event", ev.Message, later(ev.First, ev.Last), "reason", ev.Reason, "object", ev.Name), true
			}
		}
	}
	return platform.Evidence{}, false
}

// saying collects what was said about the pods of a group: their messages and the events about them.
func (g *podGroup) saying(match func(string) bool) (text string, ok bool) {
	for _, p := range g.pods {
		if match(p.text) {
			return p.text, true
		}
		for i := range g.env.Events {
			ev := &g.env.Events[i]
			if ev.Kind == "Pod" && ev.Name == p.pod.Name && match(ev.Message) {
				return ev.Message, true
			}
		}
	}
	return "", false
}
