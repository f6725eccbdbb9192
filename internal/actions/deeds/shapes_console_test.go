package deeds

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"dsotop/internal/actions"
	"dsotop/internal/actions/wire"
)

// The console's answers with all that they can hold: of 9.24, whose projects are the newer server's, and of 9.22, whose projects are the older one's, where they differ. An entry
// of its log is cut down for those who may not see all of it, says failed as true, false or a list, and is empty or has its tools at the top when it is old.
const (
	consoleTokensShape = `[{"id":"t","name":"pat-admin","lastUse":"2026-11-21T21:08:37.055Z","createdAt":"2026-11-21T21:08:28.616Z","owner":{"email":"a@example.gouv.fr","firstName":"Compte","lastName":"1","id":"387216f1","type":"human"},
	"status":"active","expirationDate":"2099-01-01T00:00:00.000Z"},{"id":"u","name":"unused","lastUse":null,"createdAt":"2026-11-21T21:08:28.742Z","owner":{"id":"387216f1","type":"human"},"status":"revoked","expirationDate":"2020-01-01T00:00:00.000Z"}]`
	consoleProjectShape = `{"clusterIds":["c"],"slug":"candilib","description":"Application","status":"created","locked":false,"limitless":false,"hprodCpu":100.5,"hprodGpu":0,"hprodMemory":100,"prodCpu":0,"prodGpu":0,"prodMemory":0,"id":"p",
	"members":[{"userId":"u","firstName":"Compte","lastName":"2","email":"b@example.gouv.fr","roleIds":[]}],"ownerId":"o","owner":{"id":"o","firstName":"Compte","lastName":"3","email":"c@example.gouv.fr","type":"human","lastLogin":null,
	"updatedAt":"2026-11-21T21:08:32.771Z","createdAt":"2023-07-03T14:46:56.770Z"},"roles":[{"id":"r","name":"DevOps","permissions":"984","position":1,"type":"managed","projectId":"p","oidcGroup":""}],"everyonePerms":"896",
	"lastSuccessProvisionningVersion":"8.23.0","updatedAt":"2023-07-03T14:46:56.783Z","createdAt":"2023-07-03T14:46:56.778Z","name":"Candilib à accents"}`
	consoleLockedShape       = `{"id":"p","slug":"x_1700000000000_archived","name":"x_1700000000000_archived","description":"","status":"archived","locked":true,"lastSuccessProvisionningVersion":null,"clusterIds":[],"members":[],"roles":[],"everyonePerms":"896"}`
	consoleEnvironmentShape  = `{"id":"e","projectId":"p","stageId":"s","clusterId":"c","cpu":2.5,"gpu":1,"memory":4,"autosync":true,"updatedAt":"2023-07-03T14:46:56.803Z","createdAt":"2023-07-03T14:46:56.787Z","name":"dev"}`
	consoleEnvironment2Shape = `{"id":"e","name":"dev","projectId":"p","memory":4,"cpu":2,"gpu":0,"autosync":true,"createdAt":"2023-07-03T14:46:56.787Z","updatedAt":"2023-07-03T14:46:56.803Z","clusterId":"c","stageId":"s","stage":{"id":"s","name":"dev"}}`
	consoleClusterShape      = `{"id":"c","label":"public1","infos":"Cluster public","clusterResources":false,"privacy":"public","zoneId":"z","stageIds":["s"],"cpu":100,"gpu":100,"memory":100}`
	consoleMemberShape       = `{"userId":"u","firstName":"Compte","lastName":"2","email":"b@example.gouv.fr","roleIds":["r"]}`
	consoleMember922Shape    = `{"userId":"u","firstName":"Compte","lastName":"2","email":"b@example.gouv.fr","roleIds":["r"],"type":"human","lastLogin":null,"createdAt":"2023-07-03T14:46:56.770Z","updatedAt":"2023-07-03T14:46:56.770Z"}`
	consoleRoleShape         = `{"id":"r","name":"bg75","oidcGroup":"","type":"managed","permissions":"2","userCount":1}`
	consoleRole922Shape      = `{"id":"r","name":"bg75","permissions":"2","position":0,"type":"managed","projectId":"p","oidcGroup":""}`
	consoleStageShape        = `{"id":"s","name":"dev","clusterIds":["c"]}`
	consoleZoneShape         = `{"id":"z","slug":"pr","label":"Zone privée","argocdUrl":"https://argocd.example","description":"d"}`
	consoleServiceShape      = `{"name":"ArgoCD","status":"Inconnu","interval":300000,"lastUpdateTimestamp":1795295309254,"message":"En attente d'une première vérification","cause":{"any":1}}`
	consoleChainShape        = `{"id":"i","state":"failed","commonName":"a.example.gouv.fr","pai":"P","network":"RIE","createdAt":"2026-01-02T03:04:05.000Z","updatedAt":"2026-01-02T03:04:05.000Z","validationId":"v","validatedBy":null,"ref":null,"location":"SIR","targetAddress":"192.0.2.1",
	"projectId":"p","env":"INT","subjectAlternativeName":[],"redirect":false,"antivirus":{"maxFileSize":1},"websocket":false,"ipWhiteList":[],"sslOutgoing":false}`
)

type consoleTokens []consoleToken

func consoleLogShapes() []string {
	entry := func(data string) string {
		return `{"total":22,"logs":[{"id":"l","data":` + data + `,"action":"Replay hooks for Project","userId":"u","updatedAt":"2026-11-21T21:08:39.602Z","createdAt":"2026-11-21T21:08:39.602Z","requestId":"req-12","projectId":"p"}]}`
	}
	return []string{
		entry(`{"failed":["keycloak"],"totalExecutionTime":3,"messageResume":"Errors:\nkeycloak: fake keycloak is told to fail;","warning":[],"args":{"slug":"x"},
			"results":{"keycloak":{"status":{"result":"KO","message":"told to fail"},"executionTime":{"main":3},"error":"{}","store":{}},"gitlab":{"status":{"result":"OK"},"executionTime":{"pre":0,"main":12.7,"post":1}}}}`),
		entry(`{"failed":false,"warning":["nexus"],"totalExecutionTime":900,"results":{"nexus":{"status":{"result":"WARNING","message":"w"},"executionTime":{"main":3}}}}`),
		entry(`{"failed":true,"totalExecutionTime":900}`), entry(`{"messageResume":"Success","totalExecutionTime":9}`), entry(`{}`),
		entry(`{"gitlab":{"status":{"result":"OK"}},"failed":false}`),
		`{"total":0,"logs":[]}`, `{"total":1,"logs":[{"id":"l","data":{"failed":["a"]},"action":"create Project","userId":null,"updatedAt":"2023-07-03T14:46:56.819Z","createdAt":"2023-07-03T14:46:56.819Z"}]}`,
	}
}

// TestEntriesOfBothServers: who failed is told whichever way it is written.
func TestEntriesOfBothServers(t *testing.T) {
	shapes := consoleLogShapes()
	for i, want := range []struct {
		bad   bool
		steps string
	}{{true, "gitlab done, keycloak failed"}, {false, "nexus done"}, {true, ""}, {false, ""}, {false, ""}, {false, ""}, {false, ""}, {true, "a failed"}} {
		s := &told{answers: map[string]wire.Reply{"GET logs": says(shapes[i])}}
		list, err := consoleLog(t.Context(), s, "console", "p", 10)
		if err != nil {
			t.Fatal(i, err)
		}
		if len(list) == 0 {
			continue
		}
		steps := ""
		for _, st := range list[0].steps() {
			if steps != "" {
				steps += ", "
			}
			steps += st.Name + " " + st.State
		}
		if _, bad := list[0].failures(); bad != want.bad || steps != want.steps {
			t.Errorf("%d: %v %q", i, bad, steps)
		}
	}
}

// TestRefusalsOfBothServers: each way in which the console's two servers say no is a refusal with its sentence, never JSON, a page or a stack.
func TestRefusalsOfBothServers(t *testing.T) {
	for _, c := range []struct {
		name         string
		status       int
		body         string
		code, detail string
	}{
		{"a rule, older", 403, `{"message":"Le projet est verrouillé"}`, codeNoRight, "Le projet est verrouillé"},
		{"a rule, newer", 403, `{"message":"Le projet est verrouillé","error":"Forbidden","statusCode":403}`, codeNoRight, "Le projet est verrouillé"},
		{"a query, older", 400, `{"pathParameterErrors":null,"headerErrors":null,"queryParameterErrors":{"issues":[{"code":"invalid_type","expected":"number","received":"nan","path":["offset"],"message":"Expected number, received nan"},{"code":"invalid_type","path":["limit"],"message":"Required"}],"name":"ZodError"},"bodyErrors":null}`,
			codeUnreadable, "console: 400 offset: Expected number, received nan, limit: Required"},
		{"a body, older", 400, `{"pathParameterErrors":null,"headerErrors":null,"queryParameterErrors":null,"bodyErrors":{"issues":[{"code":"too_small","path":["environments",0,"cpu"],"message":"Number must be greater than 0"}],"name":"ZodError"}}`,
			codeUnreadable, "console: 400 environments.0.cpu: Number must be greater than 0"},
		{"a body, newer", 400, `{"formErrors":[],"fieldErrors":{"name":["Trop long","Déjà pris"]}}`, codeUnreadable, "console: 400 name: Trop long, Déjà pris"},
		{"several lines", 400, `{"message":"Le cluster ne dispose pas de suffisamment de ressources : CPU.\nLe projet ne dispose pas de suffisamment de ressources : CPU."}`,
			codeUnreadable, "console: 400 Le cluster ne dispose pas de suffisamment de ressources : CPU. Le projet ne dispose pas de suffisamment de ressources : CPU."},
		{"a list", 400, `{"message":["cpu must be a number","gpu must be a number"],"error":"Bad Request","statusCode":400}`, codeUnreadable, "console: 400 cpu must be a number, gpu must be a number"},
		{"no token, newer", 401, `{"message":"Not authenticated","error":"Unauthorized","statusCode":401}`, codeUnauthorised, "console"},
		{"no token, older", 401, `Unauthorized`, codeUnauthorised, "console"}, //nolint:misspell // the server's own word
		{"a crash, older", 500, `{"status":500,"error":"Invalid prisma call","stack":"Error: at /app/src/x.ts:1"}`, codeSourceDown, "console: Invalid prisma call"},
		{"a crash, newer", 500, `{"statusCode":500,"message":"Internal server error"}`, codeSourceDown, "console: Internal server error"},
		{"a route, older", 404, `{"message":"Route GET:/x not found","error":"Not Found","statusCode":404}`, codeGone, "Route GET:/x not found"},
		{"a route, newer", 404, `{"message":"Cannot GET /x","error":"Not Found","statusCode":404}`, codeGone, "Cannot GET /x"},
		{"a gateway", 504, "<html>\r\n<head><title>504 Gateway Time-out</title></head></html>", codeSourceDown, "console: Gateway Timeout"},
	} {
		err := ask(context.Background(), &told{answers: map[string]wire.Reply{"GET x": {Status: c.status, Body: []byte(c.body)}}}, wire.Call{System: "console", Method: http.MethodGet, Path: "/x"}, nil)
		no, ok := errors.AsType[*actions.Refusal](err)
		if !ok || no.Reason.Code != c.code || no.Reason.Detail != c.detail {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestToolsOfTheConsole: a tool that was not looked at is not told as failed, and the console's own answer ends the deed: of a tool that it has no check
// for the time never moves.
func TestToolsOfTheConsole(t *testing.T) {
	s := &told{answers: map[string]wire.Reply{"GET health-services": says("[" + consoleServiceShape + `,{"name":"Gitlab","status":"Dégradé","lastUpdateTimestamp":1,"message":"Service dégradé"}]`)}}
	d := actions.Draft{Call: wire.Call{System: "console"}, Memo: map[string]string{"checked": amount(1795295309254)}}
	for _, c := range []struct {
		reply *wire.Reply
		want  string
	}{{nil, running}, {&wire.Reply{Status: http.StatusOK}, done}, {&wire.Reply{Status: http.StatusGatewayTimeout}, running}} {
		sight, err := refreshDone(t.Context(), s, d, actions.Subject{}, time.Time{}, c.reply)
		if err != nil || sight.State != c.want || len(sight.Progress) != 2 || sight.Progress[0].State != unknown || sight.Progress[1].State != failed {
			t.Errorf("%+v: %+v, %v", c.reply, sight, err)
		}
	}
}
