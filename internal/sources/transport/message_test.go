package transport

import (
	"strings"
	"testing"
)

func TestMessageOf(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{"", ""}, {"<html><h1>502</h1>", ""}, {"plain\n    at x.js:1", "plain"}, {`{"message":"Expired"}`, "Expired"},
		{`{"message":["a","b"],"error":"Bad Request"}`, "a, b"}, {`{"status":401,"body":{"message":"Not active"}}`, "Not active"},
		{`{"formErrors":[],"fieldErrors":{"name":["too long"]}}`, "name: too long"}, {`{"status":500,"error":"boom","stack":"at /srv"}`, "boom"},
		{`{"queryParameterErrors":{"issues":[{"path":["limit"],"message":"Required"}],"name":"ZodError"}}`, "limit: Required"},
		{`{"errors":[{"msg":"Component key 'x' not found"}]}`, "Component key 'x' not found"}, {`{"errors":[{"code":"NOT_FOUND","message":"gone"}]}`, "gone"},
		{`{"status":"error","errorType":"bad_data","error":"parse error"}`, "parse error"}, {`{"message":{"base":["no"]}}`, "no"},
		{`{"a":1}`, ""}, {`{"cut`, ""}, {strings.Repeat("é", 500), strings.Repeat("é", 299) + "…"},
	} {
		if got := shorten(messageOf([]byte(c.body))); got != c.want {
			t.Errorf("messageOf(%q) = %q, want %q", c.body, got, c.want)
		}
	}
}

func FuzzMessageOf(f *testing.F) {
	f.Add([]byte(`{"message":"\u001b[31m"}`))
	f.Add([]byte("<html>"))
	f.Add([]byte(`[[[[[["a"]]]]]]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if got := shorten(messageOf(body)); len([]rune(got)) > maxMessage || strings.ContainsRune(got, 0x1b) {
			t.Fatalf("%q", got)
		}
	})
}
