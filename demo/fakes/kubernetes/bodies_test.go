package kubernetes

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	authzv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// send posts a body as a client would and returns the status and the answer.
func (f *face) send(method, path, media string, body []byte) (int, []byte) {
	f.t.Helper()
	r, err := http.NewRequestWithContext(f.t.Context(), method, f.url+path, bytes.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer tok")
	r.Header.Set("Content-Type", media)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		f.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return resp.StatusCode, answer
}

func proto(t *testing.T, apiVersion, kind string, o protoObject) []byte {
	t.Helper()
	raw, err := o.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	body, err := envelope(apiVersion, kind, raw)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// What `kubectl auth can-i` and `auth whoami` send since 1.35.
func TestReviewsTakeProtobuf(t *testing.T) {
	f := open(t, Options{})
	review := &authzv1.SelfSubjectAccessReview{Spec: authzv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &authzv1.ResourceAttributes{Verb: "list", Resource: "pods"}}}
	code, body := f.send(http.MethodPost, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", mediaProto, proto(t, "authorization.k8s.io/v1", "SelfSubjectAccessReview", review))
	var said authzv1.SelfSubjectAccessReview
	if err := json.Unmarshal(body, &said); err != nil || code != http.StatusCreated || !said.Status.Allowed {
		t.Fatalf("%d %s: %v", code, body, err)
	}
	for media, garbage := range map[string]string{mediaProto: "k8s\x00\xff\xff\xff", mediaJSON: "{"} {
		if code, body := f.send(http.MethodPost, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", media, []byte(garbage)); code != http.StatusBadRequest {
			t.Errorf("%s: %d %s", media, code, body)
		}
	}
	if code, _ := f.send(http.MethodPost, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "text/plain", nil); code != http.StatusUnsupportedMediaType {
		t.Errorf("text: %d", code)
	}
}

// `kubectl delete --dry-run=server` says so in the body alone, and expects the whole object back.
func TestPretendedDeletionChangesNothing(t *testing.T) {
	f := open(t, Options{})
	var pods corev1.PodList
	_, body := f.send(http.MethodGet, integ+"/pods", mediaJSON, nil)
	if err := json.Unmarshal(body, &pods); err != nil || len(pods.Items) == 0 {
		t.Fatalf("%s: %v", body, err)
	}
	path := integ + "/pods/" + pods.Items[0].Name
	options := &metav1.DeleteOptions{DryRun: []string{metav1.DryRunAll}}
	asJSON, err := json.Marshal(options)
	if err != nil {
		t.Fatal(err)
	}
	for media, sent := range map[string][]byte{mediaJSON: asJSON, mediaProto: proto(t, "v1", "DeleteOptions", options)} {
		code, body := f.send(http.MethodDelete, path, media, sent)
		var pod corev1.Pod
		if err := json.Unmarshal(body, &pod); err != nil || code != http.StatusOK || pod.Kind != "Pod" || pod.APIVersion != "v1" || pod.Name != pods.Items[0].Name {
			t.Errorf("%s: %d %s: %v", media, code, body, err)
		}
	}
	if code, body := f.send(http.MethodDelete, path, mediaJSON, []byte(`{"dryRun":["Some"]}`)); code != http.StatusBadRequest || !strings.Contains(string(body), "supported values") {
		t.Errorf("an unknown dryRun: %d %s", code, body)
	}
	if code, _ := f.send(http.MethodGet, path, mediaJSON, nil); code != http.StatusOK || f.server.WriteCount() != 0 {
		t.Fatalf("the pod went: %d, %d writes", code, f.server.WriteCount())
	}
	if code, _ := f.send(http.MethodDelete, path, mediaJSON, nil); code != http.StatusOK || f.server.WriteCount() != 1 {
		t.Errorf("for good: %d, %d writes", code, f.server.WriteCount())
	}
}

func TestRefusalsNameWhatWasAskedFor(t *testing.T) {
	f := open(t, Options{})
	_, body := f.send(http.MethodPost, integ+"/pods/x/portforward", mediaJSON, nil)
	if !strings.Contains(string(body), `cannot create resource \"pods/portforward\" in API group`) {
		t.Errorf("%s", body)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, f.url+integ+"/pods", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer tok")
	r.Header.Set("Impersonate-User", "somebody")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	said, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusForbidden || !strings.Contains(string(said), `cannot impersonate resource \"users\"`) {
		t.Errorf("%d %s", resp.StatusCode, said)
	}
}
