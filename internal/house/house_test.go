package house

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "dsotop/"

type pkg struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func TestWalls(t *testing.T) {
	for _, p := range packages(t) {
		room := strings.TrimPrefix(p.ImportPath, module)
		wall, ok := wallOf(room)
		if !ok {
			t.Errorf("%s: no wall; add the room to internal/house and say what it may see", room)
			continue
		}
		for _, imp := range p.Imports {
			check(t, room, imp, wall.Room, wall.Ours, wall.Why)
		}
		for _, imp := range append(p.TestImports, p.XTestImports...) {
			check(t, room, imp, wall.Room, append(wall.Ours[:len(wall.Ours):len(wall.Ours)], wall.Tests...), wall.Why)
		}
	}
}

func check(t *testing.T, room, imp, base string, allowed []string, why string) {
	t.Helper()
	if target, ours := strings.CutPrefix(imp, module); ours {
		if of, known := wallOf(target); (!known || of.Room != base) && !withinAny(target, allowed) {
			t.Errorf("%s imports %s: %s", room, target, why)
		}
		return
	}
	best := ""
	for prefix := range Confined() {
		if strings.HasPrefix(imp, prefix) && len(prefix) > len(best) {
			best = prefix
		}
	}
	if best == "" {
		return
	}
	for _, r := range Confined()[best] {
		if within(room, r+"/...") {
			return
		}
	}
	t.Errorf("%s imports %s, which belongs to %v", room, imp, Confined()[best])
}

func wallOf(room string) (best Wall, found bool) {
	for _, w := range Walls() {
		if within(room, w.Room+"/...") && len(w.Room) >= len(best.Room) {
			best, found = w, true
		}
	}
	return best, found
}

func withinAny(path string, patterns []string) bool {
	for _, p := range patterns {
		if within(path, p) {
			return true
		}
	}
	return false
}

func within(path, pattern string) bool {
	if pattern == "..." {
		return true
	}
	if base, tree := strings.CutSuffix(pattern, "/..."); tree {
		return path == base || strings.HasPrefix(path, base+"/")
	}
	return path == pattern
}

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "dsotop/...")
	var out, bad bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &bad
	if err := cmd.Run(); err != nil {
		t.Fatalf("go list: %v\n%s", err, bad.String())
	}
	var all []pkg
	for dec := json.NewDecoder(&out); ; {
		var p pkg
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 10 {
		t.Fatalf("only %d packages found: the test looks at the wrong module", len(all))
	}
	return all
}
