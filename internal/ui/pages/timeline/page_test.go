package timeline_test

import (
	"testing"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/store"
	axis "dsotop/internal/timeline"
	"dsotop/internal/ui/uitest"
	"dsotop/internal/ui/words"
)

const kube = "kubernetes/mi-prod-1"

// story is the fixture with events in the production of agendaprefs; opened on its project's timeline.
func story(t *testing.T, lang string, w, h int) (b *uitest.Backend, s *uitest.Session, ns string) {
	t.Helper()
	b = uitest.NewBackend(7)
	x, ok := b.View().Environment("agendaprefs", "prod")
	if !ok {
		t.Fatal("no environment")
	}
	ns, now := x.Namespace, uitest.Noon()
	bad := x.Pods[len(x.Pods)-1].Name
	b.Store.Apply(func(tx *store.Tx) {
		store.Events.Put(tx, kube, ns, []platform.Event{
			{Namespace: ns, Kind: "Pod", Name: bad, Type: "Warning", Reason: "Failed", Message: "Failed to pull image: manifest unknown", Count: 12, First: now.Add(-4 * time.Minute), Last: now.Add(-time.Minute)},
			{Namespace: ns, Kind: "ReplicaSet", Name: "api-5c", Type: "Warning", Reason: "FailedCreate", Message: "exceeded quota: dso-quota", Count: 3, Last: now.Add(-9 * time.Minute)},
		})
	})
	s = uitest.Open(t, b, lang, w, h)
	s.Press("/")
	s.Type("agendaprefs")
	s.Press("enter", "t")
	return b, s, ns
}

func TestGoldenScreens(t *testing.T) {
	for _, c := range []struct {
		name, lang string
		w, h       int
		keys       []string
	}{
		{"fr-80x24", "fr", 80, 24, nil},
		{"fr-120x40", "fr", 120, 40, nil},
		{"fr-200x60", "fr", 200, 60, nil},
		{"en-120x40", "en", 120, 40, []string{"j", "j"}},
		{"kinds-fr-80x24", "fr", 80, 24, []string{"K"}},
		{"changes-fr-120x40", "fr", 120, 40, []string{"K", "j", "enter"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, s, _ := story(t, c.lang, c.w, c.h)
			s.Press(c.keys...)
			s.Exact(c.w, c.h)
			s.Golden(c.name)
		})
	}
}

// Each kind and code that an entry can have has its words.
func TestWords(t *testing.T) {
	for _, w := range words.All() {
		for _, k := range axis.Kinds() {
			if w.Timeline.KindName[string(k)] == "" {
				t.Errorf("%s: no name for the kind %s", w.Tag, k)
			}
		}
		for _, c := range axis.Codes() {
			if w.Timeline.Code[c] == "" && c != axis.CodeHappened && c != axis.CodeBroke {
				t.Errorf("%s: no words for %s", w.Tag, c)
			}
		}
		for _, f := range append(axis.Unread(&platform.Dossier{}, ""), axis.Unread(&platform.Dossier{Environments: []platform.EnvironmentFacts{{Namespace: "ns"}}}, "ns")...) {
			if w.Timeline.Family[string(f)] == "" {
				t.Errorf("%s: no words for %s", w.Tag, f)
			}
		}
	}
}

func TestKindsFilterAndUndo(t *testing.T) {
	_, s, _ := story(t, "fr", 120, 40)
	s.Shows("manifest unknown", "constat")
	s.Press("K", "j", "enter")
	s.Shows("les changements seulement")
	s.Hides("manifest unknown")
	s.Press("esc")
	s.Shows("manifest unknown")
	s.Press("/")
	s.Type("quota")
	s.Press("enter")
	s.Shows("exceeded quota")
	s.Press("esc", "esc")
	s.Shows("Parc", "PROJET")
}

func TestPinAndLogs(t *testing.T) {
	_, s, _ := story(t, "fr", 120, 40)
	s.Press("/")
	s.Type("quota")
	s.Press("enter", "enter")
	s.Shows("épingler cet instant", "journaux à cet instant", "ouvrir l'environnement")
	s.Press("G", "enter")
	s.Shows("instant épinglé")
}

// The timeline of one namespace leaves out what concerns the others, and keeps what concerns the whole project.
func TestNamespace(t *testing.T) {
	b, s, ns := story(t, "fr", 120, 40)
	s.Press("esc", ":")
	s.Type(ns)
	s.Press("enter", "t")
	s.Shows("agendaprefs", "prod", "Chronologie", "manifest unknown")
	b.Store.Apply(func(tx *store.Tx) { store.Events.Put(tx, kube, ns, nil) })
	s.Bell()
	s.Hides("manifest unknown")
}

// What could not be read is named: on an axis its absence would look like calm.
func TestUnread(t *testing.T) {
	b, _, _ := story(t, "fr", 120, 40)
	b.Store.Apply(func(tx *store.Tx) {
		for _, row := range b.View().Projects {
			store.Gates.Drop(tx, "sonarqube", row.Dossier.Project.ID)
		}
	})
	s := uitest.Open(t, b, "fr", 120, 40)
	s.Press("t")
	s.Shows("non lu, donc absent d'ici", "qualité")
}
