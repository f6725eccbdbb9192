package platform

import "testing"

func TestSameUser(t *testing.T) {
	for _, c := range []struct {
		username, email string
		want            bool
	}{
		{"jean.dupont", "jean.dupont@example.org", true},
		{"Jean-Dupont", "jean_dupont@example.org", true},
		{"jeandupont", "JEAN.DUPONT@example.org", true},
		{"élodie.m", "Élodie_M@example.org", true},
		{"jean.dupont2", "jean.dupont@example.org", false},
		{"jean.dupon", "jean.dupont@example.org", false},
		{"jean", "jeanne@example.org", false},
		{"", "a@example.org", false},
		{"a", "@example.org", false},
		{"", "", false},
		{"--", "..@example.org", true},
		{"a", "a", true},
	} {
		if got := SameUser(c.username, c.email); got != c.want {
			t.Errorf("SameUser(%q, %q) = %v", c.username, c.email, got)
		}
	}
	if n := testing.AllocsPerRun(10, func() { SameUser("jean.dupont", "Jean_Dupont@example.org") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
