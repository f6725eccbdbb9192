package alertmanager

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"dsotop/demo/world"
)

// write makes and ends silences; everything else that writes is refused.
func (f *face) write(rw http.ResponseWriter, r *http.Request, path string) {
	id, one := strings.CutPrefix(path, "/api/v2/silence/")
	switch {
	case f.o.ReadOnly:
		reply(rw, http.StatusForbidden, "this Alertmanager is read-only")
	case r.Method == http.MethodPost && path == "/api/v2/silences":
		f.silenceNow(rw, r)
	case r.Method == http.MethodDelete && one:
		found := false
		f.w.Update(func(tx *world.Tx) {
			for _, s := range tx.State.Silences {
				if s.ID != id {
					continue
				}
				found = true // one that has ended is ended again: nothing happens
				if s.EndsAt.After(tx.Now) {
					s.EndsAt = tx.Now
				}
			}
		})
		if !found {
			rw.WriteHeader(http.StatusNotFound)
			return
		}
		rw.WriteHeader(http.StatusOK)
	default:
		reply(rw, http.StatusForbidden, "this Alertmanager takes silences only")
	}
}

func (f *face) silenceNow(rw http.ResponseWriter, r *http.Request) {
	var in struct {
		ID        string    `json:"id"`
		StartsAt  time.Time `json:"startsAt"`
		EndsAt    time.Time `json:"endsAt"`
		CreatedBy *string   `json:"createdBy"`
		Comment   *string   `json:"comment"`
		Matchers  []struct {
			Name, Value *string
			IsRegex     *bool
			IsEqual     *bool
		} `json:"matchers"`
	}
	if media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); media != "application/json" {
		reply(rw, http.StatusUnsupportedMediaType, map[string]any{"code": 415, "message": `unsupported media type "` + media + `", only [application/json] are allowed`})
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err == nil {
		err = json.Unmarshal(body, &in)
	}
	switch {
	case err != nil:
		reply(rw, http.StatusBadRequest, "bad request: "+err.Error())
		return
	case !in.StartsAt.Before(in.EndsAt):
		reply(rw, http.StatusBadRequest, "Failed to create silence: start time must be before end time")
		return
	case !in.EndsAt.After(f.w.Now()):
		reply(rw, http.StatusBadRequest, "Failed to create silence: end time can't be in the past")
		return
	case len(in.Matchers) == 0:
		reply(rw, http.StatusBadRequest, "invalid silence: at least one matcher required")
		return
	}
	s := &world.Silence{StartsAt: in.StartsAt, EndsAt: in.EndsAt}
	lacks := func(name string) {
		reply(rw, http.StatusUnprocessableEntity, map[string]any{"code": 602, "message": name + " in body is required"})
	}
	switch {
	case in.Comment == nil:
		lacks("comment")
		return
	case in.CreatedBy == nil:
		lacks("createdBy")
		return
	}
	s.Comment, s.CreatedBy = *in.Comment, *in.CreatedBy
	for i, m := range in.Matchers {
		if m.Name == nil || m.Value == nil || m.IsRegex == nil {
			lacks("matchers." + strconv.Itoa(i) + ".isRegex")
			return
		}
		s.Matchers = append(s.Matchers, world.Matcher{Name: *m.Name, Value: *m.Value, IsRegex: *m.IsRegex, Equal: m.IsEqual == nil || *m.IsEqual})
	}
	var id string
	f.w.Update(func(tx *world.Tx) { id = tx.NewSilence(s) })
	reply(rw, http.StatusOK, map[string]string{"silenceID": id})
}
