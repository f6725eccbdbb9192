package actions

import (
	"context"
	"errors"
	"sync"
)

// asksAtOnce bounds the questions of one menu.
const asksAtOnce = 4

// May asks the systems what stands against the deeds of a subject that nothing else stands against, by deed: rights that only a system can tell. It writes nothing. A deed
// that is not in the answer may be done as far as anybody knows; one whose system did not answer has an Unknown reason. It is for a menu that has just opened.
func (h *Hand) May(ctx context.Context, sub Subject) map[string]Reason {
	scene := h.scene(sub)
	out := map[string]Reason{}
	var mu sync.Mutex
	var all sync.WaitGroup
	free := make(chan struct{}, asksAtOnce)
	for _, o := range h.Offers(sub) {
		d := o.Deed
		if d.May == nil || !o.Reason.OK() && o.Reason.Code != "read_only" {
			continue
		}
		all.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			why := h.may(ctx, d, scene, sub)
			if why.Code == "" {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			out[d.ID] = why
		})
	}
	all.Wait()
	return out
}

// may asks one deed, and contains its panic.
func (h *Hand) may(ctx context.Context, d *Deed, scene Scene, sub Subject) (out Reason) {
	defer func() {
		if x := recover(); x != nil {
			h.o.Log.Error("a deed panicked", "deed", d.ID, "value", x)
			out = Reason{Code: "broken", Detail: d.ID}
		}
	}()
	err := d.May(ctx, h.o.Systems, scene, sub)
	if err == nil {
		return Reason{}
	}
	if no, ok := errors.AsType[*Refusal](err); ok {
		return no.Reason
	}
	return Reason{Code: "source_down", Detail: d.ID, Unknown: true}
}
