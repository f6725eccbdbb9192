package engine_test

import (
	"sync"
	"testing"
	"time"

	"dsotop/demo"
	"dsotop/demo/world"
	"dsotop/internal/runbook"
)

// A console whose tools take longer than the proxy before it waits: each write is answered 504 while the work goes on. Books come to their ends nevertheless, through
// refusals that come between a plan and its consent, and through what the console does not know.
func TestBooksOnASlowConsole(t *testing.T) {
	allWays(t)
	s := newStage(t, func(o *demo.Options) { o.Provisioning, o.GatewayAfter = 20*time.Second, 300*time.Millisecond })
	before := s.p.Writes()
	const arrives = "devops.guichet@example.gouv.fr"
	var all sync.WaitGroup
	for _, parts := range [][]part{
		{
			{book: "RB-01", on: "portail", done: []string{"replay", "logged", "created", "zone"}},
			{book: "RB-19", on: "portail", params: map[string]string{"email": "inconnu@example.gouv.fr"}, troubles: map[string]string{"add": "stop"}, failed: []string{"member"}, ends: runbook.Stopped},
			{book: "RB-19", on: "portail", params: map[string]string{"email": arrives}, answers: map[string]string{"login": "nothing"}, failed: []string{"member"}, done: []string{"add", "added", "roles", "provision", "gitlab", "login"}},
			{book: "RB-19", on: "portail", params: map[string]string{"email": arrives, "what": "lost"}, answers: map[string]string{"login": "grafana argo"}, done: []string{"member", "provision", "gitlab", "grafana", "ticket"}},
			{book: "RB-19", on: "portail", params: map[string]string{"email": arrives, "what": "departure"}, failed: []string{"leaving"}, done: []string{"is_member", "remove", "removed", "leftovers", "tokens"}},
			{book: "RB-14", on: "portail", params: map[string]string{"name": "recette"}, short: []string{"committed"}, done: []string{"create", "declared", "rooted", "quota", "apps"}},
		},
		{
			// Somebody locks the project while its plan is looked at: 403, said as such, and done once it is open again.
			{book: "RB-01", on: "guichet", meanwhile: map[string]func(*world.Tx){"replay": lock("guichet", true)}, others: map[string]func(*world.Tx){"replay": lock("guichet", false)},
				troubles: map[string]string{"replay": "retry"}, done: []string{"replay", "logged", "created"}},
		},
		{
			{book: "RB-18", on: "cartocrise", answers: map[string]string{"track": "chain", "failed": "retry", "reach": "well"}, failed: []string{"state"}, done: []string{"known", "retry", "success", "reach"}},
			{book: "RB-18", on: "cartocrise", answers: map[string]string{"track": "chain", "reach": "well"}, params: map[string]string{"host": "cartocrise.interieur.example"}, done: []string{"known", "state", "success", "reach"}},
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
	// 2 replays and a refused one, an addition and a removal, 3 replays between them, an environment, a chain
	t.Logf("%d writes", s.p.Writes()-before)
}
