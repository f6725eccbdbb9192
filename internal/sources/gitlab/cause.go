package gitlab

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"dsotop/internal/platform"
)

const (
	// causeTail is how much of the end of a trace is looked at: what stopped a job is among its last words.
	causeTail = 32 << 10
	// causeLines bounds the lines looked at from the end.
	causeLines = 120
	// longestSaid bounds the line shown, in runes.
	longestSaid = 240
)

// causeRead is what a job's trace told, once for all: a job that failed has written its last word.
type causeRead struct{ cause, said string }

// causes looks into the trace of the job that broke a pipeline. The others are the team's to read.
func (s *Source) causes(ctx context.Context, r repository, jobs []platform.Job) error {
	j, failed := platform.Pipeline{Jobs: jobs}.FirstFailed()
	if !failed || s.facts.causeKnown(j.ID) {
		return nil
	}
	text, err := s.traceTail(ctx, r.ID, j.ID)
	switch {
	case err == nil:
		cause, said := causeOf(text)
		s.facts.setCause(j.ID, causeRead{cause, said})
	case refused(err), absent(err): // traces may be closed to those who may see jobs, or erased
		s.facts.setCause(j.ID, causeRead{})
	default:
		return err
	}
	return nil
}

// traceTail reads a trace to its end and keeps the last of it: GitLab knows no ranges here.
func (s *Source) traceTail(ctx context.Context, repo, job int64) (string, error) {
	path := "/api/v4/projects/" + strconv.FormatInt(repo, 10) + "/jobs/" + strconv.FormatInt(job, 10) + "/trace"
	resp, err := s.http.Stream(ctx, path, url.Values{})
	if err != nil {
		return "", s.fault(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return "", nil
	}
	ring, n := make([]byte, 0, 2*causeTail), 0
	chunk := make([]byte, 16<<10)
	for {
		k, err := resp.Body.Read(chunk)
		ring = append(ring, chunk[:k]...)
		n += k
		if len(ring) > 2*causeTail-len(chunk) {
			ring = append(ring[:0], ring[len(ring)-causeTail:]...)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", s.fault(err)
		}
	}
	if cut := strings.IndexByte(string(ring), '\n'); n > len(ring) && cut >= 0 {
		ring = ring[cut+1:] // the first line may be the second half of one, and of a credential
	}
	return redact(s.http.Redact(string(ring))), nil
}

// causeOf finds in the last lines of a trace what stopped the job. said is that line, as it may be shown.
func causeOf(text string) (cause, said string) {
	lines := strings.Split(text, "\n")
	for i := len(lines) - 1; i >= max(0, len(lines)-causeLines); i-- {
		l := lines[i]
		l = strings.TrimRight(l, "\r")
		if at := strings.LastIndexByte(l, '\r'); at >= 0 {
			l = l[at+1:]
		}
		l = platform.CleanLine(l[runnerPrefix(l):])
		if cause := causeIn(strings.ToLower(l), around(lines, i)); cause != "" {
			if r := []rune(l); len(r) > longestSaid {
				l = string(r[:longestSaid-1]) + "…"
			}
			return cause, l
		}
	}
	return "", ""
}

// around is the neighbourhood of a line: tools write one refusal on several.
func around(lines []string, i int) string {
	return strings.ToLower(strings.Join(lines[max(0, i-4):min(len(lines), i+3)], "\n"))
}

func holds(text string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}

func causeIn(l, near string) string {
	refused := holds(l, "401", "403", "unauthorized", "permission denied", "access denied", "denied:")
	switch {
	case holds(l, "pkix path building failed", "x509: certificate signed by unknown authority", "unable to get local issuer certificate", "self signed certificate", "self-signed certificate", "certificate verify failed"):
		return platform.CauseCertificate
	case holds(l, "error writing data to auth/", "vault is sealed", "error validating token", "* permission denied") && holds(near, "vault", "auth/jwt"),
		holds(l, "vault") && (refused || holds(l, "sealed", "error making api request")):
		return platform.CauseVault
	case holds(l, "storage quota", "quota exceeded", "exceed the configured upper limit", "412 precondition failed", "507 insufficient storage") && holds(near, "push", "blob", "registry", "harbor", "upload"),
		holds(l, "error pushing image", "failed to push", "push image") && holds(l, "500 internal", "502 bad", "503 service", "504 gateway", "unexpected status code 5"):
		return platform.CauseQuota
	case refused && holds(l, "push", "blobs/uploads", "manifests", "registry", "harbor", "/v2/"):
		return platform.CauseRegistry
	case holds(l, "authentication failed for", "could not read username", "http basic: access denied"):
		return platform.CauseLogin
	case holds(l, "could not resolve host", "no such host", "temporary failure in name resolution"):
		return platform.CauseUnresolved
	}
	return ""
}
