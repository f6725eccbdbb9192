package harbor

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dsotop/internal/platform"
)

func decode(t *testing.T, text string) artifactAnswer {
	t.Helper()
	var a artifactAnswer
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestArtifact(t *testing.T) {
	at := func(s string) time.Time {
		out, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for name, c := range map[string]struct {
		in   string
		want platform.Image
		not  bool
	}{
		"an index with tags, report 1.0 and a signature": {
			in: `{"id":7,"type":"IMAGE","digest":"sha256:aa","size":1234,"push_time":"2026-08-21T08:00:00.123Z","pull_time":"0001-01-01T00:00:00.000Z",
				"references":[{"child_digest":"sha256:b1","platform":{"architecture":"amd64"}},{"child_digest":"sha256:b2"}],
				"tags":[{"id":1,"name":"main","push_time":"2026-08-20T08:00:00Z"},{"id":2,"name":"3f2a91bc","push_time":"2026-08-21T08:00:00Z"}],
				"accessories":[{"type":"signature.cosign","digest":"sha256:cc"}],
				"scan_overview":{"application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0":{"scan_status":"Success","severity":"Critical",
					"end_time":"2026-08-21T08:02:00Z","summary":{"total":20,"fixable":3,"summary":{"Critical":2,"High":17,"Medium":1}}}}}`,
			want: platform.Image{
				Repository: "api", Digest: "sha256:aa", Size: 1234, PushedAt: at("2026-08-21T08:00:00Z").Add(123 * time.Millisecond), Children: []string{"sha256:b1", "sha256:b2"}, Signed: true,
				Tags: []platform.Tag{{Name: "3f2a91bc", PushedAt: at("2026-08-21T08:00:00Z")}, {Name: "main", PushedAt: at("2026-08-20T08:00:00Z")}},
				Scan: platform.Scan{Status: "Success", Critical: 2, High: 17, Medium: 1, At: at("2026-08-21T08:02:00Z")},
			},
		},
		"untagged, never scanned, nulls": {
			in:   `{"digest":"sha256:dd","push_time":"0001-01-01T00:00:00.000Z","tags":null,"references":null,"accessories":null,"scan_overview":null}`,
			want: platform.Image{Repository: "api", Digest: "sha256:dd"},
		},
		"what buildx says of its image is no image": {
			in: `{"digest":"sha256:dd","type":"IMAGE","references":[{"child_digest":"sha256:b1","platform":{"architecture":"amd64","os":"linux","OsFeatures":null}},
				{"child_digest":"sha256:b2","platform":{"architecture":"unknown","os":"unknown"},"annotations":{"vnd.docker.reference.type":"attestation-manifest"}}]}`,
			want: platform.Image{Repository: "api", Digest: "sha256:dd", Children: []string{"sha256:b1"}},
		},
		"an SBOM is no signature": {
			in:   `{"digest":"sha256:dd","accessories":[{"type":"sbom.harbor"},{"type":"accelerator.nydus"}]}`,
			want: platform.Image{Repository: "api", Digest: "sha256:dd"},
		},
		"notation is one; what a Harbor does not know may be one": {
			in:   `{"digest":"sha256:dd","accessories":[{"type":"signature.notation"},{"type":"subject.accessory"}]}`,
			want: platform.Image{Repository: "api", Digest: "sha256:dd", Signed: true, Attached: true},
		},
		"a bundle of cosign 3 in Harbor 2.14, a scan that failed": {
			in: `{"digest":"sha256:dd","type":"UNKNOWN","accessories":[{"type":"subject.accessory","artifact_id":2,"subject_artifact_id":1,"digest":"sha256:ee","icon":""}],
				"scan_overview":{"application/vnd.security.vulnerability.report; version=1.1":{"report_id":"","scan_status":"Error","severity":"","duration":3,"start_time":"2026-08-21T09:00:00Z","end_time":"2026-08-21T09:00:03Z","complete_percent":0}}}`,
			want: platform.Image{Repository: "api", Digest: "sha256:dd", Attached: true, Scan: platform.Scan{Status: "Error", At: at("2026-08-21T09:00:03Z")}},
		},
		"the newer media type alone, still running": {
			in:   `{"digest":"sha256:dd","scan_overview":{"application/vnd.security.vulnerability.report; version=1.1":{"scan_status":"Running","future":[1]}}}`,
			want: platform.Image{Repository: "api", Digest: "sha256:dd", Scan: platform.Scan{Status: "Running"}},
		},
		"of two reports the finished one": {
			in: `{"digest":"sha256:dd","scan_overview":{
				"application/vnd.security.vulnerability.report; version=1.1":{"scan_status":"Error","end_time":"2026-08-21T09:00:00Z"},
				"application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0":{"scan_status":"Success","end_time":"2026-08-21T08:00:00Z","summary":{"summary":{"High":3,"Low":-4}}}}}`,
			want: platform.Image{Repository: "api", Digest: "sha256:dd", Scan: platform.Scan{Status: "Success", High: 3, At: at("2026-08-21T08:00:00Z")}},
		},
		"escapes in names": {
			in:   `{"digest":"sha256:dd","tags":[{"name":"\u001b[31mred\u202e"}]}`,
			want: platform.Image{Repository: "api", Digest: "sha256:dd", Tags: []platform.Tag{{Name: "red"}}},
		},
		"no digest": {in: `{"tags":[{"name":"x"}]}`, not: true},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := fromArtifact("api", decode(t, c.in))
			if ok == c.not {
				t.Fatalf("ok = %v", ok)
			}
			if c.not {
				return
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestArtifactsPath(t *testing.T) {
	for _, c := range []struct{ project, repository, want string }{
		{"guichet", "api", "/api/v2.0/projects/guichet/repositories/api/artifacts"},
		{"guichet", "web/front", "/api/v2.0/projects/guichet/repositories/web%252Ffront/artifacts"},
		{"guichet", "a/b/c", "/api/v2.0/projects/guichet/repositories/a%252Fb%252Fc/artifacts"},
	} {
		if got := artifactsPath(c.project, c.repository); got != c.want {
			t.Errorf("artifactsPath(%q, %q) = %q, want %q", c.project, c.repository, got, c.want)
		}
	}
}

func FuzzArtifact(f *testing.F) {
	f.Add(`[{"digest":"sha256:aa","tags":[{"name":"main","push_time":"x"}],"scan_overview":{"a":{"summary":{"summary":{"High":1}}},"b":{"end_time":"2026-01-01T00:00:00Z"}}}]`)
	f.Add(`[{"digest":"\u001b]0;x\u0007","references":[{}],"accessories":[{"type":"signature."}]}]`)
	f.Add(`[null,{}]`)
	f.Fuzz(func(t *testing.T, text string) {
		var list []artifactAnswer
		if json.Unmarshal([]byte(text), &list) != nil {
			return
		}
		for _, a := range list {
			img, ok := fromArtifact("r", a)
			if !ok {
				continue
			}
			s := img.Scan
			if s.Critical < 0 || s.High < 0 || s.Medium < 0 || s.Low < 0 || img.Size < 0 {
				t.Errorf("negative: %+v", img)
			}
			texts := append([]string{img.Digest, s.Status}, img.Children...)
			for _, tag := range img.Tags {
				texts = append(texts, tag.Name)
			}
			for _, x := range texts {
				if x != platform.CleanLine(x) || strings.ContainsRune(x, 0x1b) {
					t.Errorf("not clean: %q", x)
				}
			}
		}
	})
}
