package deeds

import (
	"encoding/json"
	"testing"
)

// A quota counts a pod until it is gone: in the middle of a rollout its refusal passes, of a controller that has no old pod left it does not.
func TestARefusalInTheMiddleOfARolloutPasses(t *testing.T) {
	const refused = `{"type":"ReplicaFailure","status":"True","reason":"FailedCreate","message":"exceeded quota"}`
	for _, c := range []struct{ name, counts, condition, want, note, before string }{
		{"old pods are left", `"replicas":3,"readyReplicas":3,"updatedReplicas":1`, refused, running, "exceeded quota", ""},
		{"nothing will make room", `"replicas":2,"readyReplicas":2,"updatedReplicas":2`, refused, failed, "exceeded quota", ""},
		{"the deadline is over", `"replicas":3,"readyReplicas":3,"updatedReplicas":1`, `{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded","message":"timed out"}`, failed, "timed out", ""},
		{"a deadline of before", `"replicas":3,"readyReplicas":2,"updatedReplicas":1`, `{"type":"Progressing","status":"False","message":"timed out","lastUpdateTime":"2026-11-22T10:00:00Z"}`, running, "2/3", "2026-11-22T10:00:00Z"},
		{"given up again", `"replicas":3,"readyReplicas":2,"updatedReplicas":1`, `{"type":"Progressing","status":"False","message":"timed out","lastUpdateTime":"2026-11-22T10:20:00Z"}`, failed, "timed out", "2026-11-22T10:00:00Z"},
		{"the condition is of before", `"replicas":3,"readyReplicas":3,"updatedReplicas":3`, refused, done, "3/3", ""},
	} {
		var w kubeObject
		if err := json.Unmarshal([]byte(`{"spec":{"replicas":3},"status":{`+c.counts+`,"conditions":[`+c.condition+`]}}`), &w); err != nil {
			t.Fatal(err)
		}
		if got := rolled(w, false, c.before); got.State != c.want || got.Note != c.note {
			t.Errorf("%s: %s %q, want %s %q", c.name, got.State, got.Note, c.want, c.note)
		}
	}
}
