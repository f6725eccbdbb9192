package page

import "strings"

// Change is the kind of the page of what one commit changed. Its key is made by ChangeKey.
const Change = "change"

// ChangeKey names a commit of a repository, which its forge knows by its full path.
func ChangeKey(projectID, path, sha string) string { return projectID + "/" + path + "@" + sha }

// ParseChangeKey reads what ChangeKey made; ok is false for anything else.
func ParseChangeKey(key string) (projectID, path, sha string, ok bool) {
	projectID, rest, ok := strings.Cut(key, "/")
	at := strings.LastIndexByte(rest, '@')
	if !ok || projectID == "" || at <= 0 || at == len(rest)-1 {
		return "", "", "", false
	}
	return projectID, rest[:at], rest[at+1:], true
}
