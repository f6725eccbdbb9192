package kubernetes

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestWhatAServerRepeatsOfOurCredentialIsHidden asks a server that answers with nothing but the credential it was shown.
func TestWhatAServerRepeatsOfOurCredentialIsHidden(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		_, password, _ := r.BasicAuth()
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusForbidden)
		_ = json.NewEncoder(w).Encode(map[string]any{"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 403, "message": "no: " + value + " " + password})
	}))
	defer server.Close()
	ca := base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plugin := write("plugin", `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"cAn4ry-exec"}}`)
	for name, user := range map[string]string{
		"token": "token: cAn4ry-token", "file": "tokenFile: " + write("token", "cAn4ry-file"), "basic": "username: sre, password: cAn4ry-basic",
		"exec": fmt.Sprintf("exec: {apiVersion: client.authentication.k8s.io/v1, command: cat, args: [%s], interactiveMode: Never}", plugin),
	} {
		t.Run(name, func(t *testing.T) {
			kube := fmt.Sprintf("apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{name: c, cluster: {server: %q, certificate-authority-data: %s}}]\nusers: [{name: u, user: {%s}}]\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n", server.URL, ca, user)
			s, err := New(Options{Name: "c", Kubeconfig: write("kube-"+name, kube), Context: "c"})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			_, err = s.api.mayI(ctx, "list", "", "pods", "", "")
			err = s.fault("list", "pods", err)
			if err == nil || strings.Contains(fmt.Sprintf("%v %+v", err, err), "cAn4ry") || !strings.Contains(err.Error(), "no: •••") {
				t.Errorf("%v", err)
			}
		})
	}
}
