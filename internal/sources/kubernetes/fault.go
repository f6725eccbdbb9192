package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"dsotop/internal/platform"
	"dsotop/internal/sources"
	"dsotop/internal/sources/transport"
)

var (
	errNotKubernetes = errors.New("this is not a Kubernetes apiserver")
	errExpired       = errors.New("the watch is too old")
	errSilent        = errors.New("no answer in time")
	errCut           = fmt.Errorf("cut before the list was whole: %w", io.ErrUnexpectedEOF)
)

// coded lets the transport classify a Status by its code.
type coded struct {
	error
	code int
}

// StatusCode is how the transport asks.
func (c coded) StatusCode() int { return c.code }

// fault turns an error of client-go into ours, with what was tried: the verb and the resource tell which right is missing.
func (s *Source) fault(verb, what string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if f, ok := errors.AsType[*transport.Fault](err); ok {
		return f
	}
	if f := s.pluginFault(err); f != nil {
		return sources.Advise(f, platform.RemedyRunOutside)
	}
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		f := *transport.FaultOf(err)
		proxy := f.ViaProxy()
		f.Source, f.Method, f.URL = s.Name(), verb, s.URL()+" "+what
		f.Message, f.Err = s.guard.hide(f.Message), nil
		if proxy {
			return sources.Advise(&f, platform.RemedyCheckProxy)
		}
		return &f
	}
	st := status.Status()
	f := *transport.FaultOf(coded{err, int(st.Code)})
	f.Source, f.Method, f.URL, f.Err = s.Name(), verb, what, nil
	f.Message = cut(s.guard.hide(statusMessage(st.Message)))
	if apierrors.HasStatusCause(err, metav1.CauseTypeUnexpectedServerResponse) {
		f.Message = "" // the answer is not of an apiserver: its text may be anything
	}
	if st.Details != nil && st.Details.RetryAfterSeconds > 0 {
		f.RetryAfter = time.Duration(st.Details.RetryAfterSeconds) * time.Second
	}
	switch {
	case st.Code == 0: // made by the client itself: an answer it could not read
		f.Class = transport.ClassMalformed
	case apierrors.HasStatusCause(err, "ClientWatchDecoding"):
		s.broken(&f, st.Message)
	}
	return &f
}

// broken tells why a watch that had begun well ended. client-go makes a Status 500 of it, which no server ever said: either what came
// was nothing of an apiserver's, or nothing came any more.
func (s *Source) broken(f *transport.Fault, text string) {
	f.Class, f.Status, f.Message = transport.ClassMalformed, 0, "what came over the watch is nothing that an apiserver says"
	_, why, ok := strings.Cut(text, watchBroke)
	if !ok {
		return
	}
	switch c := transport.FaultOf(errors.New(why)).Class; c { //nolint:err113 // client-go only leaves the text
	case transport.ClassUnreachable, transport.ClassTimeout:
		f.Class, f.Message = c, cut("the connection broke off: "+s.guard.hide(line(why)))
	}
}

// watchBroke is how client-go begins what it says of a watch that it cannot read on.
const watchBroke = "unable to decode an event from the watch stream: "

// statusMessage keeps what a person can use: a proxy's HTML page says nothing that the code does not.
func statusMessage(text string) string {
	low := strings.ToLower(text)
	if strings.Contains(low, "<html") || strings.Contains(low, "<!doctype") {
		return ""
	}
	return line(text)
}

// cut bounds a message, once secrets are out of it: half a secret is one too.
func cut(text string) string {
	if runes := []rune(text); len(runes) > 300 {
		text = string(runes[:299]) + "…"
	}
	return text
}

// pluginFault recognises the failures of a credential plugin, for which client-go has no type.
func (s *Source) pluginFault(err error) *transport.Fault {
	text := err.Error()
	if s.plugin == "" || (!strings.Contains(text, "exec: ") && !strings.Contains(text, "exec plugin") && !strings.Contains(text, "getting credentials")) {
		return nil
	}
	why := "the credential plugin failed"
	switch {
	case strings.Contains(text, "exit code 127"):
		why = "the credential plugin is not installed"
	case strings.Contains(text, "interactive"):
		why = "the credential plugin wants to ask something"
	}
	return &transport.Fault{Class: transport.ClassUnauthorised, Source: s.Name(), URL: s.URL(), Message: fmt.Sprintf("%s; run this in a shell to see why: %s", why, line(s.plugin))}
}
