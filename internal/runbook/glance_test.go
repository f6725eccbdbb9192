package runbook

import (
	"path/filepath"
	"testing"
)

// A list that cannot wait shows what is played here at once, and what others play once the disk was read.
func TestGlanceNeverWaits(t *testing.T) {
	w := newDouble()
	dir := filepath.Join(t.TempDir(), "runs")
	held, err := OpenStore(dir, "bruno").Create(begun(t, w, "RB-01"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(held.Close)
	d := NewDesk(DeskOptions{World: w, Store: OpenStore(dir, "anne"), By: "anne"})
	t.Cleanup(d.Close)
	bell := d.Watch(t.Context())
	if runs, err := d.Glance(); err != nil || len(runs) != 0 {
		t.Errorf("before the disk is read: %v %v", runs, err)
	}
	<-bell
	runs, err := d.Glance()
	if err != nil || len(runs) != 1 || runs[0].Other == nil || runs[0].Other.Account != "bruno" {
		t.Errorf("after: %+v %v", runs, err)
	}
	d.Close()
	if runs, _ := d.Glance(); len(runs) != 1 {
		t.Error("a closed desk forgets what it saw")
	}
}
