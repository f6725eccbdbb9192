package platform

import "math/big"

// Perms is a set of console permission bits. The console serialises it as a decimal string that may exceed
// 2^53; we keep 64 bits and treat anything longer as having its low 64 bits.
type Perms uint64

// Project permission bits (console API §3.3).
const (
	PermGuest Perms = 1 << iota
	PermManage
	PermManageMembers
	PermManageEnvironments
	PermManageRepositories
	PermManageRoles
	PermSeeSecrets
	PermReplayHooks
	PermListEnvironments
	PermListRepositories
	PermListMembers
	PermListRoles
	PermManageDeployments
	PermListDeployments
)

// ParsePerms reads the console's decimal string. Anything that is not a number is no permission at all.
func ParsePerms(decimal string) Perms {
	n, ok := new(big.Int).SetString(decimal, 10)
	if !ok || n.Sign() < 0 {
		return 0
	}
	return Perms(new(big.Int).And(n, new(big.Int).SetUint64(^uint64(0))).Uint64())
}

// Has reports whether all bits of want are held, directly or through MANAGE, which implies every other.
func (p Perms) Has(want Perms) bool { return p&PermManage != 0 || p&want == want }

// Names lists the bits held, in the order of the console's table, as their upper-case names.
func (p Perms) Names() []string {
	names := []string{"GUEST", "MANAGE", "MANAGE_MEMBERS", "MANAGE_ENVIRONMENTS", "MANAGE_REPOSITORIES", "MANAGE_ROLES", "SEE_SECRETS",
		"REPLAY_HOOKS", "LIST_ENVIRONMENTS", "LIST_REPOSITORIES", "LIST_MEMBERS", "LIST_ROLES", "MANAGE_DEPLOYMENTS", "LIST_DEPLOYMENTS"}
	var held []string
	for bit, name := range names {
		if p&(1<<bit) != 0 {
			held = append(held, name)
		}
	}
	return held
}
