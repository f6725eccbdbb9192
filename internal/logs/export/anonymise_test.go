package export

import (
	"strings"
	"testing"

	"dsotop/internal/logs"
)

func TestAnonymisedLines(t *testing.T) {
	for name, c := range map[string]struct{ raw, want string }{
		"nothing":             {"connexion refusée à postgres", "connexion refusée à postgres"},
		"probe":               {`10.129.4.2 - - [21/Aug/2026:08:22:34 +0000] "GET /sante HTTP/1.1" 200 12 "-" "kube-probe/1.26" "-"`, `ip-1 - - [21/Aug/2026:08:22:34 +0000] "GET /sante HTTP/1.1" 200 12 "-" "kube-probe/1.26" "-"`},
		"same name":           {"10.0.0.1 10.0.0.2 10.0.0.1:80", "ip-1 ip-2 ip-1:80"},
		"browser":             {"10.0.0.1 Chrome/126.0.0.0 Safari/537.36", "ip-1 Chrome/126.0.0.0 Safari/537.36"},
		"Java's addresses":    {"connect to db/10.0.0.1:5432 failed", "connect to db/ip-1:5432 failed"},
		"node":                {"ip-10-0-0-1.ec2 and 10.0.0.1", "ip-ip-1.ec2 and ip-1"},
		"loopback":            {"127.0.0.1 ::1 0.0.0.0", "127.0.0.1 ::1 0.0.0.0"},
		"IPv6":                {"from 2001:db8::12, [2001:db8::12]:443 and fe80::1%eth0.", "from ip-1, [ip-1]:443 and ip-2%eth0."},
		"IPv6 of IPv4":        {"::ffff:10.0.0.1 10.0.0.1", "ip-1 ip-1"},
		"IPv6, end of phrase": {"lost 2001:db8::12: timeout", "lost ip-1: timeout"},
		"MAC":                 {"eth0 0a:1b:2c:3d:4e:5f", "eth0 mac-1"},
		"not addresses":       {"08:22:34 v1.2.3 1.3.6.1.4.1 2026-08-21-10-11 std::vector sha256:0af7651916cd43dd 300.1.1.1", "08:22:34 v1.2.3 1.3.6.1.4.1 2026-08-21-10-11 std::vector sha256:0af7651916cd43dd 300.1.1.1"},
		"UUID":                {"id 550e8400-e29b-41d4-a716-446655440000", "id 550e8400-e29b-41d4-a716-446655440000"},
		"mail":                {"from=<Jean.Dupont+a@interieur.gouv.fr>, jean.dupont+a@INTERIEUR.gouv.fr.", "from=<mail-1>, mail-1."},
		"mail in JSON":        {`{"user":"a\u0040b.fr"}`, `{"user":"mail-1"}`},
		"mail in a query":     {"GET /x?u=a%40b.fr&c=1", "GET /x?u=mail-1&c=1"},
		"no mail":             {"app@agenda @Autowired a@", "app@agenda @Autowired a@"},
		"basic in a URL":      {"clone https://robot:s3cr3t@git.example/x", "clone https://•••@git.example/x"},
		"GitLab's":            {"token glpat-abcdefghij1234567890 used", "token ••• used"},
		"JWT":                 {"got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_def", "got •••"},
		"bearer":              {"Authorization: Bearer abcdef123456", "Authorization: Bearer •••"},
		"AWS":                 {"key AKIAIOSFODNN7EXAMPLE", "key •••"},
		"password":            {`{"password":"azerty","x":1}`, `{"password":"•••","x":1}`},
		"French password":     {"mot_de_passe=azerty mdp: soleil", "mot_de_passe=••• mdp: •••"},
		"variable":            {"DB_PASSWORD=azerty", "DB_PASSWORD=•••"},
		"random near a key":   {"x-session-id: 8fA3kd92LmQz01Xy", "x-session-id: •••"},
		"word near a key":     {"token: expired_since_long", "token: expired_since_long"},
		"trace ids stay":      {"trace_id=4bf92f3577b34da6a3ce929d0e0e4736", "trace_id=4bf92f3577b34da6a3ce929d0e0e4736"},
		"robot":               {"login robot$ci:Abc123 ok", "login robot$ci:••• ok"},
		"key on one line":     {`"-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----" x`, `"-----BEGIN RSA PRIVATE KEY----- •••" x`},
		"colours hide none":   {"pass\x1b[31mword=azer\x1b[0mty", "password=•••"},
		"too long":            {strings.Repeat("a", maxLine+1), "••• (1048577 B)"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := NewAnonymiser().Line(nil, c.raw); got != c.want {
				t.Errorf("%q\nbecame %q\nwant   %q", c.raw, got, c.want)
			}
		})
	}
}

func TestPrivateKeyOverSeveralLines(t *testing.T) {
	a, one, two := NewAnonymiser(), &logs.Stream{Container: "a"}, &logs.Stream{Container: "b"}
	for _, c := range []struct {
		st        *logs.Stream
		raw, want string
	}{
		{one, "x -----BEGIN PRIVATE KEY-----", "x •••"},
		{two, "another container", "another container"},
		{one, "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "•••"},
		{one, "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC==", "•••"},
		{one, "-----END PRIVATE KEY----- y", "••• y"},
		{one, "MIIE again", "MIIE again"},
		{one, "-----BEGIN EC PRIVATE KEY-----", "•••"},
		{one, "the key was cut here, 10.0.0.1", "the key was cut here, ip-1"},
		{one, "-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----"},
		{one, "MIIE", "MIIE"},
	} {
		if got := a.Line(c.st, c.raw); got != c.want {
			t.Errorf("%q: %q, want %q", c.raw, got, c.want)
		}
	}
}

func FuzzAnonymiser(f *testing.F) {
	for _, s := range []string{"a@b.fr", "10.0.0.1", "fe80::1:2", "password=x", "::::::", "1-2-3-4-5", "\\u0040", "@@@@.", strings.Repeat("1.", 50), strings.Repeat("a:", 50)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		const canary = "glpat-Canary0123456789abcd"
		got := NewAnonymiser().Line(nil, raw+" "+canary+" mail canari@example.fr 203.0.113.77")
		if strings.Contains(got, canary) || strings.Contains(got, "canari@") || strings.Contains(got, "203.0.113.77") {
			t.Errorf("%q: %q", raw, got)
		}
	})
}

func BenchmarkAnonymise(b *testing.B) {
	for name, s := range map[string]string{
		"access": `10.129.4.2 - - [21/Aug/2026:08:22:34 +0000] "GET /sante HTTP/1.1" 200 12 "-" "kube-probe/1.26" "-"`,
		"gelf":   `{"version":"1.1","host":"agenda-api-7c9","short_message":"connexion refusée à postgres","timestamp":1787300000.123,"level":3,"_logger":"db","_trace_id":"0af7651916cd43dd"}`,
	} {
		b.Run(name, func(b *testing.B) {
			a := NewAnonymiser()
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				a.Line(nil, s)
			}
		})
	}
}
