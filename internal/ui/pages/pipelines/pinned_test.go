package pipelines

import (
	"testing"
	"time"

	"dsotop/internal/platform"
)

// What came of a pipeline after an instant was not known at it: neither its status, nor that of the jobs that ran or waited.
func TestAPipelineAsItWas(t *testing.T) {
	at := time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)
	x := platform.Pipeline{Status: platform.PipelineFailed, FinishedAt: at.Add(time.Minute), Duration: 5 * time.Minute, Jobs: []platform.Job{
		{Name: "done", Status: "success", StartedAt: at.Add(-4 * time.Minute), Duration: time.Minute},
		{Name: "runs", Status: platform.PipelineFailed, StartedAt: at.Add(-time.Minute), Duration: 2 * time.Minute, FailureReason: "script_failure", Said: "no"},
		{Name: "waits", Status: "success", StartedAt: at.Add(30 * time.Second), Duration: time.Second},
		{Name: "never", Status: "skipped"},
	}}
	then := asAt(x, at)
	if then.Status != platform.PipelineRunning || !then.FinishedAt.IsZero() || then.Duration != 0 {
		t.Errorf("%+v", then)
	}
	for i, want := range []string{"success", platform.PipelineRunning, platform.PipelineCreated, platform.PipelineCreated} {
		if j := then.Jobs[i]; j.Status != want || i > 0 && (j.Duration != 0 || j.FailureReason != "" || j.Said != "") {
			t.Errorf("%s: %+v", j.Name, j)
		}
	}
	if x.Jobs[1].Status != platform.PipelineFailed {
		t.Error("the facts themselves were changed")
	}
	if over := asAt(x, at.Add(time.Hour)); over.Status != platform.PipelineFailed || over.Jobs[1].Said != "no" {
		t.Errorf("after its end: %+v", over)
	}
}
