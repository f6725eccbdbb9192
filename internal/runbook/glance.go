package runbook

import "slices"

// sight is what was last seen of the runs on disk.
type sight struct {
	kept    []Info
	err     error
	reading bool // somebody reads
	again   bool // and something may have moved since
}

// Glance is Runs for who cannot wait for a disk: what was seen last, at once. It has the disk read again meanwhile; the bells of Watch ring when that tells something new.
func (d *Desk) Glance() ([]Info, error) {
	d.mu.Lock()
	kept, err := d.seen.kept, d.seen.err
	switch {
	case d.o.Store == nil || d.ctx.Err() != nil:
	case d.seen.reading:
		d.seen.again = true
	default:
		d.seen.reading = true
		d.work.Go(d.reread)
	}
	d.mu.Unlock()
	return d.among(kept), err
}

func (d *Desk) reread() {
	for {
		kept, err := d.read()
		d.mu.Lock()
		news := (err == nil) != (d.seen.err == nil) || !slices.EqualFunc(kept, d.seen.kept, func(a, b Info) bool {
			return a.ID == b.ID && a.State == b.State && a.Updated.Equal(b.Updated) && (a.Other == nil) == (b.Other == nil)
		})
		d.seen.kept, d.seen.err = kept, err
		more := d.seen.again && d.ctx.Err() == nil
		d.seen.again, d.seen.reading = false, more
		d.mu.Unlock()
		if news {
			d.ring()
		}
		if !more {
			return
		}
	}
}
