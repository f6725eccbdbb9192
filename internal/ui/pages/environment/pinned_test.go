package environment_test

import (
	"testing"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/store"
	"dsotop/internal/ui/uitest"
)

// At a pinned instant the page says what was deployed then, lists the events of until then, and says what it shows of now.
func TestPinnedInstant(t *testing.T) {
	b := uitest.NewBackend(7)
	x, ok := b.View().Environment("agendaprefs", "prod")
	if !ok {
		t.Fatal("no environment")
	}
	ns, now := x.Namespace, uitest.Noon()
	b.Store.Apply(func(tx *store.Tx) {
		store.Events.Put(tx, "kubernetes/mi-prod-1", ns, []platform.Event{
			{Namespace: ns, Kind: "Pod", Name: "web-0", Type: "Warning", Reason: "Failed", Message: "Failed to pull image", Count: 12, First: now.Add(-2 * time.Minute), Last: now.Add(-time.Minute)},
			{Namespace: ns, Kind: "Pod", Name: "web-1", Type: "Normal", Reason: "Started", Message: "Started container web", Count: 1, First: now.Add(-3 * time.Hour), Last: now.Add(-3 * time.Hour)},
		})
	})
	s := uitest.Open(t, b, "fr", 120, 40)
	s.Press(":")
	s.Type(ns)
	s.Press("enter", "tab")
	s.Shows("Failed to pull image", "Started container web")
	s.Press("T", "end", "enter")
	s.Type("-5 min")
	s.Press("enter")
	s.Shows("Tel qu'à l'instant choisi", "était en place", "sont de maintenant", "Started container web")
	s.Hides("Failed to pull image")
	s.Press("T", "end", "enter")
	s.Type("-400d")
	s.Press("enter")
	s.Shows("rien n'était encore en place")
	s.Press("T", "enter")
	s.Shows("Failed to pull image")
	s.Hides("Tel qu'à l'instant choisi")
}
