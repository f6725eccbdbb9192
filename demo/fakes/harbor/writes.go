package harbor

import (
	"net/http"
	"strings"

	"dsotop/demo/world"
)

// write starts scans; everything else that writes is refused, and so is a robot that only reads.
func (f *Harbor) write(w http.ResponseWriter, r *http.Request, path string) {
	user, _, _ := r.BasicAuth()
	if r.Method != http.MethodPost || !strings.HasSuffix(path, "/scan") || strings.HasSuffix(user, "+ro-robot") {
		send(w, http.StatusForbidden, errorOf("FORBIDDEN", "forbidden"))
		return
	}
	var a answer
	f.world.Update(func(tx *world.Tx) {
		a = repo(func(r request, x *world.Repository) answer {
			img := byRef(r, x)
			switch {
			case img == nil:
				return noArtifact(r, x)
			case img.Scan.Status == "Pending" || img.Scan.Status == "Running":
				return answer{status: http.StatusConflict, code: "CONFLICT", message: "a previous scan process is running"}
			}
			tx.ScanImage(img)
			return answer{status: http.StatusAccepted}
		})(request{Request: r, s: tx.State, user: user})
	})
	if a.code != "" {
		send(w, a.status, errorOf(a.code, a.message))
		return
	}
	w.WriteHeader(a.status)
}
