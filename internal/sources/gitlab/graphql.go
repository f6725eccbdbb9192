package gitlab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/sources/transport"
)

const graphQLPath = "/api/graphql"

// The queries. Constants, so that nothing but these can be asked; the fields are those of GitLab's public GraphQL reference. A query's
// complexity (limit 200 to 250) grows with what is in a node and by one percent a node: this one costs about 70 at 50 nodes.
const (
	projectHead = `nodes{id fullPath archived webUrl lastActivityAt repository{empty rootRef}`
	projectTail = ` pipelines(first:10){nodes{id iid status ref sha createdAt updatedAt finishedAt duration path`
	projectEnd  = `}}}pageInfo{hasNextPage endCursor}`

	fullNode  = projectHead + ` ciConfigPathOrDefault` + projectTail + ` source` + projectEnd
	olderNode = projectHead + projectTail + projectEnd // before ciConfigPathOrDefault (14.x) and Pipeline.source (17.x)

	groupOpen  = `query($root:ID!,$first:Int!,$after:String){group(fullPath:$root){projects(includeSubgroups:true,first:$first,after:$after){`
	memberOpen = `query($first:Int!,$after:String){projects(membership:true,first:$first,after:$after){`

	groupQuery       = groupOpen + fullNode + `}}}`
	groupQueryOlder  = groupOpen + olderNode + `}}}`
	memberQuery      = memberOpen + fullNode + `}}`
	memberQueryOlder = memberOpen + olderNode + `}}`
)

type gqlProject struct {
	ID             string     `json:"id"`
	FullPath       string     `json:"fullPath"`
	Archived       bool       `json:"archived"`
	CIConfigPath   string     `json:"ciConfigPathOrDefault"`
	WebURL         string     `json:"webUrl"`
	LastActivityAt *time.Time `json:"lastActivityAt"`
	Repository     *struct {
		Empty   bool   `json:"empty"`
		RootRef string `json:"rootRef"`
	} `json:"repository"`
	Pipelines struct {
		Nodes []gqlPipeline `json:"nodes"`
	} `json:"pipelines"`
}

type gqlPipeline struct {
	ID         string     `json:"id"`
	IID        string     `json:"iid"`
	Status     string     `json:"status"`
	Ref        string     `json:"ref"`
	SHA        string     `json:"sha"`
	Source     string     `json:"source"`
	CreatedAt  *time.Time `json:"createdAt"`
	UpdatedAt  *time.Time `json:"updatedAt"`
	FinishedAt *time.Time `json:"finishedAt"`
	Duration   float64    `json:"duration"`
	Path       string     `json:"path"`
}

type gqlProjects struct {
	Nodes    []*gqlProject `json:"nodes"`
	PageInfo struct {
		HasNextPage bool   `json:"hasNextPage"`
		EndCursor   string `json:"endCursor"`
	} `json:"pageInfo"`
}

type gqlAnswer struct {
	Data *struct {
		Group *struct {
			Projects *gqlProjects `json:"projects"`
		} `json:"group"`
		Projects *gqlProjects `json:"projects"`
	} `json:"data"`
	Errors []gqlError `json:"errors"`
}

type gqlError struct {
	Message string `json:"message"`
}

// Answers of GraphQL that are told apart.
var (
	errComplex = errors.New("the query is too complex for this server")
	errField   = errors.New("this server does not know a field of the query")
	errNoGroup = errors.New("the group does not exist or is not visible to this credential")
)

// parseAnswer reads one page. Errors are forgiven when they only concern details of repositories (Git storage away for one of them): a
// page with holes is refused, because holes would look like deleted repositories. redact takes secrets out of what the server says.
func parseAnswer(body []byte, redact func(string) string) (*gqlProjects, error) {
	var a gqlAnswer
	if err := json.Unmarshal(body, &a); err != nil {
		return nil, &transport.Fault{Class: transport.ClassMalformed, Message: "GraphQL answered something else than JSON", Err: err}
	}
	for _, e := range a.Errors {
		switch m := strings.ToLower(e.Message); {
		case strings.Contains(m, "complexity"), strings.Contains(m, "query too large"), strings.Contains(m, "timeout"):
			return nil, fmt.Errorf("%w: %s", errComplex, redact(platform.CleanLine(e.Message)))
		case strings.Contains(m, "doesn't exist on type"), strings.Contains(m, "doesn't accept argument"):
			return nil, fmt.Errorf("%w: %s", errField, redact(platform.CleanLine(e.Message)))
		}
	}
	var page *gqlProjects
	switch {
	case a.Data == nil:
	case a.Data.Projects != nil:
		page = a.Data.Projects
	case a.Data.Group != nil:
		page = a.Data.Group.Projects
	}
	if page != nil && !slices.Contains(page.Nodes, nil) {
		return page, nil
	}
	switch {
	case len(a.Errors) > 0:
		return nil, &transport.Fault{Class: transport.ClassRequest, Message: "GraphQL: " + redact(platform.CleanLine(a.Errors[0].Message))}
	case a.Data == nil || page != nil:
		return nil, &transport.Fault{Class: transport.ClassMalformed, Message: "GraphQL answered without data"}
	}
	return nil, errNoGroup
}

// maxPages bounds a listing whose cursor never ends: 50,000 repositories.
const maxPages = 1000

// fleetGraphQL lists every repository below the root with its newest pipelines. When the root is not visible (a member of one
// project's group only), or not given, it lists what the credential is a member of.
func (s *Source) fleetGraphQL(ctx context.Context, most int) (listing, error) {
	if s.opts.Root != "" {
		list, err := s.graphQLQuery(ctx, groupQuery, groupQueryOlder, most)
		if !errors.Is(err, errNoGroup) {
			return listing{repositories: list, pipelines: true, whole: true}, err
		}
	}
	list, err := s.graphQLQuery(ctx, memberQuery, memberQueryOlder, most)
	if err == nil && len(list) == 0 && s.opts.Root != "" {
		err = s.noGroup()
	}
	return listing{repositories: list, pipelines: true}, err
}

// noGroup is the fault of a root that cannot be seen and a credential that is a member of nothing below it.
func (s *Source) noGroup() error {
	return &transport.Fault{
		Class: transport.ClassForbidden, Source: s.opts.Name, URL: s.URL(), Err: errNoGroup,
		Message: fmt.Sprintf("group %q does not exist or is not visible to this credential, which is a member of no repository below it", s.opts.Root),
	}
}

// graphQLQuery reads all pages of a query: in smaller pages when the server finds them too complex, in its older form when a field is unknown.
func (s *Source) graphQLQuery(ctx context.Context, query, older string, most int) ([]repository, error) {
	var err error
	for _, try := range []struct {
		query string
		page  int
	}{{query, 50}, {query, 20}, {older, 50}, {older, 10}} {
		var list []repository
		list, err = s.graphQLPages(ctx, try.query, try.page, most)
		if !errors.Is(err, errComplex) && !errors.Is(err, errField) {
			return list, err
		}
	}
	return nil, err
}

func (s *Source) graphQLPages(ctx context.Context, query string, size, most int) ([]repository, error) {
	var out []repository
	seen := map[int64]bool{}
	vars := map[string]any{"first": size}
	if strings.Contains(query, "$root") {
		vars["root"] = s.opts.Root
	}
	base := s.http.Base().Scheme + "://" + s.http.Base().Host
	for turn := range maxPages {
		body, err := json.Marshal(map[string]any{"query": query, "variables": vars})
		if err != nil {
			return nil, err
		}
		resp, err := s.http.Post(ctx, graphQLPath, nil, "application/json", body)
		if err != nil {
			return nil, err
		}
		question := string(body)
		p, known := s.read.page(question, resp.Sum)
		if !known {
			projects, err := parseAnswer(resp.Body, s.http.Redact)
			if err != nil {
				return nil, err
			}
			p = pageRead{sum: resp.Sum, repositories: make([]repository, 0, len(projects.Nodes))}
			for _, n := range projects.Nodes {
				if r, ok := fromNode(s.opts.Root, base, *n); ok {
					p.repositories = append(p.repositories, r)
				}
			}
			if projects.PageInfo.HasNextPage {
				p.next = projects.PageInfo.EndCursor
			}
			s.read.keep(question, p)
		}
		for _, r := range p.repositories {
			// A repository created while we page can push another to the next page: once is enough.
			if !seen[r.ID] {
				seen[r.ID] = true
				out = append(out, r)
			}
		}
		if p.next == "" || turn+1 == most {
			s.read.complete()
			return out, nil
		}
		vars["after"] = p.next
	}
	return nil, &transport.Fault{Class: transport.ClassMalformed, Source: s.opts.Name, Message: "the list of repositories has no end"}
}
