package fleet

import (
	"slices"
	"strings"
	"time"

	"dsotop/internal/platform"
)

// feeds lists, per family, the kinds of source that can tell it, the richest first.
func feeds(f platform.Family) []string {
	switch f {
	case platform.FamProject, platform.FamEnvironments, platform.FamRepositories, platform.FamMembers, platform.FamLog, platform.FamPlans, platform.FamExposed:
		return []string{"console"}
	case platform.FamGit, platform.FamPipelines, platform.FamTokens, platform.FamCode, platform.FamForge, platform.FamAccess, platform.FamZone, platform.FamRepoTokens:
		return []string{"gitlab"}
	case platform.FamGates:
		return []string{"sonarqube"}
	case platform.FamImages, platform.FamRobots:
		return []string{"harbor"}
	case platform.FamApplications:
		return []string{"argocd"}
	case platform.FamWorkloads, platform.FamPods, platform.FamEvents:
		return []string{"kubernetes", "argocd"}
	case platform.FamQuota:
		return []string{"kubernetes", "prometheus"}
	case platform.FamUsage:
		return []string{"prometheus"}
	case platform.FamAlerts:
		return []string{"alertmanager", "prometheus"}
	case platform.FamLogErrors:
		return []string{"loki"}
	}
	return nil
}

// parts are the words by which sources name what they read of a family, in their problems.
func parts(f platform.Family) []string {
	switch f {
	case platform.FamTokens:
		return []string{"token"}
	case platform.FamQuota:
		return []string{"quota"}
	case platform.FamLogErrors:
		return []string{"log"}
	case platform.FamGit:
		return []string{"repositor", "git", "projects"}
	case platform.FamGates:
		return []string{"gate"}
	case platform.FamAccess:
		return []string{"group members"}
	case platform.FamZone:
		return []string{"zone"}
	case platform.FamExposed:
		return []string{"service chains"}
	case platform.FamRobots:
		return []string{"robots"}
	case platform.FamRepoTokens:
		return []string{"repository tokens"}
	}
	return []string{strings.TrimSuffix(string(f), "s")}
}

// needs is the word by which a right names the family that it opens; "-" for those that no single right opens.
func needs(f platform.Family) string {
	switch f {
	case platform.FamTokens:
		return "tokens"
	case platform.FamCode:
		return "code"
	case platform.FamAccess:
		return "access"
	case platform.FamZone:
		return "zone"
	case platform.FamPlans:
		return "deployments"
	case platform.FamExposed:
		return "exposure"
	case platform.FamRobots:
		return "robots"
	case platform.FamRepoTokens:
		return "repository_tokens"
	}
	return "-"
}

// whole tells the families of which a source of the kind reads everything at once: no shelf then means that there is nothing.
// The others are fetched project by project, where no shelf means not yet.
func whole(kind string, f platform.Family) bool {
	switch kind {
	case "argocd":
		return f == platform.FamApplications
	case "kubernetes":
		return f == platform.FamWorkloads || f == platform.FamPods || f == platform.FamEvents || f == platform.FamQuota
	case "alertmanager", "prometheus":
		return f == platform.FamAlerts
	}
	return false
}

func kindOf(w *world, source string) string {
	if st, ok := w.states[source]; ok {
		return st.kind
	}
	kind, _, _ := strings.Cut(source, "/")
	return kind
}

func (w *world) state(source string) platform.State {
	if st, ok := w.states[source]; ok {
		return st.state
	}
	return platform.StateStarting // its shelf comes from the disk, itself has not spoken yet
}

func (w *world) age(source string, at time.Time, cached bool) platform.FactAge {
	return platform.FactAge{Source: source, At: at, State: w.state(source), Cached: cached}
}

// problem returns the state of the part of a source that reads the family, when it has one.
func (w *world) problem(h *platform.SourceHealth, f platform.Family) (platform.State, bool) {
	for _, p := range h.Problems {
		for _, word := range parts(f) {
			if strings.Contains(strings.ToLower(p.Part), word) {
				return p.State, true
			}
		}
	}
	for _, r := range h.Rights { // what is refused is not asked for again soon: there is no problem, and no fact
		if r.Known && !r.Held && needs(f) == r.Needed {
			return platform.StateForbidden, true
		}
	}
	return "", false
}

// has reports whether a kind of source is configured or speaks.
func (w *world) has(kind string) bool { return w.configured[kind] || len(w.byKind[kind]) > 0 }

// absent says what having no shelf of a family means: nothing there, not yet read, no right, no source. at narrows the sources
// to those of a cluster or a zone when there are such; "" asks all.
func (w *world) absent(f platform.Family, at ...string) platform.FactAge {
	configured := false
	var age platform.FactAge
	rank := -1
	for _, kind := range feeds(f) {
		byConsole := kind == "gitlab" || kind == "sonarqube" || w.tenants[kind] // it tells which repositories there are, and which tenants
		if !w.has(kind) || byConsole && !w.has("console") {
			continue
		}
		configured = true
		if byConsole && w.derive { // it never told anything: that is why this one cannot either
			for _, h := range w.byKind["console"] {
				if r := stateRank(h.State); r > rank {
					rank, age = r, platform.FactAge{Source: h.Name, State: h.State}
				}
			}
			continue
		}
		if len(w.byKind[kind]) == 0 {
			if r := stateRank(platform.StateStarting); r > rank {
				rank, age = r, platform.FactAge{Source: kind, State: platform.StateStarting}
			}
			continue
		}
		for _, h := range w.narrowed(kind, at) {
			if slices.Contains(h.Without, f) {
				continue
			}
			state := h.State
			if p, bad := w.problem(h, f); bad {
				state = p
			} else if whole(kind, f) && !h.LastSuccess.IsZero() {
				return platform.FactAge{Source: h.Name, At: h.LastSuccess, State: h.State}
			} else if state == platform.StateLive {
				state = platform.StateStarting // it answers, but has not told this yet
			}
			if r := stateRank(state); r > rank {
				rank, age = r, platform.FactAge{Source: h.Name, State: state}
			}
		}
	}
	if !configured || rank < 0 {
		return platform.FactAge{State: platform.StateNotConfigured}
	}
	return age
}

// narrowed keeps the sources that see a place: the one named after it; none when sources are named after other places; and
// when their names tell nothing, all of them, the one that knows least first, so that "nothing there" is said only once all
// have answered.
func (w *world) narrowed(kind string, at []string) []*platform.SourceHealth {
	all := w.byKind[kind]
	if len(at) == 0 || len(all) == 0 {
		return all
	}
	for _, h := range all {
		if named(h, at) {
			return []*platform.SourceHealth{h}
		}
	}
	for _, h := range all {
		if _, place, ok := strings.Cut(h.Name, "/"); ok && w.places[place] {
			return nil
		}
	}
	least := all[0]
	for _, h := range all {
		if h.LastSuccess.IsZero() && !least.LastSuccess.IsZero() || h.State.Bad() && !least.State.Bad() {
			least = h
		}
	}
	return []*platform.SourceHealth{least}
}

func named(h *platform.SourceHealth, at []string) bool {
	for _, place := range at {
		if place != "" && (strings.HasSuffix(h.Name, "/"+place) || strings.TrimSuffix(h.URL, "/") == strings.TrimSuffix(place, "/")) {
			return true
		}
	}
	return false
}

// stateRank prefers, among the reasons for a fact to be unknown, the one that may still change by itself.
func stateRank(s platform.State) int {
	switch s {
	case platform.StateStarting:
		return 5
	case platform.StateForbidden:
		return 4
	case platform.StateUnauthorised:
		return 3
	case platform.StateUnreachable:
		return 2
	case platform.StateStale:
		return 1
	}
	return 0
}
