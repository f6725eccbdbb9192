package words

// GitOps is the pages of Argo CD applications: their list, and one of them.
type GitOps struct {
	Title, Application                                                                                      string
	App, Project, Env, Sync, Health, Operation, Revision, Deployed, Auto, Instance                          string // columns
	Order                                                                                                   string // worst first
	Tree, Diff, History, Last                                                                               string // tabs
	TreeShort, DiffShort, HistoryShort, LastShort                                                           string
	None, NoneWhy, GoneHint                                                                                 string
	AutoOn, AutoOff, Prune, SelfHeal, Never, ByHand, Destination, Sources, Conditions, Outside, InStep, Age string
	Counts                                                                                                  func(apps, bad, out int) string
	// Condition says what a condition of Argo CD means, by its type; State what a sync or health word does.
	Condition map[string]string
	State     map[string]string
	Phase     map[string]string // of an operation

	// The tree.
	Reading, Nothing, NothingWhy, Orphan, Manifest, ManifestOf, Events, NoEvent, Images, Created, CopyName, CopyManifest, CopyDiff string
	Cut                                                                                                                            func(n int) string
	// Differences.
	NoDiff, NoDiffWhy, Wanted, Lives, SecretNote string
	DiffState                                    map[string]string
	Changes                                      func(added, gone int) string
	// History.
	Now, When, By, Commit, Back, Asking, AtPin                                                 string
	BackYes, BackGone, BackUnknown, BackForeign, BackSame, BackAutosync, BackNoHarbor, BackErr string
	ImagesGone                                                                                 func(n int) string
	// The last operation.
	NoOperation, Lasted, Asked, Retries, DryRun, Results, NoResult, Windows, NoWindow, CanSync, CannotSync, Active, Manual string
}

func gitOpsFrench(s *Set) GitOps {
	return GitOps{
		Title: "GitOps", Application: "Application", App: "APPLICATION", Project: "PROJET", Env: "ENV", Sync: "SYNCHRO", Health: "SANTÉ", Operation: "OPÉRATION", Revision: "RÉVISION", Deployed: "DÉPLOYÉ", Auto: "AUTO", Instance: "ARGO CD",
		Order: "gravité", Tree: "Ressources", Diff: "Différences", History: "Historique", Last: "Dernière opération", TreeShort: "Ressources", DiffShort: "Diff.", HistoryShort: "Hist.", LastShort: "Opération",
		None: "Aucune application Argo CD", NoneWhy: "Une application apparaît ici dès que la console a créé un environnement et qu'Argo CD la montre à ce compte.",
		GoneHint: "{key:back} revient en arrière. L'application a pu être supprimée, ou ce compte n'y a plus accès.",
		AutoOn:   "synchro automatique", AutoOff: "synchro à la main", Prune: "supprime ce qui n'est plus voulu", SelfHeal: "corrige les dérives", Never: "jamais", ByHand: "à la main", Destination: "destination", Sources: "source",
		Conditions: "Ce qu'Argo CD signale", Outside: "Ressources en écart", InStep: "rien ne s'écarte", Age: "depuis",
		Counts: func(apps, bad, out int) string {
			return s.Plural(apps, "application", "applications") + "  " + s.Plural(bad, "en panne", "en panne") + "  " + s.Plural(out, "désynchronisée", "désynchronisées")
		},
		Condition: map[string]string{
			"ComparisonError": "Argo CD n'a pas pu comparer le dépôt et le cluster : rien ne se synchronise tant que c'est ainsi.", "InvalidSpecError": "La définition de l'application est refusée : dépôt, destination ou projet Argo CD non permis.",
			"SyncError": "La dernière synchronisation automatique a échoué et ne sera pas retentée pour cette révision.", "DeletionError": "La suppression de l'application n'aboutit pas.", "UnknownError": "Argo CD a rencontré une erreur qu'il ne classe pas.",
			"SharedResourceWarning": "Une ressource est revendiquée par deux applications, qui se la disputent.", "RepeatedResourceWarning": "Une ressource est déclarée deux fois dans le dépôt.", "ExcludedResourceWarning": "Le dépôt contient un genre de ressource qu'Argo CD n'a pas le droit de gérer.",
			"HydrationError":          "Les manifestes n'ont pas pu être fabriqués sur leur branche : ce qui tourne est ce qui l'avait été avant.",
			"OrphanedResourceWarning": "Des ressources de l'espace de noms ne viennent d'aucune application.",
		},
		State: map[string]string{
			"Synced": "ce qui tourne est ce que dit le dépôt", "OutOfSync": "ce qui tourne n'est pas ce que dit le dépôt", "Unknown": "Argo CD ne sait pas",
			"Healthy": "tout est prêt", "Progressing": "un déploiement est en cours", "Degraded": "quelque chose ne marche pas", "Suspended": "en pause", "Missing": "des ressources voulues n'existent pas",
		},
		Phase:   map[string]string{"Running": "en cours", "Succeeded": "réussie", "Failed": "échouée", "Error": "en erreur", "Terminating": "en cours d'arrêt"},
		Reading: "Lecture…", Nothing: "Rien ne vit de cette application", NothingWhy: "Elle n'a encore jamais été synchronisée, ou tout ce qu'elle avait a été supprimé.", Orphan: "sans application", Manifest: "manifeste", ManifestOf: "Manifeste, secrets masqués", Events: "Événements", NoEvent: "aucun événement", Images: "images", Created: "créé",
		CopyName: "nom", CopyManifest: "manifeste", CopyDiff: "différence", Cut: func(n int) string { return s.Int(n) + " de plus ne sont pas montrés" },
		NoDiff: "Aucune différence", NoDiffWhy: "Ce qui tourne est ce qu'une synchronisation écrirait.", Wanted: "voulu", Lives: "tourne", SecretNote: "secrets masqués : ••• (2) veut dire une autre valeur",
		DiffState: map[string]string{"changed": "modifiée", "missing": "absente", "extra": "en trop", "same": "identique"},
		Changes:   func(added, gone int) string { return "+" + s.Int(added) + " −" + s.Int(gone) },
		Now:       "en place", When: "QUAND", By: "PAR", Commit: "COMMIT", Back: "RETOUR ARRIÈRE", Asking: "vérification des images…", AtPin: "en place à l'instant choisi",
		BackYes: "possible : les images existent encore", BackGone: "impossible : image absente de Harbor", BackUnknown: "images non lues", BackForeign: "possible, pour les images du projet", BackSame: "en place",
		BackAutosync: "La synchro automatique est active : Argo CD refuse un retour arrière tant qu'elle l'est, ou revient aussitôt au dépôt.", BackNoHarbor: "Harbor n'est pas lu : on ne sait pas si les images existent encore", BackErr: "manifestes illisibles à cette révision",
		ImagesGone:  func(n int) string { return s.Plural(n, "image absente", "images absentes") },
		NoOperation: "Aucune opération connue", Lasted: "durée", Asked: "demandée par", Retries: "essais", DryRun: "à blanc", Results: "Résultat par ressource", NoResult: "Argo CD n'a gardé le résultat d'aucune ressource.",
		Windows: "Fenêtres de synchronisation", NoWindow: "aucune fenêtre ne restreint cette application", CanSync: "une synchronisation passerait maintenant", CannotSync: "une synchronisation serait refusée maintenant", Active: "active", Manual: "à la main permise",
	}
}

func gitOpsEnglish(s *Set) GitOps {
	return GitOps{
		Title: "GitOps", Application: "Application", App: "APPLICATION", Project: "PROJECT", Env: "ENV", Sync: "SYNC", Health: "HEALTH", Operation: "OPERATION", Revision: "REVISION", Deployed: "DEPLOYED", Auto: "AUTO", Instance: "ARGO CD",
		Order: "severity", Tree: "Resources", Diff: "Differences", History: "History", Last: "Last operation", TreeShort: "Resources", DiffShort: "Diff", HistoryShort: "Hist.", LastShort: "Operation",
		None: "No Argo CD application", NoneWhy: "One appears here once the console has made an environment and Argo CD shows it to this account.",
		GoneHint: "{key:back} goes back. The application may have been deleted, or this account no longer has access to it.",
		AutoOn:   "automatic sync", AutoOff: "manual sync", Prune: "prunes what is no longer wanted", SelfHeal: "heals drift", Never: "never", ByHand: "by hand", Destination: "destination", Sources: "source",
		Conditions: "What Argo CD reports", Outside: "Resources that differ", InStep: "nothing differs", Age: "for",
		Counts: func(apps, bad, out int) string {
			return s.Plural(apps, "application", "applications") + "  " + s.Plural(bad, "broken", "broken") + "  " + s.Plural(out, "out of sync", "out of sync")
		},
		Condition: map[string]string{
			"ComparisonError": "Argo CD could not compare the repository with the cluster: nothing syncs as long as that lasts.", "InvalidSpecError": "The definition of the application is refused: its repository, destination or Argo CD project is not allowed.",
			"SyncError": "The last automatic sync failed and will not be tried again for this revision.", "DeletionError": "Deleting the application does not come to an end.", "UnknownError": "Argo CD met an error that it does not classify.",
			"SharedResourceWarning": "A resource is claimed by two applications, which fight over it.", "RepeatedResourceWarning": "A resource is declared twice in the repository.", "ExcludedResourceWarning": "The repository has a kind of resource that Argo CD may not manage.",
			"HydrationError":          "The manifests could not be made on their branch: what runs is what was made before.",
			"OrphanedResourceWarning": "Resources of the namespace come from no application.",
		},
		State: map[string]string{
			"Synced": "what runs is what the repository says", "OutOfSync": "what runs is not what the repository says", "Unknown": "Argo CD does not know",
			"Healthy": "everything is ready", "Progressing": "a rollout is under way", "Degraded": "something does not work", "Suspended": "paused", "Missing": "resources that are wanted do not exist",
		},
		Phase:   map[string]string{"Running": "running", "Succeeded": "succeeded", "Failed": "failed", "Error": "in error", "Terminating": "being ended"},
		Reading: "Reading…", Nothing: "Nothing lives of this application", NothingWhy: "It was never synced, or everything it had was deleted.", Orphan: "no application", Manifest: "manifest", ManifestOf: "Manifest, secrets masked", Events: "Events", NoEvent: "no event", Images: "images", Created: "created",
		CopyName: "name", CopyManifest: "manifest", CopyDiff: "difference", Cut: func(n int) string { return s.Int(n) + " more are not shown" },
		NoDiff: "No difference", NoDiffWhy: "What runs is what a sync would write.", Wanted: "wanted", Lives: "lives", SecretNote: "secrets masked: ••• (2) is another value",
		DiffState: map[string]string{"changed": "changed", "missing": "missing", "extra": "not wanted", "same": "the same"},
		Changes:   func(added, gone int) string { return "+" + s.Int(added) + " −" + s.Int(gone) },
		Now:       "in place", When: "WHEN", By: "BY", Commit: "COMMIT", Back: "ROLLBACK", Asking: "checking images…", AtPin: "in place at the chosen instant",
		BackYes: "possible: the images still exist", BackGone: "impossible: image missing from Harbor", BackUnknown: "images not read", BackForeign: "possible, as for the project's images", BackSame: "in place",
		BackAutosync: "Automatic sync is on: Argo CD refuses a rollback while it is, or returns to the repository at once.", BackNoHarbor: "Harbor is not read: whether the images still exist is not known", BackErr: "manifests cannot be made at this revision",
		ImagesGone:  func(n int) string { return s.Plural(n, "image missing", "images missing") },
		NoOperation: "No operation known", Lasted: "took", Asked: "asked by", Retries: "tries", DryRun: "dry run", Results: "Result by resource", NoResult: "Argo CD kept the result of no resource.",
		Windows: "Sync windows", NoWindow: "no window restricts this application", CanSync: "a sync would be let through now", CannotSync: "a sync would be refused now", Active: "active", Manual: "by hand allowed",
	}
}
