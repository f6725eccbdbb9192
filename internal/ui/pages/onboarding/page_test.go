package onboarding_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dsotop/internal/onboarding"
	"dsotop/internal/platform"
	"dsotop/internal/ui"
	"dsotop/internal/ui/uitest"
	"dsotop/internal/ui/words"
)

// backend is the fixture with a folder of ledgers.
type backend struct {
	*uitest.Backend
	folder *onboarding.Folder
	boards *onboarding.Boards
}

func (b *backend) Ledgers() *onboarding.Folder { return b.folder }
func (b *backend) Boards() *onboarding.Boards  { return b.boards }

const testform = `# Fiche de testform
version: 1
project: testform
track: pax
items:
  request:
    state: ok
    by: "service.team"
    at: 2026-11-16
    comment: "dossier 1234567"
  prequalification:
    state: ok
    by: "service.team"
    at: 2026-11-17
  accounts.mattermost:
    state: waiting
    by: "service.team"
    at: 2026-11-18
    owner: admins
    comment: "demande envoyée"
prerequisites:
  case: 1
  data_volume: 2
  external: [SMTP, S3]
  architecture: https://documents.test/dat
compatibility:
  linux: "yes"
  read_only_root: "no"
skills:
  helm: "no"
`

// open starts a session on the wall. files are the ledgers; nil is a profile without a folder.
func open(t *testing.T, lang string, w, h int, files map[string]string) (*uitest.Session, *backend, string) {
	t.Helper()
	dir := ""
	if files != nil {
		dir = t.TempDir()
		for slug, text := range files {
			if err := os.WriteFile(filepath.Join(dir, slug+".yaml"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	b := &backend{uitest.NewBackend(7), onboarding.Open(dir), onboarding.NewBoards()}
	b.folder.Look()
	s := uitest.Open(t, b, lang, w, h)
	s.Press(":")
	s.Type("embarquement"[:6])
	if lang == "en" {
		s.Press("esc", ":")
		s.Type("onboarding")
	}
	s.Press("enter")
	return s, b, dir
}

// board opens the board of a project from the wall.
func board(s *uitest.Session, slug string) {
	s.Press("/")
	s.Type(slug)
	s.Press("enter", "enter")
}

func ledgers() map[string]string { return map[string]string{"testform": testform} }

func TestGoldenScreens(t *testing.T) {
	for _, c := range []struct {
		name, lang, slug string
		w, h             int
		keys             []string
	}{
		{"wall-fr-80x24", "fr", "", 80, 24, nil},
		{"wall-fr-120x40", "fr", "", 120, 40, nil},
		{"wall-en-200x60", "en", "", 200, 60, nil},
		{"owners-fr-80x24", "fr", "", 80, 24, []string{"K"}},
		{"board-fr-80x24", "fr", "testform", 80, 24, []string{"j", "j", "j"}},
		{"board-fr-120x40", "fr", "testform", 120, 40, []string{"j", "j"}},
		{"board-en-200x60", "en", "testform", 200, 60, []string{"j", "j", "j"}},
		{"form-fr-120x40", "fr", "testform", 120, 40, []string{"tab", "j", "j"}},
		{"checklists-en-120x40", "en", "testform", 120, 40, []string{"tab", "tab", "j", "j"}},
		{"actions-fr-80x24", "fr", "testform", 80, 24, []string{"j", "j", "j", "a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _, _ := open(t, c.lang, c.w, c.h, ledgers())
			if c.slug != "" {
				board(s, c.slug)
			}
			s.Press(c.keys...)
			s.Exact(c.w, c.h)
			uitest.Golden(t, c.name, s.Screen())
		})
	}
}

// A note is asked for in a menu, confirmed in one that begins on Cancel, written to the file, and seen at once.
func TestNoteIsWritten(t *testing.T) {
	s, b, dir := open(t, "fr", 120, 40, ledgers())
	board(s, "testform")
	path := filepath.Join(dir, "testform.yaml")
	same := func() {
		t.Helper()
		if raw, _ := os.ReadFile(path); string(raw) != testform {
			t.Fatalf("written too early:\n%s", raw)
		}
	}
	s.Press("G", "k", "k", "k", "k") // 14, secrets
	s.Press("a", "enter")
	s.Shows("secrets fournis", "Fait", "En attente de quelqu'un")
	s.Press("enter") // done
	s.Type("Vault relu")
	s.Press("enter")
	s.Shows("secrets fournis : fait", "Annuler", "Écrire", "testform.yaml")
	s.Press("enter") // Cancel is where it begins
	same()
	s.Press("a", "enter", "enter")
	s.Type("Vault relu")
	s.Press("enter", "j", "j", "enter") // another name
	s.Shows("nom :")
	for range 60 {
		s.Press("backspace")
	}
	s.Press("enter")
	s.Shows("un nom est attendu")
	s.Type("devops.testform")
	s.Press("enter", "j", "j", "j", "enter") // the date
	for range 10 {
		s.Press("backspace")
	}
	s.Type("demain")
	s.Press("enter")
	s.Shows("une date est attendue")
	for range 6 {
		s.Press("backspace")
	}
	s.Type("20/11/2026")
	s.Press("enter")
	same()
	s.Press("j", "enter")
	s.Shows("noté dans", "devops.testform", "Vault relu")
	if got := b.folder.Snapshot().Ledger("testform").Items["secrets"]; got.By != "devops.testform" || got.At.Format("2006-01-02") != "2026-11-20" || got.State != platform.StepOK || got.Comment != "Vault relu" {
		t.Errorf("%+v", got)
	}
	if raw, _ := os.ReadFile(path); !strings.HasPrefix(string(raw), "# Fiche de testform\n") || !strings.Contains(string(raw), "comment: \"demande envoyée\"") {
		t.Errorf("what was there is gone:\n%s", raw)
	}
	s.Press("a", "enter", "G", "enter") // the note is taken away
	s.Shows("effacer la note")
	s.Press("j", "enter")
	if _, there := b.folder.Snapshot().Ledger("testform").Items["secrets"]; there {
		t.Error("the note stays")
	}
}

// Somebody else's note meanwhile is not written over: the refusal says what it is.
func TestConflictIsExplained(t *testing.T) {
	s, _, dir := open(t, "fr", 120, 40, ledgers())
	board(s, "testform")
	s.Press("a", "enter", "enter") // request: done
	path := filepath.Join(dir, "testform.yaml")
	theirs := strings.Replace(testform, "    state: ok\n    by: \"service.team\"\n    at: 2026-11-16", "    state: ko\n    by: \"autre\"\n    at: 2026-11-20", 1)
	if err := os.WriteFile(path, []byte(theirs), 0o600); err != nil {
		t.Fatal(err)
	}
	s.Type("x")
	s.Press("enter", "j", "enter")
	s.Shows("« demande déposée » a changé entre-temps", "noté par autre le 2026-11-20")
	if raw, _ := os.ReadFile(path); string(raw) != theirs {
		t.Errorf("written over:\n%s", raw)
	}
}

// What the systems tell cannot be ticked; that it does not apply can be said, with a reason.
func TestSystemsTell(t *testing.T) {
	s, b, _ := open(t, "fr", 120, 40, ledgers())
	board(s, "testform")
	for range 10 {
		s.Press("j")
	}
	s.Press("a", "enter")
	s.Shows("qualité  (lu)", "Sans objet")
	s.Hides("En échec")
	s.Press("j", "enter", "enter")
	s.Shows("dites pourquoi")
	s.Type("pas de code")
	s.Press("enter", "j", "enter")
	if o := b.boards; o == nil || b.folder.Snapshot().Ledger("testform").Items["quality"].State != platform.StepNA {
		t.Error("not written")
	}
	s.Shows("pas de code", "sans objet")
}

func TestForm(t *testing.T) {
	s, b, _ := open(t, "en", 120, 40, ledgers())
	board(s, "testform")
	s.Press("j", "j", "enter") // qualification leads to its form
	s.Shows("volume of data (GiB)", "SMTP, S3", "not said")
	s.Press("enter", "enter")
	s.Shows("eligibility case")
	s.Press("backspace")
	s.Type("7")
	s.Press("enter")
	s.Shows("a number from 1 to 4 is expected")
	s.Press("backspace")
	s.Type("2")
	s.Press("enter", "j", "enter")
	if v := b.folder.Snapshot().Ledger("testform").Fields["case"]; v.Number != 2 {
		t.Errorf("%+v", v)
	}
	s.Press("esc") // back to the steps
	s.Shows("prequalification")
	s.Press("K", "G", "enter") // everything
	s.Press("G")
	s.Press("enter", "enter", "j", "enter", "j", "enter") // the last skill: no
	if a := b.folder.Snapshot().Ledger("testform").Skills["argo_cd"]; a != "no" {
		t.Errorf("%q", a)
	}
}

// Without a folder, and with a file that cannot be used, the page says why nothing can be noted, and what to do.
func TestNothingCanBeNoted(t *testing.T) {
	s, _, _ := open(t, "fr", 120, 40, nil)
	s.Shows("aucun dossier d'embarquement dans ce profil")
	board(s, "testform")
	s.Shows("inconnu", "aucun dossier d'embarquement n'est configuré")
	s.Press("a", "enter")
	s.Shows("onboarding: {folder: CHEMIN}")
	files := map[string]string{"testform": "version: 1\n<<<<<<< HEAD\ntrack: pax\n=======\ntrack: cloudpi\n>>>>>>> x\n"}
	s, b, dir := open(t, "fr", 120, 40, files)
	board(s, "testform")
	s.Shows("fiche illisible", "conflit git non résolu, lignes 2 à 6")
	s.Press("a", "enter")
	s.Shows("conflit git non résolu")
	if err := os.WriteFile(filepath.Join(dir, "testform.yaml"), []byte(testform), 0o600); err != nil {
		t.Fatal(err)
	}
	b.folder.Look() // as the engine does
	s.Send(ui.Wake())
	s.Hides("fiche illisible")
	s.Shows("PAX")
}

func TestFilterByOwner(t *testing.T) {
	files := ledgers()
	files["portail"] = "version: 1\nitems:\n  enrolment: {state: na, by: a, at: 2026-11-01}\n"
	s, _, _ := open(t, "fr", 120, 40, files)
	s.Press("K")
	s.Shows("À qui le prochain geste", "équipe projet", "hébergeur (BACI)")
	s.Press("j", "j", "j", "enter") // admins
	s.Shows("administrateurs ×", "testform", "vigibat")
	s.Hides("portail")
	s.Press("K", "G", "enter")
	s.Shows("Aucun projet n'attend après eux")
	s.Press("esc")
	s.Shows("portail")
}

func TestPapers(t *testing.T) {
	s, _, _ := open(t, "fr", 120, 40, ledgers())
	dir := t.TempDir()
	file := func(name string) string {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	export := func(line int, name string) {
		t.Helper()
		s.Press("a")
		for range line {
			s.Press("j")
		}
		s.Press("enter", "x", "enter")
		s.Shows("chemin d'un fichier qui n'existe pas encore (.")
		s.Press("backspace")
		s.Type(filepath.Join(dir, name))
		s.Press("enter")
	}
	export(0, "wall.md")
	s.Shows("écrit dans")
	export(1, "wall.csv")
	if text := file("wall.md"); !strings.Contains(text, "| testform |") || !strings.Contains(text, "# Embarquement") {
		t.Error(text)
	}
	if text := file("wall.csv"); strings.Count(text, "\n") != 1+7*18 || !strings.Contains(text, "testform;1;request;demande;ok;") {
		t.Error(text)
	}
	export(0, "wall.md")
	s.Shows("ce fichier existe")
	s.Press("c")
	s.Shows("dsotop onboarding")
	s.Press("esc")
	board(s, "testform")
	export(4, "ticket.md")
	if text := file("ticket.md"); !strings.Contains(text, "### Contexte dsotop pour le ticket") || !strings.Contains(text, "- Espace de noms") {
		t.Error(text)
	}
}

// The tab of the project, the column of the fleet.
func TestElsewhere(t *testing.T) {
	s, _, _ := open(t, "fr", 200, 60, ledgers())
	s.Press("1")
	s.Shows("EMB.", "/18")
	s.Press("/")
	s.Type("testform")
	s.Press("enter", "enter")
	s.Shows("Embarquement")
	s.Press("tab", "tab")
	s.Shows("préqualification", "prochain geste")
	s.Press("a", "enter", "enter")
	s.Type("vu")
	s.Press("enter", "j", "enter")
	s.Shows("noté dans")
	s.Press("K", "j", "enter")
	s.Shows("volume de données")
}

// Each code of evidence, item and field has its words.
func TestWords(t *testing.T) {
	for _, w := range words.All() {
		ow := w.Onboarding
		for _, id := range platform.StepIDs() {
			if ow.Step[id] == "" {
				t.Errorf("%s: step %s", w.Tag, id)
			}
		}
		for _, id := range platform.ManualItems() {
			if ow.Check[id] == "" {
				t.Errorf("%s: item %s", w.Tag, id)
			}
		}
		for _, f := range platform.OnboardingFields() {
			if ow.Field[f.ID] == "" || ow.Kind[string(f.Kind)] == "" {
				t.Errorf("%s: field %s", w.Tag, f.ID)
			}
		}
		for _, id := range platform.CompatibilityItems() {
			if ow.Compatibility[id] == "" {
				t.Errorf("%s: %s", w.Tag, id)
			}
		}
		for _, id := range platform.SkillItems() {
			if ow.Skill[id] == "" {
				t.Errorf("%s: %s", w.Tag, id)
			}
		}
		for _, s := range platform.StepStates() {
			if ow.State[string(s)] == "" || (s != platform.StepUnknown && ow.Why["ticked_"+string(s)] == "") {
				t.Errorf("%s: state %s", w.Tag, s)
			}
		}
		for _, o := range platform.StepOwners() {
			if ow.Owner[string(o)] == "" || ow.OwnerShort[string(o)] == "" {
				t.Errorf("%s: owner %s", w.Tag, o)
			}
		}
	}
}
