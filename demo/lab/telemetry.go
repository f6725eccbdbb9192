package lab

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"dsotop/demo/world"
)

//go:embed loki.yaml
var lokiConfig string //nolint:gochecknoglobals // an embedded file

// alertmanagerConfig has the receivers and the one inhibition that the simulated Alertmanager has.
const alertmanagerConfig = `route:
  receiver: plateforme
  group_by: [alertname]
  group_wait: 1s
  routes:
    - receiver: projets
      matchers: ['refapp!=""']
receivers: [{name: plateforme}, {name: projets}]
inhibit_rules:
  - source_matchers: [severity="critical"]
    target_matchers: [severity="warning"]
    equal: [alertname, namespace]
`

// prometheusConfig takes what is pushed, in any order within a day, and judges it by the world's rules. It sends its alerts to nobody: those
// of the world, which fire since hours already, go to the Alertmanager by another way.
const prometheusConfig = `global: {scrape_interval: 15s, evaluation_interval: 5s}
storage: {tsdb: {out_of_order_time_window: 24h}}
rule_files: [rules.yaml]
`

// rules are the world's alerting rules, as JSON, which is YAML too.
func rules(w *world.World) (string, error) {
	var groups []thing
	w.View(func(st *world.State) {
		for _, a := range st.Alerts {
			groups = append(groups, thing{"name": a.Group + " " + a.Name, "rules": []thing{
				{"alert": a.Name, "expr": a.Expr, "for": a.For.String(), "labels": a.Labels, "annotations": a.Annotations}}})
		}
	})
	text, err := json.Marshal(thing{"groups": groups})
	return string(text), err
}

// newLoki prepares a Loki with tenants, in one process, on a folder.
func newLoki(ctx context.Context, l *Lab, dir, path string) (*process, error) {
	ports, err := freePorts(ctx, 2)
	if err != nil {
		return nil, err
	}
	text := strings.NewReplacer("@HOST@", host, "@HTTP@", fmt.Sprint(ports[0]), "@GRPC@", fmt.Sprint(ports[1]), "@DIR@", dir).Replace(lokiConfig)
	config, err := configFile(dir, "loki.yaml", text)
	if err != nil {
		return nil, err
	}
	l.URLs[string(Loki)] = "http://" + address(ports[0])
	return l.process("loki", path, l.URLs[string(Loki)]+"/ready", http.DefaultClient, "-config.file="+config, "-target=all"), nil
}

func newAlertmanager(ctx context.Context, l *Lab, dir, path string) (*process, error) {
	ports, err := freePorts(ctx, 1)
	if err != nil {
		return nil, err
	}
	config, err := configFile(dir, "alertmanager.yaml", alertmanagerConfig)
	if err != nil {
		return nil, err
	}
	l.URLs[string(Alertmanager)] = "http://" + address(ports[0])
	return l.process("alertmanager", path, l.URLs[string(Alertmanager)]+"/-/ready", http.DefaultClient, "--config.file="+config, "--storage.path="+dir,
		"--web.listen-address="+address(ports[0]), "--cluster.listen-address="), nil
}

func newPrometheus(ctx context.Context, l *Lab, dir, path string) (*process, error) {
	ports, err := freePorts(ctx, 1)
	if err != nil {
		return nil, err
	}
	text, err := rules(l.World)
	if err != nil {
		return nil, err
	}
	if _, err := configFile(dir, "rules.yaml", text); err != nil {
		return nil, err
	}
	config, err := configFile(dir, "prometheus.yaml", prometheusConfig)
	if err != nil {
		return nil, err
	}
	l.URLs[string(Prometheus)] = "http://" + address(ports[0])
	return l.process("prometheus", path, l.URLs[string(Prometheus)]+"/-/ready", http.DefaultClient, "--config.file="+config, "--storage.tsdb.path="+filepath.Join(dir, "tsdb"),
		"--storage.tsdb.retention.time=1d", "--web.listen-address="+address(ports[0]), "--web.enable-remote-write-receiver"), nil
}

func configFile(dir, name, text string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	return path, os.WriteFile(path, []byte(text), 0o600)
}
