package world

func (w *World) schedule() {}
