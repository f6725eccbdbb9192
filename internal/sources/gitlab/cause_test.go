package gitlab

import (
	"strings"
	"testing"

	"dsotop/internal/platform"
)

func TestCauseOf(t *testing.T) {
	for _, c := range []struct{ name, text, cause, said string }{
		{"Vault", "\x1b[0;m$ vault write auth/jwt/login role=default-ci\nError writing data to auth/jwt/login: Error making API request.\nCode: 400. Errors:\n* error validating token: token expired\n\x1b[31;1mERROR: Job failed\x1b[0;m\n", platform.CauseVault, "* error validating token: token expired"},
		{"Vault sealed, with times", "2026-11-21T14:03:07.412345Z 00O $ vault kv get\n2026-11-21T14:03:07.412345Z 00O \x1b[31mError: Vault is sealed\x1b[0m\n2026-11-21T14:03:07.412345Z 00O ERROR: Job failed", platform.CauseVault, "Error: Vault is sealed"},
		{"registry's login", "error pushing image: failed to push to destination harbor.cpn.example/x/api:1: UNAUTHORIZED: unauthorized to access repository, action: push: 401 Unauthorized\n", platform.CauseRegistry, ""},
		{"registry's quota", "INFO pushing blob\ndenied: adding 1.2 GiB of storage resource, which when updated to current usage will exceed the configured upper limit of 10 GiB. blob upload\n", platform.CauseQuota, ""},
		{"registry's error", "error pushing image: failed to push to destination: unexpected status code 500 Internal Server Error\n", platform.CauseQuota, ""},
		{"PKIX", "[ERROR] PKIX path building failed: unable to find valid certification path to requested target\n", platform.CauseCertificate, ""},
		{"progress that overwrites itself", "10%\r20%\rx509: certificate signed by unknown authority\n", platform.CauseCertificate, "x509: certificate signed by unknown authority"},
		{"login of a forge", "remote: HTTP Basic: Access denied\nfatal: Authentication failed for 'https://forge.example/api.git/'\n", platform.CauseLogin, ""},
		{"a closed flow", "fatal: unable to access 'https://forge.example/': Could not resolve host: forge.example\n", platform.CauseUnresolved, ""},
		{"a test", "[ERROR] Tests run: 214, Failures: 1\nBUILD FAILURE\n", "", ""},
		{"an application that logs 403", "GET /api/v1/agents 403 Forbidden\nexpected 200\n", "", ""},
		{"nothing", "", "", ""},
	} {
		cause, said := causeOf(c.text)
		if cause != c.cause || c.said != "" && said != c.said || strings.ContainsAny(said, "\x1b\r\n") {
			t.Errorf("%s: %q %q", c.name, cause, said)
		}
	}
}

func TestReadCI(t *testing.T) {
	var f platform.CIFile
	readCI(&f, `include:
  - project: $CATALOG_PATH
    file: [vault-ci.yml]
stages: [read-secret, test-app, docker-build]
variables: {TAG: latest}
.hidden: {script: [x]}
read_secret:
  stage: read-secret
  extends: [".vault:read_secret"]
test-app: &t
  stage: test-app
  allow_failure: true
  script:
    - !reference [.hidden, script]
build:
  <<: *t
  stage: docker-build
  extends: .kaniko:simple-build-push
  variables:
    TAG: "$CI_COMMIT_REF_SLUG"
`)
	if !f.Present || f.Broken != "" || !f.Includes || len(f.Jobs) != 3 {
		t.Fatalf("%+v", f)
	}
	want := []platform.CIJob{{Name: "read_secret", Stage: "read-secret", Rank: 0, Extends: ".vault:read_secret"}, {Name: "test-app", Stage: "test-app", Rank: 1, MayFail: true},
		{Name: "build", Stage: "docker-build", Rank: 2, Extends: ".kaniko:simple-build-push", Tag: "$CI_COMMIT_REF_SLUG"}}
	for i := range want {
		if f.Jobs[i] != want[i] {
			t.Errorf("%+v, want %+v", f.Jobs[i], want[i])
		}
	}
	for _, bad := range []string{"a: [", "- a\n- b\n", "", strings.Repeat("a: b\n", 60_000)} {
		var f platform.CIFile
		if readCI(&f, bad); f.Broken == "" || strings.ContainsAny(f.Broken, "\n\x1b") {
			t.Errorf("%.20q: %+v", bad, f)
		}
	}
}

func FuzzReadCI(f *testing.F) {
	f.Add("stages: [a]\njob: {stage: a}\n")
	f.Add("a: &a [*a, *a]\nb: {<<: *a}\n? [x]\n: y")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4096 { // the parser is another's; what is ours is walking what it made
			return
		}
		var file platform.CIFile
		readCI(&file, text)
		for _, j := range file.Jobs {
			if j.Name != platform.CleanLine(j.Name) || j.Tag != platform.CleanLine(j.Tag) || j.Stage != platform.CleanLine(j.Stage) {
				t.Errorf("not clean: %+v", j)
			}
		}
	})
}

func TestPlaced(t *testing.T) {
	for path, want := range map[string][2]string{
		"files/dashboards/a.json": {"dashboard", ""}, "files/dashboards/a.yaml": {"dashboard", "name"}, "files/dashboards/.gitkeep": {}, "files/rules/app.yaml": {"rules", "folder"},
		"files/rules/metrics/app.yaml.tpl": {"rules", ""}, "files/rules/logs/app.yaml.tpl": {"rules", ""}, "files/rules/metrics/x/app.yaml": {"rules", "folder"}, "files/rules/metrics/app.txt": {"rules", "name"},
		"files/rules/README.md": {}, "README.md": {},
	} {
		if kind, fault := placed(path); kind != want[0] || fault != want[1] {
			t.Errorf("%s: %q %q", path, kind, fault)
		}
	}
	if invalidJSON(`{"title":"x"}`) != "" || invalidJSON("\ufeff{}\n") != "" || invalidJSON(`{"title":`) == "" || invalidJSON(`{} {}`) == "" || invalidJSON(`[]`) == "" {
		t.Error("JSON")
	}
}

const advertisement = "001e# service=git-upload-pack\n000000721111111111111111111111111111111111111111 HEAD\x00multi_ack thin-pack symref=HEAD:refs/heads/trunk agent=git/2.45\n00402222222222222222222222222222222222222222 refs/heads/develop\n003e1111111111111111111111111111111111111111 refs/heads/trunk\n0000"

func TestHeadOf(t *testing.T) {
	for _, c := range []struct{ want, branch, sha string }{{"develop", "develop", strings.Repeat("2", 40)}, {"main", "trunk", strings.Repeat("1", 40)}} {
		branch, sha, trouble := headOf([]byte(advertisement), c.want)
		if branch != c.branch || sha != c.sha || trouble != "" {
			t.Errorf("%s: %q %q %q", c.want, branch, sha, trouble)
		}
	}
	for _, bad := range []string{"", "<html>", "00", "ffffabc", "zzzz"} {
		if _, sha, trouble := headOf([]byte(bad), "main"); sha != "" || trouble == "" {
			t.Errorf("%q: %q %q", bad, sha, trouble)
		}
	}
}

func FuzzHeadOf(f *testing.F) {
	f.Add([]byte(advertisement))
	f.Fuzz(func(t *testing.T, body []byte) {
		branch, sha, _ := headOf(body, "main")
		if branch != platform.CleanLine(branch) || sha != "" && len(sha) != 40 {
			t.Errorf("%q %q", branch, sha)
		}
	})
}
