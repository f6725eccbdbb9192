package world

import (
	"strconv"
	"strings"
)

// Trace is the output of a job so far, with the section marks and colours of a GitLab runner. It is empty until the job starts.
// It must not be called inside View or Update.
func (w *World) Trace(j *Job) string {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if j.StartedAt.IsZero() {
		return ""
	}
	at := strconv.FormatInt(j.StartedAt.Unix(), 10)
	var b strings.Builder
	line := func(s string) { b.WriteString(s + "\n") }
	line("\x1b[0KRunning with gitlab-runner 17.8.3 (690ce25c)\x1b[0;m")
	line("\x1b[0K  on dso-runner-" + suffixOf(5, uint64(j.ID)) + ", system ID: r_" + suffixOf(8, uint64(j.ID)) + "\x1b[0;m")
	line("section_start:" + at + ":prepare_executor\r\x1b[0K\x1b[0K\x1b[36;1mPreparing the \"kubernetes\" executor\x1b[0;m\x1b[0;m")
	line("\x1b[0KUsing Kubernetes namespace: dso-gitlab\x1b[0;m")
	line("section_end:" + at + ":prepare_executor\r\x1b[0K")
	line("section_start:" + at + ":step_script\r\x1b[0K\x1b[0K\x1b[36;1mExecuting \"step_script\" stage of the job script\x1b[0;m\x1b[0;m")
	failed := j.Status == "failed"
	for _, s := range script(j.Stage, failed, j.RefusedBy) {
		line(s)
	}
	if j.FinishedAt.IsZero() {
		return b.String()
	}
	line("section_end:" + strconv.FormatInt(j.FinishedAt.Unix(), 10) + ":step_script\r\x1b[0K")
	switch j.Status {
	case "failed":
		line("\x1b[31;1mERROR: Job failed: command terminated with exit code 1\x1b[0;m")
	case "canceled":
		line("\x1b[31;1mERROR: Job failed: canceled\x1b[0;m")
	default:
		line("\x1b[32;1mJob succeeded\x1b[0;m")
	}
	return b.String()
}

// script is what the commands of a stage print; refusedBy is the external address that refused a mirror's login, if one did.
func script(stage string, failed bool, refusedBy string) []string {
	switch stage {
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
		out := []string{"$ make test", "[INFO] -------------------------------------------------------", "[INFO]  T E S T S", "[INFO] -------------------------------------------------------"}
		if failed {
			return append(out, "[ERROR] Tests run: 214, Failures: 1, Errors: 0, Skipped: 2", "[ERROR]   CreneauxTest.refuseDoublon:88 expected: <409> but was: <201>", "[INFO] BUILD FAILURE")
		}
		return append(out, "[INFO] Tests run: 214, Failures: 0, Errors: 0, Skipped: 2", "[INFO] BUILD SUCCESS")
	case outSonar:
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
