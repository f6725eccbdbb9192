package platform

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the platform's own algorithm for a name, not a protection
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math/bits"
	"strings"
)

// The platform names everything it makes by rules that can be computed, and mostly be read back, without any call.
// This file holds the rules; resolver.go uses them on text of unknown nature.

// Errors of the UUID codec.
var (
	ErrNotUUID   = errors.New("not a UUID")
	ErrNotBase36 = errors.New("not a base36 UUID")
)

// Lengths of a compressed UUID: 25 digits hold 128 bits; a random UUID never takes fewer than 10.
const (
	minShortID = 10
	maxShortID = 25
)

// EncodeUUID compresses a UUID: its 128 bits as one big-endian number in base 36, digits 0-9a-z, without padding.
// Both cases of the hexadecimal digits are read.
func EncodeUUID(uuid string) (string, error) {
	raw, ok := uuidBytes(uuid)
	if !ok {
		return "", ErrNotUUID
	}
	hi, lo := binary.BigEndian.Uint64(raw[:8]), binary.BigEndian.Uint64(raw[8:])
	var out [maxShortID]byte
	at := len(out)
	for hi|lo != 0 {
		// Twelve digits at a time: 36^12 fits 64 bits.
		const chunk = 4738381338321616896
		var rest uint64
		high := hi / chunk
		lo, rest = bits.Div64(hi%chunk, lo, chunk)
		hi = high
		for n := 0; n < 12 && (rest != 0 || hi|lo != 0); n++ {
			at--
			out[at] = "0123456789abcdefghijklmnopqrstuvwxyz"[rest%36]
			rest /= 36
		}
	}
	if at == len(out) {
		return "0", nil
	}
	return string(out[at:]), nil
}

// DecodeUUID reads a compressed UUID back, in lower case. Anything that [EncodeUUID] would not write is refused: more than
// 128 bits, padding, upper case, an empty text.
func DecodeUUID(text string) (string, error) {
	if text == "" || len(text) > maxShortID || (text[0] == '0' && len(text) > 1) {
		return "", ErrNotBase36
	}
	var hi, lo uint64
	for i := range len(text) {
		c := text[i]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'z':
			c -= 'a' - 10
		default:
			return "", ErrNotBase36
		}
		over, low := bits.Mul64(lo, 36)
		beyond, high := bits.Mul64(hi, 36)
		var carry uint64
		lo, carry = bits.Add64(low, uint64(c), 0)
		hi, carry = bits.Add64(high, over, carry)
		if beyond|carry != 0 { // more than 128 bits
			return "", ErrNotBase36
		}
	}
	var raw [16]byte
	binary.BigEndian.PutUint64(raw[:8], hi)
	binary.BigEndian.PutUint64(raw[8:], lo)
	return formatUUID(raw), nil
}

// IsUUID reports whether the text is a UUID in its usual 8-4-4-4-12 form, in either case.
func IsUUID(text string) bool { _, ok := uuidBytes(text); return ok }

func uuidBytes(text string) (raw [16]byte, ok bool) {
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return raw, false
	}
	at := 0
	for i := range len(text) {
		c := text[i]
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			continue
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return [16]byte{}, false
		}
		raw[at/2] = raw[at/2]<<4 | c
		at++
	}
	return raw, true
}

func formatUUID(raw [16]byte) string {
	h := hex.EncodeToString(raw[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// NamespaceName is the Kubernetes namespace of an environment. It is "" when an id is not a UUID.
func NamespaceName(environmentID, projectID string) string {
	env, err := EncodeUUID(environmentID)
	if err != nil {
		return ""
	}
	project, err := EncodeUUID(projectID)
	if err != nil {
		return ""
	}
	return env + "--" + project
}

// ParseNamespace reads both ids out of a namespace, without knowing the project. Halves that are too short to be a random
// UUID are refused, so that a foreign namespace like "team--prod" is not taken for ours.
func ParseNamespace(namespace string) (environmentID, projectID string, ok bool) {
	env, project, found := strings.Cut(namespace, "--")
	if !found || len(env) < minShortID || len(project) < minShortID {
		return "", "", false
	}
	environmentID, err := DecodeUUID(env)
	if err != nil {
		return "", "", false
	}
	projectID, err = DecodeUUID(project)
	if err != nil {
		return "", "", false
	}
	return environmentID, projectID, true
}

// OldNamespace is what the name of a namespace made before version 9 tells: "<org>-<project>-<env>-<hash>". It names no id;
// only labels join it to a project for sure.
type OldNamespace struct{ Org, Project, Environment string }

// ParseOldNamespace recognises a namespace made before version 9. The hash must be the one of the environment's name, which
// keeps look-alikes out.
func ParseOldNamespace(namespace string) (old OldNamespace, ok bool) {
	parts := strings.Split(namespace, "-")
	n := len(parts)
	if n < 4 || parts[0] == "" || parts[1] == "" || !hashed(parts[n-2], parts[n-1]) {
		return OldNamespace{}, false
	}
	return OldNamespace{Org: parts[0], Project: strings.Join(parts[1:n-2], "-"), Environment: parts[n-2]}, true
}

// NameHash is the platform's four-digit hash of a name: HMAC-SHA-256 with an empty key, first four hexadecimal digits.
// Environments (in Argo CD names) and repositories (in SonarQube keys) use it.
func NameHash(name string) string {
	mac := hmac.New(sha256.New, nil)
	mac.Write([]byte(name))
	return hex.EncodeToString(mac.Sum(nil)[:2])
}

// EnvHash is the hash of an environment's name in Argo CD names.
func EnvHash(environment string) string { return NameHash(environment) }

// RepoHash is the suffix of an Argo CD application: SHA-1 of the whole repository URL, ".git" included, first four digits.
func RepoHash(repoURL string) string {
	sum := sha1.Sum([]byte(repoURL)) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:2])
}

func hashed(name, hash string) bool {
	return name != "" && len(hash) == 4 && NameHash(name) == hash
}

// SonarKey is the key of a repository's project in SonarQube.
func SonarKey(slug, repository string) string {
	return slug + "-" + repository + "-" + NameHash(repository)
}

// ParseSonarKey splits a SonarQube key. Repositories may hold dashes; the hash tells where the name starts.
func ParseSonarKey(key string) (slug, repository string, ok bool) {
	rest, hash := cutLast(key)
	if len(hash) != 4 {
		return "", "", false
	}
	for i := 1; i < len(rest)-1; i++ {
		if rest[i] == '-' && hashed(rest[i+1:], hash) {
			return rest[:i], rest[i+1:], true
		}
	}
	return "", "", false
}

// Names of Argo CD objects. envPrefix is "<slug>-<env>-<hash>", with which most of them start.

func envPrefix(slug, environment string) string {
	return slug + "-" + environment + "-" + EnvHash(environment)
}

// AppProject is the Argo CD project of an environment's applications.
func AppProject(slug, environment string) string { return envPrefix(slug, environment) + "-app" }

// InfraApp is the application that makes the namespace, quota and pull secret; its Argo CD project has the same name.
func InfraApp(slug, environment string) string { return envPrefix(slug, environment) + "-env" }

// DeployApp is the application that deploys a repository. repoURL is the whole public URL, with ".git".
func DeployApp(slug, environment, repository, repoURL string) string {
	return envPrefix(slug, environment) + "-" + repository + "-" + RepoHash(repoURL)
}

// RootApp is the application that makes the environment's other objects. It carries the project's name, not its slug.
func RootApp(projectName, cluster, environment string) string {
	return projectName + "-" + cluster + "-" + environment + "-root"
}

// ObservabilityApp is the application of dashboards and rules.
func ObservabilityApp(slug string, production bool) string {
	if production {
		return "prod-" + slug + "-observability"
	}
	return "hprod-" + slug + "-observability"
}

// ObservabilityProject is the Argo CD project of both observability applications.
func ObservabilityProject(slug string) string { return slug + "-observability" }

// HistoricApp is the name of an application made by hand before 9.11.5.
func HistoricApp(project, environment, repository string) string {
	return project + "-" + environment + "-" + repository + "-" + EnvHash(environment)
}

// AppName is what the name of an Argo CD application tells. Empty fields are not told.
type AppName struct {
	Type        ApplicationType
	Slug        string // of a root application: the project's name
	Environment string
	Repository  string
	Cluster     string
	RepoHash    string
	Production  bool // of an observability application
}

// ParseAppName reads the name of an Argo CD application, or of an Argo CD project. Root applications are ambiguous when the
// project's name holds a dash: the name is then cut at its first dash, as names made since version 9 hold none.
func ParseAppName(name string) (AppName, bool) {
	if a, ok := parseObservability(name); ok {
		return a, true
	}
	parts := strings.Split(name, "-")
	n := len(parts)
	if n < 4 {
		return AppName{}, false
	}
	for i := 1; i < n-1; i++ {
		// "<slug>-<env>-<hash>-…": the hash after a name that gives it.
		if i+1 >= n-1 || !hashed(parts[i], parts[i+1]) {
			continue
		}
		a := AppName{Slug: strings.Join(parts[:i], "-"), Environment: parts[i]}
		rest := parts[i+2:]
		switch {
		case len(rest) == 1 && rest[0] == "env":
			a.Type = AppInfra
			return a, true
		case len(rest) == 1 && rest[0] == "app":
			a.Type = AppDeploy
			return a, true
		case len(rest) >= 2 && isHex(rest[len(rest)-1], 4, 4):
			a.Type, a.Repository, a.RepoHash = AppDeploy, strings.Join(rest[:len(rest)-1], "-"), rest[len(rest)-1]
			return a, true
		}
	}
	if parts[n-1] == "root" {
		return AppName{Type: AppRoot, Slug: parts[0], Cluster: strings.Join(parts[1:n-2], "-"), Environment: parts[n-2]}, true
	}
	for i := 1; i < n-2; i++ {
		if hashed(parts[i], parts[n-1]) {
			return AppName{Type: AppHistoric, Slug: strings.Join(parts[:i], "-"), Environment: parts[i], Repository: strings.Join(parts[i+1:n-1], "-")}, true
		}
	}
	return AppName{}, false
}

func parseObservability(name string) (AppName, bool) {
	rest, ok := strings.CutSuffix(name, "-observability")
	if !ok {
		return AppName{}, false
	}
	a := AppName{Type: AppObservability}
	if slug, ok := strings.CutPrefix(rest, "hprod-"); ok {
		a.Slug = slug
	} else if slug, ok := strings.CutPrefix(rest, "prod-"); ok {
		a.Slug, a.Production = slug, true
	} else {
		a.Slug = rest
	}
	return a, a.Slug != ""
}

// maxSlug is the longest slug; a tenant's label "<kind>-<slug>" must not be taken for a tenant, as "agendaprefs" is a number in
// base 36 too. Fewer than one random UUID in ten million is that short.
const maxSlug = 20

// Tenants returns the two observability tenants of a project; both are "" when the id is not a UUID.
func Tenants(projectID string) (production, other string) {
	id, err := EncodeUUID(projectID)
	if err != nil {
		return "", ""
	}
	return "prod-" + id, "hprod-" + id
}

// ParseTenant reads the project's id out of a tenant.
func ParseTenant(tenant string) (projectID string, production, ok bool) {
	short, production := strings.CutPrefix(tenant, "prod-")
	if !production {
		if short, ok = strings.CutPrefix(tenant, "hprod-"); !ok {
			return "", false, false
		}
	}
	if len(short) <= maxSlug {
		return "", false, false
	}
	projectID, err := DecodeUUID(short)
	return projectID, production, err == nil
}

// TenantLabel is the value of the label tenant_id on rules of a project: not the tenant, but "<kind>-<slug>".
func TenantLabel(slug string, production bool) string {
	if production {
		return "prod-" + slug
	}
	return "hprod-" + slug
}

// GitLabGroup is the path of a project's group under the root group.
func GitLabGroup(root, slug string) string { return strings.Trim(root, "/") + "/" + slug }

// GitLabPath is the path of a repository.
func GitLabPath(root, slug, repository string) string {
	return GitLabGroup(root, slug) + "/" + repository
}

// ZoneRepository is the path of the repository that holds a zone's desired state.
func ZoneRepository(root, zone string) string { return strings.Trim(root, "/") + "/infra/" + zone }

// HarborImage is the reference of an image of a project; tag may be empty.
func HarborImage(host, slug, image, tag string) string {
	ref := host + "/" + slug + "/" + image
	if tag != "" {
		ref += ":" + tag
	}
	return ref
}

func cutLast(text string) (before, last string) {
	i := strings.LastIndexByte(text, '-')
	if i < 0 {
		return text, ""
	}
	return text[:i], text[i+1:]
}

func isHex(text string, least, most int) bool {
	if len(text) < least || len(text) > most {
		return false
	}
	for i := range len(text) {
		if c := text[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// SameRepository reports whether an address of git names the repository of a full path ("<group>/<slug>/<name>"), whatever stands before it.
func SameRepository(address, path string) bool {
	address = strings.TrimSuffix(strings.TrimRight(address, "/"), ".git")
	return path != "" && (address == path || strings.HasSuffix(address, "/"+path) || strings.HasSuffix(address, ":"+path))
}
