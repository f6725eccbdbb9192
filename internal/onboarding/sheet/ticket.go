package sheet

import (
	"strconv"
	"strings"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/ui/words"
)

// ticketEntries is how many entries of the console's log a ticket names, newest first.
const ticketEntries = 3

// Ticket is the block of context that a ticket should carry (support page of the platform): slug, environments, namespaces, Argo CD
// applications, pipelines, commits, times, ids of the console's log. number is the step concerned; 0 is the next one.
func Ticket(b Board, number int, profile string, w *words.Set, now time.Time) string {
	ow, d := w.Onboarding, b.Row.Dossier
	var sb strings.Builder
	line := func(name, value string) {
		if value == "" {
			value = ow.Ticket["none"]
		}
		sb.WriteString("- " + ow.Ticket[name] + w.Form.Colon + value + "\n")
	}
	sb.WriteString("### " + ow.TicketTitle + "\n\n")
	line("project", d.Project.Slug+" ("+d.Project.ID+")")
	line("profile", profile)
	line("at", now.Format(time.RFC3339))
	s := b.Next()
	if number > 0 && number <= platform.StepCount {
		s = &b.Steps[number-1]
	}
	if s != nil {
		text := strconv.Itoa(s.Number) + " " + ow.Step[s.ID] + ", " + ow.State[string(s.State)]
		if !s.Since.IsZero() {
			text += " (" + ow.Since + " " + s.Since.Format(time.DateOnly) + ")"
		}
		line("step", text)
		line("next", ow.Owner[string(s.Owner)])
	}
	environments(d, line)
	for i := range d.Repositories {
		r := &d.Repositories[i]
		for at, list := range [][]platform.Pipeline{r.Pipelines, r.Mirror} {
			if len(list) == 0 {
				continue
			}
			p := list[0]
			text := p.URL
			if text == "" {
				text = "#" + strconv.FormatInt(p.IID, 10)
			}
			line("pipeline", r.Name+" "+text+" "+p.Status+" "+stamp(p.UpdatedAt))
			if p.SHA != "" && at == 0 { // the mirror's own commit says nothing
				line("commit", r.Name+" "+p.SHA)
			}
		}
	}
	for i, e := range d.Log {
		if i == ticketEntries {
			break
		}
		outcome := "OK"
		if !e.OK() {
			outcome = "KO " + strings.Join(e.Failed, ", ")
		}
		line("request", strings.TrimSpace(e.RequestID+" "+e.Action+" "+outcome+" "+stamp(e.At)))
	}
	if s != nil {
		sb.WriteString("\n" + ow.Ticket["evidence"] + w.Form.Colon + "\n\n")
		for _, c := range s.Checks {
			for _, e := range c.Why {
				at := ""
				if !e.At.IsZero() {
					at = " " + stamp(e.At)
				}
				source := e.Source
				if source != "" {
					source = "[" + source + "] "
				}
				sb.WriteString("- " + source + w.OnboardingCheck(c.ID) + w.Form.Colon + w.OnboardingWhy(e) + at + "\n")
			}
		}
	}
	return sb.String()
}

func environments(d *platform.Dossier, line func(name, value string)) {
	for i := range d.Environments {
		e := &d.Environments[i]
		line("environment", strings.TrimSpace(e.Name+" ("+e.Stage+") "+e.Cluster.Label))
		line("namespace", e.Namespace)
		for j := range e.Applications {
			a := &e.Applications[j]
			if a.Type == platform.AppDeploy || a.Type == platform.AppHistoric {
				line("application", a.Instance+" "+a.Name+" "+a.Sync+" "+a.Health)
			}
		}
	}
	if len(d.Environments) == 0 {
		line("environment", "")
	}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}
