package store

import (
	"bufio"
	"compress/gzip"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"time"
)

// persistVersion is the version of the format on disk; a file of another version is set aside, never guessed at. It changes when a
// noun changes in a way that gob cannot bridge (a field that changes its type).
const persistVersion = 1

const persistMagic = "dsotop last known state"

// ErrPersist is wrapped by every error of Load that means the file itself is not usable.
var ErrPersist = errors.New("not a usable state file")

type persistHeader struct {
	Magic   string
	Version int
	SavedAt time.Time
}

type savedShelf[T any] struct {
	Source, Scope string
	At            time.Time
	Items         []T
}

type persistable interface {
	persistName() string
	save(*gob.Encoder, *Snapshot) error
	load(*gob.Decoder, *Tx) error
}

func (k Kind[T]) persistName() string { return k.name }

func (k Kind[T]) save(enc *gob.Encoder, s *Snapshot) error {
	var shelves []savedShelf[T]
	for sh := range k.All(s) {
		shelves = append(shelves, savedShelf[T]{sh.Source, sh.Scope, sh.At, sh.Items})
	}
	return enc.Encode(shelves)
}

func (k Kind[T]) load(dec *gob.Decoder, tx *Tx) error {
	var shelves []savedShelf[T]
	if err := dec.Decode(&shelves); err != nil {
		return err
	}
	for _, sh := range shelves {
		key := shelfKey{k.name, sh.Source}
		if _, fresh := tx.next.shelves[key][sh.Scope]; fresh {
			continue // a source was faster than the disk
		}
		items := sh.Items
		if items == nil {
			items = []T{}
		}
		tx.clone(key)[sh.Scope] = remembered(items, &sh.At, tx.next.version)
		tx.mark(k.name, sh.Scope)
	}
	return nil
}

func remembered(items any, at *time.Time, rev uint64) *rawShelf {
	raw := newShelf(items, at, rev)
	raw.cached = true
	return raw
}

// persisted lists what is kept between runs. Health is of this run only; lines of logs are not kept, since applications write
// secrets into them; log entries of the console keep no arguments.
func persisted() []persistable {
	return []persistable{ConsoleInfo, Zones, Clusters, Stages, ServiceHealth, Alerts, Projects, Environments, Repositories, Members, Roles, Log,
		GitRepos, Pipelines, Tokens, Gates, Images, Applications, Namespaces, Workloads, Pods, Quotas, Usage}
}

// Save writes a snapshot for the next start.
func Save(w io.Writer, s *Snapshot, now time.Time) error {
	zip, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return err
	}
	enc := gob.NewEncoder(zip)
	if err := enc.Encode(persistHeader{persistMagic, persistVersion, now}); err != nil {
		return err
	}
	for _, k := range persisted() {
		if err := enc.Encode(k.persistName()); err != nil {
			return err
		}
		if err := k.save(enc, s); err != nil {
			return fmt.Errorf("saving %s: %w", k.persistName(), err)
		}
	}
	return zip.Close()
}

// Load puts a saved snapshot under what sources already said; every shelf of it is marked as cached. Nothing changes on error.
func (s *Store) Load(r io.Reader) (savedAt time.Time, err error) {
	defer func() { // gob panics on some corrupt input
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrPersist, p)
		}
	}()
	zip, err := gzip.NewReader(bufio.NewReader(r))
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: %w", ErrPersist, err)
	}
	dec := gob.NewDecoder(zip)
	var h persistHeader
	if err := dec.Decode(&h); err != nil {
		return time.Time{}, fmt.Errorf("%w: %w", ErrPersist, err)
	}
	if h.Magic != persistMagic || h.Version != persistVersion {
		return time.Time{}, fmt.Errorf("%w: version %d, expected %d", ErrPersist, h.Version, persistVersion)
	}
	scratch := New(s.clock) // decoded aside first, so that a file cut in the middle leaves no half state
	scratch.apply(s.clock(), func(tx *Tx) {
		for _, k := range persisted() {
			var name string
			if err = dec.Decode(&name); err == nil && name != k.persistName() {
				err = fmt.Errorf("found %q where %q was expected", name, k.persistName())
			}
			if err == nil {
				err = k.load(dec, tx)
			}
			if err != nil {
				return
			}
		}
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: %w", ErrPersist, err)
	}
	s.Apply(func(tx *Tx) { tx.under(scratch.Current()) })
	return h.SavedAt, nil
}

// under adds the shelves of another snapshot that this one does not have.
func (tx *Tx) under(old *Snapshot) {
	for key, shelves := range old.shelves {
		for scope, raw := range shelves {
			if _, fresh := tx.next.shelves[key][scope]; fresh {
				continue
			}
			tx.clone(key)[scope] = remembered(raw.items, raw.seen.Load(), tx.next.version)
			tx.mark(key.kind, scope)
		}
	}
}
