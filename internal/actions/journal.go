package actions

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// The journal's file, and how it is rotated.
const (
	journalName = "journal.jsonl"
	journalSize = 10 << 20
	journalKeep = 10
	// lineLimit is the longest line: a call with its body, as shown, is far below.
	lineLimit = 4 << 20
	// journalPatience is how long the turn of another process is waited for: a line takes milliseconds.
	journalPatience = 5 * time.Second
)

// Journal is the file of what was done, one JSON object a line, only ever added to. Each line is synced before Add returns. Several
// dsotops share it: each line is written under a lock, at once. A process that dies in the middle of a line leaves it torn; the next one to
// write sets the piece aside, in a file of its own, and says so in the journal. It is safe for concurrent use.
type Journal struct {
	dir   string
	size  int64
	keep  int
	clock func() time.Time

	mu    sync.Mutex
	lines []Entry // without a folder
	read  map[string]*readFile
	bells map[chan struct{}]struct{}
	// troubles are of sinks.
	troubles []Trouble
}

// OpenJournal returns the journal of a folder, which is made at the first line; "" keeps it in memory.
func OpenJournal(dir string, clock func() time.Time) *Journal {
	if clock == nil {
		clock = time.Now
	}
	return &Journal{dir: dir, size: journalSize, keep: journalKeep, clock: clock, read: map[string]*readFile{}}
}

// Dir is the journal's folder; "" when it is in memory.
func (j *Journal) Dir() string { return j.dir }

// Add writes lines, synced, before it returns. At is filled in where it is zero.
func (j *Journal) Add(entries ...Entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	var raw []byte
	for i := range entries {
		e := &entries[i]
		e.Version = 1
		if e.At.IsZero() {
			e.At = j.clock()
		}
		e.At = e.At.UTC()
		line, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("journal: %w", err)
		}
		raw = append(append(raw, line...), '\n')
	}
	if j.dir == "" {
		j.lines = append(j.lines, entries...)
	} else if err := j.write(raw); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	j.ring()
	return nil
}

func (j *Journal) lock() (unlock func(), err error) {
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return nil, err
	}
	l := flock.New(filepath.Join(j.dir, "journal.lock"), flock.SetPermissions(0o600))
	ctx, cancel := context.WithTimeout(context.Background(), journalPatience)
	defer cancel()
	if ok, err := l.TryLockContext(ctx, 5*time.Millisecond); err != nil || !ok {
		return nil, fmt.Errorf("%s is held by another dsotop: %w", j.dir, err)
	}
	return func() { _ = l.Unlock() }, nil
}

// write adds bytes to the file under the lock, after setting aside what a dead process left unfinished.
func (j *Journal) write(raw []byte) error {
	unlock, err := j.lock()
	if err != nil {
		return err
	}
	defer unlock()
	path := filepath.Join(j.dir, journalName)
	f, err := j.openFile(path)
	if err != nil {
		return err
	}
	defer func() { f.Close() }()
	size, err := j.mend(f)
	if err != nil {
		return err
	}
	if size > 0 && size+int64(len(raw)) > j.size {
		carried, err := j.rotate(f, path)
		if err != nil {
			return err
		}
		f.Close()
		if f, err = j.openFile(path); err != nil {
			return err
		}
		raw = append(carried, raw...)
	}
	if size, err = f.Seek(0, io.SeekEnd); err != nil {
		return err
	}
	if _, err := f.Write(raw); err != nil {
		_ = f.Truncate(size) // half a line says nothing; when this fails too, the next one mends it
		return err
	}
	return f.Sync()
}

// openFile opens the journal, made with its first line when it is not there or empty.
func (j *Journal) openFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && info.Size() == 0 {
		head, _ := json.Marshal(Entry{Version: 1, ID: newID(), At: j.clock().UTC(), Event: EventFile}) // plain fields
		if _, err = f.Write(append(head, '\n')); err == nil {
			if err = f.Sync(); err == nil {
				err = syncDir(j.dir)
			}
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// mend sets a torn last line aside and returns the size of what is whole.
func (j *Journal) mend(f *os.File) (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	size := info.Size()
	whole, err := wholeLines(f, size)
	if err != nil || whole == size {
		return size, err
	}
	piece := make([]byte, size-whole)
	if _, err := f.ReadAt(piece, whole); err != nil {
		return 0, err
	}
	name := "torn-" + j.clock().UTC().Format("20060102T150405.000") + "-" + newID()[:4] + ".txt"
	if err := writeSynced(filepath.Join(j.dir, name), piece); err != nil {
		return 0, err
	}
	if err := f.Truncate(whole); err != nil {
		return 0, err
	}
	var lines []byte
	if whole == 0 { // the very first line was torn
		head, _ := json.Marshal(Entry{Version: 1, ID: newID(), At: j.clock().UTC(), Event: EventFile}) // plain fields
		lines = append(head, '\n')
	}
	said, _ := json.Marshal(Entry{Version: 1, At: j.clock().UTC(), Event: EventTorn, Note: fmt.Sprintf("%d bytes, in %s", len(piece), name)}) // plain fields
	lines = append(append(lines, said...), '\n')
	if _, err := f.WriteAt(lines, whole); err != nil {
		return 0, err
	}
	return whole + int64(len(lines)), f.Sync()
}

// wholeLines is where the last line break ends.
func wholeLines(f io.ReaderAt, size int64) (int64, error) {
	buf := make([]byte, 4096)
	for end := size; end > 0; {
		n := min(end, int64(len(buf)))
		if _, err := f.ReadAt(buf[:n], end-n); err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		if i := bytes.LastIndexByte(buf[:n], '\n'); i >= 0 {
			return end - n + int64(i) + 1, nil
		}
		end -= n
	}
	return 0, nil
}

// rotate puts the file away under its time and returns the lines of deeds and bulks that are not over: they stand in the new file too.
func (j *Journal) rotate(f *os.File, path string) ([]byte, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	entries, _ := decodeLines(f)
	base := "journal-" + j.clock().UTC().Format("20060102T150405.000")
	var away string
	for n := 0; ; n++ { // several within a millisecond keep their order
		away = filepath.Join(j.dir, fmt.Sprintf("%s-%03d.jsonl", base, n))
		if _, err := os.Stat(away); errors.Is(err, os.ErrNotExist) {
			break
		}
	}
	if err := os.Rename(path, away); err != nil {
		return nil, err
	}
	if err := syncDir(j.dir); err != nil {
		return nil, err
	}
	old, _ := filepath.Glob(filepath.Join(j.dir, "journal-*.jsonl")) // the pattern is well formed
	slices.Sort(old)
	for len(old) > j.keep {
		_ = os.Remove(old[0]) // tried again at the next rotation
		old = old[1:]
	}
	var raw []byte
	for _, e := range unfinished(entries) {
		line, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		raw = append(append(raw, line...), '\n')
	}
	return raw, nil
}

// unfinished are the lines of runs without a verdict and of bulks without an end.
func unfinished(entries []Entry) []Entry {
	over := map[string]bool{}
	for i := range entries {
		switch entries[i].Event {
		case EventVerdict:
			over[entries[i].Run] = true
		case EventEnd:
			over[entries[i].Batch] = true
		}
	}
	var out []Entry
	for _, e := range entries {
		open := e.Run != "" && !over[e.Run] || e.Batch != "" && !over[e.Batch]
		if open {
			out = append(out, e)
		}
	}
	return out
}

// decodeLines reads lines; what is not one of ours is counted and left out. A last line without its break is not read.
func decodeLines(r io.Reader) (entries []Entry, strange int) {
	b := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := b.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			long := slices.Clone(line)
			for errors.Is(err, bufio.ErrBufferFull) {
				line, err = b.ReadSlice('\n')
				if len(long) < lineLimit {
					long = append(long, line...)
				}
			}
			line = long
		}
		if err != nil {
			return entries, strange
		}
		var e Entry
		if json.Unmarshal(line, &e) != nil || e.Version != 1 {
			strange++
			continue
		}
		entries = append(entries, e)
	}
}

// readFile is a file as far as it was read.
type readFile struct {
	info    os.FileInfo
	at      int64 // whole lines end there
	entries []Entry
}

// Entries returns the lines of the present file and of the newest one put away, oldest first: what is needed to tell what is going on. A line
// may stand twice, when it was carried over a rotation. Lines that are not of the journal's own making are left out.
func (j *Journal) Entries() ([]Entry, error) { return j.entries(1) }

// All returns every line that is kept.
func (j *Journal) All() ([]Entry, error) { return j.entries(journalKeep + 1) }

func (j *Journal) entries(rotated int) ([]Entry, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.dir == "" {
		return slices.Clone(j.lines), nil
	}
	var out []Entry
	paths := j.files()
	if extra := len(paths) - 1 - rotated; extra > 0 {
		paths = paths[extra:]
	}
	for _, path := range paths {
		entries, err := j.readFile(path)
		if err != nil {
			return nil, fmt.Errorf("journal: %w", err)
		}
		out = append(out, entries...)
	}
	return out, nil
}

// files are the paths of the journal, oldest first, the present one last.
func (j *Journal) files() []string {
	old, _ := filepath.Glob(filepath.Join(j.dir, "journal-*.jsonl")) // the pattern is well formed
	slices.Sort(old)
	return append(old, filepath.Join(j.dir, journalName))
}

// readFile reads what was added to a file since it was last read.
func (j *Journal) readFile(path string) ([]Entry, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	for p, r := range j.read { // a rotation renames
		if os.SameFile(r.info, info) {
			if p != path {
				delete(j.read, p)
				j.read[path] = r
			}
			break
		}
	}
	r := j.read[path]
	if r == nil || !os.SameFile(r.info, info) || info.Size() < r.at {
		r = &readFile{}
	}
	if info.Size() > r.at {
		whole, err := wholeLines(f, info.Size())
		if err != nil {
			return nil, err
		}
		if whole > r.at {
			more, _ := decodeLines(io.NewSectionReader(f, r.at, whole-r.at))
			r.entries, r.at = append(r.entries, more...), whole
		}
	}
	r.info = info
	j.read[path] = r
	return r.entries, nil
}

// Watch returns a bell that rings after lines of this process, until ctx ends.
func (j *Journal) Watch(ctx context.Context) <-chan struct{} {
	c := make(chan struct{}, 1)
	j.mu.Lock()
	if j.bells == nil {
		j.bells = map[chan struct{}]struct{}{}
	}
	j.bells[c] = struct{}{}
	j.mu.Unlock()
	context.AfterFunc(ctx, func() { j.mu.Lock(); delete(j.bells, c); j.mu.Unlock() })
	return c
}

func (j *Journal) ring() {
	for c := range j.bells {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// newID is 12 random hexadecimal digits.
func newID() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// writeSynced makes a file that did not exist, readable by its owner only.
func writeSynced(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}
