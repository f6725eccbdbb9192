package deeds

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Fully populated objects, as the servers' own Go types write them: of Kubernetes from k8s.io/api/testdata (parts that no deed reads are left out), of Argo CD by the tags of
// pkg/apis/application/v1alpha1, of GitLab and Harbor by their API's descriptions, of Alertmanager by api/v2/models.
const (
	argoAppShape = `{"metadata":{"name":"a","namespace":"b","uid":"u","generation":3,"deletionTimestamp":"2026-01-02T03:04:05Z","finalizers":["f"]},
	"spec":{"project":"p","destination":{"server":"s","namespace":"n","name":"c"},"source":{"repoURL":"r","path":"x","targetRevision":"t","helm":{"valueFiles":["v"]},"chart":"c","ref":"f"},
	"sources":[{"repoURL":"r","targetRevision":"t","path":"x"},{"repoURL":"r","targetRevision":"t","ref":"values"}],"sourceHydrator":{"drySource":{"repoURL":"r","targetRevision":"t","path":"p"},"syncSource":{"targetBranch":"b","path":"p"}},
	"syncPolicy":{"automated":{"prune":true,"selfHeal":true,"allowEmpty":true,"enabled":true},"syncOptions":["CreateNamespace=true"],"retry":{"limit":5}},"revisionHistoryLimit":10},
	"operation":{"sync":{"revision":"r","prune":true,"dryRun":true},"initiatedBy":{"username":"u","automated":true},"retry":{}},
	"status":{"resources":[{"group":"g","version":"v","kind":"Secret","namespace":"n","name":"registry-pull-secret","status":"Synced","health":{"status":"Healthy","message":"m","lastTransitionTime":"2026-01-02T03:04:05Z"},"hook":true,"requiresPruning":true,"syncWave":-1}],
	"sync":{"status":"Synced","comparedTo":{"source":{"repoURL":"r"}},"revision":"1","revisions":["1","2"]},"health":{"status":"Healthy","message":"m","lastTransitionTime":"2026-01-02T03:04:05Z"},
	"history":[{"revision":"1","deployedAt":"2026-01-02T03:04:05Z","id":9007199254740993,"source":{"repoURL":"r"},"deployStartedAt":"2026-01-02T03:04:05Z","sources":[{"repoURL":"r"}],"revisions":["1","2"],"initiatedBy":{"username":"u","automated":true}}],
	"conditions":[{"type":"t","message":"m","lastTransitionTime":"2026-01-02T03:04:05Z"}],"reconciledAt":"2026-01-02T03:04:05Z","observedAt":"2026-01-02T03:04:05Z","sourceType":"Helm","sourceTypes":["Helm"],"summary":{"externalURLs":["u"],"images":["i"],"isAppOfApps":true},
	"resourceHealthSource":"appTree","controllerNamespace":"c","operationState":{"operation":{"sync":{"revision":"r","autoHealAttemptsCount":3},"initiatedBy":{"username":"u","automated":true},"info":[{"name":"n","value":"v"}],"retry":{"limit":1}},"phase":"Succeeded","message":"m",
	"syncResult":{"resources":[{"group":"g","version":"v","kind":"k","namespace":"n","name":"x","status":"Synced","message":"m","hookType":"PreSync","hookPhase":"Running","syncPhase":"Sync","images":["i"]}],"revision":"1","source":{"repoURL":"r"},"sources":[],"revisions":["1"]},
	"startedAt":"2026-01-02T03:04:05Z","finishedAt":"2026-01-02T03:04:05Z","retryCount":2}}}`
	argoNodeShape = `{"group":"g","version":"v","kind":"k","namespace":"n","name":"x","uid":"u","parentRefs":[{"group":"g","kind":"k","namespace":"n","name":"x","uid":"u"}],"info":[{"name":"Revision","value":"Rev:1"}],
	"networkingInfo":{"labels":{"a":"b"}},"resourceVersion":"12","images":["i"],"health":{"status":"Healthy","message":"m","lastTransitionTime":"2026-01-02T03:04:05Z"},"createdAt":"2026-01-02T03:04:05Z"}`
	argoManagedShape = `{"items":[{"group":"g","kind":"k","namespace":"n","name":"x","targetState":"{}","liveState":"{}","diff":"","hook":true,"normalizedLiveState":"{}","predictedLiveState":"{}","resourceVersion":"1","modified":true}]}`
	argoWindowsShape = `{"activeWindows":[{"kind":"deny","schedule":"* * * * *","duration":"1h","manualSync":true}],"assignedWindows":[{"kind":"deny","schedule":"* * * * *","duration":"1h","manualSync":true}],"canSync":true}`

	gitlabPipelineShape = `{"id":46,"iid":11,"project_id":1,"name":"n","sha":"a91","ref":"main","status":"success","source":"api","created_at":"2026-01-02T03:04:05.000Z","updated_at":"2026-01-02T03:04:05.000Z","web_url":"u","before_sha":"0","tag":true,
	"yaml_errors":"y","user":{"id":1,"name":"n","username":"u","state":"active"},"started_at":"2026-01-02T03:04:05.000Z","finished_at":"2026-01-02T03:04:05.000Z","committed_at":"2026-01-02T03:04:05.000Z","duration":123,"queued_duration":1.010,"coverage":"30.0","archived":true,
	"detailed_status":{"icon":"i","text":"passed","label":"passed","group":"success","tooltip":"t","has_details":true,"details_path":"p","favicon":"f"}}`
	gitlabJobShape = `{"id":6,"status":"success","stage":"test","name":"rspec","ref":"main","tag":true,"coverage":1.5,"allow_failure":true,"created_at":"2026-01-02T03:04:05.000Z","started_at":"2026-01-02T03:04:05.000Z","finished_at":"2026-01-02T03:04:05.000Z","erased_at":"2026-01-02T03:04:05.000Z",
	"duration":0.192,"queued_duration":0.023,"user":{"id":1,"bot":false},"commit":{"id":"0ff3ae198f8601a285adcf5c0fff204ee6fba5fd","short_id":"0ff3ae19","title":"t","parent_ids":["a"]},"pipeline":{"id":6,"iid":3,"project_id":1,"sha":"a","ref":"main","status":"pending","source":"push"},
	"failure_reason":"script_failure","web_url":"u","project":{"ci_job_token_scope_enabled":false},"artifacts":[{"file_type":"archive","size":1000}],"artifacts_file":{"filename":"a.zip","size":1000},"artifacts_expire_at":"2026-01-02T03:04:05.000Z","tag_list":["docker"],"archived":true,"source":"push",
	"runner":{"id":32,"ip_address":null,"active":true},"runner_manager":{"id":1,"status":"online"}}`
	harborArtifactShape = `{"id":1,"type":"IMAGE","artifact_type":"application/vnd.docker.container.image.v1+json","media_type":"m","manifest_media_type":"m","project_id":2,"repository_id":3,"repository_name":"p/r","digest":"sha256:1","size":5,"icon":"i","push_time":"2026-01-02T03:04:05.000Z","pull_time":"0001-01-01T00:00:00.000Z",
	"extra_attrs":{"architecture":"amd64"},"annotations":{"a":"b"},"references":[{"parent_id":1,"child_id":2}],"tags":[{"id":1,"name":"t"}],"addition_links":{"vulnerabilities":{"absolute":false,"href":"h"}},"labels":[{"id":1,"name":"l"}],
	"scan_overview":{"application/vnd.security.vulnerability.report; version=1.1":{"report_id":"r","scan_status":"Success","severity":"Critical","duration":9,"summary":{"total":3,"fixable":2,"summary":{"Critical":1}},"start_time":"2026-01-02T03:04:05.000Z","end_time":"2026-01-02T03:04:05.000Z","complete_percent":100,
	"scanner":{"name":"Trivy","vendor":"Aqua Security","version":"v0.50"}}},"sbom_overview":{"start_time":"2026-01-02T03:04:05.000Z","scan_status":"Success","sbom_digest":"d","report_id":"r","duration":3},"accessories":[{"id":1,"artifact_id":2,"digest":"d","type":"signature.cosign"}]}`
	amAlertShape = `{"annotations":{"summary":"s"},"endsAt":"2026-01-02T03:04:05.000Z","fingerprint":"f","receivers":[{"name":"r"}],"startsAt":"2026-01-02T03:04:05.000Z","status":{"inhibitedBy":["x"],"mutedBy":["y"],"silencedBy":["z"],"state":"suppressed"},"updatedAt":"2026-01-02T03:04:05.000Z",
	"generatorURL":"http://x","labels":{"alertname":"A"}}`
	amSilenceShape = `{"id":"i","status":{"state":"active"},"updatedAt":"2026-01-02T03:04:05.000Z","annotations":{"a":"b"},"comment":"c","createdBy":"b","endsAt":"2026-01-02T03:04:05.000Z","matchers":[{"isEqual":true,"isRegex":true,"name":"n","value":"v"}],"startsAt":"2026-01-02T03:04:05.000Z"}`
)

// TestWhatIsReadIsWhatTheServersWrite: every object of theirs, with all that it can hold, is read without a fault, and every member that a deed reads is one that they write. A
// simulated server that leaves members out shows neither.
func TestWhatIsReadIsWhatTheServersWrite(t *testing.T) {
	file := func(names ...string) []string {
		var out []string
		for _, name := range names {
			data, err := os.ReadFile(filepath.Join("testdata", "shapes", name+".json"))
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, string(data))
		}
		return out
	}
	for _, c := range []struct {
		name string
		into any
		docs []string
		// less are members that these documents have not, and why that is well is said beside each.
		less []string
	}{
		{name: "objects of Kubernetes", into: kubeObject{}, docs: file("deployment", "statefulset", "daemonset", "job", "cronjob", "pod")},
		{name: "a CronJob", into: kubeCronJob{}, docs: file("cronjob"), less: []string{"Spec.Replicas", "Spec.Paused", "Spec.Strategy.", "Spec.Update.", "Spec.Template.", "kubeObject.Status."}}, // of other kinds
		{name: "a quota", into: kubeQuota{}, docs: file("resourcequota")},
		{name: "an autoscaler", into: kubeAutoscaler{}, docs: file("horizontalpodautoscaler")},
		{name: "a budget", into: kubeBudget{}, docs: file("poddisruptionbudget")},
		{name: "the console's log", into: consoleLogs{}, docs: consoleLogShapes()},
		{name: "tokens", into: consoleTokens{}, docs: []string{consoleTokensShape}},
		{name: "a project", into: consoleProjectWire{}, docs: []string{consoleProjectShape, consoleLockedShape}},
		{name: "an environment", into: consoleEnvironment{}, docs: []string{consoleEnvironmentShape, consoleEnvironment2Shape}},
		{name: "a cluster", into: consoleCluster{}, docs: []string{consoleClusterShape}},
		{name: "what is asked of a cluster", into: consoleUsage{}, docs: []string{`{"cpu":4,"gpu":1,"memory":8.5}`}},
		{name: "a member", into: consoleMember{}, docs: []string{consoleMemberShape, consoleMember922Shape}},
		{name: "a role or a stage", into: consoleNamed{}, docs: []string{consoleRoleShape, consoleRole922Shape, consoleStageShape}},
		{name: "a zone", into: consoleZone{}, docs: []string{consoleZoneShape}},
		{name: "a tool's health", into: consoleService{}, docs: []string{consoleServiceShape}},
		{name: "a chain", into: consoleChain{}, docs: []string{consoleChainShape, strings.Replace(consoleChainShape, `"validatedBy":null`, `"validatedBy":"u"`, 1)}},
		{name: "a flow of a chain", into: consoleFlow{}, docs: []string{`{"state":"success","input":"{}","output":{},"updatedAt":"2026-01-02T03:04:05.000Z"}`, `null`}},
		{name: "a version", into: consoleAbout{}, docs: []string{`{"version":"9.24.0"}`, `{"version":"dev"}`}},
		{name: "an application", into: argoApp{}, docs: []string{argoAppShape}},
		{name: "an application that is followed", into: followedApp{}, docs: []string{argoAppShape}},
		{name: "a node", into: node{}, docs: []string{argoNodeShape}},
		{name: "managed resources", into: argoManaged{}, docs: []string{argoManagedShape}},
		{name: "windows", into: argoWindows{}, docs: []string{argoWindowsShape}},
		{name: "a right", into: argoCan{}, docs: []string{`{"value":"yes"}`}},
		{name: "actions", into: argoActions{}, docs: []string{`{"actions":[{"name":"restart","params":[{"name":"n","value":"v","type":"t","default":"d"}],"disabled":true,"iconClass":"i","displayName":"d"}]}`}},
		{name: "manifests", into: argoManifests{}, docs: []string{`{"manifests":["{}"],"namespace":"n","server":"s","revision":"r","sourceType":"Helm","verifyResult":"v","commands":["helm"]}`}},
		{name: "a pipeline", into: gitlabPipeline{}, docs: []string{gitlabPipelineShape}},
		{name: "a job", into: gitlabJob{}, docs: []string{gitlabJobShape}},
		{name: "an artifact", into: harborArtifact{}, docs: []string{harborArtifactShape}},
		{name: "an alert", into: amAlert{}, docs: []string{amAlertShape}},
		{name: "a silence", into: amSilence{}, docs: []string{amSilenceShape}},
	} {
		t.Run(c.name, func(t *testing.T) {
			typ := reflect.TypeOf(c.into)
			seen, all := map[string]bool{}, map[string]bool{}
			for _, doc := range c.docs {
				v := reflect.New(typ)
				if err := json.Unmarshal([]byte(doc), v.Interface()); err != nil {
					t.Errorf("%v", err)
				}
				members(v.Elem(), "", func(name string, set bool) {
					all[name] = true
					seen[name] = seen[name] || set
				})
			}
			for name := range all {
				left := slices.ContainsFunc(c.less, func(l string) bool {
					return strings.TrimPrefix(name, "kubeObject.") == l || strings.HasPrefix(strings.TrimPrefix(name, "kubeObject."), l) && strings.HasSuffix(l, ".") || strings.HasPrefix(name, l) && strings.HasSuffix(l, ".")
				})
				inside := false // a list that is empty in one has its members in another
				for other, set := range seen {
					inside = inside || set && strings.HasPrefix(other, name+".")
				}
				if !seen[name] && !left && !inside {
					t.Errorf("%s: no server writes it", name)
				}
			}
		})
	}
}

// members calls f for each member of a value with whether something is there, going into objects, and into the first of lists and maps.
func members(v reflect.Value, at string, f func(name string, set bool)) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			f(at, false)
			return
		}
		members(v.Elem(), at, f)
	case reflect.Struct:
		if v.NumField() == 0 {
			f(at, true)
		}
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if at != "" {
				name = at + "." + name
			}
			members(v.Field(i), name, f)
		}
	case reflect.Slice, reflect.Map:
		if v.Len() == 0 || v.Type().Elem().Kind() == reflect.Uint8 {
			f(at, v.Len() > 0)
			return
		}
		if v.Kind() == reflect.Slice {
			members(v.Index(0), at, f)
			return
		}
		it := v.MapRange()
		it.Next()
		members(it.Value(), at, f)
	default:
		f(at, !v.IsZero())
	}
}
