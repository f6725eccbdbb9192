package setup

import "strings"

// around is how many unchanged lines are shown on either side of a change.
const around = 2

// Diff tells two texts apart, line by line: "- " what goes, "+ " what comes, "  " what stays around it, "…" what is left out. Empty when they
// are the same. Meant for configurations: it compares every line with every other.
func Diff(before, after []byte) []string {
	a, b := lines(before), lines(after)
	// common[i][j] is the length of the longest common part of a[i:] and b[j:].
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var all []string
	changed := false
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			all = append(all, "  "+a[i])
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || common[i+1][j] >= common[i][j+1]):
			all, changed = append(all, "- "+a[i]), true
			i++
		default:
			all, changed = append(all, "+ "+b[j]), true
			j++
		}
	}
	if !changed {
		return nil
	}
	return near(all)
}

// near keeps what is close to a change.
func near(all []string) []string {
	keep := make([]bool, len(all))
	for i, line := range all {
		if strings.HasPrefix(line, "  ") {
			continue
		}
		for j := max(i-around, 0); j <= min(i+around, len(all)-1); j++ {
			keep[j] = true
		}
	}
	var out []string
	for i, line := range all {
		switch {
		case keep[i]:
			out = append(out, line)
		case i == 0 || keep[i-1]:
			out = append(out, "…")
		}
	}
	return out
}

// lines are a text's lines without their ends.
func lines(data []byte) []string {
	text := strings.TrimSuffix(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
