package yamlfile

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// Scalar is the text of a simple value; ok is false for anything else.
func (r *Reader) Scalar(n ast.Node) (text string, ok bool) {
	clean := r.Clean
	if clean == nil {
		clean = func(s string) string { return s }
	}
	switch v := r.Plain(n).(type) {
	case *ast.StringNode:
		return clean(v.Value), true
	case *ast.LiteralNode:
		return clean(strings.TrimRight(v.Value.Value, "\n")), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return v.GetToken().Value, true
	}
	return "", r.Empty && r.Null(n)
}

// Text reads a text; numbers and truths are taken as they are written.
func (r *Reader) Text(n ast.Node, path string) string {
	s, ok := r.Scalar(n)
	if !ok {
		r.Say(n, path, "un texte est attendu", "a text is expected")
	}
	return s
}

// Word reads a text that must not be empty, without blanks around it.
func (r *Reader) Word(n ast.Node, path string) string {
	s, ok := r.Scalar(n)
	s = strings.TrimSpace(s)
	switch {
	case !ok:
		r.Say(n, path, "un texte est attendu", "a text is expected")
	case s == "":
		r.Say(n, path, "ce texte est vide", "this text is empty")
	}
	return s
}

// Texts reads a list of texts; a single one stands for a list of one, an empty one for none.
func (r *Reader) Texts(n ast.Node, path string) []string {
	if _, ok := r.Plain(n).(*ast.SequenceNode); !ok {
		if one := r.Text(n, path); one != "" {
			return []string{one}
		}
		return nil
	}
	var out []string
	r.List(n, path, func(n ast.Node, path string) { out = append(out, r.Text(n, path)) })
	return out
}

// Bool reads true or false.
func (r *Reader) Bool(n ast.Node, path string) bool {
	if v, ok := r.Plain(n).(*ast.BoolNode); ok {
		return v.Value
	}
	r.Say(n, path, "true ou false est attendu", "true or false is expected")
	return false
}

// Number reads a number within bounds, both included.
func (r *Reader) Number(n ast.Node, path string, low, high float64) float64 {
	s, _ := r.Scalar(n)
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || !(v >= low && v <= high) {
		r.Say(n, path, "un nombre de %g à %g est attendu", "a number from %g to %g is expected", low, high)
		return 0
	}
	return v
}

// Duration reads a duration as Go writes it (90s, 1h30m) within bounds, both included.
func (r *Reader) Duration(n ast.Node, path string, low, high time.Duration) time.Duration {
	s, _ := r.Scalar(n)
	v, err := time.ParseDuration(s)
	if err != nil || v < low || v > high {
		r.Say(n, path, "durée incorrecte ; attendu de %s à %s, par exemple 90s ou 10m", "not a duration; expected from %s to %s, for example 90s or 10m", Brief(low), Brief(high))
		return 0
	}
	return v
}

// Brief writes a duration as people write it in such files, without the parts that are nothing: 24h rather than 24h0m0s.
func Brief(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// Choice reads one of some words; "" when it is none of them, which is told with the one that was probably meant.
func (r *Reader) Choice(n ast.Node, path string, among ...string) string {
	v, ok := r.Scalar(n)
	switch {
	case !ok:
		r.Say(n, path, "un texte est attendu", "a text is expected")
		return ""
	case slices.Contains(among, v), v == "" && r.Empty:
		return v
	}
	if near := Nearest(v, among); near != "" {
		r.Say(n, path, "valeur inconnue « %s » ; vouliez-vous dire « %s » ?", "unknown value “%s”; did you mean “%s”?", v, near)
	} else {
		r.Say(n, path, "valeur inconnue « %s » ; valeurs possibles : %s", "unknown value “%s”; possible values: %s", v, strings.Join(among, ", "))
	}
	return ""
}

// Nearest returns the known name that looks like a slip for another, case aside; "" when none does.
func Nearest(key string, names []string) string {
	best, bestAt := "", 3 // two slips at most
	for _, n := range names {
		if len(key) > len(n)+3 {
			continue
		}
		if d := Distance(strings.ToLower(key), strings.ToLower(n)); d < bestAt && d < len(n) && d < max(len(key), 2) {
			best, bestAt = n, d
		}
	}
	return best
}

// Distance counts the slips between two names: letters left out, put in, mistaken, or two neighbours swapped (optimal string alignment, on bytes:
// keys are ASCII).
func Distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := last[j-1]
			if a[i-1] != b[j-1] {
				cost++
			}
			row[j] = min(cost, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
