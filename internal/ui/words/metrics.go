package words

import (
	"maps"
	"math"
	"time"
)

// Metrics is the page of plots.
type Metrics struct {
	Title, WhichEnvironment, WhichPod, AllPods string
	// The list of environments.
	Project, Environment, CPU, Memory, Reserved, Restarts, Alerts, Order string
	Environments                                                         func(n int) string

	// The first line.
	Summed, EachPod, Following, Reading, Tenant, Expression string
	Range                                                   func(span string) string
	RangeTitle, RangeOwn, RangeHint, RangeBad               string

	// Panels.
	NoValue, NoValueHint, Refused, TooMuch, Failed, NotSplit, Warnings, Beyond string
	Missing                                                                    func(series, exporter string) string
	Others                                                                     func(n int) string
	Cut                                                                        func(n int) string
	Histograms                                                                 func(n int) string // native ones
	Min, Avg, Max, Last, AtCursor                                              string
	Deployed, Alert                                                            string
	Levels                                                                     [2]string // near ones, all
	Modes                                                                      [3]string
	PanelProblem                                                               string

	// Empty pages.
	NoSource, NoSourceHint string

	// The quota triangle: pool, all environments, this one, ResourceQuota, reserved, used.
	Triangle, TriangleShort   [6]string
	NoPool, Over, Drift, Idle string

	// The editor and the copies.
	ExprLabel, ExprHint, CopyExpr, CopyValues, NoCursor string
}

func metricsFrench(s *Set) Metrics {
	return Metrics{
		Title: "Métriques", WhichEnvironment: "Métriques de quel environnement ?", WhichPod: "Quel pod ?", AllPods: "tous les pods",
		Project: "PROJET", Environment: "ENV.", CPU: "CPU", Memory: "MÉM", Reserved: "RÉSERVÉ", Restarts: "RED.", Alerts: "ALERTES", Order: "usage du quota",
		Environments: func(n int) string { return s.Plural(n, "environnement", "environnements") },
		Summed:       "somme", EachPod: "par pod", Following: "suivi", Reading: "lecture…", Tenant: "locataire", Expression: "expression",
		Range:      func(span string) string { return span },
		RangeTitle: "Durée montrée", RangeOwn: "autre…", RangeHint: "90m, 3h, 2j", RangeBad: "durée non comprise",
		NoValue: "aucune valeur dans cette durée", NoValueHint: "la série existe", Refused: "le serveur refuse l'expression", TooMuch: "trop de données pour le serveur : zoomer, ou moins long", Failed: "non lu",
		NotSplit: "pas de valeurs par pod", Warnings: "le serveur prévient", Beyond: "plus haut",
		Missing: func(series, exporter string) string {
			return "la série " + series + " manque : " + exporter + " la donne"
		},
		Others: func(n int) string { return s.Plural(n, "autre, additionné", "autres, additionnés") },
		Cut:    func(n int) string { return s.Plural(n, "série non montrée", "séries non montrées") },
		Histograms: func(n int) string {
			return s.Plural(n, "série est un histogramme natif", "séries sont des histogrammes natifs") + " : histogram_quantile(0.95, …), histogram_count(…) ou histogram_avg(…) en font des nombres"
		},
		Min: "MIN", Avg: "MOY.", Max: "MAX", Last: "DERNIER", AtCursor: "CURSEUR", Deployed: "déployé", Alert: "alerte",
		Levels: [2]string{"seuils proches", "tous les seuils"}, Modes: [3]string{"braille", "blocs", "ASCII"}, PanelProblem: "panneau laissé de côté",
		NoSource: "Aucune source de métriques", NoSourceHint: "Déclarer prometheus dans la configuration.",
		Triangle: [6]string{"ENVELOPPE", "ENVIRONNEMENTS", "DEMANDÉ ICI", "QUOTA", "RÉSERVÉ", "UTILISÉ"}, TriangleShort: [6]string{"ENVEL.", "ENVS", "DEMANDÉ", "QUOTA", "RÉSERVÉ", "UTILISÉ"},
		NoPool: "sans limite", Over: "les environnements demandent plus que l'enveloppe du projet", Drift: "le quota du cluster n'est pas celui que la console demande", Idle: "moins d'un dixième de ce qui est demandé est utilisé",
		ExprLabel: "PromQL", ExprHint: "sum(rate(http_requests_total{namespace=\"$namespace\"}[$window]))", CopyExpr: "expression PromQL", CopyValues: "valeurs", NoCursor: "aucun instant choisi : ← et → le déplacent",
	}
}

func metricsEnglish(s *Set) Metrics {
	return Metrics{
		Title: "Metrics", WhichEnvironment: "Metrics of which environment?", WhichPod: "Which pod?", AllPods: "all pods",
		Project: "PROJECT", Environment: "ENV.", CPU: "CPU", Memory: "MEM", Reserved: "RESERVED", Restarts: "REST.", Alerts: "ALERTS", Order: "use of the quota",
		Environments: func(n int) string { return s.Plural(n, "environment", "environments") },
		Summed:       "sum", EachPod: "per pod", Following: "following", Reading: "reading…", Tenant: "tenant", Expression: "expression",
		Range:      func(span string) string { return span },
		RangeTitle: "Range shown", RangeOwn: "other…", RangeHint: "90m, 3h, 2d", RangeBad: "no such range",
		NoValue: "no value in this range", NoValueHint: "the series exists", Refused: "the server refuses the expression", TooMuch: "too much for the server: zoom in, or take less", Failed: "not read",
		NotSplit: "no values per pod", Warnings: "the server warns", Beyond: "higher up",
		Missing: func(series, exporter string) string {
			return "the series " + series + " is missing: " + exporter + " gives it"
		},
		Others: func(n int) string { return s.Plural(n, "other, added up", "others, added up") },
		Cut:    func(n int) string { return s.Plural(n, "series not shown", "series not shown") },
		Histograms: func(n int) string {
			return s.Plural(n, "series is a native histogram", "series are native histograms") + ": histogram_quantile(0.95, …), histogram_count(…) or histogram_avg(…) make numbers of them"
		},
		Min: "MIN", Avg: "AVG", Max: "MAX", Last: "LAST", AtCursor: "CURSOR", Deployed: "deployed", Alert: "alert",
		Levels: [2]string{"near thresholds", "all thresholds"}, Modes: [3]string{"braille", "blocks", "ASCII"}, PanelProblem: "panel put aside",
		NoSource: "No source of metrics", NoSourceHint: "Declare prometheus in the configuration.",
		Triangle: [6]string{"POOL", "ENVIRONMENTS", "ASKED HERE", "QUOTA", "RESERVED", "USED"}, TriangleShort: [6]string{"POOL", "ENVS", "ASKED", "QUOTA", "RESERVED", "USED"},
		NoPool: "no limit", Over: "environments ask for more than the project's pool", Drift: "the cluster's quota is not what the console asks for", Idle: "less than a tenth of what is asked for is used",
		ExprLabel: "PromQL", ExprHint: "sum(rate(http_requests_total{namespace=\"$namespace\"}[$window]))", CopyExpr: "PromQL expression", CopyValues: "values", NoCursor: "no instant is chosen: ← and → move it",
	}
}

// Amount writes a value of a plot in a unit of internal/metrics: "cores", "bytes", "bytes/s", "ratio", "count", "per_second", "seconds",
// or none.
func (s *Set) Amount(unit string, v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	switch unit {
	case "cores":
		if v > 0.9994 && v < 1 {
			v = 1 // not "1000 m"
		}
		return s.CPU(v)
	case "bytes":
		return s.Bytes(v)
	case "bytes/s":
		return s.Bytes(v) + "/" + s.Form.Second
	case "ratio":
		if v > 0 && v < 0.1 {
			return s.Dec(v*100, 1) + s.Form.Percent
		}
		return s.Percent(v)
	case "per_second":
		return s.short(v) + "/" + s.Form.Second
	case "seconds":
		switch {
		case v != 0 && math.Abs(v) < 1:
			return s.Dec(v*1000, 0) + " m" + s.Form.Second
		case math.Abs(v) < 120:
			return s.Dec(v, 1) + " " + s.Form.Second
		}
		return s.Lasted(time.Duration(v * float64(time.Second)))
	}
	return s.short(v)
}

// short writes a number in few cells: "0,25", "12", "3,4 k", "12 M".
func (s *Set) short(v float64) string {
	a := math.Abs(v)
	switch {
	case a != 0 && a < 0.01:
		return s.Dec(v, 4)
	case a < 10:
		return s.Dec(v, 2)
	case a < 100:
		return s.Dec(v, 1)
	case a < 10_000:
		return s.Dec(v, 0)
	case a < 1e6:
		return s.Dec(v/1e3, 1) + " k"
	case a < 1e9:
		return s.Dec(v/1e6, 1) + " M"
	case a < 1e12:
		return s.Dec(v/1e9, 1) + " G"
	}
	return s.Dec(v/1e12, 1) + " T"
}

// plotCommandsFrench adds the words of the commands of plots.
func plotCommandsFrench(m map[string]Label) {
	maps.Copy(m, map[string]Label{
		"plot.open": {"agrandir", "agrandir le panneau"}, "plot.pin": {"épingler", "épingler l'instant du curseur pour toutes les pages"},
		"plot.up": {"haut", "panneau du dessus"}, "plot.down": {"bas", "panneau du dessous"},
		"plot.left": {"gauche", "curseur vers le passé"}, "plot.right": {"droite", "curseur vers le présent"},
		"plot.far_left": {"loin à gauche", "curseur loin vers le passé"}, "plot.far_right": {"loin à droite", "curseur loin vers le présent"},
		"plot.zoom_in": {"zoom", "durée deux fois plus courte, autour du curseur"}, "plot.zoom_out": {"dézoom", "durée deux fois plus longue"},
		"plot.before": {"avant", "une demi-durée plus tôt"}, "plot.after": {"après", "une demi-durée plus tard"},
		"plot.range": {"durée", "choisir la durée montrée"}, "plot.now": {"maintenant", "revenir à maintenant et suivre"},
		"plot.each": {"par pod", "une courbe par pod, ou la somme"}, "plot.pod": {"pod", "choisir un pod"},
		"plot.levels": {"seuils", "faire place à tous les seuils, ou aux plus proches"}, "plot.mode": {"tracé", "braille, blocs ou ASCII"},
		"plot.expression": {"PromQL", "écrire une expression PromQL"}, "plot.logs": {"journaux", "journaux de cet espace de noms, à l'instant du curseur"},
	})
}

// plotCommandsEnglish adds the words of the commands of plots.
func plotCommandsEnglish(m map[string]Label) {
	maps.Copy(m, map[string]Label{
		"plot.open": {"enlarge", "enlarge the panel"}, "plot.pin": {"pin", "pin the instant of the cursor for every page"},
		"plot.up": {"up", "panel above"}, "plot.down": {"down", "panel below"},
		"plot.left": {"left", "cursor towards the past"}, "plot.right": {"right", "cursor towards the present"},
		"plot.far_left": {"far left", "cursor far towards the past"}, "plot.far_right": {"far right", "cursor far towards the present"},
		"plot.zoom_in": {"zoom in", "half the range, around the cursor"}, "plot.zoom_out": {"zoom out", "twice the range"},
		"plot.before": {"before", "half a range earlier"}, "plot.after": {"after", "half a range later"},
		"plot.range": {"range", "choose the range shown"}, "plot.now": {"now", "come back to now and follow"},
		"plot.each": {"per pod", "one curve a pod, or the sum"}, "plot.pod": {"pod", "choose a pod"},
		"plot.levels": {"thresholds", "make room for all thresholds, or for the near ones"}, "plot.mode": {"drawing", "braille, blocks or ASCII"},
		"plot.expression": {"PromQL", "write a PromQL expression"}, "plot.logs": {"logs", "logs of this namespace, at the instant of the cursor"},
	})
}
