package argocd

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"dsotop/demo/world"
)

// events writes results one by one: as server-sent events when the client asks for them or the call has no other form, else as
// lines of JSON.
type events struct {
	rw    http.ResponseWriter
	sse   bool
	begun bool
}

func (s *events) begin() {
	if s.begun {
		return
	}
	s.begun = true
	kind := "application/json"
	if s.sse {
		kind = "text/event-stream"
	}
	s.rw.Header().Set("Content-Type", kind)
	s.rw.Header().Set("Cache-Control", "no-cache")
	s.rw.Header().Set("X-Accel-Buffering", "no")
	s.rw.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(s.rw).Flush() // a writer that cannot flush still gets the lines
}

// send reports whether the client still listens.
func (s *events) send(v any) bool {
	s.begin()
	body, err := json.Marshal(v)
	if err != nil {
		return false
	}
	line := string(body) + "\n"
	if s.sse {
		line = "data: " + string(body) + "\n\n"
	}
	return s.write([]byte(line))
}

// write sends results that are written already, and reports whether the client still listens.
func (s *events) write(b []byte) bool {
	s.begin()
	if _, err := s.rw.Write(b); err != nil {
		return false
	}
	return http.NewResponseController(s.rw).Flush() == nil
}

// streamApplications sends every visible application once, unless the client names the version it has listed, and then each
// change of one.
func (f *face) streamApplications(rw http.ResponseWriter, r *http.Request, id who) {
	q, no := newFilter(r)
	if no != nil {
		refuse(rw, no.status, no.code, no.msg)
		return
	}
	fields := r.URL.Query().Get("fields")
	out := &events{rw: rw, sse: true}
	type event struct {
		how world.ChangeType
		app object
	}
	send := func(list []event) bool {
		for _, e := range list {
			if !out.send(prune(object{"result": object{"type": string(e.how), "application": e.app}}, fields)) {
				return false
			}
		}
		return true
	}
	wanted := func(a *world.Application) bool { return f.inZone(a) && id.sees(a) && q.keeps(a) }
	all := func(how world.ChangeType) (list []event, rev uint64) {
		f.w.View(func(st *world.State) {
			rev = f.w.Rev()
			for _, a := range st.Applications {
				if wanted(a) {
					list = append(list, event{how, toApplication(a)})
				}
			}
		})
		return list, rev
	}
	var rev uint64
	if from, err := strconv.ParseUint(r.URL.Query().Get("resourceVersion"), 10, 64); err == nil {
		rev = from
		out.begin()
	} else {
		var list []event
		list, rev = all(world.Added)
		out.begin()
		if !send(list) {
			return
		}
	}
	for {
		if f.w.Wait(r.Context(), rev) != nil {
			return
		}
		changes, ok := f.w.Since(rev)
		if !ok { // too far behind: everything again
			var list []event
			if list, rev = all(world.Modified); !send(list) {
				return
			}
			continue
		}
		var list []event
		last := map[*world.Application]int{} // several changes of one object are told once, as they ended
		f.w.View(func(*world.State) {
			for _, c := range changes {
				rev = c.Rev
				a, isApp := c.Object.(*world.Application)
				if !isApp || !wanted(a) {
					continue
				}
				if i, again := last[a]; again && list[i].how == c.Type {
					list[i].app = toApplication(a)
					continue
				}
				last[a] = len(list)
				list = append(list, event{c.Type, toApplication(a)})
			}
		})
		if !send(list) {
			return
		}
	}
}

// streamTree sends an application's tree, and again whenever something in it may have changed.
func (f *face) streamTree(rw http.ResponseWriter, r *http.Request, id who) {
	out := &events{rw: rw, sse: true}
	read := func() (tree object, ns *world.Namespace, rev uint64, code int) {
		f.w.View(func(st *world.State) {
			rev = f.w.Rev()
			var a *world.Application
			if a, code = f.find(st, r, id); a != nil {
				tree = buildTree(a)
				if a.Environment != nil {
					ns = a.Environment.Namespace
				}
			}
		})
		return
	}
	tree, ns, rev, code := read()
	if tree == nil {
		missing(rw, r, code)
		return
	}
	for {
		if tree == nil || !out.send(object{"result": tree}) {
			return
		}
		for concerned := false; !concerned; {
			if f.w.Wait(r.Context(), rev) != nil {
				return
			}
			changes, ok := f.w.Since(rev)
			concerned = !ok
			for _, c := range changes {
				rev = c.Rev
			}
			f.w.View(func(*world.State) {
				concerned = concerned || slices.ContainsFunc(changes, func(c world.Change) bool { return touches(c, ns, r.PathValue("name")) })
			})
		}
		tree, ns, rev, _ = read()
	}
}

func touches(c world.Change, ns *world.Namespace, app string) bool {
	switch x := c.Object.(type) {
	case *world.Application:
		return x.Name == app
	case *world.Pod:
		return x.Namespace == ns
	case *world.Workload:
		return x.Namespace == ns
	case *world.Namespace:
		return x == ns
	case *world.Quota:
		return ns != nil && x == ns.Quota
	}
	return false
}

func acceptsEvents(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/event-stream")
}
