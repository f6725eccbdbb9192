package kubernetes

import (
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/duration"
)

// table shows objects as the rows that the server prints for kubectl.
func (s *Server) table(k *resourceKind, meta metav1.ListMeta, include metav1.IncludeObjectPolicy, items ...object) *metav1.Table {
	t := &metav1.Table{TypeMeta: metav1.TypeMeta{Kind: "Table", APIVersion: "meta.k8s.io/v1"}, ListMeta: meta, ColumnDefinitions: k.columns, Rows: make([]metav1.TableRow, len(items))}
	for i, o := range items {
		row := metav1.TableRow{Cells: k.row(o)}
		switch include {
		case metav1.IncludeNone:
		case metav1.IncludeObject:
			o.GetObjectKind().SetGroupVersionKind(k.gvk())
			row.Object = runtime.RawExtension{Object: o}
		default:
			row.Object = runtime.RawExtension{Object: partial(o)}
		}
		t.Rows[i] = row
	}
	return t
}

func lower(s string) string { return strings.ToLower(s) }

const none = "<none>"

func orNone(s string) string {
	if s == "" {
		return none
	}
	return s
}

func (s *Server) age(t metav1.Time) string {
	if t.IsZero() {
		return "<unknown>"
	}
	return s.since(t.Time)
}

func (s *Server) since(t time.Time) string { return duration.HumanDuration(s.world.Now().Sub(t)) }
