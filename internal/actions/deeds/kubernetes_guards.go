package deeds

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"dsotop/internal/actions"
	"dsotop/internal/platform"
)

// Two things in a namespace stand beside a controller: an autoscaler that sets its number of pods, and budgets that say how many of them are to serve. Neither holds a deed
// back: the server takes any number and the autoscaler sets it again; budgets are asked by evictions alone, not by deletions, rollouts or numbers. So both are told and
// nothing is refused. Who may not read them, or whose server has not their API, is told nothing.

type kubeAutoscaler struct {
	Metadata struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Spec struct {
		Target struct {
			Kind string `json:"kind"`
			Name string `json:"name"`
		} `json:"scaleTargetRef"`
		Min *int `json:"minReplicas"` // nil is 1
		Max int  `json:"maxReplicas"`
	} `json:"spec"`
}

func (a kubeAutoscaler) least() int {
	if a.Spec.Min == nil {
		return 1
	}
	return *a.Spec.Min
}

// String is its name and bounds: "web, 2–6".
func (a kubeAutoscaler) String() string {
	return platform.CleanLine(fmt.Sprintf("%s, %d–%d", a.Metadata.Name, a.least(), a.Spec.Max))
}

// warns tells what it will make of a number that somebody sets.
func (a kubeAutoscaler) warns(want int) actions.Reason {
	switch {
	case want == 0 && a.least() > 0: // it rests until somebody sets another number
		return warn(codeScalerRests, a.String())
	case want < a.least() || want > a.Spec.Max: // whatever it measures
		return warn(codeScalerBounds, a.String())
	}
	return warn(codeScaler, a.String())
}

// autoscalerOf is the autoscaler of a controller; nil when there is none, or none that we may see. With several, the server lets each of them set its number: the first is told.
func autoscalerOf(ctx context.Context, s actions.Systems, sub actions.Subject, kind, name string) *kubeAutoscaler {
	var list struct {
		Items []kubeAutoscaler `json:"items"`
	}
	if get(ctx, s, sub.System, path("/apis/autoscaling/v2/namespaces", sub.Namespace, "horizontalpodautoscalers"), nil, &list) != nil {
		return nil
	}
	for i, a := range list.Items {
		if a.Spec.Target.Kind == kind && a.Spec.Target.Name == name {
			return &list.Items[i]
		}
	}
	return nil
}

type kubeBudget struct {
	Metadata struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Spec struct {
		Selector *kubeSelector   `json:"selector"`     // nil is no pod, an empty one all
		Least    json.RawMessage `json:"minAvailable"` // a number, or a text with a percentage; this or maxUnavailable
	} `json:"spec"`
	Status struct {
		Allowed  int `json:"disruptionsAllowed"`
		Healthy  int `json:"currentHealthy"`
		Desired  int `json:"desiredHealthy"`
		Expected int `json:"expectedPods"` // 0: nobody counted yet, or there is nothing to count
	} `json:"status"`
}

// wants tells of a budget how many pods serve and how many are to.
func (b kubeBudget) wants() string {
	return platform.CleanLine(b.Metadata.Name + ", " + strconv.Itoa(b.Status.Healthy) + "/" + strconv.Itoa(b.Status.Desired))
}

// budgetsOn are the budgets over pods with such labels that somebody counted; none when there are none, or none that we may see.
func budgetsOn(ctx context.Context, s actions.Systems, sub actions.Subject, labels map[string]string) []kubeBudget {
	var list struct {
		Items []kubeBudget `json:"items"`
	}
	if get(ctx, s, sub.System, path("/apis/policy/v1/namespaces", sub.Namespace, "poddisruptionbudgets"), nil, &list) != nil {
		return nil
	}
	return slices.DeleteFunc(list.Items, func(b kubeBudget) bool { return b.Status.Expected == 0 || !b.Spec.Selector.matches(labels) })
}

// broken warns of the budgets that allow less than is taken away at once.
func broken(budgets []kubeBudget, taken int) []actions.Reason {
	var out []actions.Reason
	for _, b := range budgets {
		if taken > b.Status.Allowed {
			out = append(out, warn(codeBudget, b.wants()))
		}
	}
	return out
}

// below warns of the budgets that want more pods than there shall be. One that counts in per cent, or what may lack, wants less of less.
func below(budgets []kubeBudget, want int) []actions.Reason {
	var out []actions.Reason
	for _, b := range budgets {
		if least, err := strconv.Atoi(string(b.Spec.Least)); err == nil && want < least {
			out = append(out, warn(codeBudgetMore, platform.CleanLine(b.Metadata.Name+", "+strconv.Itoa(least))))
		}
	}
	return out
}

// kubeSelector picks objects by their labels: all of its requirements hold.
type kubeSelector struct {
	Labels map[string]string `json:"matchLabels"`
	Rules  []struct {
		Key    string   `json:"key"`
		Op     string   `json:"operator"`
		Values []string `json:"values"`
	} `json:"matchExpressions"`
}

func (s *kubeSelector) matches(labels map[string]string) bool {
	if s == nil {
		return false
	}
	for k, want := range s.Labels {
		if v, has := labels[k]; !has || v != want {
			return false
		}
	}
	for _, r := range s.Rules {
		v, has := labels[r.Key]
		holds := false // of an operator that we do not know
		switch r.Op {
		case "In":
			holds = has && slices.Contains(r.Values, v)
		case "NotIn":
			holds = !has || !slices.Contains(r.Values, v)
		case "Exists":
			holds = has
		case "DoesNotExist":
			holds = !has
		}
		if !holds {
			return false
		}
	}
	return true
}

// taken is how many of its pods a rollout of a controller takes away before new ones serve. Defaults are the server's own; a share of a Deployment's that may lack is rounded
// down, of a DaemonSet's up, and a Deployment that would allow neither one more nor one less takes one.
func (k kubeObject) taken(kind string) int {
	want := k.Status.Desired
	if k.Spec.Replicas != nil {
		want = *k.Spec.Replicas
	}
	switch kind {
	case "Deployment":
		if k.Spec.Strategy.Type == "Recreate" {
			return want
		}
		r := k.Spec.Strategy.Rolling
		lack := portion(r.Lack, "25%", want, false)
		if lack == 0 && portion(r.Surge, "25%", want, true) == 0 {
			lack = 1
		}
		return min(lack, want)
	case "DaemonSet":
		if portion(k.Spec.Update.Rolling.Surge, "0", want, true) > 0 {
			return 0
		}
		return min(portion(k.Spec.Update.Rolling.Lack, "1", want, true), want)
	}
	return min(max(portion(k.Spec.Update.Rolling.Lack, "1", want, true), 1), want)
}

// portion reads a number or a percentage of all as Kubernetes writes them; otherwise is what an absent one means, as it stands in the documentation.
func portion(raw json.RawMessage, otherwise string, all int, up bool) int {
	text := strings.Trim(string(raw), `"`)
	if text == "" || text == "null" {
		text = otherwise
	}
	share, percent := strings.CutSuffix(text, "%")
	n, err := strconv.Atoi(share)
	switch {
	case err != nil || n < 0:
		return 0
	case !percent:
		return n
	case up:
		return (n*all + 99) / 100
	}
	return n * all / 100
}
