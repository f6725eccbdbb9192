package world

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// bigTrace is how many lines the chattiest test runs write: some 5 MB.
const bigTrace = 42_000

// Trace is the output of a job so far, as a runner writes it: sections, colours, progress that overwrites itself, and, for jobs of the
// projects' own pipelines, the time and the stream before each line (runners since 17). It is empty until the job starts, and grows while
// it runs. It must not be called inside View or Update.
func (w *World) Trace(j *Job) string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if j.StartedAt.IsZero() {
		return ""
	}
	lines := traceLines(j)
	if said := w.state.Aside.Said[j]; said != nil && j.Status == "failed" {
		lines = slices.Insert(lines, len(lines)-1, said...)
	}
	end, n := j.FinishedAt, len(lines)
	if end.IsZero() {
		usual := 20 * time.Second
		for _, s := range appStages {
			if s.name == j.Stage {
				usual = s.usual
			}
		}
		n = min(int(float64(n)*float64(w.Now().Sub(j.StartedAt))/float64(usual)*0.9), n)
		end = j.StartedAt.Add(usual)
	} else {
		lines = append(lines, traceEnd(j)...)
		n = len(lines)
	}
	stamped := j.Stage != "pull"
	step := end.Sub(j.StartedAt) / time.Duration(max(len(lines), 1))
	var b strings.Builder
	for i, l := range lines[:max(n, 0)] {
		at := j.StartedAt.Add(time.Duration(i) * step)
		l = strings.ReplaceAll(l, "@TS@", strconv.FormatInt(at.Unix(), 10))
		if stamped {
			b.WriteString(at.UTC().Format("2006-01-02T15:04:05.000000Z") + " 00O ")
		}
		b.WriteString(l)
		b.WriteByte('\n')
	}
	return b.String()
}

func sectionStart(name, title string) string {
	return "section_start:@TS@:" + name + "\r\x1b[0K\x1b[0K\x1b[36;1m" + title + "\x1b[0;m\x1b[0;m"
}

func sectionEnd(name string) string { return "section_end:@TS@:" + name + "\r\x1b[0K" }

// traceLines is everything a job writes up to its outcome.
func traceLines(j *Job) []string {
	id := uint64(j.ID) //nolint:gosec // ids are positive
	out := []string{
		"\x1b[0KRunning with gitlab-runner 18.4.0 (690ce25c)\x1b[0;m",
		"\x1b[0K  on dso-runner-" + suffixOf(5, id) + ", system ID: r_" + suffixOf(8, id) + "\x1b[0;m",
		sectionStart("prepare_executor", "Preparing the \"kubernetes\" executor"),
		"\x1b[0KUsing Kubernetes namespace: dso-gitlab\x1b[0;m",
		"\x1b[0KUsing Kubernetes executor with image docker.io/library/maven:3.9-eclipse-temurin-21 ...\x1b[0;m",
		sectionEnd("prepare_executor"),
		sectionStart("prepare_script", "Preparing environment"),
		"Waiting for pod dso-gitlab/runner-" + suffixOf(5, id) + "-project-" + strconv.FormatInt(j.ID%900, 10) + "-concurrent-0 to be running, status is Pending",
		sectionEnd("prepare_script"),
		sectionStart("get_sources", "Getting source from Git repository"),
		"\x1b[32;1mFetching changes with git depth set to 20...\x1b[0;m",
		"Initialized empty Git repository in /builds/.git/",
		"\x1b[32;1mSkipping Git submodules setup\x1b[0;m",
		sectionEnd("get_sources"),
	}
	if j.FailureReason == "runner_system_failure" {
		return out
	}
	out = append(out, sectionStart("step_script", "Executing \"step_script\" stage of the job script"))
	if j.Stage == outTest {
		out = append(out, tests(id)...)
	}
	out = append(out, script(j)...)
	return append(out, sectionEnd("step_script"))
}

// tests is what a build writes before its tests: dependencies in a folded section of its own, progress that overwrites itself. Some
// teams leave the debug level on.
func tests(id uint64) []string {
	out := []string{
		"\x1b[32;1m$ make test\x1b[0;m",
		"section_start:@TS@:dependances[collapsed=true]\r\x1b[0KDépendances",
		"Downloading from nexus: https://ci:$NEXUS_PASSWORD@nexus.cpn.example/repository/maven-public/",
	}
	for i := range 12 {
		var p strings.Builder
		for k := 0; k <= 100; k += 20 {
			fmt.Fprintf(&p, "\rProgress (1): %d%%", k)
		}
		out = append(out, p.String()+"\r\x1b[KDownloaded from nexus: org/example/lib-"+strconv.Itoa(i)+".jar (1.2 MB at 3.4 MB/s)")
	}
	out = append(out, "section_end:@TS@:dependances\r\x1b[0K")
	n := 60
	if id%9 == 0 {
		n = bigTrace
	}
	for i := range n {
		h := hash64(id, "trace", strconv.Itoa(i))
		if h%97 == 0 {
			out = append(out, fmt.Sprintf("\x1b[33m[WARN]\x1b[0m  %05d deprecated call in fr.gouv.app.Service%d", i, h>>8%90))
		} else {
			out = append(out, fmt.Sprintf("[\x1b[1;34mINFO\x1b[m] %05d fr.gouv.app.Service%dTest: cas %d, %d assertions, %d ms", i, h>>8%90, h>>16%400, h>>24%30, h>>32%900))
		}
	}
	return out
}

// traceEnd is what a runner says of the outcome.
func traceEnd(j *Job) []string {
	switch {
	case j.FailureReason == "runner_system_failure":
		return []string{"\x1b[31;1mERROR: Job failed (system failure): pods \"runner-" + suffixOf(5, uint64(j.ID)) + "\" not found\x1b[0;m"} //nolint:gosec // ids are positive
	case j.Status == "failed":
		return []string{sectionStart("cleanup_file_variables", "Cleaning up project directory and file based variables"), sectionEnd("cleanup_file_variables"),
			"\x1b[31;1mERROR: Job failed: command terminated with exit code 1\x1b[0;m"}
	case j.Status == "canceled":
		return []string{"\x1b[31;1mERROR: Job failed: canceled\x1b[0;m"}
	default:
		return []string{"\x1b[32;1mJob succeeded\x1b[0;m"}
	}
}

// script is what the commands of a job print.
func script(j *Job) []string {
	failed, refusedBy := j.Status == "failed", j.RefusedBy
	switch j.Stage {
	case "pull":
		out := []string{"$ ./mirror.sh", "syncing branch main of the repository"}
		if failed && refusedBy != "" {
			return append(out, "remote: HTTP Basic: Access denied", "fatal: Authentication failed for '"+refusedBy+"/'")
		}
		if failed {
			return append(out, "remote: HTTP Basic: Access denied. The provided password or token is incorrect or your account has 2FA enabled.",
				"fatal: Authentication failed for 'https://[MASKED]@gitlab-webservice-default.dso-gitlab.svc:8181/'")
		}
		return append(out, "From the external forge: main -> main", "Everything up-to-date or pushed", "done.")
	case outSecret:
		out := []string{"$ export VAULT_TOKEN=$(vault write -field=token auth/jwt/login role=default-ci jwt=[MASKED])"}
		if failed {
			return append(out, "Error writing data to auth/jwt/login: Error making API request.", "Code: 400. Errors:", "* error validating token: token expired")
		}
		return append(out, "$ vault kv get -format=json", "secrets written to the dotenv artifact")
	case outTest:
		out := []string{"[INFO] -------------------------------------------------------", "[INFO]  T E S T S", "[INFO] -------------------------------------------------------"}
		if failed {
			return append(out, "[ERROR] Tests run: 214, Failures: 1, Errors: 0, Skipped: 2", "[ERROR]   CreneauxTest.refuseDoublon:88 expected: <409> but was: <201>", "[INFO] BUILD FAILURE")
		}
		return append(out, "[INFO] Tests run: 214, Failures: 0, Errors: 0, Skipped: 2", "[INFO] BUILD SUCCESS")
	case outSonar:
		if j.Unawaited {
			return []string{"$ sonar-scanner -Dsonar.qualitygate.wait=false", "INFO: ANALYSIS SUCCESSFUL", "INFO: Note that you will be able to access the updated dashboard once the server has processed the submitted analysis report",
				"INFO: EXECUTION SUCCESS"}
		}
		out := []string{"$ sonar-scanner", "INFO: ANALYSIS SUCCESSFUL", "INFO: Waiting for the quality gate (sonar.qualitygate.wait=true)"}
		if failed {
			return append(out, "ERROR: QUALITY GATE STATUS: FAILED - View details in the dashboard")
		}
		return append(out, "INFO: QUALITY GATE STATUS: PASSED")
	case outPush:
		out := []string{"$ /kaniko/executor --context $CI_PROJECT_DIR --destination $IMAGE_REPOSITORY/$IMAGE_NAME:$CI_COMMIT_SHORT_SHA", "INFO[0001] Retrieving image manifest", "INFO[0042] Taking snapshot of full filesystem..."}
		if failed {
			return append(out, "error pushing image: failed to push to destination: unexpected status code 500 Internal Server Error")
		}
		return append(out, "INFO[0117] Pushed image to 3 destinations")
	}
	if failed {
		return []string{"$ helm lint", "[ERROR] templates/: values don't meet the specifications of the schema"}
	}
	return []string{"$ helm lint", "1 chart(s) linted, 0 chart(s) failed"}
}
