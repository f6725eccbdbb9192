package words

func onboardingFrench(s *Set) Onboarding {
	return Onboarding{
		Title: "Embarquement", Short: "EMB.", Projects: func(n int) string { return s.Plural(n, "projet", "projets") }, Steps: "ÉTAPES", StepsHint: "de la demande (1) à la production (18)",
		Step: map[string]string{
			"request": "demande", "prequalification": "préqualification", "qualification": "qualification technique", "accounts": "acceptation, comptes", "enrolment": "enrôlement",
			"team": "équipe et rôles", "repositories": "dépôts déclarés", "mirror": "miroir", "ci-file": "fichier de CI", "pipeline": "intégration continue", "quality": "qualité",
			"images": "images, scan", "environments": "environnements", "secrets": "secrets", "resources": "flux, DNS, certificats, S3, base", "deployed": "déploiement GitOps",
			"observability": "observabilité", "production": "production, exploitation",
		},
		Check: map[string]string{
			"chain":   "chaîne de service",
			"request": "demande déposée", "prequalification": "préqualification passée", "qualification": "qualification validée", "qualification.prerequisites": "prérequis collectés",
			"qualification.compatibility": "compatibilité", "qualification.skills": "compétences", "accounts.console": "comptes de la console", "accounts.mattermost": "comptes Mattermost",
			"accounts.ticketing": "comptes de l'outil de tickets", "enrolment.project": "projet dans la console", "enrolment.quota": "quotas", "team": "équipe et rôles",
			"repositories.application": "dépôt applicatif", "repositories.infra": "dépôt d'infra", "mirror": "miroir de", "ci-file": "CI de", "pipeline": "pipeline de", "quality": "barrière de",
			"images": "images", "environments": "environnement", "secrets": "secrets fournis", "secrets.delivered": "secrets reçus par les pods", "resources": "flux, DNS, certificats, S3, base", "resources.flows": "ouverture de flux",
			"resources.dns": "noms DNS", "resources.certificates": "certificats", "resources.storage": "stockage S3", "resources.database": "base de données", "deployed": "déploiement en",
			"observability.application": "application d'observabilité", "observability.data": "métriques reçues", "observability.dashboards": "tableaux de bord et alertes as code",
			"production.hosting": "demande d'hébergement", "production.audit": "audit de sécurité", "production.approval": "homologation", "production.environment": "environnement de production",
			"production.backup": "sauvegarde et restauration essayées", "production.recovery": "plan de reprise", "production.on_call": "astreinte", "production": "production, exploitation",
			"accounts": "acceptation, comptes", "enrolment": "enrôlement", "repositories": "dépôts déclarés", "observability": "observabilité",
		},
		State:      map[string]string{"todo": "à faire", "waiting": "en attente", "running": "en cours", "ok": "fait", "ko": "en échec", "na": "sans objet", "unknown": "inconnu"},
		Owner:      map[string]string{"": "personne", "team": "équipe projet", "service_team": "Service Team", "admins": "administrateurs", "host": "hébergeur (BACI)", "security": "sécurité"},
		OwnerShort: map[string]string{"": "–", "team": "équipe", "service_team": "Service Team", "admins": "admins", "host": "hébergeur", "security": "sécurité"},
		Track:      map[string]string{"pax": "PAX (Internet, hors production)", "cloudpi": "Cloud π (ministère)"},
		Field: map[string]string{
			"request_number": "numéro du dossier", "request_link": "lien du dossier", "case": "cas d'éligibilité (1 à 4)", "training_path": "parcours d'autoformation suivi le", "accounts": "comptes Keycloak demandés",
			"repository_token": "jeton du dépôt externe privé, fin", "good_practices": "bonnes pratiques", "cct": "exigences du CCT", "dns": "contrainte DNS (*.gouv.fr, *.interieur.gouv.fr)", "architecture": "DAT ou schéma d'architecture",
			"data_volume": "volume de données (Gio)", "users": "utilisateurs", "takeover": "reprise de données", "takeover_volume": "volume à reprendre (Gio)", "backups": "sauvegarde et restauration",
			"database": "création de la base (appli ou manuelle)", "external": "composants externes appelés", "exposure": "exposition (Internet, intranet, RIE ; NP, DR)", "environments": "nombre d'environnements",
			"domains": "domaines et certificats", "cpu": "CPU estimé (cœurs)", "memory": "mémoire estimée (Gio)", "start": "début souhaité", "production": "mise en production visée", "deadline": "échéance",
		},
		Compatibility: map[string]string{
			"linux": "conteneurs Linux", "stateless": "sans état (sessions dehors)", "same_image": "même image partout, configurée par variables", "rootless": "sans root",
			"read_only_root": "racine en lecture seule", "port_above_1024": "port d'écoute > 1024", "random_uid": "UID quelconque (OpenShift)",
		},
		Skill:  map[string]string{"containers": "conteneurs", "kubernetes": "Kubernetes", "gitlab_ci": "GitLab CI", "gitops": "GitOps", "helm": "Helm", "openshift": "OpenShift", "argo_cd": "Argo CD"},
		Kind:   map[string]string{"text": "texte", "number": "nombre", "list": "liste : a, b, c", "date": "date : 2026-11-21", "link": "adresse https://…"},
		Answer: map[string]string{"yes": "oui", "no": "non", "na": "sans objet"},
		Part:   map[string]string{"steps": "Étapes", "form": "Prérequis", "checklists": "Compatibilité et compétences", "all": "Tout"},
		Why: map[string]string{
			"no_ledger": "aucun dossier d'embarquement n'est configuré", "ledger_broken": "la fiche du projet est illisible", "not_ticked": "rien n'est noté",
			"ticked_ok": "fait, noté par {by}", "ticked_na": "sans objet, selon {by}", "ticked_waiting": "en attente, selon {by}", "ticked_running": "en cours, selon {by}", "ticked_ko": "en échec, selon {by}", "ticked_todo": "à faire, selon {by}",
			"valid_until": "valable jusqu'au {until}", "expires_soon": "expire bientôt, le {until}", "expired": "a expiré le {until}",
			"unread": "non lu ({family}) : {state}", "answered": "réponses : {n} sur {total}", "needed_missing": "indispensable et absent : {item}", "advised_missing": "conseillé et absent : {item}",
			"people": "personnes dans le projet : {n}", "role_empty": "personne n'a le rôle {role}", "console_status": "état dans la console : {status}", "tool_failed": "l'outil {tool} a échoué au dernier provisionnement",
			"locked": "le projet est verrouillé", "not_in_console": "la console ne dit rien de ce projet", "limitless": "sans limite de quota", "no_quota": "aucun quota attribué",
			"quota": "hors-prod {hprod_cpu} cœurs, {hprod_memory} Gio ; prod {prod_cpu} cœurs, {prod_memory} Gio", "repository_internal": "{name}, interne", "repository_external": "{name}, depuis une forge externe",
			"no_repository": "aucun dépôt de cette sorte", "only_internal": "aucun dépôt ne vient d'une forge externe", "no_run": "aucune exécution", "run": "#{number} {status} (déclenché par {source})", "run_untold": "#{number} {status}",
			"by_hand": "jamais déclenché par la chaîne primaire : à automatiser", "automated": "déclenché par la chaîne primaire", "target_empty": "le dépôt GitLab est vide", "not_in_gitlab": "absent de GitLab",
			"ci_path": "GitLab lit {path} et non .gitlab-ci-dso.yml", "ci_proved": "prouvé par le pipeline #{number}", "ci_unproved": "aucun pipeline ne prouve le fichier .gitlab-ci-dso.yml", "job_failed": "travail {job} ({stage}) en échec",
			"never_analysed": "jamais analysé", "gate": "barrière {status} sur {revision}", "condition": "{metric} : {value} {comparator} {threshold}", "no_image": "aucune image",
			"scan": "{repository} : vulnérabilités critiques {critical}, hautes {high}", "not_scanned": "{repository} : jamais scannée", "scan_failed": "{repository} : le scan a échoué", "scanning": "{repository} : scan en cours", "signed": "{repository} : signée",
			"no_environment": "aucun environnement", "environment": "{name} ({stage}) sur {cluster}", "application": "{name} : {sync}, {health}", "namespace_read": "l'espace de noms répond", "namespace_unproved": "créé dans la console ; l'espace de noms n'a pas pu être vu",
			"secrets_fine": "aucun pod n'attend un secret", "secret_missing": "{pod} ({environment}) attend un secret", "secret_unhealthy": "{kind} {name} ({environment}) en échec",
			"pax_automatic": "PAX : le sous-domaine du cluster s'en charge", "no_application": "aucune application Argo CD de l'équipe", "no_observability": "aucune application d'observabilité",
			"metrics_seen": "métriques de {environment}", "metrics_unseen": "aucune métrique vue", "no_production": "aucun environnement de production", "pax_no_production": "PAX : la voie standard s'arrête avant la production",
			"chain": "chaîne de service {name} : {state}", "chain_step": "{name} : étape {step}",
			"family_project": "projet", "family_members": "membres", "family_repositories": "dépôts", "family_git": "GitLab", "family_pipelines": "pipelines", "family_gates": "qualité", "family_images": "images",
			"family_environments": "environnements", "family_applications": "Argo CD", "family_pods": "pods",
		},
		Project: "PROJET", Done: "FAIT", Next: "PROCHAIN GESTE", Days: "JOURS", StateHead: "ÉTAT", OwnerHead: "QUI", What: "PREUVE", Source: "source", Since: "depuis", Value: "VALEUR", Prerequisite: "PRÉREQUIS", Number: "N°",
		Finished: "Tout est fait : il n'y a plus qu'à exploiter.", Nothing: "Personne n'a rien noté.", NobodyMoves: "rien à faire", Derived: "déduit", DerivedNote: "Le partage des rôles n'est publié nulle part : « qui » est déduit des pages de support.",
		ManualMark: "manuel", AutoMark: "lu", Given: "fourni par la plateforme", NoFile: "aucune fiche : la première note la crée",
		Ticked: func(by, when string) string { return "noté par " + by + " le " + when },
		Count: func(done, na, total int) string {
			out := s.Int(done) + "/" + s.Int(total)
			if na > 0 {
				out += ", " + s.Int(na) + " sans objet"
			}
			return out
		},
		Answered:  func(n, total int) string { return s.Int(n) + "/" + s.Int(total) + " prérequis" },
		DaysText:  func(n int) string { return s.Plural(n, "jour", "jours") },
		Late:      func(n int) string { return s.Plural(n, "étape en échec", "étapes en échec") },
		AllOwners: "tout le monde", ByOwner: "À qui le prochain geste", ShowTitle: "Que montrer", NextOf: "prochain geste",
		Order: "avancement", OrderSteps: "ordre des étapes", NotNeeded: "sans objet", Unset: "non renseigné", TrackName: "voie", NoTrack: "voie non précisée", Mandatory: "obligatoire", Advised: "conseillé",
		Legend: "légende", ActTitle: "Noter", Cancel: "Annuler", Write: "Écrire", Tick: "Fait", Wait: "En attente de quelqu'un…", Begin: "En cours", Fail: "En échec", Aside: "Sans objet", Undo: "Effacer la note", Edit: "Changer la valeur", Clear: "Effacer la valeur",
		SetTrack: "Voie du projet…", ChangeBy: "Changer le nom", ChangeAt: "Changer la date", ChangeUntil: "Valable jusqu'au…", ChangeComment: "Changer le commentaire", WaitFor: "En attente de qui", AskComment: "commentaire :", CommentHint: "facultatif ; Entrée pour continuer",
		AskBy: "nom :", AskAt: "date :", AskUntil: "valable jusqu'au :", AskValue: "valeur :", NeedComment: "dites pourquoi : c'est ce que liront les autres", NeedName: "un nom est attendu", BadDate: "une date est attendue, par exemple 2026-11-21",
		Export: "Exporter…", ExportMarkdown: "Markdown, dans un fichier…", ExportCSV: "CSV, dans un fichier…", ExportTicket: "Bloc pour un ticket, dans un fichier…", AskPath: "fichier :", PathHint: "chemin d'un fichier qui n'existe pas encore", Exists: "ce fichier existe : rien n'a été écrit",
		CopyMarkdown: "le tableau, en Markdown", CopyCSV: "le tableau, en CSV", CopyTicket: "le bloc pour un ticket", CopyLine: "cette ligne",
		Confirm: func(what string) string { return "Noter : " + what }, Writing: func(what string) string { return "écrire dans " + what },
		Written: func(path string) string { return "noté dans " + path }, Exported: func(path string) string { return "écrit dans " + path },
		NoFolder: "aucun dossier d'embarquement dans ce profil", NoFolderWhy: "Pour noter ce que les systèmes ne disent pas, ajoutez au profil « onboarding: {folder: CHEMIN} » : une fiche YAML par projet, que l'équipe garde dans git.",
		NoLedger: "pas encore de fiche", FolderTrouble: "dossier d'embarquement illisible", Broken: "fiche illisible", BrokenWhy: "Rien n'en est utilisé, et rien n'y sera écrit tant que ce n'est pas réparé.",
		OnlySystems: "lu dans les systèmes : une personne peut seulement dire « sans objet » ou « en attente »", Layout: "La fiche n'est pas disposée ligne par ligne : modifiez-la dans un éditeur. Rien n'a été écrit.",
		Conflict: func(what, now string) string {
			return "« " + what + " » a changé entre-temps (" + now + ") : rien n'a été écrit, relisez puis recommencez"
		},
		SkillName: "compétence : ", TicketTitle: "Contexte dsotop pour le ticket", TicketStep: "Étape", TicketSeen: "Constaté",
		Ticket: map[string]string{
			"project": "Projet", "profile": "Plateforme", "environment": "Environnement", "namespace": "Espace de noms", "application": "Application Argo CD", "pipeline": "Pipeline", "commit": "Commit", "at": "Relevé le",
			"request": "Journal de la console (requestId)", "step": "Étape d'embarquement", "next": "Prochain geste", "evidence": "Preuves", "none": "aucun",
		},
		Incomplete: "Toutes les sources n'ont pas répondu : des étapes peuvent être inconnues.", NoProject: "Aucun projet à embarquer", NoProjectWhy: "Aucune source ne montre de projet à ce compte.", NoMatchOwner: "Aucun projet n'attend après eux ; {key:back} montre tout.",
	}
}

func onboardingCommandsFrench(m map[string]Label) {
	m["onboarding"] = Label{"embarquement", "aller à l'embarquement : les 18 étapes de chaque projet"}
	m["list.actions"] = Label{"actions", "ce que l'on peut faire de ce qui est sous le curseur"}
}
