package actions

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gofrs/flock"
)

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

// unfinished are the lines of runs without a verdict and of bulks without an end, those that are looked at again included. What is told of a run that began in an older file is
// left there: without its intent it tells nothing, and would be carried on for ever.
func unfinished(entries []Entry) []Entry {
	open := map[string]bool{}
	for i := range entries {
		switch e := &entries[i]; e.Event {
		case EventIntent:
			open[e.Run] = true
		case EventBatch:
			open[e.Batch] = true
		case EventVerdict:
			delete(open, e.Run)
		case EventEnd:
			delete(open, e.Batch)
		}
	}
	for _, r := range Fold(entries) {
		if r.Open() {
			open[r.Run] = true
		}
	}
	var out []Entry
	for _, e := range entries {
		if open[e.Run] || open[e.Batch] {
			out = append(out, e)
		}
	}
	return out
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
