package ui

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"samklang/internal/core/errs"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/platform/chart"
	"samklang/internal/platform/i18n"
)

func catalog(t testing.TB) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load(i18n.Locale, Locale)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// with renders a component with children, as a page does.
func with(c templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, templ.Join(children...)), w)
	})
}

func words(s string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "<p>"+templ.EscapeString(s)+"</p>")
		return err
	})
}

var sampleAssets = Assets{Style: "/assets/style.css", Script: "/assets/script.js", Font: "/assets/font.woff2"}

func samplePage(p i18n.Printer, title string) Page {
	return Page{
		Printer: p, Assets: sampleAssets,
		Site:  Site{Name: "Samordningsförbundet Älvkusten", Short: "Älvkusten", Home: "/alvkusten"},
		Title: title, Description: "Åtta löften för en starkare demokrati.", Origin: "https://example.org", Path: "/alvkusten",
		Alternates: []Alternate{{lang.Swedish, "/alvkusten"}, {lang.Simple, "/lattlast/alvkusten"}, {lang.English, "/en/alvkusten"}},
		Card:       "/alvkusten/kort.png",
		Feeds:      []Feed{{"application/atom+xml", "Älvkusten: vad som ändras", "/alvkusten/atom.xml"}},
		Nav: []NavItem{
			{"Våra löften", "/alvkusten", true}, {"Kalender", "/alvkusten/kalender", false}, {"Insatser", "/alvkusten/insatser", false},
			{"Nyheter", "/alvkusten/nyheter", false}, {"Om oss", "/alvkusten/om", false}, {"Sök", "/alvkusten/sok", false},
		},
		Printed:  "Utskrivet 22 november 2026 från example.org/alvkusten",
		FootNote: "Uppdaterad 22 november 2026",
		Footer:   []Link{{"Ladda ner som tabell", "#"}, {"Prenumerera i kalendern", "#"}, {"Tillgänglighet", "#"}, {"Lämna en synpunkt", "#"}},
	}
}

func day(y int, m time.Month, d int) period.When { return period.OnDay(period.On(y, m, d)) }

// track draws a year written as a letter for each month.
func track(p i18n.Printer, id, months string) templ.Component {
	t := chart.Track{Frame: chart.Frame{ID: id, Title: "Året i tolv månader", Desc: "Gjort, planerat och försenat per månad."}, Current: 11}
	for i, r := range months {
		name := p.MonthName(time.Month(i + 1))
		state := map[rune]chart.State{'.': chart.Nothing, 'd': chart.Done, 'p': chart.Planned, 'm': chart.Late}[r]
		t.Steps = append(t.Steps, chart.Step{Name: name, Initial: name[:1], State: state})
	}
	return t
}

func wheel(p i18n.Printer) templ.Component {
	w := chart.Wheel{Frame: chart.Frame{ID: "hjul", Title: "Flest aktiviteter i mars, september och november", Desc: "Årshjul 2026. Samma uppgifter finns som lista."}, Current: 11, Figure: "31", Caption: "aktiviteter 2026"}
	for i, n := range []int{1, 2, 5, 3, 2, 1, 0, 1, 6, 3, 5, 2} {
		name := p.MonthName(time.Month(i + 1))
		m := chart.WheelMonth{Name: name, Initial: name[:1], Label: name, Href: "#"}
		if i < 10 {
			m.Done = n
		} else {
			m.Planned = n
		}
		w.Months[i] = m
	}
	return w
}

func accountPage(p i18n.Printer) templ.Component {
	page := samplePage(p, "Vad vi lovade och vad det blev")
	page.LogIn = "/logga-in"
	hero := HeroTop(Hero{
		Title: "Vad vi lovade och vad det blev",
		Lead:  "Åtta löften för en starkare demokrati, tillsammans med fem andra förbund. Här står också det som är försenat.",
		Figures: []Figure{
			{Label: "Löften som hålls", Value: "5 av 8", Note: "med granskade underlag"},
			{Label: "Aktiviteter i år", Value: "31", Note: "22 gjorda, 8 planerade, 1 inställd", Href: "#"},
			{Label: "Personer vi har nått", Value: p.Number(1284), Note: "gemensamma dagar räknade en gång"},
			{Label: "Försenat", Value: "2", Note: "visas överst", Tone: Late},
		},
	})
	side := templ.Join(
		with(Card("snart", "Det händer snart"), DateList(p, []Dated{
			{day(2026, 12, 2), "Deltagarforum i Älvsele", "#", "kl. 13–15 · 18 platser kvar", ""},
			{day(2026, 12, 9), "Seminarium: bemötande som fungerar", "#", "digitalt kl. 9–10.30 · textas", ""},
			{period.InMonth(2027, 1), "Barnrätt i praktiken", "#", "dag inte satt · få besked", ""},
		})),
		with(Card("folj", "Följ ett löfte"), words("Få ett mejl när något ändras. Inget annat."), ButtonLink(Primary, "Välj vad du vill följa", "#")),
		with(Card("lita", "Kan man lita på sidan?"), words("Allt vi publicerar skrivs i en öppen logg som ingen kan ändra i efterhand. Tre andra förbund vittnar om den varje vecka."), ButtonLink(Quiet, "Kontrollera själv", "#")),
	)
	list := PromiseList(p, []Promise{
		{7, "De vi köper av ska arbeta för inkludering, och vi kontrollerar att de gör det", "#", Overdue, "Försenat sedan 30 september", "9 av 14 avtal har kravet, 3 är kontrollerade", track(p, "spar1", "d..d....m.pp"), 0},
		{4, "Barns rätt prövas innan vi beslutar om nya insatser", "#", NoEvidence, "", "steget skulle visas senast 31 oktober", track(p, "spar2", ".d.......m.."), 0},
		{6, "Deltagare och medborgare ska påverka insatserna och våra behovsanalyser", "#", Substantial, "", "4 forum, 37 förslag, 35 besvarade · nästa forum 2 december", track(p, "spar3", "d.ddd..ddd.p"), 0},
		{1, "Sprida kunskap om jämställdhet, likabehandling och icke-diskriminering", "#", Complete, "", "11 seminarier, 846 deltagare från 19 kommuner", track(p, "spar4", "dddddd.ddddp"), 0},
		{3, "Göra våra lokaler och möten möjliga att delta i för alla", "#", Limited, "", "2 av 6 lokaler är genomgångna", track(p, "spar5", "....d......p"), 0},
		{2, "Berätta öppet om hur pengarna används", "#", NotStarted, "", "börjar i januari", track(p, "spar6", "............"), 0},
		{5, "Utbilda förtroendevalda en gång om året", "#", Lapsed, "Har förfallit, ingen har arbetat med det på ett år", "", nil, 0},
		{8, "Följa upp resultat uppdelade på kön", "#", Replaced, "", "ny lydelse antogs 4 mars 2026", nil, 0},
	})
	return with(LayoutTop(page, hero), with(Columns(side), with(Section("loften", "Löftena", "Läget räknas fram ur det som är gjort och granskat. Ingen kan skriva om ett löfte; en ändring syns som en ändring."), list)))
}

func deskPage(p i18n.Printer) templ.Component {
	page := samplePage(p, "Mitt skrivbord")
	page.Notice = "Det här är en exempelinstallation. Alla förbund, personer och siffror är påhittade."
	page.Nav = []NavItem{{"Skrivbord", "#", true}, {"Löften", "#", false}, {"Plan", "#", false}, {"Evenemang", "#", false}, {"Webbplats", "#", false}, {"Sök", "#", false}}
	page.User = &User{Name: "Karin Ek", Items: []MenuItem{{"Mina uppgifter", "#", false}, {"Förbundets inställningar", "#", false}, {"Logga ut", "/logga-ut", true}}}
	page.Flash = []Flash{{Tone: Done, Text: "Underlaget är inlagt. Tyra får det för granskning.", Link: Link{"Visa underlaget", "#"}}}
	side := templ.Join(
		with(Card("aret", "Året i en blick"), wheel(p)),
		with(Card("frister", "Frister"), DateList(p, []Dated{
			{day(2026, 11, 30), "Budget ska vara beslutad", "#", "öppet möte, förslaget är publicerat", ""},
			{period.Between(period.On(2026, 12, 14), period.On(2026, 12, 18)), "Uppföljning höst stängs", "#", "2 av 6 insatser är klara", ""},
			{period.InTerm(2027, period.Spring), "Ny behovsanalys", "#", "", ""},
			{period.InYear(2027), "Revision av avtal", "#", "", ""},
			{period.When{Precision: period.NotSet}, "Demokratidag", "#", "tre förbund väljer dag", ""},
			{period.When{Precision: period.Ongoing}, "Kaffe och samtal", "#", "varannan vecka", ""},
		})),
		with(Card("tomt", "Utkast"), Empty(EmptyState{"Inga utkast just nu", "När du skriver en nyhet och inte blir klar ligger den här.", Link{"Skriv en nyhet", "#"}})),
	)
	return with(Layout(page),
		with(PageTop(PageHead{Kicker: "Söndag 22 november 2026, vecka 47", Title: "God morgon, Karin. Tre saker väntar på dig."}), ButtonLink(Primary, "Ny aktivitet", "#")),
		with(Columns(side), with(Section("att-gora", "Att göra", "Listan räknas fram. En rad försvinner när saken är gjord, inte när den bockas av."), TaskList(p, []Task{
			{TaskLate, "Visa att leverantörskraven har följts upp", "Löfte 7 · steget skulle vara klart 30 september · ansvarig: du", "Lägg till underlag", "#"},
			{TaskToDo, "Granska underlag från Tyra: deltagarforum i Mo", "Löfte 6 · 23 deltagare, 9 förslag · kom i går", "Granska", "#"},
			{TaskToDo, "Skriv en sammanfattning av seminariet 12 november", "Löfte 1 och 5 · 146 deltagare · väntar på webbplatsen", "Skriv", "#"},
			{TaskWaiting, "Demokratidagen: Skogsbygden har inte bekräftat datum", "Gemensam med två förbund · påminnelse skickas i morgon", "Se", "#"},
			{TaskDone, "Budgetförslaget är skickat till styrelsen", "i dag kl. 9.12", "", ""},
		}))))
}

func reviewPage(p i18n.Printer) templ.Component {
	page := samplePage(p, "Stämmer det här?")
	page.Site.Brand = Plum
	page.Crumbs = []Link{{"Löften", "#"}, {"Läs in dokument", "#"}}
	source := SourceText(p, "Dokumentets egen text", []Block{
		{Kind: BlockHeading, Line: 11, Pieces: []Piece{{Text: "Planerat under hösten"}}},
		{Line: 13, Pieces: []Piece{{Text: "Den 16 september håller vi en utbildningsdag om likabehandling för styrelsen, beredningsgruppen och kansliet.", Kind: MarkActivity, Item: "A1"}}},
		{Line: 14, Pieces: []Piece{{Text: "Onsdag 24 september bjuder vi tillsammans med Antidiskrimineringsbyrån in till ett digitalt kunskapsseminarium om delaktighet. Vi brukar nå mellan 100 och 200 personer. Seminariet är en del av arbetet med att stärka deltagarnas inflytande.", Kind: MarkActivity, Item: "A2", Current: true}}},
		{Line: 18, Pieces: []Piece{{Text: "Ett seminarium om barns rättigheter hålls också, dagen är inte bestämd.", Kind: MarkActivity, Item: "A3"}}},
		{Line: 19, Pieces: []Piece{{Text: "Allt enligt den modell vi prövade i våras.", Kind: MarkUnread}}},
		{Kind: BlockHeading, Line: 21, Pieces: []Piece{{Text: "Vi lovar att"}}},
		{Kind: BlockItem, Line: 22, Pieces: []Piece{{Text: "stärka deltagares och medborgares inflytande över insatserna", Kind: MarkPromise, Item: "6"}}},
	})
	form := with(FormTag(p, Form{Action: "#", Key: "k1", Autosave: "/utkast"}),
		with(Group(),
			Date(p, DateField{Field: Field{Name: "date", Label: "Datum", Hint: "”24 september”, året från rubriken"}, Value: "2026-09-24"}),
			Select(p, Choice{Field: Field{Name: "form", Label: "Form"}, Options: []Option{{Value: "external", Label: "Extern", On: true}, {Value: "internal", Label: "Intern"}}}),
			Text(p, TextField{Field: Field{Name: "reach", Label: "Vi räknar med att nå"}, Value: "100–200 personer"}),
			Text(p, TextField{Field: Field{Name: "partner", Label: "Tillsammans med", Optional: true}, Value: "Antidiskrimineringsbyrån"})),
		ChipBoxes(p, Choice{Field: Field{Name: "serves", Label: "Löften som aktiviteten bidrar till"}, Options: []Option{
			{Value: "6", Label: "6 Inflytande", Hint: "säker", On: true}, {Value: "1", Label: "1 Kunskap", Hint: "kanske"}}}),
		with(Actions(), Button(Primary, "Det stämmer", "do", "keep"), Button(Quiet, "Ta inte med", "do", "drop")))
	found := []templ.Component{
		with(ReviewItem(p, Item{"A1", "Utbildningsdag om likabehandling", "rad 13", false, 2}), words("16 september 2026, intern. Bidrar till löfte 1.")),
		with(ReviewItem(p, Item{"A2", "Kunskapsseminarium om delaktighet", "rad 14–17", true, 2}), form),
		with(ReviewItem(p, Item{"A3", "Seminarium om barns rättigheter", "rad 18", false, 2}), words("Dag inte satt. Vi påminner dig, och den som vill kan få besked.")),
		with(ReviewItem(p, Item{"6", "Finns redan hos Skogsbygden", "rad 22", false, 2}), words("97 % lika. Vill ni ha det gemensamt? Då räknas gemensamma aktiviteter en gång."), ButtonLink(Quiet, "Gör gemensamt", "#")),
	}
	return with(Layout(page),
		with(PageTop(PageHead{Title: "Stämmer det här?"}), Steps(p, []Step{{"Dokument", "#", true, false}, {"Granska", "", false, true}, {"Förena", "", false, false}, {"Anta", "", false, false}})),
		with(Note(Doing, ""), words("Vi hittade 8 löften och 12 aktiviteter. Två ställen förstod vi inte, de är prickade i texten. Inget sparas förrän du antar.")),
		with(Review(source), found...))
}

func formPage(p i18n.Printer) templ.Component {
	page := samplePage(p, "Ny aktivitet")
	page.Faulty = true
	page.Crumbs = []Link{{"Plan", "#"}}
	list := FormErrors{{"title", "Skriv vad aktiviteten heter."}, {"date", "”31 november” finns inte. Skriv till exempel 30 november."}, {"forms", "Välj minst en form."}, {"file", "Filen är för stor: 61 MB. Högst 50 MB går bra."}}
	faulty := func(name, label, hint string) Field {
		return Field{Name: name, Label: label, Hint: hint, Error: list.For(name)}
	}
	return with(Layout(page), ErrorSummary(p, list),
		with(PageTop(PageHead{Kicker: "Plan 2026", Title: "Ny aktivitet", Lead: "Det räcker med vad du vet nu. Du kan fylla på senare."})),
		with(FormTag(p, Form{Action: "#", Key: "k2", Files: true, WarnLeave: true}),
			Text(p, TextField{Field: faulty("title", "Vad heter aktiviteten?", "")}),
			Date(p, DateField{Field: faulty("date", "Vilken dag?", "Till exempel 24 september eller 2026-09-24. Lämna tomt om dagen inte är satt."), Value: "31 november"}),
			Checkboxes(p, Choice{Field: faulty("forms", "Vilken form har den?", "Välj alla som stämmer."), Options: []Option{
				{Value: "internal", Label: "Intern", Hint: "för personal och styrelse"}, {Value: "external", Label: "Extern"}, {Value: "communicative", Label: "Kommunikativ"}}}),
			Radios(p, Choice{Field: Field{Name: "state", Label: "Hur säkert är det?"}, Options: []Option{{Value: "planned", Label: "Planerad", On: true}, {Value: "confirmed", Label: "Bekräftad"}}}),
			Select(p, Choice{Field: Field{Name: "owner", Label: "Vem ansvarar?", Optional: true}, Blank: true, Options: []Option{{Value: "1", Label: "Karin Ek"}, {Value: "2", Label: "Tyra Holm"}}}),
			Text(p, TextField{Field: Field{Name: "reach", Label: "Hur många räknar ni med?", Hint: "En siffra eller ett spann, till exempel 100–200.", Optional: true}, Size: 12}),
			Area(p, TextArea{Field: Field{Name: "how", Label: "Hur bidrar den till löftet?", Hint: "En eller två meningar."}, Max: 400, Value: "Deltagarna väljer själva vilka frågor dagen handlar om."}),
			Upload(p, FileUpload{Field: faulty("file", "Underlag", "Pdf eller Word, högst 50 MB."), Accept: ".pdf,.docx", Now: "inbjudan.pdf"}),
			Tick(p, Field{Name: "public", Label: "Visa aktiviteten för alla"}, Option{Value: "yes", On: true}),
			with(Actions(), Button(Primary, "Lägg till aktiviteten", "", ""), ButtonLink(Plain, "Avbryt", "#"))))
}

func piecesPage(p i18n.Printer) templ.Component {
	page := samplePage(p, "Delarna")
	page.Site.Brand = Sea
	page.Crumbs = []Link{{"Älvkusten", "#"}, {"Våra löften", "#"}}
	var badges []templ.Component
	for _, s := range States {
		badges = append(badges, StateBadge(p, s, ""))
	}
	table := Table{Caption: "Aktiviteter i september", Columns: []Column{
		{Label: "Aktivitet", Sort: Ascending, Href: "#"}, {Label: "Dag", Href: "#"}, {Label: "Läge"}, {Label: "Nådda", Numeric: true, Href: "#"}},
		Rows: []Row{
			{[]Cell{{Text: "Kunskapsseminarium om delaktighet", Href: "#"}, {Text: "24 september"}, {Body: StateBadge(p, Complete, "Gjord")}, {Text: p.Number(1146)}}},
			{[]Cell{{Text: "Utbildningsdag om likabehandling", Href: "#"}, {Text: "16 september"}, {Body: StateBadge(p, Overdue, "")}, {Text: p.Number(38)}}},
		}}
	var wide Table
	wide.Caption, wide.Wide = "Nådda per kommun och kvartal", true
	wide.Columns = append(wide.Columns, Column{Label: "Kommun"})
	row := Row{[]Cell{{Text: "Älvsele"}}}
	for _, q := range []string{"Kvartal 1 2025", "Kvartal 2 2025", "Kvartal 3 2025", "Kvartal 4 2025", "Kvartal 1 2026", "Kvartal 2 2026", "Kvartal 3 2026"} {
		wide.Columns = append(wide.Columns, Column{Label: q, Numeric: true})
		row.Cells = append(row.Cells, Cell{Text: p.Number(1284)})
	}
	wide.Rows = []Row{row, row}
	var notes []templ.Component
	for _, n := range []Tone{Neutral, Planned, Doing, Done, Late} {
		notes = append(notes, with(Note(n, "Bra att veta"), words("Läget räknas om varje natt. "+string(n))))
	}
	return with(Layout(page),
		with(PageTop(PageHead{Title: "Delarna", Kicker: "Bara för oss"}), ButtonLink(Quiet, "Skriv ut", "#"), ButtonLink(Danger, "Ta bort", "#")),
		with(Section("lagen", "Lägen", "Färg, form och ord säger samma sak."), with(Actions(), badges...)),
		with(Section("urval", "Urval", ""), FilterChips(p, "form-urval", "Form", []Chip{{"Alla", "31", "#", false, false}, {"Externa", "14", "#", true, false}, {"Interna", "9", "#", false, false}})),
		with(Section("tabell", "Tabeller", ""), DataTable(p, table), DataTable(p, wide), Pagination(p, Pages{4, 20, func(int) string { return "#" }})),
		with(Section("andring", "Ändringar", ""), DiffText(p, []Change{{Same, "Vi lovar att "}, {Removed, "verka för "}, {Added, "öka "}, {Same, "deltagarnas inflytande."}})),
		with(Section("notiser", "Notiser", ""), notes...),
		with(Section("mer", "Mer", ""), with(Details("Så räknas läget"), words("Ett löfte hålls när varje steg har ett granskat underlag.")), with(Details("Vem ser vad?"), words("Alla ser det som är publicerat."))),
		with(Section("svar", "Kontrollera dina svar", ""), SummaryList(p, []Answer{{"Vad heter aktiviteten?", "Demokratidag", "#"}, {"Vilken dag?", "24 september 2027", "#"}, {"Vem ansvarar?", "", "#"}})))
}

func simplePage(p i18n.Printer) templ.Component {
	page := samplePage(p, "Vad vi har lovat")
	page.Site.Brand = Heather
	hero := HeroTop(Hero{Title: "Vad vi har lovat", Lead: "Vi har lovat åtta saker. Här kan du se hur det går."})
	return with(LayoutTop(page, hero), PromiseList(p, []Promise{
		{7, "De som säljer till oss ska ta med alla. Vi kollar att de gör det.", "#", Overdue, "", "", track(p, "spar", "d..d....m.pp"), 2},
	}))
}

func portalPage(p i18n.Printer) templ.Component {
	page := samplePage(p, "Förbunden i Älvsjö län")
	page.Site = Site{Name: "Samklang", Home: "/"}
	page.Nav = []NavItem{{"Förbunden", "/", true}, {"Gemensamma löften", "#", false}, {"Kalender", "#", false}}
	hero := HeroTop(Hero{Title: "Vad förbunden lovar och håller", Lead: "Tre samordningsförbund i Älvsjö län visar öppet vad de har lovat, vad de har gjort och vad som är sent."})
	dots := func(id, s string) templ.Component {
		d := chart.Dots{Frame: chart.Frame{ID: id, Title: "Löftenas läge"}}
		for _, r := range s {
			d.Items = append(d.Items, chart.Dot{Name: "löfte", State: map[rune]chart.State{'.': chart.Nothing, 'd': chart.Done, 'h': chart.Partly, 'm': chart.Late}[r], Text: "läge"})
		}
		return d
	}
	return with(LayoutTop(page, hero),
		with(Section("forbunden", "Förbunden", ""), SiteCards([]SiteCard{
			{"Samordningsförbundet Älvkusten", "/alvkusten", Spruce, "Älvsele, Mo och Tallviken", []string{"5 av 8 löften hålls", "2 är försenade"}, dots("d1", "dddddhmm")},
			{"Samordningsförbundet Skogsbygden", "/skogsbygden", Rowan, "Björkfors och Mo", []string{"6 av 8 löften hålls", "inget är försenat"}, dots("d2", "ddddddh.")},
			{"Västra Sjölandets samordningsförbund", "/vastra-sjolandet", Sea, "Sjöhamn", []string{"1 av 8 löften hålls", "antog löftena i mars"}, dots("d3", "dh......")},
		})),
		with(Section("loftet", "Ett löfte", ""),
			AdoptedText("Deltagare och medborgare ska påverka insatserna och våra behovsanalyser.", "Antaget 4 mars 2026, styrelsen § 14"),
			Waypoints(p, []Waypoint{
				{Overdue, "skulle vara klart 30 september", "Följa upp kraven hos leverantörerna", "#", "ansvarig: Karin Ek", nil},
				{Complete, "klart 12 maj", "Fyra forum med deltagare", "#", "23 deltagare, 9 förslag · underlaget granskat av Tyra Holm", nil},
				{Limited, "klart senast 31 december", "Svara på alla förslag", "", "35 av 37 är besvarade", nil},
				{NotStarted, "våren 2027", "Ny behovsanalys", "", "", nil},
			}),
			LinkRow("Hämta som", []Link{{"JSON", "#"}, {"CSV", "#"}, {"Kalender", "#"}, {"Flöde (Atom)", "#"}})),
		with(Section("historik", "Historik", ""), Waypoints(p, []Waypoint{
			{"", "4 mars 2026", "Ny lydelse antagen", "#", "", DiffText(p, []Change{{Same, "Vi lovar att "}, {Removed, "verka för"}, {Added, "öka"}, {Same, " deltagarnas inflytande."}})},
			{"", "18 november 2021", "Löftet undertecknat", "", "tillsammans med fem andra förbund", nil},
		})),
		with(Section("underlag", "Underlag", ""), EntryList([]Entry{
			{"Protokoll från deltagarforum i Mo", "#", "pdf, 120 kB · inlagt av Tyra Holm 12 maj", StateBadge(p, Complete, "Granskat")},
			{"Deltagarlista, antal per kommun", "#", "siffra: 23 deltagare", StateBadge(p, NotStarted, "Väntar på granskning")},
		})),
		with(Section("om", "Om sidan", ""), with(Prose(), words("Läget räknas om varje natt ur det som är gjort och granskat."))))
}

func codePage(p i18n.Printer) templ.Component {
	page := samplePage(p, "Skriv koden")
	page.Site.Brand = Copper
	return with(Layout(page), with(PageTop(PageHead{Title: "Skriv koden", Lead: "Vi har skickat sex siffror till karin@example.org."})),
		with(FormTag(p, Form{Action: "#"}),
			Text(p, TextField{Field: Field{Name: "code", Label: "Kod", Hint: "Koden gäller i tio minuter."}, Mode: "numeric", Complete: "one-time-code", Size: 6, Max: 6, Value: "402917"}),
			with(Actions(), Button(Primary, "Logga in", "", ""), ButtonLink(Plain, "Skicka en ny kod", "#"))))
}

var gallery = map[string]struct {
	lang lang.Lang
	page func(i18n.Printer) templ.Component
}{
	"account": {lang.Swedish, accountPage},
	"desk":    {lang.Swedish, deskPage},
	"review":  {lang.Swedish, reviewPage},
	"form":    {lang.Swedish, formPage},
	"pieces":  {lang.Swedish, piecesPage},
	"simple":  {lang.Simple, simplePage},
	"portal":  {lang.Swedish, portalPage},
	"code":    {lang.Swedish, codePage},
	"english": {lang.English, piecesPage},
}

func render(t testing.TB, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestGallery renders every component in pages like the real ones and holds them to what a browser, a screen reader and the
// content policy need. With UI_GALLERY=DIRECTORY the pages are also written there, to be looked at.
func TestGallery(t *testing.T) {
	c := catalog(t)
	for name, g := range gallery {
		t.Run(name, func(t *testing.T) {
			html := render(t, g.page(c.Printer(g.lang)))
			if dir := os.Getenv("UI_GALLERY"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, name+".html"), []byte(html), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			checkPage(t, html)
		})
	}
}

func checkPage(t *testing.T, html string) {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	if n := doc.Find("h1").Length(); n != 1 {
		t.Errorf("%d headings of level 1", n)
	}
	if strings.Contains(html, "[ui.") || strings.Contains(html, "{n}") && doc.Find("[data-left-other]").Length() == 0 {
		t.Error("a text is missing")
	}
	doc.Find("[style], script:not([src])").Each(func(_ int, s *goquery.Selection) {
		t.Errorf("inline style or script: %s", goquery.NodeName(s))
	})
	seen := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		v, _ := s.Attr("id")
		if seen[v] {
			t.Errorf("id %q stands twice", v)
		}
		seen[v] = true
	})
	for _, attr := range []string{"aria-describedby", "aria-labelledby", "for"} {
		doc.Find("[" + attr + "]").Each(func(_ int, s *goquery.Selection) {
			v, _ := s.Attr(attr)
			for _, one := range strings.Fields(v) {
				if !seen[one] {
					t.Errorf("%s points to %q, which is not there", attr, one)
				}
			}
		})
	}
	doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, s *goquery.Selection) {
		v, _ := s.Attr("id")
		if v == "" || doc.Find("label[for='"+v+"']").Length() != 1 {
			t.Errorf("a field without a label: %q", v)
		}
	})
	doc.Find("a[href^='#']").Each(func(_ int, s *goquery.Selection) {
		if v, _ := s.Attr("href"); len(v) > 1 && !seen[v[1:]] {
			t.Errorf("a link leads to %q, which is not there", v)
		}
	})
	doc.Find("table").Each(func(_ int, s *goquery.Selection) {
		if strings.TrimSpace(s.Find("caption").Text()) == "" {
			t.Error("a table without a caption")
		}
	})
}

func TestErrorsStandInTheSummaryAndBesideTheField(t *testing.T) {
	c, err := i18n.Load(i18n.Locale, Locale)
	if err != nil {
		t.Fatal(err)
	}
	p := c.Printer(lang.Swedish)
	var f errs.Form
	f.Add("title", "ui.form.limit", "max", 80)
	list := ErrorsOf(p, f.Err())
	html := render(t, templ.Join(ErrorSummary(p, list), Text(p, TextField{Field: Field{Name: "title", Label: "Rubrik", Error: list.For("title")}, Value: "x"})))
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	const want = "Högst 80 tecken."
	if got := doc.Find("[role=alert] a[href='#f-title']").Text(); got != want {
		t.Errorf("summary says %q", got)
	}
	input := doc.Find("#f-title")
	if by, _ := input.Attr("aria-describedby"); by != "f-title-error" || !strings.HasSuffix(doc.Find("#"+by).Text(), want) {
		t.Errorf("beside the field stands %q", doc.Find("#f-title-error").Text())
	}
	if v, _ := input.Attr("aria-invalid"); v != "true" {
		t.Error("the field is not said to be wrong")
	}
	if v, _ := input.Attr("value"); v != "x" {
		t.Error("what was typed is gone")
	}
	if got := ErrorsOf(p, errs.E(errs.Conflict, "ui.form.choose")); len(got) != 1 || got[0].Name != "" || got[0].Text != "Välj" {
		t.Errorf("an error of no field: %v", got)
	}
	if ErrorsOf(p, nil) != nil || ErrorsOf(p, io.ErrUnexpectedEOF) != nil {
		t.Error("an error without a public face was shown")
	}
}

func TestPagination(t *testing.T) {
	for _, c := range []struct {
		page, pages int
		want        []int
	}{
		{1, 1, []int{1}}, {1, 3, []int{1, 2, 3}}, {1, 9, []int{1, 2, 0, 9}}, {5, 9, []int{1, 0, 4, 5, 6, 0, 9}}, {9, 9, []int{1, 0, 8, 9}},
	} {
		got := Pages{Page: c.page, Pages: c.pages}.shown()
		if len(got) != len(c.want) {
			t.Errorf("page %d of %d: %v, want %v", c.page, c.pages, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("page %d of %d: %v, want %v", c.page, c.pages, got, c.want)
				break
			}
		}
	}
}

func TestLeaf(t *testing.T) {
	p := catalog(t).Printer(lang.Swedish)
	for _, c := range []struct {
		when               period.When
		top, big, datetime string
	}{
		{day(2026, 12, 2), "dec", "2", "2026-12-02"},
		{period.Between(period.On(2026, 12, 14), period.On(2026, 12, 18)), "dec", "14–18", "2026-12-14"},
		{period.Between(period.On(2026, 12, 30), period.On(2027, 1, 2)), "dec", "30–", "2026-12-30"},
		{period.InMonth(2027, 1), "jan", "–", "2027-01"},
		{period.InTerm(2027, period.Autumn), "höst", "2027", ""},
		{period.InTerm(2027, period.SecondHalf), "halvår", "2027", ""},
		{period.InYear(2027), "år", "2027", "2027"},
		{period.When{Precision: period.Ongoing}, "löper", "–", ""},
		{period.When{Precision: period.NotSet}, "dag", "?", ""},
	} {
		top, big := leaf(p, c.when)
		if top != c.top || big != c.big || machineDate(c.when) != c.datetime {
			t.Errorf("%v: %q %q %q", c.when, top, big, machineDate(c.when))
		}
	}
}
