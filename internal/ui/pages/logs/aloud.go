package logs

import (
	"time"

	"dsotop/internal/logs"
	"dsotop/internal/ui/words"
)

// tellBins is into how many pieces the time is cut to find the one with most lines: as many as a bar chart of a usual screen has.
const tellBins = 60

// Volume tells the histogram: how many lines between which instants, how many of them are serious, and when there were most.
func (p *Page) Volume() (sentence string, zoom time.Duration) {
	if !p.strip.shown || p.stat.Lines == 0 {
		return "", 0
	}
	from, to := p.stripSpan()
	if p.strip.from != 0 {
		zoom = time.Duration(p.strip.to - p.strip.from)
	}
	bins := p.eyes.view.Histogram(from, to, tellBins)
	if len(bins) == 0 {
		return "", zoom
	}
	v := words.Volume{From: p.instant(from, to-from), To: p.instant(to, to-from)}
	beyond := p.beyond(from, to, len(bins))
	top := 0.0
	for i := range bins {
		n := 0
		for _, c := range bins[i].Levels {
			n += int(c)
		}
		v.Lines += n
		v.Errors += int(bins[i].Levels[logs.LevelError] + bins[i].Levels[logs.LevelFatal])
		v.Warnings += int(bins[i].Levels[logs.LevelWarn])
		v.Beyond += int(max(beyond[i]-float64(n), 0))
		if here := max(float64(n), beyond[i]); here > top {
			top, v.Most, v.MostAt = here, int(here), p.instant(bins[i].From, to-from)
		}
	}
	return p.env.Words.Linear.Volume(v), zoom
}
