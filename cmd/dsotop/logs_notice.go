package main

import (
	"fmt"
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/logs/export"
)

// notice tells what happened to the stream: within it as JSON, on standard error as text. What was printed before comes out first.
func (r *reading) notice(n logs.Notice) error {
	r.refused = r.refused || n.Kind == logs.NoticeFailed
	if r.a.output == "json" {
		if err := r.w.Write(export.Entry{Notice: &n}); err != nil {
			return err
		}
		return r.out.Flush()
	}
	if err := r.out.Flush(); err != nil {
		return err
	}
	at := time.Unix(0, n.At).In(time.Local)
	_, _ = fmt.Fprintf(r.p.err, "--- %s %s\n", at.Format("15:04:05"), r.sentence(n))
	return nil
}

// sentence words a notice.
func (r *reading) sentence(n logs.Notice) string {
	t := r.p.lang.of
	lines := t("des lignes", "lines")
	switch {
	case n.Count == 1:
		lines = t("1 ligne", "1 line")
	case n.Count > 1:
		lines = fmt.Sprintf("%d %s", n.Count, t("lignes", "lines"))
	}
	clock := func(at int64) string { return time.Unix(0, at).In(time.Local).Format("15:04:05.000") }
	between := t(" entre ", " between ") + clock(n.From) + t(" et ", " and ") + clock(n.To)
	var said string
	switch n.Kind {
	case logs.NoticeGap:
		said = lines + t(" peuvent manquer", " may be missing") + between
	case logs.NoticeDropped:
		said = lines + t(" laissées par le serveur", " dropped by the server") + between
	case logs.NoticeLimit:
		said = t("plus de lignes que le serveur n'en donne en un instant, à ", "more lines than the server gives for one instant, at ") + clock(n.At)
	case logs.NoticeCut:
		said = t("lecture coupée, nouvelle tentative", "the stream was cut, trying again")
	case logs.NoticeResumed:
		said = t("reprise", "resumed")
		if n.Count >= 0 {
			said += fmt.Sprintf(t(" ; relues depuis la coupure, %d nouvelles", "; read again since the cut, %d new"), n.Count)
		}
	case logs.NoticeSeam:
		said = t("à partir d'ici, lignes de cette source", "from here on, lines of this source")
	case logs.NoticeEvicted:
		said = lines + t(" sorties de la mémoire", " left the memory")
	case logs.NoticeRetention:
		said = t("rien n'est gardé avant le ", "nothing is kept before ") + time.Unix(0, n.At).In(time.Local).Format("2006-01-02 15:04")
	case logs.NoticeStart:
		said = t("rien de plus ancien", "nothing older")
		if n.Why == logs.WhyNoPrevious {
			said, n.Why = t("aucun conteneur n'a d'instance avant la présente", n.Why), ""
		}
	case logs.NoticeFailed:
		said = t("ne répond pas, ou refuse", "does not answer, or refuses")
	case logs.NoticeTruncated:
		said = fmt.Sprintf(t("ligne trop longue, %d octets laissés de côté", "line too long, %d bytes left out"), n.Count)
	default:
		said = n.Kind.String()
	}
	if n.Source != "" {
		said = n.Source + t(" : ", ": ") + said
	}
	if n.Why != "" {
		said += t(" : ", ": ") + n.Why
	}
	return said
}
