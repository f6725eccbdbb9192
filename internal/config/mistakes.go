package config

import (
	"fmt"
	"strings"
)

// Mistake is one thing wrong with a configuration. It holds no secret.
type Mistake struct {
	File string
	Line int // 0 when the mistake has no line: a missing file, a flag
	// Column counts from 1; 0 when it is not known.
	Column int
	Path   string // "profiles.prod.loki.url"; "" when it concerns the whole file
	code   code
	args   []any
	own    *sentence // said elsewhere, whole; nil: code and args
	// meant is what a key that does not exist probably was to be.
	meant string
}

// Text is the sentence in "fr" or "en": what is wrong, and what to do.
func (m Mistake) Text(lang string) string {
	words, args := sentences()[m.code], m.args
	if m.own != nil {
		words, args = sentence{"%s", "%s"}, []any{m.own.en}
		if lang == "fr" {
			args = []any{m.own.fr}
		}
	}
	text := words.en
	if lang == "fr" {
		text = words.fr
	}
	out := fmt.Sprintf(text, args...)
	switch {
	case m.Path == "":
		return out
	case lang == "fr":
		return m.Path + " : " + out
	}
	return m.Path + ": " + out
}

// Where is "file:line:column", "file:line", "file" or "".
func (m Mistake) Where() string {
	switch {
	case m.Line > 0 && m.Column > 0:
		return fmt.Sprintf("%s:%d:%d", m.File, m.Line, m.Column)
	case m.Line > 0:
		return fmt.Sprintf("%s:%d", m.File, m.Line)
	}
	return m.File
}

// Mistakes are all that is wrong, in file order. A nil or empty list is not an error: use Err.
type Mistakes []Mistake

// Err returns the list as an error, or nil when it is empty.
func (m Mistakes) Err() error {
	if len(m) == 0 {
		return nil
	}
	return m
}

// Error joins the sentences in English, one a line.
func (m Mistakes) Error() string { return m.Text("en") }

// Text joins the sentences in a language, one a line, each after its place.
func (m Mistakes) Text(lang string) string {
	lines := make([]string, len(m))
	for i, one := range m {
		lines[i] = one.Text(lang)
		if w := one.Where(); w != "" {
			lines[i] = w + ": " + lines[i]
		}
	}
	return strings.Join(lines, "\n")
}

type code int

const (
	noFile code = iota
	unreadable
	notMapping
	noProfiles
	unknownProfile
	unknownKind
	literalSecret
	noURL
	badURL
	urlSecret
	proxySecret
	badChoice
	noName
	twiceName
	missingFile
	badCertificate
	halfCertificate
	noUser
	noSecret
	emptyProfile
	tenantID
	badProxy
	noKubernetes
	discoverNeedsConsole
	secretMissing
	notList
	badZone
	badHours
	noDo
	noFolder
	notFolder
)

type sentence struct{ fr, en string }

func sentences() map[code]sentence {
	return map[code]sentence{
		noFile:               {"le fichier n'existe pas ; donnez-en un autre par --config, ou lancez « dsotop demo » pour voir le programme sans configuration", "the file does not exist; give another with --config, or run “dsotop demo” to see the program without any"},
		unreadable:           {"lecture impossible (%s) ; vérifiez les droits du fichier", "cannot be read (%s); check the file's permissions"},
		notMapping:           {"des clés sont attendues ici (clé: valeur)", "keys are expected here (key: value)"},
		noProfiles:           {"aucun profil ; ajoutez « profiles: » avec au moins un profil", "no profile; add “profiles:” with at least one"},
		unknownProfile:       {"profil inconnu « %s » ; profils du fichier : %s", "unknown profile %q; profiles of the file: %s"},
		unknownKind:          {"système inconnu « %s » ; systèmes possibles : %s", "unknown system %q; possible systems: %s"},
		literalSecret:        {"un secret ne s'écrit pas ici ; donnez une référence : env:NOM, file:CHEMIN ou exec:COMMANDE", "a secret is not written here; give a reference: env:NAME, file:PATH or exec:COMMAND"},
		noURL:                {"l'adresse manque ; ajoutez « url: https://… »", "the address is missing; add “url: https://…”"},
		badURL:               {"adresse incorrecte ; attendu : https://hôte[:port][/chemin]", "not an address; expected: https://host[:port][/path]"},
		proxySecret:          {"l'adresse du mandataire contient un identifiant ; retirez « proxy: » et donnez-la par la variable HTTPS_PROXY, qui peut en porter un", "the address of the proxy carries a credential; remove “proxy:” and give it by the variable HTTPS_PROXY, which may carry one"},
		urlSecret:            {"l'adresse contient un identifiant ; retirez-le et donnez « user: » et « password: » par référence", "the address carries a credential; remove it and give “user:” and “password:” by reference"},
		badChoice:            {"valeur inconnue « %s » ; valeurs possibles : %s", "unknown value “%s”; possible values: %s"},
		noName:               {"plusieurs instances : chacune a besoin d'un « name: »", "several instances: each needs a “name:”"},
		twiceName:            {"le nom « %s » sert deux fois", "the name %q is used twice"},
		missingFile:          {"fichier illisible : %s (%s)", "unreadable file: %s (%s)"},
		badCertificate:       {"%s ne contient pas de certificat PEM", "%s holds no PEM certificate"},
		halfCertificate:      {"« cert » et « key » vont ensemble", "“cert” and “key” go together"},
		noUser:               {"l'authentification basic demande « user: »", "basic authentication needs “user:”"},
		noSecret:             {"l'authentification %s demande un secret : ajoutez « %s: env:NOM »", "%s authentication needs a secret: add “%s: env:NAME”"},
		emptyProfile:         {"aucun système dans ce profil ; ajoutez par exemple « console: »", "no system in this profile; add for example “console:”"},
		tenantID:             {"le locataire demande « id: » (un nom, ou auto)", "the tenant needs “id:” (a name, or auto)"},
		badProxy:             {"mandataire incorrect ; attendu http://hôte:port ou none", "not a proxy; expected http://host:port or none"},
		noKubernetes:         {"ajoutez « kubeconfig: CHEMIN » ou « url: »", "add “kubeconfig: PATH” or “url:”"},
		discoverNeedsConsole: {"« discover » demande une console dans le même profil", "“discover” needs a console in the same profile"},
		notList:              {"une liste est attendue (une ligne par élément, qui commence par « - »)", "a list is expected (one item a line, beginning with “- ”)"},
		badZone:              {"fuseau horaire inconnu « %s » ; attendu par exemple Europe/Paris", "unknown time zone %q; expected for example Europe/Paris"},
		badHours:             {"heures incorrectes ; attendu par exemple 09:00-17:30", "not hours; expected for example 09:00-17:30"},
		noDo:                 {"la règle ne dit pas quoi faire ; ajoutez « do: allow », « do: deny » ou « do: four_eyes »", "the rule does not say what to do; add “do: allow”, “do: deny” or “do: four_eyes”"},
		noFolder:             {"le dossier manque ; ajoutez « folder: CHEMIN »", "the folder is missing; add “folder: PATH”"},
		notFolder:            {"%s n'est pas un dossier", "%s is not a folder"},
		secretMissing:        {"secret introuvable : %s", "secret not found: %s"},
	}
}
