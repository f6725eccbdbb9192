package kubernetes

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"dsotop/internal/sources/transport"
)

// What client-go makes up for a watch that it cannot read on is not told as the server's word.
func TestBrokenWatch(t *testing.T) {
	src, err := New(Options{Name: cluster, Server: "https://cluster.example", Proxy: "none"})
	if err != nil {
		t.Fatal(err)
	}
	reporter := apierrors.NewClientErrorReporter(http.StatusInternalServerError, "GET", "ClientWatchDecoding")
	for text, want := range map[string]transport.Class{
		"http2: client connection lost":                            transport.ClassUnreachable,
		"stream error: stream ID 3; INTERNAL_ERROR; received":      transport.ClassUnreachable,
		"invalid character '<' looking for beginning of value":     transport.ClassMalformed,
		"couldn't get version/kind; json parse error: unexpected.": transport.ClassMalformed,
	} {
		made := apierrors.FromObject(reporter.AsObject(errors.New(watchBroke + text)))
		f := transport.FaultOf(src.fault("watch", "pods", made))
		if f.Class != want || f.Status != 0 || strings.Contains(f.Error(), "500") {
			t.Errorf("%s: %s %d %q", text, f.Class, f.Status, f.Error())
		}
		if told := strings.Contains(f.Message, text); told != (want == transport.ClassUnreachable) {
			t.Errorf("%s: told %q", text, f.Message)
		}
	}
	refusal := apierrors.NewInternalError(errors.New("etcd is away"))
	if f := transport.FaultOf(src.fault("list", "pods", refusal)); f.Status != http.StatusInternalServerError || f.Class != transport.ClassServer {
		t.Errorf("a real 500: %s %d", f.Class, f.Status)
	}
}
