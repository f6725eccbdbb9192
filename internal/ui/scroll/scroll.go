// Package scroll shows a window on lines that are longer than the screen, for pages that are read rather than chosen from.
package scroll

import (
	"dsotop/internal/ui/block"
	"dsotop/internal/ui/intent"
	"dsotop/internal/ui/keys"
	"dsotop/internal/ui/page"
	"dsotop/internal/ui/style"
)

// View is the place in the lines. The zero value is at the top.
type View struct {
	// Tail keeps the end in the window as lines come, until somebody moves away from it.
	Tail bool

	away   bool
	at     int
	height int
	total  int
}

// Draw shows the lines (each exactly w cells) that are in the window of h lines; the last line says how many follow.
func (v *View) Draw(e *page.Env, lines []string, w, h int) block.Block {
	v.height, v.total = max(h, 1), len(lines)
	end := max(len(lines)-v.height, 0)
	if v.at = max(min(v.at, end), 0); v.Tail {
		if v.away = v.away && v.at < end; !v.away {
			v.at = end
		}
	}
	shown := append([]string(nil), lines[v.at:min(v.at+v.height, len(lines))]...)
	if rest := len(lines) - v.at - v.height; rest > 0 && len(shown) > 1 {
		shown[len(shown)-1] = e.Pen(w).Space(1).Put(style.Faint, e.Glyphs.Ellipsis+" +"+e.Words.Int(rest+1)).Line()
	}
	return block.New(w, h, shown...)
}

// Commands are the movements, the same keys as in lists. There are none when everything is on screen.
func (v *View) Commands() []keys.Command {
	if v.total <= v.height {
		return nil
	}
	by := func(id string, n int) keys.Command {
		return keys.Command{ID: id, Do: func() intent.Intent { v.at, v.away = max(v.at+n, 0), true; return nil }}
	}
	return []keys.Command{
		by(keys.Up, -1), by(keys.Down, 1), by(keys.PageUp, -v.height+1), by(keys.PageDown, v.height-1),
		by(keys.HalfUp, -v.height/2), by(keys.HalfDown, v.height/2), by(keys.Top, -v.total), by(keys.Bottom, v.total),
	}
}
