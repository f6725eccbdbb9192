package harbor

import (
	"net/http"
	"strconv"

	"dsotop/demo/world"
)

// vulnerabilities is the report of an artifact, by the media type it is filed under; nothing for one that was never scanned.
func vulnerabilities(r request, x *world.Repository) answer {
	img := byRef(r, x)
	if img == nil {
		return noArtifact(r, x)
	}
	if img.Scan.Status != "Success" {
		return answer{body: object{}}
	}
	list := []object{}
	for _, v := range world.Vulnerabilities(img) {
		list = append(list, object{"id": v.ID, "package": v.Package, "version": v.Version, "fix_version": v.Fixed, "severity": v.Severity, "description": v.Text,
			"links": []string{"https://avd.aquasec.com/nvd/" + v.ID}, "artifact_digests": []string{img.Digest}, "cwe_ids": []string{},
			"preferred_cvss": object{"score_v3": v.Score, "score_v2": nil, "vector_v3": "", "vector_v2": ""}, "vendor_attributes": object{}})
	}
	return answer{body: object{reportType: object{"generated_at": stamp(img.Scan.At), "severity": severity(img.Scan), "vulnerabilities": list,
		"scanner": object{"name": "Trivy", "vendor": "Aqua Security", "version": "v0.58.1"}}}}
}

// retention is the policy of a project: the console makes one for each, with the number of the project as this world has it.
func retention(r request) answer {
	for _, p := range r.s.Projects {
		if id := r.PathValue("id"); strconv.FormatInt(p.HarborID, 10) != id {
			continue
		}
		if !r.sees(p) {
			return answer{status: http.StatusForbidden, code: "FORBIDDEN", message: "forbidden"}
		}
		all := []object{{"kind": "doublestar", "decoration": "matches", "pattern": "**", "extras": `{"untagged":true}`}}
		return answer{body: object{"id": p.HarborID, "algorithm": "or", "scope": object{"level": "project", "ref": p.HarborID},
			"trigger": object{"kind": "Schedule", "references": object{}, "settings": object{"cron": "0 22 2 * * *"}},
			"rules": []object{{"id": p.HarborID, "priority": 0, "disabled": false, "action": "retain", "template": "latestPushedK", "params": object{"latestPushedK": world.Kept},
				"tag_selectors": all, "scope_selectors": object{"repository": []object{{"kind": "doublestar", "decoration": "repoMatches", "pattern": "**"}}}}}}}
	}
	return answer{status: http.StatusNotFound, code: "NOT_FOUND", message: "no such Retention policy with id " + r.PathValue("id")}
}
