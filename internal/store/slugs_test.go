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
