package words

import (
	"strconv"
	"time"
)

// Perf is the page of what dsotop itself costs.
type Perf struct {
	Title                                                     string
	Program, Screen, Link, Calls                              string // sections
	CPU, CPUAll, Memory, Heap, Threads, Uptime                string
	Frames, FrameMedian, FrameWorst                           string
	Sent, SentRate, Trip, TripWorst, Rate, State              string
	Good, Slow, Spared, NotMeasured                           string
	CallsHint                                                 string
	Source, Number, PerSecond, Received, ReceivedRate, Answer string
	CopyAll                                                   string
}

// milliseconds writes " 310 ms"; "" for none.
func milliseconds(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return " " + strconv.FormatInt(d.Milliseconds(), 10) + " ms"
}

func perfFrench() Perf {
	return Perf{
		Title: "Performance", Program: "Programme", Screen: "Affichage", Link: "Liaison avec le terminal", Calls: "Appels aux sources",
		CPU: "processeur, depuis l'ouverture de cette page", CPUAll: "processeur, depuis le départ", Memory: "mémoire résidente", Heap: "tas Go", Threads: "goroutines", Uptime: "en marche depuis",
		Frames: "images dessinées", FrameMedian: "calcul d'une image, médiane", FrameWorst: "la plus longue",
		Sent: "envoyé", SentRate: "envoyé, depuis l'ouverture de cette page", Trip: "aller-retour, le plus court", TripWorst: "le plus long", Rate: "débit de la dernière attente", State: "état",
		Good: "bonne", Slow: "lente : moins d'images, ni horloge ni âges qui avancent", Spared: "ménagée (--low-bandwidth)", NotMeasured: "non mesuré",
		CallsHint: "par seconde : depuis l'ouverture de cette page",
		Source:    "SOURCE", Number: "APPELS", PerSecond: "APPELS/S", Received: "REÇU", ReceivedRate: "REÇU/S", Answer: "RÉPONSE",
		CopyAll: "ces mesures",
	}
}

func perfEnglish() Perf {
	return Perf{
		Title: "Performance", Program: "Program", Screen: "Screen", Link: "Link to the terminal", Calls: "Calls to the sources",
		CPU: "processor, since this page was opened", CPUAll: "processor, since the start", Memory: "resident memory", Heap: "Go heap", Threads: "goroutines", Uptime: "running for",
		Frames: "frames drawn", FrameMedian: "making a frame, median", FrameWorst: "the longest",
		Sent: "sent", SentRate: "sent, since this page was opened", Trip: "round trip, shortest", TripWorst: "the longest", Rate: "rate of the last wait", State: "state",
		Good: "good", Slow: "slow: fewer frames, neither clock nor ages that move", Spared: "spared (--low-bandwidth)", NotMeasured: "not measured",
		CallsHint: "per second: since this page was opened",
		Source:    "SOURCE", Number: "CALLS", PerSecond: "CALLS/S", Received: "RECEIVED", ReceivedRate: "RECV/S", Answer: "ANSWER",
		CopyAll: "these measures",
	}
}
