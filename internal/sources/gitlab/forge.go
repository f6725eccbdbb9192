package gitlab

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
)

const (
	forgeEvery = 5 * time.Minute // heads of one repository: another's server, of which we are a guest
	forgeRate  = 2               // calls a second
	largestAdv = 4 << 20         // what a forge says of its branches
)

// Forge is the team's own forge, whose heads are compared with the platform's copies. It is asked without any credential, in the protocol of
// git itself, which every forge speaks: repositories that want a login are not read.
type Forge struct {
	// URL is how external addresses of repositories begin, e.g. "https://github.com/ministere"; "" reads none.
	URL string
	// Through is where that forge is reached from here, when by another address; "" is URL itself.
	Through string
}

// forgeRead is what the forge said last of one repository.
type forgeRead struct {
	at   time.Time
	head platform.ForgeHead
}

// forgeClient makes the client of the forge; nil when none is configured.
func forgeClient(f Forge, like transport.Options) (*transport.Client, error) {
	if f.URL == "" {
		return nil, nil //nolint:nilnil // none is wanted
	}
	c, err := transport.New(transport.Options{
		Name: like.Name, URL: cmp.Or(f.Through, f.URL), TLS: like.TLS, Proxy: like.Proxy, Timeout: like.Timeout, Backoff: like.Backoff, Rate: forgeRate, MaxBody: largestAdv, Retries: -1, Log: like.Log, Clock: like.Clock,
		Allow: []transport.Rule{{Method: http.MethodGet, Path: "/**", Query: func(q map[string][]string) bool {
			return len(q) == 1 && len(q["service"]) == 1 && q["service"][0] == "git-upload-pack"
		}}},
	})
	if err != nil {
		return nil, fmt.Errorf("forge: %w", err)
	}
	return c, nil
}

// readForge asks the forge for the head of a repository, now and then. A forge that does not answer is no failure of GitLab's.
func (s *Source) readForge(ctx context.Context, r repository, external string, now, stirred time.Time) error {
	path, ours := s.forgePath(external)
	if s.forge == nil || !ours {
		return nil
	}
	last, inside, again := s.facts.forgeDue(r.ID, now, stirred)
	if !again {
		return nil
	}
	head := platform.ForgeHead{Repository: r.Name, Branch: cmp.Or(r.DefaultBranch, "main")}
	resp, err := s.forge.Get(ctx, path+"/info/refs", url.Values{"service": {"git-upload-pack"}})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		f := transport.FaultOf(err)
		head.Refused = string(f.Class)
	default:
		branch, sha, trouble := headOf(resp.Body, head.Branch)
		head.Branch, head.SHA, head.Refused = cmp.Or(branch, head.Branch), sha, trouble
	}
	if head.SHA != "" && inside != "" && head.SHA != inside {
		head.Differs = now
		if !last.Differs.IsZero() {
			head.Differs = last.Differs
		}
	}
	s.facts.setForge(r.ID, forgeRead{now, head})
	return nil
}

// forgePath is the path of a repository in the forge; ours is false when its address is another's.
func (s *Source) forgePath(external string) (path string, ours bool) {
	rest, ours := strings.CutPrefix(external, strings.TrimSuffix(s.opts.Forge.URL, "/")+"/")
	if !ours || s.opts.Forge.URL == "" || rest == "" || strings.ContainsAny(rest, "?#%") || strings.Contains(rest, "..") {
		return "", false
	}
	return "/" + strings.TrimSuffix(rest, "/"), true
}

// headOf reads git's advertisement of references: lines with their length in four hexadecimal digits before them. The wanted branch counts;
// where it is not there, the one that HEAD points to.
func headOf(body []byte, want string) (branch, sha, trouble string) {
	pointed, first := "", true
	refs := map[string]string{}
	for len(body) >= 4 && len(refs) < 20_000 {
		n, err := strconv.ParseUint(string(body[:4]), 16, 16)
		if err != nil {
			return "", "", "malformed"
		}
		if n < 4 { // a mark between two parts
			body = body[4:]
			continue
		}
		if int(n) > len(body) {
			return "", "", "malformed"
		}
		l := strings.TrimSuffix(string(body[4:n]), "\n")
		body = body[n:]
		if strings.HasPrefix(l, "# ") {
			continue
		}
		l, capabilities, more := strings.Cut(l, "\x00")
		if more && first {
			first = false
			for c := range strings.FieldsSeq(capabilities) {
				if to, ok := strings.CutPrefix(c, "symref=HEAD:refs/heads/"); ok {
					pointed = to
				}
			}
		}
		if id, ref, ok := strings.Cut(l, " "); ok && len(id) == 40 && platform.IsCommit(id) {
			refs[ref] = id
		}
	}
	if sha, ok := refs["refs/heads/"+want]; ok {
		return want, sha, ""
	}
	if sha, ok := refs["HEAD"]; ok {
		return line(pointed), sha, ""
	}
	if len(refs) == 0 {
		return "", "", "malformed"
	}
	return "", "", "absent"
}

func (f *facts) forgeDue(repo int64, now, stirred time.Time) (last platform.ForgeHead, inside string, again bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	h, read := f.aside.heads[repo]
	return h.head, f.heads[repo].sha, !read || due(h.at, now, forgeEvery, stirred)
}

func (f *facts) setForge(repo int64, h forgeRead) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.aside.heads[repo] = h
}
