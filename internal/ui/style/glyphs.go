package style

// Glyphs are the signs that go with words. Every sign is one cell. There are two sets and nothing else draws a sign.
type Glyphs struct {
	ASCII    bool
	Spelled  bool   // keys are words, arrows too
	Aloud    bool   // what is drawn is read out: columns stand two cells apart, and words say what a row of signs shows
	OK       string // a state that is fine
	Bad      string // failed, critical
	Warn     string // degraded or to watch
	Info     string
	Running  string // moving by itself
	Unknown  string // not known
	Loading  string // asked, no answer yet
	None     string // there is nothing, and that is known
	NoRight  string // forbidden or not recognised
	NotSet   string // no source configured for it
	Dot      string // a healthy thing where ✔ would shout
	Half     string // stale
	Hollow   string // unreachable
	Into     string // breadcrumb, join
	Open     string // unfolded
	Closed   string // folded
	Child    string // consequence of the line above
	Cursor   string // left edge of the selected row
	SortDown string
	SortUp   string
	Marked   string
	HLine    string
	VLine    string
	Corners  [4]string // top left, top right, bottom left, bottom right
	Bars     []string  // rising levels of a sparkline, lowest first
	Gauge    [2]string // full and empty cell of a gauge
	Enter    string
	Ellipsis string
	Times    string // closes, removes
	To       string // becomes
	Lock     string // every write is refused
	Drop     string // points down at a place of the line below
	Tick     string // something happened at this place of an axis
}

// Unicode is the set for terminals with a full font.
func Unicode() Glyphs {
	return Glyphs{
		OK: "✔", Bad: "✖", Warn: "▲", Info: "•", Running: "◔", Unknown: "?", Loading: "…", None: "–", NoRight: "⊘", NotSet: "·",
		Dot: "●", Half: "◐", Hollow: "○", Into: "▸", Open: "▾", Closed: "▸", Child: "└", Cursor: "▌", SortDown: "▾", SortUp: "▴",
		Marked: "◆", HLine: "─", VLine: "│", Corners: [4]string{"╭", "╮", "╰", "╯"},
		Bars: []string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}, Gauge: [2]string{"━", "─"}, Enter: "↵", Ellipsis: "…", Times: "×", To: "→", Lock: "◈", Drop: "↓", Tick: "┊",
	}
}

// ASCII is the set for the Linux console, screen readers and old fonts.
func ASCII() Glyphs {
	return Glyphs{
		ASCII: true, Spelled: true,
		OK: "+", Bad: "X", Warn: "!", Info: "i", Running: "~", Unknown: "?", Loading: ".", None: "-", NoRight: "#", NotSet: ".",
		Dot: "*", Half: "~", Hollow: "o", Into: ">", Open: "v", Closed: ">", Child: "`", Cursor: ">", SortDown: "v", SortUp: "^",
		Marked: "*", HLine: "-", VLine: "|", Corners: [4]string{"+", "+", "+", "+"},
		Bars: []string{"_", ".", "-", "=", "+", "*", "#", "@"}, Gauge: [2]string{"#", "."}, Enter: "Enter", Ellipsis: "~", Times: "x", To: ">", Lock: "%", Drop: "v", Tick: "|",
	}
}
