package transport

import (
	"strings"
	"testing"
)

// A system that has moved is no question of who we are; logging in is.
func TestMovedOrToLogIn(t *testing.T) {
	for _, c := range []struct {
		location string
		class    Class
		says     string
	}{
		{"http://tool.example/base/x", ClassNotFound, "moved to http://tool.example/base"},
		{"https://new.example/base/x/", ClassNotFound, "moved to https://new.example/base"},
		{"https://new.example/below/base/x", ClassUnauthorised, "logging in"},
		{"https://sso.example/auth?redirect=https://tool.example/x", ClassUnauthorised, "logging in"},
		{"/login", ClassUnauthorised, "logging in"},
		{"/base/x", ClassUnauthorised, "logging in"},
		{"", ClassUnauthorised, "logging in"},
		{"http://\x7f\x1b[2J", ClassUnauthorised, "logging in"},
	} {
		for _, status := range []int{301, 302, 307, 308} {
			n := &network{answers: list(answer(status, "", "Location", c.location))}
			_, err := fakeClient(t, n).Get(t.Context(), "/x", nil)
			if f := FaultOf(err); f == nil || f.Class != c.class || !strings.HasSuffix(f.Message, c.says) || f.Status != status {
				t.Errorf("%d %q: %+v", status, c.location, f)
			}
		}
	}
}
