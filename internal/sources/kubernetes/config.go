package kubernetes

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

const userAgent = "dsotop"

var versionless = schema.GroupVersion{} //nolint:gochecknoglobals // a zero value with a name

// restConfig reads where the cluster is and how we are known there. plugin is the command line of a credential plugin.
func restConfig(o Options) (config *rest.Config, plugin string, err error) {
	if o.Server != "" {
		config = &rest.Config{Host: o.Server, TLSClientConfig: rest.TLSClientConfig{CAFile: o.CAFile, CertFile: o.CertFile, KeyFile: o.KeyFile, Insecure: o.Insecure}}
	} else {
		rules := clientcmd.NewDefaultClientConfigLoadingRules()
		rules.Warner = func(error) {} // a missing file of a list of files is not ours to print
		rules.ExplicitPath = o.Kubeconfig
		loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, &clientcmd.ConfigOverrides{CurrentContext: o.Context})
		if config, err = loader.ClientConfig(); err != nil {
			return nil, "", kubeconfigError(o, err)
		}
	}
	switch {
	case o.Dial != nil:
		config.Transport, config.TLSClientConfig = o.Dial, rest.TLSClientConfig{}
	case o.Proxy == "none":
		config.Proxy = func(*http.Request) (*url.URL, error) { return nil, nil } //nolint:nilnil // no proxy and no error is how net/http says "direct"
	case o.Proxy != "":
		proxy, err := url.Parse(o.Proxy)
		if err != nil {
			return nil, "", errors.New("the proxy is not a URL") // without the text: it may hold a password
		}
		config.Proxy = http.ProxyURL(proxy)
	}
	config.UserAgent = userAgent
	config.WarningHandler = rest.NoWarnings{}
	config.QPS, config.Burst = -1, 0 // the guard of our own counts and paces
	config.ContentType = "application/json"
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	if e := config.ExecProvider; e != nil {
		plugin = strings.Join(append([]string{e.Command}, e.Args...), " ")
		tamePlugin(e)
	}
	return config, plugin, nil
}

// tamePlugin keeps a credential plugin away from the terminal: it may neither read what is typed nor write over the screen.
// client-go has a setting for the first only; for the second a shell puts standard error aside.
func tamePlugin(e *clientcmdapi.ExecConfig) {
	e.StdinUnavailable = true
	e.StdinUnavailableMessage = "the terminal is in use"
	e.Args = append([]string{"-c", `exec "$0" "$@" 2>/dev/null`, e.Command}, e.Args...)
	e.Command = "/bin/sh"
}

func kubeconfigError(o Options, err error) error {
	where := "kubeconfig"
	if o.Kubeconfig != "" {
		where += " " + o.Kubeconfig
	}
	switch {
	case clientcmd.IsEmptyConfig(err):
		return fmt.Errorf("%s: no cluster in it", where)
	case clientcmd.IsContextNotFound(err):
		return fmt.Errorf("%s: no context %q", where, o.Context)
	}
	return fmt.Errorf("%s: %s", where, line(err.Error()))
}
