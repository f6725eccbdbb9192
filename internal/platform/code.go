package platform

import "time"

// CodeFacts is what the files and the history of one repository say, as far as rules read it.
type CodeFacts struct {
	Repository string // internal name, "infra-observability" among them
	Revision   string // commit of the default branch at which the files were read; "" in an empty repository
	CI         CIFile
	// Ignored are the dashboards and rules of an observability repository that nothing will ever load; nil in other repositories.
	Ignored []IgnoredFile
	// Lost is the commit that stood at the end of the default branch and that the branch has no more; nil when none is known.
	Lost *LostCommit
}

// CIFile is the description of a repository's pipelines.
type CIFile struct {
	Path    string   // the file GitLab reads; "" when it was not looked for
	Present bool     // it is there
	Alike   []string // files of the root whose name resembles Path, when that is absent
	Broken  string   // why it could not be understood; "" when it could
	// Includes tells that files of other repositories are included, whose jobs are not known here.
	Includes bool
	Jobs     []CIJob // in the order of the file
}

// CIJob is one job of a CI file.
type CIJob struct {
	Name    string
	Stage   string
	Rank    int    // place of the stage among the stages, 0 is the first; -1 when it is not told
	Extends string // the template, "" when none
	MayFail bool
	Tag     string // what variable TAG says, or the tag in the text of the script; "" when none
}

// IgnoredFile is a file that its platform never loads.
type IgnoredFile struct {
	Path   string
	Kind   string // rules or dashboard
	Reason string // folder, name or json
	Detail string // what the parser said
}

// LostCommit is a commit that a forced push took out of its branch.
type LostCommit struct {
	SHA, Title, Author string
	At                 time.Time // of the commit
	Count              int       // commits that went with it, itself included
	Head               string    // what stands at the end of the branch instead
}

// ForgeHead is the end of a branch in the team's own forge.
type ForgeHead struct {
	Repository string // internal name
	Branch     string
	SHA        string
	// Differs is when the internal copy was first seen to be at another commit; zero while both agree.
	Differs time.Time
	// Refused tells why the forge did not say: it wants a login, or does not answer. SHA is "" then.
	Refused string
}

// ZoneCommit is one commit of a zone's repository on the values of one environment; its content, which holds secrets, is never read.
type ZoneCommit struct {
	Environment string // name
	Zone        string // slug
	SHA         string
	Author      string
	At          time.Time
}
