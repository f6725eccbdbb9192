// Package house holds the walls between the rooms: who may import whom. Its test checks them against the import graph.
package house

// Wall is a rule about the imports of the packages under one path. Paths are relative to the module, "/..." meaning "and below".
type Wall struct {
	// Room is the path the rule is about; the longest matching one applies.
	Room string
	// Ours lists what of the module it may import (non-test files). The room itself and below is always allowed.
	Ours []string
	// Tests lists what its test files may import besides.
	Tests []string
	Why   string
}

// Walls returns the rules, one per room. A package that matches none fails the test: a new room says what it may see.
func Walls() []Wall {
	sources := []string{"internal/desk", "internal/platform", "internal/store", "internal/secret", "internal/sources", "internal/sources/transport", "internal/actions/wire"}
	live := append(sources[:len(sources):len(sources)], "internal/logs")
	fakes := []string{"demo/world", "demo/fakes/...", "demo", "demo/lab", "internal/sources/sourcetest", "internal/platform/hostile"}
	widgets := []string{"internal/ui/block", "internal/ui/intent", "internal/ui/keys", "internal/ui/style", "internal/ui/words"}
	pages := []string{"internal/actions", "internal/fleet", "internal/logs", "internal/notes", "internal/platform", "internal/platform/findings", "internal/store", "internal/ui/block", "internal/ui/cells", "internal/ui/chart", "internal/ui/elsewhere", "internal/ui/ink", "internal/ui/intent",
		"internal/ui/keys", "internal/ui/outline", "internal/ui/page", "internal/ui/pane", "internal/ui/poll", "internal/ui/report", "internal/ui/roster", "internal/ui/scroll", "internal/ui/style", "internal/ui/table", "internal/ui/tabs", "internal/ui/words"}
	pageTests := []string{"internal/ui", "internal/ui/uitest", "themes"}
	return []Wall{
		{Room: "internal/platform", Ours: nil, Why: "nouns and judgements know nobody"},
		{Room: "internal/platform/findings", Ours: []string{"internal/platform"}, Why: "rules are pure functions of nouns"},
		{Room: "internal/secret", Ours: nil, Why: "secrets know nobody"},
		{Room: "internal/store", Ours: []string{"internal/platform"}, Why: "facts only"},
		{Room: "internal/fleet", Ours: []string{"internal/platform", "internal/platform/findings", "internal/store"}, Why: "the join is a reader of snapshots"},
		{Room: "internal/yamlfile", Ours: nil, Why: "reads what people write; it knows no file in particular"},
		{Room: "internal/config", Ours: []string{"internal/secret", "internal/yamlfile"}, Why: "configuration builds nothing"},
		{Room: "internal/setup", Ours: []string{"internal/config", "internal/platform", "internal/secret"}, Why: "makes a configuration; who asks and who tests are given"},
		{Room: "internal/house", Ours: nil, Why: "it only reads the import graph"},
		{Room: "internal/bench", Ours: []string{"internal/terminal"}, Why: "it measures the program from outside"},
		{Room: "internal/terminal", Why: "runs any program in a terminal"},
		{Room: "internal/record", Ours: []string{"internal/terminal", "internal/ui/show", "demo/walkthroughs"}, Why: "it shows the program from outside, as walkthroughs say"},

		{Room: "internal/sources", Ours: sources, Tests: fakes, Why: "the contract and the keeper"},
		{Room: "internal/sources/transport", Ours: []string{"internal/actions/wire", "internal/platform", "internal/secret"}, Why: "one HTTP stack, no source"},
		{Room: "internal/sources/sourcetest", Ours: append(sources[:len(sources):len(sources)], "demo/fault"), Tests: fakes, Why: "the suite of every source"},
		{Room: "internal/sources/follow", Ours: []string{"internal/logs", "internal/platform", "internal/sources/transport"}, Why: "joins the logs of many containers; it speaks to no system"},
		{Room: "internal/sources/console", Ours: sources, Tests: fakes, Why: "a source never imports another"},
		{Room: "internal/sources/gitlab", Ours: append(sources[:len(sources):len(sources)], "internal/desk"), Tests: fakes, Why: "a source never imports another"},
		{Room: "internal/sources/sonarqube", Ours: append(sources[:len(sources):len(sources)], "internal/desk"), Tests: fakes, Why: "a source never imports another"},
		{Room: "internal/sources/harbor", Ours: append(sources[:len(sources):len(sources)], "internal/desk"), Tests: fakes, Why: "a source never imports another"},
		{Room: "internal/sources/argocd", Ours: append(live[:len(live):len(live)], "internal/sources/follow"), Tests: fakes, Why: "a source never imports another"},
		{Room: "internal/sources/kubernetes", Ours: append(live[:len(live):len(live)], "internal/sources/follow"), Tests: fakes, Why: "a source never imports another"},
		{Room: "internal/sources/alertmanager", Ours: append(sources[:len(sources):len(sources)], "internal/desk"), Tests: fakes, Why: "a source never imports another"},
		{Room: "internal/sources/loki", Ours: live, Tests: fakes, Why: "a source never imports another"},
		{Room: "internal/sources/prometheus", Ours: append(sources[:len(sources):len(sources)], "internal/desk"), Tests: fakes, Why: "a source never imports another"},

		{Room: "internal/actions", Ours: []string{"internal/actions/wire", "internal/platform", "internal/secret", "internal/store"}, Why: "the hand: it reaches systems by contract, never a source"},
		{Room: "internal/actions/wire", Ours: nil, Why: "one call and its answer"},
		{Room: "internal/actions/deeds", Ours: []string{"internal/actions", "internal/actions/wire", "internal/platform"}, Tests: []string{"demo", "demo/fakes/...", "demo/fault", "demo/world", "internal/config", "internal/engine", "internal/secret", "internal/sources/..."}, Why: "one file per family of deeds"},
		{Room: "internal/runbook", Ours: []string{"internal/actions", "internal/actions/wire", "internal/platform", "internal/store", "internal/yamlfile"}, Tests: []string{"internal/platform/hostile"}, Why: "procedures: it reaches systems through the hand and answers on demand by interface"},
		{Room: "internal/metrics", Ours: []string{"internal/desk", "internal/platform", "internal/yamlfile"}, Why: "computes what is drawn of metrics; it asks nobody"},
		{Room: "internal/desk", Ours: []string{"internal/platform"}, Why: "what is asked of systems on demand: nouns and questions"},
		{Room: "internal/logs", Ours: []string{"internal/platform"}, Why: "the nouns of lines, and what is asked of systems that have them"},
		{Room: "internal/logs/plain", Ours: []string{"internal/platform", "internal/logs"}, Why: "raw text to what may be shown"},
		{Room: "internal/logs/format", Ours: []string{"internal/logs", "internal/logs/plain", "internal/yamlfile"}, Why: "what a line says of itself"},
		{Room: "internal/logs/runner", Ours: []string{"internal/logs", "internal/logs/plain", "internal/logs/format"}, Why: "the output of a job; it asks nobody"},
		{Room: "internal/logs/query", Ours: []string{"internal/logs", "internal/logs/plain", "internal/logs/format"}, Why: "the language of search and filter"},
		{Room: "internal/logs/lines", Ours: []string{"internal/logs", "internal/logs/plain", "internal/logs/format", "internal/logs/query"}, Why: "lines in memory; it reads no system"},
		{Room: "internal/logs/pattern", Ours: []string{"internal/logs", "internal/logs/plain"}, Why: "groups of similar lines"},
		{Room: "internal/logs/export", Ours: []string{"internal/logs", "internal/logs/plain", "internal/logs/format", "internal/secret"}, Why: "lines that leave the program"},
		{Room: "internal/logs/feed", Ours: []string{"internal/platform", "internal/logs", "internal/logs/lines"}, Why: "joins origins by their contract, never a source"},
		{Room: "internal/logs/sift", Ours: []string{"internal/logs", "internal/logs/export", "internal/logs/feed", "internal/logs/format", "internal/logs/query"}, Why: "which lines are wanted, one after another"},

		{Room: "internal/engine", Ours: []string{"internal/actions", "internal/actions/wire", "internal/config", "internal/desk", "internal/fleet", "internal/logs", "internal/notes", "internal/onboarding", "internal/platform", "internal/platform/findings", "internal/runbook", "internal/secret", "internal/sources", "internal/sources/...", "internal/store"},
			Tests: []string{"demo", "demo/fault", "demo/lab", "demo/world", "internal/actions/deeds", "internal/logs/feed", "internal/logs/format", "internal/logs/lines", "internal/logs/query", "internal/logs/sift", "internal/metrics"}, Why: "the process's knowledge: it wires sources to the store"},
		{Room: "internal/timeline", Ours: []string{"internal/platform"}, Why: "the axis of time is a pure reading of a dossier"},
		{Room: "internal/notes", Ours: []string{"internal/platform"}, Why: "what people say of findings, in one file"},
		{Room: "internal/onboarding", Ours: []string{"internal/platform", "internal/yamlfile"}, Tests: []string{"internal/platform/hostile"}, Why: "what people write of the onboarding, one file a project"},
		{Room: "internal/onboarding/sheet", Ours: []string{"internal/fleet", "internal/onboarding", "internal/platform", "internal/ui/words"}, Why: "the board on paper: documents, Markdown, CSV, tickets"},
		{Room: "internal/report", Ours: []string{"internal/config", "internal/fleet", "internal/notes", "internal/timeline", "internal/platform", "internal/platform/findings", "internal/store", "internal/ui/words"}, Tests: []string{"internal/ui/words", "internal/platform/hostile"}, Why: "documents for machines and tables for people, from the joined view"},

		{Room: "internal/ui", Ours: []string{"internal/actions", "internal/desk", "internal/fleet", "internal/metrics", "internal/logs", "internal/logs/...", "internal/notes", "internal/platform", "internal/platform/findings", "internal/runbook", "internal/store", "internal/ui/...", "themes"},
			Tests: []string{"internal/actions/deeds", "internal/actions/wire", "demo", "demo/fault", "demo/walkthroughs", "demo/world", "internal/engine", "internal/config", "internal/onboarding", "internal/platform/hostile"}, Why: "the face never sees a source"},
		{Room: "internal/ui/elsewhere", Ours: []string{"internal/actions", "internal/fleet", "internal/logs", "internal/metrics", "internal/platform", "internal/ui/intent", "internal/ui/page"}, Tests: []string{"internal/ui/uitest"}, Why: "addresses and command lines follow from nouns; it asks nobody"},
		{Room: "internal/ui/words", Ours: []string{"internal/actions", "internal/platform"}, Tests: []string{"internal/actions/deeds", "internal/platform/findings"}, Why: "words of nouns"},
		{Room: "internal/ui/block", Why: "widgets know no noun"},
		{Room: "internal/ui/style", Ours: []string{"internal/ui/block", "themes"}, Why: "widgets know no noun"},
		{Room: "internal/ui/plot", Ours: []string{"internal/ui/block", "internal/ui/style"}, Tests: []string{"themes"}, Why: "widgets know no noun"},
		{Room: "internal/ui/chart", Ours: []string{"internal/ui/block", "internal/ui/style"}, Why: "widgets know no noun"},
		{Room: "internal/ui/ink", Ours: []string{"internal/logs/plain", "internal/ui/block", "internal/ui/style"}, Why: "lines from outside as they may be drawn"},
		{Room: "internal/ui/poll", Why: "it knows no system"},
		{Room: "internal/ui/show", Ours: append(widgets[:len(widgets):len(widgets)], "internal/ui/page", "internal/yamlfile"), Tests: []string{"demo/walkthroughs", "demo/world", "themes"}, Why: "walkthroughs and the presenter's panel: it sees no terminal and no platform"},
		{Room: "internal/ui/tabs", Ours: []string{"internal/ui/block", "internal/ui/style"}, Tests: []string{"themes"}, Why: "widgets know no noun"},
		{Room: "internal/ui/intent", Why: "what a person wants, as plain values"},
		{Room: "internal/ui/keys", Ours: []string{"internal/ui/intent", "internal/ui/words"}, Why: "commands, not what they act on"},
		{Room: "internal/ui/table", Ours: widgets, Tests: []string{"themes"}, Why: "widgets know no noun"},
		{Room: "internal/ui/outline", Ours: widgets, Why: "widgets know no noun"},
		{Room: "internal/ui/scroll", Ours: append(widgets[:len(widgets):len(widgets)], "internal/ui/page"), Tests: []string{"themes"}, Why: "widgets know no noun"},
		{Room: "internal/ui/page", Ours: append(widgets[:len(widgets):len(widgets)], "internal/actions", "internal/desk", "internal/fleet", "internal/logs", "internal/logs/format", "internal/notes", "internal/onboarding", "internal/platform", "internal/runbook", "internal/store", "internal/ui/link", "internal/ui/table"), Why: "the contract of a page"},
		{Room: "internal/ui/roster", Ours: []string{"internal/fleet", "internal/platform", "internal/ui/block", "internal/ui/intent", "internal/ui/keys", "internal/ui/page", "internal/ui/pane", "internal/ui/style", "internal/ui/table", "internal/ui/words"}, Tests: pageTests, Why: "the list that pages share: it knows rows by what they tell it"},
		{Room: "internal/ui/pages/fleet", Ours: pages, Tests: pageTests, Why: "a page never imports another"},
		{Room: "internal/ui/pages/project", Ours: pages, Tests: pageTests, Why: "a page never imports another"},
		{Room: "internal/ui/pages/change", Ours: append(pages[:len(pages):len(pages)], "internal/desk"), Tests: pageTests, Why: "a page never imports another"},
		{Room: "internal/ui/pages/commit", Ours: pages, Tests: append(pageTests[:len(pageTests):len(pageTests)], "internal/desk"), Why: "a page never imports another"},
		{Room: "internal/ui/pages/environment", Ours: append(pages[:len(pages):len(pages)], "internal/desk"), Tests: pageTests, Why: "a page never imports another"},
		{Room: "internal/ui/pages/logs", Ours: append(pages[:len(pages):len(pages)], "internal/logs/..."), Tests: append(pageTests[:len(pageTests):len(pageTests)], "demo", "demo/world", "internal/engine", "internal/config"), Why: "a page never imports another"},
		{Room: "internal/ui/pages/gitops", Ours: pages, Tests: pageTests, Why: "a page never imports another"},
		{Room: "internal/ui/pages/application", Ours: append(pages[:len(pages):len(pages)], "internal/desk"), Tests: pageTests, Why: "a page never imports another"},
		{Room: "internal/ui/pages/quality", Ours: append(pages[:len(pages):len(pages)], "internal/desk"), Tests: pageTests, Why: "a page never imports another"},
		{Room: "internal/ui/pages/images", Ours: append(pages[:len(pages):len(pages)], "internal/desk"), Tests: pageTests, Why: "a page never imports another"},
		{Room: "internal/ui/pages/alerts", Ours: append(pages[:len(pages):len(pages)], "internal/desk"), Tests: pageTests, Why: "a page never imports another"},
		{Room: "internal/ui/pages/pods", Ours: pages, Tests: pageTests, Why: "a page never imports another"},
		{Room: "internal/ui/pages/pod", Ours: append(pages[:len(pages):len(pages)], "internal/desk"), Tests: pageTests, Why: "a page never imports another"},
		{Room: "internal/ui/pages/pipelines", Ours: append(pages[:len(pages):len(pages)], "internal/desk", "internal/logs/..."), Tests: append(pageTests[:len(pageTests):len(pageTests)], "demo", "demo/world", "internal/engine", "internal/config"), Why: "a page never imports another"},
		{Room: "internal/ui/pages/trace", Ours: append(pages[:len(pages):len(pages)], "internal/desk", "internal/logs/..."), Tests: append(pageTests[:len(pageTests):len(pageTests)], "demo", "demo/world", "internal/engine", "internal/config"), Why: "a page never imports another"},
		{Room: "internal/ui/link", Why: "widgets know no noun"},
		{Room: "internal/ui/pages/actions", Ours: pages, Tests: append(pageTests[:len(pageTests):len(pageTests)], "internal/actions/wire"), Why: "a page never imports another"},
		{Room: "internal/ui/pages/perf", Ours: append(pages[:len(pages):len(pages)], "internal/ui/link"), Tests: pageTests, Why: "a page never imports another"},
		{Room: "internal/ui/pages/runbooks", Ours: append(pages[:len(pages):len(pages)], "internal/actions", "internal/runbook"), Tests: append(pageTests[:len(pageTests):len(pageTests)], "demo", "demo/world", "internal/engine", "internal/config"), Why: "a page never imports another"},
		{Room: "internal/ui/pages/sources", Ours: pages, Tests: pageTests, Why: "a page never imports another"},
		{Room: "internal/ui/pages/metrics", Ours: append(pages[:len(pages):len(pages)], "internal/desk", "internal/metrics", "internal/ui/plot"), Tests: append(pageTests[:len(pageTests):len(pageTests)], "demo", "demo/world", "internal/engine", "internal/config"), Why: "a page never imports another"},
		{Room: "internal/ui/pages/timeline", Ours: append(pages[:len(pages):len(pages)], "internal/timeline"), Tests: pageTests, Why: "a page never imports another"},
		{Room: "internal/ui/pages/onboarding", Ours: append(pages[:len(pages):len(pages)], "internal/onboarding", "internal/onboarding/sheet"), Tests: pageTests, Why: "a page never imports another"},
		{Room: "internal/ui/pages/help", Ours: pages, Tests: pageTests, Why: "a page never imports another"},

		{Room: "themes", Why: "data and its loader"},
		{Room: "demo", Ours: []string{"internal/platform", "demo/fault"}, Why: "the demo goes through the front door: real clients, ordinary configuration"},
		{Room: "demo/lab", Ours: []string{"demo", "demo/world", "demo/fakes/..."}, Why: "real systems, filled from the world: it knows no client of ours"},
		{Room: "demo/fault", Why: "a proxy that makes any server fail, simulated or real"},
		{Room: "cmd/dsotop", Ours: []string{"..."}, Why: "the composition root"},
	}
}

// Confined lists third-party modules that only some rooms may import.
func Confined() map[string][]string {
	return map[string][]string{
		"k8s.io/client-go":                     {"internal/sources/kubernetes"},
		"k8s.io/":                              {"internal/sources/kubernetes", "demo"},
		"github.com/grafana/loki/":             {"internal/sources/loki"},
		"charm.land/bubbletea/":                {"internal/ui", "cmd/dsotop"},
		"charm.land/bubbles/":                  {"internal/ui"},
		"gitlab.com/gitlab-org/":               {"internal/sources/gitlab"},
		"github.com/prometheus/client_golang/": {"internal/sources/prometheus"},
		"github.com/prometheus/alertmanager/":  {"internal/sources/alertmanager"},
		"github.com/spf13/cobra":               {"cmd/dsotop"},
		"github.com/google/cel-go/":            {"internal/runbook"},
	}
}
