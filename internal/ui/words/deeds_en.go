package words

func deedsEnglish() Deeds {
	return Deeds{
		Title: map[string]Label{"console.replay": {"reprovision", "reprovision: the console runs all its tools on the project again"}},
		Param: map[string]string{"branch": "branch"}, Effect: map[string]string{"status": "status"}, Undo: map[string]string{"again": "nothing to take back; it may be done again"},
		Reason: map[string]string{"locked": "the project is locked"},
	}
}
