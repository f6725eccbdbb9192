package console

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/secret"
)

// The console's fields move between its two servers and from release to release. Each leaf type below takes what it understands
// and is zero for the rest, so that one odd field never costs a list.

type (
	line string // one line of text
	text string // text that may span lines
	num  float64
	flag bool
	when time.Time
	ids  []string
)

func (l *line) UnmarshalJSON(b []byte) error {
	*l = line(platform.CleanLine(plain(b)))
	return nil
}

func (t *text) UnmarshalJSON(b []byte) error {
	*t = text(platform.Clean(plain(b)))
	return nil
}

// plain is the text of a JSON string or number, "" for anything else.
func plain(b []byte) string {
	if len(b) > 0 && b[0] == '"' {
		var s string
		if json.Unmarshal(b, &s) == nil {
			return s
		}
		return ""
	}
	if len(b) > 0 && (b[0] == '-' || b[0] >= '0' && b[0] <= '9') {
		return string(b)
	}
	return ""
}

func (n *num) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseFloat(plain(b), 64)
	if err != nil || v != v || v > 1e15 || v < -1e15 {
		v = 0
	}
	*n = num(v)
	return nil
}

func (f *flag) UnmarshalJSON(b []byte) error {
	*f = string(b) == "true" || plain(b) == "true" || plain(b) == "1"
	return nil
}

// UnmarshalJSON takes ISO 8601 with any offset, also without one (UTC then) or with a space, and milliseconds since 1970. A date far from
// any that the platform can mean is none.
func (w *when) UnmarshalJSON(b []byte) error {
	said := strings.TrimSpace(plain(b))
	*w = when{}
	if ms, err := strconv.ParseInt(said, 10, 64); err == nil && len(said) >= 12 {
		*w = when(time.UnixMilli(ms).UTC())
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, said); err == nil {
			*w = when(t.UTC())
			break
		}
	}
	if year := time.Time(*w).Year(); year < 1970 || year > 9999 {
		*w = when{}
	}
	return nil
}

func (i *ids) UnmarshalJSON(b []byte) error {
	all := odd[[]line](b)
	if all == nil {
		return nil
	}
	out := make([]string, 0, len(all))
	for _, l := range all {
		if l != "" {
			out = append(out, string(l))
		}
	}
	*i = out
	return nil
}

// opt is a value that may be absent, null or of another shape.
type opt[T any] struct {
	v  T
	ok bool
}

func (o *opt[T]) UnmarshalJSON(b []byte) error {
	if v := odd[*T](b); v != nil {
		o.v, o.ok = *v, true
	}
	return nil
}

// list is a list of objects of which one that is none, null or a text, does not cost the others. A list in which nothing is an
// object is not what was asked for.
type list[T any] []T

func (l *list[T]) UnmarshalJSON(b []byte) error {
	var whole []*T
	err := json.Unmarshal(b, &whole)
	if err != nil {
		var each []json.RawMessage
		if json.Unmarshal(b, &each) != nil {
			return err
		}
		whole = whole[:0]
		for _, raw := range each {
			if one := odd[*T](raw); one != nil {
				whole = append(whole, one)
			}
		}
		if len(whole) == 0 {
			return err
		}
	}
	*l = nil
	if whole != nil {
		*l = make([]T, 0, len(whole))
	}
	for _, one := range whole {
		if one != nil {
			*l = append(*l, *one)
		}
	}
	return nil
}

// odd decodes what it understands; another shape gives the zero value, and says nothing.
func odd[T any](b []byte) (v T) {
	if json.Unmarshal(b, &v) != nil {
		var none T
		return none
	}
	return v
}

type wirePerson struct {
	ID        line `json:"id"`
	UserID    line `json:"userId"` // of a member
	FirstName line `json:"firstName"`
	LastName  line `json:"lastName"`
	Email     line `json:"email"`
	Type      line `json:"type"`
	LastLogin when `json:"lastLogin"`
}

func (p wirePerson) noun() platform.Person {
	id := p.ID
	if id == "" {
		id = p.UserID
	}
	return platform.Person{ID: string(id), FirstName: string(p.FirstName), LastName: string(p.LastName), Email: string(p.Email), Type: string(p.Type), LastLogin: time.Time(p.LastLogin)}
}

type wireMember struct {
	wirePerson
	RoleIDs ids `json:"roleIds"`
}

func members(in []wireMember) []platform.Member {
	out := make([]platform.Member, 0, len(in))
	for _, m := range in {
		out = append(out, platform.Member{Person: m.noun(), RoleIDs: m.RoleIDs})
	}
	return out
}

// wireRole takes both shapes: NestJS leaves position out and adds a member count that is the project's, not the role's.
type wireRole struct {
	ID          line `json:"id"`
	Name        line `json:"name"`
	Permissions line `json:"permissions"`
	Position    num  `json:"position"`
	Type        line `json:"type"`
	OIDCGroup   line `json:"oidcGroup"`
}

func roles(in []wireRole) []platform.Role {
	out := make([]platform.Role, 0, len(in))
	for _, r := range in {
		out = append(out, platform.Role{ID: string(r.ID), Name: string(r.Name), Permissions: platform.ParsePerms(string(r.Permissions)), Position: int(r.Position), Type: string(r.Type), OIDCGroup: string(r.OIDCGroup)})
	}
	return out
}

type wireProject struct {
	ID            line                  `json:"id"`
	Slug          line                  `json:"slug"`
	Name          line                  `json:"name"`
	Description   text                  `json:"description"`
	Status        line                  `json:"status"`
	Locked        flag                  `json:"locked"`
	Limitless     flag                  `json:"limitless"`
	HprodCPU      num                   `json:"hprodCpu"`
	HprodGPU      num                   `json:"hprodGpu"`
	HprodMemory   num                   `json:"hprodMemory"`
	ProdCPU       num                   `json:"prodCpu"`
	ProdGPU       num                   `json:"prodGpu"`
	ProdMemory    num                   `json:"prodMemory"`
	OwnerID       line                  `json:"ownerId"`
	Owner         opt[wirePerson]       `json:"owner"`
	Members       opt[list[wireMember]] `json:"members"`
	Roles         opt[list[wireRole]]   `json:"roles"`
	EveryonePerms line                  `json:"everyonePerms"`
	Provisioned   line                  `json:"lastSuccessProvisionningVersion"`
	ClusterIDs    ids                   `json:"clusterIds"`
	CreatedAt     when                  `json:"createdAt"`
	UpdatedAt     when                  `json:"updatedAt"`
}

func (p wireProject) noun() platform.Project {
	out := platform.Project{
		ID: string(p.ID), Slug: string(p.Slug), Name: string(p.Name), Description: secret.Scrub(string(p.Description)), Status: string(p.Status),
		Locked: bool(p.Locked), Limitless: bool(p.Limitless),
		Hprod: platform.Resources{CPU: float64(p.HprodCPU), GPU: float64(p.HprodGPU), Memory: float64(p.HprodMemory)},
		Prod:  platform.Resources{CPU: float64(p.ProdCPU), GPU: float64(p.ProdGPU), Memory: float64(p.ProdMemory)},
		Owner: p.Owner.v.noun(), Everyone: platform.ParsePerms(string(p.EveryonePerms)), LastProvisioned: string(p.Provisioned),
		ClusterIDs: p.ClusterIDs, CreatedAt: time.Time(p.CreatedAt), UpdatedAt: time.Time(p.UpdatedAt),
	}
	if out.Owner.ID == "" {
		out.Owner.ID = string(p.OwnerID)
	}
	if out.Slug == "" { // before slugs the name was one
		out.Slug = out.Name
	}
	if p.Members.ok {
		out.Members = members(p.Members.v)
	}
	if p.Roles.ok {
		out.Roles = roles(p.Roles.v)
	}
	return out
}

type wireEnvironment struct {
	ID        line           `json:"id"`
	Name      line           `json:"name"`
	StageID   line           `json:"stageId"`
	Stage     opt[wireStage] `json:"stage"` // v2 only
	ClusterID line           `json:"clusterId"`
	CPU       num            `json:"cpu"`
	GPU       num            `json:"gpu"`
	Memory    num            `json:"memory"`
	Autosync  flag           `json:"autosync"`
	CreatedAt when           `json:"createdAt"`
	UpdatedAt when           `json:"updatedAt"`
}

type wireStage struct {
	ID   line `json:"id"`
	Name line `json:"name"`
}

func (e wireEnvironment) noun(project string, stages map[string]string) platform.Environment {
	out := platform.Environment{ID: string(e.ID), Name: string(e.Name), ProjectID: project, StageID: string(e.StageID), Stage: string(e.Stage.v.Name), ClusterID: string(e.ClusterID),
		Request: platform.Resources{CPU: float64(e.CPU), GPU: float64(e.GPU), Memory: float64(e.Memory)}, Autosync: bool(e.Autosync), CreatedAt: time.Time(e.CreatedAt), UpdatedAt: time.Time(e.UpdatedAt)}
	if out.StageID == "" {
		out.StageID = string(e.Stage.v.ID)
	}
	if out.Stage == "" {
		out.Stage = stages[out.StageID]
	}
	return out
}

type wireRepository struct {
	ID             line `json:"id"`
	Name           line `json:"internalRepoName"`
	ExternalURL    line `json:"externalRepoUrl"`
	Private        flag `json:"isPrivate"`
	Infra          flag `json:"isInfra"`
	DeployRevision line `json:"deployRevision"`
	DeployPath     line `json:"deployPath"`
	HelmValues     text `json:"helmValuesFiles"`
	CreatedAt      when `json:"createdAt"`
	UpdatedAt      when `json:"updatedAt"`
}

func (r wireRepository) noun(project string) platform.Repository {
	return platform.Repository{ID: string(r.ID), ProjectID: project, Name: string(r.Name), ExternalURL: withoutUser(string(r.ExternalURL)), Private: bool(r.Private), Infra: bool(r.Infra),
		DeployRevision: string(r.DeployRevision), DeployPath: string(r.DeployPath), HelmValues: string(r.HelmValues), CreatedAt: time.Time(r.CreatedAt), UpdatedAt: time.Time(r.UpdatedAt)}
}

// withoutUser takes user and password out of a repository's address; one that cannot be read is cut before its "@".
func withoutUser(address string) string { return secret.Scrub(bare(address)) }

func bare(address string) string {
	if u, err := url.Parse(address); err == nil && u.User != nil {
		u.User = nil
		return u.String()
	} else if err == nil {
		return address
	}
	if i := strings.LastIndex(address, "@"); i >= 0 {
		if scheme, _, ok := strings.Cut(address, "://"); ok {
			return scheme + "://" + address[i+1:]
		}
		return address[i+1:]
	}
	return address
}

type wireCluster struct {
	ID       line `json:"id"`
	Label    line `json:"label"`
	Privacy  line `json:"privacy"`
	ZoneID   line `json:"zoneId"`
	StageIDs ids  `json:"stageIds"`
	wireAmount
}

type wireAmount struct {
	CPU    num `json:"cpu"`
	GPU    num `json:"gpu"`
	Memory num `json:"memory"`
}

func (a wireAmount) noun() platform.Resources {
	return platform.Resources{CPU: float64(a.CPU), GPU: float64(a.GPU), Memory: float64(a.Memory)}
}

func (c wireCluster) noun() platform.Cluster {
	return platform.Cluster{ID: string(c.ID), Label: string(c.Label), Privacy: string(c.Privacy), ZoneID: string(c.ZoneID), StageIDs: c.StageIDs, Capacity: c.wireAmount.noun()}
}

type wireZone struct {
	ID      line `json:"id"`
	Slug    line `json:"slug"`
	Label   line `json:"label"`
	ArgoURL line `json:"argocdUrl"`
}

type wireService struct {
	Name    line `json:"name"`
	Status  line `json:"status"`
	Message text `json:"message"`
	At      num  `json:"lastUpdateTimestamp"`
}

type wireToken struct {
	Name      line            `json:"name"`
	LastUse   when            `json:"lastUse"`
	CreatedAt when            `json:"createdAt"`
	Expires   when            `json:"expirationDate"`
	Status    line            `json:"status"`
	Owner     opt[wirePerson] `json:"owner"`
}

// newest is the token used last: ours, most likely, since asking used it.
func newest(tokens list[wireToken]) (wireToken, bool) {
	if len(tokens) == 0 {
		return wireToken{}, false
	}
	return slices.MaxFunc(tokens, func(a, b wireToken) int {
		if c := time.Time(a.LastUse).Compare(time.Time(b.LastUse)); c != 0 {
			return c
		}
		return time.Time(a.CreatedAt).Compare(time.Time(b.CreatedAt))
	}), true
}

func (t wireToken) expiry() time.Time { return time.Time(t.Expires) }
