package keys

// The ids of the commands. Words for each are in package words.
const (
	Palette  = "palette"
	Help     = "help"
	BackID   = "back"
	Leave    = "leave"
	Quit     = "quit"
	Last     = "last"
	Next     = "screen.next"
	Previous = "screen.previous"
	Screen1  = "screen.1"
	Sources  = "sources"
	Refresh  = "refresh"
	Repaint  = "repaint"
	Suspend  = "suspend"
	Theme    = "theme"
	Language = "language"
	Copy     = "copy"

	Up       = "list.up"
	Down     = "list.down"
	PageUp   = "list.page_up"
	PageDown = "list.page_down"
	HalfUp   = "list.half_up"
	HalfDown = "list.half_down"
	Top      = "list.top"
	Bottom   = "list.bottom"
	Enter    = "list.open"
	Filter   = "list.filter"
	Problems = "list.problems"
	Star     = "list.star"
	Only     = "list.only"
	NextHit  = "list.next"
	PrevHit  = "list.previous"
	Sort     = "list.sort"
	Reverse  = "list.reverse"

	Preview = "page.preview"
	NextTab = "page.next_tab"
	PrevTab = "page.previous_tab"
	Fold    = "page.fold"
)

// Table declares every command, in the order in which help shows them.
func Table() []Decl {
	return []Decl{
		{ID: Enter, Keys: []string{"enter"}, Scope: List, Foot: 1},
		{ID: Up, Keys: []string{"up", "k"}, Scope: List, Hidden: true},
		{ID: Down, Keys: []string{"down", "j"}, Scope: List, Hidden: true},
		{ID: PageUp, Keys: []string{"pgup"}, Scope: List, Hidden: true},
		{ID: PageDown, Keys: []string{"pgdown"}, Scope: List, Hidden: true},
		{ID: HalfUp, Keys: []string{"ctrl+u"}, Scope: List, Hidden: true},
		{ID: HalfDown, Keys: []string{"ctrl+d"}, Scope: List, Hidden: true},
		{ID: Top, Keys: []string{"g", "home"}, Scope: List, Hidden: true},
		{ID: Bottom, Keys: []string{"G", "end"}, Scope: List, Hidden: true},
		{ID: Filter, Keys: []string{"/"}, Scope: List, Foot: 20},
		{ID: Only, Keys: []string{"x"}, Scope: List},
		{ID: NextHit, Keys: []string{"n"}, Scope: List},
		{ID: PrevHit, Keys: []string{"N"}, Scope: List},
		{ID: Problems, Keys: []string{"!"}, Scope: List, Foot: 22},
		{ID: Star, Keys: []string{"*"}, Scope: List},
		{ID: Sort, Keys: []string{"s"}, Scope: List, Foot: 21},
		{ID: Reverse, Keys: []string{"S"}, Scope: List},

		{ID: NextTab, Keys: []string{"tab"}, Scope: Page, Foot: 5},
		{ID: PrevTab, Keys: []string{"shift+tab"}, Scope: Page},
		{ID: Preview, Keys: []string{"i"}, Scope: Page, Foot: 23},
		{ID: Fold, Keys: []string{"space"}, Scope: Page, Foot: 12},

		{ID: BackID, Keys: []string{"esc"}, Scope: Global, Foot: 60},
		{ID: Leave, Keys: []string{"q"}, Scope: Global, Foot: 80},
		{ID: Palette, Keys: []string{":", "ctrl+p", "ctrl+k"}, Scope: Global, Foot: 50},
		{ID: Copy, Keys: []string{"c"}, Scope: Global, Foot: 30},
		{ID: Last, Keys: []string{"-"}, Scope: Global},
		{ID: Next, Keys: []string{"L"}, Scope: Global},
		{ID: Previous, Keys: []string{"H"}, Scope: Global},
		{ID: Screen1, Keys: []string{"1"}, Scope: Global},
		{ID: Sources, Keys: nil, Scope: Global},
		{ID: Refresh, Keys: []string{"ctrl+r", "f5"}, Scope: Global},
		{ID: Theme, Keys: nil, Scope: Global},
		{ID: Language, Keys: nil, Scope: Global},
		{ID: Help, Keys: []string{"?", "f1"}, Scope: Global, Foot: 90},
		{ID: Repaint, Keys: []string{"ctrl+l"}, Scope: Global},
		{ID: Suspend, Keys: []string{"ctrl+z"}, Scope: Global},
		{ID: Quit, Keys: []string{"ctrl+c"}, Scope: Global},
	}
}
