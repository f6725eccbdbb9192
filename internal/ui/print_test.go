package ui_test

import (
	"strings"
	"testing"
	"time"

	"dsotop/internal/ui"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/uitest"
)

// A page is printed as its screen, without colours, header and footer; what does not exist is refused with what does.
func TestPrint(t *testing.T) {
	b := uitest.NewBackend(7)
	o := ui.Options{Backend: b, Lang: "en", Width: 120, Height: 60, Environ: []string{"LC_ALL=C.UTF-8"}}
	lines, err := ui.Print(t.Context(), o, ui.Printed{Ref: intent.Ref{Kind: page.GitOps}, Filter: "guichet", Wait: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(lines, "\n")
	if !strings.Contains(text, "APPLICATION") || !strings.Contains(text, "guichet") || strings.Contains(text, "vigibat") || strings.ContainsRune(text, 27) || strings.Contains(text, "\n\n\n") {
		t.Errorf("printed:\n%s", text)
	}
	if _, err := ui.Print(t.Context(), o, ui.Printed{Ref: intent.Ref{Kind: "gitopps"}}); err == nil || !strings.Contains(err.Error(), "gitops") {
		t.Error(err)
	}
}
