package engine_test

import (
	"context"
	"flag"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dsotop/demo/world"
	"dsotop/internal/platform"
	"dsotop/internal/platform/findings"
	"dsotop/internal/runbook"
)

// on calls f on a project of the world and tells who looks.
func on(slug string, f func(*world.Tx, *world.Project)) func(*world.Tx) {
	return func(tx *world.Tx) {
		p := tx.State.ProjectBySlug[slug]
		f(tx, p)
		tx.Touch(p, world.Modified)
	}
}

// lock locks a project, or opens it.
func lock(slug string, locked bool) func(*world.Tx) {
	return on(slug, func(_ *world.Tx, p *world.Project) { p.Locked = locked })
}

// breaks lets a tool of the console fail; an empty message mends it.
func breaks(tool, message string) func(*world.Tx) {
	return func(tx *world.Tx) { tx.Break(tool, message) }
}

// loads runs the job that loads data into cartocrise, as somebody would by kubectl.
func loads(tx *world.Tx) {
	for _, e := range tx.State.ProjectBySlug["cartocrise"].Environments {
		for _, x := range e.Namespace.Workloads {
			if x.Kind == "CronJob" && e.Name == "prod" {
				tx.After(5*time.Second, func(tx *world.Tx) { tx.RunCronJob(x, x.Name+"-manual") })
			}
		}
	}
}

// known waits until the facts are as wanted: what was just done to the world is read by the sources.
func (s *stage) known(t *testing.T, slug, what string, wanted func(runbook.Known) bool) {
	t.Helper()
	d := s.e.Runbooks()
	sel := runbook.Selection{ProjectID: s.id[slug]}
	sub := s.e.Subscribe(50 * time.Millisecond)
	defer sub.Close()
	ctx, stop := context.WithTimeout(t.Context(), promised)
	defer stop()
	for !wanted(d.Known(sel)) {
		if ctx.Err() != nil {
			t.Fatalf("%s of %s: never known: %v", what, slug, d.Known(sel).Dossier.Known)
		}
		s.e.Refresh()
		tick, over := context.WithTimeout(ctx, 300*time.Millisecond) // an answer may be on its way from before
		sub.Next(tick)
		over()
	}
}

// ways plays books on all their ways, as `make e2e` and `make reliability` do: a minute of two processors that nobody else wants, more than the
// race detector leaves them at the pace of a stage.
var ways = flag.Bool("ways", false, "play books on all their ways")

// allWays leaves a test to those who asked for it.
func allWays(t *testing.T) {
	if !*ways {
		t.Skip("with -ways: make e2e, make reliability")
	}
	t.Parallel()
}

// Books go each of their ways for good on the platform: what is refused, what is missing, what another person has to do. One project after the other, several side by side.
func TestBooksOnTheirWays(t *testing.T) {
	allWays(t)
	s := newStage(t)
	s.p.World.Update(lock("testform", true))
	s.known(t, "testform", "the lock", func(k runbook.Known) bool { return k.Dossier != nil && k.Dossier.Project.Locked })
	found := func(slug, id string) {
		t.Helper()
		s.known(t, slug, id, func(k runbook.Known) bool {
			return slices.ContainsFunc(findings.Flatten(k.Findings), func(f platform.Finding) bool { return f.ID == id })
		})
	}
	found("agendaprefs", "tag-purged")
	s.known(t, "guichet", "the gate and the head of api", func(k runbook.Known) bool {
		return slices.ContainsFunc(k.Dossier.Repositories, func(r platform.RepositoryFacts) bool {
			return r.Name == "api" && r.Gate != nil && r.Git != nil && r.Git.HeadSHA != ""
		})
	})
	var all sync.WaitGroup
	for _, parts := range [][]part{
		{
			{book: "RB-01", on: "testform", others: map[string]func(*world.Tx){"locked": lock("testform", false)}, failed: []string{"open"}, done: []string{"locked", "unlocked", "replay", "logged"}},
		},
		{
			{book: "RB-02", params: map[string]string{"contains": "zzz"}, failed: []string{"who"}, done: []string{"nothing"}},
			{book: "RB-20", done: []string{"health", "state"}},
		},
		{
			{book: "RB-05", on: "guichet//api", answers: map[string]string{"cause": "gate"}, done: []string{"gate"}},
			{book: "RB-06", on: "guichet//api", answers: map[string]string{"decide": "accept", "accept": "bruno", "why": "vendredi"}, done: []string{"red", "accept", "why"}},
			{book: "RB-06", on: "guichet//api", answers: map[string]string{"decide": "rollback"}, done: []string{"back"}},
			{book: "RB-07", on: "guichet/prod", params: map[string]string{"critical": "-1"}, answers: map[string]string{"details": "none", "accept": "bruno", "reason": "correctif"}, failed: []string{"clean"}, done: []string{"accept", "reason"}},
			{book: "RB-12", on: "guichet/prod", params: map[string]string{"restart": "false"}, answers: map[string]string{"kind": "vault", "path": "there", "version": "3", "force": "waited"}, done: []string{"vault_up", "manifest", "force", "delivered", "running"}},
			{book: "RB-15", on: "guichet/prod", answers: map[string]string{"kind": "cnpg", "by_eye": "seen"}, short: []string{"fresh"}, failed: []string{"cnpg", "fresh"}, done: []string{"on_demand", "by_eye", "wal"}},
			{book: "RB-16", on: "guichet/prod", answers: map[string]string{"approve": "bruno", "point": "latest", "compare": "bad good", "lost": "5m", "autosync_on": "on_now"}, short: []string{"up"}, troubles: map[string]string{"up": "continue continue"},
				done: []string{"autosync", "autosync_off", "compare", "healthy", "in_time", "autosync_back"}},
		},
		{
			{book: "RB-17", on: "cartocrise/prod", short: []string{"enlarge"}, failed: []string{"quota", "enlarge"}, ends: runbook.Stopped},
			{book: "RB-18", on: "cartocrise", params: map[string]string{"host": "inconnu.example"}, answers: map[string]string{"track": "chain"}, short: []string{"requested"}, troubles: map[string]string{"requested": "stop"}, failed: []string{"known"}, done: []string{"request"}, ends: runbook.Stopped},
			{book: "RB-18", on: "cartocrise", answers: map[string]string{"track": "ingress", "reach": "no_answer"}, done: []string{"ingress", "certificate", "reach", "policy", "flows"}},
			{book: "RB-18", on: "cartocrise", answers: map[string]string{"track": "outgoing"}, done: []string{"policy", "flows"}},
			{book: "RB-13", on: "cartocrise/prod", answers: map[string]string{"way": "shrink enlarge"}, short: []string{"shrunk"}, failed: []string{"shrunk", "pool"}, others: map[string]func(*world.Tx){"hosting": on("cartocrise", func(_ *world.Tx, p *world.Project) { p.ProdCPU, p.ProdMem = 64, 256 })}, done: []string{"granted", "resize", "quota_changed", "recovered"}},
			{book: "RB-17", on: "cartocrise/prod", answers: map[string]string{"counts": "42"}, others: map[string]func(*world.Tx){"by_hand": loads}, failed: []string{"chosen"}, done: []string{"quota", "by_hand", "started", "over", "counts"}},
			{book: "RB-11", on: "cartocrise/prod", failed: []string{"ill"}, done: []string{"fine"}},
		},
		{
			{book: "RB-08", on: "habilit", answers: map[string]string{"refused": "rb09"}, params: map[string]string{"hard": "true"}, done: []string{"hard_refresh", "dry", "sync", "synced"}},
			{book: "RB-08", on: "habilit", done: []string{"refresh"}, failed: []string{"needed"}},
			{book: "RB-09", on: "habilit", answers: map[string]string{"other": "ticket"}, done: []string{"ticket", "wait_ticket", "refresh", "succeeded", "healthy"}},
		},
		{
			{book: "RB-14", on: "portail", params: map[string]string{"name": "recette"}, short: []string{"committed"}, done: []string{"create", "declared", "rooted", "quota", "apps"}},
			{book: "RB-14", on: "portail", params: map[string]string{"name": "recette"}, failed: []string{"free"}, ends: runbook.Stopped},
			{book: "RB-14", on: "portail/recette", params: map[string]string{"what": "delete", "name": "recette"}, answers: map[string]string{"volumes": "safe", "approve": "bruno"}, done: []string{"exists", "delete", "gone"}},
			{book: "RB-05", on: "portail//portail", failed: []string{"failed"}, done: []string{"nothing"}},
		},
		{
			{book: "RB-10", on: "agendaprefs/prod", answers: map[string]string{"migration": "migrated"}, done: []string{"restore"}},
			{book: "RB-11", on: "agendaprefs/prod", failed: []string{"image", "pull"}, done: []string{"purged"}},
			{book: "RB-10", on: "agendaprefs/prod", answers: map[string]string{"migration": "no_migration", "target": "no-such-tag 34577d90", "rebuild": "other", "way": "argo"}, others: map[string]func(*world.Tx){"mirror": on("agendaprefs", func(tx *world.Tx, p *world.Project) {
				for _, r := range p.Repositories {
					if strings.HasSuffix(r.Name, "infra") {
						tx.RunMirror(r, "main", false, "trigger")
					}
				}
			})}, troubles: map[string]string{"synced": "continue", "runs": "continue"}, short: []string{"runs"}, failed: []string{"exists", "autosync_off"}, done: []string{"rebuild", "revert", "mirror", "refresh", "errors"}},
		},
		{
			{book: "RB-03", on: "vigibat//vigibat", answers: map[string]string{"overwritten": "lost safe", "saved": "seen", "broken": "rb04"}, troubles: map[string]string{"sync": "continue"}, short: []string{"mirrored"}, failed: []string{"mirrored"}, done: []string{"save_commits", "broken"}},
			{book: "RB-04", on: "vigibat//vigibat", answers: map[string]string{"dead_token": "dead", "trigger": "fine"}, failed: []string{"token"}, done: []string{"replay", "token_after", "sync", "works", "trigger"}},
			{book: "RB-04", on: "vigibat//vigibat", answers: map[string]string{"cause": "network", "trigger": "fine"}, done: []string{"token", "flow", "sync", "works"}},
		},
	} {
		all.Go(func() {
			for _, c := range parts {
				if id := s.begin(t, c, false); id != "" {
					s.judge(t, c, s.play(t, id, c))
				}
			}
		})
	}
	all.Wait()
}

// A tool of the platform is down: books see it, say so, wait for who mends it, and go on.
func TestBooksWhileAToolIsDown(t *testing.T) {
	allWays(t)
	s := newStage(t)
	down := func(tool, message string) {
		t.Helper()
		s.p.World.Update(breaks(tool, message))
		s.known(t, "portail", tool+" "+message, func(k runbook.Known) bool {
			for _, v := range k.Services {
				if strings.EqualFold(v.Name, tool) {
					return (v.Status == "OK") == (message == "")
				}
			}
			return false
		})
	}
	play := func(c part) {
		t.Helper()
		if id := s.begin(t, c, false); id != "" {
			s.judge(t, c, s.play(t, id, c))
		}
	}
	down("Vault", "503 scellé")
	play(part{book: "RB-05", on: "guichet//api", answers: map[string]string{"cause": "secret"}, others: map[string]func(*world.Tx){"tool_down": breaks("Vault", "")}, troubles: map[string]string{"green": "continue"}, short: []string{"green"}, failed: []string{"vault"}, done: []string{"tool_down", "whole"}})
	down("Vault", "503 scellé")
	play(part{book: "RB-20", answers: map[string]string{"which": "vault", "vault": "sealed", "unseal": "bruno"}, others: map[string]func(*world.Tx){"unseal": breaks("Vault", "")}, failed: []string{"state"}, done: []string{"unseal", "back", "announce"}})
	down("Gitlab", "502")
	play(part{book: "RB-01", on: "portail", troubles: map[string]string{"replay": "continue"}, short: []string{"logged"}, answers: map[string]string{"again": "ticket"}, others: map[string]func(*world.Tx){"fixed": func(tx *world.Tx) {
		tx.Break("Gitlab", "")
		p := tx.State.ProjectBySlug["portail"]
		tx.Provision(p, world.Order{Action: "Replay hooks for Project", Took: time.Second}, nil)
	}}, failed: []string{"logged"}, done: []string{"again", "ticket", "fixed"}})
	down("Gitlab", "")
	// An upgrade left all projects behind. Harbor breaks down while they are replayed: the queue pauses, and goes on where it was once Harbor is mended.
	s.p.World.Update(func(tx *world.Tx) {
		for _, p := range tx.State.Projects {
			if p.Status != "archived" {
				p.LastProvisioned = "9.20.2"
				tx.Touch(p, world.Modified)
			}
		}
	})
	s.known(t, "portail", "that projects are behind", func(k runbook.Known) bool {
		n := 0
		for _, d := range k.Dossiers {
			if d.Project.LastProvisioned == "9.20.2" {
				n++
			}
		}
		return n >= 6
	})
	play(part{book: "RB-02", meanwhile: map[string]func(*world.Tx){"replay": breaks("Harbor", "502")}, others: map[string]func(*world.Tx){"replay": breaks("Harbor", "")},
		troubles: map[string]string{"replay": "retry retry retry retry", "left": "continue"}, short: []string{"left"}, done: []string{"tools", "who", "announce", "replay", "services_after"}})
}
