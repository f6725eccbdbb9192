package page

// Link is an address in the web of a system.
type Link struct {
	// System is whose web it is: the name or kind of a source, or the annotation that gives it. Name is what is found there.
	System, Name string
	URL          string
}

// Linker is a page that knows addresses beyond those that follow from its [Actor]'s subjects; they come first.
type Linker interface{ Links() []Link }

// Line is a command line that prints what is on screen. Tool is the program: "dsotop", "kubectl", "promtool", "curl".
type Line struct{ Tool, Text string }

// Commander is a page that knows the command lines that print it better than its kind, key and subjects tell. A line of dsotop's replaces the
// usual one; the others come before those of the subjects.
type Commander interface{ CommandLines() []Line }
