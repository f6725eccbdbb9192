package words

// Environment is the page of one namespace.
type Environment struct {
	Title, GoneHint string
	// Tabs.
	Pods, Events, Resources, Errors string
	EventsShort, ResourcesShort     string

	// The first lines.
	Zone, Autosync, NoAutosync, Asked, Undeclared string
	Of                                            string // "61 % de 4 cœurs"
	QuotaAsked                                    string // share of the quota that requests and limits take

	// The tree.
	Workload, State, Ready, Restarts, Age, Image               string
	NoPod, NoPodWhy, NoApplication, LastDeployed, NotDeployed  string
	ByHand, PodsTitle, ApplicationsTitle, Unreadable, OnlyTree string
	Others                                                     string // pods without a controller
	Order                                                      map[string]string
	NotFound                                                   string // the image cannot be had

	// Details.
	Node, Phase, Message, Containers, Init, LastEnd, Exit, Requests, Limits, None string
	Conditions, Sync, Operation, Revision, Source, Outside, Kind, Created         string
	EventsOf, NoEvent, NoEventWhy, Images, Digest, Running                        string
	RestartCount                                                                  func(n int) string

	// Events and errors.
	When, Reason, Object, Count, Text      string
	NoError, NoErrorWhy                    string
	Quota, NoQuota, NoUsage, Hour, UsedNow string
	QuotaName                              map[string]string
	CopyPod, CopyImage, CopyApp, CopyEvent string
}

func environmentFrench(s *Set) Environment {
	return Environment{
		Title: "Environnement", GoneHint: "{key:back} revient en arrière. L'environnement a pu être supprimé, ou ce compte n'y a plus accès.",
		Pods: "Charges & pods", Events: "Événements", Resources: "Quota & usage", Errors: "Erreurs", EventsShort: "Évén.", ResourcesShort: "Quota",
		Zone: "zone", Autosync: "synchro auto", NoAutosync: "synchro manuelle", Asked: "demande", Undeclared: "inconnu de la console", Of: "de", QuotaAsked: "quota réservé",
		Workload: "CHARGE / POD", State: "ÉTAT", Ready: "PRÊTS", Restarts: "RED.", Age: "ÂGE", Image: "IMAGE → PIPELINE",
		NoPod: "Aucun pod", NoPodWhy: "Rien ne tourne dans cet espace de noms : voir l'application Argo CD ci-dessus.", NoApplication: "aucune application Argo CD",
		LastDeployed: "déployé", NotDeployed: "jamais déployé", ByHand: "à la main", PodsTitle: "Pods", ApplicationsTitle: "Argo CD", Unreadable: "pas lisible",
		OnlyTree: "Lu dans l'arbre d'Argo CD : sans détail par conteneur.", Others: "sans contrôleur",
		Order:    map[string]string{"severity": "gravité", "name": "nom", "restarts": "redémarrages", "age": "plus récent"},
		NotFound: "introuvable",
		Node:     "nœud", Phase: "phase", Message: "message", Containers: "Conteneurs", Init: "initialisation", LastEnd: "dernier arrêt", Exit: "code", Requests: "demande", Limits: "limite", None: "sans",
		Conditions: "Ce qui ne va pas", Sync: "synchro", Operation: "opération", Revision: "révision", Source: "source", Outside: "Ressources en écart", Kind: "genre", Created: "créé",
		EventsOf: "Événements", NoEvent: "Aucun événement", NoEventWhy: "Kubernetes n'en garde qu'une heure environ.", Images: "images", Digest: "empreinte", Running: "tourne",
		RestartCount: func(n int) string { return s.Plural(n, "redémarrage", "redémarrages") },
		When:         "QUAND", Reason: "RAISON", Object: "OBJET", Count: "FOIS", Text: "MESSAGE",
		NoError: "Aucune erreur récente dans les journaux", NoErrorWhy: "Les dernières lignes de niveau erreur s'affichent ici.",
		Quota: "Quota", NoQuota: "aucun quota sur cet espace de noms", NoUsage: "Consommation", Hour: "dernière heure", UsedNow: "Consommation",
		QuotaName: map[string]string{
			"limits.cpu": "limites CPU", "limits.memory": "limites mémoire", "requests.cpu": "demandes CPU", "requests.memory": "demandes mémoire", "pods": "pods",
			"requests.storage": "stockage", "persistentvolumeclaims": "volumes", "services": "services", "secrets": "secrets", "configmaps": "configmaps",
		},
		CopyPod: "nom du pod", CopyImage: "image", CopyApp: "nom de l'application", CopyEvent: "message",
	}
}

func environmentEnglish(s *Set) Environment {
	return Environment{
		Title: "Environment", GoneHint: "{key:back} goes back. The environment may have been deleted, or this account no longer has access to it.",
		Pods: "Workloads & pods", Events: "Events", Resources: "Quota & usage", Errors: "Errors", EventsShort: "Events", ResourcesShort: "Quota",
		Zone: "zone", Autosync: "auto-sync", NoAutosync: "manual sync", Asked: "asked", Undeclared: "unknown to the console", Of: "of", QuotaAsked: "quota reserved",
		Workload: "WORKLOAD / POD", State: "STATE", Ready: "READY", Restarts: "RST", Age: "AGE", Image: "IMAGE → PIPELINE",
		NoPod: "No pod", NoPodWhy: "Nothing runs in this namespace: see the Argo CD application above.", NoApplication: "no Argo CD application",
		LastDeployed: "deployed", NotDeployed: "never deployed", ByHand: "by hand", PodsTitle: "Pods", ApplicationsTitle: "Argo CD", Unreadable: "not readable",
		OnlyTree: "Read in Argo CD's tree: without detail by container.", Others: "without controller",
		Order:    map[string]string{"severity": "severity", "name": "name", "restarts": "restarts", "age": "newest"},
		NotFound: "not found",
		Node:     "node", Phase: "phase", Message: "message", Containers: "Containers", Init: "init", LastEnd: "last end", Exit: "code", Requests: "request", Limits: "limit", None: "no",
		Conditions: "What is wrong", Sync: "sync", Operation: "operation", Revision: "revision", Source: "source", Outside: "Resources that differ", Kind: "kind", Created: "created",
		EventsOf: "Events", NoEvent: "No event", NoEventWhy: "Kubernetes keeps them for about an hour.", Images: "images", Digest: "digest", Running: "runs",
		RestartCount: func(n int) string { return s.Plural(n, "restart", "restarts") },
		When:         "WHEN", Reason: "REASON", Object: "OBJECT", Count: "TIMES", Text: "MESSAGE",
		NoError: "No recent error in the logs", NoErrorWhy: "The last lines of level error are shown here.",
		Quota: "Quota", NoQuota: "no quota on this namespace", NoUsage: "Consumption", Hour: "last hour", UsedNow: "Consumption",
		QuotaName: map[string]string{
			"limits.cpu": "CPU limits", "limits.memory": "memory limits", "requests.cpu": "CPU requests", "requests.memory": "memory requests", "pods": "pods",
			"requests.storage": "storage", "persistentvolumeclaims": "volumes", "services": "services", "secrets": "secrets", "configmaps": "configmaps",
		},
		CopyPod: "pod name", CopyImage: "image", CopyApp: "application name", CopyEvent: "message",
	}
}
