package kubernetes

import (
	"reflect"
	"testing"

	"k8s.io/apimachinery/pkg/runtime"

	"dsotop/internal/platform/hostile"
)

// FuzzHostile puts one text into every field of every object: nothing of it may leave a mapping as a terminal would obey it.
func FuzzHostile(f *testing.F) {
	for _, text := range hostile.Texts() {
		f.Add(text)
	}
	all := kinds("mi-prod-1")
	f.Fuzz(func(t *testing.T, text string) {
		for _, plain := range []map[string]string{
			nil,
			{"Kind": "Pod", "Type": "Warning"},
			{"Kind": "ReplicaSet", "Type": "PodScheduled", "Status": "False"},
			{"Kind": "Job", "Type": "Failed", "Status": "True"},
			{"Type": "ReplicaFailure", "Status": "True"},
			{"Namespace": "dwwmxiv7ie85yz11bs5shp8v4--di5tfayrm9eqsgpnd5dcd1n4q", "Name": "dwwmxiv7ie85yz11bs5shp8v4--di5tfayrm9eqsgpnd5dcd1n4q", "UID": "u"},
		} {
			for _, k := range all {
				item := reflect.New(reflect.ValueOf(k.newList()).Elem().FieldByName("Items").Type().Elem()).Interface()
				hostile.Fill(item, text, plain)
				s := newShelves(nil)
				k.put(s, &feed{k: k}, item.(runtime.Object))
				for _, nouns := range []any{
					s.pods.arrange(nouns(s.pods)), s.workloads.arrange(nouns(s.workloads)), s.events.arrange(nouns(s.events)), s.quotas.arrange(nouns(s.quotas)), nouns(s.namespaces),
				} {
					for _, where := range hostile.Dirty(nouns) {
						t.Error(where)
					}
				}
			}
		}
	})
}
