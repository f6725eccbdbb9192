package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// cast is a recording in the format asciicast v2: a header and, for each frame, the rows that changed.
func cast(frames []frame, title string, start time.Time) []byte {
	var b bytes.Buffer
	line := func(v any) {
		data, err := json.Marshal(v)
		if err != nil {
			panic(err) // strings and numbers only
		}
		b.Write(data)
		b.WriteByte('\n')
	}
	first := frames[0].picture
	line(struct {
		Version   int               `json:"version"`
		Width     int               `json:"width"`
		Height    int               `json:"height"`
		Timestamp int64             `json:"timestamp"`
		Title     string            `json:"title"`
		Env       map[string]string `json:"env"`
	}{2, first.columns, len(first.rows), start.Unix(), title, map[string]string{"TERM": "xterm-256color"}})
	before := make([][]span, len(first.rows))
	var end time.Duration
	for i, f := range frames {
		var out strings.Builder
		if i == 0 {
			out.WriteString("\x1b[?25l\x1b[2J")
		}
		for y, row := range f.picture.rows {
			if i == 0 || !slices.Equal(row, before[y]) {
				fmt.Fprintf(&out, "\x1b[%d;1H%s", y+1, ansiRow(row))
			}
		}
		before = f.picture.rows
		line([]any{seconds(f.at), "o", out.String()})
		end = f.at + f.length
	}
	line([]any{seconds(end), "o", "\x1b[0m"})
	return b.Bytes()
}

func seconds(d time.Duration) json.Number {
	return json.Number(strconv.FormatFloat(d.Seconds(), 'f', 3, 64))
}

// ansiRow writes a row with the sequences of its looks.
func ansiRow(row []span) string {
	var b strings.Builder
	for _, r := range row {
		codes := []string{"0"}
		for _, c := range []struct {
			on   bool
			code string
		}{{r.look.bold, "1"}, {r.look.faint, "2"}, {r.look.italic, "3"}, {r.look.underline, "4"}} {
			if c.on {
				codes = append(codes, c.code)
			}
		}
		if r.look.front == "ground" || r.look.back == "ink" {
			codes = append(codes, "7")
		}
		codes = append(codes, rgb("38", r.look.front)...)
		codes = append(codes, rgb("48", r.look.back)...)
		b.WriteString("\x1b[" + strings.Join(codes, ";") + "m" + r.text)
	}
	return b.String() + "\x1b[0m"
}

func rgb(kind, colour string) []string {
	if len(colour) != 7 {
		return nil
	}
	v, err := strconv.ParseUint(colour[1:], 16, 32)
	if err != nil {
		return nil
	}
	return []string{kind, "2", strconv.FormatUint(v>>16, 10), strconv.FormatUint(v>>8&255, 10), strconv.FormatUint(v&255, 10)}
}
