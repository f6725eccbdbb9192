//go:build unix && !linux

package lab

import "syscall"

// attributes put a program into a group of its own, out of reach of the terminal's signals. Only Linux can end it when we are killed.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
