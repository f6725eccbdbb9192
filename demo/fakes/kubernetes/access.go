package kubernetes

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	authnv1 "k8s.io/api/authentication/v1"
	authzv1 "k8s.io/api/authorization/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// serveReview answers the questions "who am I" and "may I", which are POST and yet change nothing. False for another path.
func (s *Server) serveReview(w http.ResponseWriter, r *http.Request, t target) bool {
	if t.name != "" || t.namespace != "" {
		return false
	}
	switch t.group + "/" + t.version + "/" + t.res {
	case "authorization.k8s.io/v1/selfsubjectaccessreviews":
		var in authzv1.SelfSubjectAccessReview
		if s.readBody(w, r, &in) {
			in.TypeMeta = metav1.TypeMeta{Kind: "SelfSubjectAccessReview", APIVersion: "authorization.k8s.io/v1"}
			in.Status = s.mayI(in.Spec)
			writeJSON(w, http.StatusCreated, in)
		}
	case "authorization.k8s.io/v1/selfsubjectrulesreviews":
		var in authzv1.SelfSubjectRulesReview
		if s.readBody(w, r, &in) {
			in.TypeMeta = metav1.TypeMeta{Kind: "SelfSubjectRulesReview", APIVersion: "authorization.k8s.io/v1"}
			in.Status.ResourceRules = s.rules(in.Spec.Namespace)
			in.Status.NonResourceRules = []authzv1.NonResourceRule{{Verbs: []string{"get"}, NonResourceURLs: []string{"/healthz", "/livez", "/readyz", "/version", "/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"}}}
			writeJSON(w, http.StatusCreated, in)
		}
	case "authentication.k8s.io/v1/selfsubjectreviews":
		var in authnv1.SelfSubjectReview
		if s.readBody(w, r, &in) {
			in.TypeMeta = metav1.TypeMeta{Kind: "SelfSubjectReview", APIVersion: "authentication.k8s.io/v1"}
			in.CreationTimestamp = stamp(s.world.Now())
			in.Status.UserInfo = s.user()
			writeJSON(w, http.StatusCreated, in)
		}
	default:
		return false
	}
	return true
}

func (s *Server) readBody(w http.ResponseWriter, r *http.Request, into any) bool {
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if media = strings.TrimSpace(media); media != "" && media != mediaJSON && media != mediaProto {
		s.fail(w, &apierrors.StatusError{ErrStatus: metav1.Status{Status: metav1.StatusFailure, Code: http.StatusUnsupportedMediaType, Reason: metav1.StatusReasonUnsupportedMediaType,
			Message: "the body of the request was in an unknown format - accepted media types include: application/json, application/vnd.kubernetes.protobuf"}})
		return false
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err == nil {
		err = decodeBody(body, into)
	}
	if err != nil {
		s.fail(w, apierrors.NewBadRequest("the object provided is unrecognized (must be of type JSON or Protobuf): "+err.Error())) //nolint:misspell // the server's own word
		return false
	}
	return true
}

// decodeBody reads what a client sends: JSON, or protobuf in its envelope, which kubectl prefers since 1.35 for what it knows the type of.
func decodeBody(body []byte, into any) error {
	message, ok := bytes.CutPrefix(body, protoMagic())
	if !ok {
		return json.Unmarshal(body, into)
	}
	target, ok := into.(interface{ Unmarshal(b []byte) error })
	if !ok {
		return fmt.Errorf("%T has no protobuf form", into)
	}
	var u runtime.Unknown
	if err := u.Unmarshal(message); err != nil {
		return err
	}
	return target.Unmarshal(u.Raw)
}

func (s *Server) mayI(spec authzv1.SelfSubjectAccessReviewSpec) authzv1.SubjectAccessReviewStatus {
	if n := spec.NonResourceAttributes; n != nil {
		return authzv1.SubjectAccessReviewStatus{Allowed: n.Verb == "get"}
	}
	a := spec.ResourceAttributes
	if a == nil {
		return authzv1.SubjectAccessReviewStatus{Allowed: false}
	}
	res := a.Resource
	if a.Subresource != "" {
		res += "/" + a.Subresource
	}
	if !slices.Contains(readVerbs, a.Verb) && (s.opts.ReadOnly || !writable(a.Verb, a.Group, res)) {
		return authzv1.SubjectAccessReviewStatus{Allowed: false}
	}
	if s.opts.Deny != nil && s.opts.Deny(a.Verb, a.Group, res, a.Namespace) {
		return authzv1.SubjectAccessReviewStatus{Allowed: false}
	}
	return authzv1.SubjectAccessReviewStatus{Allowed: true, Reason: "RBAC: allowed by ClusterRoleBinding \"dso-readers\" of ClusterRole \"view\" to User \"" + s.opts.User + "\""}
}

func (s *Server) rules(namespace string) []authzv1.ResourceRule {
	var out []authzv1.ResourceRule
	for _, k := range s.kinds {
		if k.list == nil && k.measured == nil {
			continue
		}
		var verbs []string
		for _, v := range k.verbs {
			if s.opts.Deny == nil || !s.opts.Deny(v, k.group, k.name, namespace) {
				verbs = append(verbs, v)
			}
		}
		if len(verbs) > 0 {
			out = append(out, authzv1.ResourceRule{Verbs: verbs, APIGroups: []string{k.group}, Resources: []string{k.name}})
		}
	}
	return out
}
