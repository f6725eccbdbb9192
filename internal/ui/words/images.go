package words

// Images is the pages of the registry: the list of artifacts, and one of them.
type Images struct {
	Title, Image                                                                              string
	Name, Project, Tags, Digest, Pushed, Size, Scan, Signed, Rank, Runs                       string // columns
	Order                                                                                     string
	None, NoneWhy, GoneHint                                                                   string
	Counts                                                                                    func(all, running, missing int) string
	OnlyShown                                                                                 string // of the whole platform: which artifacts are listed
	Missing, MissingShort, MissingAsked, MissingRuns, Moved, Untagged, Critical, High         string
	NotScanned, Scanning, ScanFailed, Clean                                                   string
	NeverShort, ScanningShort, FailedShort                                                    string // of a scan, in a column
	SignedYes, SignedNo, SignedMaybe                                                          string
	Place                                                                                     func(place, of int) string
	Keeps                                                                                     func(n int) string
	KeepsAll, KeepsOther, NextToGo, GoesAfter, KeepsUnread                                    string
	Left                                                                                      func(n int) string // pushes before it goes
	RunsIn, RunsNowhere, RunsUnknown, Pods, OldTag                                            string
	PodCount                                                                                  func(ready, all int) string
	Tag, DigestName, PushedName, SizeName, ScanName, SignName, Platforms, Built, Commit, User string // names of facts
	Ports, Pulled, NeverPulled, Scanner, Attached, Index, Retention, Root                     string
	Worst, Reading, NoReport, NoFound, Fixable                                                string
	FixableCount                                                                              func(n, all int) string
	More                                                                                      func(n int) string
	Severity, CVE, Package, Version, Fixed, Score, NoFix                                      string // columns of the vulnerabilities
	CopyRef, CopyDigest, CopyCVE                                                              string
	ByTemplate                                                                                map[string]string // rules of retention that are not by push
}

func imagesFrench(s *Set) Images {
	return Images{
		Title: "Images", Image: "Image", Name: "IMAGE", Project: "PROJET", Tags: "ÉTIQUETTES", Digest: "EMPREINTE", Pushed: "POUSSÉE", Size: "TAILLE", Scan: "ANALYSE", Signed: "SIGN.", Rank: "RANG", Runs: "TOURNE EN", Order: "gravité",
		None: "Aucune image", NoneWhy: "Une image apparaît ici dès que l'étape docker-build d'un pipeline l'a poussée dans Harbor.", GoneHint: "{key:back} revient en arrière. La rétention a pu la supprimer.",
		Counts: func(all, running, missing int) string {
			return s.Plural(all, "image", "images") + "  " + s.Plural(running, "tourne", "tournent") + "  " + s.Plural(missing, "absente de Harbor", "absentes de Harbor")
		},
		OnlyShown: "Ce qui tourne, ce qui manque et la plus récente de chaque dépôt ; les autres sont dans l'onglet Images du projet.",
		Missing:   "absente de Harbor", MissingShort: "absente", MissingAsked: "Des pods la demandent et Harbor ne l'a pas : la rétention l'a supprimée, ou elle n'a jamais été poussée.", MissingRuns: "Elle tourne encore, mais n'est plus dans Harbor : un pod déplacé sur un autre nœud ne la retrouvera pas.",
		Moved: "l'étiquette désigne maintenant une autre image que celle qui tourne", Untagged: "sans étiquette", Critical: "vulnérabilités critiques, en service", High: "vulnérabilités hautes, en service",
		NeverShort: "jamais", ScanningShort: "en cours", FailedShort: "échouée", NotScanned: "jamais analysée", Scanning: "analyse en cours", ScanFailed: "analyse échouée", Clean: "aucune vulnérabilité",
		SignedYes: "signée", SignedNo: "non signée", SignedMaybe: "peut-être : une pièce jointe que ce Harbor ne sait pas nommer (signature de cosign 2.6 et suivants ?)",
		Place: func(place, of int) string { return s.Int(place) + "e sur " + s.Int(of) + " par date de poussée" },
		Keeps: func(n int) string { return "Harbor garde les " + s.Int(n) + " dernières poussées de chaque dépôt" }, KeepsAll: "Harbor garde tout : aucune règle de rétention", KeepsOther: "règle de rétention d'un autre genre", NextToGo: "la prochaine à partir", GoesAfter: "partira à la prochaine passe", KeepsUnread: "règle de rétention non lue",
		Left: func(n int) string {
			return s.Plural(n, "poussée avant qu'elle parte", "poussées avant qu'elle parte")
		},
		RunsIn: "Environnements", RunsNowhere: "ne tourne nulle part", RunsUnknown: "pods non lus", Pods: "pods", OldTag: "sous l'étiquette",
		PodCount: func(ready, all int) string { return s.Int(ready) + "/" + s.Int(all) + " pods prêts" },
		Tag:      "étiquettes", DigestName: "empreinte", PushedName: "poussée", SizeName: "taille", ScanName: "analyse", SignName: "signature", Platforms: "plateformes", Built: "construite", Commit: "commit", User: "utilisateur",
		Ports: "ports", Pulled: "tirée", NeverPulled: "jamais", Scanner: "par", Attached: "jointes", Index: "index de plusieurs architectures", Retention: "rétention", Root: "root",
		Worst: "Les plus graves", Reading: "lecture du rapport…", NoReport: "aucun rapport : l'image n'a jamais été analysée", NoFound: "rien à signaler", Fixable: "corrigeables",
		FixableCount: func(n, all int) string {
			return s.Int(n) + " sur " + s.Int(all) + " corrigeables par une mise à jour"
		},
		More: func(n int) string {
			return "… " + s.Int(n) + " de plus : " + s.Key("list.open") + " les montre toutes"
		},
		Severity: "GRAVITÉ", CVE: "VULNÉRABILITÉ", Package: "PAQUET", Version: "VERSION", Fixed: "CORRIGÉE EN", Score: "CVSS", NoFix: "pas encore",
		CopyRef: "référence", CopyDigest: "empreinte", CopyCVE: "vulnérabilité",
		ByTemplate: map[string]string{"latestPulledN": "les dernières tirées", "nDaysSinceLastPush": "celles poussées depuis peu de jours", "nDaysSinceLastPull": "celles tirées depuis peu de jours", "always": "tout"},
	}
}

func imagesEnglish(s *Set) Images {
	return Images{
		Title: "Images", Image: "Image", Name: "IMAGE", Project: "PROJECT", Tags: "TAGS", Digest: "DIGEST", Pushed: "PUSHED", Size: "SIZE", Scan: "SCAN", Signed: "SIGN.", Rank: "RANK", Runs: "RUNS IN", Order: "severity",
		None: "No image", NoneWhy: "One appears here once the docker-build stage of a pipeline pushed it to Harbor.", GoneHint: "{key:back} goes back. Retention may have removed it.",
		Counts: func(all, running, missing int) string {
			return s.Plural(all, "image", "images") + "  " + s.Plural(running, "runs", "run") + "  " + s.Plural(missing, "missing from Harbor", "missing from Harbor")
		},
		OnlyShown: "What runs, what is missing, and the newest of each repository; the others are in the project's Images tab.",
		Missing:   "missing from Harbor", MissingShort: "missing", MissingAsked: "Pods ask for it and Harbor has not got it: retention removed it, or it was never pushed.", MissingRuns: "It still runs, but is no longer in Harbor: a pod that moves to another node will not find it.",
		Moved: "the tag now names another image than the one that runs", Untagged: "untagged", Critical: "critical vulnerabilities, in service", High: "high vulnerabilities, in service",
		NeverShort: "never", ScanningShort: "running", FailedShort: "failed", NotScanned: "never scanned", Scanning: "being scanned", ScanFailed: "scan failed", Clean: "no vulnerability",
		SignedYes: "signed", SignedNo: "not signed", SignedMaybe: "perhaps: an attachment that this Harbor cannot name (a signature of cosign 2.6 or later?)",
		Place: func(place, of int) string { return s.Int(place) + " of " + s.Int(of) + " by date of push" },
		Keeps: func(n int) string { return "Harbor keeps the last " + s.Int(n) + " pushed of each repository" }, KeepsAll: "Harbor keeps everything: no rule of retention", KeepsOther: "a rule of retention of another kind", NextToGo: "the next to go", GoesAfter: "goes at the next run", KeepsUnread: "rule of retention not read",
		Left:   func(n int) string { return s.Plural(n, "push before it goes", "pushes before it goes") },
		RunsIn: "Environments", RunsNowhere: "runs nowhere", RunsUnknown: "pods not read", Pods: "pods", OldTag: "under the tag",
		PodCount: func(ready, all int) string { return s.Int(ready) + "/" + s.Int(all) + " pods ready" },
		Tag:      "tags", DigestName: "digest", PushedName: "pushed", SizeName: "size", ScanName: "scan", SignName: "signature", Platforms: "platforms", Built: "built", Commit: "commit", User: "user",
		Ports: "ports", Pulled: "pulled", NeverPulled: "never", Scanner: "by", Attached: "attached", Index: "index of several architectures", Retention: "retention", Root: "root",
		Worst: "The worst", Reading: "reading the report…", NoReport: "no report: the image was never scanned", NoFound: "nothing to report", Fixable: "fixable",
		FixableCount: func(n, all int) string { return s.Int(n) + " of " + s.Int(all) + " fixable by an update" },
		More:         func(n int) string { return "… " + s.Int(n) + " more: " + s.Key("list.open") + " shows them all" },
		Severity:     "SEVERITY", CVE: "VULNERABILITY", Package: "PACKAGE", Version: "VERSION", Fixed: "FIXED IN", Score: "CVSS", NoFix: "not yet",
		CopyRef: "reference", CopyDigest: "digest", CopyCVE: "vulnerability",
		ByTemplate: map[string]string{"latestPulledN": "the last pulled", "nDaysSinceLastPush": "those pushed a few days ago at most", "nDaysSinceLastPull": "those pulled a few days ago at most", "always": "everything"},
	}
}
