package words

// Actions are the words of the hand: menus, plans, what was done.
type Actions struct {
	Title, Menu, Nothing, ReadOnlyHint, Preparing string
	Kind                                          map[string]string // kinds of subjects
	Risk, Outcome, Phase, Item, Bulk              map[string]string // by machine word
	Reason                                        map[string]string // of the hand; {detail} stands for the detail
	// The plan.
	PlanTitle                                                                                                   func(deed, subject string) string
	Call, ElseCall, Command, Effects, NoEffects, Warnings, Undo, NoUndo, RiskName, New, NewPod, Removed, Sample string
	Cancel, Do, TypeName, Approver, ApproverHint, TypeCount, Form, FormGo, Required                             string
	CopyCall, CopyCommand, Copied                                                                               string
	Refuse, On, Things                                                                                          string
	MoreLines                                                                                                   func(n int) string
	NotSent                                                                                                     func(sink, since, why string) string // the journal, to a sink
	// What runs.
	Began                                                   func(deed, subject string) string
	Ended                                                   func(deed, subject, outcome, note string) string
	RunningNow                                              func(n int) string
	Write                                                   string // the header where writing is open
	Stop, StopAsk, CannotStop, Stopped, Leaving, LeavingHow string
	// The page.
	At, Deed, Subject, By, OutcomeHead, Took, Order, None, NoneWhy, Journal, Memory string
	CallHead, AnswerHead, StepsHead, NoteHead, ApproverHead, ArgsHead, RunHead      string
	LookAgain, UnknownHint                                                          string                  // of an outcome that nobody knows: the deed, what to do of it on the page
	UnknownNext                                                                     func(run string) string // and on a command line
	NoAnswer, Again, Elsewhere, BulkHead, ItemsHead, Torn                           string
	Pause, Resume, StopBulk, ResumeAsk, StoppedRatio, Marked                        string
	BulkTitle                                                                       func(deed string, n int) string
	BulkPace                                                                        func(together, percent int) string
	Skips                                                                           func(n int) string
	Counted                                                                         func(runs, running int) string
}
