package lab

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"dsotop/demo/fakes/tenant"
	"dsotop/demo/world"
)

// lokiSeed pushes the lines of the world into Loki, with the labels that the platform's collector gives them.
type lokiSeed struct {
	world *world.World
	api   *rest
	last  time.Time // up to here all is pushed
}

// origin is what one container name of a namespace writes.
type origin struct {
	namespace *world.Namespace
	container string
	tenant    string
	labels    map[string]string // without the stream
}

// origins lists all containers that write, in the world's order.
func origins(w *world.World) (out []origin) {
	w.View(func(st *world.State) {
		for _, c := range st.Clusters {
			for _, ns := range c.Namespaces {
				var seen []string
				for _, x := range ns.Workloads {
					for _, spec := range x.Containers {
						if slices.Contains(seen, spec.Name) {
							continue
						}
						seen = append(seen, spec.Name)
						id := tenant.Of(st, ns)
						out = append(out, origin{ns, spec.Name, id, map[string]string{
							"cluster": c.Label, "namespace": ns.Name, "tenant": id, "container": spec.Name, "job": ns.Name + "/" + spec.Name}})
					}
				}
			}
		}
	})
	return out
}

type lokiStream struct {
	Stream map[string]string `json:"stream"`
	Values [][]any           `json:"values"` // time, text, structured metadata where there is some
}

// batch is how many bytes of lines go into one push, about: a Loki takes four megabytes.
const batch = 2 << 20

// feed pushes what was written since the last time, until now.
func (s *lokiSeed) feed(ctx context.Context, now time.Time) error {
	if !now.After(s.last) {
		return nil
	}
	perTenant := map[string][]lokiStream{}
	size := map[string]int{}
	// flush pushes what a tenant has so far, with the streams that are being filled.
	flush := func(id string, streams map[string]*lokiStream) error {
		for _, x := range streams {
			perTenant[id] = append(perTenant[id], *x)
		}
		clear(streams)
		err := s.push(ctx, id, perTenant[id])
		delete(perTenant, id)
		delete(size, id)
		return err
	}
	for _, o := range origins(s.world) {
		streams := map[string]*lokiStream{}
		for _, l := range s.world.LogLines(o.namespace, o.container, s.last, now, 0, false) {
			x := streams[l.Stream]
			if x == nil {
				labels := map[string]string{"stream": l.Stream}
				for k, v := range o.labels {
					labels[k] = v
				}
				x = &lokiStream{Stream: labels}
				streams[l.Stream] = x
			}
			value := []any{strconv.FormatInt(l.At.UnixNano(), 10), l.Text}
			if id := traceOf(l.Text); id != "" {
				value = append(value, map[string]string{"trace_id": id})
			}
			x.Values = append(x.Values, value)
			if size[o.tenant] += len(l.Text) + 100; size[o.tenant] > batch {
				if err := flush(o.tenant, streams); err != nil {
					return err
				}
			}
		}
		for _, x := range streams {
			perTenant[o.tenant] = append(perTenant[o.tenant], *x)
		}
	}
	for id, streams := range perTenant {
		if err := s.push(ctx, id, streams); err != nil {
			return err // what was pushed already is the same when it is pushed again
		}
	}
	s.last = now
	return nil
}

// traceOf is the trace that a line of GELF names: what the collector of those containers takes out of the text.
func traceOf(text string) string {
	_, after, ok := strings.Cut(text, `"_trace_id":"`)
	if !ok {
		return ""
	}
	id, _, _ := strings.Cut(after, `"`)
	return id
}

func (s *lokiSeed) push(ctx context.Context, id string, streams []lokiStream) error {
	body, err := json.Marshal(map[string]any{"streams": streams})
	if err != nil {
		return err
	}
	return s.api.do(ctx, http.MethodPost, "/loki/api/v1/push", body, nil, tenant.Header, id)
}
