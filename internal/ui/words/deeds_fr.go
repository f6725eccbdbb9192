package words

func deedsFrench() Deeds {
	return Deeds{
		Title: map[string]Label{"console.replay": {"reprovisionner", "reprovisionner : la console rejoue tous ses outils sur le projet"}},
		Param: map[string]string{"branch": "branche"}, Effect: map[string]string{"status": "état"}, Undo: map[string]string{"again": "rien à défaire ; peut être refait"},
		Reason: map[string]string{"locked": "projet verrouillé"},
	}
}
