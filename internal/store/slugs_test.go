package store

import (
	"testing"

	"dsotop/internal/platform"
)

func TestSlugs(t *testing.T) {
	before := SlugsOf(New(nil).Current())
	if scope, ok := before.Of("guichet"); !ok || scope != "slug:guichet" || before.Known() {
		t.Errorf("before the console: %q, %v", scope, ok)
	}
	if slug, ok := before.Slug("slug:guichet"); !ok || slug != "guichet" {
		t.Errorf("back: %q, %v", slug, ok)
	}
	s := New(nil)
	s.Apply(func(tx *Tx) {
		Projects.Put(tx, "console", "1", []platform.Project{{ID: "1", Slug: "guichet"}})
		Projects.Put(tx, "console", "2", []platform.Project{{ID: "2", Slug: "vieux_1700000000000_archived"}})
	})
	after := SlugsOf(s.Current())
	if scope, ok := after.Of("guichet"); !ok || scope != "1" || !after.Holds("1") || after.Equal(before) {
		t.Errorf("after: %q, %v", scope, ok)
	}
	for _, slug := range []string{"inconnu", "vieux_1700000000000_archived"} {
		if scope, ok := after.Of(slug); ok {
			t.Errorf("%s has the scope %q", slug, scope)
		}
	}
}

// The translation is made once for all snapshots between two changes of projects.
func TestSlugsAreKept(t *testing.T) {
	st := New(nil)
	put := func(id, slug string) {
		st.Apply(func(tx *Tx) { Projects.Put(tx, "console", id, []platform.Project{{ID: id, Slug: slug}}) })
	}
	put("1", "a")
	first := SlugsOf(st.Current())
	st.Apply(func(tx *Tx) { Pods.Put(tx, "kubernetes/x", "ns", []platform.Pod{{Name: "p"}}) })
	second := SlugsOf(st.Current())
	if !first.Equal(second) || second.memo != first.memo {
		t.Error("a pod made the translation anew")
	}
	put("1", "b")
	third := SlugsOf(st.Current())
	if slug, ok := third.Slug("1"); slug != "b" || !ok || third.Equal(first) {
		t.Errorf("after a change: %q, %v", slug, ok)
	}
	if slug, ok := first.Slug("1"); slug != "a" || !ok {
		t.Errorf("an old snapshot says %q, %v", slug, ok)
	}
	if s := SlugsOf(nil); s.Known() || !s.Equal(Slugs{}) {
		t.Errorf("nothing known: %+v", s)
	}
}
