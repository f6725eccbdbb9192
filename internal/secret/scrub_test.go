package secret_test

import (
	"strings"
	"testing"

	"dsotop/internal/secret"
)

func TestScrub(t *testing.T) {
	const c = "cAn4ry-77f0e1" // whatever it is, nothing of it may stay
	for in, want := range map[string]string{
		"cannot read https://oauth2:" + c + "@gitlab.example/a.git: denied":                       "cannot read https://•••@gitlab.example/a.git: denied",
		"https://" + c + "@gitlab.example/a.git":                                                  "https://•••@gitlab.example/a.git",
		"https://u:p@" + c + "@h/a":                                                               "https://•••@h/a",
		"https://u:x/" + c + "@h/a":                                                               "https://•••@h/a",
		"amqp://u:" + c + "@mq:5672/v and postgres://u:" + c + "@db/x":                            "amqp://•••@mq:5672/v and postgres://•••@db/x",
		"token glpat-" + c + " refused":                                                           "token ••• refused",
		"squ_0123456789abcdef, hvs.CAESIJ0123456789":                                              "•••, •••",
		"jwt eyJhbGciOiJIUzI1NiJ9." + c + ".x.":                                                   "jwt •••.",
		"Authorization: Bearer " + c:                                                              "Authorization: Bearer •••",
		`"Authorization":["Basic ` + c + `="]`:                                                    `"Authorization":["Basic •••"]`,
		"headers: {Authorization=[Bearer " + c + "], Host=h}":                                     "headers: {Authorization=[Bearer •••, Host=h}",
		"PRIVATE-TOKEN: " + c + ", x-dso-token: " + c:                                             "PRIVATE-TOKEN: •••, x-dso-token: •••",
		"Cookie: a=" + c + "; b=" + c:                                                             "Cookie: •••",
		"sent Bearer " + c + " to it":                                                             "sent Bearer ••• to it",
		"DB_PASSWORD=" + c + " java -jar":                                                         "DB_PASSWORD=••• java -jar",
		"?private_token=" + c + "&x=1":                                                            "?private_token=•••&x=1",
		`{"password":"` + c + `","user":"u"}`:                                                     `{"password":"•••","user":"u"}`,
		`{\"client_secret\": \"` + c + `\"}`:                                                      `{\"client_secret\": \"•••\"}`,
		"password: " + c:                                                                          "password: •••",
		"robot$guichet+rw-robot:" + c + " denied":                                                 "robot$guichet+rw-robot:••• denied",
		`{"auths":{"h":{"auth":"` + c + `"}}}`:                                                    `{"auths":{"h":{•••}}}`,
		"-----BEGIN RSA PRIVATE KEY-----\n" + c + "\n" + c + "\n-----END RSA PRIVATE KEY-----\nx": "-----BEGIN RSA PRIVATE KEY----- •••\nx",
		"-----BEGIN PRIVATE KEY----- " + c:                                                        "-----BEGIN PRIVATE KEY----- •••",
	} {
		got := secret.Scrub(in)
		if got != want {
			t.Errorf("Scrub(%q) = %q, want %q", in, got, want)
		}
		if strings.Contains(got, c) {
			t.Errorf("the secret stays in %q", got)
		}
		if again := secret.Scrub(got); again != got {
			t.Errorf("Scrub(%q) = %q: it must settle", got, again)
		}
	}
}

func TestScrubLeavesWhatPeopleNeed(t *testing.T) {
	for _, s := range []string{
		"", "manifest unknown", "https://harbor.example/a/b@sha256:0123abcd", "https://harbor.example:8443/a/b@sha256:0123abcd", "http://[::1]:8080/a@b",
		`secret "db-credentials" not found`, `couldn't find key password in Secret ns/db`, "invalid token: expired", "basic authentication failed", "bearer authentication required",
		"Failed to pull image \"harbor.example:443/a/web:1\": rpc error: code = NotFound", "robot$guichet+ro-robot is not allowed", "git@gitlab.example:a/b.git", "a@b.example", "keyboard: qwerty12345",
		"MountVolume.SetUp failed for volume \"token\" : secret \"regcred-2\" not found", "password authentication failed for user \"app1\"", "global-1234567890", "CONTEXT: COPY squash_0123456789",
	} {
		if got := secret.Scrub(s); got != s {
			t.Errorf("Scrub(%q) = %q", s, got)
		}
	}
	long := strings.Repeat("manifest unknown: no such image. ", 10)
	if n := testing.AllocsPerRun(10, func() { secret.Scrub(long) }); n != 0 {
		t.Errorf("%v allocations for a text without any", n)
	}
}

func FuzzScrub(f *testing.F) {
	for _, s := range []string{"https://u:p@h", "://@", "password=", `"auth":"`, "-----BEGIN PRIVATE KEY-----", "Bearer 1234567é8", "robot$:\xff", "://a:b://c@d@", "token=token=", "gl-"} {
		f.Add(s, "x")
	}
	f.Fuzz(func(t *testing.T, s, host string) {
		out := secret.Scrub(s)
		if secret.Scrub(out) != out {
			t.Errorf("%q gives %q, which gives %q", s, out, secret.Scrub(out))
		}
		if strings.ContainsAny(host, " /@\"'<>\t\n\r\v\f") {
			return
		}
		if got := secret.Scrub("https://u:canary-1@" + host + "/x"); strings.Contains(got, "canary-1") {
			t.Errorf("%q", got)
		}
	})
}

// Most texts hold nothing to mask, and each text of every answer passes here.
func BenchmarkScrub(b *testing.B) {
	for name, text := range map[string]string{
		"plain":   "Back-off pulling image \"harbor.example/agendaprefs/agenda-web:3f2a91bc\": rien de secret ici, la tâche a échoué",
		"closely": "the key is a global keyboard token of a monkey, eyeing github and gitlab: hello",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if secret.Scrub(text) != text {
					b.Fatal("masked")
				}
			}
		})
	}
}
