package words

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"dsotop/internal/platform"
)

// The sentences of findings, by rule and by evidence code. In a template {name} is an argument, {count|pod|pods} chooses by
// the number in an argument, and [text] is left out when one of the arguments in it is missing.

// findingWords are the words of one rule: its title in a list of findings, its name, and one sentence of help.
type findingWords struct{ title, name, help string }

// FindingTitle is the finding in one short sentence, without its place and its age, which the page shows beside it.
// An unknown language is English; an unknown rule gives its id and subject.
func FindingTitle(lang string, f platform.Finding) string {
	w, ok := findingTable(lang)[f.ID]
	if !ok {
		return strings.TrimSpace(f.ID + " " + f.Subject.Name)
	}
	return fill(lang, w.title, f.Args)
}

// FindingRule is the rule's name and what it means, for the help and for what could not be evaluated.
func FindingRule(lang, id string) (title, help string) {
	w, ok := findingTable(lang)[id]
	if !ok {
		return id, ""
	}
	return w.name, w.help
}

// FindingWhy is one evidence as a sentence, without its source and its age. What the system said follows in its own words.
func FindingWhy(lang string, e platform.Evidence) string {
	sentence := ""
	if t, ok := evidenceTable(lang)[e.Code]; ok {
		sentence = fill(lang, t, e.Args)
	} else if e.Code != "" {
		sentence = e.Code
	}
	switch {
	case e.Text == "":
		return sentence
	case sentence == "":
		return e.Text
	case french(lang):
		return sentence + " : " + e.Text
	}
	return sentence + ": " + e.Text
}

func french(lang string) bool {
	return lang == "fr" || strings.HasPrefix(lang, "fr-") || strings.HasPrefix(lang, "fr_")
}

func findingTable(lang string) map[string]findingWords {
	if french(lang) {
		return frenchFindings
	}
	return englishFindings
}

func evidenceTable(lang string) map[string]string {
	if french(lang) {
		return frenchEvidence
	}
	return englishEvidence
}

// fill puts the arguments into a template.
func fill(lang, template string, args map[string]string) string {
	var b strings.Builder
	for len(template) > 0 {
		i := strings.IndexAny(template, "[{")
		if i < 0 {
			b.WriteString(template)
			break
		}
		b.WriteString(template[:i])
		closing := byte('}')
		if template[i] == '[' {
			closing = ']'
		}
		j := strings.IndexByte(template[i:], closing)
		if j < 0 {
			b.WriteString(template[i:])
			break
		}
		inner := template[i+1 : i+j]
		if closing == ']' {
			if !slices.ContainsFunc(arguments(inner), func(name string) bool { return args[name] == "" }) {
				b.WriteString(fill(lang, inner, args))
			}
		} else {
			b.WriteString(value(lang, inner, args))
		}
		template = template[i+j+1:]
	}
	return b.String()
}

// arguments lists the names a template asks for.
func arguments(template string) []string {
	var out []string
	for {
		i := strings.IndexByte(template, '{')
		if i < 0 {
			return out
		}
		j := strings.IndexByte(template[i:], '}')
		if j < 0 {
			return out
		}
		name, _, _ := strings.Cut(template[i+1:i+j], "|")
		out = append(out, name)
		template = template[i+j+1:]
	}
}

func value(lang, inner string, args map[string]string) string {
	parts := strings.Split(inner, "|")
	text := args[parts[0]]
	if len(parts) != 3 {
		if text == "" {
			return "?"
		}
		return argument(lang, parts[0], text)
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		n = 2
	}
	tag := language.English
	if french(lang) {
		tag = language.French
	}
	if plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0) == plural.One {
		return parts[1]
	}
	return parts[2]
}

// argument writes the few values that are words of ours rather than the system's.
func argument(lang, name, text string) string {
	if name != "resource" || !french(lang) {
		if name == "resource" {
			return map[string]string{"limits.cpu": "CPU", "limits.memory": "memory", "requests.cpu": "requested CPU", "requests.memory": "requested memory"}[text]
		}
		return text
	}
	return map[string]string{"limits.cpu": "processeur", "limits.memory": "mémoire", "requests.cpu": "processeur demandé", "requests.memory": "mémoire demandée"}[text]
}

//nolint:gochecknoglobals // a table that nothing changes
var frenchFindings = map[string]findingWords{
	"provisioning-failed":      {"provisionnement en échec[ : {tools}]", "provisionnement en échec", "La console n'a pas pu porter le projet dans tous les outils ; rien ne se répare seul."},
	"provisioning-partial":     {"provisionnement partiel[ : {tools}]", "provisionnement partiel", "Un outil n'a reçu qu'une partie de ce que la console déclare."},
	"project-stuck":            {"projet bloqué en cours d'initialisation", "projet bloqué", "Un provisionnement dure quelques minutes ; celui-ci s'est arrêté en route."},
	"project-locked":           {"projet verrouillé dans la console", "projet verrouillé", "Toute écriture est refusée jusqu'au déverrouillage par un administrateur."},
	"provisioning-outdated":    {"provisionné en {version}, la console est en {console}", "provisionnement ancien", "Ce que la nouvelle console met en place manque au projet."},
	"mirror-token-expired":     {"jeton du miroir expiré ({token})", "jeton du miroir expiré", "Aucun dépôt du projet ne se synchronise plus ; le jeton n'est recréé que par un provisionnement."},
	"mirror-token-expiring":    {"le jeton du miroir expire dans {days} {days|jour|jours}", "jeton du miroir bientôt expiré", "La console ne le renouvelle pas avant sa fin."},
	"private-repo-credentials": {"{repository} : identifiants refusés par la forge externe[ {host}]", "identifiants du dépôt privé refusés", "La forge externe refuse le compte déclaré pour ce dépôt."},
	"mirror-failing":           {"miroir de {repository} en échec ({count} {count|fois|fois})", "miroir en échec", "Ce qui est poussé à l'extérieur n'arrive pas sur la plateforme."},
	"tag-purged":               {"{count} {count|pod|pods} en ImagePullBackOff : l'étiquette {tag} n'existe plus dans Harbor", "étiquette purgée", "La rétention a retiré l'image que les pods demandent ; ils ne démarreront jamais."},
	"pull-secret":              {"{workload} : le registre refuse le secret de l'espace de noms", "secret de registre refusé", "Aucun pod de l'espace de noms ne peut être recréé."},
	"image-pull":               {"{workload} : {count} {count|pod|pods} sans image[ ({tag})]", "image introuvable", "Les pods attendent une image qui ne vient pas."},
	"permission-denied":        {"{workload} redémarre en boucle : droit refusé", "droit refusé au conteneur", "Le conteneur demande un utilisateur, un port ou un disque que la plateforme interdit."},
	"crash-loop":               {"{workload} redémarre en boucle ({restarts} {restarts|fois|fois})", "redémarrages en boucle", "Un conteneur s'arrête sans cesse."},
	"out-of-memory":            {"{workload} tué par manque de mémoire[ (limite {limit})]", "mémoire insuffisante", "Un conteneur a dépassé sa limite de mémoire."},
	"config-error":             {"{workload} : secret ou configuration absents", "configuration absente", "Un Secret, un ConfigMap ou une de leurs clés manque."},
	"quota-refused":            {"{workload} : pods refusés par le quota", "pods refusés par le quota", "Le quota est épuisé, ou un conteneur ne déclare ni demandes ni limites."},
	"policy-refused":           {"refusé par une règle de sécurité[ : {policy}]", "refusé par une règle", "Kyverno refuse ce qui est déployé ; hors production il n'aurait fait qu'avertir."},
	"pods-pending":             {"{workload} : {count} {count|pod attend|pods attendent} un nœud ou un volume", "pods en attente", "Le cluster n'a pas la place demandée, ou le volume ne se monte pas."},
	"pods-not-ready":           {"{workload} : {count} {count|pod n'est pas prêt|pods ne sont pas prêts}", "pods pas prêts", "La sonde de disponibilité échoue : ils ne reçoivent aucun trafic."},
	"tag-missing":              {"{workload} tourne avec {repository}:{tag}, absent de Harbor", "image en service absente du registre", "Au prochain redémarrage, l'image ne pourra plus être tirée."},
	"mutable-tag":              {"{workload} : {tag} a changé dans Harbor ({running} tourne, {registry} publié)", "étiquette mouvante", "L'étiquette désigne une autre image que celle qui tourne."},
	"mixed-versions":           {"{workload} : {older} et {newer} tournent côte à côte", "versions mêlées", "Des pods d'un même déploiement ont des images différentes depuis plus d'une demi-heure."},
	"image-untraced":           {"{repository}:{tag} : commit d'origine inconnu", "image sans commit connu", "Aucune étiquette ne nomme un commit : la chaîne de livraison s'arrête là."},
	"image-vulnerable":         {"{repository} : {critical} {critical|vulnérabilité critique|vulnérabilités critiques}, {high} {high|haute|hautes}", "image vulnérable en service", "Ce qui tourne a des vulnérabilités critiques, ou beaucoup de hautes."},
	"twin-applications":        {"deux applications déploient {repository} : {other} aussi", "applications jumelles", "Une application historique et celle de la console se disputent le même déploiement."},
	"app-missing":              {"aucune application Argo CD pour cet environnement", "application absente", "L'environnement existe dans la console mais rien n'y sera jamais déployé."},
	"comparison-error":         {"{app} : manifestes illisibles ({type})", "manifestes illisibles", "Chemin, fichier de valeurs ou dépôt incorrect."},
	"app-sync-failed":          {"{app} : dernière synchronisation en échec", "synchronisation en échec", "Ce qui est dans git n'est pas ce qui tourne."},
	"app-degraded":             {"{app} : {health}", "application dégradée", "Un des objets de l'application ne marche pas, ou manque."},
	"app-stuck":                {"{app} : déploiement qui n'aboutit pas", "déploiement bloqué", "L'application est en Progressing depuis plus de dix minutes."},
	"app-out-of-sync":          {"{app} : OutOfSync depuis plus de 12 h", "application non synchronisée", "Ce qui est dans git n'est pas ce qui tourne, et personne ne s'en occupe."},
	"infra-behind":             {"{app} : Synced sur {revision}, alors que {repository} est à {head}", "git non vu par Argo CD", "Ce qui est poussé dans le dépôt d'infrastructure n'est pas déployé, et rien n'est rouge."},
	"gate-other-revision":      {"{repository} : qualité en échec, mais sur {revision} et non sur {deployed} déployé", "qualité en échec sur un autre commit", "Le portail rouge ne concerne pas ce qui est déployé."},
	"gate-red":                 {"{repository} : qualité en échec[ ({metric} {value} {comparator} {threshold})]", "portail qualité en échec", "Une analyse en échec n'arrête pas forcément la livraison."},
	"pipeline-failed":          {"{repository} : pipeline {number} en échec[ ({job})]", "pipeline en échec", "Aucune image ne sort de la branche par défaut."},
	"quota-near-full":          {"quota à {percent} % ({resource})", "quota presque plein", "Le prochain réplica, déploiement ou traitement risque d'être refusé."},
	"alert-firing":             {"alerte {alert}[ ({level})]", "alerte active", "Une alerte du projet est active et n'est pas en silence."},
}

//nolint:gochecknoglobals // a table that nothing changes
var englishFindings = map[string]findingWords{
	"provisioning-failed":      {"provisioning failed[: {tools}]", "provisioning failed", "The console could not carry the project into every tool; nothing repairs itself."},
	"provisioning-partial":     {"provisioning went through in part[: {tools}]", "partial provisioning", "One tool has only a part of what the console declares."},
	"project-stuck":            {"project stuck while initialising", "project stuck", "A provisioning takes minutes; this one died on the way."},
	"project-locked":           {"project locked in the console", "project locked", "Every write is refused until an administrator unlocks it."},
	"provisioning-outdated":    {"provisioned by {version}, the console is {console}", "old provisioning", "What the newer console sets up is missing in the project."},
	"mirror-token-expired":     {"mirror token expired ({token})", "mirror token expired", "No repository of the project is mirrored any more; only a provisioning makes the token anew."},
	"mirror-token-expiring":    {"the mirror token ends in {days} {days|day|days}", "mirror token about to expire", "The console does not renew it before its end."},
	"private-repo-credentials": {"{repository}: credentials refused by the external forge[ {host}]", "private repository credentials refused", "The external forge refuses the account declared for this repository."},
	"mirror-failing":           {"mirror of {repository} failing ({count} {count|time|times})", "mirror failing", "What is pushed outside does not arrive on the platform."},
	"tag-purged":               {"{count} {count|pod|pods} in ImagePullBackOff: tag {tag} is gone from Harbor", "tag purged", "Retention removed the image that pods ask for; they will never start."},
	"pull-secret":              {"{workload}: the registry refuses the namespace's pull secret", "pull secret refused", "No pod of the namespace can be made anew."},
	"image-pull":               {"{workload}: {count} {count|pod|pods} without image[ ({tag})]", "image cannot be pulled", "Pods wait for an image that does not come."},
	"permission-denied":        {"{workload} restarts in a loop: permission denied", "container denied", "The container wants a user, a port or a disk that the platform forbids."},
	"crash-loop":               {"{workload} restarts in a loop ({restarts} {restarts|time|times})", "crash loop", "A container ends again and again."},
	"out-of-memory":            {"{workload} killed for lack of memory[ (limit {limit})]", "out of memory", "A container took more than its memory limit."},
	"config-error":             {"{workload}: secret or configuration missing", "configuration missing", "A Secret, a ConfigMap or one of their keys is missing."},
	"quota-refused":            {"{workload}: pods refused by the quota", "pods refused by the quota", "The quota is exhausted, or a container declares no requests and limits."},
	"policy-refused":           {"refused by a policy[: {policy}]", "refused by a policy", "Kyverno refuses what is deployed; outside production it would only have warned."},
	"pods-pending":             {"{workload}: {count} {count|pod waits|pods wait} for a node or a volume", "pods pending", "The cluster has no such room, or the volume cannot be mounted."},
	"pods-not-ready":           {"{workload}: {count} {count|pod is|pods are} not ready", "pods not ready", "The readiness probe fails: they get no traffic."},
	"tag-missing":              {"{workload} runs {repository}:{tag}, which is not in Harbor", "running image missing in the registry", "At the next restart the image cannot be pulled."},
	"mutable-tag":              {"{workload}: {tag} moved in Harbor ({running} runs, {registry} published)", "moving tag", "The tag names another image than the one that runs."},
	"mixed-versions":           {"{workload}: {older} and {newer} run side by side", "mixed versions", "Pods of one workload have had different images for more than half an hour."},
	"image-untraced":           {"{repository}:{tag}: commit of origin unknown", "image without a known commit", "No tag names a commit: the delivery chain ends there."},
	"image-vulnerable":         {"{repository}: {critical} critical {critical|vulnerability|vulnerabilities}, {high} high", "vulnerable image running", "What runs has critical vulnerabilities, or many high ones."},
	"twin-applications":        {"two applications deploy {repository}: {other} too", "twin applications", "A historic application and the console's fight over the same deployment."},
	"app-missing":              {"no Argo CD application for this environment", "application missing", "The environment exists in the console but nothing will ever be deployed there."},
	"comparison-error":         {"{app}: manifests cannot be rendered ({type})", "manifests cannot be rendered", "Wrong path, values file or repository."},
	"app-sync-failed":          {"{app}: last synchronisation failed", "synchronisation failed", "What is in git is not what runs."},
	"app-degraded":             {"{app}: {health}", "application degraded", "One of the application's objects does not work, or is missing."},
	"app-stuck":                {"{app}: roll-out does not end", "roll-out stuck", "The application has been Progressing for more than ten minutes."},
	"app-out-of-sync":          {"{app}: OutOfSync for more than 12 h", "application out of sync", "What is in git is not what runs, and nobody is on it."},
	"infra-behind":             {"{app}: Synced at {revision}, while {repository} is at {head}", "git not seen by Argo CD", "What is pushed to the infra repository is not deployed, and nothing is red."},
	"gate-other-revision":      {"{repository}: gate red, but for {revision}, not for {deployed} deployed", "gate red for another commit", "The red gate is not about what is deployed."},
	"gate-red":                 {"{repository}: quality gate red[ ({metric} {value} {comparator} {threshold})]", "quality gate red", "A failed analysis does not always stop a delivery."},
	"pipeline-failed":          {"{repository}: pipeline {number} failed[ ({job})]", "pipeline failed", "No image comes out of the default branch."},
	"quota-near-full":          {"quota at {percent}% ({resource})", "quota nearly full", "The next replica, roll-out or job may be refused."},
	"alert-firing":             {"alert {alert}[ ({level})]", "alert firing", "An alert of the project is firing and not silenced."},
}

//nolint:gochecknoglobals // a table that nothing changes
var frenchEvidence = map[string]string{
	"project_status": "état du projet : {status}", "project_locked": "le projet est verrouillé", "tool_said": "{tool} a répondu", "log_entry": "journal, {action}", "versions": "dernier provisionnement complet en {version}, console en {console}",
	"token_revoked": "le jeton {token} est révoqué ou inactif", "token_ended": "le jeton {token} a expiré le {date}", "token_ends": "le jeton {token} expire le {date}",
	"pipeline": "pipeline {number}[ de {repository}] : {status}[ sur {ref}][, tâche {job}][ ({reason})]",
	"pod":      "{pod}[ {reason}][, {restarts} {restarts|redémarrage|redémarrages}]", "event": "{reason}[ ({object})]", "resource": "{object}[ {health}]", "last_exit": "{container} : dernière fin {reason}, code {code}",
	"tag_absent": "Harbor : {repository} a {count} {count|image connue|images connues}, aucune n'a l'étiquette {tag}", "tag_digest": "Harbor : {repository}:{tag} désigne {digest}", "pod_digest": "{count} {count|pod tourne|pods tournent} avec {digest}",
	"runs": "{count} {count|pod tourne|pods tournent} avec {image}", "runs_in": "tourne en {environments}", "scan": "analyse de {image} : {critical} {critical|critique|critiques}, {high} {high|haute|hautes}",
	"operation": "{app} : opération {phase}", "app_status": "{app} : {sync}, {health}", "destination": "{app} déploie dans {namespace}", "env_declared": "{environment} est déclaré dans la console", "no_app": "Argo CD[ de la zone {zone}] n'a aucune application pour cet environnement",
	"condition": "{app}, {type}", "differs": "{object} diffère",
	"gate_condition": "{metric} : {value} {comparator} {threshold}", "gate_revision": "commit analysé {revision}[ ({version})]", "deployed": "commit déployé {revision}", "head": "{repository} : dernier commit {revision}", "applied": "{app} : révision comparée {revision}",
	"quota": "{resource} : {used} sur {hard}", "alert": "alerte {alert}[ ({level})]",
}

//nolint:gochecknoglobals // a table that nothing changes
var englishEvidence = map[string]string{
	"project_status": "project status: {status}", "project_locked": "the project is locked", "tool_said": "{tool} answered", "log_entry": "log, {action}", "versions": "last complete provisioning by {version}, console {console}",
	"token_revoked": "token {token} is revoked or inactive", "token_ended": "token {token} ended on {date}", "token_ends": "token {token} ends on {date}",
	"pipeline": "pipeline {number}[ of {repository}]: {status}[ on {ref}][, job {job}][ ({reason})]",
	"pod":      "{pod}[ {reason}][, {restarts} {restarts|restart|restarts}]", "event": "{reason}[ ({object})]", "resource": "{object}[ {health}]", "last_exit": "{container}: last end {reason}, code {code}",
	"tag_absent": "Harbor: {repository} has {count} known {count|image|images}, none with tag {tag}", "tag_digest": "Harbor: {repository}:{tag} is {digest}", "pod_digest": "{count} {count|pod runs|pods run} {digest}",
	"runs": "{count} {count|pod runs|pods run} {image}", "runs_in": "runs in {environments}", "scan": "scan of {image}: {critical} critical, {high} high",
	"operation": "{app}: operation {phase}", "app_status": "{app}: {sync}, {health}", "destination": "{app} deploys into {namespace}", "env_declared": "{environment} is declared in the console", "no_app": "Argo CD[ of zone {zone}] has no application for this environment",
	"condition": "{app}, {type}", "differs": "{object} differs",
	"gate_condition": "{metric}: {value} {comparator} {threshold}", "gate_revision": "analysed commit {revision}[ ({version})]", "deployed": "deployed commit {revision}", "head": "{repository}: newest commit {revision}", "applied": "{app}: compared revision {revision}",
	"quota": "{resource}: {used} of {hard}", "alert": "alert {alert}[ ({level})]",
}
