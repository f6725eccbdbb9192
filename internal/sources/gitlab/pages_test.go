package gitlab

import "testing"

func TestPagesRead(t *testing.T) {
	var p pagesRead
	list := []repository{{group: "g"}}
	if _, known := p.page("first", 1); known {
		t.Error("known before it was read")
	}
	p.keep("first", pageRead{sum: 1, repositories: list, next: "c"})
	if got, known := p.page("first", 1); !known || got.next != "c" || &got.repositories[0] != &list[0] {
		t.Errorf("the same answer: %+v, %v", got, known)
	}
	if _, known := p.page("first", 2); known {
		t.Error("another answer was taken for the one known")
	}
	_, _ = p.page("second", 5)
	p.keep("second", pageRead{sum: 5})
	p.complete()
	_, _ = p.page("first", 1)
	p.complete() // the list has one page now
	if _, known := p.page("second", 5); known {
		t.Error("a page that nobody asks for any more was kept")
	}
	if _, known := p.page("first", 1); !known {
		t.Error("a page that is asked for was forgotten")
	}
}
