package world

import (
	"maps"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Series is one metric series at the instants that were asked for.
type Series struct {
	Labels map[string]string // without __name__
	Values []float64         // one an instant; NaN where there is no sample
	Tenant string            // to whom it belongs: "prod-<b36>", "hprod-<b36>", "prod-dso" for the platform
}

// TenantLabel is in the labels given to the match function of [World.Series], not in those of the answer.
const TenantLabel = "__tenant__"

// metric makes the series of one name: it calls emit for each with labels that emit may keep only by copying, and a function of time.
type metric func(c *metricContext, emit func(labels map[string]string, tenant string, value func(t time.Time) float64))

type metricContext struct {
	w     *World
	s     *State
	seed  uint64
	start time.Time
	now   time.Time
	has   func(tenant string) bool // nil: all are wanted
	prod  string                   // id of the stage prod
}

// MetricNames returns the names that Series knows, sorted.
func (w *World) MetricNames() []string {
	names := make([]string, 0, 64)
	for n := range metrics() {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// Series returns the series of one name whose labels match accepts (nil: all), with their values at the instants given. Values are pure
// functions of seed, state and time; there are none after the world's time. match sees a map that is only its own during the call, with
// the owner under [TenantLabel]. It must not be called inside View or Update.
func (w *World) Series(name string, match func(labels map[string]string) bool, at []time.Time) []Series {
	return w.SeriesFor(name, nil, match, at)
}

// SeriesFor is Series for the tenants that has accepts (nil: all). Namespaces of others cost nothing: on a large platform, where each
// question is about one tenant of thousands, this is the one to call.
func (w *World) SeriesFor(name string, has func(tenant string) bool, match func(labels map[string]string) bool, at []time.Time) []Series {
	m, ok := metrics()[name]
	if !ok {
		return nil
	}
	now := w.Now()
	w.mu.RLock()
	defer w.mu.RUnlock()
	var out []Series
	c := &metricContext{w: w, s: w.state, seed: uint64(w.opts.Seed), start: w.start, now: now, has: has, prod: uuidOf(0, "stage", "prod")}
	m(c, func(labels map[string]string, tenant string, value func(time.Time) float64) {
		labels[TenantLabel] = tenant
		if has != nil && !has(tenant) {
			return
		}
		if match != nil && !match(labels) {
			return
		}
		s := Series{Labels: make(map[string]string, len(labels)), Values: make([]float64, len(at)), Tenant: tenant}
		for k, v := range labels {
			if k != TenantLabel {
				s.Labels[k] = v
			}
		}
		some := false
		for i, t := range at {
			if t.After(now) {
				s.Values[i] = math.NaN()
				continue
			}
			s.Values[i] = value(t)
			some = some || !math.IsNaN(s.Values[i])
		}
		if some {
			out = append(out, s)
		}
	})
	return out
}

// metrics lists every series by name, with who makes it.
func metrics() map[string]metric {
	all := map[string]metric{
		"up":                                up,
		"container_cpu_usage_seconds_total": eachContainer(func(x *one, t time.Time) float64 { return x.cpuTotal(t) }),
		"node_namespace_pod_container:container_cpu_usage_seconds_total:sum_irate": eachContainer(func(x *one, t time.Time) float64 { return x.cpu(t) }),
		"container_cpu_cfs_throttled_seconds_total":                                eachContainer(func(x *one, t time.Time) float64 { return x.cpuTotal(t) * x.throttle }),
		"container_memory_working_set_bytes":                                       eachContainer(func(x *one, t time.Time) float64 { return x.memory(t) }),
		"container_oom_events_total":                                               eachContainer(func(x *one, t time.Time) float64 { return x.ooms(t) }),
		"container_network_receive_bytes_total":                                    eachPod(func(x *one, t time.Time) float64 { return x.cpuTotal(t) * 1.3e6 }, nil),
		"container_network_transmit_bytes_total":                                   eachPod(func(x *one, t time.Time) float64 { return x.cpuTotal(t) * 4.1e5 }, nil),
		"container_network_receive_errors_total":                                   eachPod(zero, nil),
		"container_network_transmit_errors_total":                                  eachPod(zero, nil),
		"container_network_receive_packets_dropped_total":                          eachPod(zero, nil),
		"container_network_transmit_packets_dropped_total":                         eachPod(zero, nil),
		"kube_pod_info":                             eachPod(always, podInfo),
		"kube_pod_status_phase":                     podPhase,
		"kube_pod_status_reason":                    podReason,
		"kube_pod_status_qos_class":                 eachPod(always, func(l map[string]string, x *one) { l["qos_class"] = "Guaranteed" }),
		"kube_pod_container_info":                   containerInfo,
		"kube_pod_container_status_restarts_total":  containerState(nil),
		"kube_pod_container_status_ready":           containerState(func(c *Container) float64 { return flag(c.Ready) }),
		"kube_pod_container_status_running":         containerState(func(c *Container) float64 { return flag(c.State == "running") }),
		"kube_pod_container_status_waiting":         containerState(func(c *Container) float64 { return flag(c.State == "waiting") }),
		"kube_pod_container_status_terminated":      containerState(func(c *Container) float64 { return flag(c.State == "terminated") }),
		"kube_pod_container_status_waiting_reason":  waitingReason,
		"kube_pod_container_resource_requests":      resources(func(c ContainerSpec) (float64, float64) { return c.CPURequest, c.MemRequest }),
		"kube_pod_container_resource_limits":        resources(func(c ContainerSpec) (float64, float64) { return c.CPULimit, c.MemLimit }),
		"kube_deployment_spec_replicas":             deployment(func(x *Workload) float64 { return float64(x.Replicas) }, false),
		"kube_deployment_status_replicas_available": deployment(func(x *Workload) float64 { return float64(x.Available) }, true),
		"kube_deployment_status_replicas_unavailable": deployment(func(x *Workload) float64 {
			return float64(x.Replicas - x.Available)
		}, true),
		"kube_resourcequota":                             quota,
		"kube_namespace_status_phase":                    namespacePhase,
		"kube_secret_info":                               secretInfo,
		"kube_persistentvolumeclaim_info":                volume(func(p *PVC, _ float64) float64 { return 1 }),
		"kubelet_volume_stats_used_bytes":                volume(func(p *PVC, age float64) float64 { return p.Used * (1 - 0.004*age/24) }),
		"kubelet_volume_stats_capacity_bytes":            volume(func(p *PVC, _ float64) float64 { return p.Capacity }),
		"kubelet_volume_stats_inodes_used":               volume(func(p *PVC, age float64) float64 { return math.Floor(p.Used / 48000 * (1 - 0.004*age/24)) }),
		"policy_report_result":                           policies,
		"trivy_image_vulnerabilities":                    vulnerabilities,
		"falcosecurity_falcosidekick_falco_events_total": falco,
		"falco_events":                                   falco,
		"argocd_app_info":                                argoInfo,
		"probe_success":                                  probeSuccess,
		"harbor_up":                                      harborUp,
		"harbor:project:quota_used_ratio":                harborQuota,
		"gitlab_ci_pipeline_status":                      pipelineStatus,
		"gitlab_ci_pipeline_last_run_duration_seconds":   pipelineDuration,
		"ALERTS": alertSeries,
	}
	maps.Copy(all, httpMetrics())
	return all
}

func flag(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func always(*one, time.Time) float64 { return 1 }
func zero(*one, time.Time) float64   { return 0 }

// tenantOf says to whom a namespace's series belong: to its project's tenant, production apart.
func (c *metricContext) tenantOf(n *Namespace) string {
	if e := n.Environment; e != nil {
		// The second half of the namespace's name is the project's id as the tenant writes it.
		if _, project, ok := strings.Cut(n.Name, "--"); ok {
			if e.StageID == c.prod {
				return "prod-" + project
			}
			return "hprod-" + project
		}
	}
	if p := c.s.ProjectBySlug[n.Labels["dso/project"]]; p != nil {
		return Tenant(p.ID, false)
	}
	return "prod-dso"
}

func (c *metricContext) namespaces(f func(n *Namespace, tenant string)) {
	for _, cl := range c.s.Clusters {
		for _, n := range cl.Namespaces {
			if c.s.Aside.Quiet[n] {
				continue
			}
			if tenant := c.tenantOf(n); c.has == nil || c.has(tenant) {
				f(n, tenant)
			}
		}
	}
}

// one is what the use of one container depends on.
type one struct {
	pod        *Pod // nil for a former pod
	x          *Workload
	spec       ContainerSpec
	c          *Container
	name       string
	from, to   time.Time // alive
	boot       time.Time // counters start here
	mean       float64   // cores
	phase      float64
	throttle   float64
	level      float64 // share of the memory limit
	starved    bool
	restarts   int
	lastKilled time.Time
}

// eachOne calls f for every container that ran in the last day or so: those of pods, and those of their predecessors before them.
func (c *metricContext) eachOne(f func(n *Namespace, tenant string, x *one)) {
	c.namespaces(func(n *Namespace, tenant string) {
		for _, p := range n.Pods {
			if p.Workload == nil {
				continue
			}
			for i, k := range p.Containers {
				x := c.oneOf(p, k)
				f(n, tenant, x)
				if i == 0 && p.Workload.Kind != "CronJob" && c.now.Sub(p.CreatedAt) < 3*day && p.CreatedAt.Sub(p.Workload.CreatedAt) > hour {
					ghost := *x
					ghost.pod, ghost.c, ghost.name = nil, nil, ghostName(c.seed, p.Workload, p.Slot)
					ghost.from, ghost.to, ghost.boot = p.CreatedAt.Add(-10*day), p.CreatedAt, p.CreatedAt.Add(-10*day)
					ghost.restarts = 0
					f(n, tenant, &ghost)
				}
			}
		}
	})
}

func (c *metricContext) oneOf(p *Pod, k *Container) *one {
	w := p.Workload
	h := hash64(c.seed, "use", w.UID, strconv.Itoa(p.Slot))
	cpu, mem := k.Spec.CPULimit, k.Spec.MemLimit
	if cpu == 0 {
		cpu, mem = 0.25, 256*mib
	}
	x := &one{pod: p, x: w, spec: k.Spec, c: k, name: p.Name, from: p.CreatedAt, boot: p.CreatedAt, mean: cpu * (0.08 + float64(h%400)/1000),
		phase: float64(h >> 20 % 628), level: 0.35 + float64(h>>32%300)/1000, throttle: float64(h>>44%20) / 1000, restarts: k.Restarts, lastKilled: k.LastFinished}
	x.spec.CPULimit, x.spec.MemLimit = cpu, mem
	if !k.StartedAt.IsZero() {
		x.boot = k.StartedAt
	}
	switch {
	case k.State == "terminated":
		x.to = k.FinishedAt
	case k.StartedAt.IsZero() && k.LastStarted.IsZero():
		x.to = p.CreatedAt // never ran
	case k.State == "waiting":
		x.to = k.LastFinished
	}
	if e := w.Namespace.Environment; e != nil && e.Project.Slug == "cartocrise" && e.Name == "prod" {
		x.mean, x.level, x.throttle = cpu*0.58, 0.86, 0.3
	}
	x.starved = k.LastReason == "OOMKilled"
	return x
}

func (x *one) alive(t time.Time) bool {
	return !t.Before(x.from) && (x.to.IsZero() || t.Before(x.to)) && !(x.to.Equal(x.from))
}

const (
	wave1, wave2, wave3 = 86400.0, 1260.0, 170.0 // seconds: a day, and two restless ones
	amp1, amp2, amp3    = 0.35, 0.22, 0.12
)

// cpu is the use in cores.
func (x *one) cpu(t time.Time) float64 {
	if !x.alive(t) {
		return math.NaN()
	}
	s := float64(t.UnixMilli()) / 1000
	return x.mean * (1 + amp1*math.Sin(2*math.Pi*s/wave1+x.phase) + amp2*math.Sin(2*math.Pi*s/wave2+x.phase*3) + amp3*math.Sin(2*math.Pi*s/wave3+x.phase*7))
}

// cpuTotal is the integral of cpu since the container started: the counter, which a restart sets back.
func (x *one) cpuTotal(t time.Time) float64 {
	if !x.alive(t) {
		return math.NaN()
	}
	from := x.from
	if !t.Before(x.boot) {
		from = x.boot
	}
	return max(0, x.integral(t)-x.integral(from))
}

func (x *one) integral(t time.Time) float64 {
	s := float64(t.UnixMilli())/1000 - 1.7e9 // near enough to zero to keep the milliseconds
	o := 1.7e9
	part := func(amp, wave, phase float64) float64 {
		return -amp * wave / (2 * math.Pi) * math.Cos(2*math.Pi*(s+o)/wave+phase)
	}
	return x.mean * (s + part(amp1, wave1, x.phase) + part(amp2, wave2, x.phase*3) + part(amp3, wave3, x.phase*7))
}

// starvation is how long a starved container lives from its start to its kill.
const starvation = 12 * time.Minute

func (x *one) memory(t time.Time) float64 {
	if !x.alive(t) {
		return math.NaN()
	}
	limit := x.spec.MemLimit
	if x.starved {
		// It fills until it is killed, again and again.
		since := t.Sub(x.boot) % starvation
		if since < 0 {
			since += starvation
		}
		return limit * (0.45 + 0.54*float64(since)/float64(starvation))
	}
	s := float64(t.Unix())
	return math.Floor(limit * x.level * (1 + 0.06*math.Sin(2*math.Pi*s/wave1+x.phase) + 0.02*math.Sin(2*math.Pi*s/wave2+x.phase*5)))
}

// restartsAt is the counter of restarts at a time: those after it are taken off.
func (x *one) restartsAt(t time.Time) float64 {
	n := x.restarts
	if !x.lastKilled.IsZero() && t.Before(x.lastKilled) {
		n -= 1 + int(x.lastKilled.Sub(t)/starvation)
	}
	return float64(max(0, n))
}

func (x *one) ooms(t time.Time) float64 {
	if !x.alive(t) {
		return math.NaN()
	}
	if x.starved {
		return x.restartsAt(t)
	}
	return 0
}

func podLabels(scratch map[string]string, n *Namespace, x *one) map[string]string {
	clear(scratch)
	scratch["cluster"], scratch["namespace"], scratch["pod"] = n.Cluster.Label, n.Name, x.name
	return scratch
}

// eachContainer makes a cAdvisor metric.
func eachContainer(value func(*one, time.Time) float64) metric {
	return func(c *metricContext, emit func(map[string]string, string, func(time.Time) float64)) {
		scratch := map[string]string{}
		c.eachOne(func(n *Namespace, tenant string, x *one) {
			l := podLabels(scratch, n, x)
			l["container"], l["image"], l["job"] = x.spec.Name, x.spec.Image, "kubelet"
			if x.pod != nil {
				l["node"] = x.pod.Node
			}
			emit(l, tenant, func(t time.Time) float64 { return value(x, t) })
		})
	}
}

// eachPod makes a metric of pods; more adds labels. Former pods have the cAdvisor ones too.
func eachPod(value func(*one, time.Time) float64, more func(map[string]string, *one)) metric {
	return func(c *metricContext, emit func(map[string]string, string, func(time.Time) float64)) {
		scratch := map[string]string{}
		c.eachOne(func(n *Namespace, tenant string, x *one) {
			l := podLabels(scratch, n, x)
			if more == nil {
				l["interface"], l["job"] = "eth0", "kubelet"
			} else if more(l, x); x.pod == nil {
				return
			}
			emit(l, tenant, func(t time.Time) float64 {
				if more == nil && !x.alive(t) || t.Before(x.from) {
					return math.NaN()
				}
				return value(x, t)
			})
		})
	}
}

func podInfo(l map[string]string, x *one) {
	if x.pod == nil {
		return
	}
	l["node"], l["pod_ip"], l["uid"], l["created_by_kind"], l["created_by_name"] = x.pod.Node, x.pod.IP, x.pod.UID, x.pod.OwnerKind, x.pod.OwnerName
}

func (c *metricContext) pods(f func(n *Namespace, tenant string, p *Pod)) {
	c.namespaces(func(n *Namespace, tenant string) {
		for _, p := range n.Pods {
			f(n, tenant, p)
		}
	})
}

func since(from time.Time, v float64) func(time.Time) float64 {
	return func(t time.Time) float64 {
		if t.Before(from) {
			return math.NaN()
		}
		return v
	}
}

func podPhase(c *metricContext, emit func(map[string]string, string, func(time.Time) float64)) {
	scratch := map[string]string{}
	c.pods(func(n *Namespace, tenant string, p *Pod) {
		for _, phase := range []string{"Pending", "Running", "Succeeded", "Failed", "Unknown"} {
			l := podLabels(scratch, n, &one{name: p.Name})
			l["phase"] = phase
			emit(l, tenant, since(p.CreatedAt, flag(p.Phase == phase)))
		}
	})
}

func podReason(c *metricContext, emit func(map[string]string, string, func(time.Time) float64)) {
	scratch := map[string]string{}
	c.pods(func(n *Namespace, tenant string, p *Pod) {
		for _, reason := range []string{"Evicted", "NodeLost", "UnexpectedAdmissionError"} {
			l := podLabels(scratch, n, &one{name: p.Name})
			l["reason"] = reason
			emit(l, tenant, since(p.CreatedAt, flag(p.Reason == reason)))
		}
	})
}

func containerInfo(c *metricContext, emit func(map[string]string, string, func(time.Time) float64)) {
	scratch := map[string]string{}
	c.pods(func(n *Namespace, tenant string, p *Pod) {
		for _, k := range p.Containers {
			l := podLabels(scratch, n, &one{name: p.Name})
			l["container"], l["image"], l["image_spec"] = k.Spec.Name, k.Image, k.Image
			if k.Digest != "" {
				l["image_id"] = withoutTag(k.Image) + "@" + k.Digest
				l["container_id"] = "containerd://" + hexOf(64, c.seed, "cid", p.UID, k.Spec.Name, strconv.Itoa(k.Restarts))
			}
			emit(l, tenant, since(p.CreatedAt, 1))
		}
	})
}

func withoutTag(image string) string {
	if i := strings.LastIndexByte(image, ':'); i > strings.LastIndexByte(image, '/') {
		return image[:i]
	}
	return image
}

// containerState makes a metric of a container's present status; nil is the counter of restarts, the only one with a history.
func containerState(value func(*Container) float64) metric {
	return func(c *metricContext, emit func(map[string]string, string, func(time.Time) float64)) {
		scratch := map[string]string{}
		c.pods(func(n *Namespace, tenant string, p *Pod) {
			for _, k := range p.Containers {
				l := podLabels(scratch, n, &one{name: p.Name})
				l["container"], l["uid"] = k.Spec.Name, p.UID
				if value == nil {
					x := &one{restarts: k.Restarts, lastKilled: k.LastFinished, from: p.CreatedAt}
					emit(l, tenant, func(t time.Time) float64 {
						if t.Before(x.from) {
							return math.NaN()
						}
						return x.restartsAt(t)
					})
					continue
				}
				emit(l, tenant, since(p.CreatedAt, value(k)))
			}
		})
	}
}

func waitingReason(c *metricContext, emit func(map[string]string, string, func(time.Time) float64)) {
	scratch := map[string]string{}
	c.pods(func(n *Namespace, tenant string, p *Pod) {
		for _, k := range p.Containers {
			if k.State != "waiting" {
				continue
			}
			l := podLabels(scratch, n, &one{name: p.Name})
			l["container"], l["reason"] = k.Spec.Name, k.Reason
			emit(l, tenant, since(p.CreatedAt, 1))
		}
	})
}

func resources(of func(ContainerSpec) (cpu, mem float64)) metric {
	return func(c *metricContext, emit func(map[string]string, string, func(time.Time) float64)) {
		scratch := map[string]string{}
		c.pods(func(n *Namespace, tenant string, p *Pod) {
			for _, k := range p.Containers {
				cpu, mem := of(k.Spec)
				for _, r := range []struct {
					name, unit string
					v          float64
				}{{"cpu", "core", cpu}, {"memory", "byte", mem}} {
					if r.v == 0 {
						continue
					}
					l := podLabels(scratch, n, &one{name: p.Name})
					l["container"], l["resource"], l["unit"], l["node"] = k.Spec.Name, r.name, r.unit, p.Node
					emit(l, tenant, since(p.CreatedAt, r.v))
				}
			}
		})
	}
}
