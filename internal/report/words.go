package report

import "dsotop/internal/ui/words"

// heads are the words that only printed tables have.
type heads struct {
	project, console, environments, argo, pods, restarts, findings, none      string
	sources, reached, identity, version, latency, expires, rights, held, lost string
	advice, problems, unknown, incomplete, folded, locked                     string
	good, answers, right, rightsLacking, without                              string
}

func headsOf(lang string) heads {
	if lang == "fr" {
		return heads{project: "PROJET", console: "CONSOLE", environments: "ENV.", argo: "ARGO CD", pods: "PODS", restarts: "RED.", findings: "CONSTAT LE PLUS GRAVE", none: "aucun constat",
			sources: "SOURCES", reached: "atteint", identity: "compte", version: "version", latency: "temps de réponse", expires: "expire", rights: "droits", held: "oui", lost: "non", advice: "à faire",
			problems: "en partie", unknown: "inconnu", incomplete: "incomplet : des lectures sont encore en cours (--wait pour attendre davantage)", folded: "et", locked: "verrouillé", good: "tout est en ordre",
			answers: "tout répond", right: "droit manque", rightsLacking: "droits manquent", without: "sans lui, il manque"}
	}
	return heads{project: "PROJECT", console: "CONSOLE", environments: "ENV", argo: "ARGO CD", pods: "PODS", restarts: "RST", findings: "WORST FINDING", none: "no finding",
		sources: "SOURCES", reached: "reached", identity: "account", version: "version", latency: "response time", expires: "expires", rights: "rights", held: "yes", lost: "no", advice: "to do",
		problems: "in part", unknown: "unknown", incomplete: "incomplete: some things are still being read (--wait to wait longer)", folded: "and", locked: "locked", good: "all is well",
		answers: "everything answers", right: "right is missing", rightsLacking: "rights are missing", without: "without it, missing"}
}

func language(lang string) *words.Set {
	if set, ok := words.Find(lang); ok {
		return set
	}
	return words.French()
}
