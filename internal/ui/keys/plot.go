package keys

// The ids of the commands of plots.
const (
	PlotOpen   = "plot.open"
	PlotPin    = "plot.pin"
	PlotUp     = "plot.up"
	PlotDown   = "plot.down"
	PlotLeft   = "plot.left"
	PlotRight  = "plot.right"
	PlotFar    = "plot.far_left"
	PlotFurth  = "plot.far_right"
	PlotIn     = "plot.zoom_in"
	PlotOut    = "plot.zoom_out"
	PlotBefore = "plot.before"
	PlotAfter  = "plot.after"
	PlotRange  = "plot.range"
	PlotNow    = "plot.now"
	PlotEach   = "plot.each"
	PlotPod    = "plot.pod"
	PlotLevels = "plot.levels"
	PlotMode   = "plot.mode"
	PlotExpr   = "plot.expression"
	PlotLogs   = "plot.logs"
)

// plots declares the commands of plots.
func plots() []Decl {
	return []Decl{
		{ID: PlotOpen, Keys: []string{"enter"}, Scope: Plot, Foot: 1},
		{ID: PlotPin, Keys: []string{"enter"}, Scope: Plot, Foot: 1},
		{ID: PlotUp, Keys: []string{"up", "k"}, Scope: Plot, Hidden: true},
		{ID: PlotDown, Keys: []string{"down", "j"}, Scope: Plot, Hidden: true},
		{ID: PlotLeft, Keys: []string{"left", "h"}, Scope: Plot, Hidden: true},
		{ID: PlotRight, Keys: []string{"right"}, Scope: Plot, Hidden: true},
		{ID: PlotFar, Keys: []string{"pgup", "shift+left"}, Scope: Plot, Hidden: true},
		{ID: PlotFurth, Keys: []string{"pgdown", "shift+right"}, Scope: Plot, Hidden: true},
		{ID: PlotIn, Keys: []string{"z"}, Scope: Plot, Foot: 2},
		{ID: PlotOut, Keys: []string{"Z"}, Scope: Plot, Foot: 2},
		{ID: PlotBefore, Keys: []string{"<", ","}, Scope: Plot, Foot: 3},
		{ID: PlotAfter, Keys: []string{">", ";"}, Scope: Plot, Foot: 3},
		{ID: PlotRange, Keys: []string{"r"}, Scope: Plot, Foot: 4},
		{ID: PlotEach, Keys: []string{"e"}, Scope: Plot, Foot: 5},
		{ID: PlotExpr, Keys: []string{"Q"}, Scope: Plot, Foot: 6},
		{ID: PlotLogs, Keys: []string{"l"}, Scope: Plot, Foot: 7},
		{ID: PlotPod, Keys: []string{"p"}, Scope: Plot, Foot: 8},
		{ID: PlotLevels, Keys: []string{"u"}, Scope: Plot, Foot: 9},
		{ID: PlotMode, Keys: []string{"M"}, Scope: Plot},
		{ID: PlotNow, Keys: []string{"G", "end"}, Scope: Plot},
	}
}
