package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"dsotop/internal/platform"
	"dsotop/internal/ui/words"
)

// HandoverMarkdown writes the report as Markdown, for a ticket or a channel; times are in zone.
func HandoverMarkdown(out io.Writer, doc HandoverDocument, lang string, zone *time.Location) error {
	m := markdown{set: language(lang), zone: zone, now: doc.At.In(zone), t: func(fr, en string) string {
		if lang == "fr" {
			return fr
		}
		return en
	}}
	m.handover(doc)
	_, err := io.WriteString(out, m.sb.String())
	return err
}

type markdown struct {
	sb   strings.Builder
	set  *words.Set
	zone *time.Location
	now  time.Time
	t    func(fr, en string) string
}

func (m *markdown) line(format string, args ...any) { fmt.Fprintf(&m.sb, format+"\n", args...) }

func (m *markdown) when(t *time.Time) string {
	if t == nil {
		return m.t("date inconnue", "date unknown")
	}
	return m.set.When(t.In(m.zone), m.now)
}

// plain keeps foreign text from being read as Markdown or HTML.
func plain(s string) string {
	return strings.NewReplacer("\\", "\\\\", "*", "\\*", "_", "\\_", "`", "\\`", "[", "\\[", "]", "\\]", "<", "&lt;", ">", "&gt;", "|", "\\|", "#", "\\#", "\n", " ").Replace(s)
}

func (m *markdown) handover(doc HandoverDocument) {
	of := m.t("tous les projets", "all projects")
	if doc.Project != nil {
		of = plain(*doc.Project)
	}
	m.line("# %s %s, %s", m.t("Relève du", "Handover of"), m.now.Format("2006-01-02 15:04 MST"), of)
	m.line("")
	m.line("%s %s, %s %s.", m.t("Depuis", "Since"), doc.Since.In(m.zone).Format("2006-01-02 15:04"), m.t("profil", "profile"), plain(doc.Profile))
	if whole := int64(doc.At.Sub(doc.Since) / time.Second); doc.WatchedSeconds < whole-600 {
		m.line("")
		m.line("%s", m.t(fmt.Sprintf("dsotop n'a observé que %s de cette durée : ce qui s'est ouvert puis fermé en dehors n'est pas ci-dessous.", m.span(doc.WatchedSeconds)),
			fmt.Sprintf("dsotop watched only %s of this time: what opened and closed outside of it is not below.", m.span(doc.WatchedSeconds))))
	}
	if !doc.Complete {
		m.line("")
		m.line("**%s**", m.t("Lecture incomplète : tout n'avait pas encore été lu.", "Incomplete: not everything had been read yet."))
	}
	m.findings(m.t("Ouverts", "Opened"), doc.Opened)
	m.findings(m.t("Déjà là", "Standing from before"), doc.Standing)
	m.findings(m.t("Refermés", "Closed"), doc.Closed)
	m.section(m.t("Alertes", "Alerts"), len(doc.Alerts))
	for _, a := range doc.Alerts {
		where := a.Project
		if a.Environment != nil {
			where += "/" + *a.Environment
		}
		said := a.State
		if a.Silenced {
			said += ", " + m.t("en silence", "silenced")
		}
		if a.Severity != nil {
			said += ", " + *a.Severity
		}
		summary := ""
		if a.Summary != nil {
			summary = m.set.Form.Colon + *a.Summary
		}
		m.line("- %s **%s** %s (%s)%s", m.when(a.Since), plain(where), plain(a.Name), plain(said), plain(summary))
	}
	m.section(m.t("Déploiements et provisionnements", "Deployments and provisioning"), len(doc.Changes))
	for _, c := range doc.Changes {
		where := c.Project
		if c.Environment != nil {
			where += "/" + *c.Environment
		}
		commit := ""
		if c.Commit != nil {
			commit = " `" + *c.Commit + "`"
		}
		at := c.At
		m.line("- %s **%s** %s %s%s", m.when(&at), plain(where), plain(c.Name), m.set.Timeline.Code[c.What], commit)
	}
	if len(doc.Sources) > 0 {
		m.section(m.t("Sources en défaut", "Sources that fail"), len(doc.Sources))
		for _, s := range doc.Sources {
			detail := ""
			if s.Detail != nil {
				detail = m.set.Form.Colon + *s.Detail
			}
			m.line("- **%s** %s%s", plain(s.Name), m.set.State[platform.State(s.State)].Word, plain(detail))
		}
	}
}

func (m *markdown) span(seconds int64) string {
	return m.set.Lasted(time.Duration(seconds) * time.Second)
}

func (m *markdown) section(title string, n int) {
	m.line("")
	m.line("## %s (%d)", title, n)
	m.line("")
	if n == 0 {
		m.line("%s", m.t("Rien.", "Nothing."))
	}
}

func (m *markdown) findings(title string, list []HandoverFinding) {
	m.section(title, len(list))
	for _, f := range list {
		sev, _ := platform.ParseSeverity(f.Severity)
		tail := ""
		if f.Consequences > 0 {
			tail += ", +" + m.set.Plural(f.Consequences, m.t("conséquence", "consequence"), m.t("conséquences", "consequences"))
		}
		if f.Runbook != nil {
			tail += ", " + *f.Runbook
		}
		when := m.t("depuis ", "since ") + m.when(f.Since)
		switch {
		case f.Since == nil && f.Closed == nil:
			when = m.t("début inconnu", "beginning unknown")
		case f.Closed != nil:
			when = m.t("vu fermé ", "seen closed ") + m.when(f.Closed)
		}
		m.line("- **%s** %s%s%s (%s%s)", plain(f.Project), m.set.Severity[sev].Word, m.set.Form.Colon, plain(f.Title), when, tail)
		if n := f.Acknowledged; n != nil {
			until := ""
			if n.Until != nil {
				until = m.t(", jusqu'à ", ", until ") + m.when(n.Until)
			}
			m.line("  - %s %s%s%s%s", m.t("pris en compte par", "acknowledged by"), plain(n.By), until, m.set.Form.Colon, plain(n.Reason))
		}
	}
}
