// Package runbook holds procedures: their schema, the books shipped and those of a team, the machine that plays one, and the runs that are kept on disk
// at every step. It reaches systems through four small interfaces (Facts, Doer, Querier, and a person who answers); it draws nothing and builds no client.
package runbook
