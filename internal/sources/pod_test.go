package sources_test

import (
	"encoding/json"
	"strings"
	"testing"

	"dsotop/internal/desk"
	"dsotop/internal/sources"
)

const brokenPod = `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-1","namespace":"n","uid":"u","creationTimestamp":"2026-11-21T13:03:00Z","ownerReferences":[{"kind":"ReplicaSet","name":"web-7d9f","controller":true}]},
"spec":{"nodeName":"node-1","serviceAccountName":"default","restartPolicy":"Always","terminationGracePeriodSeconds":30,"volumes":[{"name":"config","configMap":{"name":"app"}},{"name":"db","secret":{"secretName":"db-login"}},{"name":"tmp","emptyDir":{}}],
"initContainers":[{"name":"wait","image":"busybox"},{"name":"mesh","image":"proxy","restartPolicy":"Always"}],
"containers":[{"name":"web","image":"harbor.test/p/web:1","env":[{"name":"DB_PASSWORD","value":"canary-value"}],"ports":[{"name":"http","containerPort":8080}],"resources":{"requests":{"cpu":"500m","memory":"512Mi"},"limits":{"cpu":1}},
"livenessProbe":{"httpGet":{"path":"/sante","port":8080,"scheme":"HTTP"},"periodSeconds":5,"initialDelaySeconds":20},"readinessProbe":{"tcpSocket":{"port":"http"}}}]},
"status":{"phase":"Running","qosClass":"Burstable","startTime":"2026-11-21T13:03:01Z","conditions":[{"type":"Initialized","status":"True"},{"type":"Ready","status":"False","reason":"ContainersNotReady","message":"containers with unready status: [web]","lastTransitionTime":"2026-11-21T13:04:00Z"}],
"containerStatuses":[{"name":"web","ready":false,"restartCount":7,"imageID":"harbor.test/p/web@sha256:abc","state":{"waiting":{"reason":"CrashLoopBackOff","message":"back-off 5m0s\u001b[2J"}},"lastState":{"terminated":{"reason":"OOMKilled","exitCode":137,"finishedAt":"2026-11-21T13:05:00Z"}}}]}}`

func TestPodTellsEverything(t *testing.T) {
	d, err := sources.Pod([]byte(brokenPod))
	if err != nil {
		t.Fatal(err)
	}
	if d.Owner != "ReplicaSet/web-7d9f" || d.QoS != "Burstable" || len(d.Containers) != 3 || d.Containers[1].Role != desk.RoleSidecar || len(d.Volumes) != 3 || d.Volumes[1] != "db: secret db-login" {
		t.Errorf("%+v", d)
	}
	if len(d.Conditions) != 2 || d.Conditions[0].Type != "Ready" {
		t.Errorf("%+v", d.Conditions)
	}
	c := d.Containers[2]
	if c.Digest != "sha256:abc" || c.Last == nil || c.Last.Code != 137 || c.Restarts != 7 || c.CPULimit != "1" || c.MemoryRequest != "512Mi" || c.MemoryLimit != "" || c.Ports[0] != "http 8080/TCP" {
		t.Errorf("%+v", c)
	}
	if c.Liveness != "HTTP GET /sante :8080 · 5 s × 3 · timeout 1 s · delay 20 s" || c.Readiness != "TCP :http · 10 s × 3 · timeout 1 s" {
		t.Errorf("%q %q", c.Liveness, c.Readiness)
	}
	raw, _ := json.Marshal(d)
	if strings.Contains(string(raw), "canary-value") || strings.Contains(c.Message, "\x1b") {
		t.Error(string(raw))
	}
}

func FuzzPod(f *testing.F) {
	f.Add(brokenPod)
	f.Add(`{"metadata":{"name":"x"},"spec":{"containers":[{"resources":{"limits":{"cpu":[]}}}],"volumes":[{"name":1},{"name":"a","x":3}]}}`)
	f.Fuzz(func(t *testing.T, raw string) {
		d, err := sources.Pod([]byte(raw))
		if err != nil {
			return
		}
		if strings.ContainsAny(d.Name+d.Message+d.Manifest.Text+strings.Join(d.Volumes, ""), "\x1b\u202e") {
			t.Errorf("%+v", d)
		}
	})
}
