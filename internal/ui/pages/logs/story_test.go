package logs_test

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"dsotop/internal/ui/uitest"
)

// TestTheFirstErrorAndItsCauseReachTheTicket goes the way of a person on call with the keys that the foot of the screen shows: to the
// first error, five lines up to its cause, both into the ticket.
func TestTheFirstErrorAndItsCauseReachTheTicket(t *testing.T) {
	s := open(t, &keeper{lines: story()}, "fr", 80, 24, "postgres")
	shown := func(key, word string) {
		t.Helper()
		lines := strings.Split(s.Screen(), "\n")
		if foot := lines[len(lines)-1]; !strings.Contains(foot, key+" "+word) {
			t.Errorf("the foot does not tell %s %s: %s", key, word, foot)
		}
	}
	s.Press("g")
	shown("e", "erreur")
	s.Press("e")
	shown("v", "sélection")
	s.Press("v", "k", "k", "k", "k", "k")
	s.Shows("sélection 6", "PANIC: no space left on device", "connexion refusée à postgres")
	shown("c", "copier")
	s.Press("c", "down")
	text := copied(t, s)
	for _, want := range []string{"```", "PANIC: no space left on device", "connexion refusée à postgres", "agendaprefs / prod", "dsotop logs agendaprefs prod", "{namespace="} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the ticket:\n%s", want, text)
		}
	}
	if strings.Contains(text, "\x1b") {
		t.Errorf("an escape is in the ticket: %q", text)
	}
}

// copied takes the item under the menu's cursor and returns what it puts into the clipboard.
func copied(t *testing.T, s *uitest.Session) string {
	t.Helper()
	_, cmd := s.Root.Update(uitest.Key("enter"))
	if cmd == nil {
		t.Fatal("nothing is copied")
	}
	// The toolkit's message is a string type of its own.
	msg := cmd()
	if b, ok := msg.(tea.BatchMsg); ok {
		for _, c := range b {
			if c != nil {
				msg = c()
			}
		}
	}
	return fmt.Sprint(msg)
}

// What tells of people stays behind when a person wants that, and the toast says so.
func TestACopyWithoutWhatTellsOfPeople(t *testing.T) {
	s := open(t, &keeper{lines: story()}, "fr", 80, 24, "postgres")
	s.Press("g", "c", "down", "down", "down", "down")
	s.Shows("copie anonymisée…")
	s.Press("enter")
	s.Shows("copie anonymisée", "ligne et contexte")
	text := copied(t, s)
	if !strings.Contains(text, "ip-1") || strings.Contains(text, "10.129.4") || !strings.Contains(text, "GET /sante") {
		t.Errorf("copied: %q", text)
	}
	s.Shows("anonymisé")
	s.Press("c", "down", "down", "down", "down", "enter", "down", "down", "down")
	if text := copied(t, s); !strings.Contains(text, "```") || strings.Contains(text, "10.129.4") || !strings.Contains(text, "ip-4") {
		t.Errorf("the ticket: %q", text)
	}
}
