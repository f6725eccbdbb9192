package lab

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"dsotop/demo/fakes/tenant"
)

// errNoCluster is the answer of what needs a cluster in a lab that runs without.
var errNoCluster = errors.New("this lab runs no cluster: name the part kubernetes, or none")

// Scale sets the replicas of a Deployment, as an operator would.
func (l *Lab) Scale(ctx context.Context, namespace, deployment string, replicas int) error {
	return l.act(ctx, http.MethodPatch, "/apis/apps/v1/namespaces/"+namespace+"/deployments/"+deployment+"/scale", thing{"spec": thing{"replicas": replicas}})
}

// Crash makes the containers of a pod end and wait for a restart that ends the same way. Its pods that are made later are well.
func (l *Lab) Crash(ctx context.Context, namespace, pod string) error {
	return l.act(ctx, http.MethodPatch, "/api/v1/namespaces/"+namespace+"/pods/"+pod, thing{"metadata": thing{"labels": thing{"lab/fate": "crash"}}})
}

// Delete deletes a pod. Its controller, if it has one, makes another.
func (l *Lab) Delete(ctx context.Context, namespace, pod string) error {
	return l.act(ctx, http.MethodDelete, "/api/v1/namespaces/"+namespace+"/pods/"+pod, nil)
}

// Ask sends a request to the API server as its administrator: a body (nil: none) as JSON, a PATCH as a merge, the answer into out (nil: dropped).
func (l *Lab) Ask(ctx context.Context, method, path string, body, out any) error {
	if l.control == nil {
		return errNoCluster
	}
	return l.control.admin.do(ctx, method, path, body, out)
}

func (l *Lab) act(ctx context.Context, method, path string, body any) error {
	return l.Ask(ctx, method, path, body, nil)
}

// Say pushes a line to Loki, with labels of a tenant and the present time.
func (l *Lab) Say(ctx context.Context, id string, labels map[string]string, lines ...string) error {
	base := l.URLs[string(Loki)]
	if base == "" {
		return errors.New("this lab runs no Loki: name the part loki, or none")
	}
	api := &rest{base: base, client: http.DefaultClient}
	said := lokiStream{Stream: labels}
	for i, now := 0, time.Now().UnixNano(); i < len(lines); i++ {
		said.Values = append(said.Values, []any{strconv.FormatInt(now+int64(i), 10), lines[i]})
	}
	body := thing{"streams": []lokiStream{said}}
	if err := api.do(ctx, http.MethodPost, "/loki/api/v1/push", body, nil, tenant.Header, id); err != nil {
		return fmt.Errorf("lines for %s: %w", id, err)
	}
	return nil
}

// End ends an alert of a name in the Alertmanager: its ruler says that it is over.
func (l *Lab) End(ctx context.Context, name string) error {
	base := l.URLs[string(Alertmanager)]
	if base == "" {
		return errors.New("this lab runs no Alertmanager: name the part alertmanager, or none")
	}
	s := &alertSeed{world: l.World, api: &rest{base: base, client: http.DefaultClient}}
	return s.end(ctx, name)
}
