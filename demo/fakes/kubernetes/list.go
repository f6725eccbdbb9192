package kubernetes

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/internalversion"
	"k8s.io/apimachinery/pkg/apis/meta/internalversion/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"dsotop/demo/world"
)

// chunk is how many objects are made under one read lock.
const chunk = 500

// ask is what a list or watch asks for.
type ask struct {
	internalversion.ListOptions
	version uint64 // of ResourceVersion; 0 when absent or "0"
	start   cursor // of Continue
	object  metav1.IncludeObjectPolicy
}

// cursor is the content of a continue token.
type cursor struct {
	Version   uint64 `json:"rv"`
	Namespace string `json:"ns"`
	Name      string `json:"name"`
}

func (s *Server) parseAsk(r *http.Request, t target) (*ask, *apierrors.StatusError) {
	q := r.URL.Query()
	a := &ask{object: metav1.IncludeObjectPolicy(q.Get("includeObject"))}
	a.ResourceVersion, a.Continue, a.Watch = q.Get("resourceVersion"), q.Get("continue"), isTrue(q.Get("watch"))
	a.ResourceVersionMatch = metav1.ResourceVersionMatch(q.Get("resourceVersionMatch"))
	a.AllowWatchBookmarks = isTrue(q.Get("allowWatchBookmarks"))
	if q.Has("sendInitialEvents") {
		v := isTrue(q.Get("sendInitialEvents"))
		a.SendInitialEvents = &v
	}
	var err error
	if text := q.Get("limit"); text != "" {
		if a.Limit, err = strconv.ParseInt(text, 10, 64); err != nil || a.Limit < 0 {
			return nil, apierrors.NewBadRequest("limit must be a positive number")
		}
	}
	if text := q.Get("timeoutSeconds"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, apierrors.NewBadRequest("timeoutSeconds must be a number")
		}
		a.TimeoutSeconds = &n
	}
	if a.LabelSelector, err = labels.Parse(q.Get("labelSelector")); err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	if a.FieldSelector, err = fields.ParseSelector(q.Get("fieldSelector")); err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	if errs := validation.ValidateListOptions(&a.ListOptions, !s.opts.NoStreamingLists); len(errs) > 0 {
		return nil, apierrors.NewInvalid(schema.GroupKind{Group: metav1.GroupName, Kind: "ListOptions"}, "", errs)
	}
	if a.ResourceVersion != "" {
		if a.version, err = strconv.ParseUint(a.ResourceVersion, 10, 64); err != nil {
			return nil, apierrors.NewBadRequest("invalid resource version: resourceVersion: Invalid value: \"" + a.ResourceVersion + "\": " + err.Error())
		}
	}
	if have := s.world.Rev(); a.version > have {
		return nil, tooLargeVersion(a.version, have)
	}
	if a.Continue != "" {
		raw, err := base64.RawURLEncoding.DecodeString(a.Continue)
		if err == nil {
			err = json.Unmarshal(raw, &a.start)
		}
		if err != nil {
			return nil, apierrors.NewBadRequest("invalid continue token: continue key is not valid: " + err.Error())
		}
		if _, ok := s.world.Since(a.start.Version); !ok {
			return nil, apierrors.NewResourceExpired("The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.")
		}
	}
	return a, nil
}

// selects reports whether a selector chooses among objects at all.
func (a *ask) selects() bool { return !a.LabelSelector.Empty() || !a.FieldSelector.Empty() }

// checkFields refuses fields that the kind has no index for, as the real server does.
func (a *ask) checkFields(k *resourceKind) *apierrors.StatusError {
	known := fields.Set{"metadata.name": "", "metadata.namespace": ""}
	if k.fields != nil && k.example != nil {
		for name := range k.fields(k.example) {
			known[name] = ""
		}
	}
	for _, req := range a.FieldSelector.Requirements() {
		if _, ok := known[req.Field]; !ok {
			return apierrors.NewBadRequest("field label not supported: " + req.Field)
		}
	}
	return nil
}

func (a *ask) matches(k *resourceKind, o object) bool {
	if !a.LabelSelector.Empty() && !a.LabelSelector.Matches(labels.Set(o.GetLabels())) {
		return false
	}
	if a.FieldSelector.Empty() {
		return true
	}
	set := fields.Set{}
	if k.fields != nil {
		set = k.fields(o)
	}
	set["metadata.name"], set["metadata.namespace"] = o.GetName(), o.GetNamespace()
	return a.FieldSelector.Matches(set)
}

// page makes the objects after a cursor, at most max (0: no limit) of those that match, and says where to go on. It holds the read
// lock for one chunk at a time and calls each with objects in order.
func (s *Server) page(k *resourceKind, only string, a *ask, from cursor, max int64, each func(object)) (next cursor, more bool) {
	next = from
	for found := int64(0); ; {
		want := chunk
		if max > 0 && max-found < chunk {
			want = int(max - found)
		}
		var made []object
		s.world.View(func(st *world.State) {
			var list []entry
			list, more = s.collect(st, k, only, next.Namespace, next.Name, want)
			for _, e := range list {
				next.Namespace, next.Name = e.namespace, e.name
				if o := e.build(); a.matches(k, o) {
					made = append(made, o)
				}
			}
		})
		for _, o := range made {
			each(o)
		}
		found += int64(len(made))
		if !more || (max > 0 && found >= max) {
			return next, more
		}
	}
}

func (s *Server) format(w http.ResponseWriter, r *http.Request, k *resourceKind) (format, bool) {
	f, ok := negotiate(r.Header.Get("Accept"), k.example != nil)
	if !ok {
		s.fail(w, notAcceptable())
	}
	return f, ok
}

func (s *Server) serveList(w http.ResponseWriter, r *http.Request, k *resourceKind, t target) {
	f, ok := s.format(w, r, k)
	if !ok {
		return
	}
	a, fault := s.parseAsk(r, t)
	if fault == nil {
		fault = a.checkFields(k)
	}
	if fault != nil {
		s.fail(w, fault)
		return
	}
	from := a.start
	if from.Version == 0 {
		from.Version = s.world.Rev()
	}
	meta := metav1.ListMeta{ResourceVersion: strconv.FormatUint(from.Version, 10)}
	if a.Limit == 0 && !f.table {
		l := newListWriter(w, f, k, meta)
		s.page(k, t.namespace, a, from, 0, l.add)
		l.close()
		return
	}
	var items []object
	next, more := s.page(k, t.namespace, a, from, a.Limit, func(o object) { items = append(items, o) })
	if more {
		raw, _ := json.Marshal(next)
		meta.Continue = base64.RawURLEncoding.EncodeToString(raw)
	}
	if f.table {
		writeJSON(w, http.StatusOK, s.table(k, meta, a.object, items...))
		return
	}
	l := newListWriter(w, f, k, meta)
	for _, o := range items {
		l.add(o)
	}
	l.close()
}

func (s *Server) serveGet(w http.ResponseWriter, r *http.Request, k *resourceKind, t target) {
	f, ok := s.format(w, r, k)
	if !ok {
		return
	}
	var found object
	s.world.View(func(st *world.State) {
		var list []entry
		if !k.namespaced {
			list = k.list(st, nil)
		} else if ns := st.NamespaceOf[s.opts.Cluster+"/"+t.namespace]; ns != nil {
			list = k.list(st, ns)
		}
		for _, e := range list {
			if e.name == t.name {
				found = e.build()
				return
			}
		}
	})
	if found == nil {
		s.fail(w, apierrors.NewNotFound(schema.GroupResource{Group: t.group, Resource: t.res}, t.name))
		return
	}
	if f.table {
		writeJSON(w, http.StatusOK, s.table(k, metav1.ListMeta{ResourceVersion: found.GetResourceVersion()}, metav1.IncludeObjectPolicy(r.URL.Query().Get("includeObject")), found))
		return
	}
	body, err := f.encodeOne(f.shape(k, found))
	if err != nil {
		s.fail(w, apierrors.NewInternalError(err))
		return
	}
	w.Header().Set("Content-Type", f.mediaType())
	_, _ = w.Write(body)
}
