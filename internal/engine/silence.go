package engine

import (
	"io"
	"log"

	"dsotop/internal/sources/kubernetes"
)

// Silence sends to w what libraries print behind our back: the screen belongs to the face. It is for the start of the process, before
// any client is built.
func Silence(w io.Writer) {
	log.SetOutput(w)
	kubernetes.Silence(w)
}
