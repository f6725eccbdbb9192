package actions

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"dsotop/internal/actions/wire"
)

// Plan is a deed made ready: what would be sent, on what, with which effects. Nothing was changed to make it. It can be done once.
type Plan struct {
	Deed    *Deed
	Subject Subject
	// Args are all of the deed's parameters, defaults filled in, secret values masked.
	Args  Args
	Draft Draft
	Risk  Risk
	// Type is the text that must be typed to confirm: the subject's name for production and destruction; "" when a button is enough.
	Type string
	// Policy is what the policy says; with four eyes, somebody else's name is needed.
	Policy Judgement
	// ReadOnly tells that it cannot be done by this process.
	ReadOnly bool
	At       time.Time

	base    string   // of the system's address; "" when not known
	headers []string // that credentials are sent in, with placeholders: "x-dso-token: $DSOTOP_CONSOLE_TOKEN"
	secrets []string // values that are never shown
	used    atomic.Bool
}

// Shown is a call as it may be shown and journalled: secrets are masked.
type Shown struct {
	System      string `json:"system"`
	Method      string `json:"method"`
	Path        string `json:"path"` // with the query
	Tenant      string `json:"tenant,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Body        string `json:"body,omitempty"`
}

// Show is the call as it may be shown.
func (p *Plan) Show() Shown { return show(p.Draft.Call, p.secrets) }

// ShowElse is the call that is sent when the system does not know the first; ok is false when there is none.
func (p *Plan) ShowElse() (s Shown, ok bool) {
	if p.Draft.Else == nil {
		return Shown{}, false
	}
	return show(*p.Draft.Else, p.secrets), true
}

func show(c wire.Call, secrets []string) Shown {
	path := c.Path
	if q := encode(c.Query); q != "" {
		path += "?" + q
	}
	for _, s := range secrets {
		if len(s) >= 4 {
			path = strings.ReplaceAll(path, url.QueryEscape(s), Mask)
			path = strings.ReplaceAll(path, url.PathEscape(s), Mask)
		}
	}
	return Shown{
		System: c.System, Method: c.Method, Path: hide(path, secrets), Tenant: c.Tenant, ContentType: c.ContentType,
		Body: hide(maskBody(c.Body, c.Secrets, func(string) string { return `"` + Mask + `"` }), secrets),
	}
}

// encode is the query as it leaves: sorted by name.
func encode(q url.Values) string { return q.Encode() }

// Curl is the equivalent command line. Credentials and secret values are variables of the shell ($DSOTOP_…), never values.
func (p *Plan) Curl() string {
	c := p.Draft.Call
	var b strings.Builder
	b.WriteString("curl -sS")
	if c.Method != "GET" {
		b.WriteString(" -X " + c.Method)
	}
	for _, h := range p.headers {
		b.WriteString(" -H " + expand(h))
	}
	if c.Tenant != "" {
		b.WriteString(" -H " + quote("X-Scope-OrgID: "+c.Tenant))
	}
	if c.ContentType != "" {
		b.WriteString(" -H " + quote("Content-Type: "+c.ContentType))
	}
	if len(c.Body) > 0 {
		b.WriteString(" --data-raw ")
		at, open := 0, ""
		for _, s := range secretSpans(c.Body, c.Secrets) {
			b.WriteString(quote(open + hide(string(c.Body[at:s.from]), p.secrets) + `"`))
			b.WriteString(`"$` + variable("SECRET", s.name) + `"`)
			at, open = s.to, `"`
		}
		b.WriteString(quote(open + hide(string(c.Body[at:]), p.secrets)))
	}
	base := p.base
	if base == "" {
		base = "$" + variable(c.System, "URL")
	}
	shown := show(c, p.secrets)
	address := quote(base + shown.Path)
	if strings.HasPrefix(base, "$") {
		address = `"` + base + `"` + quote(shown.Path)
	}
	b.WriteString(" " + address)
	return b.String()
}

// variable is the name of a shell variable: DSOTOP_ARGOCD_USU_TOKEN.
func variable(parts ...string) string {
	name := []byte("DSOTOP_" + strings.ToUpper(strings.Join(parts, "_")))
	for i, c := range name {
		if c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			name[i] = '_'
		}
	}
	return string(name)
}

// quote makes one word of a shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// expand makes one word of a shell in which variables stand for themselves.
func expand(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`").Replace(s) + `"`
}

// MarshalJSON is the document of a plan: {"deed","subject","args","risk","confirm","policy","read_only","call","else","command","curl","effects","warnings","undo"}.
func (p *Plan) MarshalJSON() ([]byte, error) {
	type effect struct {
		What string  `json:"what"`
		From *string `json:"from"`
		To   *string `json:"to"`
	}
	some := func(s string) *string {
		if s == "" {
			return nil
		}
		s = hide(s, p.secrets)
		return &s
	}
	effects := []effect{}
	for _, e := range p.Draft.Effects {
		effects = append(effects, effect{e.What, some(e.From), some(e.To)})
	}
	warnings := slices.Clone(p.Draft.Warnings)
	if warnings == nil {
		warnings = []Reason{}
	}
	args := p.Args
	if args == nil {
		args = Args{}
	}
	var other *Shown
	if s, ok := p.ShowElse(); ok {
		other = &s
	}
	return json.Marshal(struct {
		Deed     string   `json:"deed"`
		Subject  Subject  `json:"subject"`
		Args     Args     `json:"args"`
		Risk     string   `json:"risk"`
		Confirm  string   `json:"confirm"`
		Policy   string   `json:"policy"`
		ReadOnly bool     `json:"read_only"`
		Call     Shown    `json:"call"`
		Else     *Shown   `json:"else"`
		Command  string   `json:"command"`
		Curl     string   `json:"curl"`
		Effects  []effect `json:"effects"`
		Warnings []Reason `json:"warnings"`
		Undo     string   `json:"undo"`
	}{p.Deed.ID, p.Subject, args, p.Risk.Word(), p.Type, p.Policy.Do, p.ReadOnly, p.Show(), other, p.Command(), p.Curl(), effects, warnings, p.Deed.Undo})
}

// Command is the equivalent in the system's own tool; "" when there is none better than Curl.
func (p *Plan) Command() string { return hide(p.Draft.Command, p.secrets) }
