// Command lab builds and runs the lab: the real systems under dsotop, filled from the simulated platform.
//
//	lab build           builds what is missing, and ends
//	lab serve [flags]   runs until it is interrupted, and says where everything is
//	lab open DSOTOP     runs the dsotop at that path on it, until it ends
package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"syscall"

	"dsotop/demo/lab"
	"dsotop/demo/world"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "lab:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("say what to do: build, serve or open")
	}
	flags := flag.NewFlagSet("lab "+args[0], flag.ContinueOnError)
	size := flags.String("size", "", "of the platform: small, fleet or huge")
	dir := flags.String("dir", "", "folder that keeps data and logs; none is a temporary one")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if args[0] == "build" {
		_, err := lab.Build(ctx, os.Stderr)
		return err
	}
	if args[0] != "serve" && args[0] != "open" {
		return fmt.Errorf("%q is none of build, serve and open", args[0])
	}
	if args[0] == "open" && flags.NArg() == 0 {
		return fmt.Errorf("say which program to open: lab open PATH [its arguments]")
	}
	l, err := lab.Start(ctx, lab.Options{Size: world.Size(*size), Dir: *dir, Out: os.Stderr})
	if err != nil {
		return err
	}
	defer func() { _ = l.Close() }()
	if args[0] == "serve" {
		show(l)
		<-ctx.Done()
		return l.Close()
	}
	// The terminal's interrupt reaches both of us: the program's end is what ends the lab.
	cmd := exec.CommandContext(ctx, flags.Arg(0), append([]string{"--config", l.Config}, flags.Args()[1:]...)...) //nolint:gosec // the caller's own program
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}

// show says where everything is.
func show(l *lab.Lab) {
	fmt.Printf("dsotop --config %s\nkubectl --kubeconfig %s get pods --all-namespaces\n", l.Config, l.Kubeconfig)
	for _, name := range slices.Sorted(maps.Keys(l.URLs)) {
		fmt.Printf("%-20s %s\n", name, l.URLs[name])
	}
	memory := l.Memory()
	for _, name := range l.Processes() {
		fmt.Printf("%-20s %d MiB\n", name, memory[name]>>20)
	}
	fmt.Println("interrupt to end it")
}
