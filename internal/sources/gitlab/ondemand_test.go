package gitlab

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"dsotop/demo/fakes/gitlab"
	"dsotop/demo/world"
	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
)

// asker is a source over a face that was not started: it answers on demand alone.
func asker(t *testing.T, h http.Handler) *Source {
	t.Helper()
	f := newFace(t)
	f.Config.Handler = h
	s, err := New(options(t, f.URL))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPipelineInFull(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	s := asker(t, gitlab.Handler(w, gitlab.Options{Token: canary}))
	retried, parent := 0, 0
	var paths []string
	var ids []int64
	w.View(func(st *world.State) {
		for _, r := range st.ProjectBySlug["guichet"].Repositories {
			for _, p := range r.Git.Pipelines {
				paths, ids = append(paths, r.Git.Path), append(ids, p.ID)
			}
		}
	})
	for i, id := range ids {
		d, err := s.Pipeline(t.Context(), paths[i], id)
		if err != nil {
			t.Fatal(err)
		}
		if d.ID != id || d.Path != paths[i] || len(d.Jobs) == 0 || len(d.Attempts) < len(d.Jobs) {
			t.Fatalf("%+v", d)
		}
		stages := map[string]bool{}
		last := ""
		for _, a := range d.Attempts {
			if a.Superseded {
				retried++
			}
			if a.Stage != last && stages[a.Stage] {
				t.Errorf("stage %s comes twice", a.Stage)
			}
			last, stages[a.Stage] = a.Stage, true
		}
		for _, c := range d.Children {
			parent++
			child, err := s.Pipeline(t.Context(), c.Path, c.ID)
			if err != nil || child.Source != "parent_pipeline" || len(child.Jobs) != 2 {
				t.Errorf("%+v: %v", child, err)
			}
			j, err := s.Job(t.Context(), c.Path, child.Jobs[1].ID)
			if err != nil || !j.AllowFailure || j.PipelineID != c.ID || j.FailureReason == "" {
				t.Errorf("%+v: %v", j, err)
			}
		}
	}
	if retried == 0 || parent == 0 {
		t.Errorf("%d retried jobs, %d child pipelines", retried, parent)
	}
	list, err := s.Recent(t.Context(), paths[0], w.Start().AddDate(0, 0, -2), 5)
	if err != nil || len(list) == 0 || !list[0].CreatedAt.Before(w.Start().AddDate(0, 0, -2)) {
		t.Errorf("%v, %v", list, err)
	}
	if _, err := s.Job(t.Context(), paths[0], 1); transport.FaultOf(err).Class != transport.ClassNotFound {
		t.Errorf("%v", err)
	}
}

// The trace of a job is the same whether read at once or in parts, from a server that knows ranges or not.
func TestTraceInParts(t *testing.T) {
	w := world.New(world.Options{Seed: 1})
	var j *world.Job
	path := ""
	w.View(func(st *world.State) {
		r := st.ProjectBySlug["guichet"].Repositories[0]
		path = r.Git.Path
		j = r.Git.Pipelines[0].Jobs[0]
	})
	want := redact(w.Trace(j))
	face := gitlab.Handler(w, gitlab.Options{Token: canary})
	ranges := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/trace") {
			face.ServeHTTP(rw, r)
			return
		}
		rw.Header().Set("Content-Type", "text/plain")
		http.ServeContent(rw, r, "", w.Start(), strings.NewReader(w.Trace(j)))
	})
	for name, h := range map[string]http.Handler{"whole": face, "ranges": ranges} {
		t.Run(name, func(t *testing.T) {
			s := asker(t, h)
			var got strings.Builder
			at := int64(0)
			for {
				p, err := s.Trace(t.Context(), path, j.ID, at, leastTrace, true)
				if err != nil {
					t.Fatal(err)
				}
				if at > 0 && p.Whole != (name == "whole") && p.Text != "" {
					t.Errorf("whole: %v", p.Whole)
				}
				got.WriteString(p.Text)
				if p.Next == at {
					break
				}
				at = p.Next
			}
			if got.String() != want {
				t.Errorf("%d bytes, want %d", got.Len(), len(want))
			}
		})
	}
}

func TestTraceFaults(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		from   int64
		class  transport.Class
		next   int64
	}{
		"no job":   {answer(404, `{"message":"404 Job Not Found"}`), 0, transport.ClassNotFound, 0},
		"no right": {answer(403, `{"message":"403 Forbidden"}`), 0, transport.ClassForbidden, 0},
		"login page": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<html>"))
		}, 0, transport.ClassMalformed, 0},
		"nothing yet": {func(http.ResponseWriter, *http.Request) {}, 0, "", 0},
		"nothing new": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(416) }, 70, "", 70},
		"shorter":     {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ab\n")) }, 70, "", 3},
		"another range": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", "bytes 5-9/10")
			w.WriteHeader(206)
		}, 70, transport.ClassMalformed, 70},
		"range not told": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(206) }, 70, transport.ClassMalformed, 70},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := asker(t, c.answer).Trace(t.Context(), "a/b", 7, c.from, 1, false)
			if c.class == "" && err != nil || c.class != "" && transport.FaultOf(err).Class != c.class {
				t.Errorf("%v", err)
			}
			if err == nil && p.Next != c.next {
				t.Errorf("next %d", p.Next)
			}
		})
	}
}

func TestPartsEndWithLines(t *testing.T) {
	key := "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n"
	for name, c := range map[string]struct {
		data        string
		more, ended bool
		text, tail  string
	}{
		"lines":                    {"a\nb\n", false, false, "a\nb\n", ""},
		"a line being written":     {"a\nusing https://user:pa", false, false, "a\n", "using "},
		"the last of an end":       {"a\nb", false, true, "a\nb", ""},
		"cut by the limit":         {"a\nbc", true, true, "a\n", ""},
		"one endless line":         {"aa bb", true, false, "aa", ""},
		"an endless word":          {"aabb", true, false, "aabb", ""},
		"a key that goes on":       {"a\n" + key, false, false, "a\n", ""},
		"a key at the start of it": {key, false, false, key, ""},
		"nothing":                  {"", false, true, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if text, tail := whole(c.data, c.more, c.ended); text != c.text || tail != c.tail {
				t.Errorf("%q, %q", text, tail)
			}
		})
	}
}

func TestRedact(t *testing.T) {
	const at = "2026-11-21T14:03:07.412345Z 00O "
	for name, c := range map[string]struct{ in, want string }{
		"address":       {"fatal: unable to access 'https://bot:hunter2@forge.test/a.git/'\n", "fatal: unable to access 'https://•••@forge.test/a.git/'\n"},
		"token":         {"using glpat-abcdefgh12345678\r\n", "using •••\r\n"},
		"private key":   {"-----BEGIN RSA PRIVATE KEY-----\nMIIabc\ndef=\n-----END RSA PRIVATE KEY-----\nthen\n", "-----BEGIN RSA PRIVATE KEY-----\n•••\n•••\n-----END RSA PRIVATE KEY-----\nthen\n"},
		"key, stamped":  {at + "-----BEGIN PRIVATE KEY-----\n" + at + "MIIabc\n" + at + "and on it goes\n", at + "-----BEGIN PRIVATE KEY-----\n" + at + "•••\n" + at + "and on it goes\n"},
		"plain":         {"BUILD SUCCESS\nno end", "BUILD SUCCESS\nno end"},
		"section marks": {"section_start:1:step_script\r\x1b[0K\n", "section_start:1:step_script\r\x1b[0K\n"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := redact(c.in); got != c.want {
				t.Errorf("%q", got)
			}
		})
	}
}

func FuzzContentRange(f *testing.F) {
	f.Add("bytes 100-199/5000")
	f.Add("bytes 1-/*")
	f.Fuzz(func(t *testing.T, h string) {
		if _, total, _ := contentRange(h); total < -1 && !strings.Contains(h, "-") {
			t.Errorf("%q: %d", h, total)
		}
	})
}

func TestChildPaths(t *testing.T) {
	for in, want := range map[string]string{"https://g.test/a/b/c/-/pipelines/3": "a/b/c", "https://g.test/": "", "nonsense": "", "": ""} {
		if got := pathOf(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
	if a := fromAttempts(nil); len(a) != 0 || platform.PipelineFailed == "" {
		t.Error(a)
	}
}

func BenchmarkRedact(b *testing.B) {
	big := strings.Repeat("2026-11-21T14:03:07.412345Z 00O [\x1b[1;34mINFO\x1b[m] 00012 fr.gouv.app.Service12Test: cas 3, 4 assertions, 12 ms\n", 42_000)
	b.SetBytes(int64(len(big)))
	for b.Loop() {
		_ = redact(big)
	}
}

// A child pipeline that fails breaks its parent, though each job of the parent did well: bridges are no jobs to GitLab, and have no trace.
func TestBrokenChild(t *testing.T) {
	f := newFace(t)
	f.routes["GET /api/v4/projects/1/pipelines/11/jobs"] = answer(200, `[{"id":900,"stage":"build","name":"image 1/2","status":"success"},{"id":104,"stage":"deploy","name":"deploy: [prod, eu]","status":"skipped"},
		{"id":102,"stage":"build","name":"image 2/2","status":"success"},{"id":101,"stage":"build","name":"image 1/2","status":"failed"}]`)
	f.routes["GET /api/v4/projects/1/pipelines/11/bridges"] = answer(200, `[{"id":103,"stage":"checks","name":"charts","status":"failed","allow_failure":false,"failure_reason":"downstream_pipeline_creation_failed","downstream_pipeline":null}]`)
	s, err := New(options(t, f.URL))
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := s.pipelineJobs(t.Context(), 1, platform.Pipeline{ID: 11, Status: platform.PipelineFailed})
	var names []string
	for _, j := range jobs {
		names = append(names, j.Stage+"/"+j.Name+" "+j.Status)
	}
	if want := []string{"build/image 1/2 success", "build/image 2/2 success", "checks/charts failed", "deploy/deploy: [prod, eu] skipped"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("%q, %v", names, err)
	}
	if j, ok := (platform.Pipeline{Jobs: jobs}).FirstFailed(); !ok || j.FailureReason != "downstream_pipeline_creation_failed" {
		t.Errorf("%+v", j)
	}
}
