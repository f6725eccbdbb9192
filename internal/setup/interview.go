package setup

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"dsotop/internal/config"
	"dsotop/internal/secret"
)

// Asker speaks with a person.
type Asker interface {
	// Ask shows a question and returns the answer; preset stands for an empty one. why tells what is wrong with an answer, which is then asked
	// again; nil takes every answer. An error ends the interview: the person left, or the input ended.
	Ask(question, preset string, why func(string) string) (string, error)
	// Say shows a line.
	Say(text string)
}

// Interview is what the making of a configuration needs.
type Interview struct {
	Asker Asker
	Lang  string // "fr" or "en"
	// Probe tests one source against its system, shows what it found, and reports how it went.
	Probe func(ctx context.Context, s config.Source) Outcome
	// Outline asks a console what it knows.
	Outline func(ctx context.Context, console config.Source) (Outline, error)
	// Kubeconfig is the file whose Contexts can be used.
	Kubeconfig string
	Contexts   []string
	// Proxy is what the environment says of a proxy (HTTPS_PROXY); "" when it says nothing.
	Proxy string
	// Authority is the file of the organisation's own certificate authority, where it is known beforehand; "" leaves it to a test that fails for want of it.
	Authority string
}

// Outcome is how the test of an answer went.
type Outcome int

// What a test may say: the system can be used; its certificate is signed by an authority this machine does not trust; nothing answers, or not what
// was expected; the system answered and the credential, a right or something else does not do.
const (
	Fine Outcome = iota
	Untrusted
	Unreached
	Refused
)

func (v Interview) say(fr, en string) string {
	if v.Lang == "fr" {
		return fr
	}
	return en
}

// Skip is the answer that leaves a system out.
const Skip = "-"

// Run asks for every system in turn, beginning from what the draft has, and tests each answer before the next question. A system that cannot be
// reached can be tried again, changed, kept as it is or left out.
func (v Interview) Run(ctx context.Context, d *Draft) error {
	a := v.Asker
	a.Say(v.say("Chaque système est facultatif : « "+Skip+" » le laisse de côté. La console vient d'abord : les zones, les clusters et d'autres adresses s'en déduisent. Un secret ne se tape jamais ici : on dit où il est (env:NOM, file:CHEMIN, exec:COMMANDE).",
		"Every system is optional: “"+Skip+"” leaves it out. The console comes first: zones, clusters and other addresses follow from it. A secret is never typed here: one tells where it is (env:NAME, file:PATH, exec:COMMAND)."))
	w := &way{ca: v.Authority}
	console := d.Of("console", "")
	made, ok, err := v.one(ctx, config.Source{Kind: "console"}, console, w)
	if err != nil {
		return err
	}
	derived := map[string]config.Source{}
	if !ok {
		d.drop("console", "")
	} else {
		d.Put(made)
		if err := v.outline(ctx, d, made, derived); err != nil {
			return err
		}
	}
	for _, kind := range []string{"gitlab", "sonarqube", "harbor", "argocd"} {
		if err := v.systems(ctx, d, kind, derived, w); err != nil {
			return err
		}
	}
	if err := v.clusters(ctx, d, derived); err != nil {
		return err
	}
	for _, kind := range []string{"loki", "prometheus", "alertmanager"} {
		if err := v.systems(ctx, d, kind, derived, w); err != nil {
			return err
		}
	}
	return v.writing(d)
}

func (d *Draft) drop(kind, name string) {
	d.Sources = slices.DeleteFunc(d.Sources, func(s config.Source) bool { return s.Kind == kind && s.Name == name })
}

// outline takes what the console knows.
func (v Interview) outline(ctx context.Context, d *Draft, console config.Source, into map[string]config.Source) error {
	o, err := v.Outline(ctx, console)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		v.Asker.Say(v.say("La console ne dit pas ce qu'elle connaît : ", "The console does not tell what it knows: ") + err.Error())
		return nil //nolint:nilerr // told; the rest is asked as without a console
	}
	var zones, clusters []string
	for _, z := range o.Zones {
		zones = append(zones, z.Slug)
	}
	for _, c := range o.Clusters {
		clusters = append(clusters, c.Label)
	}
	v.Asker.Say(v.say(fmt.Sprintf("La console connaît : zones %s ; clusters %s.", listed(zones), listed(clusters)), fmt.Sprintf("The console knows: zones %s; clusters %s.", listed(zones), listed(clusters))))
	found, missing := Derived(o, v.Kubeconfig, v.Contexts)
	d.Missing, d.Grafana = missing, o.Links["grafana"]
	for _, s := range found {
		into[s.Instance()] = s
	}
	return nil
}

func listed(names []string) string {
	if len(names) == 0 {
		return "–"
	}
	return strings.Join(names, ", ")
}

// system asks for one system that is there once.
func (v Interview) system(ctx context.Context, d *Draft, kind, name string, derived map[string]config.Source, w *way) error {
	like := config.Source{Kind: kind, Name: name}
	if s, ok := derived[like.Instance()]; ok {
		like = s
	}
	made, ok, err := v.one(ctx, like, d.Of(kind, name), w)
	if err != nil {
		return err
	}
	if ok {
		d.Put(made)
	} else {
		d.drop(kind, name)
	}
	return nil
}

// systems asks for each instance of a kind that a console or the draft names, or for one without a name.
func (v Interview) systems(ctx context.Context, d *Draft, kind string, derived map[string]config.Source, w *way) error {
	var names []string
	for _, s := range derived {
		if s.Kind == kind {
			names = append(names, s.Name)
		}
	}
	for _, s := range d.Sources {
		if s.Kind == kind && s.Discover { // one that stands for every zone
			names = []string{s.Name}
			break
		}
		if s.Kind == kind && !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	if len(names) == 0 {
		names = []string{""}
	}
	for _, name := range names {
		if err := v.system(ctx, d, kind, name, derived, w); err != nil {
			return err
		}
	}
	return nil
}

// clusters asks which contexts of the kubeconfig to use: those that the console's clusters have the name of, or all there are.
func (v Interview) clusters(ctx context.Context, d *Draft, derived map[string]config.Source) error {
	if len(v.Contexts) == 0 {
		return nil
	}
	var preset []string
	for _, name := range v.Contexts {
		if _, ok := derived["kubernetes/"+name]; ok || slices.ContainsFunc(d.Sources, func(s config.Source) bool { return s.Kind == "kubernetes" && s.Context == name }) {
			preset = append(preset, name)
		}
	}
	// Clusters reached by an address, or through another file, are not asked for and stay.
	ours := func(s config.Source) bool { return s.Kind == "kubernetes" && slices.Contains(v.Contexts, s.Context) }
	text := strings.Join(preset, " ")
	if text == "" {
		text = Skip
	}
	for {
		answer, err := v.Asker.Ask(v.say(fmt.Sprintf("Kubernetes : contextes de %s à utiliser (il y a : %s)", v.Kubeconfig, strings.Join(v.Contexts, " ")), fmt.Sprintf("Kubernetes: contexts of %s to use (there are: %s)", v.Kubeconfig, strings.Join(v.Contexts, " "))), text, func(answer string) string {
			for _, name := range strings.Fields(answer) {
				if name != Skip && !slices.Contains(v.Contexts, name) {
					return v.say("aucun contexte ne s'appelle « "+name+" »", "no context is called “"+name+"”")
				}
			}
			return ""
		})
		if err != nil {
			return err
		}
		known := map[string]config.Source{}
		for _, s := range d.Sources {
			if s.Kind == "kubernetes" {
				known[s.Context] = s
			}
		}
		d.Sources = slices.DeleteFunc(d.Sources, ours)
		fine := true
		for _, name := range strings.Fields(answer) {
			if name == Skip {
				continue
			}
			s, ok := known[name]
			if !ok {
				s = config.Source{Kind: "kubernetes", Name: name, Kubeconfig: v.Kubeconfig, Context: name}
			}
			d.Put(s)
			fine = v.Probe(ctx, s) == Fine && fine
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if fine {
			return nil
		}
		again, err := v.afterFailure()
		if err != nil {
			return err
		}
		switch again {
		case keep:
			return nil
		case leave:
			d.Sources = slices.DeleteFunc(d.Sources, ours)
			return nil
		}
		text = answer
	}
}

// one asks for a system until it can be used, is kept as it is, or is left out (ok is false). old is what was given beforehand.
func (v Interview) one(ctx context.Context, like config.Source, old *config.Source, w *way) (made config.Source, ok bool, err error) {
	made = like
	if old != nil {
		made = *old
	}
	again := change
	asked := map[Outcome]bool{}
	for {
		if again == change {
			if ok, err = v.questions(&made, w); err != nil || !ok {
				return made, false, err
			}
			clear(asked)
		}
		outcome := v.Probe(ctx, config.Complete(made))
		if outcome == Fine {
			return made, true, nil
		}
		if ctx.Err() != nil {
			return made, false, ctx.Err()
		}
		if !asked[outcome] { // the question that such a failure leads to, once
			asked[outcome] = true
			mended, err := v.mend(outcome, &made, w)
			if err != nil {
				return made, false, err
			}
			if mended {
				again = retry
				continue
			}
		}
		if again, err = v.afterFailure(); err != nil {
			return made, false, err
		}
		switch again {
		case keep:
			return made, true, nil
		case leave:
			return made, false, nil
		}
	}
}

// What may follow a test that failed.
const (
	retry  = "r"
	change = "m"
	keep   = "g"
	leave  = "s"
)

// afterFailure asks what to do. The letters are those of the language; the answer is one of the constants.
func (v Interview) afterFailure() (string, error) {
	letters := v.say("rmgs", "rckl") // retry, change, keep, leave
	answer, err := v.Asker.Ask(v.say("(r)éessayer, (m)odifier, (g)arder tel quel, (s)ans ce système", "(r)etry, (c)hange, (k)eep as it is, (l)eave it out"), letters[1:2], func(text string) string {
		if len(text) == 1 && strings.Contains(letters, text) {
			return ""
		}
		return v.say("répondez par une de ces lettres : ", "answer by one of these letters: ") + letters
	})
	if err != nil {
		return "", err
	}
	return []string{retry, change, keep, leave}[strings.Index(letters, answer)], nil
}

// questions asks for address and credential; ok is false when the system is left out.
func (v Interview) questions(s *config.Source, w *way) (ok bool, err error) {
	a, title := v.Asker, Title(s.Kind)
	if s.Name != "" {
		title += " " + s.Name
	}
	preset := s.URL
	if preset == "" {
		preset = Skip
	}
	if s.Discover {
		a.Say(title + v.say(" : les adresses sont celles que dit la console (discover: true)", ": the addresses are those that the console tells (discover: true)"))
	} else {
		address, err := a.Ask(title+v.say(" : adresse", ": address"), preset, v.badAddress)
		if err != nil || address == Skip {
			return false, err
		}
		s.URL = strings.TrimSuffix(address, "/")
	}
	if err := v.travel(s, title, w); err != nil {
		return false, err
	}
	if s.Kind == "harbor" || s.Kind == "alertmanager" {
		preset = s.Auth.User
		if preset == "" {
			preset = Skip
		}
		user, err := a.Ask(title+v.say(" : nom d'utilisateur", ": user name"), preset, nil)
		if err != nil {
			return false, err
		}
		if s.Auth.User = user; user == Skip {
			s.Auth.User = ""
		}
	}
	if s.Kind == "harbor" && s.Auth.User == "" {
		s.Auth = config.Auth{} // anonymous: a password alone is none
	} else if err := v.secret(s, title); err != nil {
		return false, err
	}
	switch s.Kind {
	case "gitlab":
		preset = s.Root
		if preset == "" {
			preset = "forge/projects"
		}
		root, err := a.Ask(title+v.say(" : groupe qui contient ceux des projets", ": group that holds the projects' groups"), preset, nil)
		if err != nil {
			return false, err
		}
		s.Root = strings.Trim(root, "/")
	case "loki", "prometheus", "alertmanager":
		preset = s.Tenant.In
		if preset == "" {
			preset = "path"
		}
		if s.Kind == "alertmanager" && s.Tenant.In == "" {
			preset = "none"
		}
		in, err := a.Ask(title+v.say(" : locataire dans le chemin (path), dans un en-tête (header), ou sans (none)", ": tenant in the path (path), in a header (header), or without (none)"), preset, func(text string) string {
			if text == "path" || text == "header" || text == "none" {
				return ""
			}
			return v.say("répondez path, header ou none", "answer path, header or none")
		})
		if err != nil {
			return false, err
		}
		if s.Tenant = (config.Tenant{}); in != "none" {
			s.Tenant = config.Tenant{In: in, ID: "auto"}
		}
	}
	return true, nil
}

// secret asks where the secret is.
func (v Interview) secret(s *config.Source, title string) error {
	preset := s.Auth.Secret.String()
	if preset == "" {
		preset = Reference(s.Kind, s.Name).String()
	}
	ref, err := v.Asker.Ask(title+v.say(" : où est le secret ? ("+Credential(s.Kind, v.Lang)+" ; « "+Skip+" » : aucun)", ": where is the secret? ("+Credential(s.Kind, v.Lang)+"; “"+Skip+"”: none)"), preset, v.badReference)
	if err != nil {
		return err
	}
	if s.Auth.Secret = (secret.Ref{}); ref != Skip {
		s.Auth.Secret, _ = secret.ParseRef(ref) // judged by badReference
	}
	return nil
}

func (v Interview) badAddress(text string) string {
	if text == Skip {
		return ""
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
		return v.say("une adresse est attendue : https://hôte[:port][/chemin]", "an address is expected: https://host[:port][/path]")
	case u.User != nil:
		return v.say("l'adresse contient un identifiant : retirez-le, le secret est demandé ensuite", "the address carries a credential: take it out, the secret is asked for next")
	}
	return ""
}

// badReference never repeats the answer: it may be the secret itself.
func (v Interview) badReference(text string) string {
	if text == Skip {
		return ""
	}
	if _, err := secret.ParseRef(text); err != nil || text == "" {
		return v.say("ce n'est pas une référence : écrivez env:NOM, file:CHEMIN ou exec:COMMANDE. Si c'était le secret lui-même, effacez-le de l'historique du terminal.",
			"this is no reference: write env:NAME, file:PATH or exec:COMMAND. If it was the secret itself, clear it from the terminal's history.")
	}
	return ""
}

// Title is the name of a system as people write it.
func Title(kind string) string {
	return map[string]string{"console": "Console", "gitlab": "GitLab", "sonarqube": "SonarQube", "harbor": "Harbor", "argocd": "Argo CD", "kubernetes": "Kubernetes",
		"alertmanager": "Alertmanager", "loki": "Loki", "prometheus": "Prometheus"}[kind]
}

// Credential says which secret a system wants.
func Credential(kind, lang string) string {
	said := map[string][2]string{
		"console": {"jeton personnel, page « Mon profil »", "personal access token, page “My profile”"}, "gitlab": {"jeton personnel avec read_api", "personal access token with read_api"},
		"sonarqube": {"jeton d'utilisateur", "user token"}, "harbor": {"mot de passe, ou secret CLI du profil", "password, or the profile's CLI secret"}, "argocd": {"jeton de compte", "account token"},
		"loki": {"jeton OIDC", "OIDC token"}, "prometheus": {"jeton OIDC", "OIDC token"}, "alertmanager": {"jeton ou mot de passe", "token or password"},
	}[kind]
	if lang == "fr" {
		return said[0]
	}
	return said[1]
}

// ErrNothing is returned by Check for a draft that names no system.
var ErrNothing = errors.New("no system") //nolint:gochecknoglobals // a value to compare with

// Check reads the draft as the program will: what is wrong with it is told as for any configuration.
func (d Draft) Check() error {
	if len(d.Sources) == 0 {
		return ErrNothing
	}
	return config.Judge(d.Render("en"))
}
