package setup

import (
	"crypto/x509"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"dsotop/internal/config"
)

// way is how systems are reached from here: what was answered for one is offered for the next.
type way struct {
	ca    string // file of the authority that signs certificates here; "" when the machine's own do
	proxy string // "none", an address, or "" for what the environment says
	begun bool   // the question of the environment's proxy was asked
}

// environment asks, once the first system has an address, what concerns them all: whether the environment's proxy is to be written. The authority
// of the organisation's own is asked for by a test that fails for want of it, and by nothing else: few know what it is before they need it.
func (v Interview) environment(w *way) (err error) {
	if w.begun || v.Proxy == "" {
		return nil
	}
	w.begun = true
	preset := Skip
	if shown, whole := bare(v.Proxy); shown != "" && whole {
		preset = shown
		v.Asker.Say(v.say("HTTPS_PROXY de l'environnement est "+shown+" : l'écrire ici le garde quand la variable manque.", "HTTPS_PROXY of the environment is "+shown+": written here, it stays when the variable is missing."))
	} else {
		v.Asker.Say(v.say("HTTPS_PROXY est donnée par l'environnement, avec un identifiant : elle vaut ici, et n'est jamais écrite dans la configuration.", "HTTPS_PROXY is given by the environment, with a credential: it is used, and never written to the configuration."))
	}
	w.proxy, err = v.askProxy(v.say("Mandataire de tous les systèmes", "Proxy of every system"), preset)
	return err
}

// travel gives a source the authority and proxy of this place. An authority of its own stays, and a proxy of its own is asked for again.
func (v Interview) travel(s *config.Source, title string, w *way) error {
	if err := v.environment(w); err != nil {
		return err
	}
	switch {
	case s.TLS.CA != "" && s.TLS.CA != w.ca:
		v.Asker.Say(title + v.say(" : l'autorité de certification reste "+s.TLS.CA, ": the certificate authority stays "+s.TLS.CA))
	case strings.HasPrefix(s.URL, "https:") || s.Discover:
		s.TLS.CA = w.ca
	}
	if s.Proxy == "" {
		s.Proxy = w.proxy
		return nil
	}
	if s.Proxy == w.proxy {
		return nil
	}
	proxy, err := v.askProxy(title+v.say(" : mandataire", ": proxy"), s.Proxy)
	s.Proxy = proxy
	return err
}

// mend asks what a failure of a test wants to know: the authority after a certificate that is not trusted, the proxy after a connection that
// fails. It reports whether something changed, so that the test is worth another try.
func (v Interview) mend(o Outcome, s *config.Source, w *way) (bool, error) {
	title := Title(s.Kind)
	if s.Name != "" {
		title += " " + s.Name
	}
	switch o {
	case Untrusted:
		preset := w.ca
		if preset == "" || preset == s.TLS.CA {
			preset = Skip
		}
		v.Asker.Say(v.say("Le certificat n'est pas reconnu : une autorité propre à l'organisation l'a sans doute signé ; son fichier PEM se demande à l'équipe réseau.",
			"The certificate is not trusted: an authority of the organisation's own has probably signed it; the network team has its PEM file."))
		ca, err := v.askAuthority(title, preset)
		if err != nil || ca == "" || ca == s.TLS.CA {
			return false, err
		}
		s.TLS.CA, w.ca = ca, ca
		return true, nil
	case Unreached:
		preset := Skip
		if shown, whole := bare(v.Proxy); whole && shown != "" && s.Proxy == "" {
			preset = shown
		}
		if w.proxy != "" && w.proxy != s.Proxy {
			preset = w.proxy
		}
		before := s.Proxy
		proxy, err := v.askProxy(title+v.say(" : mandataire (« "+Skip+" » : comme maintenant, none : aucun)", ": proxy (“"+Skip+"”: as it is, none: without)"), preset)
		if err != nil || proxy == "" || proxy == before {
			return false, err
		}
		s.Proxy, w.proxy = proxy, proxy
		return true, nil
	}
	return false, nil
}

// writing asks whether deeds may be done. Read-only is what an empty answer stands for, unless the configuration said otherwise before.
func (v Interview) writing(d *Draft) error {
	v.Asker.Say(v.say("En lecture seule, dsotop n'envoie que des lectures. « write: true » ouvre le menu des actions (rejouer un provisionnement, redémarrer, synchroniser, poser un silence…) et les procédures : chacune montre l'appel exact et attend une confirmation, une touche seule ne change jamais rien, vos jetons gardent leurs limites, et le journal note tout. « dsotop --write » l'ouvre pour une fois.",
		"Read-only, dsotop sends reads alone. “write: true” opens the menu of actions (replay a provisioning, restart, synchronise, silence…) and the runbooks: each shows the exact call and waits for a confirmation, a single key never changes anything, your tokens keep their limits, and the journal notes everything. “dsotop --write” opens it for once."))
	yes, no := v.say("oui", "yes"), v.say("non", "no")
	preset := no
	if d.Write {
		preset = yes
	}
	answer, err := v.Asker.Ask(v.say("Permettre d'agir dans ce profil ? ("+yes+"/"+no+")", "Allow to act in this profile? ("+yes+"/"+no+")"), preset, func(text string) string {
		if Yes(text, v.Lang) || No(text, v.Lang) {
			return ""
		}
		return v.say("répondez "+yes+" ou "+no, "answer "+yes+" or "+no)
	})
	if err == nil {
		d.Write = Yes(answer, v.Lang)
	}
	return err
}

// Yes reports whether an answer is a yes in a language, or its first letter.
func Yes(text, lang string) bool { return is(text, map[string]string{"fr": "oui"}[lang], "yes") }

// No reports whether an answer is a no in a language, or its first letter.
func No(text, lang string) bool { return is(text, map[string]string{"fr": "non"}[lang], "no") }

func is(text, own, english string) bool {
	if own == "" {
		own = english
	}
	text = strings.ToLower(text)
	return text == own || text == own[:1]
}

// askAuthority asks for the file of an authority; "" when there is none.
func (v Interview) askAuthority(title, preset string) (string, error) {
	ca, err := v.Asker.Ask(title+v.say(" : autorité de certification (fichier PEM)", ": certificate authority (PEM file)"), preset, v.badAuthority)
	if err != nil || ca == Skip {
		return "", err
	}
	return Path(ca), nil
}

// askProxy asks for a proxy; "" leaves it to the environment.
func (v Interview) askProxy(question, preset string) (string, error) {
	proxy, err := v.Asker.Ask(question+" (http://…, socks5://…)", preset, v.badProxy)
	if err != nil || proxy == Skip {
		return "", err
	}
	return strings.TrimSuffix(proxy, "/"), nil
}

// badAuthority reads the file: one that holds no certificate would only be found out at the next start.
func (v Interview) badAuthority(text string) string {
	if text == Skip {
		return ""
	}
	data, err := os.ReadFile(Path(text))
	if err != nil {
		return v.say("ce fichier ne se lit pas : ", "this file cannot be read: ") + err.Error()
	}
	if !x509.NewCertPool().AppendCertsFromPEM(data) {
		return v.say("ce fichier ne contient aucun certificat PEM (-----BEGIN CERTIFICATE-----)", "this file holds no PEM certificate (-----BEGIN CERTIFICATE-----)")
	}
	return ""
}

func (v Interview) badProxy(text string) string {
	if text == Skip || text == "none" {
		return ""
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || !slices.Contains([]string{"http", "https", "socks5"}, u.Scheme):
		return v.say("un mandataire est attendu : http://hôte:port, socks5://hôte:port ou none", "a proxy is expected: http://host:port, socks5://host:port or none")
	case u.User != nil:
		return v.say("l'adresse contient un identifiant : laissez celle-ci dans HTTPS_PROXY, et répondez « "+Skip+" »", "the address carries a credential: leave this one in HTTPS_PROXY, and answer “"+Skip+"”")
	}
	return ""
}

// bare is a proxy's address without a credential; whole is false when it had one. "" for what is no address.
func bare(text string) (shown string, whole bool) {
	if text != "" && !strings.Contains(text, "://") {
		text = "http://" + text // as the environment may have it
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return "", false
	}
	whole = u.User == nil
	u.User = nil
	return strings.TrimSuffix(u.String(), "/"), whole
}

// Path writes a path out: "~/" is the person's folder, and a relative path, said here and now, begins in the present one, where one in a configuration
// begins in the configuration's folder.
func Path(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if dir, err := os.UserHomeDir(); err == nil {
			return filepath.Join(dir, rest)
		}
	}
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
}
