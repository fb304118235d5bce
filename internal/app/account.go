package app

import (
	"context"
	"net"
	"strings"

	"samklang/internal/commitments/accountweb"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
)

// accountNeeds plugs the public account into the rest of the house.
func (a *App) accountNeeds() accountweb.Needs {
	return accountweb.Needs{Ledger: a.commitments, Clock: a.clock, Log: a.publicLog, Frame: a.frame, About: a.about, ByCalendarToken: a.accounts.ByCalendarToken}
}

// about is what visitors may know of an association: its facts, and the members and bodies of today.
func (a *App) about(ctx context.Context, association id.ID) (accountweb.About, error) {
	x, err := a.associations.ByID(ctx, association)
	if err != nil {
		return accountweb.About{}, err
	}
	about := accountweb.About{OrgNumber: string(x.OrgNumber), Seat: x.Seat, County: x.County, Email: x.Email, Phone: x.Phone, Website: x.Website, FoundedOn: x.FoundedOn}
	about.Text[lang.Swedish], about.Text[lang.Simple], about.Text[lang.English] = x.AboutSv, x.AboutSimple, x.AboutEn
	today := clock.Today(a.clock)
	members, err := a.associations.Members(ctx, association)
	if err != nil {
		return about, err
	}
	for _, m := range members {
		if m.On(today) {
			about.Members = append(about.Members, m.Name)
		}
	}
	bodies, err := a.associations.Bodies(ctx, association)
	for _, b := range bodies {
		if b.On(today) {
			about.Bodies = append(about.Bodies, b.Name)
		}
	}
	return about, err
}

// address is the complete address of a page of an association, for what is read outside a browser. An association with a host name of its own is
// reached there, with the scheme and port of the installation.
func (a *App) address(of scope.Association, l lang.Lang, path string) string {
	base := a.Base()
	if of.Host == "" {
		return base + l.Prefix() + "/" + of.Slug + path
	}
	scheme, host, _ := strings.Cut(base, "://")
	own := of.Host
	if _, port, err := net.SplitHostPort(host); err == nil {
		own = net.JoinHostPort(own, port)
	}
	return scheme + "://" + own + l.Prefix() + path
}
