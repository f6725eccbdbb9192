package harbor

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"dsotop/internal/desk"
	"dsotop/internal/secret"
	"dsotop/internal/sources/transport"
)

var _ desk.Images = (*Source)(nil)

// Bounds of what a person may ask for.
const (
	mostFound = 5000 // vulnerabilities of one image; base images of old have two thousand
	mostText  = 2000 // runes of the description of one
)

// asked is what only people ask, besides [rules].
func asked() []transport.Rule {
	var out []transport.Rule
	for _, path := range []string{
		"/api/v2.0/projects/*",
		"/api/v2.0/projects/*/repositories/*/artifacts/*",
		"/api/v2.0/projects/*/repositories/*/artifacts/*/additions/vulnerabilities",
		"/api/v2.0/retentions/*",
	} {
		out = append(out, transport.Rule{Method: http.MethodGet, Path: path})
	}
	return out
}

type childAnswer struct {
	ChildDigest string `json:"child_digest"`
	Platform    struct {
		OS           string `json:"os"`
		Architecture string `json:"architecture"`
		Variant      string `json:"variant"`
	} `json:"platform"`
}

// attests reports whether a child is no image but what a build says of one: buildx adds one to each image, which makes an index of it, and calls
// its platform unknown/unknown.
func (c childAnswer) attests() bool {
	return c.Platform.OS == "unknown" && c.Platform.Architecture == "unknown"
}

// detailAnswer is an artifact in full; the rest of it is an artifactAnswer.
type detailAnswer struct {
	Type       string        `json:"type"`
	PullTime   string        `json:"pull_time"`
	References []childAnswer `json:"references"`
	ExtraAttrs struct {
		Created      string `json:"created"`
		OS           string `json:"os"`
		Architecture string `json:"architecture"`
		Config       struct {
			User         string                     `json:"User"`
			Labels       map[string]string          `json:"Labels"`
			ExposedPorts map[string]json.RawMessage `json:"ExposedPorts"`
		} `json:"config"`
	} `json:"extra_attrs"`
	Accessories []struct {
		Type         string `json:"type"`
		Digest       string `json:"digest"`
		CreationTime string `json:"creation_time"`
	} `json:"accessories"`
	ScanOverview map[string]struct {
		Scanner scannerAnswer `json:"scanner"`
		EndTime string        `json:"end_time"`
		Summary *struct {
			Fixable int `json:"fixable"`
		} `json:"summary"`
	} `json:"scan_overview"`
}

type scannerAnswer struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

func (a scannerAnswer) text() string { return strings.TrimSpace(line(a.Name) + " " + line(a.Version)) }

// Image implements [desk.Images].
func (s *Source) Image(ctx context.Context, ref desk.ImageRef) (desk.ImageDetail, error) {
	q := url.Values{"with_tag": {"true"}, "with_scan_overview": {"true"}, "with_accessory": {"true"}}
	var raw json.RawMessage
	if _, err := s.http.GetJSON(ctx, artifactPath(ref), q, &raw); err != nil {
		return desk.ImageDetail{}, err
	}
	d, ok := detailOf(ref.Repository, raw)
	if !ok {
		return d, &transport.Fault{Class: transport.ClassMalformed, Source: s.opts.Name, Message: "an answer without a digest"}
	}
	return d, nil
}

func artifactPath(ref desk.ImageRef) string {
	return artifactsPath(ref.Project, ref.Repository) + "/" + url.PathEscape(ref.Reference)
}

// detailOf reads an artifact twice: as the lists have it, and what they leave out.
func detailOf(repository string, raw json.RawMessage) (desk.ImageDetail, bool) {
	var base artifactAnswer
	var more detailAnswer
	if json.Unmarshal(raw, &base) != nil || json.Unmarshal(raw, &more) != nil {
		return desk.ImageDetail{}, false
	}
	return fullArtifact(repository, base, more)
}

func fullArtifact(repository string, base artifactAnswer, more detailAnswer) (desk.ImageDetail, bool) {
	img, ok := fromArtifact(line(repository), base)
	if !ok {
		return desk.ImageDetail{}, false
	}
	extra := more.ExtraAttrs
	d := desk.ImageDetail{Image: img, Kind: line(more.Type), Built: instant(extra.Created), PulledAt: instant(more.PullTime), User: line(extra.Config.User), Bare: extra.Architecture == "" && extra.Created == "" && extra.Config.User == ""}
	for _, name := range []string{"org.opencontainers.image.revision", "org.label-schema.vcs-ref"} {
		d.Revision = cmp.Or(d.Revision, line(extra.Config.Labels[name]))
	}
	for port := range extra.Config.ExposedPorts {
		d.Ports = append(d.Ports, line(port))
	}
	slices.Sort(d.Ports)
	for _, c := range more.References {
		if digest := line(c.ChildDigest); digest != "" && !c.attests() {
			d.Platforms = append(d.Platforms, desk.ImagePlatform{OS: line(c.Platform.OS), Architecture: line(c.Platform.Architecture), Variant: line(c.Platform.Variant), Digest: digest})
		}
	}
	if len(d.Platforms) == 0 && extra.Architecture != "" {
		d.Platforms = []desk.ImagePlatform{{OS: line(extra.OS), Architecture: line(extra.Architecture)}}
	}
	for _, a := range more.Accessories {
		d.Accessories = append(d.Accessories, desk.Accessory{Type: line(a.Type), Digest: line(a.Digest), At: instant(a.CreationTime)})
	}
	for _, mime := range slices.Sorted(keysOf(more.ScanOverview)) {
		r := more.ScanOverview[mime]
		if d.Scanner == "" || instant(r.EndTime).Equal(img.Scan.At) {
			d.Scanner = r.Scanner.text()
			if r.Summary != nil {
				d.Fixable = max(r.Summary.Fixable, 0)
			}
		}
	}
	return d, true
}

type foundAnswer struct {
	ID          string   `json:"id"`
	Package     string   `json:"package"`
	Version     string   `json:"version"`
	FixVersion  string   `json:"fix_version"`
	Severity    string   `json:"severity"`
	Description string   `json:"description"`
	Links       []string `json:"links"`
	CVSS        struct {
		V3 float64 `json:"score_v3"`
		V2 float64 `json:"score_v2"`
	} `json:"preferred_cvss"`
}

type reportAnswer struct {
	GeneratedAt     string        `json:"generated_at"`
	Scanner         scannerAnswer `json:"scanner"`
	Vulnerabilities []foundAnswer `json:"vulnerabilities"`
}

// Vulnerabilities implements [desk.Images].
func (s *Source) Vulnerabilities(ctx context.Context, ref desk.ImageRef) (desk.VulnerabilityReport, error) {
	var byType map[string]reportAnswer
	if _, err := s.http.GetJSON(ctx, artifactPath(ref)+"/additions/vulnerabilities", nil, &byType); err != nil {
		return desk.VulnerabilityReport{}, err
	}
	if len(byType) == 0 { // as Harbor says it of an image that was never scanned
		return desk.VulnerabilityReport{}, &transport.Fault{Class: transport.ClassNotFound, Source: s.opts.Name, Message: "no report: the image was never scanned"}
	}
	return reportOf(byType), nil
}

// reportOf takes the report that was made last.
func reportOf(byType map[string]reportAnswer) desk.VulnerabilityReport {
	var best reportAnswer
	for i, mime := range slices.Sorted(keysOf(byType)) {
		if r := byType[mime]; i == 0 || instant(r.GeneratedAt).After(instant(best.GeneratedAt)) {
			best = r
		}
	}
	out := desk.VulnerabilityReport{At: instant(best.GeneratedAt), Scanner: best.Scanner.text()}
	for _, v := range best.Vulnerabilities {
		one := desk.Vulnerability{ID: line(v.ID), Package: line(v.Package), Version: line(v.Version), Fixed: line(v.FixVersion), Severity: line(v.Severity), Text: sentence(v.Description)}
		for _, score := range []float64{v.CVSS.V3, v.CVSS.V2} {
			if one.Score == 0 && score > 0 && score <= 10 {
				one.Score = math.Round(score*10) / 10
			}
		}
		for _, l := range v.Links {
			if u, err := url.Parse(line(l)); one.Link == "" && err == nil && (u.Scheme == "https" || u.Scheme == "http") {
				u.User = nil
				one.Link = u.String()
			}
		}
		if one.ID != "" {
			out.List = append(out.List, one)
		}
	}
	slices.SortStableFunc(out.List, func(a, b desk.Vulnerability) int {
		return cmp.Or(severityRank(b.Severity)-severityRank(a.Severity), cmp.Compare(b.Score, a.Score), strings.Compare(a.Package, b.Package), strings.Compare(a.ID, b.ID))
	})
	if len(out.List) > mostFound {
		out.Cut = len(out.List) - mostFound
		out.List = out.List[:mostFound]
	}
	return out
}

// sentence is a text of others on one line, without what looks like a credential, cut.
func sentence(text string) string {
	r := []rune(secret.Scrub(line(text)))
	if len(r) > mostText {
		return string(r[:mostText]) + "…"
	}
	return string(r)
}

func severityRank(word string) int {
	return slices.Index([]string{"negligible", "low", "medium", "high", "critical"}, strings.ToLower(word))
}

type policyAnswer struct {
	Rules []struct {
		Disabled  bool                        `json:"disabled"`
		Action    string                      `json:"action"`
		Template  string                      `json:"template"`
		Params    map[string]json.RawMessage  `json:"params"`
		Tags      []selectorAnswer            `json:"tag_selectors"`
		Selectors map[string][]selectorAnswer `json:"scope_selectors"`
	} `json:"rules"`
	Trigger struct {
		Settings struct {
			Cron string `json:"cron"`
		} `json:"settings"`
	} `json:"trigger"`
}

type selectorAnswer struct {
	Decoration string `json:"decoration"`
	Pattern    string `json:"pattern"`
}

// Retention implements [desk.Images]. A project without a policy keeps everything.
func (s *Source) Retention(ctx context.Context, project string) (desk.Retention, error) {
	var p struct {
		Metadata map[string]string `json:"metadata"`
	}
	if _, err := s.http.GetJSON(ctx, "/api/v2.0/projects/"+url.PathEscape(project), nil, &p); err != nil {
		return desk.Retention{}, err
	}
	id := p.Metadata["retention_id"]
	if strings.Trim(id, "0123456789") != "" || strings.Trim(id, "0") == "" {
		return desk.Retention{}, nil
	}
	var a policyAnswer
	if _, err := s.http.GetJSON(ctx, "/api/v2.0/retentions/"+id, nil, &a); err != nil {
		return desk.Retention{}, err
	}
	return retentionOf(a), nil
}

func retentionOf(a policyAnswer) desk.Retention {
	out := desk.Retention{Schedule: line(a.Trigger.Settings.Cron)}
	for _, r := range a.Rules {
		if r.Disabled || r.Action != "" && r.Action != "retain" {
			continue
		}
		rule := desk.RetentionRule{Template: line(r.Template), Tags: selected(r.Tags), Repositories: selected(r.Selectors["repository"])}
		for _, raw := range r.Params {
			var n float64
			if json.Unmarshal(raw, &n) == nil && n > 0 && n < 1e6 {
				rule.Keep = int(n)
			}
		}
		out.Rules = append(out.Rules, rule)
	}
	return out
}

// selected writes selectors: "**", or "excludes main".
func selected(list []selectorAnswer) string {
	var out []string
	for _, s := range list {
		text := line(s.Pattern)
		if strings.Contains(strings.ToLower(s.Decoration), "exclude") {
			text = "excludes " + text
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}
