package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func pictured(lines ...string) picture {
	p := picture{columns: 12}
	for _, l := range lines {
		p.rows = append(p.rows, []span{{width: len([]rune(l)), text: l, look: look{front: "#ff8080", bold: true}}})
	}
	return p
}

// TestPicturesAreXML draws what would break a document that is put together by hand.
func TestPicturesAreXML(t *testing.T) {
	frames := []frame{{length: time.Second, picture: pictured("a <b> & \"c\"", "▁▂█ ─│ é")}, {at: time.Second, length: time.Second, picture: pictured("a <b> & \"c\"", "other")}}
	for name, doc := range map[string][]byte{"still": still(frames[0].picture, "x < y", true), "film": film(frames, "x < y", false)} {
		d := xml.NewDecoder(bytes.NewReader(doc))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v\n%s", name, err, doc)
			}
		}
		if !strings.Contains(string(doc), "a") || strings.Contains(string(doc), ">▁") {
			t.Errorf("%s: blocks are drawn, words are written:\n%s", name, doc)
		}
	}
	if doc := string(film(frames, "", false)); strings.Count(doc, "<g id=") != 3 || strings.Count(doc, "<use ") != 4 {
		t.Errorf("a row that two frames share is written once:\n%s", doc)
	}
}

func TestCast(t *testing.T) {
	frames := []frame{{length: time.Second, picture: pictured("one", "two")}, {at: time.Second, length: 2 * time.Second, picture: pictured("one", "three")}}
	lines := strings.Split(strings.TrimSpace(string(cast(frames, "t", time.Unix(5, 0)))), "\n")
	if len(lines) != 4 {
		t.Fatalf("%d lines", len(lines))
	}
	var head struct{ Version, Width, Height, Timestamp int }
	if err := json.Unmarshal([]byte(lines[0]), &head); err != nil || head.Version != 2 || head.Width != 12 || head.Height != 2 || head.Timestamp != 5 {
		t.Errorf("%v, %+v", err, head)
	}
	for i, want := range []float64{0, 1, 3} {
		var event []any
		if err := json.Unmarshal([]byte(lines[i+1]), &event); err != nil || len(event) != 3 || event[0] != want || event[1] != "o" {
			t.Errorf("%v, %v", err, event)
		}
	}
	if strings.Contains(lines[2], "one") || !strings.Contains(lines[2], "three") {
		t.Errorf("only what changed is written: %s", lines[2])
	}
}

// A blank looks like the words it stands between, else like nothing: what was drawn there before is not recorded.
func TestBlanksHaveNoHistory(t *testing.T) {
	strong, plain := look{front: "#fff", back: "#222", bold: true}, look{front: "#fff", back: "#222"}
	row := func(between, after look) []span {
		var out []span
		for i, r := range "ab cd  " {
			l := strong
			switch i {
			case 2:
				l = between
			case 5, 6:
				l = after
			}
			out = append(out, span{column: i, width: 1, text: string(r), look: l})
		}
		return joined(blanked(out))
	}
	want := row(strong, strong)
	if len(want) != 2 || want[0].text != "ab cd" || want[1].look != (look{back: "#222"}) {
		t.Fatalf("%+v", want)
	}
	if got := row(plain, plain); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := row(look{front: "#fff", back: "#222", underline: true}, strong); len(got) != 4 {
		t.Errorf("a line beneath a blank is seen: %+v", got)
	}
}
