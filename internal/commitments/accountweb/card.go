package accountweb

import (
	"bytes"
	"image/color"
	"net/http"
	"sync"

	"samklang/internal/platform/share"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// cards keeps the pictures drawn last, since one costs far more to draw than to send. What is in them is a function of the key.
type cards struct {
	mu  sync.Mutex
	png map[share.CardData][]byte
}

const cardsKept = 200

func (c *cards) draw(d share.CardData) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock() // one at a time: drawing takes the whole processor
	if b := c.png[d]; b != nil {
		return b, nil
	}
	var b bytes.Buffer
	if err := share.Card(&b, d); err != nil {
		return nil, err
	}
	if c.png == nil || len(c.png) >= cardsKept {
		c.png = map[share.CardData][]byte{}
	}
	c.png[d] = b.Bytes()
	return b.Bytes(), nil
}

// deep is the header's colour of each brand, as web/style/brands.css has it.
var deep = map[ui.Brand]color.RGBA{
	ui.Spruce: {0x0d, 0x33, 0x2a, 0xff}, ui.Moss: {0x2c, 0x36, 0x0f, 0xff}, ui.Sea: {0x11, 0x34, 0x4f, 0xff}, ui.Slate: {0x26, 0x32, 0x3c, 0xff},
	ui.Heather: {0x36, 0x2c, 0x5f, 0xff}, ui.Plum: {0x48, 0x1b, 0x3d, 0xff}, ui.Rowan: {0x5c, 0x1d, 0x16, 0xff}, ui.Copper: {0x4f, 0x2a, 0x0b, 0xff},
}

func (s *Pages) sendCard(w http.ResponseWriter, r *web.Request, d share.CardData) error {
	brand, err := ui.ParseBrand(association(r).Brand)
	if err != nil {
		brand = ui.Spruce
	}
	d.Association, d.Brand = association(r).Name, deep[brand]
	b, err := s.cards.draw(d)
	if err != nil {
		return err
	}
	return answer(w, r, share.ContentType, b)
}

// accountCard is the picture that stands beside a link to the account.
func (s *Pages) accountCard(w http.ResponseWriter, r *web.Request) error {
	a, err := s.Ledger.Account(r.Context(), association(r), 0)
	if err != nil {
		return err
	}
	f := a.Figures
	d := share.CardData{Headline: r.T("account.portal.kept", "k", f.Kept, "n", f.Promises), Detail: r.T("account.figure.late.none"), Kept: f.Kept, Of: f.Promises}
	if f.Promises == 0 {
		d.Headline, d.Detail = r.T("account.headline"), ""
	} else if f.Overdue > 0 {
		d.Detail = r.T("account.card.late", "n", f.Overdue)
	}
	return s.sendCard(w, r, d)
}

func (s *Pages) promiseCardImage(w http.ResponseWriter, r *web.Request) error {
	p, err := s.promise(r)
	if err != nil {
		return err
	}
	state := s.stateWord(r.Printer, p.Pledge)
	if state == "" {
		state = r.T("ui.state." + p.State)
	}
	return s.sendCard(w, r, share.CardData{Headline: p.TitleIn(r.Lang()), Detail: r.T("account.promise.short", "number", p.Number) + ": " + state})
}
