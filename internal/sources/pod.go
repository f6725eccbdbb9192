package sources

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"dsotop/internal/desk"
	"dsotop/internal/platform"
	"dsotop/internal/secret"
)

// Instant is a time of an API's JSON, in UTC; a missing, null or unreadable one is zero, so that one bad field does not lose an object.
type Instant struct{ time.Time }

// UnmarshalJSON implements json.Unmarshaler. It never fails.
func (t *Instant) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return nil //nolint:nilerr // see the type
	}
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		t.Time = at.UTC()
	}
	return nil
}

// scalar is a number or a text, as written: ports and amounts are both.
type scalar string

func (s *scalar) UnmarshalJSON(raw []byte) error {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		*s = scalar(text)
		return nil
	}
	if n := bytes.TrimSpace(raw); len(n) > 0 && (n[0] == '-' || n[0] >= '0' && n[0] <= '9') {
		*s = scalar(n)
	}
	return nil
}

type podState struct {
	Running *struct {
		StartedAt Instant `json:"startedAt"`
	} `json:"running"`
	Waiting *struct {
		Reason  string `json:"reason"`
		Message string `json:"message"`
	} `json:"waiting"`
	Terminated *struct {
		Reason     string  `json:"reason"`
		Message    string  `json:"message"`
		ExitCode   int     `json:"exitCode"`
		Signal     int     `json:"signal"`
		StartedAt  Instant `json:"startedAt"`
		FinishedAt Instant `json:"finishedAt"`
	} `json:"terminated"`
}

type podStatus struct {
	Name         string   `json:"name"`
	Ready        bool     `json:"ready"`
	Started      *bool    `json:"started"`
	RestartCount int      `json:"restartCount"`
	ImageID      string   `json:"imageID"`
	State        podState `json:"state"`
	LastState    podState `json:"lastState"`
}

type podProbe struct {
	HTTPGet *struct {
		Path   string `json:"path"`
		Port   scalar `json:"port"`
		Scheme string `json:"scheme"`
	} `json:"httpGet"`
	TCPSocket *struct {
		Port scalar `json:"port"`
	} `json:"tcpSocket"`
	GRPC *struct {
		Port scalar `json:"port"`
	} `json:"grpc"`
	Exec             *struct{} `json:"exec"` // its command may hold a secret and is in the manifest, masked
	PeriodSeconds    int       `json:"periodSeconds"`
	TimeoutSeconds   int       `json:"timeoutSeconds"`
	FailureThreshold int       `json:"failureThreshold"`
	Delay            int       `json:"initialDelaySeconds"`
}

type podContainer struct {
	Name          string `json:"name"`
	Image         string `json:"image"`
	PullPolicy    string `json:"imagePullPolicy"`
	RestartPolicy string `json:"restartPolicy"`
	Ports         []struct {
		Name     string `json:"name"`
		Port     int    `json:"containerPort"`
		Protocol string `json:"protocol"`
	} `json:"ports"`
	Resources struct {
		Requests map[string]scalar `json:"requests"`
		Limits   map[string]scalar `json:"limits"`
	} `json:"resources"`
	LivenessProbe  *podProbe `json:"livenessProbe"`
	ReadinessProbe *podProbe `json:"readinessProbe"`
	StartupProbe   *podProbe `json:"startupProbe"`
}

type podObject struct {
	Kind     string `json:"kind"`
	Metadata struct {
		Name              string  `json:"name"`
		Namespace         string  `json:"namespace"`
		UID               string  `json:"uid"`
		CreationTimestamp Instant `json:"creationTimestamp"`
		DeletionTimestamp Instant `json:"deletionTimestamp"`
		OwnerReferences   []struct {
			Kind       string `json:"kind"`
			Name       string `json:"name"`
			Controller bool   `json:"controller"`
		} `json:"ownerReferences"`
	} `json:"metadata"`
	Spec struct {
		NodeName       string                       `json:"nodeName"`
		ServiceAccount string                       `json:"serviceAccountName"`
		Priority       string                       `json:"priorityClassName"`
		RestartPolicy  string                       `json:"restartPolicy"`
		Grace          int                          `json:"terminationGracePeriodSeconds"`
		Containers     []podContainer               `json:"containers"`
		Init           []podContainer               `json:"initContainers"`
		Ephemeral      []podContainer               `json:"ephemeralContainers"`
		Volumes        []map[string]json.RawMessage `json:"volumes"`
	} `json:"spec"`
	Status struct {
		Phase      string      `json:"phase"`
		Reason     string      `json:"reason"`
		Message    string      `json:"message"`
		PodIP      string      `json:"podIP"`
		QoS        string      `json:"qosClass"`
		StartTime  Instant     `json:"startTime"`
		Containers []podStatus `json:"containerStatuses"`
		Init       []podStatus `json:"initContainerStatuses"`
		Ephemeral  []podStatus `json:"ephemeralContainerStatuses"`
		Conditions []struct {
			Type               string  `json:"type"`
			Status             string  `json:"status"`
			Reason             string  `json:"reason"`
			Message            string  `json:"message"`
			LastTransitionTime Instant `json:"lastTransitionTime"`
		} `json:"conditions"`
	} `json:"status"`
}

// Pod reads a pod's JSON for one person who looks at it, its manifest included. Its errors quote nothing of the object.
func Pod(raw []byte) (desk.PodDetail, error) {
	var o podObject
	if err := json.Unmarshal(raw, &o); err != nil || o.Metadata.Name == "" {
		return desk.PodDetail{}, errNotObject
	}
	text, err := Manifest(raw, new(secret.Masker))
	if err != nil {
		return desk.PodDetail{}, err
	}
	word, says := platform.CleanLine, sentence
	d := desk.PodDetail{
		Namespace: word(o.Metadata.Namespace), Name: word(o.Metadata.Name), UID: word(o.Metadata.UID), Phase: word(o.Status.Phase), Reason: word(o.Status.Reason), Message: says(o.Status.Message),
		Node: word(o.Spec.NodeName), IP: word(o.Status.PodIP), QoS: word(o.Status.QoS), ServiceAccount: word(o.Spec.ServiceAccount), Priority: word(o.Spec.Priority), RestartPolicy: word(o.Spec.RestartPolicy),
		CreatedAt: o.Metadata.CreationTimestamp.Time, StartedAt: o.Status.StartTime.Time, DeletedAt: o.Metadata.DeletionTimestamp.Time, Grace: time.Duration(max(o.Spec.Grace, 0)) * time.Second, Manifest: text,
	}
	for _, r := range o.Metadata.OwnerReferences {
		if r.Controller || d.Owner == "" {
			d.Owner = word(r.Kind) + "/" + word(r.Name)
		}
	}
	for _, c := range o.Spec.Init {
		role := desk.RoleInit
		if c.RestartPolicy == "Always" {
			role = desk.RoleSidecar
		}
		d.Containers = append(d.Containers, containerDetail(c, o.Status.Init, role))
	}
	for _, c := range o.Spec.Containers {
		d.Containers = append(d.Containers, containerDetail(c, o.Status.Containers, desk.RoleMain))
	}
	for _, c := range o.Spec.Ephemeral {
		d.Containers = append(d.Containers, containerDetail(c, o.Status.Ephemeral, desk.RoleEphemeral))
	}
	for _, c := range o.Status.Conditions {
		d.Conditions = append(d.Conditions, desk.PodCondition{Type: word(c.Type), Status: word(c.Status), Reason: word(c.Reason), Message: says(c.Message), Since: c.LastTransitionTime.Time})
	}
	slices.SortStableFunc(d.Conditions, func(a, b desk.PodCondition) int {
		return cmp.Compare(truth(a.Status), truth(b.Status))
	})
	for _, v := range o.Spec.Volumes {
		if text := volume(v); text != "" {
			d.Volumes = append(d.Volumes, text)
		}
	}
	return d, nil
}

func truth(status string) int {
	if status == "True" {
		return 1
	}
	return 0
}

// longestSentence is how many bytes of a message are kept.
const longestSentence = 2000

// sentence makes a remote sentence safe, short and without credentials.
func sentence(s string) string {
	s = secret.Scrub(platform.CleanLine(s))
	if len(s) > longestSentence {
		s = strings.ToValidUTF8(s[:longestSentence], "") + "…"
	}
	return s
}

func containerDetail(c podContainer, statuses []podStatus, role string) desk.ContainerDetail {
	word := platform.CleanLine
	amount := func(m map[string]scalar, name string) string { return word(string(m[name])) }
	d := desk.ContainerDetail{
		Name: word(c.Name), Role: role, Image: word(c.Image), PullPolicy: word(c.PullPolicy), Liveness: probe(c.LivenessProbe), Readiness: probe(c.ReadinessProbe), StartProbe: probe(c.StartupProbe),
		CPURequest: amount(c.Resources.Requests, "cpu"), CPULimit: amount(c.Resources.Limits, "cpu"), MemoryRequest: amount(c.Resources.Requests, "memory"), MemoryLimit: amount(c.Resources.Limits, "memory"),
		StorageRequest: amount(c.Resources.Requests, "ephemeral-storage"), StorageLimit: amount(c.Resources.Limits, "ephemeral-storage"),
	}
	for _, p := range c.Ports {
		d.Ports = append(d.Ports, strings.TrimSpace(word(p.Name)+" "+strconv.Itoa(p.Port)+"/"+cmp.Or(word(p.Protocol), "TCP")))
	}
	at := slices.IndexFunc(statuses, func(s podStatus) bool { return s.Name == c.Name })
	if at < 0 {
		d.State = "waiting"
		return d
	}
	s := statuses[at]
	d.Ready, d.Restarts, d.Started = s.Ready, max(s.RestartCount, 0), s.Started != nil && *s.Started
	if _, digest, ok := strings.Cut(word(s.ImageID), "@"); ok && strings.HasPrefix(digest, "sha256:") {
		d.Digest = digest
	}
	switch {
	case s.State.Running != nil:
		d.State, d.Since = "running", s.State.Running.StartedAt.Time
	case s.State.Terminated != nil:
		d.State, d.End = "terminated", endOf(s.State)
		d.Since, d.Reason, d.Message = d.End.Ended, d.End.Reason, d.End.Message
	default:
		d.State = "waiting"
		if w := s.State.Waiting; w != nil {
			d.Reason, d.Message = word(w.Reason), sentence(w.Message)
		}
	}
	d.Last = endOf(s.LastState)
	return d
}

func endOf(s podState) *desk.ContainerEnd {
	t := s.Terminated
	if t == nil {
		return nil
	}
	return &desk.ContainerEnd{Reason: platform.CleanLine(t.Reason), Message: sentence(t.Message), Code: t.ExitCode, Signal: t.Signal, Started: t.StartedAt.Time, Ended: t.FinishedAt.Time}
}

// probe says a probe in short, in the words of the manifest.
func probe(p *podProbe) string {
	if p == nil {
		return ""
	}
	how := ""
	switch {
	case p.HTTPGet != nil:
		how = strings.TrimSpace(cmp.Or(p.HTTPGet.Scheme, "HTTP") + " GET " + secret.Scrub(p.HTTPGet.Path) + " :" + string(p.HTTPGet.Port))
	case p.TCPSocket != nil:
		how = "TCP :" + string(p.TCPSocket.Port)
	case p.GRPC != nil:
		how = "gRPC :" + string(p.GRPC.Port)
	case p.Exec != nil:
		how = "exec"
	}
	seconds := func(n int) string { return strconv.Itoa(n) + " s" }
	how += " · " + seconds(cmp.Or(p.PeriodSeconds, 10)) + " × " + strconv.Itoa(cmp.Or(p.FailureThreshold, 3)) + " · timeout " + seconds(cmp.Or(p.TimeoutSeconds, 1))
	if p.Delay > 0 {
		how += " · delay " + seconds(p.Delay)
	}
	return platform.CleanLine(how)
}

// volume says a volume in short: "config: configMap app".
func volume(v map[string]json.RawMessage) string {
	var name string
	_ = json.Unmarshal(v["name"], &name)
	var kinds []string
	for k := range v {
		if k != "name" {
			kinds = append(kinds, k)
		}
	}
	if name == "" || len(kinds) == 0 {
		return ""
	}
	slices.Sort(kinds)
	kind := kinds[0]
	var of struct {
		Name   string `json:"name"`
		Secret string `json:"secretName"`
		Claim  string `json:"claimName"`
		Path   string `json:"path"`
	}
	_ = json.Unmarshal(v[kind], &of)
	return platform.CleanLine(strings.TrimSpace(name + ": " + kind + " " + cmp.Or(of.Secret, of.Claim, of.Name, of.Path)))
}
