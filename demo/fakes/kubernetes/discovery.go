package kubernetes

import (
	"net/http"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/version"

	"dsotop/demo/world"
)

// serveMeta answers what describes the server itself.
func (s *Server) serveMeta(w http.ResponseWriter, r *http.Request, path string) {
	switch path {
	case "":
		paths := []string{"/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version"}
		for _, gv := range s.groupVersions() {
			if gv != "v1" {
				paths = append(paths, "/apis/"+gv)
			}
		}
		slices.Sort(paths)
		writeJSON(w, http.StatusOK, metav1.RootPaths{Paths: paths})
	case "/version":
		var v string
		s.world.View(func(st *world.State) { v = s.cluster(st).Version })
		major, rest, _ := strings.Cut(strings.TrimPrefix(v, "v"), ".")
		minor, _, _ := strings.Cut(rest, ".")
		writeJSON(w, http.StatusOK, version.Info{Major: major, Minor: minor, GitVersion: v, GitCommit: stableUID(v)[:8], GitTreeState: "clean", BuildDate: "2026-01-01T00:00:00Z", GoVersion: "go1.23.4", Compiler: "gc", Platform: "linux/amd64"})
	case "/api":
		writeJSON(w, http.StatusOK, metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"},
			ServerAddressByClientCIDRs: []metav1.ServerAddressByClientCIDR{{ClientCIDR: "0.0.0.0/0", ServerAddress: r.Host}}})
	case "/apis":
		list := metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}}
		for _, gv := range s.groupVersions() {
			if group, _, ok := strings.Cut(gv, "/"); ok {
				list.Groups = append(list.Groups, apiGroup(group, gv))
			}
		}
		writeJSON(w, http.StatusOK, list)
	default:
		s.serveOpenAPI(w, path)
	}
}

func apiGroup(name, gv string) metav1.APIGroup {
	_, v, _ := strings.Cut(gv, "/")
	one := metav1.GroupVersionForDiscovery{GroupVersion: gv, Version: v}
	return metav1.APIGroup{Name: name, Versions: []metav1.GroupVersionForDiscovery{one}, PreferredVersion: one}
}

// groupVersions lists what is served, in the order of the table of kinds.
func (s *Server) groupVersions() []string {
	var out []string
	for _, k := range s.kinds {
		if gv := k.gvk().GroupVersion().String(); !slices.Contains(out, gv) {
			out = append(out, gv)
		}
	}
	return out
}

// serveGroup answers /api/v1, /apis/<group> and /apis/<group>/<version>; false when the path is something else.
func (s *Server) serveGroup(w http.ResponseWriter, r *http.Request, path string) bool {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	gv := ""
	switch {
	case len(parts) == 2 && parts[0] == "api":
		gv = parts[1]
	case len(parts) == 3 && parts[0] == "apis":
		gv = parts[1] + "/" + parts[2]
	case len(parts) == 2 && parts[0] == "apis":
		for _, have := range s.groupVersions() {
			if strings.HasPrefix(have, parts[1]+"/") {
				g := apiGroup(parts[1], have)
				g.TypeMeta = metav1.TypeMeta{Kind: "APIGroup", APIVersion: "v1"}
				writeJSON(w, http.StatusOK, g)
				return true
			}
		}
	}
	if gv == "" || !slices.Contains(s.groupVersions(), gv) || r.Method != http.MethodGet {
		return false
	}
	list := metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: gv}
	for _, k := range s.kinds {
		if k.gvk().GroupVersion().String() != gv {
			continue
		}
		list.APIResources = append(list.APIResources, metav1.APIResource{Name: k.name, SingularName: k.singular, Namespaced: k.namespaced, Kind: k.kind, Verbs: k.verbs,
			ShortNames: k.short, Categories: k.categories, StorageVersionHash: ""})
		if k.name == "pods" && gv == "v1" {
			list.APIResources = append(list.APIResources, metav1.APIResource{Name: "pods/log", Namespaced: true, Kind: "Pod", Verbs: []string{"get"}})
		}
	}
	writeJSON(w, http.StatusOK, list)
	return true
}
