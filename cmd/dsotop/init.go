package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"dsotop/internal/config"
	"dsotop/internal/platform"
	"dsotop/internal/report"
	"dsotop/internal/secret"
	"dsotop/internal/setup"
)

// initFlags are answers given beforehand.
type initFlags struct {
	console  string            // address, from which zones, clusters and links follow
	urls     map[string]string // kind or kind/name → address
	secrets  map[string]string // kind or kind/name → reference
	users    map[string]string
	tenant   string
	contexts []string
	yes      bool
	ca       string // file of the authority of every system
	proxy    string // of every system
	force    bool
	update   bool
	print    bool
	noTest   bool
}

func (p *program) initCommand() *cobra.Command {
	t := p.lang.of
	var f initFlags
	cmd := &cobra.Command{
		Use:   "init",
		Short: t("Écrire une première configuration : demande, teste chaque réponse, n'écrit que des références de secrets", "Write a first configuration: asks, tests each answer, writes references to secrets only"),
		Long: t("Demande chaque système, teste chaque réponse sur le système lui-même, puis écrit la configuration (lisible par soi seul).\nAucun secret n'est demandé ni écrit : on dit où il est. D'un fichier déjà là, seules changent les lignes de ce qui change : commentaires et autres profils restent, la différence est montrée d'abord.\nSans terminal, ou avec --yes, rien n'est demandé : tout vient des options.",
			"Asks for each system, tests each answer on the system itself, then writes the configuration (readable by oneself only).\nNo secret is asked for or written: one tells where it is. In a file that is there only the lines of what changes change: comments and other profiles stay, the difference is shown first.\nWithout a terminal, or with --yes, nothing is asked: everything comes from the flags."),
		Example: "  dsotop init\n  dsotop init --from-console https://console.example\n  dsotop init --yes --from-console https://console.example --secret console=file:~/.dso-token --secret argocd=env:ARGOCD_TOKEN\n  dsotop init --yes --url loki=https://obs.example --secret loki=exec:'pass show obs' --print\n  dsotop init --yes --update --url harbor=https://harbor.example --ca /etc/ssl/organisation.pem",
		Args:    noArgs(p.lang),
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.init(cmd.Context(), f) },
	}
	g := cmd.Flags()
	g.StringVar(&f.console, "from-console", "", t("adresse de la console : zones, clusters et autres adresses en sont déduits", "address of the console: zones, clusters and other addresses follow from it"))
	g.StringToStringVar(&f.urls, "url", nil, t("adresse d'un système : loki=https://…, argocd/usu=https://… (répétable)", "address of a system: loki=https://…, argocd/usu=https://… (repeatable)"))
	g.StringToStringVar(&f.secrets, "secret", nil, t("référence du secret d'un système : gitlab=env:NOM, argocd/usu=file:CHEMIN ; argocd= vaut pour toutes les zones (répétable)", "reference to a system's secret: gitlab=env:NAME, argocd/usu=file:PATH; argocd= stands for every zone (repeatable)"))
	g.StringToStringVar(&f.users, "user", nil, t("utilisateur d'un système : harbor=NOM (répétable)", "user of a system: harbor=NAME (repeatable)"))
	g.StringVar(&f.tenant, "tenant", "path", t("locataire de Loki et Prometheus : path, header ou none", "tenant of Loki and Prometheus: path, header or none"))
	g.StringSliceVar(&f.contexts, "kube-context", nil, t("contexte du kubeconfig à utiliser (répétable)", "context of the kubeconfig to use (repeatable)"))
	g.StringVar(&f.ca, "ca", "", t("fichier PEM de l'autorité de certification propre à l'organisation", "PEM file of the organisation's own certificate authority"))
	g.StringVar(&f.proxy, "proxy", "", t("mandataire des systèmes : http://hôte:port, socks5://hôte:port, none (sinon celui de l'environnement)", "proxy of the systems: http://host:port, socks5://host:port, none (else the environment's)"))
	g.BoolVarP(&f.yes, "yes", "y", false, t("ne rien demander", "ask nothing"))
	g.BoolVar(&f.force, "force", false, t("remplacer tout un fichier déjà là", "replace the whole of a file that is there"))
	g.BoolVar(&f.update, "update", false, t("compléter un fichier déjà là avec ce qui est donné, sans toucher au reste", "add what is given to a file that is there, and leave the rest of it alone"))
	g.BoolVar(&f.print, "print", false, t("imprimer la configuration au lieu de l'écrire", "print the configuration instead of writing it"))
	g.BoolVar(&f.noTest, "no-test", false, t("ne pas tester les réponses", "do not test the answers"))
	return cmd
}

// init makes a configuration and puts it in its place.
func (p *program) init(ctx context.Context, f initFlags) error {
	t := p.lang.of
	ask := p.terminal() && !f.yes
	if f.ca != "" {
		f.ca = setup.Path(f.ca)
	}
	path, _ := config.Place(p.opts.Config, p.env)
	there, err := setup.Open(path)
	if err != nil {
		return exit{exitUsage, err}
	}
	d := &setup.Draft{Profile: p.opts.Profile}
	if there != nil && (f.update || (ask && !f.force)) {
		d = there.Draft(p.opts.Profile)
	}
	if d.Profile == "" {
		d.Profile = "plateforme"
	}
	if p.opts.Language != "" {
		d.Language = p.opts.Language
	}
	d.Write = d.Write || p.opts.Write
	draft, err := p.draft(d, f)
	if err != nil {
		return err
	}
	home, _ := os.UserHomeDir()
	kubeconfig := p.env("KUBECONFIG")
	if kubeconfig == "" || strings.ContainsRune(kubeconfig, filepath.ListSeparator) {
		kubeconfig = filepath.Join(home, ".kube", "config")
	}
	contexts := setup.Contexts(kubeconfig)
	if !ask && len(draft.Sources) == 0 && len(f.contexts) == 0 {
		return usage("%s", t("rien à écrire et personne à qui demander : sans terminal, donnez au moins --from-console URL ou --url SYSTÈME=URL (« dsotop init --help » a des exemples)",
			"nothing to write and nobody to ask: without a terminal, give at least --from-console URL or --url SYSTEM=URL (“dsotop init --help” has examples)"))
	}
	prober := &probes{p: p, to: p.err, off: f.noTest}
	if ask {
		prober.to = p.out
		v := setup.Interview{Asker: &lineAsker{in: bufio.NewReader(p.in), out: p.out, ctx: ctx, lang: p.lang}, Lang: string(p.lang), Probe: prober.probe, Outline: p.outline, Kubeconfig: kubeconfig, Contexts: contexts, Proxy: first(p.env("HTTPS_PROXY"), p.env("https_proxy")), Authority: f.ca}
		if there != nil && !f.force {
			v.Asker.Say(t(path+" existe : ses réponses sont proposées, et rien n'est écrit avant d'avoir montré ce qui change.", path+" is there: its answers are offered, and nothing is written before what changes was shown."))
		}
		if err := v.Run(ctx, draft); err != nil {
			return p.abandoned(err)
		}
		return p.finish(ctx, draft, f, v.Asker, prober)
	}
	for _, name := range f.contexts {
		if !slices.Contains(contexts, name) {
			return usage("%s", t(fmt.Sprintf("%s n'a pas de contexte « %s » ; il y a : %s", kubeconfig, name, strings.Join(contexts, ", ")), fmt.Sprintf("%s has no context %q; there are: %s", kubeconfig, name, strings.Join(contexts, ", "))))
		}
		draft.Put(config.Source{Kind: "kubernetes", Name: name, Kubeconfig: kubeconfig, Context: name})
	}
	if f.console != "" {
		o, err := p.outline(ctx, *draft.Of("console", ""))
		if err != nil {
			told := t("la console ne dit pas ce qu'elle connaît : ", "the console does not tell what it knows: ") + err.Error()
			if unknownAuthority(told) {
				told += t(" (--ca FICHIER donne l'autorité propre à l'organisation)", " (--ca FILE names the organisation's own authority)")
			}
			return exit{exitSources, errors.New(told)}
		}
		found, missing := setup.Derived(o, kubeconfig, contexts)
		draft.Missing = missing
		for _, s := range found {
			if s.Kind == "kubernetes" && len(f.contexts) > 0 {
				continue // told which
			}
			if old := draft.Of(s.Kind, s.Name); old != nil { // what was given wins
				s = *old
			}
			if err := p.credential(&s, f); err != nil {
				return err
			}
			draft.Put(s)
		}
	}
	for _, s := range draft.Sources {
		prober.probe(ctx, config.Complete(s))
	}
	return p.finish(ctx, draft, f, nil, prober)
}

// first is the first text that is not empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// draft is what the flags say already, over what is known.
func (p *program) draft(d *setup.Draft, f initFlags) (*setup.Draft, error) {
	t := p.lang.of
	if f.tenant != "path" && f.tenant != "header" && f.tenant != "none" {
		return nil, usage("%s", t("--tenant : path, header ou none", "--tenant: path, header or none"))
	}
	urls := map[string]string{}
	for name, address := range f.urls {
		urls[name] = address
	}
	if f.console != "" {
		urls["console"] = f.console
	}
	for _, given := range []map[string]string{urls, f.secrets, f.users} {
		for name := range given {
			if kind, _, _ := strings.Cut(name, "/"); !slices.Contains(config.Kinds(), kind) {
				return nil, usage("%s", t(fmt.Sprintf("système inconnu « %s » ; systèmes possibles : %s", kind, strings.Join(config.Kinds(), ", ")), fmt.Sprintf("unknown system %q; possible systems: %s", kind, strings.Join(config.Kinds(), ", "))))
			}
		}
	}
	for name, address := range urls {
		kind, instance, _ := strings.Cut(name, "/")
		s := config.Source{Kind: kind, Name: instance}
		if old := d.Of(kind, instance); old != nil {
			s = *old
		}
		s.URL = strings.TrimSuffix(address, "/")
		if (kind == "loki" || kind == "prometheus") && f.tenant != "none" {
			s.Tenant = config.Tenant{In: f.tenant, ID: "auto"}
		}
		if err := p.credential(&s, f); err != nil {
			return nil, err
		}
		d.Put(s)
	}
	return d, nil
}

// credential gives a source the reference that the flags name, else the usual one.
func (p *program) credential(s *config.Source, f initFlags) error {
	s.Auth.User = first(f.users[s.Kind], s.Auth.User)
	if f.ca != "" && s.Kind != "kubernetes" && !strings.HasPrefix(s.URL, "http:") {
		s.TLS.CA = f.ca
	}
	s.Proxy = first(f.proxy, s.Proxy)
	text, ok := f.secrets[s.Instance()]
	if !ok {
		text, ok = f.secrets[s.Kind]
	}
	switch {
	case !ok && s.Kind == "harbor" && s.Auth.User == "":
		s.Auth = config.Auth{} // one that has no user has no password
	case !ok && (s.Kind == "kubernetes" || s.Kind == "alertmanager" || !s.Auth.Secret.IsZero()): // as it is known, or none
	case !ok:
		s.Auth.Secret = setup.Reference(s.Kind, s.Name)
	default:
		ref, err := secret.ParseRef(text)
		if err != nil { // the text is not repeated: it may be the secret
			return usage("--secret %s: %s", s.Instance(), p.lang.of("donnez une référence : env:NOM, file:CHEMIN ou exec:COMMANDE", "give a reference: env:NAME, file:PATH or exec:COMMAND"))
		}
		s.Auth.Secret = ref
	}
	return nil
}

// finish shows the configuration and writes it; asker is nil when nobody is to be asked.
func (p *program) finish(ctx context.Context, d *setup.Draft, f initFlags, asker setup.Asker, tested *probes) error {
	t := p.lang.of
	if err := d.Check(); errors.Is(err, setup.ErrNothing) {
		return usage("%s", t("aucun système n'a été donné : rien n'est écrit. « dsotop demo » montre le programme sans configuration.", "no system was given: nothing is written. “dsotop demo” shows the program without a configuration."))
	} else if err != nil {
		return exit{exitUsage, err}
	}
	text := d.Render(string(p.lang))
	if f.print {
		if _, err := p.out.Write(text); err != nil {
			return err
		}
		return tested.verdict()
	}
	path, _ := config.Place(p.opts.Config, p.env)
	if asker != nil {
		asker.Say("\n" + string(text))
		var err error
		if path, err = asker.Ask(t("Écrire dans", "Write to"), path, func(text string) string {
			if text == setup.Skip || strings.TrimSpace(text) == "" {
				return t("un chemin est attendu ; Ctrl-C abandonne", "a path is expected; Ctrl-C gives up")
			}
			return ""
		}); err != nil {
			return p.abandoned(err)
		}
		if rest, ok := strings.CutPrefix(path, "~/"); ok {
			home, _ := os.UserHomeDir()
			path = filepath.Join(home, rest)
		}
	}
	path, err := p.put(path, d, text, f, asker)
	if err != nil || path == "" {
		return err
	}
	open := "dsotop"
	if p.opts.Config != "" || path != defaultPlace(p) {
		open += " --config " + path
	}
	fmt.Fprintln(p.out, t(path+" est écrit, lisible par vous seul. « "+open+" » l'ouvre, « "+open+" doctor » dit ce qui manque.", path+" is written, readable by you only. “"+open+"” opens it, “"+open+" doctor” tells what is missing."))
	return tested.verdict()
}

func defaultPlace(p *program) string { path, _ := config.Place("", p.env); return path }

// abandoned is the end of an interview that was left.
func (p *program) abandoned(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, io.EOF) {
		return exit{exitSignal, errors.New(p.lang.of("abandonné : rien n'est écrit", "given up: nothing is written"))}
	}
	return err
}

// outline asks a console what it knows.
func (p *program) outline(ctx context.Context, s config.Source) (setup.Outline, error) {
	e, done, err := p.engine(&config.Config{NoCache: true}, config.Profile{Name: "init", Sources: []config.Source{config.Complete(s)}})
	if err != nil {
		return setup.Outline{}, err
	}
	defer done()
	o, err := e.Outline(ctx)
	return setup.Outline{Zones: o.Zones, Clusters: o.Clusters, Links: o.Links, Root: o.Root}, err
}

// probes test answers on the systems themselves and remember whether one failed.
type probes struct {
	p      *program
	to     io.Writer // the conversation, or what goes beside the output
	off    bool
	failed map[string]bool
}

func (t *probes) probe(ctx context.Context, s config.Source) setup.Outcome {
	if t.off {
		return setup.Fine
	}
	if t.failed == nil {
		t.failed = map[string]bool{}
	}
	p := t.p
	fmt.Fprintln(t.to, p.lang.of("test de "+s.Instance()+"…", "testing "+s.Instance()+"…"))
	var found []platform.SourceHealth
	err := func() error {
		e, done, err := p.engine(&config.Config{NoCache: true}, config.Profile{Name: "init", Sources: []config.Source{s}})
		if err != nil {
			return err
		}
		defer done()
		found = e.Doctor(ctx)
		return report.DoctorText(t.to, found, string(p.lang), e.Now())
	}()
	if err != nil {
		fmt.Fprintln(t.to, err)
	}
	outcome := setup.Fine
	if err != nil || len(found) == 0 {
		outcome = setup.Refused
	}
	for _, h := range found {
		switch {
		case !h.State.Bad():
		case h.Remedy == platform.RemedyCheckTLS && unknownAuthority(h.Detail):
			outcome = setup.Untrusted
		case h.State == platform.StateUnreachable && outcome != setup.Untrusted:
			outcome = setup.Unreached
		case outcome == setup.Fine:
			outcome = setup.Refused
		}
	}
	t.failed[s.Instance()] = outcome != setup.Fine
	return outcome
}

// unknownAuthority reports whether the sentence of a failed handshake is about who signed the certificate, as crypto/x509 says it: another authority
// mends neither a name that is not the server's nor a certificate that has expired.
func unknownAuthority(detail string) bool {
	for _, said := range []string{"unknown authority", "system roots", "is not trusted"} { // the last one is macOS's
		if strings.Contains(detail, said) {
			return true
		}
	}
	return false
}

// verdict is the exit of a run whose tests failed: the configuration is there nevertheless.
func (t *probes) verdict() error {
	for _, failed := range t.failed {
		if failed {
			return exit{Code: exitSources}
		}
	}
	return nil
}
