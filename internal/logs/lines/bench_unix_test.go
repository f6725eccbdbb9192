//go:build unix

package lines

import (
	"syscall"
	"time"
)

// userTime is the processor time that the process has used, which other work on the machine changes less than the time that passed.
func userTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano())
}
