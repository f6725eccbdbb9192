package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"dsotop/internal/platform"
	"dsotop/internal/ui/block"
)

// lineAsker asks on a terminal, a line at a time: readable by a screen reader, over any link.
type lineAsker struct {
	in   *bufio.Reader
	out  io.Writer
	ctx  context.Context //nolint:containedctx // of the one command that asks
	lang lang
}

// Say shows a sentence, cut between words where the terminal ends, or a text of several lines as it is.
func (a *lineAsker) Say(text string) {
	lines := []string{text}
	if f, ok := a.out.(*os.File); ok && !strings.Contains(text, "\n") {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 20 {
			lines = block.Wrap(text, width-1)
		}
	}
	for _, l := range lines {
		fmt.Fprintln(a.out, l)
	}
}

// Ask shows the question with what an empty answer stands for, until the answer is right.
func (a *lineAsker) Ask(question, preset string, why func(string) string) (string, error) {
	for {
		fmt.Fprintf(a.out, "%s [%s]%s", question, preset, a.lang.of(" : ", ": "))
		answer, err := a.line()
		if err != nil {
			fmt.Fprintln(a.out)
			return "", err
		}
		if answer == "" {
			answer = preset
		}
		if why == nil {
			return answer, nil
		}
		said := why(answer)
		if said == "" {
			return answer, nil
		}
		fmt.Fprintln(a.out, "  "+said)
	}
}

// line waits for a line, as long as the command lives.
func (a *lineAsker) line() (string, error) {
	type read struct {
		text string
		err  error
	}
	got := make(chan read, 1)
	go func() {
		text, err := a.in.ReadString('\n')
		got <- read{text, err}
	}()
	select {
	case <-a.ctx.Done():
		return "", a.ctx.Err()
	case r := <-got:
		if r.err != nil && r.text == "" {
			return "", r.err
		}
		return strings.TrimSpace(platform.CleanLine(r.text)), nil
	}
}
