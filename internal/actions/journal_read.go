package actions

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

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
		if json.Unmarshal(line, &e) != nil || e.Version != 1 || strings.ContainsAny(e.Run+e.Batch, "/\\\x00") { // ids name files
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
