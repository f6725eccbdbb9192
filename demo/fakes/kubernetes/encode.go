package kubernetes

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

const (
	mediaJSON  = "application/json"
	mediaProto = "application/vnd.kubernetes.protobuf"
)

// format is what a client accepts: an encoding, and whole objects, metadata only, or rows of a table.
type format struct {
	proto   bool
	partial bool
	table   bool
}

// negotiate takes the first media type of an Accept header that can be served.
func negotiate(accept string, protoPossible bool) (format, bool) {
	if accept == "" {
		return format{}, true
	}
	for _, part := range strings.Split(accept, ",") {
		media, rest, _ := strings.Cut(strings.TrimSpace(part), ";")
		params := map[string]string{}
		for _, p := range strings.Split(rest, ";") {
			k, v, _ := strings.Cut(strings.TrimSpace(p), "=")
			params[k] = v
		}
		media = strings.TrimSpace(media)
		isProto := media == mediaProto && protoPossible && params["as"] == ""
		if !isProto && media != mediaJSON && media != "*/*" && media != "application/*" {
			continue
		}
		switch as := params["as"]; {
		case as == "":
			return format{proto: isProto}, true
		case as == "Table" && params["g"] == metav1.GroupName && params["v"] == "v1":
			return format{table: true}, true
		case (as == "PartialObjectMetadata" || as == "PartialObjectMetadataList") && params["g"] == metav1.GroupName && params["v"] == "v1":
			return format{partial: true}, true
		}
	}
	return format{}, false
}

func (f format) mediaType() string {
	if f.proto {
		return mediaProto
	}
	return mediaJSON
}

// protoObject is what the generated API types can do.
type protoObject interface{ Marshal() ([]byte, error) }

// shape makes of an object what the format asks: itself or its metadata.
func (f format) shape(k *resourceKind, o object) object {
	if f.partial {
		return partial(o)
	}
	o.GetObjectKind().SetGroupVersionKind(k.gvk())
	return o
}

func partial(o object) *metav1.PartialObjectMetadata {
	p := &metav1.PartialObjectMetadata{TypeMeta: metav1.TypeMeta{Kind: "PartialObjectMetadata", APIVersion: "meta.k8s.io/v1"}}
	p.Name, p.GenerateName, p.Namespace, p.UID, p.ResourceVersion = o.GetName(), o.GetGenerateName(), o.GetNamespace(), o.GetUID(), o.GetResourceVersion()
	p.Labels, p.Annotations, p.OwnerReferences, p.CreationTimestamp, p.Generation = o.GetLabels(), o.GetAnnotations(), o.GetOwnerReferences(), o.GetCreationTimestamp(), o.GetGeneration()
	return p
}

// encodeOne writes an object on its own, kind and version included.
func (f format) encodeOne(o object) ([]byte, error) {
	if !f.proto {
		return json.Marshal(o)
	}
	raw, err := marshalProto(o)
	if err != nil {
		return nil, err
	}
	gvk := o.GetObjectKind().GroupVersionKind()
	return envelope(gvk.GroupVersion().String(), gvk.Kind, raw)
}

func marshalProto(o object) ([]byte, error) {
	p, ok := o.(protoObject)
	if !ok {
		return nil, fmt.Errorf("%T has no protobuf form", o)
	}
	return p.Marshal()
}

// envelope wraps a message as apiservers do: four magic bytes and an Unknown that names the type.
func envelope(apiVersion, kind string, raw []byte) ([]byte, error) {
	u := runtime.Unknown{TypeMeta: runtime.TypeMeta{APIVersion: apiVersion, Kind: kind}, Raw: raw}
	body, err := u.Marshal()
	if err != nil {
		return nil, err
	}
	return append(protoMagic(), body...), nil
}

// protoMagic starts every protobuf message of the API.
func protoMagic() []byte { return []byte{'k', '8', 's', 0} }

func appendField(dst []byte, field byte, msg []byte) []byte {
	dst = append(dst, field<<3|2)
	dst = binary.AppendUvarint(dst, uint64(len(msg)))
	return append(dst, msg...)
}

// listWriter writes a list while its items are made.
type listWriter struct {
	w     io.Writer
	f     format
	k     *resourceKind
	first bool
	proto []byte // every list type of the API has its metadata in field 1 and its items in field 2
	err   error
}

func newListWriter(w http.ResponseWriter, f format, k *resourceKind, meta metav1.ListMeta) *listWriter {
	w.Header().Set("Content-Type", f.mediaType())
	l := &listWriter{w: w, f: f, k: k, first: true}
	if f.proto {
		raw, err := meta.Marshal()
		l.proto, l.err = appendField(nil, 1, raw), err
		return l
	}
	kind, apiVersion := k.kind+"List", k.gvk().GroupVersion().String()
	if f.partial {
		kind, apiVersion = "PartialObjectMetadataList", "meta.k8s.io/v1"
	}
	head, err := json.Marshal(struct {
		Kind       string          `json:"kind"`
		APIVersion string          `json:"apiVersion"`
		Metadata   metav1.ListMeta `json:"metadata"`
	}{kind, apiVersion, meta})
	if err == nil {
		_, err = w.Write(append(head[:len(head)-1], `,"items":[`...))
	}
	l.err = err
	return l
}

func (l *listWriter) add(o object) {
	if l.err != nil {
		return
	}
	var raw []byte
	if l.f.proto {
		if raw, l.err = marshalProto(o); l.err == nil {
			l.proto = appendField(l.proto, 2, raw)
		}
		return
	}
	if l.f.partial {
		o = partial(o)
	}
	if raw, l.err = json.Marshal(o); l.err != nil {
		return
	}
	if !l.first {
		raw = append([]byte{','}, raw...)
	}
	l.first = false
	_, l.err = l.w.Write(raw)
}

func (l *listWriter) close() {
	if l.err != nil {
		return
	}
	if !l.f.proto {
		_, l.err = io.WriteString(l.w, "]}\n")
		return
	}
	body, err := envelope(l.k.gvk().GroupVersion().String(), l.k.kind+"List", l.proto)
	if err == nil {
		_, err = l.w.Write(body)
	}
	l.err = err
}

// frame encodes one event of a watch.
func (f format) frame(typ string, object []byte) ([]byte, error) {
	if !f.proto {
		return fmt.Appendf(nil, "{\"type\":%q,\"object\":%s}\n", typ, object), nil
	}
	ev := metav1.WatchEvent{Type: typ, Object: runtime.RawExtension{Raw: object}}
	body, err := ev.Marshal()
	if err != nil {
		return nil, err
	}
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...), nil
}
