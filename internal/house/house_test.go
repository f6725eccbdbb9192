package house

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "dsotop/"

const root = "../.."

type pkg struct {
	Room           string
	Imports, Tests []string
}

func TestWalls(t *testing.T) {
	for _, p := range packages(t) {
		wall, ok := wallOf(p.Room)
		if !ok {
			t.Errorf("%s: no wall; add the room to internal/house and say what it may see", p.Room)
			continue
		}
		for _, imp := range p.Imports {
			check(t, p.Room, imp, wall.Room, wall.Ours, wall.Why)
		}
		for _, imp := range p.Tests {
			check(t, p.Room, imp, wall.Room, append(wall.Ours[:len(wall.Ours):len(wall.Ours)], wall.Tests...), wall.Why)
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

// packages reads the imports from the files themselves, so that a cached result is never older than they are.
func packages(t *testing.T) []pkg {
	t.Helper()
	byPath := map[string]*pkg{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin") {
				return fs.SkipDir
			}
			if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil && path != root {
				return fs.SkipDir // a module of its own is another house
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		p := byPath[dir]
		if p == nil {
			p = &pkg{Room: filepath.ToSlash(dir)}
			byPath[dir] = p
		}
		for _, imp := range file.Imports {
			name, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			if strings.HasSuffix(path, "_test.go") {
				p.Tests = append(p.Tests, name)
			} else {
				p.Imports = append(p.Imports, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for _, p := range byPath {
		all = append(all, *p)
	}
	if len(all) < 10 {
		t.Fatalf("only %d packages found: the test looks at the wrong place", len(all))
	}
	return all
}
