package format

import (
	"slices"
	"strings"
	"testing"
)

// same holds Lookup to what Fields tells of a line.
func same(t *testing.T, s *Set, text string, id ID, name string) {
	t.Helper()
	var want, got []string
	for _, f := range s.Fields(text, id) {
		if strings.EqualFold(f.Name, name) {
			want = append(want, f.Value)
		}
	}
	known, found := s.Lookup(text, id, name, func(v string) bool { got = append(got, v); return false })
	// JSON that is broken within an object that nobody asked for ends the fields, and not the look.
	if len(got) < len(want) || !slices.Equal(got[:len(want)], want) || known != (len(got) > 0) || found {
		t.Errorf("%s of %q in %s: %q %v, want %q", name, text, s.Name(id), got, known, want)
	}
}

func TestLookupIsFields(t *testing.T) {
	s := loaded(t)
	texts := corpus()
	texts["twice"] = `{"a":{"b":1},"a.b":2,"A":{"B":"\u00e9"},"a":{},"b":{"a":{ }},"status":"x"}`
	texts["cut"] = `{"status":500,"a":{"b":"cut he`
	texts["pairs"] = `E0821 08:22:34.1 1 a.go:1] "Failed" err="x \"y\"" pod="a/b"`
	for name, text := range texts {
		c := s.Classify(text)
		for _, f := range append(s.Fields(text, c.Format), Field{Name: "a"}, Field{Name: "a.b"}, Field{Name: "nothing"}, Field{Name: ""}) {
			if f.Name != "" {
				same(t, s, text, c.Format, f.Name)
				same(t, s, text, c.Format, strings.ToUpper(f.Name))
			}
		}
		if known, _ := s.Lookup(text, c.Format, "", func(string) bool { return true }); known {
			t.Errorf("%s has a field without a name", name)
		}
	}
	if s.Has(s.Classify(texts["access"]).Format, "duration") || !s.Has(s.Classify(texts["access"]).Format, "Status") || s.Has(Plain, "status") || !s.Has(s.Classify(texts["klog"]).Format, "pod") {
		t.Error("which formats may have a field")
	}
}

func TestRequests(t *testing.T) {
	s := loaded(t)
	for _, c := range []struct {
		text string
		want Request
	}{
		{`10.129.4.2 - - [21/Aug/2026:08:22:34 +0000] "GET /sante?x HTTP/1.1" 200 12 "-" "kube-probe/1.26" "-"`, Request{"GET", "/sante?x", "200", [3]string{"method", "path", "status"}, false}},
		{`10.0.0.1 - - [21/Aug/2026:08:22:34 +0000] "GET / HTTP/1.0" 404 2326`, Request{"GET", "/", "404", [3]string{"method", "path", "status"}, false}},
		{`10.0.0.1 - - [21/Aug/2026:08:22:34 +0000] "\x16\x03" 400 150 "-" "-"`, Request{"", `\x16\x03`, "400", [3]string{"", "request", "status"}, false}},
		{`{"DownstreamStatus":502,"RequestMethod":"GET","RequestPath":"/agenda","level":"info","msg":""}`, Request{"GET", "/agenda", "502", [3]string{"RequestMethod", "RequestPath", "DownstreamStatus"}, false}},
		{`{"time_local":"x","request":"POST \/a\/1 HTTP/1.1","status":"503","x_forwarded_for":"-"}`, Request{"POST", "/a/1", "503", [3]string{"", "request", "status"}, true}},
		{`{"level":"error","logger":"http.log.access","msg":"handled request","request":{"method":"GET","uri":"/x"},"status":404}`, Request{"GET", "/x", "404", [3]string{"request.method", "request.uri", "status"}, false}},
		{`{"level":30,"req":{"id":1,"method":"GET","url":"/"},"res":{"statusCode":200},"msg":"request completed"}`, Request{"GET", "/", "200", [3]string{"req.method", "req.url", "res.statusCode"}, false}},
		{`level=info msg=served method=PUT path=/a status=201`, Request{"PUT", "/a", "201", [3]string{"method", "path", "status"}, false}},
		{`{"version":"1.1","host":"h","short_message":"served","_method":"GET","_path":"/a","_status":500}`, Request{"GET", "/a", "500", [3]string{"_method", "_path", "_status"}, false}},
		{`{"level":"info","msg":"job done","path":"/tmp/x","status":"ok"}`, Request{}},
		{`{"level":"info","msg":"x","status":200}`, Request{}},
		{`a line of words /a 200`, Request{}},
	} {
		got, ok := s.Request(c.text, s.Classify(c.text).Format)
		if !ok {
			got = Request{}
		}
		if got != c.want {
			t.Errorf("%s\n%+v, want %+v", c.text, got, c.want)
		}
	}
}
