package words

// Pods is the pages of pods: their list, and one of them.
type Pods struct {
	Title, Pod                                                                                                         string
	Name, Project, Env, State, Ready, Restarts, Age, Node, Image, Load                                                 string // columns
	Order                                                                                                              string
	None, NoneWhy, Gone, GoneHint, Alone                                                                               string
	Counts                                                                                                             func(pods, bad, moving int) string
	Containers, Events, Manifest                                                                                       string // tabs
	Reading, ReadBy, FromTree, OnlyList, NoDetail                                                                      string
	Owner, Node1, IP, QoS, Account, Priority, Restart, Started, Deleting, Volumes, Conditions, AllTrue, Image1, Digest string
	Ports, Liveness, Readiness, Startup, Request, Limit, NotSet, LastEnd, EndNow, RanFor, Built                        string
	Role                                                                                                               map[string]string
	NoEvent, NoEventWhy, Times                                                                                         string
	CopyName, CopyImage, CopyDigest, CopyManifest, CopyNamespace                                                       string
	// Exit says what an exit code means, by the code; ExitOther for the rest, Signal for the other signals.
	Exit              map[int]string
	ExitOther, Signal string
	// Why says what a reason of Kubernetes means; Condition what a condition that is not met does.
	Why       map[string]string
	Condition map[string]string
}

// ExitText says what an exit code means: as shells and runtimes have it, 128 and more is the signal that ended the process.
func (p Pods) ExitText(code int) string {
	if text, ok := p.Exit[code]; ok {
		return text
	}
	if code > 128 && code < 160 {
		return p.Signal
	}
	return p.ExitOther
}

func podsFrench(s *Set) Pods {
	return Pods{
		Title: "Pods", Pod: "Pod", Name: "POD", Project: "PROJET", Env: "ENV", State: "ÉTAT", Ready: "PRÊTS", Restarts: "RED.", Age: "ÂGE", Node: "NŒUD", Image: "IMAGE", Load: "CHARGE", Order: "gravité",
		None: "Aucun pod", NoneWhy: "Rien ne tourne ici, ou les pods ne sont pas encore lus : les projets à l'écran le sont d'abord.", Gone: "Ce pod n'existe plus", GoneHint: "Son contrôleur l'a remplacé : {key:back} revient à la liste, où est son successeur.", Alone: "sans contrôleur",
		Counts: func(pods, bad, moving int) string {
			return s.Plural(pods, "pod", "pods") + "  " + s.Int(bad) + " en panne  " + s.Int(moving) + " en mouvement"
		},
		Containers: "Conteneurs", Events: "Événements", Manifest: "Manifeste", Reading: "Lecture du pod…", ReadBy: "lu par", FromTree: "à travers Argo CD", OnlyList: "Détail non lu : ce qui suit vient de la liste.", NoDetail: "Aucune source ne sait lire ce pod en détail : il faut Argo CD ou Kubernetes.",
		Owner: "contrôleur", Node1: "nœud", IP: "adresse", QoS: "classe", Account: "compte", Priority: "priorité", Restart: "redémarrage", Started: "démarré", Deleting: "suppression demandée", Volumes: "volumes", Conditions: "Conditions", AllTrue: "toutes remplies", Image1: "image", Digest: "empreinte",
		Ports: "ports", Liveness: "vivacité", Readiness: "disponibilité", Startup: "démarrage", Request: "demande", Limit: "limite", NotSet: "sans", LastEnd: "arrêt précédent", EndNow: "arrêt", RanFor: "après", Built: "construite par",
		Role:    map[string]string{"init": "initialisation", "sidecar": "annexe", "ephemeral": "éphémère"},
		NoEvent: "Aucun événement", NoEventWhy: "Kubernetes n'en garde qu'une heure environ.", Times: "fois",
		CopyName: "nom du pod", CopyImage: "image", CopyDigest: "empreinte", CopyManifest: "manifeste", CopyNamespace: "espace de noms",
		Exit: map[int]string{
			0: "fin normale", 1: "erreur de l'application", 2: "mauvais usage ou erreur de l'application", 125: "le conteneur n'a pas pu être lancé", 126: "commande non exécutable", 127: "commande introuvable dans l'image", 128: "le conteneur n'a pas pu démarrer",
			130: "interrompu (SIGINT)", 134: "abandon (SIGABRT)", 137: "tué (SIGKILL) : mémoire dépassée, ou arrêt trop lent", 139: "erreur de mémoire du programme (SIGSEGV)", 143: "arrêté à la demande (SIGTERM)", 255: "erreur hors des codes prévus",
		},
		ExitOther: "code propre à l'application", Signal: "arrêté par un signal",
		Why: map[string]string{
			"CrashLoopBackOff": "Le conteneur s'arrête à chaque démarrage ; Kubernetes attend de plus en plus longtemps avant de le relancer.", "ImagePullBackOff": "L'image ne peut pas être tirée ; Kubernetes réessaie de plus en plus rarement.", "ErrImagePull": "L'image ne peut pas être tirée : elle n'existe pas, ou le secret d'accès ne convient pas.",
			"InvalidImageName": "Le nom de l'image est mal écrit.", "CreateContainerConfigError": "Un Secret ou un ConfigMap cité par le pod n'existe pas, ou il y manque une clé.", "CreateContainerError": "Le moteur de conteneurs n'a pas pu créer le conteneur.", "RunContainerError": "Le moteur de conteneurs n'a pas pu lancer le conteneur.",
			"OOMKilled": "La limite de mémoire a été dépassée : le noyau a tué le conteneur.", "Error": "Le conteneur s'est arrêté sur une erreur.", "Evicted": "Le nœud manquait d'une ressource et a évincé le pod.", "ContainerCreating": "Les volumes et l'image se préparent.", "PodInitializing": "Les conteneurs d'initialisation travaillent.",
			"Terminating": "La suppression est demandée ; le pod finit.", "NotReady": "Un conteneur s'est terminé alors que d'autres tournent.", "Unschedulable": "Aucun nœud ne peut prendre ce pod.", "DeadlineExceeded": "Le temps permis est dépassé.", "ContainerCannotRun": "Le conteneur ne peut pas s'exécuter.", "SchedulingGated": "Le placement est retenu.",
			"Pending": "Le pod attend un nœud ou ses conteneurs.", "Unknown": "Le nœud ne répond plus.",
		},
		Condition: map[string]string{
			"PodScheduled": "aucun nœud ne l'a pris", "Initialized": "l'initialisation n'est pas finie", "ContainersReady": "un conteneur n'est pas prêt", "Ready": "ne reçoit pas de trafic", "PodReadyToStartContainers": "réseau et volumes pas encore prêts", "DisruptionTarget": "va être arrêté par le cluster",
		},
	}
}

func podsEnglish(s *Set) Pods {
	return Pods{
		Title: "Pods", Pod: "Pod", Name: "POD", Project: "PROJECT", Env: "ENV", State: "STATE", Ready: "READY", Restarts: "RST", Age: "AGE", Node: "NODE", Image: "IMAGE", Load: "WORKLOAD", Order: "severity",
		None: "No pod", NoneWhy: "Nothing runs here, or pods are not read yet: projects on screen are read first.", Gone: "This pod no longer exists", GoneHint: "Its controller replaced it: {key:back} goes back to the list, where its successor is.", Alone: "no controller",
		Counts: func(pods, bad, moving int) string {
			return s.Plural(pods, "pod", "pods") + "  " + s.Int(bad) + " broken  " + s.Int(moving) + " moving"
		},
		Containers: "Containers", Events: "Events", Manifest: "Manifest", Reading: "Reading the pod…", ReadBy: "read by", FromTree: "through Argo CD", OnlyList: "Detail not read: what follows is from the list.", NoDetail: "No source can read this pod in detail: it takes Argo CD or Kubernetes.",
		Owner: "controller", Node1: "node", IP: "address", QoS: "class", Account: "account", Priority: "priority", Restart: "restart", Started: "started", Deleting: "deletion asked", Volumes: "volumes", Conditions: "Conditions", AllTrue: "all met", Image1: "image", Digest: "digest",
		Ports: "ports", Liveness: "liveness", Readiness: "readiness", Startup: "startup", Request: "request", Limit: "limit", NotSet: "none", LastEnd: "previous end", EndNow: "end", RanFor: "after", Built: "built by",
		Role:    map[string]string{"init": "init", "sidecar": "sidecar", "ephemeral": "ephemeral"},
		NoEvent: "No event", NoEventWhy: "Kubernetes keeps them for about an hour.", Times: "times",
		CopyName: "pod name", CopyImage: "image", CopyDigest: "digest", CopyManifest: "manifest", CopyNamespace: "namespace",
		Exit: map[int]string{
			0: "normal end", 1: "error of the application", 2: "misuse, or error of the application", 125: "the container could not be run", 126: "command not executable", 127: "command not found in the image", 128: "the container could not start",
			130: "interrupted (SIGINT)", 134: "aborted (SIGABRT)", 137: "killed (SIGKILL): out of memory, or too slow to stop", 139: "memory fault of the program (SIGSEGV)", 143: "stopped on request (SIGTERM)", 255: "error outside the known codes",
		},
		ExitOther: "a code of the application's own", Signal: "stopped by a signal",
		Why: map[string]string{
			"CrashLoopBackOff": "The container ends at each start; Kubernetes waits longer and longer before it starts it again.", "ImagePullBackOff": "The image cannot be pulled; Kubernetes tries less and less often.", "ErrImagePull": "The image cannot be pulled: it does not exist, or the pull secret does not fit.",
			"InvalidImageName": "The name of the image is malformed.", "CreateContainerConfigError": "A Secret or ConfigMap that the pod names does not exist, or lacks a key.", "CreateContainerError": "The container engine could not create the container.", "RunContainerError": "The container engine could not run the container.",
			"OOMKilled": "The memory limit was exceeded: the kernel killed the container.", "Error": "The container ended with an error.", "Evicted": "The node lacked a resource and evicted the pod.", "ContainerCreating": "Volumes and image are being prepared.", "PodInitializing": "Init containers are at work.",
			"Terminating": "Deletion was asked; the pod is ending.", "NotReady": "A container has ended while others run.", "Unschedulable": "No node can take this pod.", "DeadlineExceeded": "The time allowed has passed.", "ContainerCannotRun": "The container cannot run.", "SchedulingGated": "Scheduling is held back.",
			"Pending": "The pod waits for a node or its containers.", "Unknown": "The node no longer answers.",
		},
		Condition: map[string]string{
			"PodScheduled": "no node took it", "Initialized": "initialisation is not over", "ContainersReady": "a container is not ready", "Ready": "receives no traffic", "PodReadyToStartContainers": "network and volumes not ready yet", "DisruptionTarget": "is about to be stopped by the cluster",
		},
	}
}
