// Package forge is the HTTP face of the teams' own forge: what git itself asks first, the advertisement of references. Repositories declared
// private want a login, which nobody here has.
package forge

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"dsotop/demo/world"
)

// Base is how the addresses of the teams' repositories begin.
const Base = "https://forge.example.gouv.fr"

// Handler makes the face as a handler.
func Handler(w *world.World) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		path, ok := strings.CutSuffix(r.URL.Path, "/info/refs")
		if r.Method != http.MethodGet || !ok || r.URL.Query().Get("service") != "git-upload-pack" {
			http.Error(rw, "dumb transports are not served", http.StatusForbidden)
			return
		}
		head, private, known := "", false, false
		w.View(func(s *world.State) {
			for _, p := range s.Projects {
				for _, repo := range p.Repositories {
					if u, err := url.Parse(repo.ExternalURL); err == nil && u.Path == path && strings.HasPrefix(repo.ExternalURL, Base+"/") {
						head, private, known = s.HeadOutside(repo), repo.Private, true
					}
				}
			}
		})
		switch {
		case private || !known: // forges do not tell strangers what they have
			rw.Header().Set("WWW-Authenticate", `Basic realm="forge"`)
			http.Error(rw, "HTTP Basic: Access denied", http.StatusUnauthorized)
			return
		case head == "":
			head = strings.Repeat("0", 40)
		}
		rw.Header().Set("Content-Type", "application/x-git-upload-pack-advertisement")
		rw.Header().Set("Cache-Control", "no-cache, max-age=0, must-revalidate")
		line := func(s string) { _, _ = fmt.Fprintf(rw, "%04x%s", len(s)+4, s) }
		line("# service=git-upload-pack\n")
		_, _ = rw.Write([]byte("0000"))
		if strings.Trim(head, "0") == "" {
			line(head + " capabilities^{}\x00multi_ack agent=git/2.45.2\n")
		} else {
			line(head + " HEAD\x00multi_ack thin-pack side-band-64k ofs-delta shallow symref=HEAD:refs/heads/main object-format=sha1 agent=git/2.45.2\n")
			line(head + " refs/heads/main\n")
		}
		_, _ = rw.Write([]byte("0000"))
	})
}
