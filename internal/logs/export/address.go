package export

import (
	"net/netip"
	"strings"
)

// address reads an address at the start of s[i:end], a run of characters that may be in one; n is its length, 0 when there is none.
func (a *Anonymiser) address(s string, i, end int) (n int, name string) {
	run := s[i:end]
	if n = dotted(run); n > 0 && !product(s[:i]) && !numbered(s, i) {
		if ip, err := netip.ParseAddr(strings.ReplaceAll(run[:n], "-", ".")); err == nil && bounded(s, i+n) {
			return n, a.ip(run[:n], ip)
		}
	}
	if n = mac(run); n > 0 && bounded(s, i+n) {
		return n, a.alias("mac", strings.ToLower(strings.ReplaceAll(run[:n], "-", ":")))
	}
	if strings.Count(run, ":") < 2 {
		return 0, ""
	}
	n = len(run)
	if dash := strings.IndexByte(run, '-'); dash >= 0 {
		n = dash
	}
	for ; n > 2; n-- { // ends that belong to the sentence: "::1:", "fe80::1."
		if c := run[n-1]; c == '.' || c == ':' && run[n-2] != ':' {
			continue
		}
		if ip, err := netip.ParseAddr(run[:n]); err == nil && bounded(s, i+n) {
			return n, a.ip(run[:n], ip)
		}
		// With a port behind, as some write it without brackets; the port is kept.
		if cut := strings.LastIndexByte(run[:n], ':'); cut > 2 {
			if ip, err := netip.ParseAddr(run[:cut]); err == nil && ip.Is6() {
				return cut, a.ip(run[:cut], ip)
			}
		}
		break
	}
	return 0, ""
}

// numbered reports that what starts at i goes on from a number: the rest of a date, a version, an identifier.
func numbered(s string, i int) bool {
	return i >= 2 && (s[i-1] == '.' || s[i-1] == '-') && s[i-2] >= '0' && s[i-2] <= '9'
}

// bounded reports that no word goes on at i.
func bounded(s string, i int) bool { return i >= len(s) || !wordByte(s[i]) || s[i] == '_' }

func (a *Anonymiser) ip(text string, ip netip.Addr) string {
	ip = ip.Unmap().WithZone("")
	if ip.IsLoopback() || ip.IsUnspecified() {
		return text
	}
	return a.alias("ip", ip.String())
}

// dotted is the length of an IPv4 address at the start of s, dotted or, as in names of machines, with dashes; 0 when there is none. Five
// numbers are none: they are versions and identifiers.
func dotted(s string) int {
	i, sep := 0, byte(0)
	for group := range 4 {
		n, v := 0, 0
		for i+n < len(s) && n < 4 && s[i+n] >= '0' && s[i+n] <= '9' {
			v = v*10 + int(s[i+n]-'0')
			n++
		}
		if n == 0 || n > 3 || v > 255 || n > 1 && s[i] == '0' {
			return 0
		}
		i += n
		if group == 3 {
			break
		}
		if i >= len(s) || s[i] != '.' && s[i] != '-' || sep != 0 && s[i] != sep {
			return 0
		}
		sep = s[i]
		i++
	}
	if i+1 < len(s) && s[i] == sep && s[i+1] >= '0' && s[i+1] <= '9' {
		return 0
	}
	return i
}

// mac is the length of a MAC address at the start of s, 0 when there is none.
func mac(s string) int {
	const length = 17
	if len(s) < length {
		return 0
	}
	for i := range length {
		c := s[i]
		if i%3 == 2 {
			if c != s[2] || c != ':' && c != '-' {
				return 0
			}
		} else if c == ':' || c == '.' || c == '-' {
			return 0
		}
	}
	if len(s) > length && s[length] == s[2] {
		return 0
	}
	return length
}

// product reports that what comes is the version of a browser, which looks like an address: "Chrome/126.0.0.0".
func product(before string) bool {
	for _, p := range [...]string{"Chrome/", "Chromium/", "Safari/", "Version/", "Edg/", "Edge/", "OPR/", "Firefox/", "CriOS/", "HeadlessChrome/", "SamsungBrowser/", "YaBrowser/", "Electron/"} {
		if strings.HasSuffix(before, p) {
			return true
		}
	}
	return false
}
