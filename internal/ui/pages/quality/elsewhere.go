package quality

import (
	"net/url"

	"dsotop/internal/fleet"
	"dsotop/internal/ui/elsewhere"
	"dsotop/internal/ui/page"
)

// Links is the gate in SonarQube.
func (p *Page) Links() []page.Link {
	g, ok := p.Current()
	if !ok {
		return nil
	}
	return links(g)
}

// CommandLines ask SonarQube for the gate under the cursor.
func (p *Page) CommandLines() []page.Line {
	g, ok := p.Current()
	if !ok {
		return nil
	}
	return lines(p.View(), g)
}

// Links is the gate in SonarQube.
func (p *One) Links() []page.Link {
	if p.row == nil {
		return nil
	}
	return links(p.gate)
}

// CommandLines ask SonarQube for the gate.
func (p *One) CommandLines() []page.Line {
	if p.row == nil {
		return nil
	}
	return lines(p.view, p.gate)
}

func links(g gate) []page.Link {
	if g.repo == nil || g.repo.Gate == nil {
		return nil
	}
	return []page.Link{{System: "sonarqube", Name: g.slug() + "/" + g.repo.Name, URL: g.repo.Gate.URL}}
}

func lines(v *fleet.View, g gate) []page.Line {
	b := elsewhere.Base(v, "sonarqube", "")
	if g.repo == nil || g.repo.Gate == nil || b == "" {
		return nil
	}
	return []page.Line{{Tool: "curl", Text: "curl -fsS -u \"$SONAR_TOKEN:\" " + elsewhere.Word(b+"/api/qualitygates/project_status?projectKey="+url.QueryEscape(g.repo.Gate.Key))}}
}
