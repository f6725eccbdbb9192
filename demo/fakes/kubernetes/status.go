package kubernetes

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

func writeText(w http.ResponseWriter, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(text))
}

func writeJSON(w http.ResponseWriter, code int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write(append(body, '\n'))
}

// fail answers with the Status object of an error.
func (s *Server) fail(w http.ResponseWriter, err apierrors.APIStatus) {
	st := err.Status()
	st.TypeMeta = metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}
	if st.Code == http.StatusTooManyRequests && st.Details != nil && st.Details.RetryAfterSeconds > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(st.Details.RetryAfterSeconds)))
	}
	writeJSON(w, int(st.Code), st)
}

// anonymous refuses a request without a credential: a server takes it for one of the user system:anonymous.
func (s *Server) anonymous(w http.ResponseWriter, r *http.Request, path string) {
	verb := map[string]string{http.MethodPost: "create", http.MethodPut: "update", http.MethodPatch: "patch", http.MethodDelete: "delete"}[r.Method]
	t, ok := parseTarget(path)
	if !ok {
		reason := fmt.Errorf("User \"system:anonymous\" cannot %s path %q", strings.ToLower(r.Method), path) //nolint:staticcheck // the server's own words
		s.fail(w, apierrors.NewForbidden(schema.GroupResource{}, "", reason))
		return
	}
	switch {
	case verb != "":
		s.writes.Add(1)
	case t.name != "":
		verb = "get"
	case isTrue(r.URL.Query().Get("watch")):
		verb = "watch"
	default:
		verb = "list"
	}
	s.fail(w, refusal("system:anonymous", verb, t))
}

// forbidden words a refusal as the RBAC authoriser does.
func (s *Server) forbidden(verb string, t target) *apierrors.StatusError {
	return refusal(s.opts.User, verb, t)
}

func refusal(user, verb string, t target) *apierrors.StatusError {
	where := "at the cluster scope"
	if t.namespace != "" {
		where = fmt.Sprintf("in the namespace %q", t.namespace)
	}
	res := t.res
	if t.sub != "" {
		res += "/" + t.sub
	}
	reason := fmt.Errorf("User %q cannot %s resource %q in API group %q %s", user, verb, res, t.group, where) //nolint:staticcheck // the server's own words
	return apierrors.NewForbidden(schema.GroupResource{Group: t.group, Resource: t.res}, t.name, reason)
}

func noSuchResource(gr schema.GroupResource) *apierrors.StatusError {
	return &apierrors.StatusError{ErrStatus: metav1.Status{Status: metav1.StatusFailure, Code: http.StatusNotFound, Reason: metav1.StatusReasonNotFound,
		Message: "the server could not find the requested resource", Details: &metav1.StatusDetails{Group: gr.Group, Kind: gr.Resource}}}
}

func notAcceptable() *apierrors.StatusError {
	return &apierrors.StatusError{ErrStatus: metav1.Status{Status: metav1.StatusFailure, Code: http.StatusNotAcceptable, Reason: metav1.StatusReasonNotAcceptable,
		Message: "only the following media types are accepted: application/json, application/vnd.kubernetes.protobuf"}}
}

func tooLargeVersion(asked, have uint64) *apierrors.StatusError {
	err := apierrors.NewTimeoutError(fmt.Sprintf("Too large resource version: %d, current: %d", asked, have), 1)
	err.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: metav1.CauseTypeResourceVersionTooLarge, Message: "Too large resource version"}}
	return err
}

// stableUID makes a UUID out of words, so that derived objects keep their identity from one run to the next.
func stableUID(words ...string) string {
	h := sha256.New()
	for _, w := range words {
		_, _ = h.Write([]byte(w))
		_, _ = h.Write([]byte{0})
	}
	b := h.Sum(nil)[:16]
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

func isTrue(v string) bool { return v == "true" || v == "1" }
