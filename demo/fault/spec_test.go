package fault_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dsotop/demo/fault"
)

func TestScriptsAreRead(t *testing.T) {
	for text, want := range map[string]fault.Spec{
		"loki=down":               {Source: "loki", Fault: fault.Fault{Mode: fault.Down}},
		"argocd/pub=429":          {Source: "argocd/pub", Fault: fault.Fault{Mode: fault.RateLimited, For: 5 * time.Second}},
		"gitlab=delay:2s":         {Source: "gitlab", Fault: fault.Fault{Mode: fault.Delay, For: 2 * time.Second}},
		"kubernetes=stall@30s+2m": {Source: "kubernetes", Fault: fault.Fault{Mode: fault.Stall, For: 40 * time.Second}, After: 30 * time.Second, Length: 2 * time.Minute},
		"all=throttle:20k@1m":     {Source: "all", Fault: fault.Fault{Mode: fault.Throttle, Rate: 20_000}, After: time.Minute},
	} {
		if got, wrong := fault.ParseSpec(text); len(wrong) > 0 || got != want {
			t.Errorf("%s: %+v %v", text, got, wrong)
		}
		if again, err := fault.Parse(want.Fault.String()); err != nil || again != want.Fault {
			t.Errorf("%s reads as %+v, %v", want.Fault, again, err)
		}
	}
}

func TestMistakesInScripts(t *testing.T) {
	for text, count := range map[string]int{
		"loki": 1, "=down": 1, "loki=": 1, "loki=dead": 1, "loki=down:2s": 1, "loki=delay:fast": 1, "loki=delay:-2s": 1, "loki=throttle:0": 1, "loki=throttle:9999M": 1,
		"loki=429:10ms": 1, "loki=down@soon": 1, "loki=down@": 1, "loki=down@1s+": 1, "loki=dead@soon+never": 3,
	} {
		_, wrong := fault.ParseSpec(text)
		if len(wrong) != count {
			t.Errorf("%q: %d mistakes, want %d: %v", text, len(wrong), count, wrong)
		}
		for _, m := range wrong {
			if !strings.Contains(m.FR, "« "+text+" »") || !strings.Contains(m.EN, text) || m.FR == m.EN {
				t.Errorf("%q is told as %q and %q", text, m.FR, m.EN)
			}
		}
	}
}

func TestWhomAScriptHits(t *testing.T) {
	names := []string{"argocd/dr", "argocd/pub", "loki"}
	for source, want := range map[string][]string{"argocd": {"argocd/dr", "argocd/pub"}, "argocd/pub": {"argocd/pub"}, "loki": {"loki"}, "all": names, "argo": nil, "argocd/": nil} {
		hit, wrong := fault.Spec{Source: source}.Hits(names)
		if !slices.Equal(hit, want) || (len(wrong) > 0) != (want == nil) {
			t.Errorf("%s hits %v, %v", source, hit, wrong)
		}
	}
}

func TestWhatIsInForce(t *testing.T) {
	spec := func(text string) fault.Spec {
		s, wrong := fault.ParseSpec(text)
		if len(wrong) > 0 {
			t.Fatal(wrong)
		}
		return s
	}
	script := []fault.Spec{spec("a=500"), spec("a=down@10s+10s"), spec("a=401@15s+1s")}
	for _, step := range []struct {
		at   time.Duration
		mode fault.Mode
		next time.Duration
	}{
		{0, fault.ServerError, 10 * time.Second}, {10 * time.Second, fault.Down, 5 * time.Second}, {15 * time.Second, fault.Unauthorised, time.Second},
		{16 * time.Second, fault.Down, 4 * time.Second}, {20 * time.Second, fault.ServerError, 0}, {time.Hour, fault.ServerError, 0},
	} {
		f, next := fault.At(script, step.at)
		if f.Mode != step.mode || next != step.next {
			t.Errorf("at %s: %s for %s", step.at, f, next)
		}
	}
	if f, next := fault.At(nil, 0); f != (fault.Fault{}) || next != 0 {
		t.Errorf("without a script: %s %s", f, next)
	}
}

func TestAScriptIsPlayed(t *testing.T) {
	a := start(t, fault.Options{Handler: face()})
	b := start(t, fault.Options{Handler: face()})
	wait := fault.Play(t.Context(), map[string]*fault.Proxy{"x/a": a, "x/b": b}, []fault.Spec{
		{Source: "x", Fault: fault.Fault{Mode: fault.ServerError}},
		{Source: "x/b", Fault: fault.Fault{Mode: fault.Forbidden}, After: time.Millisecond, Length: time.Millisecond},
	}, func(err error) { t.Error(err) })
	if a.Fault().Mode != fault.ServerError {
		t.Error("what is wanted from the start came later")
	}
	wait()
	if a.Fault().Mode != fault.ServerError || b.Fault().Mode != fault.ServerError {
		t.Errorf("left with %s and %s", a.Fault(), b.Fault())
	}
}

func FuzzSpec(f *testing.F) {
	for _, text := range []string{"loki=down", "a=delay:2s@1s+1s", "a=throttle:9k@", "=", "a=@+", "all=429:1h@0s"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, wrong := fault.ParseSpec(text)
		if len(wrong) > 0 {
			return
		}
		if s.After < 0 || s.Length < 0 || s.Source == "" {
			t.Errorf("%q reads as %+v", text, s)
		}
		if again, err := fault.Parse(s.Fault.String()); err != nil || again != s.Fault {
			t.Errorf("%q: %s reads as %+v, %v", text, s.Fault, again, err)
		}
	})
}
