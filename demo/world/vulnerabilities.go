package world

import "strconv"

// Kept is how many artifacts of each repository the registry's retention keeps, by the age of their push.
const Kept = keptImages

// Vulnerability is one entry of a scanner's report.
type Vulnerability struct {
	ID, Package, Version, Fixed string // Fixed is "" when no newer package mends it
	Severity                    string // Critical, High, Medium, Low
	Score                       float64
	Text                        string
}

// Vulnerabilities is the report of an image, as many of each severity as its scan counts; nil without a report.
func Vulnerabilities(img *Image) []Vulnerability {
	if img.Scan.Status != "Success" {
		return nil
	}
	var out []Vulnerability
	for _, part := range []struct {
		severity string
		n        int
		known    []Vulnerability
		score    float64
	}{
		{"Critical", img.Scan.Critical, criticals(), 9.1}, {"High", img.Scan.High, highs(), 7.2}, {"Medium", img.Scan.Medium, mediums(), 5.3}, {"Low", img.Scan.Low, lows(), 3.1},
	} {
		for i := range part.n {
			v := Vulnerability{ID: "CVE-2024-" + strconv.Itoa(26581+137*i+int(part.score*10)), Package: "linux-libc-dev", Version: "6.1.90-1", Fixed: "6.1.106-3", Score: part.score,
				Text: "kernel: headers only, the running kernel is that of the node"}
			if i < len(part.known) {
				v = part.known[i]
			}
			v.Severity = part.severity
			out = append(out, v)
		}
	}
	return out
}

func criticals() []Vulnerability {
	return []Vulnerability{
		{ID: "CVE-2024-45491", Package: "libexpat1", Version: "2.5.0-1", Fixed: "2.5.0-1+deb12u1", Score: 9.8, Text: "libexpat: integer overflow in dtdCopy for nDefaultAtts on 32-bit platforms"},
		{ID: "CVE-2023-45853", Package: "zlib1g", Version: "1:1.2.13.dfsg-1", Score: 9.8, Text: "zlib: integer overflow and resultant heap-based buffer overflow in zipOpenNewFileInZip4_6"},
		{ID: "CVE-2022-1471", Package: "org.yaml:snakeyaml", Version: "1.33", Fixed: "2.0", Score: 9.8, Text: "SnakeYaml: constructor deserialization remote code execution"},
		{ID: "CVE-2024-5535", Package: "libssl3", Version: "3.0.11-1~deb12u2", Fixed: "3.0.15-1~deb12u1", Score: 9.1, Text: "openssl: SSL_select_next_proto buffer overread"},
		{ID: "CVE-2024-37371", Package: "libkrb5-3", Version: "1.20.1-2+deb12u1", Fixed: "1.20.1-2+deb12u2", Score: 9.1, Text: "krb5: GSS message token handling"},
		{ID: "CVE-2024-45337", Package: "golang.org/x/crypto", Version: "v0.21.0", Fixed: "0.31.0", Score: 9.1, Text: "golang.org/x/crypto/ssh: misuse of ServerConfig.PublicKeyCallback may cause authorization bypass"},
		{ID: "CVE-2016-1000027", Package: "org.springframework:spring-web", Version: "5.3.23", Fixed: "6.0.0", Score: 9.8, Text: "spring: HttpInvokerServiceExporter readRemoteInvocation method untrusted Java deserialization"},
		{ID: "CVE-2022-22965", Package: "org.springframework:spring-beans", Version: "5.3.16", Fixed: "5.3.18", Score: 9.8, Text: "spring-framework: RCE via Data Binding on JDK 9+"},
		{ID: "CVE-2021-44228", Package: "org.apache.logging.log4j:log4j-core", Version: "2.14.1", Fixed: "2.15.0", Score: 10, Text: "log4j-core: Remote code execution in Log4j 2.x when logs contain an attacker-controlled string value"},
	}
}

func highs() []Vulnerability {
	return []Vulnerability{
		{ID: "CVE-2023-44487", Package: "libnghttp2-14", Version: "1.52.0-1", Fixed: "1.52.0-1+deb12u1", Score: 7.5, Text: "HTTP/2: Multiple HTTP/2 enabled web servers are vulnerable to a DDoS attack (Rapid Reset Attack)"},
		{ID: "CVE-2024-6119", Package: "libssl3", Version: "3.0.11-1~deb12u2", Fixed: "3.0.14-1~deb12u2", Score: 7.5, Text: "openssl: possible denial of service in X.509 name checks"},
		{ID: "CVE-2023-4911", Package: "libc6", Version: "2.36-9+deb12u1", Fixed: "2.36-9+deb12u3", Score: 7.8, Text: "glibc: buffer overflow in ld.so leading to privilege escalation"},
		{ID: "CVE-2024-2961", Package: "libc6", Version: "2.36-9+deb12u4", Fixed: "2.36-9+deb12u6", Score: 7.3, Text: "glibc: Out of bounds write in iconv may lead to remote code execution"},
		{ID: "CVE-2023-52425", Package: "libexpat1", Version: "2.5.0-1", Score: 7.5, Text: "expat: parsing large tokens can trigger a denial of service"},
		{ID: "CVE-2024-37370", Package: "libkrb5-3", Version: "1.20.1-2+deb12u1", Fixed: "1.20.1-2+deb12u2", Score: 7.5, Text: "krb5: GSS message token handling"},
		{ID: "CVE-2024-38816", Package: "org.springframework:spring-webmvc", Version: "6.1.6", Fixed: "6.1.13", Score: 7.5, Text: "Spring Framework: path traversal vulnerability in functional web frameworks"},
		{ID: "CVE-2022-42003", Package: "com.fasterxml.jackson.core:jackson-databind", Version: "2.13.2", Fixed: "2.13.4.2", Score: 7.5, Text: "jackson-databind: deep wrapper array nesting wrt UNWRAP_SINGLE_VALUE_ARRAYS"},
		{ID: "CVE-2024-21538", Package: "cross-spawn", Version: "7.0.3", Fixed: "7.0.5", Score: 7.5, Text: "cross-spawn: regular expression denial of service"},
		{ID: "CVE-2024-4068", Package: "braces", Version: "3.0.2", Fixed: "3.0.3", Score: 7.5, Text: "braces: fails to limit the number of characters it can handle"},
		{ID: "CVE-2024-34156", Package: "stdlib", Version: "go1.22.5", Fixed: "1.22.7", Score: 7.5, Text: "encoding/gob: golang: Calling Decoder.Decode on a message which contains deeply nested structures can cause a panic"},
	}
}

func mediums() []Vulnerability {
	return []Vulnerability{
		{ID: "CVE-2024-22365", Package: "libpam-modules", Version: "1.5.2-6+deb12u1", Score: 5.5, Text: "pam: allowing unprivileged user to block another user namespace"},
		{ID: "CVE-2023-50495", Package: "libtinfo6", Version: "6.4-4", Score: 6.5, Text: "ncurses: segmentation fault via _nc_wrap_entry()"},
		{ID: "CVE-2024-28834", Package: "libgnutls30", Version: "3.7.9-2+deb12u1", Fixed: "3.7.9-2+deb12u3", Score: 5.3, Text: "gnutls: vulnerable to Minerva side-channel information leak"},
		{ID: "CVE-2024-0727", Package: "openssl", Version: "3.0.11-1~deb12u2", Fixed: "3.0.13-1~deb12u1", Score: 5.5, Text: "openssl: denial of service via null dereference"},
	}
}

func lows() []Vulnerability {
	return []Vulnerability{
		{ID: "CVE-2011-3374", Package: "apt", Version: "2.6.1", Score: 3.7, Text: "It was found that apt-key in apt, all versions, do not correctly validate gpg keys"},
		{ID: "CVE-2010-4756", Package: "libc6", Version: "2.36-9+deb12u4", Score: 4, Text: "glibc: glob implementation can cause excessive CPU and memory consumption"},
		{ID: "CVE-2017-18018", Package: "coreutils", Version: "9.1-1", Score: 4.7, Text: "coreutils: race condition vulnerability in chown and chgrp"},
	}
}
