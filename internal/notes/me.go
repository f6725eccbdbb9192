package notes

import (
	"os"
	"os/user"

	"dsotop/internal/platform"
)

// Me is the name of the account that runs this process, as the system has it; "?" when it tells none.
func Me() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return platform.CleanLine(u.Username)
	}
	if name := os.Getenv("USER"); name != "" {
		return platform.CleanLine(name)
	}
	return "?"
}
