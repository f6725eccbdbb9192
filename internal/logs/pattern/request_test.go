package pattern

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"dsotop/internal/logs"
	"dsotop/internal/logs/plain"
)

func ask(method, path, status string) Request {
	return Request{Method: method, Path: path, Status: status, Fields: [3]string{"method", "path", "status"}}
}

// listed are the groups as they are shown, with their counts.
func listed(g *Grouper) string {
	var out []string
	for _, x := range g.Groups() {
		out = append(out, fmt.Sprintf("%d %s", x.Count, x.Template))
	}
	return strings.Join(out, "\n")
}

func TestRequestsAreToldApartByMethodRouteAndClass(t *testing.T) {
	g := New(Options{From: 0, To: 100, Bins: 2})
	for i := range 60 {
		at := int64(i)
		g.AddRequest(ask("GET", fmt.Sprintf("/api/v1/agendas/%d?page=%d", i, i), "200"), "", logs.LevelInfo, at)
		if i%2 == 0 {
			g.AddRequest(ask("GET", fmt.Sprintf("/api/v1/agendas/%d", i), [...]string{"404", "403"}[i/2%2]), "", logs.LevelWarn, at)
		}
		if i%3 == 0 {
			g.AddRequest(ask("DELETE", fmt.Sprintf("/api/v1/agendas/%d", i), "204"), "", logs.LevelInfo, at)
		}
		if i%4 == 0 {
			g.AddRequest(ask("GET", fmt.Sprintf("/static/app.%04x.js", i*777+0x1000), "304"), "", logs.LevelInfo, at)
		}
		if i%5 == 0 {
			g.AddRequest(ask("GET", "/", "200"), "", logs.LevelInfo, at)
		}
		if i%6 == 0 {
			g.AddRequest(ask("", `\x16\x03\x01`, "400"), "", logs.LevelWarn, at)
		}
		if i%10 == 0 {
			g.AddRequest(ask("POST", "/api/v1/agendas", "500"), fmt.Sprintf("pool %d exhausted", i), logs.LevelError, at)
		}
		if i%12 == 0 {
			g.AddRequest(ask("POST", "/api/v1/agendas", "500"), "timed out while waiting for postgres, gave up", logs.LevelError, at)
		}
	}
	want := strings.Join([]string{
		"60 GET /api/v1/agendas/<_> 2xx", "30 GET /api/v1/agendas/<_> 4xx", "20 DELETE /api/v1/agendas/<_> 2xx", "15 GET /static/<_>.js 3xx", "12 GET / 2xx", `10 <_> 4xx`,
		"6 POST /api/v1/agendas 5xx pool <_> exhausted", "5 POST /api/v1/agendas 5xx timed out while waiting for postgres, gave up"}, "\n")
	if got := listed(g); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if b := g.Groups()[0].Bins; len(b) != 2 || b[0] != 50 || b[1] != 10 {
		t.Errorf("bins %v", b)
	}
}

// Names of things without a digit are seen to be such by how many there are; nothing is counted twice or lost.
func TestSegmentsThatTakeManyValuesAreOne(t *testing.T) {
	g := New(Options{})
	for i := range 400 {
		g.AddRequest(ask("GET", "/projects/"+word(i*31)+"/jobs", "200"), "", logs.LevelInfo, int64(i))
		g.AddRequest(ask("GET", "/projects/"+word(i*31)+"/pipelines", "200"), "", logs.LevelInfo, int64(i))
	}
	g.AddRequest(ask("GET", "/health/live/now", "200"), "", logs.LevelInfo, 1)
	if got := listed(g); got != "400 GET /projects/<_>/jobs 2xx\n400 GET /projects/<_>/pipelines 2xx\n1 GET /health/live/now 2xx" {
		t.Errorf("%s", got)
	}
	if x := g.Groups()[0]; x.First != 0 || x.Last != 399 || x.Levels[logs.LevelInfo] != 400 {
		t.Errorf("%+v", x)
	}
}

func TestRequestsMakeRoomToo(t *testing.T) {
	g := New(Options{Groups: 20})
	for i := range 3_000 {
		g.AddRequest(ask(fmt.Sprintf("M%s", word(i)), "/a/b", "200"), word(i), logs.LevelInfo, int64(i))
		g.AddRequest(ask("GET", "/always", "200"), "", logs.LevelInfo, int64(i))
		g.Add("words of "+word(i)+strings.Repeat(" w", i%9), logs.LevelInfo, int64(i))
	}
	kept := int64(0)
	for _, x := range g.Groups() {
		kept += x.Count
	}
	if len(g.Groups()) > 20 || g.Groups()[0].Template != "GET /always 2xx" || kept+g.Lost() != 9_000 || len(g.routes) > 20 {
		t.Errorf("%d groups of %d trees, %d lines and %d lost\n%s", len(g.Groups()), len(g.routes), kept, g.Lost(), listed(g))
	}
}

// A line is found by the route of its group: path by path, in all the ways in which they are written.
func TestARouteFindsItsPaths(t *testing.T) {
	for _, c := range []struct{ path, route string }{
		{"/", "/"}, {"/a", "/a"}, {"/a/", "/a/"}, {"/a?b=/c", "/a"}, {"/a;jsessionid=12?x", "/a"}, {"/v1/oauth2/token", "/v1/oauth2/token"}, {"/12", "/<_>"}, {"/a%20b/c", "/<_>/c"},
		{"/projects/0b5f2d6c-33a1-4c1e-9c53-0a6a3c4c2b1a/x", "/projects/<_>/x"}, {"/app.3f1c.min.js", "/<_>.js"}, {"http://h:80/a/7", "/a/<_>"}, {"//", "//"}, {"*", "*"}, {"host:443", "<_>"},
		{"/" + strings.Repeat("a/", 30), "/" + strings.Repeat("a/", 11) + "<_>"}, {"/" + strings.Repeat("x", 90), "/<_>"}, {"/a b", "/a b"}, {"/(.+)$", "/(.+)$"}, {"/é", "/é"}, {"/<_>", "/<_>"},
	} {
		for _, line := range []bool{false, true} {
			if line && strings.Contains(c.path, " ") {
				continue
			}
			g := New(Options{})
			r := ask("GET", c.path, "404")
			r.Line = line
			g.AddRequest(r, "", logs.LevelWarn, 1)
			x := g.Groups()[0]
			if got := strings.TrimSuffix(strings.TrimPrefix(x.Template, "GET "), " 4xx"); got != c.route {
				t.Errorf("%s: %s, want %s", c.path, got, c.route)
			}
			value := c.path
			if line {
				value = "GET " + c.path + " HTTP/1.1"
			}
			if !regexp.MustCompile(x.Route.Path()).MatchString(value) {
				t.Errorf("%s is not found by %s", value, x.Route.Path())
			}
			for _, other := range []string{"/other", "/a/b/c/d", "POST /a HTTP/1.1"} {
				if strings.HasPrefix(other, "POST") == line && c.route != "/<_>" && regexp.MustCompile(x.Route.Path()).MatchString(other) {
					t.Errorf("%s finds %s", x.Route.Path(), other)
				}
			}
		}
	}
}

// FuzzRequest holds that the path of a line is found by the route of the group that it was put in.
func FuzzRequest(f *testing.F) {
	f.Add("/a/1", "/a/b?c", false)
	f.Add("http://x/%20", "*", true)
	f.Add("//;", "/\x1b[31m", false)
	f.Fuzz(func(t *testing.T, one, two string, line bool) {
		g := New(Options{Groups: 2})
		for i, path := range []string{one, two, one + "/" + two} {
			value := plain.Line(path)
			if line && strings.Contains(value, " ") {
				continue // no line of a request
			}
			r := ask("GET", path, "200")
			r.Line = line
			id, _ := g.AddRequest(r, two, logs.LevelInfo, int64(i))
			for _, x := range g.Groups() {
				if x.ID != id {
					continue
				}
				re, err := regexp.Compile(x.Route.Path())
				if err != nil {
					t.Fatal(err)
				}
				if line {
					value = "GET " + value + " HTTP/1.1"
				}
				if !re.MatchString(value) {
					t.Fatalf("%q is not found by %q", value, re)
				}
			}
		}
	})
}
