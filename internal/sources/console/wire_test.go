package console

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
)

func TestLogShapes(t *testing.T) {
	for _, c := range []struct {
		name, data string
		want       platform.LogEntry
	}{
		{"old and empty", `{}`, platform.LogEntry{}},
		{"null", `null`, platform.LogEntry{}},
		{"not an object", `[1]`, platform.LogEntry{}},
		{"legacy, fine", `{"failed":false,"warning":[],"totalExecutionTime":1500}`, platform.LogEntry{Warned: []string{}, Took: 1500 * time.Millisecond, Backend: "legacy"}},
		{"failed without a name", `{"failed":true}`, platform.LogEntry{FailedUnnamed: true}},
		{"failed by name", `{"failed":["gitlab","harbor"],"messageResume":"Errors:\ngitlab: no;\nharbor: no;"}`,
			platform.LogEntry{Failed: []string{"gitlab", "harbor"}, Message: "Errors:\ngitlab: no;\nharbor: no;", Backend: "nest"}},
		{"newer, fine", `{"messageResume":"Success"}`, platform.LogEntry{Message: "Success", Backend: "nest"}},
		{"warned", `{"failed":false,"warning":["nexus"]}`, platform.LogEntry{Warned: []string{"nexus"}, Backend: "legacy"}},
		{"legacy times", `{"results":{"gitlab":{"status":{"result":"OK"},"executionTime":{"pre":1,"main":2,"post":3}}}}`,
			platform.LogEntry{Results: []platform.ToolResult{{Tool: "gitlab", Status: "OK", Took: 6 * time.Millisecond}}}},
		{"of 2023", `{"args":{"status":{"result":"OK"}},"vault":{"status":{"result":"KO","message":"sealed"}},"gitlab":{"status":{"result":"OK"}}}`,
			platform.LogEntry{Results: []platform.ToolResult{{Tool: "gitlab", Status: "OK"}, {Tool: "vault", Status: "KO", Message: "sealed"}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var l wireLog
			if err := json.Unmarshal([]byte(`{"data":`+c.data+`}`), &l); err != nil {
				t.Fatal(err)
			}
			if got := l.noun(func(s string) string { return s }); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v\nwant %+v", got, c.want)
			}
		})
	}
}

func TestMergeKeepsTheRicherEntryAndTheNewest(t *testing.T) {
	at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	known := []platform.LogEntry{{ID: "b", At: at, Results: []platform.ToolResult{{Tool: "x"}}}, {ID: "a", At: at.Add(-time.Hour)}}
	got := merge(known, []platform.LogEntry{{ID: "c", At: at.Add(time.Hour)}, {ID: "b", At: at}})
	if len(got) != 3 || got[0].ID != "c" || got[1].ID != "b" || len(got[1].Results) != 1 || got[2].ID != "a" {
		t.Errorf("%+v", got)
	}
	var many []platform.LogEntry
	for i := range 2 * keptEntries {
		many = append(many, platform.LogEntry{ID: fmt.Sprint(i), At: at.Add(time.Duration(i))})
	}
	if got := merge(nil, many); len(got) != keptEntries || got[0].ID != fmt.Sprint(2*keptEntries-1) {
		t.Errorf("%d entries, first %s", len(got), got[0].ID)
	}
}

func TestHiddenErrors(t *testing.T) {
	for _, c := range []struct {
		body  string
		class transport.Class
	}{
		{`{"status":401,"body":{"message":"Expired"}}`, transport.ClassUnauthorised},
		{`{"status":403,"body":{}}`, transport.ClassForbidden},
		{`{"status":404,"body":{}}`, transport.ClassNotFound},
		{`{"status":422,"body":{}}`, transport.ClassRequest},
		{`{"status":500,"body":{}}`, transport.ClassServer},
		{`{"status":200,"body":{}}`, ""}, {`{"status":"failed","body":{}}`, ""}, {`{"status":401}`, ""}, {`{"status":401,"body":null}`, ""},
		{`[{"status":401,"body":{}}]`, ""}, {`{"status":401.5,"body":{}}`, ""}, {``, ""}, {`{`, ""},
	} {
		if class, message, ok := hidden([]byte(c.body)); class != c.class || ok != (c.class != "") || ok && message == "" {
			t.Errorf("%s: %q %q", c.body, class, message)
		}
	}
}

func TestWithoutUser(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "https://h/x.git": "https://h/x.git", "https://u:p@h/x.git": "https://h/x.git", "https://u@h/x": "https://h/x",
		"https://u:p%zz@h/x": "https://h/x", "git@h:x.git": "h:x.git",
	} {
		if got := withoutUser(in); got != want {
			t.Errorf("withoutUser(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzWire(f *testing.F) {
	for _, s := range []string{`{"id":1,"members":[{"roleIds":"x"}],"roles":{},"owner":[]}`, `{"data":{"failed":[true],"results":{"a":{"status":null}}}}`,
		`{"cpu":"NaN","memory":1e400,"createdAt":"x"}`, `{"externalRepoUrl":"https://a:b@c@d"}`, `{"name":"\u202e\u001b[31m"}`, `{"status":401,"body":{"message":{}}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if !json.Valid(b) {
			return
		}
		_, _, _ = hidden(b)
		var p wireProject
		var l wireLog
		var e wireEnvironment
		var r wireRepository
		if b[0] != '{' {
			return
		}
		for _, out := range []any{&p, &l, &e, &r} {
			if err := json.Unmarshal(b, out); err != nil {
				t.Fatalf("%T refuses %s: %v", out, b, err)
			}
		}
		noun := fmt.Sprintf("%+v %+v %+v %+v", p.noun(), l.noun(func(s string) string { return s }), e.noun("p", nil), r.noun("p"))
		if strings.ContainsAny(noun, "\x1b\u202e") {
			t.Fatalf("uncleaned: %q", noun)
		}
		if x := p.noun().Prod; x.CPU != x.CPU {
			t.Fatal("not a number")
		}
	})
}

func TestOneOddElementDoesNotCostAList(t *testing.T) {
	for _, c := range []struct {
		raw  string
		want []string // ids; nil: an error
	}{
		{`null`, []string{}},
		{`[]`, []string{}},
		{`[{"id":"a"},null,{"id":"b"}]`, []string{"a", "b"}},
		{`[{"id":"a"},"text",3,[],true,{"id":"b","members":[null,4,{"userId":"u"}]}]`, []string{"a", "b"}},
		{`["text"]`, nil},
		{`{}`, nil},
		{`"text"`, nil},
	} {
		var got list[wireProject]
		err := json.Unmarshal([]byte(c.raw), &got)
		if (err != nil) != (c.want == nil) {
			t.Fatalf("%s: %v", c.raw, err)
		}
		ids := []string{}
		for _, p := range got {
			ids = append(ids, string(p.ID))
			if p.ID == "b" && p.Members.ok && (len(p.Members.v) != 1 || p.Members.v[0].UserID != "u") {
				t.Errorf("%s: members %+v", c.raw, p.Members.v)
			}
		}
		if c.want != nil && !reflect.DeepEqual(ids, c.want) {
			t.Errorf("%s: got %q, want %q", c.raw, ids, c.want)
		}
	}
}

func TestARightLeftOutComesBack(t *testing.T) {
	r := unknownRights().without(rightExposed)
	if r.holds(rightExposed) || len(r) != len(unknownRights())-1 {
		t.Errorf("%+v", r)
	}
	if r = r.with(rightExposed, true); !r.holds(rightExposed) || len(r) != len(unknownRights()) {
		t.Errorf("%+v", r)
	}
}

func TestDatesAndFlagsInOtherDress(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for raw, want := range map[string]time.Time{
		`"2026-03-01T12:00:00.000Z"`: noon, `"2026-03-01T13:00:00+01:00"`: noon, `"2026-03-01T13:00:00.000+0100"`: noon, `"2026-03-01T12:00:00"`: noon,
		`"2026-03-01 12:00:00"`: noon, `1772366400000`: noon, `"1772366400000"`: noon, `"2026-03-01"`: noon.Add(-12 * time.Hour),
		`null`: {}, `""`: {}, `"hier"`: {}, `12`: {}, `{}`: {}, `"0001-01-01T00:00:00Z"`: {}, `99999999999999999`: {},
	} {
		var w when
		if err := json.Unmarshal([]byte(raw), &w); err != nil || !time.Time(w).Equal(want) {
			t.Errorf("%s: %v %v", raw, time.Time(w), err)
		}
	}
	for raw, want := range map[string]bool{`true`: true, `"true"`: true, `1`: true, `false`: false, `"false"`: false, `0`: false, `null`: false, `{}`: false, `"yes, true"`: false} {
		var f flag
		if err := json.Unmarshal([]byte(raw), &f); err != nil || bool(f) != want {
			t.Errorf("%s: %v %v", raw, f, err)
		}
	}
}
