package secret

import (
	"regexp"
	"strings"
)

// Masker takes what is secret out of decoded Kubernetes objects (maps, slices and scalars, as encoding/json gives them): the values of
// Secrets, of what makes Secrets, of environment variables and fields whose name says so, and of what looks like a credential anywhere
// else. What is dropped altogether: managed fields and the last applied configuration, which repeat the whole object.
//
// One Masker serves the two sides of a comparison: two values of one place stay told apart ("•••", "••• (2)"), neither is seen. The zero
// value is ready; it is not safe for concurrent use.
type Masker struct {
	seen map[string][]string // values by place
}

// lastApplied is kubectl's copy of the whole object, Secrets included.
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// Object masks an object in place.
func (m *Masker) Object(o map[string]any) {
	if meta, ok := o["metadata"].(map[string]any); ok {
		delete(meta, "managedFields")
		if notes, ok := meta["annotations"].(map[string]any); ok {
			delete(notes, lastApplied)
			if len(notes) == 0 {
				delete(meta, "annotations")
			}
		}
	}
	kind, _ := o["kind"].(string)
	m.mapping(o, "", strings.Contains(kind, "Secret"))
}

func (m *Masker) mapping(o map[string]any, at string, holds bool) {
	if items, ok := o["items"].([]any); ok && at == "" { // a list of objects, each with a kind of its own
		for _, it := range items {
			if one, ok := it.(map[string]any); ok {
				m.Object(one)
			}
		}
	}
	if name, ok := o["name"].(string); ok { // an environment variable, a parameter of a chart
		if v, ok := o["value"].(string); ok && v != "" && Named(name) {
			o["value"] = m.hide(at+"/"+name, v)
		}
	}
	for k, v := range o {
		place := at + "/" + k
		switch v := v.(type) {
		case string:
			if v != "" && Named(k) && !reference(k, v) {
				o[k] = m.hide(place, v)
				continue
			}
			o[k] = text(v)
		case map[string]any:
			if holds && (k == "data" || k == "stringData" || k == "encryptedData") {
				m.all(v, place)
				continue
			}
			m.mapping(v, place, holds)
		case []any:
			m.list(v, place, holds)
		}
	}
}

func (m *Masker) list(list []any, at string, holds bool) {
	flag := false // the element before is "--password"
	for i, v := range list {
		switch v := v.(type) {
		case string:
			if flag {
				list[i] = m.hide(at, v)
				flag = false
				continue
			}
			flag = strings.HasPrefix(v, "-") && !strings.Contains(v, "=") && Named(v)
			list[i] = text(v)
		case map[string]any:
			m.mapping(v, at, holds)
		case []any:
			m.list(v, at, holds)
		}
	}
}

// all masks every leaf.
func (m *Masker) all(o map[string]any, at string) {
	for k, v := range o {
		switch v := v.(type) {
		case nil:
		case map[string]any:
			m.all(v, at+"/"+k)
		case string:
			o[k] = m.hide(at+"/"+k, v)
		default:
			o[k] = Mask
		}
	}
}

func (m *Masker) hide(place, v string) string {
	if strings.HasPrefix(v, Mask) {
		return v
	}
	known := m.seen[place]
	n := 0
	for n < len(known) && known[n] != v {
		n++
	}
	if n == len(known) {
		if m.seen == nil {
			m.seen = map[string][]string{}
		}
		m.seen[place] = append(known, v)
	}
	if n == 0 {
		return Mask
	}
	return Mask + " (" + string(rune('1'+min(n, 8))) + ")"
}

// Named reports whether a name (of a variable, a field, a flag) says that its value is secret.
func Named(name string) bool { return secretName.MatchString(name) && !harmless.MatchString(name) }

// reference reports whether a field with a telling name only points at a secret: "secretName", "tokenPath", a place in a file system.
func reference(key, v string) bool {
	return pointer.MatchString(key) && !login.MatchString(key) || strings.HasPrefix(v, "/") && !strings.Contains(v, "\n")
}

// text masks what looks like a credential in a value with an innocent name; in files of properties, line by line by the names in it.
func text(v string) string {
	if len(v) < 6 {
		return v
	}
	if strings.Contains(v, "\n") {
		lines := strings.Split(v, "\n")
		for i, l := range lines {
			if part := property.FindStringSubmatch(l); part != nil && Named(part[2]) {
				lines[i] = part[1] + part[2] + part[3] + Mask
			}
		}
		v = strings.Join(lines, "\n")
	}
	return Scrub(v)
}

//nolint:gochecknoglobals // compiled once, never changed
var (
	secretName = regexp.MustCompile(`(?i)passw|passwd|pwd|passphrase|secret|token|credential|api[_-]?key|access[_-]?key|private[_-]?key|docker_?config|role_?id$|^_raw$|_dsn$|connection_?string`)
	harmless   = regexp.MustCompile(`(?i)(?:_|-|[a-z])(?:url|uri|file|path|dir|ttl|expir[a-z]*|enabled|audience|issuer|endpoint|type|method|length|mount|class|policy)$`)
	pointer    = regexp.MustCompile(`(?i)(?:name|names|ref|refs|kind|namespace|key|id|provider|store|engine|automount[a-z]*|version)$|^type$`)
	login      = regexp.MustCompile(`(?i)(?:role|secret)_?id$`) // Vault's AppRole: the two halves of a credential
	property   = regexp.MustCompile(`^(\s*(?:export\s+)?["']?)([A-Za-z0-9_.-]+)(["']?\s*[:=]\s*)\S`)
)
