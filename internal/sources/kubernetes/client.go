package kubernetes

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"golang.org/x/time/rate"
	appsv1 "k8s.io/api/apps/v1"
	authnv1 "k8s.io/api/authentication/v1"
	authzv1 "k8s.io/api/authorization/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/version"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/rest"
)

// client speaks to one apiserver through the guard. It knows the few kinds we read and no other: client-go's own set of clients
// registers every API group there is, which costs memory and start time.
type client struct {
	params runtime.ParameterCodec
	groups map[schema.GroupVersion]*rest.RESTClient
}

func newClient(config *rest.Config, base *url.URL, o Options, plugin bool) (*client, *guard, error) {
	shown := &presented{}
	config.Wrap(shown.wrap)
	httpClient, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, nil, err
	}
	g := &guard{base: base, shown: shown, next: httpClient.Transport, limit: rate.NewLimiter(50, 100), plugin: plugin, clock: o.Clock}
	for _, v := range []string{config.BearerToken, config.Password} {
		if v != "" {
			g.secrets = append(g.secrets, v)
		}
	}
	if g.next == nil {
		g.next = http.DefaultTransport
	}
	if o.Server != "" && !o.Token.IsZero() {
		g.token = &token{ref: o.Token}
	}
	httpClient = &http.Client{Transport: g, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{corev1.AddToScheme, appsv1.AddToScheme, batchv1.AddToScheme, authzv1.AddToScheme, authnv1.AddToScheme, addDatabases} {
		if err := add(scheme); err != nil {
			return nil, nil, err
		}
	}
	metav1.AddToGroupVersion(scheme, schema.GroupVersion{Version: "v1"})
	codecs := serializer.NewCodecFactory(scheme)
	c := &client{params: runtime.NewParameterCodec(scheme), groups: map[schema.GroupVersion]*rest.RESTClient{}}
	for _, gv := range []schema.GroupVersion{corev1.SchemeGroupVersion, appsv1.SchemeGroupVersion, batchv1.SchemeGroupVersion, authzv1.SchemeGroupVersion, authnv1.SchemeGroupVersion, databaseVersion} {
		one := rest.CopyConfig(config)
		one.GroupVersion, one.APIPath = &gv, "/apis"
		if gv.Group == "" {
			one.APIPath = "/api"
		}
		one.NegotiatedSerializer = codecs.WithoutConversion()
		rc, err := rest.RESTClientForConfigAndClient(one, httpClient)
		if err != nil {
			return nil, nil, err
		}
		c.groups[gv] = rc
	}
	return c, g, nil
}

// list reads one page.
func (c *client) list(ctx context.Context, k *kind, namespace string, opts metav1.ListOptions) (runtime.Object, error) {
	into := k.newList()
	err := c.groups[k.version].Get().MaxRetries(0).NamespaceIfScoped(namespace, namespace != "").Resource(k.resource).VersionedParams(&opts, c.params).Do(ctx).Into(into)
	return into, err
}

// watch opens a watch.
func (c *client) watch(ctx context.Context, k *kind, namespace string, opts metav1.ListOptions) (watch.Interface, error) {
	opts.Watch = true
	var sent outcome
	w, err := c.groups[k.version].Get().MaxRetries(0).NamespaceIfScoped(namespace, namespace != "").Resource(k.resource).VersionedParams(&opts, c.params).Watch(context.WithValue(ctx, outcomeKey{}, &sent))
	if err == nil && sent.err != nil {
		// client-go takes a connection that ends or times out before any answer for a watch that ended well: all would seem fine.
		w.Stop()
		return nil, sent.err
	}
	return w, err
}

// serverVersion asks GET /version.
func (c *client) serverVersion(ctx context.Context) (string, error) {
	answer := c.groups[corev1.SchemeGroupVersion].Get().MaxRetries(0).AbsPath("/version").SetHeader("Accept", "application/json").Do(ctx)
	if err := answer.Error(); err != nil { // the server's own Status, where it sent one
		return "", err
	}
	body, err := answer.Raw()
	if err != nil {
		return "", err
	}
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		return "", fmt.Errorf("a page for browsers (HTML), not data: %w", errNotKubernetes)
	}
	var v version.Info
	if err := json.Unmarshal(body, &v); err != nil {
		return "", err
	}
	if v.GitVersion == "" {
		return "", fmt.Errorf("/version names no version: %w", errNotKubernetes)
	}
	return line(v.GitVersion), nil
}

// whoAmI asks as whom we are known; servers before 1.28 do not tell.
func (c *client) whoAmI(ctx context.Context) (string, error) {
	var out authnv1.SelfSubjectReview
	err := c.groups[authnv1.SchemeGroupVersion].Post().MaxRetries(0).Resource("selfsubjectreviews").Body(&authnv1.SelfSubjectReview{}).Do(ctx).Into(&out)
	return line(out.Status.UserInfo.Username), err
}

// mayI asks whether a verb is allowed. namespace "" is all namespaces.
func (c *client) mayI(ctx context.Context, verb, group, resource, sub, namespace string) (bool, error) {
	in := &authzv1.SelfSubjectAccessReview{Spec: authzv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &authzv1.ResourceAttributes{Verb: verb, Group: group, Resource: resource, Subresource: sub, Namespace: namespace}}}
	var out authzv1.SelfSubjectAccessReview
	err := c.groups[authzv1.SchemeGroupVersion].Post().MaxRetries(0).Resource("selfsubjectaccessreviews").Body(in).Do(ctx).Into(&out)
	return out.Status.Allowed, err
}
