package kubernetes

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"dsotop/internal/platform"
)

// TestPodColumns checks the columns of a pod against what kubectl prints for the same object.
func TestPodColumns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, pod                      string
		reason                         string
		ready, total, restarts         int
		workloadKind, workload, detail string
	}{
		{name: "no node yet", pod: `{"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable","message":"0/3 nodes are available"}]}}`,
			reason: "Pending", total: 1, detail: "0/3 nodes are available"},
		{name: "held at the gate", pod: `{"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"SchedulingGated"}]}}`,
			reason: "SchedulingGated", total: 1},
		{name: "creating", pod: `{"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Pending","containerStatuses":[{"name":"a","state":{"waiting":{"reason":"ContainerCreating"}}}]}}`,
			reason: "ContainerCreating", total: 1},
		{name: "running", pod: `{"metadata":{"labels":{"pod-template-hash":"7c9"},"ownerReferences":[{"kind":"ReplicaSet","name":"api-7c9","controller":true}]},"spec":{"containers":[{"name":"a"},{"name":"b"}]},"status":{"phase":"Running","containerStatuses":[{"name":"a","ready":true,"restartCount":2,"state":{"running":{}}},{"name":"b","ready":false,"restartCount":1,"state":{"running":{}}}]}}`,
			reason: "Running", ready: 1, total: 2, restarts: 3, workloadKind: "Deployment", workload: "api"},
		{name: "image", pod: `{"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Pending","containerStatuses":[{"name":"a","state":{"waiting":{"reason":"ImagePullBackOff","message":"Back-off pulling image"}}}]}}`,
			reason: "ImagePullBackOff", total: 1, detail: "Back-off pulling image"},
		{name: "crash loop", pod: `{"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Running","containerStatuses":[{"name":"a","restartCount":9,"state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 5m0s"}},"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}]}}`,
			reason: "CrashLoopBackOff", total: 1, restarts: 9, detail: "back-off 5m0s"},
		{name: "first container wins", pod: `{"spec":{"containers":[{"name":"a"},{"name":"b"}]},"status":{"phase":"Running","containerStatuses":[{"name":"a","state":{"waiting":{"reason":"CrashLoopBackOff"}}},{"name":"b","state":{"terminated":{"reason":"Error","exitCode":1}}}]}}`,
			reason: "CrashLoopBackOff", total: 2},
		{name: "completed", pod: `{"metadata":{"ownerReferences":[{"kind":"Job","name":"chargement-29384400","controller":true}]},"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Succeeded","containerStatuses":[{"name":"a","state":{"terminated":{"reason":"Completed"}}}]}}`,
			reason: "Completed", total: 1, workloadKind: "CronJob", workload: "chargement"},
		{name: "a job by hand", pod: `{"metadata":{"ownerReferences":[{"kind":"Job","name":"reprise-2","controller":true}]},"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Failed","containerStatuses":[{"name":"a","state":{"terminated":{"exitCode":3}}}]}}`,
			reason: "ExitCode:3", total: 1, workloadKind: "Job", workload: "reprise-2"},
		{name: "killed by a signal", pod: `{"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Failed","containerStatuses":[{"name":"a","state":{"terminated":{"exitCode":137,"signal":9}}}]}}`,
			reason: "Signal:9", total: 1},
		{name: "one of two completed", pod: `{"spec":{"containers":[{"name":"a"},{"name":"b"}]},"status":{"phase":"Running","containerStatuses":[{"name":"a","state":{"terminated":{"reason":"Completed"}}},{"name":"b","ready":true,"state":{"running":{}}}]}}`,
			reason: "NotReady", ready: 1, total: 2},
		{name: "one of two completed and yet ready", pod: `{"spec":{"containers":[{"name":"a"},{"name":"b"}]},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}],"containerStatuses":[{"name":"a","state":{"terminated":{"reason":"Completed"}}},{"name":"b","ready":true,"state":{"running":{}}}]}}`,
			reason: "Running", ready: 1, total: 2},
		{name: "evicted", pod: `{"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Failed","reason":"Evicted","message":"The node was low on memory"}}`,
			reason: "Evicted", total: 1, detail: "The node was low on memory"},
		{name: "terminating", pod: `{"metadata":{"deletionTimestamp":"2026-08-21T08:00:00Z"},"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Running","containerStatuses":[{"name":"a","ready":true,"state":{"running":{}}}]}}`,
			reason: "Terminating", ready: 1, total: 1},
		{name: "finished and being deleted", pod: `{"metadata":{"deletionTimestamp":"2026-08-21T08:00:00Z"},"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Succeeded","containerStatuses":[{"name":"a","state":{"terminated":{"reason":"Completed"}}}]}}`,
			reason: "Completed", total: 1},
		{name: "node lost", pod: `{"metadata":{"deletionTimestamp":"2026-08-21T08:00:00Z"},"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Running","reason":"NodeLost"}}`,
			reason: "Unknown", total: 1},
		{name: "initialising", pod: `{"spec":{"initContainers":[{"name":"i"},{"name":"j"}],"containers":[{"name":"a"}]},"status":{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":0}}},{"name":"j","state":{"running":{}}}],"containerStatuses":[{"name":"a","state":{"waiting":{"reason":"PodInitializing"}}}]}}`,
			reason: "Init:1/2", total: 1},
		{name: "init crash", pod: `{"spec":{"initContainers":[{"name":"i"}],"containers":[{"name":"a"}]},"status":{"phase":"Pending","initContainerStatuses":[{"name":"i","restartCount":4,"state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}}`,
			reason: "Init:CrashLoopBackOff", total: 1, restarts: 4},
		{name: "init error", pod: `{"spec":{"initContainers":[{"name":"i"}],"containers":[{"name":"a"}]},"status":{"phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":2}}}]}}`,
			reason: "Init:ExitCode:2", total: 1},
		{name: "side car", pod: `{"spec":{"initContainers":[{"name":"mesh","restartPolicy":"Always"}],"containers":[{"name":"a"}]},"status":{"phase":"Running","initContainerStatuses":[{"name":"mesh","ready":true,"started":true,"restartCount":1,"state":{"running":{}}}],"containerStatuses":[{"name":"a","ready":true,"restartCount":2,"state":{"running":{}}}]}}`,
			reason: "Running", ready: 2, total: 2, restarts: 3},
		{name: "set", pod: `{"metadata":{"ownerReferences":[{"kind":"StatefulSet","name":"tuiles","controller":true}]},"spec":{"containers":[{"name":"a"}]},"status":{"phase":"Unknown"}}`,
			reason: "Unknown", total: 1, workloadKind: "StatefulSet", workload: "tuiles"},
		{name: "rollout", pod: `{"metadata":{"labels":{"rollouts-pod-template-hash":"abc"},"ownerReferences":[{"kind":"ReplicaSet","name":"api-abc","controller":true}]}}`,
			workloadKind: "Rollout", workload: "api"},
		{name: "bare replica set", pod: `{"metadata":{"ownerReferences":[{"kind":"ReplicaSet","name":"api","controller":true}]}}`, workloadKind: "ReplicaSet", workload: "api"},
		{name: "nothing", pod: `{}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var in corev1.Pod
			if err := json.Unmarshal([]byte(c.pod), &in); err != nil {
				t.Fatal(err)
			}
			p := podOf("mi-prod-1", &in)
			got := []any{p.Reason, p.Ready, p.Total, p.Restarts, p.WorkloadKind, p.WorkloadName, p.Message}
			want := []any{c.reason, c.ready, c.total, c.restarts, c.workloadKind, c.workload, c.detail}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestContainer(t *testing.T) {
	t.Parallel()
	var in corev1.Pod
	const text = `{"metadata":{"namespace":"ns","name":"api-1"},"spec":{"containers":[{"name":"a","image":"harbor.cpn.example/guichet/api:main","resources":{"requests":{"cpu":"250m","memory":"512Mi"},"limits":{"cpu":"1","memory":"1Gi"}}}]},
	"status":{"phase":"Running","containerStatuses":[{"name":"a","image":"guichet/api:main","imageID":"harbor.cpn.example/guichet/api@sha256:aa","restartCount":3,"state":{"waiting":{"reason":"CrashLoopBackOff","message":"\u001b[31mback-off\u001b[0m"}},
	"lastState":{"terminated":{"exitCode":137,"reason":"OOMKilled","finishedAt":"2026-08-21T08:00:00Z"}}}]}}`
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		t.Fatal(err)
	}
	got := podOf("c", &in).Containers
	want := []platform.Container{{Name: "a", Image: "harbor.cpn.example/guichet/api:main", Digest: "sha256:aa", Restarts: 3, State: "waiting", Reason: "CrashLoopBackOff", Message: "back-off",
		LastReason: "OOMKilled", LastExitCode: 137, LastFinished: time.Date(2026, 8, 21, 8, 0, 0, 0, time.UTC),
		Request: platform.ContainerResources{CPU: 0.25, Memory: 512 << 20}, Limit: platform.ContainerResources{CPU: 1, Memory: 1 << 30}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDigest(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "", "registry/x@sha256:1": "sha256:1", "docker-pullable://registry/x@sha256:2": "sha256:2", "sha256:3": "", "registry/x@sha512:5": "", "docker://sha256:4": "", "registry/x:tag": ""} {
		if got := digestOf(in); got != want {
			t.Errorf("digestOf(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestEventTimes(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 8, 21, 8, 0, 0, 0, time.UTC)
	old := eventOf("c", &corev1.Event{FirstTimestamp: metav1.NewTime(at), LastTimestamp: metav1.NewTime(at.Add(time.Hour)), Count: 4})
	if old.Count != 4 || !old.First.Equal(at) || !old.Last.Equal(at.Add(time.Hour)) {
		t.Errorf("core event: %+v", old)
	}
	one := eventOf("c", &corev1.Event{EventTime: metav1.NewMicroTime(at)})
	if one.Count != 1 || !one.First.Equal(at) || !one.Last.Equal(at) {
		t.Errorf("new event: %+v", one)
	}
	series := eventOf("c", &corev1.Event{EventTime: metav1.NewMicroTime(at), Series: &corev1.EventSeries{Count: 7, LastObservedTime: metav1.NewMicroTime(at.Add(time.Minute))}})
	if series.Count != 7 || !series.First.Equal(at) || !series.Last.Equal(at.Add(time.Minute)) {
		t.Errorf("series: %+v", series)
	}
}

func TestNewestEventsKeepsWarnings(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 8, 21, 8, 0, 0, 0, time.UTC)
	var in []platform.Event
	for i := range 60 {
		in = append(in, platform.Event{Type: "Normal", Reason: "Pulled", Last: at.Add(time.Duration(i) * time.Minute)})
	}
	in = append(in, platform.Event{Type: "Warning", Reason: "FailedCreate", Last: at})
	got := newestEvents(in)
	if len(got) != eventsKept || got[0].Reason != "Pulled" || got[len(got)-1].Reason != "FailedCreate" {
		t.Errorf("%d events, first %s, last %s", len(got), got[0].Reason, got[len(got)-1].Reason)
	}
}
