package harbor

import (
	"encoding/json"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dsotop/demo/fakes/harbor"
	"dsotop/demo/world"
	"dsotop/internal/desk"
	"dsotop/internal/platform/hostile"
	"dsotop/internal/sources/transport"
)

func read[T any](t *testing.T, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestDetail(t *testing.T) {
	d, ok := detailOf("web/front", json.RawMessage(`{"digest":"sha256:aa","type":"IMAGE","pull_time":"0001-01-01T00:00:00.000Z","push_time":"2026-08-21T08:00:00Z","size":12,
		"references":[{"child_digest":"sha256:b1","platform":{"os":"linux","architecture":"amd64"}},{"child_digest":"sha256:b2","platform":{"os":"linux","architecture":"arm64","variant":"v8"}}],
		"extra_attrs":{"created":"2026-08-21T07:59:00.123456789Z","config":{"User":"1001","Env":["TOKEN=canary"],"ExposedPorts":{"8443/tcp":{},"8080/tcp":{}},"Labels":{"org.opencontainers.image.revision":"a1b2c3d4"}}},
		"accessories":[{"type":"signature.cosign","digest":"sha256:cc","creation_time":"2026-08-21T08:01:00Z"}],
		"scan_overview":{"x":{"scan_status":"Success","end_time":"2026-08-21T08:02:00Z","scanner":{"name":"Trivy","version":"v0.58"},"summary":{"fixable":3,"summary":{"High":4}}}}}`))
	if !ok {
		t.Fatal("no digest")
	}
	at := time.Date(2026, 8, 21, 8, 0, 0, 0, time.UTC)
	want := desk.ImageDetail{Kind: "IMAGE", Built: at.Add(-time.Minute + 123456789), User: "1001", Ports: []string{"8080/tcp", "8443/tcp"}, Revision: "a1b2c3d4", Scanner: "Trivy v0.58", Fixable: 3,
		Platforms:   []desk.ImagePlatform{{OS: "linux", Architecture: "amd64", Digest: "sha256:b1"}, {OS: "linux", Architecture: "arm64", Variant: "v8", Digest: "sha256:b2"}},
		Accessories: []desk.Accessory{{Type: "signature.cosign", Digest: "sha256:cc", At: at.Add(time.Minute)}}}
	want.Image = d.Image // as the lists have it, tested there
	if diff := cmp.Diff(want, d); diff != "" {
		t.Error(diff)
	}
	if d.Repository != "web/front" || !d.Signed || d.Scan.High != 4 || d.Platforms[1].String() != "linux/arm64/v8" {
		t.Errorf("%+v", d.Image)
	}
	// An index as buildx pushes it: nothing says who runs it, and one of its children is no image.
	d, ok = detailOf("x", json.RawMessage(`{"digest":"sha256:aa","type":"IMAGE","extra_attrs":null,"references":[{"child_digest":"sha256:b1","platform":{"os":"linux","architecture":"amd64"}},
		{"child_digest":"sha256:b2","platform":{"os":"unknown","architecture":"unknown"}}]}`))
	if !ok || !d.Bare || len(d.Platforms) != 1 || len(d.Children) != 1 {
		t.Errorf("%+v", d)
	}
	if _, ok := detailOf("x", json.RawMessage(`{"digest":""}`)); ok {
		t.Error("an artifact without a digest")
	}
}

func TestReport(t *testing.T) {
	got := reportOf(read[map[string]reportAnswer](t, `{"old":{"generated_at":"2026-08-20T08:00:00Z","vulnerabilities":[{"id":"CVE-0"}]},
		"new":{"generated_at":"2026-08-21T08:00:00Z","scanner":{"name":"Trivy","version":"v1"},"vulnerabilities":[
			{"id":"CVE-1","package":"a","severity":"Low","links":["javascript:alert(1)","https://u:p@x.test/1"]},{"id":"CVE-2","package":"b","version":"1","fix_version":"2","severity":"Critical","preferred_cvss":{"score_v3":9.84}},
			{"id":"CVE-3","package":"c","severity":"Critical","preferred_cvss":{"score_v2":99}},{"package":"nobody"}]}}`))
	want := desk.VulnerabilityReport{At: time.Date(2026, 8, 21, 8, 0, 0, 0, time.UTC), Scanner: "Trivy v1", List: []desk.Vulnerability{
		{ID: "CVE-2", Package: "b", Version: "1", Fixed: "2", Severity: "Critical", Score: 9.8}, {ID: "CVE-3", Package: "c", Severity: "Critical"}, {ID: "CVE-1", Package: "a", Severity: "Low", Link: "https://x.test/1"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRetentionRules(t *testing.T) {
	got := retentionOf(read[policyAnswer](t, `{"trigger":{"settings":{"cron":"0 22 2 * * *"}},"rules":[
		{"action":"retain","template":"latestPushedK","params":{"latestPushedK":10},"tag_selectors":[{"decoration":"matches","pattern":"**"}],"scope_selectors":{"repository":[{"decoration":"repoExcludes","pattern":"base"}]}},
		{"disabled":true,"action":"retain","template":"always","params":{}}]}`))
	want := desk.Retention{Schedule: "0 22 2 * * *", Rules: []desk.RetentionRule{{Template: "latestPushedK", Keep: 10, Repositories: "excludes base", Tags: "**"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got.Keeps() != 10 || (desk.Retention{}).Keeps() != 0 || (desk.Retention{Rules: []desk.RetentionRule{{Template: "always"}, want.Rules[0]}}).Keeps() != 0 {
		t.Error("how many are kept")
	}
}

func TestOnDemandOfTheWorld(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	face := harbor.New(w, harbor.Options{User: "astreinte.sre", Password: canary})
	srv := httptest.NewServer(face)
	t.Cleanup(srv.Close)
	s, err := New(options(t, srv.URL, "astreinte.sre"))
	if err != nil {
		t.Fatal(err)
	}
	indexes := 0
	w.View(func(st *world.State) {
		for _, r := range st.ProjectBySlug["guichet"].Repositories {
			for _, i := range r.Images {
				if len(i.Children) > 0 {
					indexes++
				}
			}
		}
	})
	ref := desk.ImageRef{Project: "guichet", Repository: "api", Reference: "main"}
	d, err := s.Image(t.Context(), ref)
	if err != nil || !d.Names("main") || d.Revision == "" || d.Scanner == "" || len(d.Platforms) == 0 || (indexes > 0 && d.Kind == "") {
		t.Errorf("%+v %v", d, err)
	}
	ref.Reference = d.Digest
	report, err := s.Vulnerabilities(t.Context(), ref)
	if n := d.Scan.Critical + d.Scan.High + d.Scan.Medium + d.Scan.Low; err != nil || len(report.List) != n || report.List[0].Severity != "High" {
		t.Errorf("%d of %d: %v", len(report.List), n, err)
	}
	keep, err := s.Retention(t.Context(), "guichet")
	if err != nil || keep.Keeps() != world.Kept {
		t.Errorf("%+v %v", keep, err)
	}
	ref.Reference = "gone"
	if _, err := s.Image(t.Context(), ref); transport.FaultOf(err).Class != transport.ClassNotFound {
		t.Errorf("%v", err)
	}
	if face.WriteCount() != 0 {
		t.Error("something was written")
	}
}

// FuzzHostileOnDemand puts one text into every field of what people ask.
func FuzzHostileOnDemand(f *testing.F) {
	for _, text := range hostile.Texts() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var base artifactAnswer
		var more detailAnswer
		var found reportAnswer
		var policy policyAnswer
		hostile.Fill(&base, text, map[string]string{"Digest": "sha256:1"})
		hostile.Fill(&more, text, nil)
		hostile.Fill(&found, text, nil)
		hostile.Fill(&policy, text, nil)
		d, _ := fullArtifact(text, base, more)
		for _, v := range []any{d, reportOf(map[string]reportAnswer{text: found}), retentionOf(policy)} {
			for _, where := range hostile.Dirty(v) {
				t.Error(where)
			}
		}
	})
}
