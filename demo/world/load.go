package world

import (
	"bytes"
	"slices"
	"strconv"
	"time"
)

// The work load "logs" of the budgets: one namespace with a million lines in the day before the world began, of every kind that a log
// view meets, and from then on as many a second as are asked for from one container whose lines are numbered.
const (
	loadSpan     = 24 * time.Hour
	loadSlug     = "journaux"
	loadProject  = "6a1b52c4-53f0-4f0e-9d0a-6f4c1d2a7b90"
	loadEnv      = "0b8d6a53-0f3e-49a4-8d29-2f1f6d8a4c11"
	loadCounter  = "compteur" // the container whose lines are numbered: "seq=000000001"
	loadKept     = 400_000    // lines that a node keeps of one container before it rotates them away
	loadLate     = 3 * time.Millisecond
	loadTogether = 4 // lines with one stamp
)

// loadPart is one container of the load.
type loadPart struct {
	name  string
	lines int64 // in loadSpan
	style LogStyle
	write func(b []byte, i int64, h uint64, at time.Time) ([]byte, string)
}

// loadParts add up to a million lines.
func loadParts() []loadPart {
	return []loadPart{
		{loadCounter, 500_000, StyleJSON, loadNumbered},
		{"passerelle", 150_000, StyleAccess, loadAccess},
		{"api", 120_000, StyleGELF, loadGELF},
		{"dossiers", 90_000, StyleJava, loadJava},
		{"calcul", 40_000, StylePlain, loadPython},
		{"taches", 40_000, StyleLogfmt, loadGo},
		{"rendu", 30_000, StylePlain, loadNode},
		{"noeud", 20_000, StyleKlog, loadKlog},
		{"sauvage", 10_000, StylePlain, loadWild},
	}
}

// journaux makes the project of the load.
func (b *builder) journaux() {
	p := b.project(projectPlan{slug: loadSlug, id: loadProject, description: "Charge de journaux", prodCPU: 16, prodMem: 32, created: 200 * day})
	infra := b.repo(p, repoPlan{name: "infra", infra: true, commits: 4, every: 40 * hour, last: 30 * hour, titles: []string{"deploy: charge"}})
	e := b.env(p, envPlan{name: "prod", id: loadEnv, stage: "prod", cluster: "ovh-prod-1", cpu: 16, mem: 32, created: 150 * day})
	for _, part := range loadParts() {
		b.workload(e.Namespace, workloadPlan{name: part.name, replicas: 1, third: "library/" + part.name + ":1.0", cpu: 0.5, mem: 0.5 * gib, style: part.style, tier: "backend", part: "charge", age: 25 * hour})
	}
	b.deployment(e, infra, 30*hour)
	b.finish(p, true, false)
}

// LoadNamespace is the namespace of the work load "logs" and its container whose lines carry "seq=" and a number of nine digits that grows by
// one with each line; "" in worlds of other sizes.
func (w *World) LoadNamespace() (namespace, container string) {
	if w.opts.Size != Logs {
		return "", ""
	}
	return NamespaceName(loadEnv, loadProject), loadCounter
}

// load is the output of one container of the load: line i is a pure function of i.
type load struct {
	seed  uint64
	part  loadPart
	start time.Time     // of the world
	step  time.Duration // between two lines of the history
	live  time.Duration // and of the present
}

// loadOf is the load of a container; nil for all others.
func (w *World) loadOf(x *Workload) *load {
	if w.opts.Size != Logs || x.Namespace.Environment == nil || x.Namespace.Environment.ID != loadEnv {
		return nil
	}
	for _, part := range loadParts() {
		if part.name != x.Name {
			continue
		}
		l := &load{seed: hash64(uint64(w.opts.Seed), "load", x.UID), part: part, start: w.start, step: loadSpan / time.Duration(part.lines)}
		l.live = l.step
		if part.name == loadCounter && w.opts.LogRate > 0 {
			l.live = time.Second / time.Duration(w.opts.LogRate)
		}
		return l
	}
	return nil
}

// nominal is the time of line i before it is shifted.
func (l *load) nominal(i int64) time.Time {
	if i < l.part.lines {
		return l.start.Add(-loadSpan + time.Duration(i)*l.step)
	}
	return l.start.Add(time.Duration(i-l.part.lines) * l.live)
}

// at is the stamp of line i: some lines share one, some come later than their stamp says.
func (l *load) at(i int64) time.Time {
	switch {
	case i%97 > 0 && i%97 < loadTogether:
		return l.nominal(i - i%97)
	case i%89 == 5:
		return l.nominal(i).Add(-loadLate)
	}
	return l.nominal(i)
}

// index is the first line whose nominal time is not before t.
func (l *load) index(t time.Time) int64 {
	if t.Before(l.start) {
		d := t.Sub(l.start.Add(-loadSpan))
		if d <= 0 {
			return 0
		}
		return min(int64((d+l.step-1)/l.step), l.part.lines)
	}
	return l.part.lines + int64((t.Sub(l.start)+l.live-1)/l.live)
}

// lines are those with from ≤ stamp < to, in the order in which they were written; backward the newest first, at most limit (≤ 0: all).
func (l *load) lines(from, to time.Time, limit int, backward bool) []LogLine {
	if !from.Before(to) {
		return nil
	}
	first := l.index(from)
	last := l.index(to.Add(loadLate)) + loadTogether // stamps are only shifted back
	var out []LogLine
	var buf []byte
	take := func(i int64) {
		at := l.at(i)
		if at.Before(from) || !at.Before(to) {
			return
		}
		var level string
		buf, level = l.part.write(buf[:0], i, mix(l.seed+uint64(i)), at)
		stream := "stdout"
		if level == "error" {
			stream = "stderr"
		}
		out = append(out, LogLine{At: at, Stream: stream, Text: string(buf), Level: level})
	}
	if !backward {
		if limit <= 0 {
			out = make([]LogLine, 0, max(0, last-first))
		}
		for i := first; i < last && (limit <= 0 || len(out) < limit); i++ {
			take(i)
		}
		return out
	}
	// What is out of order by time stands within a few milliseconds: a little more is taken before it is cut.
	slack := int64(loadLate/l.live) + 2*loadTogether
	for i := last - 1; i >= first && (limit <= 0 || int64(len(out)) < int64(limit)+slack); i-- {
		take(i)
	}
	slices.SortStableFunc(out, func(a, b LogLine) int { return b.At.Compare(a.At) })
	if limit > 0 && len(out) > limit {
		out = out[:limit]
	}
	return out
}

// kept is the time of the oldest line that a node still has.
func (l *load) kept(now time.Time) time.Time { return l.nominal(max(0, l.index(now)-loadKept)) }

var loadLevels = [...]string{"info", "info", "info", "info", "debug", "info", "info", "warn", "info", "info", "info", "debug", "info", "info", "error", "info"}
var loadWords = [...]string{"rendez-vous enregistré", "requête traitée", "cache rafraîchi", "dossier mis à jour", "jeton renouvelé", "réponse lente du service d'identité",
	"pièce jointe reçue", "export préparé"}

// number writes n with at least width digits.
func number(b []byte, n int64, width int) []byte {
	var t [20]byte
	s := strconv.AppendInt(t[:0], n, 10)
	for range width - len(s) {
		b = append(b, '0')
	}
	return append(b, s...)
}

func loadNumbered(b []byte, i int64, h uint64, at time.Time) ([]byte, string) {
	level := loadLevels[h%16]
	text := loadWords[h>>8%8]
	switch i % 3 {
	case 0:
		b = append(b, `{"ts":"`...)
		b = at.AppendFormat(b, "2006-01-02T15:04:05.000000Z07:00")
		b = append(b, `","level":"`+level+`","msg":"`+text+` seq=`...)
		b = number(b, i+1, 9)
		b = append(b, `","trace_id":"`...)
		b = append(b, hex16(h)...)
		b = append(b, `"}`...)
	case 1:
		b = append(b, "ts="...)
		b = at.AppendFormat(b, "2006-01-02T15:04:05.000Z07:00")
		b = append(b, " level="+level+` msg="`+text+`" seq=`...)
		b = number(b, i+1, 9)
		b = append(b, " duration="...)
		b = strconv.AppendUint(b, 3+h>>30%400, 10)
		b = append(b, "ms"...)
	default:
		b = at.AppendFormat(b, "2006-01-02 15:04:05.000 ")
		b = append(b, level+" [main] "+text+" seq="...)
		b = number(b, i+1, 9)
	}
	return b, level
}

func loadAccess(b []byte, _ int64, h uint64, at time.Time) ([]byte, string) {
	status, path, agent := "200", "/sante", "kube-probe/1.31"
	level := "info"
	if h%3 > 0 {
		path, agent = paths[h>>21%uint64(len(paths))], agents[h>>29%uint64(len(agents))]
		switch h >> 40 % 50 {
		case 0:
			status, level = "503", "error"
		case 1, 2:
			status, level = "404", "warn"
		}
	}
	b = append(b, "10.129."...)
	b = strconv.AppendUint(b, h>>5%20, 10)
	b = append(b, '.')
	b = strconv.AppendUint(b, 2+h>>13%200, 10)
	b = append(b, " - - ["...)
	b = at.AppendFormat(b, "02/Jan/2006:15:04:05 -0700")
	b = append(b, `] "GET `+path+` HTTP/1.1" `+status+" "...)
	b = strconv.AppendUint(b, 180+h>>33%48000, 10)
	return append(b, ` "-" "`+agent+`"`...), level
}

func loadGELF(b []byte, i int64, h uint64, at time.Time) ([]byte, string) {
	level := loadLevels[h%16]
	number := map[string]string{"debug": "7", "info": "6", "warn": "4", "error": "3"}[level]
	b = append(b, `{"version":"1.1","host":"api-0","short_message":"`+loadWords[h>>8%8]+`","timestamp":`...)
	b = strconv.AppendInt(b, at.Unix(), 10)
	b = append(b, `.123,"level":`+number+`,"_dossier":`...)
	b = strconv.AppendInt(b, i, 10)
	if level == "error" {
		b = append(b, `,"full_message":"java.io.IOException: flux coupé\n\tat fr.example.Api.lire(Api.java:41)\n\tat fr.example.Api.main(Api.java:12)"`...)
	}
	return append(b, '}'), level
}

func loadJava(b []byte, i int64, h uint64, at time.Time) ([]byte, string) {
	switch k := i % 60; {
	case k == 1:
		return append(b, "org.springframework.dao.DataAccessResourceFailureException: Unable to acquire JDBC Connection"...), ""
	case k >= 2 && k < 14:
		return append(append(b, "\tat "...), javaFrames[k%int64(len(javaFrames))]...), ""
	case k == 14:
		return append(b, "Caused by: java.net.ConnectException: Connexion refusée"...), ""
	case k > 14 && k < 18:
		return append(append(b, "\tat "...), javaFrames[k%int64(len(javaFrames))]...), ""
	case k == 18:
		return append(b, "\t... 12 common frames omitted"...), ""
	case k == 0:
		b = at.AppendFormat(b, "2006-01-02 15:04:05.000")
		return append(b, " ERROR 1 --- [nio-8080-exec-3] f.e.demarches.DossierService : échec de la lecture du dossier"...), "error"
	}
	b = at.AppendFormat(b, "2006-01-02 15:04:05.000")
	return append(b, "  INFO 1 --- [nio-8080-exec-1] f.e.demarches.DossierService : "+loadWords[h>>8%8]...), "info"
}

func loadPython(b []byte, i int64, h uint64, at time.Time) ([]byte, string) {
	switch k := i % 50; {
	case k == 0:
		b = at.AppendFormat(b, "2006-01-02 15:04:05,000")
		return append(b, " ERROR calcul.lot lot abandonné"...), "error"
	case k == 1:
		return append(b, "Traceback (most recent call last):"...), ""
	case k < 8 && k%2 == 0:
		b = append(b, `  File "/app/calcul/lot.py", line `...)
		b = strconv.AppendInt(b, 20+k*7, 10)
		return append(b, ", in traiter"...), ""
	case k < 8:
		return append(b, "    valeur = convertir(ligne)"...), ""
	case k == 8:
		return append(b, "ValueError: could not convert string to float: 'douze'"...), ""
	}
	b = at.AppendFormat(b, "2006-01-02 15:04:05,000")
	b = append(b, " INFO calcul.lot ligne "...)
	b = strconv.AppendUint(b, h%100_000, 10)
	return append(b, " traitée"...), "info"
}

func loadGo(b []byte, i int64, h uint64, at time.Time) ([]byte, string) {
	switch i % 200 {
	case 0:
		return append(b, "panic: runtime error: index out of range [5] with length 3"...), "error"
	case 1, 4, 7:
		return b, ""
	case 2:
		return append(b, "goroutine 1 [running]:"...), ""
	case 3, 5:
		return append(b, "main.traiter({0xc000012345, 0x3, 0x3}, 0x5)"...), ""
	case 6:
		return append(b, "\t/src/taches/main.go:57 +0x1d"...), ""
	}
	b = append(b, "time="...)
	b = at.AppendFormat(b, time.RFC3339)
	b = append(b, " level=info msg=\"tâche terminée\" id="...)
	b = append(b, hex16(h)...)
	return append(b, " tentatives=1"...), "info"
}

func loadNode(b []byte, i int64, h uint64, _ time.Time) ([]byte, string) {
	switch k := i % 70; {
	case k == 0:
		return append(b, "TypeError: Cannot read properties of undefined (reading 'id')"...), "error"
	case k < 6:
		b = append(b, "    at Rendu.page (/app/src/rendu.js:"...)
		b = strconv.AppendInt(b, 30+k*11, 10)
		return append(b, ":17)"...), ""
	}
	b = append(b, "\x1b[32minfo\x1b[39m: page rendue en \x1b[33m"...)
	b = strconv.AppendUint(b, 5+h%90, 10)
	return append(b, "ms\x1b[39m"...), "info"
}

func loadKlog(b []byte, i int64, h uint64, at time.Time) ([]byte, string) {
	level, letter := "info", byte('I')
	switch h % 20 {
	case 0:
		level, letter = "error", 'E'
	case 1, 2:
		level, letter = "warn", 'W'
	}
	b = append(b, letter)
	b = at.AppendFormat(b, "0102 15:04:05.000000")
	b = append(b, "       1 controleur.go:"...)
	b = strconv.AppendUint(b, 20+h>>12%400, 10)
	b = append(b, `] "Reconcile" objet="dossier-`...)
	b = strconv.AppendInt(b, i%977, 10)
	return append(b, `" essai=1`...), level
}

// wild are lines that make log views stumble.
var wild = [...]string{
	"\x1b[32mINFO\x1b[0m couleur \x1b[1;31mgras rouge\x1b[0m \x1b[38;5;208m256\x1b[0m \x1b[48;2;10;20;30mRVB\x1b[m",
	"titre \x1b]0;fenêtre\x07 effacement \x1b[2J\x1b[H copie \x1b]52;c;c2VjcmV0\x07 lien \x1b]8;;http://exemple.example\x1b\\texte\x1b]8;;\x1b\\ fin",
	"octets \xff\xfe\xc3( et \xed\xa0\x80 fin",
	"téléchargement  10 %\rtéléchargement  55 %\rtéléchargement 100 %",
	"",
	"colonne 1\tcolonne 2\t\tcolonne 4",
	"処理が完了しました 한국어 ﾊﾝｶｸ 🎉👩‍👩‍👧 é́́",
	"sens \u202egauche\u202c zéro\u200blargeur \ufeffmarque \u2066isolé\u2069",
	"[red]crochets[/red] {{accolades}} %s %n \\x1b[31m <b>balise</b>",
	"nul \x00 cloche \x07 retour \b\b\b tabulation verticale \v saut \f fin",
	"        ",
}

// wildLine is one of them, or now and then a very long line.
func wildLine(b []byte, i int64) []byte {
	switch {
	case i%600 == 300:
		return append(append(b, "document "...), bytes.Repeat([]byte("0123456789abcdef "), 200<<10/17)...)
	case i%60 == 30:
		return append(append(b, `{"corps":"`...), append(bytes.Repeat([]byte("données "), 64<<10/9), `","level":"warn"}`...)...)
	}
	return append(b, wild[i%int64(len(wild))]...)
}

func loadWild(b []byte, i int64, _ uint64, _ time.Time) ([]byte, string) { return wildLine(b, i), "" }
