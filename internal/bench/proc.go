package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// jiffy is the unit of processor times in /proc: USER_HZ, which is 100 on every Linux.
const jiffy = 10 * time.Millisecond

// cpu is the processor time that a process has used.
func cpu(pid int) (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	// The name, in parentheses, may hold anything: fields are counted after it.
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(fields) < 13 {
		return 0, fmt.Errorf("/proc/%d/stat: %d fields", pid, len(fields))
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	if err1 != nil || err2 != nil {
		return 0, fmt.Errorf("/proc/%d/stat: %q %q", pid, fields[11], fields[12])
	}
	return time.Duration(user+system) * jiffy, nil
}

// memory is what a process holds in memory now and held at most, in bytes.
func memory(pid int) (now, peak int64, err error) {
	m, err := status(pid)
	return m["VmRSS:"], m["VmHWM:"], err
}

// mapped is what of the memory that a process holds is pages of files, in bytes: those of its program, above all, which the system reads
// again when it needs the room.
func mapped(pid int) (int64, error) {
	m, err := status(pid)
	return m["RssFile:"], err
}

// status is the sizes that the system tells of a process, in bytes.
func status(pid int) (map[string]int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return nil, err
	}
	out := map[string]int64{}
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) != 3 || f[2] != "kB" {
			continue
		}
		n, err := strconv.ParseInt(f[1], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("/proc/%d/status: %q", pid, line)
		}
		out[f[0]] = n << 10
	}
	return out, nil
}
