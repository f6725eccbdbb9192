package words

// Environment is the page of that name.
type Environment struct {
	Title string
}

func environmentFrench(_ *Set) Environment { return Environment{Title: "Environnement"} }

func environmentEnglish(_ *Set) Environment { return Environment{Title: "Environment"} }
