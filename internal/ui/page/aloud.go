package page

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
