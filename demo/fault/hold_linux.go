package fault

import "syscall"

// hold keeps a port of the loopback from being given to others while nobody listens on it: a socket that is bound and never
// listens refuses connections, which is what being down looks like.
func hold() (port int, release func(), err error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, nil, err
	}
	release = func() { _ = syscall.Close(fd) }
	// The listener has the option too, as every listener of this language: without it here the two would be in each other's way.
	err = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
	if err == nil {
		err = syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	}
	if err == nil {
		var name syscall.Sockaddr
		if name, err = syscall.Getsockname(fd); err == nil {
			if at, ok := name.(*syscall.SockaddrInet4); ok {
				return at.Port, release, nil
			}
			err = syscall.EAFNOSUPPORT
		}
	}
	release()
	return 0, nil, err
}
