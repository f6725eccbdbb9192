package argocd

import (
	"cmp"
	"encoding/json"

	"dsotop/internal/sources"
)

// The shapes of Argo CD's REST answers, API v1, as far as dsotop reads them. What is not named here is dropped while
// decoding: Helm values and parameters, plugin environments and annotations may hold secrets and never enter memory.

type stamp = sources.Instant

type wireApp struct {
	Metadata struct {
		Name              string            `json:"name"`
		Namespace         string            `json:"namespace"`
		Labels            map[string]string `json:"labels"`
		CreationTimestamp stamp             `json:"creationTimestamp"`
	} `json:"metadata"`
	Spec struct {
		Project string       `json:"project"`
		Source  *wireSource  `json:"source"`
		Sources []wireSource `json:"sources"`
		// Since 2.14: what is written (dry) is made into manifests on a branch of their own (sync), which is what the application follows. There
		// is no source then.
		SourceHydrator *struct {
			DrySource struct {
				RepoURL string `json:"repoURL"`
			} `json:"drySource"`
			SyncSource struct {
				TargetBranch string `json:"targetBranch"`
				Path         string `json:"path"`
			} `json:"syncSource"`
		} `json:"sourceHydrator"`
		Destination struct {
			Name      string `json:"name"`
			Namespace string `json:"namespace"`
		} `json:"destination"`
		SyncPolicy struct {
			Automated *struct {
				Prune    bool  `json:"prune"`
				SelfHeal bool  `json:"selfHeal"`
				Enabled  *bool `json:"enabled"` // since 3.1; nil means yes
			} `json:"automated"`
		} `json:"syncPolicy"`
	} `json:"spec"`
	Status struct {
		Sync struct {
			Status    string   `json:"status"`
			Revision  string   `json:"revision"`
			Revisions []string `json:"revisions"`
		} `json:"sync"`
		Health         wireAppHealth  `json:"health"`
		OperationState *wireOperation `json:"operationState"`
		SourceHydrator struct {
			CurrentOperation *struct {
				Phase      string `json:"phase"` // Hydrating, Hydrated, Failed
				Message    string `json:"message"`
				FinishedAt stamp  `json:"finishedAt"`
			} `json:"currentOperation"`
		} `json:"sourceHydrator"`
		Conditions []struct {
			Type               string `json:"type"`
			Message            string `json:"message"`
			LastTransitionTime stamp  `json:"lastTransitionTime"`
		} `json:"conditions"`
		History []struct {
			ID         int64    `json:"id"`
			Revision   string   `json:"revision"`
			Revisions  []string `json:"revisions"`
			DeployedAt stamp    `json:"deployedAt"`
		} `json:"history"`
		Resources    []wireResource `json:"resources"`
		ReconciledAt stamp          `json:"reconciledAt"`
		Summary      struct {
			Images []string `json:"images"`
		} `json:"summary"`
	} `json:"status"`
}

type wireSource struct {
	RepoURL        string `json:"repoURL"`
	Path           string `json:"path"`
	Chart          string `json:"chart"`
	TargetRevision string `json:"targetRevision"`
}

type wireAppHealth struct {
	wireHealth
	LastTransitionTime stamp `json:"lastTransitionTime"`
}

type wireHealth struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

type wireOperation struct {
	Phase      string `json:"phase"`
	Message    string `json:"message"`
	StartedAt  stamp  `json:"startedAt"`
	FinishedAt stamp  `json:"finishedAt"`
	Operation  struct {
		InitiatedBy struct {
			Username  string `json:"username"`
			Automated bool   `json:"automated"`
		} `json:"initiatedBy"`
		Sync *struct {
			Revision  string   `json:"revision"`
			Revisions []string `json:"revisions"`
			// Resources are told when not all are synchronised: what Argo CD heals by itself.
			Resources []struct {
				Kind string `json:"kind"`
				Name string `json:"name"`
			} `json:"resources"`
		} `json:"sync"`
	} `json:"operation"`
	SyncResult *struct {
		Revision  string   `json:"revision"`
		Revisions []string `json:"revisions"`
		Resources []struct {
			Group     string `json:"group"`
			Kind      string `json:"kind"`
			Namespace string `json:"namespace"`
			Name      string `json:"name"`
			Status    string `json:"status"`
			Message   string `json:"message"`
			// A hook's status says that it was created; its phase says how it ended.
			HookType  string `json:"hookType"`
			HookPhase string `json:"hookPhase"`
		} `json:"resources"`
	} `json:"syncResult"`
}

type wireResource struct {
	Group     string      `json:"group"`
	Kind      string      `json:"kind"`
	Namespace string      `json:"namespace"`
	Name      string      `json:"name"`
	Status    string      `json:"status"`
	Health    *wireHealth `json:"health"` // absent since 3.0: the tree has it
}

// wireEvent is one message of the stream, either a result or an error.
type wireEvent struct {
	Result *struct {
		Type        string          `json:"type"`
		Application json.RawMessage `json:"application"`
	} `json:"result"`
	Error *wireTrouble `json:"error"`
}

// wireTrouble is an error sent inside a stream.
type wireTrouble struct {
	Code     int    `json:"http_code"`
	GRPCCode int    `json:"grpc_code"`
	Bare     int    `json:"code"` // what newer gateways call grpc_code
	Message  string `json:"message"`
}

func (w wireTrouble) grpc() int { return cmp.Or(w.GRPCCode, w.Bare) }

type wireTree struct {
	Nodes         []wireNode `json:"nodes"`
	OrphanedNodes []wireNode `json:"orphanedNodes"`
}

type wireNode struct {
	Group           string   `json:"group"`
	Version         string   `json:"version"`
	Kind            string   `json:"kind"`
	Namespace       string   `json:"namespace"`
	Name            string   `json:"name"`
	UID             string   `json:"uid"`
	ParentRefs      []wireID `json:"parentRefs"`
	ResourceVersion string   `json:"resourceVersion"`
	Images          []string `json:"images"`
	Info            []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"info"`
	Health    *wireHealth `json:"health"`
	CreatedAt stamp       `json:"createdAt"`
}

type wireID struct {
	UID string `json:"uid"`
}

// wirePod is the part of a live pod manifest that dsotop reads: never the environment of a container.
type wirePod struct {
	Metadata struct {
		DeletionTimestamp *stamp `json:"deletionTimestamp"`
	} `json:"metadata"`
	Spec struct {
		NodeName       string          `json:"nodeName"`
		Containers     []wireContainer `json:"containers"`
		InitContainers []wireContainer `json:"initContainers"`
	} `json:"spec"`
	Status struct {
		Phase                 string       `json:"phase"`
		Reason                string       `json:"reason"`
		Message               string       `json:"message"`
		ContainerStatuses     []wireStatus `json:"containerStatuses"`
		InitContainerStatuses []wireStatus `json:"initContainerStatuses"`
		Conditions            []struct {
			Type    string `json:"type"`
			Status  string `json:"status"`
			Reason  string `json:"reason"`
			Message string `json:"message"`
		} `json:"conditions"`
	} `json:"status"`
}

type wireContainer struct {
	Name      string `json:"name"`
	Image     string `json:"image"`
	Resources struct {
		Requests map[string]quantity `json:"requests"`
		Limits   map[string]quantity `json:"limits"`
	} `json:"resources"`
}

type wireStatus struct {
	Name         string    `json:"name"`
	Ready        bool      `json:"ready"`
	RestartCount int       `json:"restartCount"`
	ImageID      string    `json:"imageID"`
	State        wireState `json:"state"`
	LastState    wireState `json:"lastState"`
}

type wireState struct {
	Running *struct {
		StartedAt stamp `json:"startedAt"`
	} `json:"running"`
	Waiting *struct {
		Reason  string `json:"reason"`
		Message string `json:"message"`
	} `json:"waiting"`
	Terminated *struct {
		Reason     string `json:"reason"`
		Message    string `json:"message"`
		ExitCode   int    `json:"exitCode"`
		StartedAt  stamp  `json:"startedAt"`
		FinishedAt stamp  `json:"finishedAt"`
	} `json:"terminated"`
}

// wireController is the part of a live Deployment, StatefulSet or ReplicaSet that tells how many pods it wants and why it has not.
type wireController struct {
	Spec struct {
		Replicas  *int `json:"replicas"`
		Instances *int `json:"instances"` // CNPG Cluster
	} `json:"spec"`
	Status struct {
		ReadyReplicas          int `json:"readyReplicas"`
		UpdatedReplicas        int `json:"updatedReplicas"`
		ReadyInstances         int `json:"readyInstances"`
		DesiredNumberScheduled int `json:"desiredNumberScheduled"`
		NumberReady            int `json:"numberReady"`
		UpdatedNumberScheduled int `json:"updatedNumberScheduled"`
		Conditions             []struct {
			Type               string `json:"type"`
			Status             string `json:"status"`
			Reason             string `json:"reason"`
			Message            string `json:"message"`
			LastTransitionTime stamp  `json:"lastTransitionTime"`
		} `json:"conditions"`
	} `json:"status"`
}

type wireEvents struct {
	Items []struct {
		InvolvedObject struct {
			Kind      string `json:"kind"`
			Namespace string `json:"namespace"`
			Name      string `json:"name"`
		} `json:"involvedObject"`
		Type           string `json:"type"`
		Reason         string `json:"reason"`
		Message        string `json:"message"`
		Count          int    `json:"count"`
		FirstTimestamp stamp  `json:"firstTimestamp"`
		LastTimestamp  stamp  `json:"lastTimestamp"`
		EventTime      stamp  `json:"eventTime"`
		Series         *struct {
			Count            int   `json:"count"`
			LastObservedTime stamp `json:"lastObservedTime"`
		} `json:"series"`
	} `json:"items"`
}

type wireUser struct {
	LoggedIn bool     `json:"loggedIn"`
	Username string   `json:"username"`
	Issuer   string   `json:"iss"`
	Groups   []string `json:"groups"`
}
