package words

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dsotop/internal/platform"
	"dsotop/internal/platform/findings"
)

// Every rule has its words in both languages, from the same arguments.
func TestFindingWordsComplete(t *testing.T) {
	for _, r := range findings.All() {
		fr, okFR := frenchFindings[r.ID]
		en, okEN := englishFindings[r.ID]
		if !okFR || !okEN || fr.name == "" || en.name == "" || fr.help == "" || en.help == "" {
			t.Errorf("%s: words missing", r.ID)
		}
		if a, b := names(fr.title), names(en.title); !slices.Equal(a, b) {
			t.Errorf("%s: French uses %v, English %v", r.ID, a, b)
		}
	}
	if len(frenchFindings) != len(findings.All()) || len(englishFindings) != len(findings.All()) {
		t.Error("words of a rule that is gone")
	}
}

// Every evidence code that a rule writes has its words.
func TestEvidenceWordsComplete(t *testing.T) {
	files, err := filepath.Glob("../../platform/findings/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	used := map[string]bool{}
	code := regexp.MustCompile(`in\.(?:coded|said)\([^"\n]*"([a-z_]+)"`)
	for _, f := range files {
		source, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range code.FindAllStringSubmatch(string(source), -1) {
			used[m[1]] = true
		}
	}
	if len(used) < 20 {
		t.Fatalf("only %d codes found", len(used))
	}
	for c := range used {
		fr, okFR := frenchEvidence[c]
		en, okEN := englishEvidence[c]
		if !okFR || !okEN {
			t.Errorf("evidence %s: words missing", c)
		}
		if !slices.Equal(names(fr), names(en)) {
			t.Errorf("evidence %s: French uses %v, English %v", c, names(fr), names(en))
		}
	}
	for c := range frenchEvidence {
		if !used[c] {
			t.Errorf("evidence %s is never written", c)
		}
	}
}

func names(template string) []string {
	out := arguments(strings.NewReplacer("[", "", "]", "").Replace(template))
	slices.Sort(out)
	return slices.Compact(out)
}

func TestFindingTitles(t *testing.T) {
	f := func(id string, pairs ...string) platform.Finding {
		args := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			args[pairs[i]] = pairs[i+1]
		}
		return platform.Finding{ID: id, Args: args, Subject: platform.Subject{Name: "x"}}
	}
	for _, c := range []struct {
		finding platform.Finding
		fr, en  string
	}{
		{f("tag-purged", "count", "2", "tag", "3f2a91bc"), "2 pods en ImagePullBackOff : l'étiquette 3f2a91bc n'existe plus dans Harbor", "2 pods in ImagePullBackOff: tag 3f2a91bc is gone from Harbor"},
		{f("tag-purged", "count", "1", "tag", "3f2a91bc"), "1 pod en ImagePullBackOff : l'étiquette 3f2a91bc n'existe plus dans Harbor", "1 pod in ImagePullBackOff: tag 3f2a91bc is gone from Harbor"},
		{f("image-vulnerable", "repository", "web", "critical", "0", "high", "17"), "web : 0 vulnérabilité critique, 17 hautes", "web: 0 critical vulnerabilities, 17 high"},
		{f("mirror-token-expiring", "days", "1"), "le jeton du miroir expire dans 1 jour", "the mirror token ends in 1 day"},
		{f("mirror-token-expiring", "days", "0"), "le jeton du miroir expire dans 0 jour", "the mirror token ends in 0 days"},
		{f("provisioning-failed", "tools", "gitlab"), "provisionnement en échec : gitlab", "provisioning failed: gitlab"},
		{f("provisioning-failed"), "provisionnement en échec", "provisioning failed"},
		{f("gate-red", "repository", "api", "metric", "coverage", "value", "41", "comparator", "<", "threshold", "80"), "api : qualité en échec (couverture 41 % < 80 %)", "api: quality gate red (coverage 41% < 80%)"},
		{f("gate-red", "repository", "api", "metric", "new_security_rating", "value", "3", "comparator", ">", "threshold", "1"), "api : qualité en échec (note de sécurité du code neuf C > A)", "api: quality gate red (security rating of new code C > A)"},
		{f("quota-near-full", "percent", "100", "resource", "requests.nvidia.com/gpu"), "quota à 100 % (requests.nvidia.com/gpu)", "quota at 100% (requests.nvidia.com/gpu)"},
		{f("gate-red", "repository", "api", "metric", "coverage"), "api : qualité en échec", "api: quality gate red"},
		{f("quota-near-full", "percent", "97", "resource", "limits.cpu"), "quota à 97 % (processeur)", "quota at 97% (CPU)"},
		{f("pods-pending", "workload", "batch", "count", "1"), "batch : 1 pod attend un nœud ou un volume", "batch: 1 pod waits for a node or a volume"},
		{f("no-such-rule"), "no-such-rule x", "no-such-rule x"},
		{f("crash-loop"), "? redémarre en boucle (? fois)", "? restarts in a loop (? times)"},
	} {
		if got := FindingTitle("fr", c.finding); got != c.fr {
			t.Errorf("fr: %q, want %q", got, c.fr)
		}
		if got := FindingTitle("en", c.finding); got != c.en {
			t.Errorf("en: %q, want %q", got, c.en)
		}
	}
}

func TestFindingWhy(t *testing.T) {
	for _, c := range []struct {
		e      platform.Evidence
		fr, en string
	}{
		{platform.Evidence{Code: "pod", Args: map[string]string{"pod": "web-1", "reason": "CrashLoopBackOff", "restarts": "1"}, Text: "back-off"}, "web-1 CrashLoopBackOff, 1 redémarrage : back-off", "web-1 CrashLoopBackOff, 1 restart: back-off"},
		{platform.Evidence{Code: "pod", Args: map[string]string{"pod": "web-1"}}, "web-1", "web-1"},
		{platform.Evidence{Text: "as it is"}, "as it is", "as it is"},
		{platform.Evidence{Code: "unknown_code"}, "unknown_code", "unknown_code"},
		{platform.Evidence{Code: "gate_condition", Args: map[string]string{"metric": "new_coverage", "value": "74.6", "comparator": "<", "threshold": "80"}}, "couverture du code neuf : 74,6 % < 80 %", "coverage of new code: 74.6% < 80%"},
		{platform.Evidence{Code: "gate_condition", Args: map[string]string{"metric": "team_metric", "value": "4.25", "comparator": ">", "threshold": "3"}}, "team_metric : 4,2 > 3", "team_metric: 4.2 > 3"},
		{platform.Evidence{Code: "quota", Args: map[string]string{"resource": "limits.cpu", "used": "15.5", "hard": "16"}}, "processeur : 15,5 sur 16", "CPU: 15.5 of 16"},
		{platform.Evidence{Code: "quota", Args: map[string]string{"resource": "limits.memory", "used": "62 Gi", "hard": "64 Gi"}}, "mémoire : 62 Gi sur 64 Gi", "memory: 62 Gi of 64 Gi"},
	} {
		if got := FindingWhy("fr", c.e); got != c.fr {
			t.Errorf("fr: %q, want %q", got, c.fr)
		}
		if got := FindingWhy("en", c.e); got != c.en {
			t.Errorf("en: %q, want %q", got, c.en)
		}
	}
	if title, help := FindingRule("fr", "tag-purged"); title != "étiquette purgée" || help == "" {
		t.Error(title, help)
	}
	if title, help := FindingRule("en", "none"); title != "none" || help != "" {
		t.Error(title, help)
	}
}

// Texts of systems in arguments are never taken for templates, and nothing breaks a sentence.
func FuzzFindingTitle(f *testing.F) {
	f.Add("tag-purged", "[{tag}]", "{count|a|b}")
	f.Fuzz(func(t *testing.T, id, tag, count string) {
		for _, lang := range []string{"fr", "en", "xx"} {
			got := FindingTitle(lang, platform.Finding{ID: id, Args: map[string]string{"tag": tag, "count": count}})
			if id == "tag-purged" && tag != "" && !strings.Contains(got, tag) {
				t.Fatalf("%q lost %q", got, tag)
			}
		}
	})
}
