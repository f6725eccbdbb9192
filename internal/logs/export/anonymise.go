package export

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"dsotop/internal/logs"
	"dsotop/internal/logs/plain"
	"dsotop/internal/secret"
)

// Anonymiser takes out of texts what should not leave: credentials of any known kind, addresses of mail, IP and MAC addresses. What it
// replaces gets a name that is the same throughout one export (ip-1, mail-2), so that a reader can still follow who did what. It does
// not know names of people, nor identifiers of a business: a person reads an export before handing it on.
//
// It fails closed: what it cannot read to the end (a line beyond a megabyte, the inside of a private key) is withheld, and in doubt a text
// that looks like an address or a secret is one. It is not safe for concurrent use.
type Anonymiser struct {
	rules []rule
	names map[string]string // what was replaced, by kind and value
	count map[string]int
	pem   map[*logs.Stream]bool // streams within a private key
}

// maxLine is the longest line that is examined, in bytes; a longer one is withheld.
const maxLine = 1 << 20

// maxNames bounds the memory of names: beyond it, values get their kind alone.
const maxNames = 1 << 20

// rule finds one kind of secret. A line without one of its signs is not searched.
type rule struct {
	signs []string // in lower case
	re    *regexp.Regexp
	to    string
	check func(match []string) bool // nil: always
}

// NewAnonymiser returns one for one export.
func NewAnonymiser() *Anonymiser {
	const (
		// secretive are words in the names of values that are kept from others, in English and French.
		secretive = `(?:[a-z0-9]+[_.-])*(?:pass(?:word|wd|phrase)?|pwd|mdp|mot[_-]?de[_-]?passe|secret|token|jeton|api[_-]?key|cle|key|signature|sig|hmac|auth|authorization|credentials?|session(?:[_-]?id)?|sid|jsessionid|cookie|otp|nonce|csrf|xsrf|client[_-]?secret|code[_-]?verifier|assertion|saml(?:request|response)|refresh|id[_-]?token)(?:[_.-][a-z0-9]+)?`
		assign    = `["'\\]{0,3}\s*(?:=|:|=>)\s*\\?["']?`
	)
	return &Anonymiser{
		names: map[string]string{}, count: map[string]int{}, pem: map[*logs.Stream]bool{},
		rules: []rule{
			{signs: []string{"akia", "asia"}, re: regexp.MustCompile(`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`), to: secret.Mask},
			{signs: []string{"xox"}, re: regexp.MustCompile(`\bxox[abeoprs]-[0-9A-Za-z-]{10,}`), to: secret.Mask},
			{signs: []string{"aiza"}, re: regexp.MustCompile(`\bAIza[0-9A-Za-z_-]{35}`), to: secret.Mask},
			{signs: []string{"eyj"}, re: regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,4}`), to: secret.Mask},
			{signs: []string{"bearer", "basic", "negotiate", "digest "}, re: regexp.MustCompile(`(?i)\b((?:bearer|basic|negotiate|digest)\s+)[A-Za-z0-9._~+/=-]{6,}`), to: "${1}" + secret.Mask},
			// Passwords are masked whatever they look like; what else has a secretive name, where it is not a plain word.
			{signs: []string{"pass", "pwd", "mdp"}, re: regexp.MustCompile(`(?i)(\b(?:[a-z0-9]+[_.-])*(?:pass(?:word|wd|phrase)?|pwd|mdp|mot[_-]?de[_-]?passe)(?:[_.-][a-z0-9]+)?` + assign + `)([^\s"'\\,;&<>{}•]+)`), to: "${1}" + secret.Mask},
			{signs: secretiveSigns(), re: regexp.MustCompile(`(?i)(\b` + secretive + assign + `)([A-Za-z0-9+/_.~%=-]{12,})`), to: "${1}" + secret.Mask, check: func(m []string) bool { return random(m[2]) }},
		},
	}
}

// secretiveSigns are parts of which each secretive name has one.
func secretiveSigns() []string {
	return []string{"pass", "pwd", "mdp", "secret", "token", "jeton", "key", "cle", "sig", "hmac", "auth", "credential", "session", "sid", "cookie", "otp", "nonce", "csrf", "xsrf", "verifier", "assertion", "saml", "refresh"}
}

// Line returns a text as plain text without what should not leave. st tells the lines of one stream from those of others (a private
// key runs over several); nil for a text on its own.
func (a *Anonymiser) Line(st *logs.Stream, raw string) string {
	if len(raw) > maxLine {
		return fmt.Sprintf("%s (%d B)", secret.Mask, len(raw))
	}
	s := a.key(st, decoded(plain.Line(raw)))
	s = secret.Scrub(s)
	var low string
	for i := range a.rules {
		if low == "" {
			low = strings.ToLower(s)
		}
		if hasAny(low, a.rules[i].signs) {
			s = a.rules[i].apply(s)
		}
	}
	s = a.mails(s)
	return a.addresses(s)
}

func hasAny(s string, signs []string) bool {
	for _, sign := range signs {
		if strings.Contains(s, sign) {
			return true
		}
	}
	return false
}

func (r *rule) apply(s string) string {
	if r.check == nil {
		return r.re.ReplaceAllString(s, r.to)
	}
	return r.re.ReplaceAllStringFunc(s, func(match string) string {
		m := r.re.FindStringSubmatch(match)
		if m == nil || !r.check(m) {
			return match
		}
		return r.re.ReplaceAllString(match, r.to)
	})
}

// key withholds the lines of a private key that runs over several.
func (a *Anonymiser) key(st *logs.Stream, s string) string {
	const begin, end = "-----BEGIN ", "-----END "
	if a.pem[st] {
		_, rest, ended := strings.Cut(s, end)
		if !ended {
			if strings.ContainsAny(strings.TrimSpace(s), " {}[]<>\"'") { // the key was cut: this is another line
				delete(a.pem, st)
				return s
			}
			return secret.Mask
		}
		delete(a.pem, st)
		_, rest, _ = strings.Cut(rest, "-----")
		return secret.Mask + rest
	}
	if i := strings.Index(s, begin); i >= 0 {
		if label, _, _ := strings.Cut(s[i+len(begin):], "-----"); strings.Contains(label, "PRIVATE") {
			if !strings.Contains(s[i:], end) && st != nil {
				a.pem[st] = true
				return s[:i] + secret.Mask
			}
		}
	}
	return s
}

// decoded undoes the escapes that hide an address or a secret from a reader of text: \u0040 and its like, %40.
func decoded(s string) string {
	if !strings.Contains(s, `\u00`) && !strings.Contains(s, "%40") && !strings.Contains(s, "%3A") && !strings.Contains(s, "%3a") {
		return s
	}
	s = strings.NewReplacer("%40", "@", "%3A", ":", "%3a", ":").Replace(s)
	var b strings.Builder
	for {
		i := strings.Index(s, `\u00`)
		if i < 0 || i+6 > len(s) {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		var n int
		if _, err := fmt.Sscanf(s[i+4:i+6], "%02x", &n); err == nil && n > ' ' && n < 0x7f && n != '"' && n != '\\' {
			b.WriteByte(byte(n))
		} else {
			b.WriteString(s[i : i+6])
		}
		s = s[i+6:]
	}
}

// random reports texts that no person chose: letters and digits mixed, not made of few different characters.
func random(s string) bool {
	var seen [128]bool
	distinct, digits, letters := 0, 0, 0
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			letters++
		}
		if c < utf8.RuneSelf && !seen[c] {
			seen[c] = true
			distinct++
		}
	}
	return digits > 0 && letters > 0 && distinct >= 6 || len(s) >= 32 && distinct >= 10
}

// alias is the name of a value in this export.
func (a *Anonymiser) alias(kind, value string) string {
	key := kind + " " + value
	if name, ok := a.names[key]; ok {
		return name
	}
	if len(a.names) >= maxNames {
		return kind + "-x"
	}
	a.count[kind]++
	name := fmt.Sprintf("%s-%d", kind, a.count[kind])
	a.names[key] = name
	return name
}

// mails replaces addresses of mail. It looks around each @, so that its cost is linear.
func (a *Anonymiser) mails(s string) string {
	if strings.IndexByte(s, '@') < 0 {
		return s
	}
	var b strings.Builder
	done := 0
	for i := 0; i < len(s); i++ {
		if s[i] != '@' || strings.HasSuffix(s[:i], secret.Mask) { // a credential was there
			continue
		}
		start, end := i, i+1
		for start > done && mailByte(s[start-1]) {
			start--
		}
		for end < len(s) && (hostByte(s[end]) || s[end] == '.') {
			end++
		}
		for end > i && (s[end-1] == '.' || s[end-1] == '-') {
			end--
		}
		if start == i || end <= i+1 || strings.IndexByte(s[i+1:end], '.') < 0 {
			continue
		}
		b.WriteString(s[done:start])
		b.WriteString(a.alias("mail", strings.ToLower(s[start:end])))
		done, i = end, end-1
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

func hostByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c >= utf8.RuneSelf
}

func mailByte(c byte) bool {
	return hostByte(c) || strings.IndexByte("._%+!#$&*/=?^`|~'", c) >= 0 && c != '\'' && c != '/' && c != '='
}

// addresses replaces IP and MAC addresses. Loopback and unspecified addresses stay: they tell nobody's.
func (a *Anonymiser) addresses(s string) string {
	var b strings.Builder
	done := 0
	for i := 0; i < len(s); {
		if !addressByte(s[i]) || i > 0 && wordByte(s[i-1]) && s[i-1] != '_' {
			i++
			continue
		}
		end := i
		for end < len(s) && (addressByte(s[end]) || s[end] == '-') {
			end++
		}
		n, name := a.address(s, i, end)
		if n > 0 {
			b.WriteString(s[done:i])
			b.WriteString(name)
			done = i + n
			i = done
			continue
		}
		// The next candidate begins after this run, or within it behind what cannot be part of an address.
		next := i + 1
		for next < end && !(s[next-1] == ':' || s[next-1] == '-' || s[next-1] == '.') {
			next++
		}
		i = next
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

func addressByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F' || c == ':' || c == '.'
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}
