package actions

import (
	"time"
)

// What an entry of the journal tells.
const (
	EventFile    = "file"    // the first line of each file: its id
	EventIntent  = "intent"  // a call is about to leave; written and synced before it does
	EventAnswer  = "answer"  // what came back, or that nothing did
	EventVerdict = "verdict" // how the deed ended, as far as looking tells
	EventSteps   = "steps"   // what a deed that has its verdict set going, as it was seen last
	EventLook    = "look"    // an intent without a verdict was found at a start, and is looked at again
	EventCancel  = "cancel"  // a call that stops what was started is about to leave
	EventBatch   = "batch"   // a bulk begins
	EventPause   = "pause"   // a bulk was paused or stopped
	EventResume  = "resume"  // a bulk goes on
	EventEnd     = "end"     // a bulk is over
	EventTorn    = "torn"    // a line that was not finished was set aside
)

// Outcomes of a deed.
const (
	Done    = "done"
	Failed  = "failed"  // it is known not to have worked
	Refused = "refused" // the system said no, or the call never left
	Unknown = "unknown" // nobody knows: look
)

// Entry is one line of the journal. It never holds a credential nor a secret value.
type Entry struct {
	Version int       `json:"v"`
	ID      string    `json:"id,omitempty"` // of the file, in its first line
	At      time.Time `json:"at"`
	Event   string    `json:"event"`
	Run     string    `json:"run,omitempty"`
	Batch   string    `json:"batch,omitempty"`
	By      *Who      `json:"by,omitempty"`
	// Approver is the second pair of eyes, as named.
	Approver string `json:"approver,omitempty"`

	Deed    string   `json:"deed,omitempty"`
	Subject *Subject `json:"subject,omitempty"`
	Args    Args     `json:"args,omitempty"`
	Risk    string   `json:"risk,omitempty"`
	Call    *Shown   `json:"call,omitempty"`
	// Memo is what the deed compares with when it looks.
	Memo map[string]string `json:"memo,omitempty"`
	// Address is where the system that is written to is, of an intent and of a bulk; "" when not known. Another platform may bear the same names.
	Address string `json:"address,omitempty"`
	// Items are the subjects of a bulk, in order.
	Items []Subject `json:"items,omitempty"`

	Status  int    `json:"status,omitempty"` // of the answer; 0: none came
	Outcome string `json:"outcome,omitempty"`
	Note    string `json:"note,omitempty"`
	Steps   []Step `json:"steps,omitempty"`
}

// Who is who does something, as far as the machine and the console tell.
type Who struct {
	Account   string `json:"account,omitempty"`   // of the machine
	Principal string `json:"principal,omitempty"` // of the console
	Host      string `json:"host,omitempty"`
	PID       int    `json:"pid,omitempty"`
	Profile   string `json:"profile,omitempty"`
}

// Name is the principal, else the account.
func (w Who) Name() string {
	if w.Principal != "" {
		return w.Principal
	}
	return w.Account
}

// Record is what the journal tells of one deed: its lines, joined.
type Record struct {
	Run, Batch string
	By         Who
	Approver   string
	Deed       string
	Subject    Subject
	Args       Args
	Risk       string
	Call       *Shown
	Memo       map[string]string
	Address    string // of the system; "" when not known

	At       time.Time // of the intent
	Answered time.Time // zero: nothing came, or not yet
	Ended    time.Time // of the verdict; zero: none yet
	Status   int
	Outcome  string // "" while there is no verdict
	Note     string
	Steps    []Step
	Again    bool // looked at again after a start
}

// Open reports whether there is no verdict.
func (r *Record) Open() bool { return r.Ended.IsZero() }

// Fold joins lines to records, in the order of their intents, oldest first. Lines of a run that has no intent are left out.
func Fold(entries []Entry) []*Record {
	var out []*Record
	by := map[string]*Record{}
	for i := range entries {
		e := &entries[i]
		if e.Run == "" {
			continue
		}
		r := by[e.Run]
		if r == nil {
			if e.Event != EventIntent {
				continue
			}
			r = &Record{Run: e.Run, Batch: e.Batch, Approver: e.Approver, Deed: e.Deed, Args: e.Args, Risk: e.Risk, Call: e.Call, Memo: e.Memo, Address: e.Address, At: e.At}
			if e.By != nil {
				r.By = *e.By
			}
			if e.Subject != nil {
				r.Subject = *e.Subject
			}
			by[e.Run] = r
			out = append(out, r)
			continue
		}
		switch e.Event {
		case EventAnswer:
			r.Answered, r.Status, r.Note = e.At, e.Status, e.Note
		case EventVerdict:
			r.Ended, r.Outcome, r.Steps = e.At, e.Outcome, e.Steps
			if e.Note != "" {
				r.Note = e.Note
			}
		case EventSteps:
			r.Steps = e.Steps
		case EventLook:
			r.Again, r.Ended, r.Outcome = true, time.Time{}, ""
		}
	}
	return out
}
