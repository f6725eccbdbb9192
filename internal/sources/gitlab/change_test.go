package gitlab

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"dsotop/demo/fakes/gitlab"
	"dsotop/demo/world"
	"dsotop/internal/desk"
	"dsotop/internal/sources/transport"
)

func serve(t *testing.T, answers map[string]string) *Source {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := answers[strings.TrimPrefix(r.URL.EscapedPath(), "/api/v4/projects/forge%2Fg%2Finfra/repository/")]
		w.Header().Set("Content-Type", "application/json")
		switch {
		case !ok:
			w.WriteHeader(http.StatusNotFound)
			body = `{"message":"404 Ref Not Found"}`
		case strings.HasPrefix(body, "403"):
			w.WriteHeader(http.StatusForbidden)
			body = `{"message":"403 Forbidden"}`
		}
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(srv.Close)
	s, err := New(options(t, srv.URL))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const theCommit = "b41c07ae00000000000000000000000000000000"

func TestBehind(t *testing.T) {
	commit := func(n int) string {
		return `{"id":"` + strings.Repeat("0", 39) + string(rune('a'+n)) + `","title":"t\u001b[31m","committed_date":"2026-11-21T14:03:00.000+01:00"}`
	}
	for name, tc := range map[string]struct {
		body   string
		want   int
		cut    bool
		first  string
		found  bool
		refuse bool
	}{
		"some":              {`{"commits":[` + commit(0) + `,` + commit(1) + `],"compare_timeout":true,"diffs":[]}`, 2, false, "b", true, false},
		"none":              {`{"commits":[],"compare_same_ref":true}`, 0, false, "", true, false},
		"as many as listed": {`{"commits":[` + strings.TrimSuffix(strings.Repeat(commit(0)+",", 1000), ",") + `]}`, 1000, true, "a", true, false},
		"a hole":            {`{"commits":[null]}`, 1, false, "", true, false},
		"rewritten":         {"", 0, false, "", false, false},
		"refused":           {"403", 0, false, "", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			answers := map[string]string{}
			if tc.body != "" {
				answers["compare"] = tc.body
			}
			lag, found, err := serve(t, answers).Behind(t.Context(), "forge/g/infra", theCommit, "main")
			if found != tc.found || (err != nil) != tc.refuse || lag.Commits != tc.want || lag.AtLeast != tc.cut || len(lag.Missing) > desk.MostMissing {
				t.Fatalf("%+v, %v, %v", lag, found, err)
			}
			if tc.first != "" && (!strings.HasSuffix(lag.Missing[0].SHA, tc.first) || strings.ContainsRune(lag.Missing[0].Title, 27)) {
				t.Errorf("%+v", lag.Missing[0])
			}
			if tc.refuse && transport.FaultOf(err).Class != transport.ClassForbidden {
				t.Error(err)
			}
		})
	}
}

func TestChanged(t *testing.T) {
	text := func(s string) string { b, _ := json.Marshal(s); return string(b) }
	head := `{"id":"` + theCommit + `","title":"deploy","author_name":"a","parent_ids":["1"],"committed_date":"2026-11-21T14:03:00.000+01:00"}`
	files := []string{
		`{"new_path":"values.yaml","old_path":"values.yaml","diff":` + text("--- a/values.yaml\n+++ b/values.yaml\n@@ -1,3 +1,3 @@ token: glpat-inheader\n image:\n-  tag: aaaa\n+  tag: bbbb\n+  password: hunter2\n+  note: \x1b]0;x\x07ok\n") + `}`,
		`{"new_path":"big.txt","old_path":"big.txt","diff":"","too_large":true}`,
		`{"new_path":"lock","old_path":"lock","diff":"","collapsed":true}`,
		`{"new_path":"b","old_path":"a","renamed_file":true,"diff":""}`,
		`{"new_path":"huge","old_path":"huge","new_file":true,"diff":` + text("@@ -0,0 +1 @@\n"+strings.Repeat("+"+strings.Repeat("x", 60)+"\n", 30000)) + `}`,
		`{"new_path":"after","old_path":"after","deleted_file":true,"diff":"@@ -1 +0,0 @@\n-x\n"}`,
	}
	s := serve(t, map[string]string{"commits/" + theCommit[:8]: head, "commits/" + theCommit + "/diff": "[" + strings.Join(files, ",") + "]"})
	c, found, err := s.Changed(t.Context(), "forge/g/infra", theCommit[:8])
	if err != nil || !found || len(c.Files) != 6 || !c.Cut || c.SHA != theCommit || c.Author != "a" {
		t.Fatalf("%v %v %+v", found, err, c.GitCommit)
	}
	for i, want := range []string{"", "too_large", "collapsed", "empty", "", "cut"} {
		if c.Files[i].Without != want {
			t.Errorf("%s: without %q", c.Files[i].Path, c.Files[i].Without)
		}
	}
	if f := c.Files[0]; f.Added != 3 || f.Removed != 1 || f.Kind != "changed" {
		t.Errorf("%+v", f)
	}
	all := strings.Join(c.Files[0].Lines, "\n")
	if strings.Contains(all, "hunter2") || strings.Contains(all, "glpat") || strings.ContainsRune(all, 27) || !strings.Contains(all, "+  tag: bbbb") {
		t.Error(all)
	}
	size := 0
	for _, f := range c.Files {
		for _, l := range f.Lines {
			size += len(l)
		}
	}
	if size > changeBytes {
		t.Errorf("%d bytes are kept", size)
	}
	if _, found, err := s.Changed(t.Context(), "forge/g/infra", "deadbeef"); found || err != nil {
		t.Errorf("a commit that is not there: %v %v", found, err)
	}
}

// What is secret in a difference is masked: by key, by kind, by file, beneath a key, by its looks. What a reader needs stays.
func TestDiffMask(t *testing.T) {
	for name, tc := range map[string]struct {
		path, diff string
		hides      []string
		keeps      []string
	}{
		"a key":      {"values.yaml", "@@ -1 +1 @@\n+  password: s3same\n+  DB_PASSWORD=s3same\n+  \"client_secret\": \"s3same\"\n+  replicas: 4", []string{"s3same"}, []string{"replicas: 4", "password"}},
		"a kind":     {"templates/x.yaml", "@@ -1 +1 @@\n kind: Secret\n metadata:\n   name: app\n data:\n+  LOGIN: YWJj\n", []string{"YWJj"}, []string{"name: app", "LOGIN"}},
		"a file":     {"prod/.env", "@@ -1 +1 @@\n+HOST=db\n", []string{"=db"}, []string{"HOST"}},
		"a block":    {"values.yaml", "@@ -1 +1 @@\n+tls:\n+  privateKey: |\n+    abc-def\n+    ghi\n+  host: h\n", []string{"abc-def", "ghi"}, []string{"host: h"}},
		"its looks":  {"values.yaml", "@@ -1 +1 @@\n+  blob: QWxhZGRpbjpvcGVuIHNlc2FtZQ1234567890abcDEF\n+  url: https://u:pa55@h/x\n", []string{"QWxhZGRpbjpvcGVu", "pa55"}, []string{"blob"}},
		"no secret":  {"values.yaml", "@@ -1 +1 @@\n+  tag: 3f2a91bc\n+  digest: sha256:" + strings.Repeat("ab12", 16) + "\n+  path: charts/very/long/path/without/any/secret/in/it/at/all\n", nil, []string{"3f2a91bc", strings.Repeat("ab12", 16), "without/any/secret"}},
		"next hunk":  {"values.yaml", "@@ -1 +1 @@\n+  password:\n+    value: s3same\n@@ -9 +9 @@\n+      port: 80\n", []string{"s3same"}, []string{"port: 80"}},
		"a private":  {"id_rsa", "@@ -0,0 +1 @@\n+-----BEGIN OPENSSH PRIVATE KEY-----\n+b3BlbnNz\n", []string{"b3BlbnNz"}, nil},
		"the header": {"values.yaml", "@@ -1 +1 @@ password: s3same\n+a: b\n", []string{"s3same"}, []string{"a: b"}},
	} {
		t.Run(name, func(t *testing.T) {
			left := changeBytes
			f, _ := fromDiff(diffOf(tc.path, tc.diff), &left)
			got := strings.Join(f.Lines, "\n")
			for _, x := range tc.hides {
				if strings.Contains(got, x) {
					t.Errorf("%q is on screen:\n%s", x, got)
				}
			}
			for _, x := range tc.keeps {
				if !strings.Contains(got, x) {
					t.Errorf("%q is missing:\n%s", x, got)
				}
			}
		})
	}
}

func diffOf(path, diff string) (f diffAnswer) {
	f.NewPath, f.OldPath, f.Diff.Diff = path, path, diff
	return f
}

// FuzzDiffMask: whatever the lines are, nothing of a value under a secret's name is left, and nothing moves a terminal's cursor.
func FuzzDiffMask(f *testing.F) {
	f.Add("values.yaml", "@@ -1 +1 @@\n+  tag: x\n")
	f.Add("a", "--- \n+++ \n\\ No newline\n")
	f.Add("secret", "@@@@\n+\t- k: |\n\n+ \x9b1m")
	f.Fuzz(func(t *testing.T, path, diff string) {
		left := changeBytes
		got, _ := fromDiff(diffOf(path, diff+"\n@@ -1 +1 @@\n+password: zqxj-zqxj-zqxj\n"), &left)
		for _, l := range got.Lines {
			if strings.Contains(l, "zqxj") || strings.ContainsAny(l, "\x1b\x00\x07\r\n\t") {
				t.Fatalf("%q", l)
			}
		}
	})
}

// Every commit of the demo's infra repositories can be read: with its oddities, without its secrets, and as far behind as the list says.
func TestChangesOfTheDemo(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	s := asker(t, gitlab.Handler(w, gitlab.Options{Token: canary}))
	type one struct {
		path, sha, head string
		behind          int
	}
	var all []one
	w.View(func(st *world.State) {
		for _, p := range st.Projects {
			for _, r := range p.Repositories {
				n := len(r.Git.Commits)
				for i := max(n-4, 0); i < n && r.Infra; i++ {
					all = append(all, one{r.Git.Path, r.Git.Commits[i].SHA, r.Git.DefaultBranch, n - 1 - i})
				}
			}
		}
	})
	seen := map[string]int{}
	for _, x := range all {
		c, found, err := s.Changed(t.Context(), x.path, x.sha)
		if err != nil || !found || len(c.Files) == 0 {
			t.Fatalf("%s %s: %v %v", x.path, x.sha, found, err)
		}
		for _, f := range c.Files {
			seen[f.Without]++
			for _, l := range f.Lines {
				if strings.Contains(l, "mot-de-passe") || strings.Contains(l, "cle-") {
					t.Errorf("%s: %s", f.Path, l)
				}
				if strings.Contains(l, "•••") {
					seen["masked"]++
				}
			}
		}
		lag, found, err := s.Behind(t.Context(), x.path, x.sha, x.head)
		if err != nil || !found || lag.Commits != x.behind || x.behind > 0 && len(lag.Missing) == 0 {
			t.Errorf("%s %s: %+v %v %v, want %d", x.path, x.sha, lag, found, err, x.behind)
		}
	}
	for _, what := range []string{"", "too_large", "collapsed", "empty", "masked"} {
		if seen[what] == 0 {
			t.Errorf("the demo shows nothing %q: %v", what, seen)
		}
	}
	if _, found, err := s.Behind(t.Context(), all[0].path, strings.Repeat("d", 40), "main"); found || err != nil {
		t.Errorf("a commit of a rewritten history: %v %v", found, err)
	}
}
