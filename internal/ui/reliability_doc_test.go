package ui_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"dsotop/internal/platform"
	"dsotop/internal/ui/uitest"
	"dsotop/internal/ui/words"
)

func updating() bool { return uitest.Updating() }

// reliability is the document. What it says of each source was seen, or the test failed.
func reliability(table []verdict, frames int) string {
	var b strings.Builder
	w := words.English()
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	pair := func(warm, cold string) string {
		if warm == cold {
			return warm
		}
		return warm + " / " + cold
	}
	line("# When systems fail\n")
	line("Written by `make reliability`, which puts one source of every kind (%s)", kinds())
	line("into every fault of [`dsotop demo --fault`](demo.md#faults), with the real engine and the real face, and fails when something else is seen than what")
	line("is written here. All sources fail at the same time, each in its own way. `make test` goes through a quarter of it.\n")
	line("| fault | word | remedy | looks again |")
	line("|---|---|---|---|")
	said := map[platform.Remedy]string{platform.RemedyNone: "none", platform.RemedyWait: "wait", platform.RemedyCheckURL: "address", platform.RemedyRenewToken: "token", platform.RemedyAskRight: "right", platform.RemedySlowDown: "slower"}
	var used []platform.Remedy
	for _, v := range table {
		line("| `%s` | %s | %s | %s |", v.fault.Mode, pair(w.State[v.warm].Word, w.State[v.cold].Word), pair(said[v.remedy], said[v.first]), v.again)
		for _, r := range []platform.Remedy{v.remedy, v.first} {
			if !slices.Contains(used, r) {
				used = append(used, r)
			}
		}
	}
	line("\nAfter a slash: of a source that fails from the start, where that differs. A source that had facts keeps showing them, ageing.\n")
	line("| remedy | what the page of sources says (read on the screen by the test) |")
	line("|---|---|")
	for _, r := range used {
		line("| %s | %s |", said[r], w.Remedy[r])
	}
	line("")
	line("- **Every source says the same** of the same fault: %d sources × %d faults, twice, with facts and without.", len(subjects()), len(table))
	line("- **Keys**: each is answered within %d frame, counted from the key to the first frame that shows its effect, two being allowed, whatever fails.", frames)
	line("- **Return**: every source was live again by itself at the attempt that its page announced. Ctrl-r looks at once. When one part of a source meets a")
	line("  failure of the whole system, or works again after one, its other parts look at once too.")
	line("- **Borne**: `delay` here is shorter than the time limit of a call (`timeout:`, 5 s unless told); longer, it is `stall`. `throttle` is 100 bytes a second.")
	line("- **Huge** answers are ended at 64 MiB; a source whose time limit comes first is unreachable instead of late.")
	line("- **Without projects** from the console, loki, prometheus and alertmanager know no tenant: a 403 is then no trouble of theirs, and not said.")
	line("- **Writes**: none, counted by the systems; also under a random walk over every page while faults come and go.")
	return b.String()
}

func kinds() string {
	var out []string
	for _, name := range subjects() {
		kind, _, _ := strings.Cut(name, "/")
		out = append(out, kind)
	}
	return strings.Join(out, ", ")
}

// publish compares the document with the one in docs, or writes it.
func publish(t *testing.T, text string) {
	t.Helper()
	const path = "../../docs/reliability.md"
	if updating() {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	old, err := os.ReadFile(path)
	if err != nil || string(old) != text {
		t.Errorf("docs/reliability.md is not what was seen (make reliability writes it); %v\n%s", err, text)
	}
}
