package world

import (
	"strconv"
	"strings"
	"time"
)

// gravity is how bad a line is.
type gravity int

const (
	probe gravity = iota
	info
	warn
	bad
)

// weigh picks the gravity of a line: mostly probes, in an incident mostly errors.
func weigh(h uint64, hit bool) gravity {
	n := h % 100
	if hit {
		switch {
		case n < 12:
			return probe
		case n < 30:
			return info
		case n < 50:
			return warn
		}
		return bad
	}
	switch {
	case n < 55:
		return probe
	case n < 90:
		return info
	case n < 98:
		return warn
	}
	return bad
}

var infoTexts = []string{"rendez-vous enregistré", "session ouverte", "requête traitée", "tâche planifiée terminée", "cache rafraîchi", "courriel mis en file",
	"dossier mis à jour", "export préparé", "jeton renouvelé", "configuration relue"}
var warnTexts = []string{"réponse lente du service d'identité", "nouvelle tentative dans 2 s", "file d'attente à 80 %", "certificat à renouveler dans 20 jours",
	"créneau déjà pris", "mémoire tampon presque pleine"}
var errorTexts = []string{"délai dépassé vers le service d'envoi", "pièce jointe illisible", "écriture refusée : conflit de version", "réponse 502 du service d'identité"}
var tileInfo = []string{"tuile générée", "couche fond-de-plan chargée", "niveau 12 terminé", "index spatial relu"}
var tileWarn = []string{"mémoire à 91 % de la limite", "tuile en double ignorée", "couche inondations en retard", "mémoire à 97 % de la limite"}

func (s source) text(g gravity, h uint64, hit bool) (text, logger string) {
	pick := func(all []string) string { return all[h>>8%uint64(len(all))] }
	loggers := []string{"http", "db", "agenda", "file", "auth"}
	logger = loggers[h>>16%uint64(len(loggers))]
	if s.app == "tuiles" {
		switch g {
		case info:
			return pick(tileInfo), "tuiles"
		case warn:
			return pick(tileWarn), "tuiles"
		case bad:
			return "tuile 12/" + strconv.FormatUint(2000+h>>9%200, 10) + "/" + strconv.FormatUint(1380+h>>17%60, 10) + " illisible", "tuiles"
		}
	}
	switch g {
	case probe:
		return "GET /sante 200", "http"
	case info:
		return pick(infoTexts), logger
	case warn:
		if hit {
			return "nouvelle tentative dans 2 s", "db"
		}
		return pick(warnTexts), logger
	}
	if hit {
		return "connexion refusée à postgres", "db"
	}
	return pick(errorTexts), logger
}

var levelNames = [...]string{"info", "info", "warn", "error"}

// emit appends the line, or for a stack trace the lines, of one message.
func (s source) emit(out []LogLine, at time.Time, h uint64, hit bool) []LogLine {
	h = mix(h)
	g := weigh(h, hit)
	if g == bad && !hit && s.calm(at) {
		g = info
	}
	h = mix(h)
	text, logger := s.text(g, h, hit)
	stream := "stdout"
	var b strings.Builder
	switch s.style {
	case StyleGELF:
		s.gelf(&b, at, h, g, text, logger)
	case StyleJSON:
		b.WriteString(`{"ts":"` + at.Format("2006-01-02T15:04:05.000Z07:00") + `","level":"` + levelNames[g] + `","msg":"` + text + `","logger":"` + logger + `","trace_id":"` + hex16(h) + `"}`)
	case StyleLogfmt:
		b.WriteString("ts=" + at.Format("2006-01-02T15:04:05.000Z07:00") + " level=" + levelNames[g] + ` msg="` + text + `" logger=` + logger + " duration=" + strconv.FormatUint(3+h>>30%400, 10) + "ms trace_id=" + hex16(h))
	case StyleAccess:
		s.access(&b, at, h, g, hit)
	case StyleJava:
		return s.java(out, at, h, g, text, hit)
	case StyleKlog:
		b.WriteString([...]string{"I", "I", "W", "E"}[g] + at.Format("0102 15:04:05.000000") + "       1 " + logger + ".go:" + strconv.FormatUint(20+h>>12%400, 10) + "] " + strconv.Quote(text))
		stream = "stderr"
	default:
		mark := [...]string{"-", "*", "#", "#"}[g]
		b.WriteString("1:M " + at.Format("02 Jan 2006 15:04:05.000") + " " + mark + " ")
		switch {
		case s.cron:
			b.WriteString("commune " + strconv.FormatUint(1000+h>>8%95000, 10) + " chargée")
		case g == info && h>>7%97 == 0: // what nobody expects in a log, and what is there all the same
			return append(out, LogLine{At: at, Stream: stream, Text: string(wildLine(nil, int64(h>>20%600)))})
		case g == warn, g == bad:
			b.WriteString("Client id=" + strconv.FormatUint(h>>11%900, 10) + " scheduled to be closed ASAP for overcoming of output buffer limits.")
		case g == info:
			b.WriteString("100 changes in 300 seconds. Saving...")
		default:
			b.WriteString("Accepted 10.129." + strconv.FormatUint(h>>8%20, 10) + "." + strconv.FormatUint(2+h>>16%200, 10) + ":" + strconv.FormatUint(30000+h>>24%20000, 10))
		}
	}
	if g == bad && s.style != StyleAccess {
		stream = "stderr"
	}
	return append(out, LogLine{At: at, Stream: stream, Text: b.String(), Level: levelNames[g]})
}

func (s source) gelf(b *strings.Builder, at time.Time, h uint64, g gravity, text, logger string) {
	level := [...]string{"6", "6", "4", "3"}[g]
	b.WriteString(`{"version":"1.1","host":"` + s.host(at) + `","short_message":"` + text + `","timestamp":`)
	b.WriteString(strconv.FormatFloat(float64(at.UnixMilli())/1000, 'f', 3, 64))
	b.WriteString(`,"level":` + level + `,"_logger":"` + logger + `","_duration_ms":` + strconv.FormatUint(3+h>>30%400, 10) + `,"_trace_id":"` + hex16(h) + `"}`)
}

func hex16(h uint64) string {
	const digits = "0123456789abcdef"
	var t [16]byte
	for i := range t {
		t[i] = digits[h&15]
		h >>= 4
	}
	return string(t[:])
}

var paths = []string{"/agenda/rdv", "/", "/api/dossiers", "/assets/app.3f1c.js", "/agenda/creneaux?mois=3", "/connexion", "/api/profil", "/aide"}
var agents = []string{"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36", "curl/8.5.0"}

// access writes a combined access line; most are the kubelet's probes.
func (s source) access(b *strings.Builder, at time.Time, h uint64, g gravity, hit bool) {
	ip := "10.129." + strconv.FormatUint(h>>5%20, 10) + "." + strconv.FormatUint(2+h>>13%200, 10)
	status, path, size, agent := "200", "/sante", "12", "kube-probe/1.26"
	if g != probe {
		path, agent = paths[h>>21%uint64(len(paths))], agents[h>>29%uint64(len(agents))]
		size = strconv.FormatUint(180+h>>33%48000, 10)
		switch {
		case g == bad && hit:
			status, path = "503", "/agenda/rdv"
		case g == bad:
			status = "500"
		case g == warn && hit:
			status, path = "502", "/agenda/creneaux?mois=3"
		case g == warn:
			status = "404"
		case h>>40%8 == 0:
			status = "304"
		}
	}
	b.WriteString(ip + " - - [" + at.Format("02/Jan/2006:15:04:05 -0700") + `] "GET ` + path + ` HTTP/1.1" ` + status + " " + size + ` "-" "` + agent + `" "-"`)
}

var javaFrames = []string{
	"com.zaxxer.hikari.pool.HikariPool.createTimeoutException(HikariPool.java:696)", "com.zaxxer.hikari.pool.HikariPool.getConnection(HikariPool.java:181)",
	"com.zaxxer.hikari.HikariDataSource.getConnection(HikariDataSource.java:100)", "org.springframework.jdbc.datasource.DataSourceUtils.fetchConnection(DataSourceUtils.java:160)",
	"org.springframework.jdbc.datasource.DataSourceUtils.doGetConnection(DataSourceUtils.java:118)", "org.springframework.jdbc.core.JdbcTemplate.execute(JdbcTemplate.java:342)",
	"org.springframework.jdbc.core.JdbcTemplate.query(JdbcTemplate.java:465)", "fr.example.demarches.DossierRepository.trouver(DossierRepository.java:58)",
	"fr.example.demarches.DossierService.ouvrir(DossierService.java:112)", "fr.example.demarches.DossierController.lire(DossierController.java:41)",
	"java.base/jdk.internal.reflect.DirectMethodHandleAccessor.invoke(DirectMethodHandleAccessor.java:103)", "org.springframework.web.servlet.FrameworkServlet.service(FrameworkServlet.java:885)",
	"org.apache.catalina.core.ApplicationFilterChain.doFilter(ApplicationFilterChain.java:140)", "org.apache.tomcat.util.threads.ThreadPoolExecutor.runWorker(ThreadPoolExecutor.java:1191)",
}

// java appends a Spring line; an error brings its stack trace of 12 to 30 lines.
func (s source) java(out []LogLine, at time.Time, h uint64, g gravity, text string, hit bool) []LogLine {
	level := [...]string{"DEBUG", " INFO", " WARN", "ERROR"}[g]
	line := at.Format("2006-01-02 15:04:05.000") + " " + level + " 1 --- [nio-8080-exec-" + strconv.FormatUint(1+h>>7%10, 10) + "] f.e.demarches.DossierService : " + text
	out = append(out, LogLine{At: at, Stream: "stdout", Text: line, Level: [...]string{"debug", "info", "warn", "error"}[g]})
	if g != bad {
		return out
	}
	at = at.Add(time.Microsecond)
	out = append(out, LogLine{At: at, Stream: "stdout", Text: "java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30000ms."})
	for i := range 10 + h>>15%17 {
		at = at.Add(time.Microsecond)
		out = append(out, LogLine{At: at, Stream: "stdout", Text: "\tat " + javaFrames[i%uint64(len(javaFrames))]})
	}
	at = at.Add(time.Microsecond)
	return append(out, LogLine{At: at, Stream: "stdout", Text: "Caused by: java.net.ConnectException: Connexion refusée"})
}
