package kubernetes

import (
	"encoding/json"
	"reflect"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"dsotop/internal/platform"
)

// FuzzMapping feeds any JSON to every mapping: none may panic, and no text may leave one that a terminal would obey.
func FuzzMapping(f *testing.F) {
	for _, seed := range []string{
		`{}`, `null`, `{"metadata":{"name":"\u001b]0;x\u0007","namespace":"dwwmxiv7ie85yz11bs5shp8v4--di5tfayrm9eqsgpnd5dcd1n4q","labels":{"dso/project.id":"\u202e"}}}`,
		`{"spec":{"containers":[{"name":"a\nb","resources":{"limits":{"cpu":"1e400"}}}],"initContainers":[{"name":"a\nb","restartPolicy":"Always"}]},"status":{"phase":"\u0000","containerStatuses":[{"name":"zz","imageID":"@@@","state":{"terminated":{"signal":-1}}}],"initContainerStatuses":[{"name":"q"}]}}`,
		`{"spec":{"hard":{"limits.cpu":"16","x\u0007":"3"},"replicas":-4,"instances":-9,"template":{"spec":{"containers":[{"image":"\u001b[2J"}]}}},"status":{"used":{"limits.cpu":"-0.5"},"conditions":[{"type":"ReplicaFailure","status":"True","message":"\u001b[31m"}]}}`,
		`{"involvedObject":{"kind":"Pod\t"},"message":"\ud800","series":{"count":-1},"type":"Warning","count":-3}`,
	} {
		f.Add([]byte(seed))
	}
	all := kinds("mi-prod-1")
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, k := range all {
			list := k.newList()
			item := reflect.New(reflect.ValueOf(list).Elem().FieldByName("Items").Type().Elem()).Interface()
			if json.Unmarshal(data, item) != nil {
				continue
			}
			s := newShelves(nil)
			k.put(s, &feed{k: k}, item.(runtime.Object))
			checkTexts(t, reflect.ValueOf(s.pods.arrange(nouns(s.pods))))
			checkTexts(t, reflect.ValueOf(s.workloads.arrange(nouns(s.workloads))))
			checkTexts(t, reflect.ValueOf(s.events.arrange(nouns(s.events))))
			checkTexts(t, reflect.ValueOf(s.quotas.arrange(nouns(s.quotas))))
			checkTexts(t, reflect.ValueOf(nouns(s.namespaces)))
		}
		var pod corev1.Pod
		if json.Unmarshal(data, &pod) == nil {
			p := podOf("c", &pod)
			if p.Ready > p.Total && len(pod.Status.ContainerStatuses) <= len(pod.Spec.Containers) && len(pod.Status.InitContainerStatuses) <= len(pod.Spec.InitContainers) {
				t.Errorf("%d of %d ready", p.Ready, p.Total)
			}
		}
	})
}

func nouns[T any](t *table[T]) []T {
	var out []T
	for _, m := range t.rows {
		for _, r := range m {
			out = append(out, r.noun)
		}
	}
	return out
}

// checkTexts walks a noun and looks at every text in it.
func checkTexts(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); platform.CleanLine(s) != s {
			t.Errorf("not clean: %q", s)
		}
	case reflect.Slice:
		for i := range v.Len() {
			checkTexts(t, v.Index(i))
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			checkTexts(t, k)
			checkTexts(t, v.MapIndex(k))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				checkTexts(t, v.Field(i))
			}
		}
	}
}
