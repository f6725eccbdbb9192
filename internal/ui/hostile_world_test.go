package ui_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"dsotop/demo"
	"dsotop/demo/world"
	"dsotop/internal/config"
	"dsotop/internal/engine"
	"dsotop/internal/platform/hostile"
	"dsotop/internal/ui/uitest"
)

// spoil puts an attack into every name and message of a world that is not the key under which something is found.
func spoil(w *world.World) {
	texts, n := hostile.Texts(), 0
	spoilt := map[string]bool{}
	for _, field := range []string{
		"Message", "HealthMessage", "Description", "Title", "Comment", "CreatedBy", "FirstName", "LastName", "Email", "Infos", "Cause", "Annotations", "FailureReason", "RefusedBy", "Ref",
		"LastProvisioned", "Tool", "Action", "Author", "By", "DefaultBranch", "CIConfigPath", "Reason", "LastReason", "Failed", "Warned", "Scopes", "Threshold", "Actual", "OIDCGroup",
		"TargetRevision", "Component", "HelmValues", "DeployPath", "DeployRevision", "ExternalURL", "Stage", "Source", "Revision", "Version", "ConsoleVersion", "Measures", "AdminRoles",
	} {
		spoilt[field] = true
	}
	attack := func(_, old string) string {
		n++
		if text := texts[n%len(texts)]; n%2 == 0 {
			return text + old
		} else {
			return old + text
		}
	}
	w.Update(func(tx *world.Tx) {
		hostile.Poison(tx.State, func(field, old string) string {
			if !spoilt[field] || old == "" {
				return old
			}
			return attack(field, old)
		})
		for _, u := range tx.State.Users {
			u.Type = attack("", u.Type)
		}
		for _, tool := range tx.State.Tools {
			tool.Name, tool.Status = attack("", tool.Name), attack("", tool.Status)
		}
		for _, a := range tx.State.Alerts {
			a.Name = attack("", a.Name)
			a.Labels["extra"], a.Labels["severity"] = attack("", ""), attack("", a.Labels["severity"])
		}
		for _, p := range tx.State.Projects {
			p.Name = attack("", p.Name)
			for _, e := range p.Environments {
				e.Name = attack("", e.Name)
			}
			for i := range p.Roles {
				p.Roles[i].Name = attack("", p.Roles[i].Name)
			}
			for _, token := range p.GroupTokens {
				token.Name = attack("", token.Name)
			}
			for _, r := range p.Repositories {
				for _, pipeline := range r.Git.Pipelines {
					for _, j := range pipeline.Jobs {
						j.Name = attack("", j.Name)
					}
				}
				for _, img := range r.Images {
					for i := range img.Tags {
						img.Tags[i].Name = attack("", img.Tags[i].Name)
					}
				}
			}
		}
	})
}

// TestAHostilePlatform reads a platform on which every name and message attacks, through the real clients: nothing of it is in the
// facts, and no page is out of shape at 80×24.
func TestAHostilePlatform(t *testing.T) {
	p, err := demo.Start(t.Context(), demo.Options{Seed: 1, Size: world.Small, Dir: t.TempDir(), Still: true})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	spoil(p.World)
	cfg, err := config.Load(config.Flags{Config: p.Config, Profile: "demo"}, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	profile, _ := cfg.Current()
	e, err := engine.New(engine.Options{Profile: profile, Pace: 20})
	if err != nil {
		t.Fatal(err)
	}
	e.Start(t.Context())
	defer e.Close()
	ctx, cancel := context.WithTimeout(t.Context(), promised)
	defer cancel()
	v, complete := e.Settle(ctx)
	if !complete || len(v.Projects) == 0 {
		t.Fatalf("%d projects, complete: %v", len(v.Projects), complete)
	}
	facts := func() {
		t.Helper()
		v := e.View()
		for _, row := range v.Projects {
			for _, where := range hostile.Dirty(row.Dossier, "Message", "Description", "HelmValues") {
				t.Error(where)
			}
		}
		for _, s := range v.Sources {
			for _, where := range hostile.Dirty(s) {
				t.Error(where)
			}
			if s.State.Bad() {
				t.Errorf("%s is %s: %s", s.Name, s.State, s.Detail)
			}
		}
	}
	facts()
	arrived := 0
	for _, row := range v.Projects {
		arrived += strings.Count(fmt.Sprintf("%+v", row.Dossier), "日本語") // what of one attack may stay
	}
	if arrived < 50 {
		t.Errorf("the attacks arrived in %d places only", arrived)
	}
	s := uitest.Open(t, e, "en", 80, 24)
	look := newEye(t)
	press := func(keys ...string) {
		for _, k := range keys {
			s.Press(k)
			s.Bell()
			look.look(s, 80, 24)
		}
	}
	for row := range len(v.Projects) {
		press("1", "g")
		for range row {
			press("down")
		}
		press("enter")
		for range 6 { // its tabs, with what stands beneath the first lines of each
			press("down", "space", "down", "c", "esc")
			press("tab")
			if t.Failed() {
				return
			}
		}
		press("1", "enter", "tab", "enter", "down", "tab", "down", "tab", "down", "tab", "down", "tab")
	}
	press("1", ":")
	s.Type("sources")
	press("enter", "down", "down", "enter")
	press("1", ":")
	s.Type("a")
	press("down", "down", "?", "esc", "esc")
	facts() // what came while pages looked: jobs, events, error lines
}
