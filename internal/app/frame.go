package app

import (
	"samklang/internal/accessibility/accessibilityweb"
	"samklang/internal/core/lang"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// frame fills what is around a page's content: whose page it is, menus, languages, who is logged in.
func (a *App) frame(r *web.Request, title string) ui.Page {
	p := ui.Page{
		Printer: r.Printer,
		Assets:  ui.Assets{Style: a.assets.Style, Work: a.assets.Work, Script: a.assets.Script, Font: a.assets.Font},
		Title:   title,
		Origin:  r.Absolute(""),
		Path:    r.Here(r.Lang()),
		LogIn:   r.Top("/logga-in"),
		Footer: []ui.Link{
			{Label: r.T("app.footer.rules"), Href: r.Top("/sa-raknas-laget")},
			{Label: r.T("app.footer.log"), Href: r.Top("/log")},
			{Label: r.T("app.footer.rights"), Href: r.Top("/vem-far-gora-vad")},
			{Label: r.T("app.footer.accessibility"), Href: r.Top("/tillganglighet")},
			{Label: r.T("app.footer.tell"), Href: accessibilityweb.Tell(r, r.Shown())},
			{Label: r.T("app.footer.privacy"), Href: r.Top("/personuppgifter")},
		},
	}
	for _, l := range lang.All {
		p.Alternates = append(p.Alternates, ui.Alternate{Lang: l, Path: r.Here(l)})
	}
	if a.config.Demo {
		p.Notice = r.T("app.demo")
		p.Footer = append(p.Footer, ui.Link{Label: r.T("app.footer.outbox"), Href: r.Top("/utkorg")})
	}
	if r.Association == nil {
		p.Site = ui.Site{Name: r.T("app.name"), Home: r.Top("/")}
	} else {
		brand, err := ui.ParseBrand(r.Association.Brand)
		if err != nil {
			brand = ui.Spruce
		}
		p.Site = ui.Site{Name: r.Association.Name, Short: r.Association.ShortName, Home: r.Path("/"), Brand: brand}
	}
	p.Nav = a.navigation(r)
	if r.Actor.LoggedIn() {
		p.User = &ui.User{Name: r.Actor.Name, Items: a.userMenu(r)}
	}
	if done := r.URL.Query().Get("klart"); done != "" && r.Printer.Has("done."+done) {
		p.Flash = append(p.Flash, ui.Flash{Tone: ui.Done, Text: r.T("done." + done)})
	}
	return p
}

// upper is the first letter as a capital, for names made of common nouns.
func upper(s string) string { return i18n.Upper(s) }
