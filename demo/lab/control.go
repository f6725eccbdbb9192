package lab

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	_ "embed"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

//go:embed stages.yaml
var stages string //nolint:gochecknoglobals // an embedded file

// User is whose credentials the kubeconfig of a lab holds: it may read what the platform's operators read, and write nothing.
const User = "astreinte.sre"

const clusterName = "lab"

// control is the control plane of a lab and its simulated nodes.
type control struct {
	dir                                      string
	pki                                      *authority
	adminToken, userToken                    string
	url                                      string
	kubelet                                  int // port
	etcd, apiserver, manager, scheduler, own *process
	admin                                    *rest
	kubeconfig                               string
}

// newControl prepares a control plane: certificates, tokens, and the command of each process.
func newControl(ctx context.Context, l *Lab, dir string, paths map[string]string) (*control, error) {
	ports, err := freePorts(ctx, 6)
	if err != nil {
		return nil, err
	}
	etcd, peer, api, managers, schedulers, kubelet := ports[0], ports[1], ports[2], ports[3], ports[4], ports[5]
	c := &control{dir: dir, adminToken: rand.Text(), userToken: "sre-" + rand.Text(), url: "https://" + address(api), kubelet: kubelet, kubeconfig: filepath.Join(dir, "kubeconfig")}
	if c.pki, err = newAuthority(filepath.Join(dir, "pki")); err != nil {
		return nil, err
	}
	for _, name := range []string{"apiserver", "service-accounts", "front-proxy-client", "kubelet"} {
		if err := c.pki.issue(name); err != nil {
			return nil, err
		}
	}
	tokens := fmt.Sprintf("%s,lab-admin,lab-admin,\"system:masters\"\n%s,%s,%s,\"dso:readers\"\n", c.adminToken, c.userToken, User, User)
	admin := filepath.Join(dir, "admin.kubeconfig")
	for path, text := range map[string]string{filepath.Join(dir, "tokens.csv"): tokens, admin: c.kubeconfigOf("lab-admin", c.adminToken), c.kubeconfig: c.kubeconfigOf(User, c.userToken),
		filepath.Join(dir, "scheduler.yaml"): fmt.Sprintf("apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nclientConnection: {kubeconfig: %q, qps: 500, burst: 1000}\nleaderElection: {leaderElect: false}\n", admin),
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	pool := x509.NewCertPool()
	pool.AddCert(c.pki.cert)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, MaxIdleConnsPerHost: 16}}
	c.admin = &rest{base: c.url, token: c.adminToken, client: client}
	// The managers and the scheduler make their own certificates, which nobody knows.
	loose := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}} //nolint:gosec // on the loopback, for their health only

	etcdURL := "http://" + address(etcd)
	c.etcd = l.process("etcd", paths["kubebox"], etcdURL+"/health", http.DefaultClient, "etcd", "-data-dir", filepath.Join(dir, "etcd"), "-client", etcdURL, "-peer", "http://"+address(peer))
	p := c.pki.path
	c.apiserver = l.process("apiserver", paths["kubebox"], c.url+"/readyz", client, "apiserver",
		"--etcd-servers="+etcdURL, "--bind-address="+host, "--advertise-address="+host, fmt.Sprintf("--secure-port=%d", api),
		"--endpoint-reconciler-type=none", // an endpoint on the loopback is refused
		"--service-cluster-ip-range=10.96.0.0/16",
		"--tls-cert-file="+p("apiserver.crt"), "--tls-private-key-file="+p("apiserver.key"), "--client-ca-file="+p("ca.crt"),
		"--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file="+p("service-accounts.key"), "--service-account-signing-key-file="+p("service-accounts.key"),
		"--token-auth-file="+filepath.Join(dir, "tokens.csv"), "--authorization-mode=RBAC",
		"--disable-admission-plugins=ServiceAccount", // pods of the world are made before their namespace has an account
		"--kubelet-preferred-address-types=InternalIP", "--kubelet-certificate-authority="+p("ca.crt"), "--kubelet-client-certificate="+p("front-proxy-client.crt"), "--kubelet-client-key="+p("front-proxy-client.key"),
		"--max-requests-inflight=0", "--max-mutating-requests-inflight=0", "--enable-priority-and-fairness=false", "--profiling=false")
	c.manager = l.process("controller-manager", paths["kubebox"], "https://"+address(managers)+"/healthz", loose, "controller-manager",
		"--kubeconfig="+admin, "--leader-elect=false", "--bind-address="+host, fmt.Sprintf("--secure-port=%d", managers),
		"--service-account-private-key-file="+p("service-accounts.key"), "--root-ca-file="+p("ca.crt"), "--use-service-account-credentials=false",
		"--kube-api-qps=500", "--kube-api-burst=1000", "--authorization-always-allow-paths=/healthz")
	c.scheduler = l.process("scheduler", paths["kubebox"], "https://"+address(schedulers)+"/healthz", loose, "scheduler",
		"--config="+filepath.Join(dir, "scheduler.yaml"), "--bind-address="+host, fmt.Sprintf("--secure-port=%d", schedulers), "--authorization-always-allow-paths=/healthz")
	c.own = l.process("kwok", paths["kwok"], "http://"+address(kubelet)+"/healthz", http.DefaultClient,
		"--kubeconfig="+admin, "--config="+filepath.Join(dir, "kwok.yaml"), "--manage-all-nodes=true", "--node-ip="+host, fmt.Sprintf("--node-port=%d", kubelet), "--cidr=10.244.0.0/16",
		"--server-address="+address(kubelet), "--tls-cert-file="+p("kubelet.crt"), "--tls-private-key-file="+p("kubelet.key"), "--node-lease-duration-seconds=40")
	return c, nil
}

// start starts everything; logs is what simulated containers print, in kwok's words.
func (c *control) start(ctx context.Context, logs string) error {
	if err := os.WriteFile(filepath.Join(c.dir, "kwok.yaml"), []byte(strings.TrimSuffix(stages, "\n")+"\n"+logs), 0o600); err != nil {
		return err
	}
	for _, p := range []*process{c.etcd, c.apiserver} {
		if err := p.start(ctx); err != nil {
			return err
		}
	}
	return together(ctx, c.manager.start, c.scheduler.start, c.own.start)
}

func (c *control) kubeconfigOf(user, token string) string {
	return fmt.Sprintf(`# Written by the lab of dsotop, for as long as it runs.
apiVersion: v1
kind: Config
current-context: %[1]s
clusters: [{name: %[1]s, cluster: {server: %[2]q, certificate-authority: %[3]q}}]
users: [{name: %[4]s, user: {token: %[5]s}}]
contexts: [{name: %[1]s, context: {cluster: %[1]s, user: %[4]s}}]
`, clusterName, c.url, c.pki.path("ca.crt"), user, token)
}
