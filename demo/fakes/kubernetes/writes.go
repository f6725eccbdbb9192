package kubernetes

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	batchv1 "k8s.io/api/batch/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"dsotop/demo/world"
)

const restartedAt = "kubectl.kubernetes.io/restartedAt"

// writable are the changes that the face carries out.
func writable(verb, group, resource string) bool {
	return slices.Contains([]string{
		"patch apps deployments", "patch apps statefulsets", "patch apps daemonsets", "patch apps deployments/scale", "patch apps statefulsets/scale", "delete  pods", "create batch jobs",
	}, verb+" "+group+" "+resource)
}

// takes reports whether a body of a media type is understood: a patch says which kind of patch it is.
func takes(verb, media string) bool {
	if verb == "patch" {
		return media == string(types.StrategicMergePatchType) || media == string(types.MergePatchType)
	}
	return slices.Contains([]string{"application/json", "application/yaml", "application/vnd.kubernetes.protobuf"}, media)
}

// serveWrite carries out one change, or pretends to.
func (s *Server) serveWrite(w http.ResponseWriter, r *http.Request, t target) {
	verb, known := map[string]string{http.MethodPost: "create", http.MethodPatch: "patch", http.MethodDelete: "delete"}[r.Method]
	res := t.res
	if t.sub != "" {
		res += "/" + t.sub
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		s.fail(w, apierrors.NewBadRequest(err.Error()))
		return
	}
	if media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); len(body) > 0 && !takes(verb, media) {
		s.fail(w, apierrors.NewGenericServerResponse(http.StatusUnsupportedMediaType, verb, schema.GroupResource{Group: t.group, Resource: t.res}, t.name, "the body of the request was in an unknown format: "+media, 0, true))
		return
	}
	said := r.URL.Query()["dryRun"]
	var options metav1.DeleteOptions
	if verb == "delete" && len(body) > 0 {
		if err := decodeBody(body, &options); err != nil {
			s.fail(w, apierrors.NewBadRequest(err.Error()))
			return
		}
		said = options.DryRun // who sends options in the body has said all there: as the real one, the query is not looked at
	}
	dry := len(said) > 0
	if i := slices.IndexFunc(said, func(v string) bool { return v != metav1.DryRunAll }); i >= 0 {
		s.fail(w, apierrors.NewBadRequest(fmt.Sprintf("dryRun: Unsupported value: %q: supported values: \"All\"", said[i])))
		return
	}
	if !known || s.opts.ReadOnly || !writable(verb, t.group, res) || s.denied(verb, t) {
		if dry && known {
			s.fail(w, s.forbidden(verb, t))
			return
		}
		s.refuseWrite(w, r, schema.GroupResource{Group: t.group, Resource: res}, t.name, t.namespace)
		return
	}
	if !dry {
		s.writes.Add(1)
	}
	var out any
	var no *apierrors.StatusError
	s.world.Update(func(tx *world.Tx) {
		ns := tx.State.NamespaceOf[s.opts.Cluster+"/"+t.namespace]
		if ns == nil {
			no = apierrors.NewNotFound(schema.GroupResource{Group: t.group, Resource: t.res}, t.name)
			return
		}
		switch {
		case verb == "delete":
			out, no = deletePod(tx, ns, t, options, dry)
		case verb == "create":
			out, no = createJob(tx, ns, t, body, dry)
		case t.sub == "scale":
			out, no = scale(tx, ns, t, body, dry)
		default:
			out, no = restart(tx, ns, t, body, dry)
		}
	})
	if no != nil {
		s.fail(w, no)
		return
	}
	code := http.StatusOK
	if verb == "create" {
		code = http.StatusCreated
	}
	writeJSON(w, code, out)
}

func controller(ns *world.Namespace, t target) (*world.Workload, *apierrors.StatusError) {
	for _, x := range ns.Workloads {
		if x.Name == t.name && strings.EqualFold(x.Kind+"s", t.res) {
			return x, nil
		}
	}
	return nil, apierrors.NewNotFound(schema.GroupResource{Group: t.group, Resource: t.res}, t.name)
}

func restart(tx *world.Tx, ns *world.Namespace, t target, body []byte, dry bool) (any, *apierrors.StatusError) {
	x, no := controller(ns, t)
	if no != nil {
		return nil, no
	}
	var in struct {
		Spec struct {
			Template struct{ Metadata metav1.ObjectMeta }
		}
	}
	stamp := ""
	if err := json.Unmarshal(body, &in); err == nil {
		stamp = in.Spec.Template.Metadata.Annotations[restartedAt]
	}
	if stamp == "" {
		return nil, apierrors.NewBadRequest("this face only knows the patch of a restart")
	}
	if !dry && stamp != x.RestartedAt {
		x.RestartedAt = stamp
		tx.RestartWorkload(x)
	}
	return map[string]any{"kind": x.Kind, "apiVersion": "apps/v1", "metadata": workloadMeta(x)}, nil
}

func scale(tx *world.Tx, ns *world.Namespace, t target, body []byte, dry bool) (any, *apierrors.StatusError) {
	x, no := controller(ns, t)
	if no != nil {
		return nil, no
	}
	var in struct {
		Spec struct{ Replicas *int32 }
	}
	if json.Unmarshal(body, &in) != nil || in.Spec.Replicas == nil || *in.Spec.Replicas < 0 {
		return nil, apierrors.NewBadRequest("spec.replicas is wanted")
	}
	if !dry {
		tx.ScaleWorkload(x, int(*in.Spec.Replicas))
	}
	return autoscalingv1.Scale{TypeMeta: metav1.TypeMeta{Kind: "Scale", APIVersion: "autoscaling/v1"}, ObjectMeta: metav1.ObjectMeta{Name: x.Name, Namespace: ns.Name, UID: types.UID(x.UID)},
		Spec: autoscalingv1.ScaleSpec{Replicas: *in.Spec.Replicas}, Status: autoscalingv1.ScaleStatus{Replicas: int32(podsOf(x))}}, nil
}

func deletePod(tx *world.Tx, ns *world.Namespace, t target, in metav1.DeleteOptions, dry bool) (any, *apierrors.StatusError) {
	for _, p := range ns.Pods {
		if p.Name != t.name {
			continue
		}
		if in.Preconditions != nil && in.Preconditions.UID != nil && string(*in.Preconditions.UID) != p.UID {
			return nil, apierrors.NewConflict(schema.GroupResource{Resource: "pods"}, t.name, errPrecondition(*in.Preconditions.UID))
		}
		out := podObject(p)
		out.GetObjectKind().SetGroupVersionKind(schema.GroupVersionKind{Version: "v1", Kind: "Pod"})
		if !dry {
			tx.DeletePod(p)
		}
		return out, nil
	}
	return nil, apierrors.NewNotFound(schema.GroupResource{Resource: "pods"}, t.name)
}

type errPrecondition types.UID

func (e errPrecondition) Error() string {
	return "the UID in the precondition (" + string(e) + ") does not match the UID in record"
}

func createJob(tx *world.Tx, ns *world.Namespace, t target, body []byte, dry bool) (any, *apierrors.StatusError) {
	var in batchv1.Job
	if err := decodeBody(body, &in); err != nil || in.Name == "" {
		return nil, apierrors.NewBadRequest("a job with a name is wanted")
	}
	for _, p := range ns.Pods {
		if p.OwnerKind == "Job" && p.OwnerName == in.Name {
			return nil, apierrors.NewAlreadyExists(schema.GroupResource{Group: t.group, Resource: t.res}, in.Name)
		}
	}
	for _, o := range in.OwnerReferences {
		for _, x := range ns.Workloads {
			if x.UID != string(o.UID) || x.Kind != "CronJob" {
				continue
			}
			if !dry {
				tx.RunCronJob(x, in.Name)
			}
			in.TypeMeta, in.UID = metav1.TypeMeta{Kind: "Job", APIVersion: "batch/v1"}, types.UID(stableUID("job", ns.UID, in.Name))
			return in, nil
		}
	}
	return nil, apierrors.NewBadRequest("this face only makes jobs of a CronJob")
}
