package web

import "container/list"

// shelf holds pages up to a number of bytes; the one that nobody has asked for the longest makes room.
type shelf struct {
	room, used int64
	order      list.List // of *placed, the last asked for first
	pages      map[pageAddress]*list.Element
}

type placed struct {
	page *page
	size int64
}

// pageOverhead is about what a page takes besides its text: its headers, twice or three times.
const pageOverhead = 4 << 10

func (s *shelf) get(a pageAddress) *page {
	e := s.pages[a]
	if e == nil {
		return nil
	}
	s.order.MoveToFront(e)
	return e.Value.(*placed).page
}

func (s *shelf) put(a pageAddress, p *page) {
	if s.pages == nil {
		s.pages = map[pageAddress]*list.Element{}
	}
	size := int64(pageOverhead)
	for i := range p.forms {
		size += int64(len(p.forms[i].body))
	}
	if e := s.pages[a]; e != nil {
		if old := e.Value.(*placed); old.page.content > p.content {
			return
		}
		s.drop(e)
	}
	s.pages[a] = s.order.PushFront(&placed{p, size})
	s.used += size
	s.tidy()
}

// grow counts what a page has grown by, if it is here.
func (s *shelf) grow(a pageAddress, p *page, by int64) {
	e := s.pages[a]
	if e == nil || e.Value.(*placed).page != p {
		return
	}
	e.Value.(*placed).size += by
	s.used += by
	s.tidy()
}

func (s *shelf) tidy() {
	for s.used > s.room && s.order.Len() > 0 {
		s.drop(s.order.Back())
	}
}

func (s *shelf) drop(e *list.Element) {
	x := s.order.Remove(e).(*placed)
	s.used -= x.size
	delete(s.pages, x.page.address)
}

// KeptBytes is how many bytes the pages kept take.
func (s *Server) KeptBytes() int64 {
	if s.keeper == nil {
		return 0
	}
	s.keeper.mu.Lock()
	defer s.keeper.mu.Unlock()
	return s.keeper.main.used + s.keeper.varied.used
}
