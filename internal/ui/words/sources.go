package words

// Sources is the page of that name.
type Sources struct {
	Title string
}

func sourcesFrench(_ *Set) Sources { return Sources{Title: "Sources"} }

func sourcesEnglish(_ *Set) Sources { return Sources{Title: "Sources"} }
