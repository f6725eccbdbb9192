package deeds

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
	"dsotop/internal/platform"
)

// What provisions runs every tool on the whole project inside the request, which proxies cut after a minute while the work goes on, and which says 204 to a failure too.
// The log is what tells: the newest entry before, remembered, and a newer one of the same action, by us, after.
const (
	provisionTimeout  = 150 * time.Second
	provisionPatience = 10 * time.Minute
)

// Keys of the memo.
const (
	memoLog     = "log"     // id of the newest entry of the project's log; "" when there was none
	memoUser    = "user"    // our id; "" when not told
	memoAction  = "action"  // of the entry that is waited for
	memoProject = "project" // id
	memoTools   = "tools"   // those of the last provisioning, with commas
)

type consoleEntry struct {
	ID     string `json:"id"`
	Action string `json:"action"`
	UserID string `json:"userId"`
	Data   struct {
		Failed  json.RawMessage `json:"failed"`
		Warning json.RawMessage `json:"warning"`
		Message string          `json:"messageResume"`
		Results map[string]struct {
			Status struct {
				Result  string `json:"result"`
				Message string `json:"message"`
			} `json:"status"`
			Times map[string]float64 `json:"executionTime"`
		} `json:"results"`
	} `json:"data"`
}

// failures are the tools that failed, and whether anything did: old entries say so without naming a tool.
func (e consoleEntry) failures() (tools []string, bad bool) {
	if json.Unmarshal(e.Data.Failed, &tools) == nil {
		return tools, len(tools) > 0
	}
	_ = json.Unmarshal(e.Data.Failed, &bad)
	return nil, bad
}

// steps are the tools of an entry.
func (e consoleEntry) steps() []actions.Step {
	var out []actions.Step
	bad, _ := e.failures()
	for tool, r := range e.Data.Results {
		st := actions.Step{Name: platform.CleanLine(tool), State: done, Note: cut(r.Status.Message)}
		if r.Status.Result == "KO" || slices.Contains(bad, tool) {
			st.State = failed
		}
		for _, ms := range r.Times {
			st.Took += time.Duration(ms) * time.Millisecond
		}
		out = append(out, st)
	}
	if len(out) == 0 { // cleaned for whom may not see the results
		for _, tool := range bad {
			out = append(out, actions.Step{Name: platform.CleanLine(tool), State: failed})
		}
	}
	slices.SortFunc(out, func(a, b actions.Step) int { return strings.Compare(a.Name, b.Name) })
	return out
}

type consoleToken struct {
	LastUse string `json:"lastUse"` // "" of one that was never used
	Owner   struct {
		ID string `json:"id"`
	} `json:"owner"`
}

type consoleLogs struct {
	Logs []consoleEntry `json:"logs"`
}

func consoleLog(ctx context.Context, s actions.Systems, system, project string, limit int) ([]consoleEntry, error) {
	var page consoleLogs
	err := get(ctx, s, system, "/api/v1/logs", url.Values{"projectId": {project}, "offset": {"0"}, "limit": {strconv.Itoa(limit)}, "clean": {"false"}}, &page)
	return page.Logs, err
}

// remember is the memo of what provisions: it is read last before the call, so that a foreign provisioning in between is not taken for ours.
func remember(ctx context.Context, s actions.Systems, system, project, action string) (map[string]string, []consoleEntry, error) {
	entries, err := consoleLog(ctx, s, system, project, 10)
	if err != nil {
		return nil, nil, err
	}
	memo := map[string]string{memoProject: project, memoAction: action, memoLog: ""}
	if len(entries) > 0 {
		memo[memoLog] = entries[0].ID
	}
	for _, e := range entries {
		if steps := e.steps(); len(steps) > 1 {
			var tools []string
			for _, st := range steps {
				tools = append(tools, st.Name)
			}
			memo[memoTools] = strings.Join(tools, ",")
			break
		}
	}
	var tokens []consoleToken
	if get(ctx, s, system, "/api/v1/user/tokens", nil, &tokens) == nil { // an admin token has no person
		newest := ""
		for _, t := range tokens {
			if t.LastUse >= newest {
				newest, memo[memoUser] = t.LastUse, t.Owner.ID
			}
		}
	}
	return memo, entries, nil
}

// provisioned looks for the entry of what we asked.
func provisioned(ctx context.Context, s actions.Systems, d actions.Draft, _ actions.Subject, _ time.Time, _ *wire.Reply) (actions.Sight, error) {
	entries, err := consoleLog(ctx, s, d.Call.System, d.Memo[memoProject], 30)
	if err != nil {
		return actions.Sight{State: unknown}, err
	}
	var found *consoleEntry
	for i, e := range entries {
		if e.ID == d.Memo[memoLog] {
			break
		}
		if strings.EqualFold(e.Action, d.Memo[memoAction]) && (d.Memo[memoUser] == "" || e.UserID == d.Memo[memoUser]) {
			found = &entries[i] // the oldest of those after ours began
		}
	}
	if found == nil {
		out := actions.Sight{State: running}
		for tool := range strings.SplitSeq(d.Memo[memoTools], ",") {
			if tool != "" {
				out.Progress = append(out.Progress, actions.Step{Name: tool, State: running})
			}
		}
		return out, nil
	}
	out := actions.Sight{State: done, Progress: found.steps()}
	if _, bad := found.failures(); bad {
		out.State, out.Note = failed, cut(found.Data.Message)
		return out, nil
	}
	out.Progress = append(out.Progress, downstream(ctx, s, d)...)
	return out, nil
}

type consoleProjectWire struct {
	ID          string `json:"id"`
	Slug        string `json:"slug"`
	Description string `json:"description"`
	Status      string `json:"status"`
	Locked      bool   `json:"locked"`
	Version     string `json:"lastSuccessProvisionningVersion"`
}

// projectNow reads the project as it is, for whom the route takes; a refusal to do so is no obstacle, since rights to read and to act differ.
func projectNow(ctx context.Context, s actions.Systems, system string, sc actions.Scene, id string) (consoleProjectWire, error) {
	var p consoleProjectWire
	err := get(ctx, s, system, path("/api/v1/projects", id), nil, &p)
	if err == nil {
		return p, nil
	}
	if d := sc.Dossier; d != nil && d.Project.ID == id && !isCode(err, codeGone) {
		return consoleProjectWire{ID: id, Slug: d.Project.Slug, Description: d.Project.Description, Status: d.Project.Status, Locked: d.Project.Locked, Version: d.Project.LastProvisioned}, nil
	}
	return p, err
}

func isCode(err error, code string) bool {
	r, ok := err.(*actions.Refusal) //nolint:errorlint // made here, never wrapped
	return ok && r.Reason.Code == code
}
