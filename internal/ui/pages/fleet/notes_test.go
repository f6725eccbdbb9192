package fleet_test

import (
	"path/filepath"
	"testing"
	"time"

	"dsotop/internal/notes"
	"dsotop/internal/platform"
	"dsotop/internal/ui/uitest"
)

// noter is a platform with a book.
type noter struct {
	*uitest.Backend
	book   *notes.Book
	before time.Time
}

func (n noter) Notes() *notes.Book  { return n.book }
func (n noter) LastLook() time.Time { return n.before }

func standing(b *uitest.Backend) []platform.Finding {
	var out []platform.Finding
	for _, r := range b.View().Projects {
		out = append(out, r.Findings...)
	}
	return out
}

func TestAcknowledge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notes.json")
	b := noter{uitest.NewBackend(7), notes.Open(path), time.Time{}}
	s := uitest.Open(t, b, "fr", 120, 40)
	s.Hides("pris en compte", "nouveau")
	s.Press("/")
	s.Type("agendaprefs")
	s.Press("enter", "v")
	s.Shows("Quel constat")
	s.Press("enter")
	s.Shows("tant que le constat dure", "jusqu'à 15:07", "jusqu'à 18:07")
	s.Press("enter", "enter")
	s.Shows("une raison est nécessaire")
	s.Type("ticket 1234")
	s.Press("enter")
	s.Shows("pris en compte par", "jusqu'à 15:07", "ticket 1234")
	other := uitest.Open(t, noter{uitest.NewBackend(7), notes.Open(path), time.Time{}}, "en", 120, 40) // another dsotop
	other.Press("/")
	other.Type("agendaprefs")
	other.Press("enter")
	other.Shows("acknowledged by", "ticket 1234")
	s.Press("v", "enter")
	s.Shows("ne plus prendre en compte")
	s.Press("enter")
	s.Hides("ticket 1234")
}

func TestNewSinceLastLook(t *testing.T) {
	b := noter{uitest.NewBackend(7), notes.Open(""), uitest.Noon().Add(-time.Hour)}
	all := standing(b.Backend)
	if err := b.book.Observe(all[1:], nil, b.before.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := b.book.Observe(all, nil, b.before.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	s := uitest.Open(t, b, "fr", 120, 40)
	s.Shows("1 nouveau", "nouveau depuis le dernier passage")
}
