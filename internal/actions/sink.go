package actions

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Sink is where the journal is sent besides its file. Send takes lines in order, each a JSON object without its line break; an error means that they must be sent again.
type Sink struct {
	Name string
	Send func(ctx context.Context, lines [][]byte) error
	// Wait is how long after a failure it is tried again, at first; it doubles up to a minute. 0 is a second.
	Wait time.Duration
}

// Trouble is what keeps the journal from a sink.
type Trouble struct {
	Sink  string
	Since time.Time // of the first failure in a row
	Why   string
}

// Troubles are what keeps the journal from its sinks now, as far as this process serves them; empty when all that is written was sent.
func (j *Journal) Troubles() []Trouble {
	j.told.Lock()
	defer j.told.Unlock()
	return slices.Clone(j.troubles)
}

// trouble remembers what a sink's last try came to; "" is well.
func (j *Journal) trouble(sink, why string) {
	j.told.Lock()
	defer j.told.Unlock()
	i := slices.IndexFunc(j.troubles, func(t Trouble) bool { return t.Sink == sink })
	switch {
	case why == "" && i >= 0:
		j.troubles = slices.Delete(j.troubles, i, i+1)
	case why == "":
		return
	case i >= 0 && j.troubles[i].Why == why:
		return
	case i >= 0:
		j.troubles[i].Why = why
	default:
		j.troubles = append(j.troubles, Trouble{Sink: sink, Since: j.clock(), Why: why})
	}
	j.ringing()
}

// sinkBatch is how many lines are sent at once.
const sinkBatch = 200

// cursor is how far a sink was served: the file by its id, and the place in it.
type cursor struct {
	File string `json:"file"`
	At   int64  `json:"at"`
}

// Pump sends every line of the journal to a sink, at least once, until ctx ends: it never blocks who writes. How far it is stands in a file beside the journal, so that the next
// process goes on there; of several processes, one serves a sink. A sink that is new begins with what is written from now on. report is told of trouble, and "" when all that is written
// was sent, at first and after a trouble; it may be nil.
func (j *Journal) Pump(ctx context.Context, s Sink, report func(string)) {
	if j.dir == "" {
		return
	}
	told, begun := "", false
	tell := func(text string) {
		if report != nil && (text != told || !begun) {
			told, begun = text, true
			report(text)
		}
	}
	bell := j.Watch(ctx)
	first := cmp.Or(s.Wait, time.Second)
	wait := first
	for ctx.Err() == nil {
		err := j.serve(ctx, s, bell, func() { j.trouble(s.Name, ""); wait = first; tell("") })
		if err != nil && ctx.Err() == nil {
			if !errors.Is(err, errElsewhere) { // which is well: it is sent from there
				j.trouble(s.Name, strings.TrimPrefix(err.Error(), s.Name+": "))
			}
			tell(err.Error())
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
		case <-timer.C:
		}
		wait = min(wait*2, time.Minute)
	}
}

// errElsewhere tells that another process serves the sink.
var errElsewhere = errors.New("served by another dsotop")

// serve sends what is there, then what comes, until something fails; sent is called whenever all was sent.
func (j *Journal) serve(ctx context.Context, s Sink, bell <-chan struct{}, sent func()) error {
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(j.dir, "sink-"+s.Name+".json")
	lock := flock.New(path+".lock", flock.SetPermissions(0o600))
	if ok, err := lock.TryLock(); err != nil || !ok {
		if err == nil {
			err = errElsewhere
		}
		return err
	}
	defer func() { _ = lock.Unlock() }()
	at, err := j.cursor(path)
	if err != nil {
		return err
	}
	for {
		for {
			lines, next, err := j.after(at)
			if err != nil {
				return err
			}
			if len(lines) > 0 {
				if err := s.Send(ctx, lines); err != nil {
					return fmt.Errorf("%s: %w", s.Name, err)
				}
			}
			if next == at {
				break
			}
			at = next
			if err := saveCursor(path, at); err != nil {
				return err
			}
		}
		sent()
		timer := time.NewTimer(5 * time.Second) // other processes write too
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-bell:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// cursor reads how far a sink was served; a new one begins at the end of what is there.
func (j *Journal) cursor(path string) (cursor, error) {
	var at cursor
	raw, err := os.ReadFile(path)
	if err == nil && json.Unmarshal(raw, &at) == nil && at.File != "" {
		return at, nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return at, err
	}
	unlock, err := j.lock()
	if err != nil {
		return at, err
	}
	defer unlock()
	f, err := j.openFile(filepath.Join(j.dir, journalName))
	if err != nil {
		return at, err
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return at, err
	}
	if at.At, err = wholeLines(f, size); err != nil {
		return at, err
	}
	at.File = fileID(f)
	return at, saveCursor(path, at)
}

func saveCursor(path string, at cursor) error {
	raw, _ := json.Marshal(at) // plain fields
	next := path + ".new"
	_ = os.Remove(next)
	if err := writeSynced(next, raw); err != nil {
		return err
	}
	return os.Rename(next, path)
}

// fileID is the id in a file's first line; "" when it has none.
func fileID(f io.ReaderAt) string {
	head := make([]byte, 512)
	n, _ := f.ReadAt(head, 0)
	line, _, _ := bytes.Cut(head[:n], []byte{'\n'})
	var e Entry
	if json.Unmarshal(line, &e) != nil {
		return ""
	}
	return e.ID
}

// after returns some lines after a place and the place after them; the same place when there are none. A file that was thrown away meanwhile is passed over.
func (j *Journal) after(at cursor) (lines [][]byte, next cursor, err error) {
	paths := j.files()
	ids := make([]string, len(paths))
	found := false
	for i, p := range paths {
		f, err := os.Open(p)
		if err != nil {
			continue
		}
		ids[i] = fileID(f)
		f.Close()
		found = found || ids[i] == at.File
	}
	if !found { // kept no longer: from the oldest that is
		i := slices.IndexFunc(ids, func(id string) bool { return id != "" })
		if i < 0 {
			return nil, at, nil
		}
		at = cursor{File: ids[i]}
	}
	i := slices.Index(ids, at.File)
	lines, end, err := readLines(paths[i], at.At, sinkBatch)
	if err != nil {
		return nil, at, err
	}
	next = cursor{at.File, end}
	if len(lines) == 0 && i+1 < len(paths) && ids[i+1] != "" {
		next = cursor{File: ids[i+1]}
	}
	return lines, next, nil
}

// readLines reads at most n whole lines from a place.
func readLines(path string, from int64, n int) (lines [][]byte, end int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, from, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, from, err
	}
	whole, err := wholeLines(f, info.Size())
	if err != nil {
		return nil, from, err
	}
	if whole <= from {
		return nil, from, nil
	}
	buf := make([]byte, min(whole-from, 1<<20+lineLimit))
	if _, err := f.ReadAt(buf, from); err != nil && !errors.Is(err, io.EOF) {
		return nil, from, err
	}
	end = from
	for len(lines) < n {
		line, rest, ok := bytes.Cut(buf, []byte{'\n'})
		if !ok {
			break
		}
		end += int64(len(line)) + 1
		buf = rest
		lines = append(lines, line)
	}
	return lines, end, nil
}
