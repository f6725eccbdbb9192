package argocd

import (
	"encoding/json"
	"strings"
	"testing"

	"dsotop/internal/platform"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const fullTree = `{"nodes":[
 {"group":"apps","version":"v1","kind":"Deployment","namespace":"n","name":"api","uid":"d","resourceVersion":"7","health":{"status":"Degraded","message":"Deployment \"api\" exceeded its progress deadline"}},
 {"group":"apps","version":"v1","kind":"ReplicaSet","namespace":"n","name":"api-1","uid":"r","parentRefs":[{"uid":"d"}],"health":{"status":"Degraded","message":"pods \"api-1\" is forbidden: exceeded quota: dso-quota"}},
 {"version":"v1","kind":"Pod","namespace":"n","name":"api-1-a","uid":"p1","parentRefs":[{"uid":"r"}],"images":["h/g/api:2"],"resourceVersion":"1","createdAt":"2026-08-21T07:00:00Z",
  "info":[{"name":"Status Reason","value":"ImagePullBackOff"},{"name":"Node","value":"node-1"},{"name":"Containers","value":"0/1"}],"health":{"status":"Degraded","message":"Back-off pulling"}},
 {"version":"v1","kind":"Pod","namespace":"n","name":"api-1-b","uid":"p2","parentRefs":[{"uid":"r"}],"images":["h/g/api:1"],
  "info":[{"name":"Status Reason","value":"Running"},{"name":"Containers","value":"2/2"},{"name":"Restart Count","value":"3"}],"health":{"status":"Healthy"}},
 {"version":"v1","kind":"Pod","namespace":"n","name":"alone","uid":"p3","info":[{"name":"Status Reason","value":"Completed"},{"name":"Containers","value":"0/1"}]},
 {"group":"secrets.hashicorp.com","version":"v1beta1","kind":"VaultStaticSecret","namespace":"n","name":"pull","uid":"v","health":{"status":"Degraded","message":"no such path"}},
 {"group":"batch","version":"v1","kind":"CronJob","namespace":"n","name":"load","uid":"c"},
 {"group":"batch","version":"v1","kind":"Job","namespace":"n","name":"load-1","uid":"j","parentRefs":[{"uid":"c"}]},
 {"kind":"Loop","uid":"l1","parentRefs":[{"uid":"l2"}]},{"kind":"Loop","uid":"l2","parentRefs":[{"uid":"l1"}]}]}`

func TestMapTree(t *testing.T) {
	var w wireTree
	if err := json.Unmarshal([]byte(fullTree), &w); err != nil {
		t.Fatal(err)
	}
	pods, workloads := merge("n", []tree{mapTree("ovh-prod-1", &w), mapTree("ovh-prod-1", &w)}) // twins list the same objects
	want := []platform.Pod{
		{Cluster: "ovh-prod-1", Namespace: "n", Name: "alone", UID: "p3", Phase: "Succeeded", Reason: "Completed", Total: 1, FromTree: true},
		{Cluster: "ovh-prod-1", Namespace: "n", Name: "api-1-a", UID: "p1", WorkloadKind: "Deployment", WorkloadName: "api", Phase: "Pending", Reason: "ImagePullBackOff", Message: "Back-off pulling", Total: 1, Node: "node-1", FromTree: true},
		{Cluster: "ovh-prod-1", Namespace: "n", Name: "api-1-b", UID: "p2", WorkloadKind: "Deployment", WorkloadName: "api", Phase: "Running", Reason: "Running", Ready: 2, Total: 2, Restarts: 3, FromTree: true},
	}
	if d := cmp.Diff(want, pods, cmpopts.IgnoreFields(platform.Pod{}, "CreatedAt")); d != "" {
		t.Error(d)
	}
	wantWorkloads := []platform.Workload{
		{Cluster: "ovh-prod-1", Namespace: "n", Kind: "CronJob", Name: "load", UID: "c", Desired: -1},
		{Cluster: "ovh-prod-1", Namespace: "n", Kind: "Deployment", Name: "api", UID: "d", Desired: -1, Ready: 1, Images: []string{"h/g/api:1", "h/g/api:2"}, Conditions: []platform.WorkloadCondition{
			{Type: "Progressing", Reason: "ProgressDeadlineExceeded", Message: `Deployment "api" exceeded its progress deadline`},
			{Type: "ReplicaFailure", Reason: "FailedCreate", Message: `pods "api-1" is forbidden: exceeded quota: dso-quota`},
		}},
	}
	if d := cmp.Diff(wantWorkloads, workloads); d != "" {
		t.Error(d)
	}
	k := known{app: platform.Application{Resources: []platform.AppResource{{Group: "apps", Kind: "Deployment", Namespace: "n", Name: "api", Sync: "OutOfSync", Message: "of the sync"}}}, tree: mapTree("", &w)}
	resources := withTree(&k).Resources
	if len(resources) != 3 || resources[0].Health != "Degraded" || resources[0].Sync != "OutOfSync" || resources[2].Kind != "VaultStaticSecret" || resources[2].Message != "no such path" {
		t.Errorf("health of resources: %+v", resources)
	}
}

func TestPhase(t *testing.T) {
	for _, c := range []struct{ reason, health, want string }{
		{"Running", "", "Running"}, {"Completed", "Healthy", "Succeeded"}, {"CrashLoopBackOff", "Degraded", "Running"}, {"Evicted", "Degraded", "Failed"},
		{"Init:ImagePullBackOff", "Degraded", "Pending"}, {"CreateContainerConfigError", "Degraded", "Pending"}, {"ErrImagePull", "", "Pending"},
		{"ContainerCreating", "Progressing", "Pending"}, {"Terminating", "", "Running"}, {"", "Healthy", "Running"}, {"", "Progressing", "Pending"}, {"New", "", "Unknown"},
	} {
		if got := phase(c.reason, c.health); got != c.want {
			t.Errorf("%s/%s: %s, want %s", c.reason, c.health, got, c.want)
		}
	}
}

func TestApplyManifest(t *testing.T) {
	var m wirePod
	if err := json.Unmarshal([]byte(`{"spec":{"nodeName":"node-2",
	 "initContainers":[{"name":"init","image":"h/i:1"}],
	 "containers":[{"name":"api","image":"h/g/api:2","env":[{"name":"P","value":"canary"}],"resources":{"requests":{"cpu":"250m","memory":"128Mi"},"limits":{"cpu":1}}},{"name":"side","image":"h/s:1"}]},
	 "status":{"phase":"Running","initContainerStatuses":[{"name":"init","restartCount":1,"state":{"terminated":{"reason":"Completed"}}}],
	 "containerStatuses":[{"name":"side","ready":true,"imageID":"sha256:configonly","state":{"running":{"startedAt":"2026-08-21T07:00:00Z"}}},
	  {"name":"api","ready":false,"restartCount":4,"imageID":"h/g/api@sha256:abc","state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off\u001b[2J 5m"}},
	   "lastState":{"terminated":{"reason":"OOMKilled","exitCode":137,"finishedAt":"2026-08-21T06:59:00Z"}}}]}}`), &m); err != nil {
		t.Fatal(err)
	}
	p := platform.Pod{Reason: "CrashLoopBackOff", FromTree: true}
	applyManifest(&p, &m)
	if p.Ready != 1 || p.Total != 2 || p.Restarts != 5 || p.Node != "node-2" || p.Message != "back-off 5m" || p.Reason != "CrashLoopBackOff" || len(p.Containers) != 3 {
		t.Errorf("pod: %+v", p)
	}
	api := p.Containers[1]
	if api.Digest != "sha256:abc" || api.LastReason != "OOMKilled" || api.LastExitCode != 137 || api.Request.CPU != 0.25 || api.Request.Memory != 128<<20 || api.Limit.CPU != 1 || api.Limit.Memory != 0 {
		t.Errorf("container: %+v", api)
	}
	if p.Containers[2].Digest != "" || p.Containers[2].State != "running" || !p.Containers[0].Init {
		t.Errorf("containers: %+v", p.Containers)
	}
	if text, _ := json.Marshal(p); strings.Contains(string(text), "canary") {
		t.Error("the environment of a container came through")
	}
}

func TestApplyController(t *testing.T) {
	for _, c := range []struct {
		kind, text              string
		desired, ready, updated int
		conditions              int
	}{
		{"Deployment", `{"spec":{"replicas":3},"status":{"readyReplicas":1,"updatedReplicas":2,"conditions":[{"type":"Available","status":"False","reason":"MinimumReplicasUnavailable"},{"type":"ReplicaFailure","status":"True","reason":"FailedCreate"},{"type":"Progressing","status":"True"}]}}`, 3, 1, 2, 2},
		{"Cluster", `{"spec":{"instances":2},"status":{"readyInstances":2}}`, 2, 2, 2, 0},
		{"DaemonSet", `{"status":{"desiredNumberScheduled":4,"numberReady":3,"updatedNumberScheduled":4}}`, 4, 3, 4, 0},
		{"Deployment", `{}`, -1, 0, 0, 0},
	} {
		var m wireController
		if err := json.Unmarshal([]byte(c.text), &m); err != nil {
			t.Fatal(err)
		}
		w := platform.Workload{Kind: c.kind, Desired: -1}
		applyController(&w, &m)
		applyController(&w, &m) // twice changes nothing
		if w.Desired != c.desired || w.Ready != c.ready || w.Updated != c.updated || len(w.Conditions) != c.conditions {
			t.Errorf("%s: %+v", c.text, w)
		}
	}
}

func FuzzTree(f *testing.F) {
	f.Add([]byte(fullTree))
	f.Add([]byte(`{"nodes":null}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var w wireTree
		if json.Unmarshal(data, &w) != nil {
			return
		}
		tr := mapTree("c", &w)
		for _, p := range tr.pods {
			if p.Name != platform.CleanLine(p.Name) || p.Reason != platform.CleanLine(p.Reason) || p.Ready < 0 || p.Restarts < 0 {
				t.Fatalf("%+v", p)
			}
		}
		merge("n", []tree{tr})
	})
}
