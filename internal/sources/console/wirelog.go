package console

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"dsotop/internal/platform"
)

type wireLogs struct {
	Total num           `json:"total"`
	Logs  list[wireLog] `json:"logs"`
}

type wireLog struct {
	ID        line `json:"id"`
	Action    line `json:"action"`
	UserID    line `json:"userId"`
	ProjectID line `json:"projectId"`
	RequestID line `json:"requestId"`
	CreatedAt when `json:"createdAt"`
	Data      data `json:"data"`
}

// data is the content of a log entry. Of what the tools returned only status and message are kept: the rest may hold tokens, and
// is not even decoded.
type data struct {
	failed  []string
	unnamed bool
	warned  []string
	took    time.Duration
	message string
	results []platform.ToolResult
	backend string // that wrote it, by its shape
}

// longestResult bounds the message of one tool, in runes.
const longestResult = 2000

type wireResult struct {
	Status struct {
		Result  line `json:"result"`
		Message text `json:"message"`
	} `json:"status"`
	Times opt[map[string]num] `json:"executionTime"`
}

// UnmarshalJSON takes clean entries, full ones and those of 2023, which have the tools at the top.
func (d *data) UnmarshalJSON(b []byte) error {
	fields := odd[map[string]json.RawMessage](b)
	var (
		names   ids
		message text
		took    num
		yes     flag
	)
	if raw, ok := fields["failed"]; ok {
		_ = names.UnmarshalJSON(raw)
		_ = yes.UnmarshalJSON(raw)
		d.failed, d.unnamed = names, bool(yes)
		if string(raw) == "false" { // NestJS leaves it out when all is fine
			d.backend = "legacy"
		}
	}
	names = nil
	if raw, ok := fields["warning"]; ok {
		_ = names.UnmarshalJSON(raw)
		d.warned = names
		d.backend = "legacy" // NestJS knows no warnings
	}
	if raw, ok := fields["messageResume"]; ok {
		_ = message.UnmarshalJSON(raw)
		d.message = string(message)
	}
	if _, told := fields["messageResume"]; told && d.backend == "" {
		d.backend = "nest"
	}
	if raw, ok := fields["totalExecutionTime"]; ok {
		_ = took.UnmarshalJSON(raw)
		d.took = time.Duration(float64(took) * float64(time.Millisecond))
	}
	tools := fields
	if raw, ok := fields["results"]; ok {
		tools = odd[map[string]json.RawMessage](raw)
	}
	for _, name := range slices.Sorted(maps.Keys(tools)) {
		if result, ok := toolResult(name, tools[name]); ok {
			d.results = append(d.results, result)
		}
	}
	return nil
}

func toolResult(name string, raw json.RawMessage) (platform.ToolResult, bool) {
	var r wireResult
	if name == "args" || json.Unmarshal(raw, &r) != nil || r.Status.Result == "" {
		return platform.ToolResult{}, false
	}
	out := platform.ToolResult{Tool: platform.CleanLine(name), Status: string(r.Status.Result), Message: string(r.Status.Message)}
	for _, ms := range r.Times.v { // main; legacy adds pre and post
		out.Took += time.Duration(float64(ms) * float64(time.Millisecond))
	}
	return out, true
}

// noun makes the entry; redact takes our own secrets and passwords in addresses out of what the tools said.
func (l wireLog) noun(redact func(string) string) platform.LogEntry {
	e := platform.LogEntry{ID: string(l.ID), Action: string(l.Action), UserID: string(l.UserID), ProjectID: string(l.ProjectID), RequestID: string(l.RequestID), At: time.Time(l.CreatedAt),
		Failed: l.Data.failed, FailedUnnamed: l.Data.unnamed, Warned: l.Data.warned, Took: l.Data.took, Message: redact(l.Data.message), Results: l.Data.results, Backend: l.Data.backend}
	for i := range e.Results {
		message := redact(e.Results[i].Message) // before it is cut: half a secret is one too
		if runes := []rune(message); len(runes) > longestResult {
			message = string(runes[:longestResult]) + "…"
		}
		e.Results[i].Message = message
	}
	return e
}

// keptEntries is how much of a project's log is kept.
const keptEntries = 50

// merge joins what is known with what was read, newest first. Of two entries with one id the one that has the tools' results wins:
// pages overlap when new entries shift them, and clean pages know less than full ones.
func merge(known, read []platform.LogEntry) []platform.LogEntry {
	byID := make(map[string]platform.LogEntry, len(known)+len(read))
	for _, e := range slices.Concat(known, read) {
		if old, ok := byID[e.ID]; ok && len(old.Results) > len(e.Results) {
			continue
		}
		byID[e.ID] = e
	}
	out := slices.SortedFunc(maps.Values(byID), func(a, b platform.LogEntry) int {
		if c := b.At.Compare(a.At); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out[:min(len(out), keptEntries)]
}
