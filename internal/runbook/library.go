package runbook

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// shipped are the books that come with the program.
//
//go:embed books/*.yaml
var shipped embed.FS

// Library is a set of books, with what is wrong with those that could not be read.
type Library struct {
	Books    []*Book // by id
	Mistakes Mistakes
}

// Load reads the books shipped and those of the folders, in order. A team's book of the same id takes the place of an earlier one. Only *.yaml and *.yml count, in
// the folders themselves.
func Load(folders ...string) *Library {
	l := &Library{}
	l.read(shipped, "books", "books")
	for _, dir := range folders {
		if _, err := os.Stat(dir); err != nil {
			l.Mistakes = append(l.Mistakes, Mistake{File: dir, Say: Text{FR: "le dossier est illisible : " + err.Error(), EN: "the folder cannot be read: " + err.Error()}})
			continue
		}
		l.read(os.DirFS(dir), ".", dir)
	}
	slices.SortStableFunc(l.Books, func(a, b *Book) int { return strings.Compare(a.ID, b.ID) })
	return l
}

func (l *Library) read(fsys fs.FS, dir, shown string) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		l.Mistakes = append(l.Mistakes, Mistake{File: shown, Say: unread(err)})
		return
	}
	here := map[string]string{}
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); e.IsDir() || (ext != ".yaml" && ext != ".yml") || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		file := filepath.Join(shown, e.Name())
		data, err := readAll(fsys, filepath.ToSlash(filepath.Join(dir, e.Name())))
		if err != nil {
			l.Mistakes = append(l.Mistakes, Mistake{File: file, Say: unread(err)})
			continue
		}
		b, wrong := Decode(file, data)
		if len(wrong) > 0 {
			l.Mistakes = append(l.Mistakes, wrong...)
			continue
		}
		if other, twice := here[b.ID]; twice {
			l.Mistakes = append(l.Mistakes, Mistake{File: file, Line: 1, Column: 1, Path: "id", Say: Text{
				FR: fmt.Sprintf("« %s » est déjà l'identifiant de %s", b.ID, other), EN: fmt.Sprintf("“%s” is already the id of %s", b.ID, other)}})
			continue
		}
		here[b.ID] = file
		l.Books = slices.DeleteFunc(l.Books, func(o *Book) bool { return o.ID == b.ID })
		l.Books = append(l.Books, b)
	}
}

// readAll reads a file, one byte more than a book may have at most.
func readAll(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxBytes+1))
}

// ReadFile reads one book of a file, for a lint of a file that is in no folder.
func ReadFile(path string) (*Book, Mistakes) {
	data, err := readAll(os.DirFS(filepath.Dir(path)), filepath.Base(path))
	if err != nil {
		return nil, Mistakes{{File: path, Say: unread(err)}}
	}
	return Decode(path, data)
}

// Book returns a book by its id, whatever the case; nil when there is none.
func (l *Library) Book(id string) *Book {
	for _, b := range l.Books {
		if strings.EqualFold(b.ID, id) {
			return b
		}
	}
	return nil
}

// Applying returns the books in the order of how well they fit a selection, and how many of them apply: the one that its finding names, those of other findings there,
// those whose condition holds; then all others.
func (l *Library) Applying(k Known, sel Selection) (books []*Book, applying int) {
	s := newScene(k, sel)
	v := values{facts: s.facts(k.Now), params: map[string]any{}, answer: map[string]string{}, result: map[string]float64{}}
	named := map[string]bool{}
	for _, f := range k.Findings {
		if f.Key() == sel.Finding {
			named[f.Runbook] = true
		}
	}
	rank := map[*Book]int{}
	for _, b := range l.Books {
		rank[b] = 3
		if b.Applies != nil && k.Dossier != nil {
			if _, _, missing := s.missing(b.Applies); !missing {
				if ok, err := b.Applies.holds(v); err == nil && ok {
					rank[b] = 2
				}
			}
		}
		for _, f := range v.facts.Findings {
			if f.Runbook == b.ID || slices.Contains(b.Findings, f.ID) {
				rank[b] = 1
			}
		}
		if named[b.ID] {
			rank[b] = 0
		}
		if rank[b] < 3 {
			applying++
		}
	}
	books = slices.Clone(l.Books)
	slices.SortStableFunc(books, func(a, b *Book) int { return rank[a] - rank[b] })
	return books, applying
}

// unread says why a file cannot be read.
func unread(err error) Text {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Text{FR: "n'existe pas", EN: "does not exist"}
	case errors.Is(err, fs.ErrPermission):
		return Text{FR: "n'est pas lisible par ce compte", EN: "may not be read by this account"}
	}
	return Text{FR: err.Error(), EN: err.Error()}
}
