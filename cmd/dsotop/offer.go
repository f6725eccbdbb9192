package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"

	"dsotop/internal/config"
)

// offer is what a person meets who opens the program without a configuration, in a terminal: the demo, or the making of one. done is false
// where there is a configuration, or nobody to ask.
func (p *program) offer(ctx context.Context) (done bool, err error) {
	if _, err := config.Load(p.opts.Flags, p.env); !errors.Is(err, config.ErrNone) || !p.terminal() {
		return false, nil
	}
	t := p.lang.of
	path, _ := config.Place("", p.env)
	fmt.Fprintln(p.out, t("dsotop n'a pas encore de configuration : rien dans\n  "+path+"\n", "dsotop has no configuration yet: nothing in\n  "+path+"\n"))
	fmt.Fprintln(p.out, t("  1  voir le programme sur une plateforme simulée (dsotop demo)\n  2  écrire une configuration, question par question (dsotop init)\n  q  partir\n",
		"  1  see the program on a simulated platform (dsotop demo)\n  2  write a configuration, question by question (dsotop init)\n  q  leave\n"))
	a := &lineAsker{in: bufio.NewReaderSize(p.in, 1), out: p.out, ctx: ctx, lang: p.lang} // what is typed ahead is for what comes next
	answer, err := a.Ask(t("Votre choix", "Your choice"), "1", func(text string) string {
		switch text {
		case "1", "2", "q":
			return ""
		}
		return t("répondez 1, 2 ou q", "answer 1, 2 or q")
	})
	switch {
	case err != nil:
		return true, p.abandoned(err)
	case answer == "1":
		return true, p.again(ctx, "demo")
	case answer == "2":
		return true, p.init(ctx, initFlags{tenant: "path"})
	}
	return true, nil
}

// again runs another command in this one's place, with what was asked of the program.
func (p *program) again(ctx context.Context, args ...string) error {
	opts := p.opts
	root := p.root()
	p.opts = opts // making the flags put their defaults there
	root.SetArgs(args)
	return root.ExecuteContext(ctx)
}
