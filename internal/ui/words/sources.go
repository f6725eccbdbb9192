package words

import (
	"strings"
	"time"
)

// Sources is the page of what is read, as whom and how well.
type Sources struct {
	Title string
	// Columns.
	Source, Kind, State, Since, Success, Latency, Calls, Bytes, Version string
	// Names of columns whose titles are shortened, and the order.
	SuccessLong, Order string
	// Details.
	URL, Identity, Expires, Expired, NextRetry, Detail, Remedy, Rights, Problems string
	NoIdentity, NoRights, NoProblem, NeverRead, NoSource, NoSourceWhy            string
	Held, Lost, NotKnown, Costs                                                  string
	Absent                                                                       string                  // a kind without any source
	In                                                                           func(age string) string // "dans 3 j"
	// Clock names the fact, ClockWrong says how far a system's clock is ahead of ours (negative: behind), with what follows.
	Clock      string
	ClockWrong func(ahead time.Duration) string
	// Right names what a credential may do, Loss what is missing without it, by their machine words.
	Right, Loss map[string]string
	// Obtain says how a missing right is had, by the kind of the source and the right's machine word, "gitlab/api.read"; a kind alone is for all
	// its rights.
	Obtain map[string]string
	// KindName is the product's name of a kind, KindGives what it brings.
	KindName, KindGives           map[string]string
	CopyName, CopyURL, CopyDetail string
	Counts                        func(well, all int) string
	Without                       string // before what is lost
}

func sourcesFrench(s *Set) Sources {
	return Sources{
		Title: "Sources", Source: "SOURCE", Kind: "GENRE", State: "ÉTAT", Since: "DEPUIS", Success: "LUE", Latency: "LATENCE ms", Calls: "APPELS", Bytes: "REÇU", Version: "VERSION",
		SuccessLong: "dernière lecture", Order: "gravité",
		URL: "adresse", Identity: "identité", Expires: "expire", Expired: "a expiré", NextRetry: "nouvel essai", Detail: "constat", Remedy: "que faire", Rights: "Droits", Problems: "Ce qui échoue en partie",
		NoIdentity: "non dite par le service", NoRights: "droits non communiqués", NoProblem: "rien n'échoue", NeverRead: "jamais", NoSource: "Aucune source",
		NoSourceWhy: "La configuration n'en déclare aucune. « dsotop demo » montre le programme sans rien configurer.",
		Held:        "accordé", Lost: "manque", NotKnown: "non vérifié", Costs: "coût", Absent: "non configuré",
		In:    func(age string) string { return "dans " + age },
		Clock: "horloge", ClockWrong: func(ahead time.Duration) string {
			way := "en avance"
			if ahead < 0 {
				way = "en retard"
			}
			return s.Apart(ahead) + " " + way + " sur celle de cette machine : régler l'une ou l'autre (NTP). Les carnets en tiennent compte ; les âges affichés, non."
		},
		Right: map[string]string{
			"projects.all": "voir tous les projets", "logs.platform": "journal de la plateforme", "clusters.list": "voir les grappes", "applications.all": "voir toutes les applications",
			"applications.some": "voir des applications", "applications.sync": "synchroniser", "logs.all": "lire les journaux des pods", "alerts.list": "voir les alertes",
			"api.read": "lire l'API", "group.read": "voir le groupe racine", "graphql.read": "lectures groupées (GraphQL)", "groups.access_tokens": "voir les jetons du groupe", "projects.access_tokens": "voir les jetons des dépôts",
			"pipelines.variables": "variables des pipelines", "jobs.read": "voir les tâches", "images.list": "voir les images", "robots.list": "lister les robots", "projects.list": "lister les projets", "projects.browse": "voir les mesures",
			"logs.query": "interroger les journaux", "metrics.query": "interroger les métriques", "pods.list": "voir les pods", "pods.watch": "suivre les pods", "namespaces.list": "voir les espaces de noms",
			"workloads.list": "voir les charges", "events.list": "voir les événements", "quotas.list": "voir les quotas", "pods.log": "lire les journaux des pods",
			"repository.read": "lire les fichiers des dépôts", "groups.members": "voir les membres du groupe", "zone.commits": "voir le dépôt de la zone", "deployments.list": "voir les déploiements", "service_chains.list": "voir les chaînes de service",
		},
		Loss: map[string]string{
			"projects.others": "les projets dont ce compte n'est pas membre", "log.results": "le détail par outil du journal", "clusters.usage": "l'occupation des grappes", "gitops": "les applications Argo CD",
			"logs": "les journaux", "actions": "les actions (pas en lecture seule)", "alerts": "les alertes", "pipelines": "les pipelines", "fleet": "la liste complète des projets", "mirror": "quel dépôt un miroir concerne",
			"tokens": "l'échéance du jeton du miroir", "repository_tokens": "l'échéance des jetons des dépôts", "jobs": "la tâche qui a échoué", "images": "les images et leurs vulnérabilités", "quality": "la barrière de qualité", "usage": "CPU et mémoire consommés",
			"pods": "les pods", "namespaces": "les espaces de noms", "workloads": "les charges", "events": "les événements", "quota": "les quotas",
			"robots": "l'échéance des robots du registre", "code": "ce que disent les fichiers de CI et d'observabilité", "access": "qui a accès au groupe GitLab", "zone": "les environnements que la zone n'écrit plus", "deployments": "les environnements figés", "exposure": "les chaînes de service en échec",
		},
		Obtain: map[string]string{
			"console/projects.all":          "demander dans la console un rôle d'administrateur (droit MANAGE) pour la personne à qui est le jeton ; un rôle venu d'un groupe Keycloak peut manquer au jeton",
			"console/logs.platform":         "demander dans la console un rôle avec le droit LIST_SYSTEM, par exemple « Lecture Seule Plateforme »",
			"console/clusters.list":         "demander dans la console un rôle avec le droit LIST_CLUSTERS, par exemple « Lecture Seule Plateforme »",
			"gitlab/api.read":               "créer un jeton avec la portée read_api",
			"gitlab/group.read":             "être membre du groupe racine, et vérifier « root » dans la configuration",
			"gitlab/jobs.read":              "être au moins Reporter dans le projet",
			"gitlab/pipelines.variables":    "être au moins Developer dans le projet mirror",
			"gitlab/groups.access_tokens":   "être Owner du groupe du projet",
			"gitlab/projects.access_tokens": "être Maintainer du groupe du projet",
			"sonarqube":                     "demander les droits Browse sur les projets au responsable de SonarQube",
			"harbor":                        "demander un compte robot qui peut lister projets et images, ou être membre du projet Harbor",
			"argocd":                        "demander une politique RBAC d'Argo CD : « get » sur applications et logs des projets suivis",
			"kubernetes":                    "demander le ClusterRole « view » sur la grappe, ou limiter la source par « namespaces: » aux espaces de noms permis",
			"loki":                          "demander la lecture de ce locataire (tenant), ou corriger « tenant: »",
			"prometheus":                    "demander la lecture de ce locataire (tenant), ou corriger « tenant: »",
			"alertmanager":                  "demander la lecture de ce locataire (tenant), ou corriger « tenant: »",
		},
		KindName: map[string]string{
			"console": "Console Cloud π Native", "gitlab": "GitLab", "sonarqube": "SonarQube", "harbor": "Harbor", "argocd": "Argo CD", "kubernetes": "Kubernetes",
			"alertmanager": "Alertmanager", "loki": "Loki", "prometheus": "Prometheus / Mimir",
		},
		KindGives: map[string]string{
			"console": "projets, environnements, dépôts, membres, journal", "gitlab": "pipelines, miroirs, jetons", "sonarqube": "barrière de qualité", "harbor": "images et vulnérabilités",
			"argocd": "applications, synchronisation, pods sans kubectl", "kubernetes": "pods, événements, quotas", "alertmanager": "alertes et silences", "loki": "dernières erreurs des journaux",
			"prometheus": "consommation et alertes",
		},
		CopyName: "nom de la source", CopyURL: "adresse", CopyDetail: "constat",
		Counts: func(well, all int) string {
			return s.Plural(all, "source", "sources") + ", " + s.Int(well) + " à jour"
		},
		Without: "sans lui, il manque",
	}
}

func sourcesEnglish(s *Set) Sources {
	return Sources{
		Title: "Sources", Source: "SOURCE", Kind: "KIND", State: "STATE", Since: "SINCE", Success: "READ", Latency: "LATENCY ms", Calls: "CALLS", Bytes: "RECEIVED", Version: "VERSION",
		SuccessLong: "last reading", Order: "severity",
		URL: "address", Identity: "identity", Expires: "expires", Expired: "expired", NextRetry: "next attempt", Detail: "finding", Remedy: "what to do", Rights: "Rights", Problems: "What fails in part",
		NoIdentity: "not told by the service", NoRights: "rights not told", NoProblem: "nothing fails", NeverRead: "never", NoSource: "No source",
		NoSourceWhy: "The configuration declares none. “dsotop demo” shows the program without any configuration.",
		Held:        "granted", Lost: "missing", NotKnown: "not checked", Costs: "cost", Absent: "not configured",
		In:    func(age string) string { return "in " + age },
		Clock: "clock", ClockWrong: func(ahead time.Duration) string {
			way := "ahead of"
			if ahead < 0 {
				way = "behind"
			}
			return s.Apart(ahead) + " " + way + " this machine's: set one or the other right (NTP). Runbooks reckon with it; ages on screen do not."
		},
		Right: map[string]string{
			"projects.all": "see all projects", "logs.platform": "journal of the platform", "clusters.list": "see clusters", "applications.all": "see all applications",
			"applications.some": "see some applications", "applications.sync": "synchronise", "logs.all": "read logs of pods", "alerts.list": "see alerts",
			"api.read": "read the API", "group.read": "see the root group", "graphql.read": "grouped reads (GraphQL)", "groups.access_tokens": "see tokens of the group", "projects.access_tokens": "see tokens of repositories",
			"pipelines.variables": "variables of pipelines", "jobs.read": "see jobs", "images.list": "see images", "robots.list": "list robots", "projects.list": "list projects", "projects.browse": "see measures",
			"logs.query": "query logs", "metrics.query": "query metrics", "pods.list": "see pods", "pods.watch": "follow pods", "namespaces.list": "see namespaces",
			"workloads.list": "see workloads", "events.list": "see events", "quotas.list": "see quotas", "pods.log": "read logs of pods",
			"repository.read": "read the files of repositories", "groups.members": "see the group's members", "zone.commits": "see the zone's repository", "deployments.list": "see deployments", "service_chains.list": "see chains of exposure",
		},
		Loss: map[string]string{
			"projects.others": "projects of which this account is no member", "log.results": "the journal's detail by tool", "clusters.usage": "how full clusters are", "gitops": "Argo CD applications",
			"logs": "logs", "actions": "actions (none when read-only)", "alerts": "alerts", "pipelines": "pipelines", "fleet": "the complete list of projects", "mirror": "which repository a mirror run concerns",
			"tokens": "when the mirror's token ends", "repository_tokens": "when the tokens of repositories end", "jobs": "the job that failed", "images": "images and their vulnerabilities", "quality": "the quality gate", "usage": "CPU and memory used",
			"pods": "pods", "namespaces": "namespaces", "workloads": "workloads", "events": "events", "quota": "quotas",
			"robots": "when the registry's robots end", "code": "what CI and observability files say", "access": "who has access to the GitLab group", "zone": "environments the zone no longer writes", "deployments": "frozen environments", "exposure": "failed chains of exposure",
		},
		Obtain: map[string]string{
			"console/projects.all":          "ask in the console for an administrator's role (right MANAGE) for the person who owns the token; a role that comes from a Keycloak group may be missing from tokens",
			"console/logs.platform":         "ask in the console for a role with the right LIST_SYSTEM, for instance “Lecture Seule Plateforme”",
			"console/clusters.list":         "ask in the console for a role with the right LIST_CLUSTERS, for instance “Lecture Seule Plateforme”",
			"gitlab/api.read":               "make a token with the scope read_api",
			"gitlab/group.read":             "be a member of the root group, and check “root” in the configuration",
			"gitlab/jobs.read":              "be at least Reporter in the project",
			"gitlab/pipelines.variables":    "be at least Developer in the project mirror",
			"gitlab/groups.access_tokens":   "be Owner of the project's group",
			"gitlab/projects.access_tokens": "be Maintainer of the project's group",
			"sonarqube":                     "ask SonarQube's administrator for the permission Browse on projects",
			"harbor":                        "ask for a robot account that may list projects and images, or be a member of the Harbor project",
			"argocd":                        "ask for an Argo CD RBAC policy: “get” on applications and logs of the projects followed",
			"kubernetes":                    "ask for the ClusterRole “view” on the cluster, or limit the source with “namespaces:” to those allowed",
			"loki":                          "ask to read this tenant, or correct “tenant:”",
			"prometheus":                    "ask to read this tenant, or correct “tenant:”",
			"alertmanager":                  "ask to read this tenant, or correct “tenant:”",
		},
		KindName: map[string]string{
			"console": "Cloud π Native console", "gitlab": "GitLab", "sonarqube": "SonarQube", "harbor": "Harbor", "argocd": "Argo CD", "kubernetes": "Kubernetes",
			"alertmanager": "Alertmanager", "loki": "Loki", "prometheus": "Prometheus / Mimir",
		},
		KindGives: map[string]string{
			"console": "projects, environments, repositories, members, journal", "gitlab": "pipelines, mirrors, tokens", "sonarqube": "quality gate", "harbor": "images and vulnerabilities",
			"argocd": "applications, synchronisation, pods without kubectl", "kubernetes": "pods, events, quotas", "alertmanager": "alerts and silences", "loki": "last errors of logs",
			"prometheus": "consumption and alerts",
		},
		CopyName: "name of the source", CopyURL: "address", CopyDetail: "finding",
		Counts:  func(well, all int) string { return s.Plural(all, "source", "sources") + ", " + s.Int(well) + " live" },
		Without: "without it, missing:",
	}
}

// RightName is the name of a right for people: its machine word where it has none. What follows a blank, as a tenant's name, stays.
func (s *Sources) RightName(machine string) string {
	word, rest, _ := strings.Cut(machine, " ")
	name, ok := s.Right[word]
	if !ok {
		return machine
	}
	if rest != "" {
		name += " " + rest
	}
	return name
}

// HowToObtain says how a missing right is had; "" when nothing is known of it.
func (s *Sources) HowToObtain(kind, machine string) string {
	word, _, _ := strings.Cut(machine, " ")
	if how, ok := s.Obtain[kind+"/"+word]; ok {
		return how
	}
	return s.Obtain[kind]
}
