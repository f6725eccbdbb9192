package console

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/secret"
	"dsotop/internal/sources/transport"
	"dsotop/internal/store"
)

type wirePlan struct {
	ID            line `json:"id"`
	Name          line `json:"name"`
	EnvironmentID line `json:"environmentId"`
	CreatedAt     when `json:"createdAt"`
	UpdatedAt     when `json:"updatedAt"`
}

// plans reads the deployments of a project. The right is a member's own: an administrator's reading right does not do, and administration
// tokens get 500 here. A console that does not know the route (before 9.20) has none.
func (r *reader) plans(ctx context.Context, id string) error {
	var list list[wirePlan]
	name := "plans " + id
	same, err := r.unless(ctx, name, "/api/v1/projects/"+url.PathEscape(id)+"/deployments", nil, "", &list)
	switch {
	case err == nil && same:
		if !seenAgain(r, store.Plans, id) {
			r.forget(name) // the shelf went meanwhile: the next turn brings it
		}
		return nil
	case err == nil:
		r.learn(rightPlans, true)
	case isClass(err, transport.ClassNotFound):
		list = nil
	case isClass(err, transport.ClassForbidden), isClass(err, transport.ClassServer):
		r.mu.Lock()
		some := r.rights.holds(rightPlans)
		r.mu.Unlock()
		if !some { // one grant outweighs refusals elsewhere
			r.learn(rightPlans, false)
		}
		r.apply(func(tx *store.Tx) { store.Plans.Drop(tx, r.name, id) })
		return nil
	default:
		return err
	}
	out := make([]platform.DeploymentPlan, 0, len(list))
	for _, w := range list {
		out = append(out, platform.DeploymentPlan{ID: string(w.ID), Name: string(w.Name), EnvironmentID: string(w.EnvironmentID), CreatedAt: time.Time(w.CreatedAt), UpdatedAt: time.Time(w.UpdatedAt)})
	}
	r.applyTo(id, func(tx *store.Tx) { store.Plans.Put(tx, r.name, id, out) })
	return nil
}

type wireChain struct {
	ID         line `json:"id"`
	State      line `json:"state"`
	CommonName line `json:"commonName"`
	Network    line `json:"network"`
	UpdatedAt  when `json:"updatedAt"`
	// Of one chain only:
	Location      line `json:"location"`
	TargetAddress line `json:"targetAddress"`
	ProjectID     line `json:"projectId"`
	Env           line `json:"env"`
}

type wireFlow struct {
	State  line            `json:"state"`
	Output json.RawMessage `json:"output"`
}

// chainRead is what was read of one chain when it was last touched.
type chainRead struct {
	updated time.Time
	state   string
	chain   platform.ServiceChain
}

// mostChains bounds the chains whose details are asked for in one turn: each costs one call or two, and OpenCDS answers behind them.
const mostChains = 30

// exposed reads the chains of exposure of the whole platform, where the console has them and the token may: what changed is read in full.
func (r *reader) exposed(ctx context.Context) error {
	ids := r.scopes()
	r.mu.Lock()
	rest := len(ids) == 0 || r.clock().Sub(r.exposedAt) < everyExposed // without projects there is nobody to tell it of
	r.mu.Unlock()
	if rest {
		return nil
	}
	var list list[wireChain]
	err := r.get(ctx, "/api/v1/service-chains", nil, &list)
	switch {
	case err == nil:
		r.learn(rightExposed, true)
	case isClass(err, transport.ClassNotFound): // switched off: nothing is exposed this way
		r.mu.Lock()
		r.rights = r.rights.without(rightExposed)
		told := r.rights.list()
		r.mu.Unlock()
		r.b.Health.Set(func(h *platform.SourceHealth) { h.Rights = told })
		list = nil
	case isClass(err, transport.ClassForbidden), isClass(err, transport.ClassServer):
		r.learn(rightExposed, false)
		r.mu.Lock()
		r.exposedAt = r.clock()
		r.mu.Unlock()
		return nil
	default:
		return err
	}
	byProject := map[string][]platform.ServiceChain{}
	for _, id := range ids {
		byProject[id] = []platform.ServiceChain{}
	}
	alive, asked := map[string]bool{}, 0
	for _, w := range list {
		id := string(w.ID)
		alive[id] = true
		r.mu.Lock()
		c, known := r.chains[id]
		r.mu.Unlock()
		if !known || c.state != string(w.State) || !c.updated.Equal(time.Time(w.UpdatedAt)) {
			if asked++; asked > mostChains {
				continue // the next turn
			}
			full, err := r.chain(ctx, w)
			if err != nil {
				return err
			}
			c = chainRead{time.Time(w.UpdatedAt), string(w.State), full}
			r.mu.Lock()
			r.chains[id] = c
			r.mu.Unlock()
		}
		if byProject[c.chain.ProjectID] != nil {
			byProject[c.chain.ProjectID] = append(byProject[c.chain.ProjectID], c.chain)
		}
	}
	r.mu.Lock()
	r.exposedAt = r.clock()
	for id := range r.chains {
		if !alive[id] {
			delete(r.chains, id)
		}
	}
	r.mu.Unlock()
	for _, chains := range byProject {
		slices.SortFunc(chains, func(a, b platform.ServiceChain) int {
			return cmp.Or(cmp.Compare(a.CommonName, b.CommonName), cmp.Compare(a.ID, b.ID))
		})
	}
	r.apply(func(tx *store.Tx) { store.Exposed.PutAll(tx, r.name, byProject) })
	return nil
}

// chain reads one chain, and of one that failed the step at which it did.
func (r *reader) chain(ctx context.Context, w wireChain) (platform.ServiceChain, error) {
	path := "/api/v1/service-chains/" + url.PathEscape(string(w.ID))
	full := w
	if err := r.get(ctx, path, nil, &full); err != nil {
		return platform.ServiceChain{}, err
	}
	out := platform.ServiceChain{ID: string(w.ID), ProjectID: string(full.ProjectID), CommonName: string(full.CommonName), State: string(w.State), Network: string(full.Network), Location: string(full.Location),
		Env: string(full.Env), Target: string(full.TargetAddress), UpdatedAt: time.Time(w.UpdatedAt)}
	if out.State != "failed" {
		return out, nil
	}
	var flows map[string]*wireFlow
	if err := r.get(ctx, path+"/flows", nil, &flows); err != nil {
		return platform.ServiceChain{}, err
	}
	for _, step := range []string{"reserve_ip", "create_cert", "call_exec", "activate_ip", "dns_request"} {
		if f := flows[step]; f != nil && f.State == "failed" {
			out.Flow, out.Detail = step, r.client.Redact(saidBy(f.Output))
			break
		}
	}
	return out, nil
}

// saidBy finds what a step says of its failure: its error or message, whatever else it returns stays unread.
func saidBy(output json.RawMessage) string {
	var o struct {
		Error   line `json:"error"`
		Message line `json:"message"`
	}
	_ = json.Unmarshal(output, &o)
	said := []rune(secret.Scrub(string(cmp.Or(o.Error, o.Message))))
	return string(said[:min(len(said), 300)])
}
