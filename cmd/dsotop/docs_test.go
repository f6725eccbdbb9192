package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"dsotop/internal/config"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/uitest"
	"dsotop/internal/ui/words"
	"dsotop/themes"
)

// TestGeneratedDocs holds what is generated in docs/ against the program.
func TestGeneratedDocs(t *testing.T) {
	for file, part := range map[string]struct{ name, content string }{
		"configuration.md": {"configuration", config.Markdown()},
		"keys.md":          {"keys", keysTable(words.English())},
		"themes.md":        {"themes", themesTable()},
	} {
		path := filepath.Join("..", "..", "docs", file)
		old, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := section(t, string(old), part.name, part.content)
		if text == string(old) {
			continue
		}
		if !uitest.Updating() {
			t.Errorf("docs/%s is stale: run make docs", file)
		} else if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestDocsLead checks that every page of docs/ is in its index, and that links between pages lead somewhere.
func TestDocsLead(t *testing.T) {
	dir := filepath.Join("..", "..", "docs")
	pages, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	index := readAll(t, filepath.Join(dir, "README.md"))
	link := regexp.MustCompile(`\]\(([^)#:]+)\)`)
	for _, page := range append(pages, filepath.Join("..", "..", "README.md")) {
		if name := filepath.Base(page); name != "README.md" && !strings.Contains(index, "("+name+")") {
			t.Errorf("docs/README.md does not lead to %s", name)
		}
		for _, m := range link.FindAllStringSubmatch(readAll(t, page), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s leads to %s, which is not there", page, m[1])
			}
		}
	}
}

func keysTable(w *words.Set) string {
	var sb strings.Builder
	last := keys.Scope("")
	for _, d := range keys.Table() {
		if d.Scope != last {
			last = d.Scope
			fmt.Fprintf(&sb, "\n### %s\n\n| command | keys | |\n|---|---|---|\n", w.Scope[string(last)])
		}
		parts := make([]string, len(d.Keys))
		for i, k := range d.Keys {
			parts[i] = "`" + strings.ReplaceAll(keys.Show(k, false, w), "|", "\\|") + "`"
		}
		fmt.Fprintf(&sb, "| `%s` | %s | %s |\n", d.ID, strings.Join(parts, " "), w.Command[d.ID].Long)
	}
	return strings.TrimPrefix(sb.String(), "\n")
}

func themesTable() string {
	means := map[string]string{
		"dark": "what `auto` is on a dark background", "light": "what `auto` is on a light background", "neutral": "what `auto` is where the terminal does not tell its background",
		"marianne": "the State's palette: bleu France, rouge Marianne", "high-contrast": "much contrast everywhere", "colour-blind": "blue, yellow and orange instead of green and red",
		"monochrome": "the terminal's own two colours; weight, underline and signs say everything",
	}
	var sb strings.Builder
	sb.WriteString("| theme | backgrounds | least contrast | |\n|---|---|---|---|\n")
	for _, th := range themes.All() {
		var on []string
		for _, v := range []struct {
			name string
			v    *themes.Variant
		}{{"dark", th.Dark}, {"light", th.Light}, {"any", th.Neutral}} {
			if v.v != nil {
				on = append(on, v.name)
			}
		}
		contrast := fmt.Sprintf("%.1f", th.Contrast)
		if th.Name == "monochrome" {
			contrast = "the terminal's"
		}
		fmt.Fprintf(&sb, "| `%s` | %s | %s | %s |\n", th.Name, strings.Join(on, ", "), contrast, means[th.Name])
	}
	return sb.String()
}
