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
	Screen2  = "screen.2"
	Screen3  = "screen.3"
	Screen4  = "screen.4"
	Screen5  = "screen.5"
	Screen6  = "screen.6"
	Screen7  = "screen.7"
	Screen8  = "screen.8"
	Screen9  = "screen.9"
	Time     = "time"
	Sources  = "sources"
	Perf     = "perf"
	Board    = "onboarding"
	Journal  = "actions.page"
	Books    = "runbooks"
	Refresh  = "refresh"
	Repaint  = "repaint"
	Suspend  = "suspend"
	Theme    = "theme"
	Language = "language"
	Copy     = "copy"
	Web      = "web"

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

	Logs        = "list.logs"
	Metrics     = "list.metrics"
	Timeline    = "list.timeline"
	Way         = "list.way"
	Kinds       = "list.kinds"
	Diff        = "list.diff"
	Raw         = "list.raw"
	Acknowledge = "list.acknowledge"
	Actions     = "list.actions"
	MarkRow     = "list.mark"

	Detail    = "text.detail"
	Search    = "text.search"
	SearchUp  = "text.search_previous"
	SearchOn  = "text.search_next"
	TextOnly  = "text.only"
	Error     = "text.error_next"
	ErrorUp   = "text.error_previous"
	Follow    = "text.follow"
	Trouble   = "text.problems"
	Level     = "text.level"
	Include   = "text.include"
	Exclude   = "text.exclude"
	Context   = "text.context"
	Jump      = "text.jump"
	Presets   = "text.presets"
	LogQL     = "text.logql"
	Probes    = "text.probes"
	Streams   = "text.streams"
	Mode      = "text.mode"
	Wrap      = "text.wrap"
	TimeMode  = "text.time"
	Colours   = "text.colours"
	Pretty    = "text.pretty"
	Traces    = "text.traces"
	Left      = "text.left"
	Right     = "text.right"
	Mark      = "text.mark"
	Sections  = "text.sections"
	MarkOn    = "text.mark_next"
	MarkUp    = "text.mark_previous"
	Select    = "text.select"
	Patterns  = "text.patterns"
	Instance  = "text.instance"
	Export    = "text.export"
	Histogram = "text.histogram"
	ZoomIn    = "text.zoom_in"
	ZoomOut   = "text.zoom_out"
	TextDown  = "text.page_down"
	TextUp    = "text.page_up"

	Preview = "page.preview"
	NextTab = "page.next_tab"
	PrevTab = "page.previous_tab"
	Fold    = "page.fold"
)

// Table declares every command, in the order in which help shows them.
func Table() []Decl {
	return append([]Decl{
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
		{ID: Logs, Keys: []string{"l"}, Scope: List, Foot: 15},
		{ID: Metrics, Keys: []string{"m"}, Scope: List, Foot: 16},
		{ID: Timeline, Keys: []string{"t"}, Scope: List, Foot: 17},
		{ID: Way, Keys: []string{"t"}, Scope: List, Foot: 17},
		{ID: Acknowledge, Keys: []string{"v"}, Scope: List, Foot: 25},
		{ID: Actions, Keys: []string{"a"}, Scope: List, Foot: 2},
		{ID: Kinds, Keys: []string{"K"}, Scope: List, Foot: 24},
		{ID: Diff, Keys: []string{"D"}, Scope: List, Foot: 13},
		{ID: Raw, Keys: []string{"y"}, Scope: List, Foot: 14},
		{ID: Fold, Keys: []string{"space"}, Scope: List, Foot: 12},
		{ID: MarkRow, Keys: []string{"space"}, Scope: List},

		{ID: Detail, Keys: []string{"enter"}, Scope: Text, Foot: 1},
		{ID: Error, Keys: []string{"e"}, Scope: Text, Foot: 2},
		{ID: ErrorUp, Keys: []string{"E"}, Scope: Text},
		{ID: Search, Keys: []string{"/"}, Scope: Text, Foot: 3},
		{ID: SearchOn, Keys: []string{"n"}, Scope: Text},
		{ID: SearchUp, Keys: []string{"N"}, Scope: Text},
		{ID: TextOnly, Keys: []string{"x"}, Scope: Text, Foot: 4},
		{ID: Context, Keys: []string{"C"}, Scope: Text, Foot: 5},
		{ID: Include, Keys: []string{"*"}, Scope: Text, Foot: 2},
		{ID: Exclude, Keys: []string{"X"}, Scope: Text, Foot: 2},
		{ID: Follow, Keys: []string{"F"}, Scope: Text, Foot: 6},
		{ID: Select, Keys: []string{"v"}, Scope: Text, Foot: 7},
		{ID: Trouble, Keys: []string{"!"}, Scope: Text, Foot: 31},
		{ID: Level, Keys: []string{"V"}, Scope: Text, Foot: 34},
		{ID: Jump, Keys: []string{"J"}, Scope: Text, Foot: 32},
		{ID: Presets, Keys: []string{"P"}, Scope: Text, Foot: 35},
		{ID: LogQL, Keys: []string{"Q"}, Scope: Text, Foot: 36},
		{ID: Patterns, Keys: []string{"D"}, Scope: Text, Foot: 33},
		{ID: Probes, Keys: []string{"K"}, Scope: Text, Foot: 33},
		{ID: Streams, Keys: []string{"S"}, Scope: Text, Foot: 37},
		{ID: Instance, Keys: []string{"p"}, Scope: Text},
		{ID: Pretty, Keys: []string{"y"}, Scope: Text},
		{ID: Mode, Keys: []string{"M"}, Scope: Text, Foot: 41},
		{ID: Wrap, Keys: []string{"w"}, Scope: Text, Foot: 42},
		{ID: TimeMode, Keys: []string{"t"}, Scope: Text, Foot: 43},
		{ID: Traces, Keys: []string{"O"}, Scope: Text},
		{ID: Colours, Keys: []string{"A"}, Scope: Text},
		{ID: Histogram, Keys: []string{"B"}, Scope: Text},
		{ID: ZoomIn, Keys: []string{"z"}, Scope: Text},
		{ID: ZoomOut, Keys: []string{"Z"}, Scope: Text},
		{ID: Sections, Keys: []string{"s"}, Scope: Text, Foot: 8},
		{ID: Mark, Keys: []string{"m"}, Scope: Text},
		{ID: MarkOn, Keys: []string{"u"}, Scope: Text},
		{ID: MarkUp, Keys: []string{"U"}, Scope: Text},
		{ID: Export, Keys: nil, Scope: Text},
		{ID: TextDown, Keys: []string{"space"}, Scope: Text, Hidden: true},
		{ID: TextUp, Keys: []string{"b"}, Scope: Text, Hidden: true},
		{ID: Left, Keys: []string{"left", "h"}, Scope: Text, Hidden: true},
		{ID: Right, Keys: []string{"right", "l"}, Scope: Text, Hidden: true},

		{ID: NextTab, Keys: []string{"tab"}, Scope: Page, Foot: 5},
		{ID: PrevTab, Keys: []string{"shift+tab"}, Scope: Page},
		{ID: Preview, Keys: []string{"i"}, Scope: Page, Foot: 23},

		{ID: BackID, Keys: []string{"esc"}, Scope: Global, Foot: 60},
		{ID: Leave, Keys: []string{"q"}, Scope: Global, Foot: 80},
		{ID: Palette, Keys: []string{":", "ctrl+p", "ctrl+k"}, Scope: Global, Foot: 50},
		{ID: Copy, Keys: []string{"c"}, Scope: Global, Foot: 30},
		{ID: Web, Keys: []string{"o"}, Scope: Global},
		{ID: Last, Keys: []string{"-"}, Scope: Global},
		{ID: Next, Keys: []string{"L"}, Scope: Global},
		{ID: Previous, Keys: []string{"H"}, Scope: Global},
		{ID: Screen1, Keys: []string{"1"}, Scope: Global},
		{ID: Screen2, Keys: []string{"2"}, Scope: Global},
		{ID: Screen3, Keys: []string{"3"}, Scope: Global},
		{ID: Screen4, Keys: []string{"4"}, Scope: Global},
		{ID: Screen5, Keys: []string{"5"}, Scope: Global},
		{ID: Screen6, Keys: []string{"6"}, Scope: Global},
		{ID: Screen7, Keys: []string{"7"}, Scope: Global},
		{ID: Screen8, Keys: []string{"8"}, Scope: Global},
		{ID: Screen9, Keys: []string{"9"}, Scope: Global},
		{ID: Time, Keys: []string{"T"}, Scope: Global, Foot: 55},
		{ID: Sources, Keys: nil, Scope: Global},
		{ID: Perf, Keys: nil, Scope: Global},
		{ID: Board, Keys: nil, Scope: Global},
		{ID: Journal, Keys: nil, Scope: Global},
		{ID: Books, Keys: []string{"R"}, Scope: Global, Foot: 26},
		{ID: Refresh, Keys: []string{"ctrl+r", "f5"}, Scope: Global},
		{ID: Theme, Keys: nil, Scope: Global},
		{ID: Language, Keys: nil, Scope: Global},
		{ID: Help, Keys: []string{"?", "f1"}, Scope: Global, Foot: 90},
		{ID: Repaint, Keys: []string{"ctrl+l"}, Scope: Global},
		{ID: Suspend, Keys: []string{"ctrl+z"}, Scope: Global},
		{ID: Quit, Keys: []string{"ctrl+c"}, Scope: Global},
	}, append(plots(), shows()...)...)
}
