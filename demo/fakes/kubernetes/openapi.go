package kubernetes

import (
	"net/http"
	"reflect"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// serveOpenAPI answers /openapi/v3 and /openapi/v3/<group version>. The documents are derived from the Go types and hold what
// "kubectl explain" needs; the older v2 document is not served, as discovery clients no longer need it for reading.
func (s *Server) serveOpenAPI(w http.ResponseWriter, path string) {
	roots := map[string]string{} // path below /openapi/v3 → group version
	for _, gv := range s.groupVersions() {
		root := "apis/" + gv
		if gv == "v1" {
			root = "api/v1"
		}
		roots[root] = gv
	}
	rest := strings.Trim(strings.TrimPrefix(path, "/openapi/v3"), "/")
	if !strings.HasPrefix(path, "/openapi/v3") {
		http.Error(w, "404 page not found", http.StatusNotFound)
		return
	}
	if rest == "" {
		type link struct {
			URL string `json:"serverRelativeURL"`
		}
		paths := map[string]link{}
		for root := range roots {
			paths[root] = link{"/openapi/v3/" + root + "?hash=" + strings.ToUpper(strings.ReplaceAll(stableUID(root), "-", ""))}
		}
		writeJSON(w, http.StatusOK, map[string]any{"paths": paths})
		return
	}
	gv, ok := roots[rest]
	if !ok {
		http.Error(w, "404 page not found", http.StatusNotFound)
		return
	}
	doc, ok := s.docs.Load(gv)
	if !ok {
		doc, _ = s.docs.LoadOrStore(gv, s.openAPI(rest, gv))
	}
	writeJSON(w, http.StatusOK, doc)
}

type node = map[string]any

func (s *Server) openAPI(root, gv string) node {
	schemas, paths := node{}, node{}
	b := &schemaBuilder{schemas: schemas}
	for _, k := range s.kinds {
		if k.gvk().GroupVersion().String() != gv || k.example == nil {
			continue
		}
		gvk := node{"group": k.group, "version": k.version, "kind": k.kind}
		name := b.ref(reflect.TypeOf(k.example).Elem())
		if schema, ok := schemas[name].(node); ok {
			schema["x-kubernetes-group-version-kind"] = []any{gvk}
		}
		content := node{"application/json": node{"schema": node{"$ref": "#/components/schemas/" + name}}}
		one := node{"get": node{"x-kubernetes-action": "get", "x-kubernetes-group-version-kind": gvk, "operationId": "read" + k.kind,
			"responses": node{"200": node{"description": "OK", "content": content}}}}
		prefix := "/" + root + "/"
		if k.namespaced {
			prefix += "namespaces/{namespace}/"
		}
		paths[prefix+k.name+"/{name}"] = one
	}
	return node{"openapi": "3.0.0", "info": node{"title": "Kubernetes", "version": "unversioned"}, "paths": paths, "components": node{"schemas": schemas}}
}

// schemaBuilder derives schemas from the Go types of the API and their own documentation.
type schemaBuilder struct{ schemas node }

func schemaName(t reflect.Type) string {
	return "io." + strings.NewReplacer("k8s.io/", "k8s.", "/", ".").Replace(t.PkgPath()) + "." + t.Name()
}

func (b *schemaBuilder) ref(t reflect.Type) string {
	name := schemaName(t)
	if _, done := b.schemas[name]; done {
		return name
	}
	props := node{}
	schema := node{"type": "object", "properties": props}
	b.schemas[name] = schema
	docs := map[string]string{}
	if d, ok := reflect.New(t).Interface().(interface{ SwaggerDoc() map[string]string }); ok {
		docs = d.SwaggerDoc()
	}
	schema["description"] = docs[""]
	b.fields(t, docs, props)
	return name
}

func (b *schemaBuilder) fields(t reflect.Type, docs map[string]string, props node) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Type == reflect.TypeFor[metav1.TypeMeta]():
			props["apiVersion"], props["kind"] = node{"type": "string"}, node{"type": "string"}
		case name == "" && strings.Contains(opts, "inline") && f.Type.Kind() == reflect.Struct:
			inner := docs
			if d, ok := reflect.New(f.Type).Interface().(interface{ SwaggerDoc() map[string]string }); ok {
				inner = d.SwaggerDoc()
			}
			b.fields(f.Type, inner, props)
		case name != "" && name != "-":
			p := b.schema(f.Type)
			p["description"] = docs[name]
			props[name] = p
		}
	}
}

func (b *schemaBuilder) schema(t reflect.Type) node {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[metav1.Time](), reflect.TypeFor[metav1.MicroTime](), reflect.TypeFor[time.Time]():
		return node{"type": "string", "format": "date-time"}
	case reflect.TypeFor[resource.Quantity]():
		return node{"type": "string"}
	case reflect.TypeFor[intstr.IntOrString]():
		return node{"type": "string", "format": "int-or-string"}
	case reflect.TypeFor[metav1.FieldsV1]():
		return node{"type": "object"}
	}
	switch t.Kind() {
	case reflect.String:
		return node{"type": "string"}
	case reflect.Bool:
		return node{"type": "boolean"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint32, reflect.Uint64:
		return node{"type": "integer"}
	case reflect.Float32, reflect.Float64:
		return node{"type": "number"}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return node{"type": "string", "format": "byte"}
		}
		return node{"type": "array", "items": b.schema(t.Elem())}
	case reflect.Map:
		return node{"type": "object", "additionalProperties": b.schema(t.Elem())}
	case reflect.Struct:
		if t.PkgPath() == "" {
			return node{"type": "object"}
		}
		return node{"allOf": []any{node{"$ref": "#/components/schemas/" + b.ref(t)}}}
	}
	return node{"type": "object"}
}
