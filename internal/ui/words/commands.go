package words

func commandsFrench() (map[string]Label, map[string]string) {
	return map[string]Label{
			"list.open": {"ouvrir", "ouvrir ce qui est sous le curseur"},
			"list.up":   {"haut", "une ligne plus haut"}, "list.down": {"bas", "une ligne plus bas"},
			"list.page_up": {"page haut", "une page plus haut"}, "list.page_down": {"page bas", "une page plus bas"},
			"list.half_up": {"½ haut", "une demi-page plus haut"}, "list.half_down": {"½ bas", "une demi-page plus bas"},
			"list.top": {"début", "première ligne"}, "list.bottom": {"fin", "dernière ligne"},
			"list.filter":   {"filtrer", "filtrer la liste (plusieurs mots, -mot exclut)"},
			"list.only":     {"tout montrer", "lignes trouvées seules, ou toutes avec les trouvées en évidence"},
			"list.next":     {"suivant", "ligne trouvée suivante"},
			"list.previous": {"précédent", "ligne trouvée précédente"},
			"list.problems": {"problèmes", "seulement ce qui a un problème, ou tout"},
			"list.star":     {"même valeur", "filtrer sur la valeur de la colonne triée sous le curseur"},
			"list.sort":     {"trier", "choisir la colonne de tri"}, "list.reverse": {"inverser", "inverser le tri"},
			"page.next_tab": {"onglet", "onglet ou volet suivant"}, "page.previous_tab": {"onglet préc.", "onglet ou volet précédent"},
			"page.preview": {"aperçu", "montrer ou cacher l'aperçu"}, "page.fold": {"plier", "plier ou déplier"},
			"back":        {"retour", "défaire une étape : saisie, filtre, puis page"},
			"leave":       {"quitter", "revenir à la page précédente, ou quitter depuis la première"},
			"palette":     {"aller à", "ligne de commande : aller partout, tout faire"},
			"copy":        {"copier", "menu de copie : nom, identifiant, ligne…"},
			"last":        {"dernière", "retourner à la dernière page vue"},
			"screen.next": {"écran suiv.", "écran principal suivant"}, "screen.previous": {"écran préc.", "écran principal précédent"},
			"screen.1": {"parc", "aller au parc"}, "sources": {"sources", "état des sources"},
			"refresh": {"relire", "demander une nouvelle lecture à toutes les sources"},
			"theme":   {"thème", "changer de thème"}, "language": {"langue", "changer de langue"},
			"help":    {"aide", "les touches de cette page"},
			"repaint": {"redessiner", "redessiner l'écran"}, "suspend": {"suspendre", "rendre la main au shell"},
			"quit": {"quitter", "quitter dsotop"},
		}, map[string]string{
			"global": "Partout", "list": "Dans les listes", "text": "Dans les textes", "page": "Selon la page",
		}
}

func commandsEnglish() (map[string]Label, map[string]string) {
	return map[string]Label{
			"list.open": {"open", "open what is under the cursor"},
			"list.up":   {"up", "one line up"}, "list.down": {"down", "one line down"},
			"list.page_up": {"page up", "one page up"}, "list.page_down": {"page down", "one page down"},
			"list.half_up": {"half up", "half a page up"}, "list.half_down": {"half down", "half a page down"},
			"list.top": {"top", "first line"}, "list.bottom": {"bottom", "last line"},
			"list.filter":   {"filter", "filter the list (several words, -word excludes)"},
			"list.only":     {"show all", "only lines that match, or all with matches marked"},
			"list.next":     {"next", "next line that matches"},
			"list.previous": {"previous", "previous line that matches"},
			"list.problems": {"problems", "only what has a problem, or everything"},
			"list.star":     {"same value", "filter on the sorted column's value under the cursor"},
			"list.sort":     {"sort", "choose the column to sort by"}, "list.reverse": {"reverse", "reverse the order"},
			"page.next_tab": {"tab", "next tab or pane"}, "page.previous_tab": {"prev. tab", "previous tab or pane"},
			"page.preview": {"preview", "show or hide the preview"}, "page.fold": {"fold", "fold or unfold"},
			"back":        {"back", "undo one step: prompt, filter, then page"},
			"leave":       {"leave", "return to the page before, or leave from the first one"},
			"palette":     {"go to", "command line: go anywhere, do anything"},
			"copy":        {"copy", "copy menu: name, identifier, line…"},
			"last":        {"last", "return to the page seen before"},
			"screen.next": {"next screen", "next main screen"}, "screen.previous": {"prev. screen", "previous main screen"},
			"screen.1": {"fleet", "go to the fleet"}, "sources": {"sources", "state of the sources"},
			"refresh": {"look again", "ask every source to look again"},
			"theme":   {"theme", "change the theme"}, "language": {"language", "change the language"},
			"help":    {"help", "the keys of this page"},
			"repaint": {"repaint", "draw the screen again"}, "suspend": {"suspend", "give the terminal to the shell"},
			"quit": {"quit", "leave dsotop"},
		}, map[string]string{
			"global": "Everywhere", "list": "In lists", "text": "In texts", "page": "On some pages",
		}
}
