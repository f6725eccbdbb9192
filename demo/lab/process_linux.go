package lab

import "syscall"

// attributes put a program into a group of its own, out of reach of the terminal's signals, and end it with us whatever befalls us.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
