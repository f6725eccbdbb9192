package words

// Project is the page of that name.
type Project struct {
	Title string
}

func projectFrench(_ *Set) Project { return Project{Title: "Projet"} }

func projectEnglish(_ *Set) Project { return Project{Title: "Project"} }
