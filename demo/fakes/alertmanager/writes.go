package alertmanager

import (
	"encoding/json"
	"io"
	"net/http"
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
				if s.ID == id && s.EndsAt.After(tx.Now) {
					s.EndsAt, found = tx.Now, true
				}
			}
		})
		if !found {
			reply(rw, http.StatusNotFound, "silence not found")
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
		CreatedBy string    `json:"createdBy"`
		Comment   string    `json:"comment"`
		Matchers  []struct {
			Name, Value string
			IsRegex     bool
			IsEqual     *bool
		} `json:"matchers"`
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err == nil {
		err = json.Unmarshal(body, &in)
	}
	switch {
	case err != nil:
		reply(rw, http.StatusBadRequest, "bad request: "+err.Error())
		return
	case len(in.Matchers) == 0 || !in.EndsAt.After(in.StartsAt):
		reply(rw, http.StatusBadRequest, "invalid silence: at least one matcher required, and an end after its start")
		return
	}
	s := &world.Silence{Comment: in.Comment, CreatedBy: in.CreatedBy, StartsAt: in.StartsAt, EndsAt: in.EndsAt}
	for _, m := range in.Matchers {
		s.Matchers = append(s.Matchers, world.Matcher{Name: m.Name, Value: m.Value, IsRegex: m.IsRegex, Equal: m.IsEqual == nil || *m.IsEqual})
	}
	var id string
	f.w.Update(func(tx *world.Tx) { id = tx.NewSilence(s) })
	reply(rw, http.StatusOK, map[string]string{"silenceID": id})
}
