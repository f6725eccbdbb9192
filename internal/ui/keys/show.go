package keys

// The ids of the commands of the demo: the presenter's panel and the platform's time.
const (
	ShowNext     = "show.next"
	ShowPrevious = "show.previous"
	ShowPanel    = "show.panel"
	ShowPass     = "show.pass"
	ShowKeys     = "show.keys"
	ShowPause    = "show.pause"
	ShowFaster   = "show.faster"
	ShowSlower   = "show.slower"
	ShowReset    = "show.reset"
)

// shows declares them. Function keys: they are on every keyboard without AltGr, no multiplexer and no field takes them, and these are
// none of those that browsers and terminals keep for themselves (F1, F3, F5, F6, F7, F10, F11, F12).
func shows() []Decl {
	return []Decl{
		{ID: ShowNext, Keys: []string{"f8"}, Scope: Demo},
		{ID: ShowPrevious, Keys: []string{"f4"}, Scope: Demo},
		{ID: ShowPanel, Keys: []string{"f2"}, Scope: Demo},
		{ID: ShowPass, Keys: []string{"f9"}, Scope: Demo},
		{ID: ShowKeys, Keys: []string{"shift+f2", "f14"}, Scope: Demo},
		{ID: ShowPause, Keys: []string{"shift+f9", "f21"}, Scope: Demo},
		{ID: ShowFaster, Keys: nil, Scope: Demo},
		{ID: ShowSlower, Keys: nil, Scope: Demo},
		{ID: ShowReset, Keys: nil, Scope: Demo},
	}
}
