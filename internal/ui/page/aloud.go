package page

import "time"

// Placed is a page with a list: who cannot see it is told where in it they are.
type Placed interface {
	// Place returns which row is under the cursor, from 1, and how many there are; 0 of 0 without a row.
	Place() (at, of int)
}

// Teller is a page that draws what words cannot say cell by cell: plots. It tells them as sentences, for who has the page read out.
type Teller interface {
	// Aloud returns the sentences, in the language of the session: what stands, between which bounds, where it goes, which thresholds it crossed.
	Aloud() []string
}

// Voluminous is a page that draws how much there is over time beside lines that are read out as they are.
type Voluminous interface {
	// Volume says it in one sentence, "" when nothing is drawn. zoom is the length of time that was asked for, 0 when nobody asked: another one is news.
	Volume() (sentence string, zoom time.Duration)
}
