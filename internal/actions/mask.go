package actions

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Mask stands for what is not shown.
const Mask = "•••"

// span is a part of a body.
type span struct {
	from, to int
	name     string
}

// secretSpans finds the values of members by their dotted paths ("secret.value"); lists on the way are passed through. What is not JSON is one
// secret as a whole when there are paths.
func secretSpans(body []byte, paths []string) []span {
	if len(paths) == 0 || len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	w := walker{d: d, body: body, paths: paths}
	if err := w.value(""); err != nil || w.d.More() {
		return []span{{0, len(body), "body"}}
	}
	return w.found
}

type walker struct {
	d     *json.Decoder
	body  []byte
	paths []string
	found []span
}

// value reads one value; at is its path.
func (w *walker) value(at string) error {
	if at != "" && slices.Contains(w.paths, at) {
		var raw json.RawMessage
		if err := w.d.Decode(&raw); err != nil {
			return err
		}
		to := int(w.d.InputOffset())
		w.found = append(w.found, span{to - len(raw), to, at})
		return nil
	}
	t, err := w.d.Token()
	if err != nil {
		return err
	}
	switch t {
	case json.Delim('{'):
		for w.d.More() {
			k, err := w.d.Token()
			if err != nil {
				return err
			}
			key, _ := k.(string)
			if at != "" {
				key = at + "." + key
			}
			if err := w.value(key); err != nil {
				return err
			}
		}
		_, err = w.d.Token()
	case json.Delim('['):
		for w.d.More() {
			if err := w.value(at); err != nil {
				return err
			}
		}
		_, err = w.d.Token()
	}
	return err
}

// maskBody is a body as it may be shown: secret members are masked, the rest is as it will leave.
func maskBody(body []byte, paths []string, with func(name string) string) string {
	var b strings.Builder
	at := 0
	for _, s := range secretSpans(body, paths) {
		b.Write(body[at:s.from])
		b.WriteString(with(s.name))
		at = s.to
	}
	b.Write(body[at:])
	return b.String()
}

// hide takes values out of a text that is to be shown. Values that are shorter than four bytes say nothing and would tear words apart.
func hide(text string, secrets []string) string {
	for _, s := range secrets {
		if len(s) >= 4 {
			text = strings.ReplaceAll(text, s, Mask)
		}
	}
	return text
}
