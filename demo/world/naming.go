package world

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/big"
	"math/bits"
	"strings"
)

// The names are computed here rather than with the program's own functions: a fake that shares them would share their mistakes.

// envHash is the console's hash of an environment's or repository's name.
func envHash(name string) string {
	m := hmac.New(sha256.New, nil)
	m.Write([]byte(name))
	return hex.EncodeToString(m.Sum(nil))[:4]
}

func urlHash(repoURL string) string {
	sum := sha1.Sum([]byte(repoURL))
	return hex.EncodeToString(sum[:])[:4]
}

// base36 writes a UUID as the console does in namespace names.
func base36(uuid string) string {
	n, ok := new(big.Int).SetString(strings.ReplaceAll(uuid, "-", ""), 16)
	if !ok {
		return ""
	}
	return n.Text(36)
}

// NamespaceName is the namespace of an environment.
func NamespaceName(envID, projectID string) string { return base36(envID) + "--" + base36(projectID) }

// SonarKey is the key of a repository's SonarQube project.
func SonarKey(slug, repo string) string { return slug + "-" + repo + "-" + envHash(repo) }

// Tenant is the observability tenant of a project: prod or not.
func Tenant(projectID string, prod bool) string {
	if prod {
		return "prod-" + base36(projectID)
	}
	return "hprod-" + base36(projectID)
}

// mix is splitmix64: a fast, good hash of 64 bits.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// hash64 hashes a seed and texts.
func hash64(seed uint64, parts ...string) uint64 {
	h := mix(seed)
	for _, p := range parts {
		for i := 0; i < len(p); i++ {
			h = (h ^ uint64(p[i])) * 0x100000001b3
		}
		h = mix(bits.RotateLeft64(h, 17) ^ uint64(len(p)))
	}
	return h
}

// hexOf returns n hexadecimal digits that depend on everything given.
func hexOf(n int, seed uint64, parts ...string) string {
	h := hash64(seed, parts...)
	var raw [32]byte
	for i := 0; i < len(raw); i += 8 {
		h = mix(h)
		binary.BigEndian.PutUint64(raw[i:], h)
	}
	var text [64]byte
	hex.Encode(text[:], raw[:])
	return string(text[:n])
}

// uuidOf returns a version 4 UUID that depends on everything given.
func uuidOf(seed uint64, parts ...string) string {
	h := hexOf(32, seed, parts...)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-" + string("89ab"[h[16]&3]) + h[17:20] + "-" + h[20:32]
}

const podAlphabet = "bcdfghjklmnpqrstvwxz2456789"

// suffixOf returns n characters as Kubernetes makes them for generated names.
func suffixOf(n int, seed uint64, parts ...string) string {
	h := hash64(seed, parts...)
	var text [10]byte
	for i := 0; i < n; i++ {
		text[i] = podAlphabet[h%uint64(len(podAlphabet))]
		h = mix(h)
	}
	return string(text[:n])
}
