package main

import (
	"context"
	"log"
	"strings"

	"github.com/spf13/cobra"

	"dsotop/demo"
	"dsotop/demo/fault"
)

// faultFlag adds --fault, for the demo and for those who only serve it.
func (p *program) faultFlag(cmd *cobra.Command, f *demoFlags) {
	t := p.lang.of
	cmd.PersistentFlags().StringArrayVar(&f.faults, "fault", nil, t("panne d'une source, « SOURCE=PANNE[:VALEUR][@DÉBUT[+DURÉE]] » ; plusieurs fois possible", "fault of a source, “SOURCE=FAULT[:VALUE][@START[+LENGTH]]”; may be repeated"))
	_ = cmd.RegisterFlagCompletionFunc("fault", p.completeFaults)
	cmd.Long += t("\n\n--fault met une source en panne, pour voir ce que le programme en dit :\n", "\n\n--fault makes a source fail, to see what the program says of it:\n") +
		"  --fault loki=down --fault argocd/pub=429 --fault gitlab=delay:2s --fault kubernetes=stall@30s+20s\n" +
		t("SOURCE : une instance, un genre ou « all ». @DÉBUT : après le lancement. +DURÉE : sinon jusqu'à la fin. PANNE :\n", "SOURCE: an instance, a kind or “all”. @START: after the launch. +LENGTH: else until the end. FAULT:\n")
	for _, m := range fault.Modes() {
		cmd.Long += "  " + string(m) + strings.Repeat(" ", max(12-len(m), 1)) + p.faultWord(m) + "\n"
	}
	cmd.Long = strings.TrimRight(cmd.Long, "\n")
}

// faultWord says what a fault does.
func (p *program) faultWord(m fault.Mode) string {
	t := p.lang.of
	return map[fault.Mode]string{
		fault.Down:         t("connexions refusées", "connections refused"),
		fault.Drop:         t("connexion coupée avant toute réponse", "connection reset before any answer"),
		fault.Cut:          t("connexion coupée au milieu des réponses et des flux", "connection reset in the middle of answers and streams"),
		fault.HalfClose:    t("réponse inachevée, connexion à demi fermée", "answer left unfinished, connection half closed"),
		fault.Delay:        t("réponses en retard ; delay:2s par défaut", "late answers; delay:2s unless told"),
		fault.Stall:        t("plus rien n'est envoyé pendant un temps, flux compris ; stall:40s par défaut", "nothing is sent for a time, streams included; stall:40s unless told"),
		fault.Throttle:     t("octets par seconde et par connexion ; throttle:1k par défaut", "bytes a second on each connection; throttle:1k unless told"),
		fault.Unauthorised: t("jeton refusé", "credential refused"),
		fault.Forbidden:    t("droit refusé", "right refused"),
		fault.RateLimited:  t("trop d'appels ; 429:5s (Retry-After) par défaut", "too many calls; 429:5s (Retry-After) unless told"),
		fault.ServerError:  t("erreur interne du service", "internal error of the service"),
		fault.BadGateway:   t("page HTML d'une passerelle", "a gateway's HTML page"),
		fault.Unavailable:  t("page HTML d'une passerelle", "a gateway's HTML page"),
		fault.Timeout:      t("page HTML d'une passerelle", "a gateway's HTML page"),
		fault.Login:        t("renvoi vers une page de connexion", "sent to a page to log in"),
		fault.Page:         t("une page pour navigateurs au lieu des données", "a page for browsers instead of data"),
		fault.Garbage:      t("JSON tronqué", "truncated JSON"),
		fault.Corrupt:      t("octets altérés dans les vraies réponses", "bytes changed in the real answers"),
		fault.Empty:        t("réponses vides", "empty answers"),
		fault.Huge:         t("réponses sans fin", "answers without end"),
		fault.Clock:        t("horloge du service en avance ; clock:90s par défaut, clock:-90s en retard", "the service's clock ahead; clock:90s unless told, clock:-90s behind"),
	}[m]
}

// readFaults takes what was typed after --fault, or tells every mistake in it.
func (p *program) readFaults(f *demoFlags) error {
	var wrong []fault.Mistake
	f.script = nil
	names := demo.Names()
	for _, text := range f.faults {
		s, mistakes := fault.ParseSpec(text)
		if s.Source != "" {
			_, unknown := s.Hits(names)
			mistakes = append(mistakes, unknown...)
		}
		f.script = append(f.script, s)
		wrong = append(wrong, mistakes...)
	}
	if len(wrong) == 0 {
		return nil
	}
	lines := make([]string, len(wrong))
	for i, m := range wrong {
		lines[i] = "--fault " + p.lang.of(m.FR, m.EN)
	}
	return usage("%s", strings.Join(lines, "\n"))
}

// play carries out the script beside everything else. The log is told of what cannot be done.
func (f demoFlags) play(ctx context.Context, platform *demo.Platform) {
	fault.Play(ctx, platform.Faults, f.script, func(err error) { log.Print("fault: ", err) })
}

// completeFaults offers sources, then the faults of the one that was chosen.
func (p *program) completeFaults(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	var out []string
	source, _, chosen := strings.Cut(typed, "=")
	if chosen {
		for _, m := range fault.Modes() {
			out = append(out, source+"="+string(m)+"\t"+p.faultWord(m))
		}
		return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}
	for _, name := range append(fault.Known(demo.Names()), fault.Everything) {
		out = append(out, name+"=")
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveKeepOrder
}
