package console

import (
	"encoding/json"
	"strings"
	"testing"

	"dsotop/internal/platform/hostile"
	"dsotop/internal/secret"
)

// every field of every answer that is read, in the shapes of both servers; § is the text.
const (
	hostilePerson  = `{"id":"§","userId":"§","firstName":"§","lastName":"§","email":"§","type":"§","lastLogin":"§","roleIds":["§"]}`
	hostileProject = `{"id":"§","slug":"§","name":"§","description":"§","status":"§","ownerId":"§","owner":` + hostilePerson + `,"members":[` + hostilePerson + `],
 "roles":[{"id":"§","name":"§","permissions":"§","type":"§","oidcGroup":"§"}],"everyonePerms":"§","lastSuccessProvisionningVersion":"§","clusterIds":["§"],"createdAt":"§","hprodCpu":"§"}`
	hostileEnvironment = `{"id":"§","name":"§","stageId":"§","stage":{"id":"§","name":"§"},"clusterId":"§","cpu":"§"}`
	hostileRepository  = `{"id":"§","internalRepoName":"§","externalRepoUrl":"§","deployRevision":"§","deployPath":"§","helmValuesFiles":"§"}`
	hostileLog         = `{"id":"§","action":"§","userId":"§","projectId":"§","requestId":"§","data":{"failed":["§"],"warning":["§"],"messageResume":"§",
 "results":{"§":{"status":{"result":"§","message":"§"},"executionTime":{"§":1}}}}}`
	hostileOldLog  = `{"id":"§","action":"§","data":{"failed":true,"§":{"status":{"result":"§","message":"§"}}}}`
	hostileCluster = `{"id":"§","label":"§","privacy":"§","zoneId":"§","stageIds":["§"]}`
	hostileZone    = `{"id":"§","slug":"§","label":"§","argocdUrl":"§"}`
	hostileService = `{"name":"§","status":"§","message":"§"}`
	hostileToken   = `{"name":"§","status":"§","owner":` + hostilePerson + `}`
)

// FuzzHostile puts one text into every field of every answer: nothing of it may leave a mapping as a terminal would obey it.
func FuzzHostile(f *testing.F) {
	for _, text := range hostile.Texts() {
		f.Add(text)
	}
	lines := []string{"Message", "Description", "HelmValues"} // what may span lines
	f.Fuzz(func(t *testing.T, text string) {
		raw, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		inner := string(raw[1 : len(raw)-1])
		for _, in := range []string{inner, "https://u:p@h/" + inner, "https://" + inner + "@h/"} {
			var p wireProject
			var e wireEnvironment
			var r wireRepository
			var l, old wireLog
			var c wireCluster
			var z wireZone
			var s wireService
			var k wireToken
			for doc, out := range map[string]any{hostileProject: &p, hostileEnvironment: &e, hostileRepository: &r, hostileLog: &l, hostileOldLog: &old,
				hostileCluster: &c, hostileZone: &z, hostileService: &s, hostileToken: &k} {
				if err := json.Unmarshal([]byte(strings.ReplaceAll(doc, "§", in)), out); err != nil {
					t.Fatalf("%T: %v", out, err)
				}
			}
			nouns := []any{p.noun(), e.noun("p", nil), r.noun("p"), l.noun(secret.Scrub), old.noun(secret.Scrub), c.noun(), k.Owner.v.noun(), z, s, k, withoutUser(string(z.ArgoURL))}
			for _, n := range nouns {
				for _, where := range hostile.Dirty(n, lines...) {
					t.Error(where)
				}
			}
		}
	})
}
