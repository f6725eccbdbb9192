package gitlab

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	client "gitlab.com/gitlab-org/api/client-go"

	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
)

const (
	observabilityRepository = "infra-observability"
	mostFormer              = 3  // commits of former pipelines that are looked for in the branch, for each new head
	mostDashboards          = 40 // dashboards read, for each new head of an observability repository
	largestDashboard        = 2 << 20
)

// codeRead is what the files of a repository told at a head; it is read again only when the head moves.
type codeRead struct {
	facts platform.CodeFacts
	clean map[string]bool // commits of former pipelines found in the branch
	// refused: the files of this head may not be read. They are asked for again with the next.
	refused bool
}

// readCode looks at the files of a repository, once for each new head: its CI file, or its dashboards and rules, and whether the commits of
// former pipelines are still in the branch.
func (s *Source) readCode(ctx context.Context, r repository) error {
	if r.Name == platform.MirrorRepository {
		return nil
	}
	head, formers, last, known := s.facts.codeDue(r)
	if known && head == last.facts.Revision {
		return nil
	}
	now := codeRead{facts: platform.CodeFacts{Repository: r.Name, Revision: head}, clean: map[string]bool{}}
	if head != "" {
		var err error
		if r.Name == observabilityRepository {
			err = s.readObservability(ctx, r, head, &now.facts)
		} else {
			err = s.readCIFile(ctx, r, head, &now.facts.CI)
		}
		if err == nil && r.Name != observabilityRepository {
			now.facts.Lost, err = s.lost(ctx, r, head, formers, last, now.clean)
		}
		switch {
		case err == nil:
		case refused(err):
			s.facts.setRight(rightCode, false)
			now.refused = true
			s.facts.setCode(r.ID, now)
			return nil
		case absent(err): // it moved meanwhile
			return nil
		default:
			return err
		}
		s.facts.setRight(rightCode, true)
	}
	s.facts.setCode(r.ID, now)
	return nil
}

// treeOf lists the paths of the files below a folder; "" is the root.
func (s *Source) treeOf(ctx context.Context, repo int64, ref, folder string, deep bool) (files []string, err error) {
	err = pages(func(page int64) (int64, error) {
		o := &client.ListTreeOptions{ListOptions: client.ListOptions{Page: page, PerPage: perPage}, Ref: &ref, Recursive: &deep}
		if folder != "" {
			o.Path = &folder
		}
		list, resp, err := s.rest.Repositories.ListTree(repo, o, client.WithContext(ctx))
		if err != nil {
			return 0, s.fault(err)
		}
		for _, n := range list {
			if n != nil && n.Type == "blob" {
				files = append(files, n.Path)
			}
		}
		if len(files) > 2000 {
			return 0, nil
		}
		return nextPage(resp), nil
	})
	return files, err
}

func (s *Source) file(ctx context.Context, repo int64, ref, path string) (string, error) {
	raw, _, err := s.rest.RepositoryFiles.GetRawFile(repo, path, &client.GetRawFileOptions{Ref: &ref}, client.WithContext(ctx))
	if err != nil {
		return "", s.fault(err)
	}
	return string(raw), nil
}

// readCIFile looks for the file that GitLab is told to read. A path into another repository is not followed.
func (s *Source) readCIFile(ctx context.Context, r repository, head string, into *platform.CIFile) error {
	path := r.CIConfigPath
	if path == "" {
		path = defaultCIFile
	}
	if strings.ContainsAny(path, "@:") || strings.Contains(path, "/") {
		return nil
	}
	files, err := s.treeOf(ctx, r.ID, head, "", false)
	if err != nil {
		return err
	}
	if slices.Contains(files, path) {
		into.Path = path
		body, err := s.file(ctx, r.ID, head, path)
		if err != nil {
			return err
		}
		readCI(into, body)
		return nil
	}
	for _, f := range files {
		if looksLikeCI(f) {
			into.Alike = append(into.Alike, line(f))
		}
	}
	if r.CIConfigPath != "" || into.Alike != nil { // without either, nobody expects pipelines here
		into.Path = path
	}
	return nil
}

func looksLikeCI(name string) bool {
	n := strings.ToLower(name)
	return strings.Contains(n, "gitlab-ci") && (strings.HasSuffix(n, ".yml") || strings.HasSuffix(n, ".yaml"))
}

// readObservability judges the places of rules and dashboards, and reads the dashboards.
func (s *Source) readObservability(ctx context.Context, r repository, head string, into *platform.CodeFacts) error {
	files, err := s.treeOf(ctx, r.ID, head, "files", true)
	if err != nil && !absent(err) { // a repository without the folder
		return err
	}
	read := 0
	for _, f := range files {
		kind, fault := placed(f)
		detail := ""
		if kind == "dashboard" && fault == "" && read < mostDashboards {
			read++
			body, err := s.file(ctx, r.ID, head, f)
			switch {
			case err == nil && len(body) > largestDashboard, err != nil && transport.FaultOf(err).Class == transport.ClassMalformed:
				continue // too large to judge
			case err != nil:
				return err
			}
			if trouble := invalidJSON(body); trouble != "" {
				fault, detail = "json", trouble
			}
		}
		if fault != "" {
			into.Ignored = append(into.Ignored, platform.IgnoredFile{Path: line(f), Kind: kind, Reason: fault, Detail: detail})
		}
	}
	return nil
}

// placed says what a file of an observability repository is meant to be, and why nothing reads it; "" when something does. The chart renders
// files/dashboards/*.json and files/rules/{metrics,logs}/*.yaml.tpl (platform facts §3.4).
func placed(path string) (kind, fault string) {
	rest, dashboards := strings.CutPrefix(path, "files/dashboards/")
	if dashboards {
		switch {
		case strings.HasPrefix(rest, "."):
			return "", ""
		case !strings.HasSuffix(rest, ".json"):
			return "dashboard", "name"
		}
		return "dashboard", ""
	}
	rest, rules := strings.CutPrefix(path, "files/rules/")
	if !rules || strings.HasPrefix(rest[strings.LastIndexByte(rest, '/')+1:], ".") || strings.HasSuffix(strings.ToLower(rest), ".md") {
		return "", ""
	}
	switch folder, name, deep := strings.Cut(rest, "/"); {
	case !deep || folder != "metrics" && folder != "logs":
		return "rules", "folder"
	case strings.Contains(name, "/"):
		return "rules", "folder"
	case !strings.HasSuffix(name, ".yaml.tpl") && !strings.HasSuffix(name, ".yaml") && !strings.HasSuffix(name, ".yml"):
		return "rules", "name"
	}
	return "rules", ""
}

func invalidJSON(body string) string {
	d := json.NewDecoder(bytes.NewReader([]byte(strings.TrimPrefix(body, "\ufeff"))))
	var o map[string]json.RawMessage
	if err := d.Decode(&o); err != nil {
		return line(err.Error())
	}
	if d.More() {
		return "more than one object"
	}
	return ""
}

// lost looks for commits of former pipelines that the branch has no more. What was found to be lost stays known as long as the program runs.
func (s *Source) lost(ctx context.Context, r repository, head string, formers []string, last codeRead, clean map[string]bool) (*platform.LostCommit, error) {
	for i, sha := range formers {
		if i == mostFormer {
			break
		}
		if last.clean[sha] && i > 0 { // below one that was looked at
			clean[sha] = true
			continue
		}
		straight := false
		cmp, resp, err := s.rest.Repositories.Compare(r.ID, &client.CompareOptions{From: &head, To: &sha, Straight: &straight}, client.WithContext(ctx))
		if resp != nil && resp.StatusCode == http.StatusNotFound {
			continue // not even kept: nothing can be said of it
		}
		if err != nil {
			return last.facts.Lost, s.fault(err)
		}
		if len(cmp.Commits) == 0 {
			clean[sha] = true
			continue
		}
		out := &platform.LostCommit{SHA: line(sha), Count: len(cmp.Commits), Head: line(head), At: time.Time{}}
		for _, c := range cmp.Commits {
			if c != nil && c.ID == sha {
				out.Title, out.Author, out.At = sentence(c.Title), line(c.AuthorName), instant(c.CommittedDate)
			}
		}
		return out, nil
	}
	return last.facts.Lost, nil
}
