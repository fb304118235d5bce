package chart_test

import (
	"fmt"
	"time"

	"samklang/internal/core/period"
	"samklang/internal/platform/chart"
)

var months = [...]string{"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"}

func wheel() chart.Wheel {
	w := chart.Wheel{
		Frame:   chart.Frame{ID: "arshjul", Title: "De flesta aktiviteterna ligger i mars, september och november", Desc: "Årshjul 2026. Samma uppgifter finns som tabell."},
		Current: 11, Figure: "31", Caption: "aktiviteter 2026",
		Header: [6]string{"Månad", "Gjorda", "Försenade", "Planerade", "Inställda", "Frister"},
	}
	numbers := [12][4]int{{1}, {3}, {6}, {3, 0, 0, 1}, {2}, {1}, {}, {1}, {3, 1}, {3, 1}, {2, 0, 2}, {0, 0, 1}}
	for i, n := range numbers {
		total := n[0] + n[1] + n[2] + n[3]
		label := fmt.Sprintf("%s: %d aktiviteter", months[i], total)
		if total == 1 {
			label = months[i] + ": 1 aktivitet"
		}
		w.Months[i] = chart.WheelMonth{
			Name: months[i], Initial: months[i][:3], Label: label, Href: fmt.Sprintf("/plan/2026/%d", i+1),
			Done: n[0], Late: n[1], Planned: n[2], Cancelled: n[3],
		}
	}
	w.Months[2].Deadlines, w.Months[2].DeadlineTexts = []int{31}, []string{"31 mars: årsredovisning"}
	w.Months[10].Deadlines, w.Months[10].DeadlineTexts = []int{30}, []string{"30 november: budget"}
	w.Months[11].Deadlines, w.Months[11].DeadlineTexts = []int{31}, []string{"31 december: uppföljningen stängs"}
	return w
}

// plain has no links and no current month: last year on paper.
func plainWheel() chart.Wheel {
	w := wheel()
	w.ID, w.Current = "fjol", 0
	for i := range w.Months {
		w.Months[i].Href = ""
		w.Months[i].Done += w.Months[i].Planned
		w.Months[i].Planned = 0
	}
	return w
}

func track(id, states string, current int) chart.Track {
	t := chart.Track{
		Frame:   chart.Frame{ID: id, Title: "Tre steg gjorda, ett försenat sedan september", Desc: "Gjort i januari och april, försenat i september, planerat i november och december."},
		Current: current, Header: [2]string{"Månad", "Läge"},
	}
	for i, s := range states {
		step := chart.Step{Name: months[i%12], Initial: months[i%12][:1]}
		switch s {
		case 'd':
			step.State, step.Text = chart.Done, "gjort"
		case 'p':
			step.State, step.Text = chart.Planned, "planerat"
		case 'h':
			step.State, step.Text = chart.Partly, "delvis gjort"
		case 'm':
			step.State, step.Text = chart.Late, "försenat"
		case 'c':
			step.State, step.Text = chart.Cancelled, "inställt"
		}
		t.Steps = append(t.Steps, step)
	}
	return t
}

func dots() chart.Dots {
	d := chart.Dots{
		Frame:  chart.Frame{ID: "loften", Title: "5 av 8 löften hålls", Desc: "Ett är på god väg, ett är planerat, ett är försenat."},
		Header: [2]string{"Löfte", "Läge"},
	}
	for i, s := range []chart.State{chart.Done, chart.Done, chart.Done, chart.Done, chart.Done, chart.Partly, chart.Planned, chart.Late} {
		d.Items = append(d.Items, chart.Dot{Name: fmt.Sprintf("Löfte %d", i+1), State: s, Text: [...]string{"", "hålls", "planerat", "på god väg", "försenat"}[s]})
	}
	return d
}

func stack() chart.Stack {
	return chart.Stack{
		Frame:  chart.Frame{ID: "aktiviteter", Title: "22 av 31 aktiviteter är gjorda", Desc: "22 gjorda, 6 planerade, 2 försenade, 1 inställd."},
		Parts:  []chart.Part{{chart.Done, "gjorda", 22}, {chart.Planned, "planerade", 6}, {chart.Late, "försenade", 2}, {chart.Cancelled, "inställd", 1}},
		Header: [2]string{"Läge", "Antal"},
	}
}

func stackEven() chart.Stack {
	return chart.Stack{
		Frame:  chart.Frame{ID: "avtal", Title: "Tre av fem avtal är kontrollerade eller på väg", Desc: "1 av varje slag."},
		Parts:  []chart.Part{{chart.Done, "kontrollerat", 1}, {chart.Partly, "delvis", 1}, {chart.Planned, "planerat", 1}, {chart.Late, "försenat", 1}, {chart.Cancelled, "inställt", 1}, {chart.Nothing, "utan krav", 1}},
		Header: [2]string{"Läge", "Antal"},
	}
}

func reach() chart.Reach {
	return chart.Reach{
		Frame:  chart.Frame{ID: "rackvidd", Title: "Tre av fyra nådde så många som var tänkt", Desc: "Strecket visar hur många som väntades, punkten hur många som kom."},
		Header: [3]string{"Aktivitet", "Väntade", "Kom"},
		Items: []chart.Reached{
			{Name: "Seminarium om bemötande", Href: "/a/1", Min: 100, Max: 200, Expected: "100–200 väntade", Count: 146, Counted: true, Came: "146 kom"},
			{Name: "Deltagarforum i Mo", Href: "/a/2", Min: 30, Max: 40, Expected: "30–40 väntade", Count: 23, Counted: true, Came: "23 kom"},
			{Name: "Öppet hus i Sjöhamn", Href: "/a/3", Min: 60, Max: 120, Expected: "60–120 väntade", Count: 210, Counted: true, Came: "ungefär 210 kom", Approximated: true},
			{Name: "Demokratidagen, gemensam med Skogsbygden och Västra Sjölandet", Href: "/a/4", Min: 150, Max: 150, Expected: "150 väntade", Came: "inte räknat än"},
			{Name: "Utskick till föreningar", Expected: "inget antal sagt", Count: 12, Counted: true, Came: "12 nåddes"},
		},
	}
}

func timeline() chart.Timeline {
	d := func(m time.Month, day int) period.Date { return period.On(2026, m, day) }
	t := chart.Timeline{
		Frame: chart.Frame{ID: "aret", Title: "Två saker är försenade, tre väntar på en dag", Desc: "Aktiviteter 2026 i den ordning de händer."},
		Year:  2026, Today: d(11, 22), Tray: "Dag inte satt", Header: [3]string{"Aktivitet", "När", "Läge"},
		Rowed: []chart.Bar{
			{Name: "Kartlägg leverantörernas krav", Href: "/a/1", When: "våren", State: chart.Done, Text: "gjord", From: d(1, 1), To: d(6, 30), Soft: true},
			{Name: "Seminarium om bemötande", Href: "/a/2", When: "12 mars", State: chart.Done, Text: "gjord", From: d(3, 12), To: d(3, 12)},
			{Name: "Utbildning för handledare i fyra kommuner", Href: "/a/3", When: "14 april–22 maj", State: chart.Done, Text: "gjord", From: d(4, 14), To: d(5, 22)},
			{Name: "Öppet hus i Sjöhamn", Href: "/a/4", When: "6 juni", State: chart.Cancelled, Text: "inställd", From: d(6, 6), To: d(6, 6)},
			{Name: "Visa att leverantörskraven har följts upp", Href: "/a/5", When: "1–30 september", State: chart.Late, Text: "försenad", From: d(9, 1), To: d(9, 30)},
			{Name: "Rapport till styrelsen", Href: "/a/6", When: "15 oktober", State: chart.Late, Text: "försenad", From: d(10, 15), To: d(10, 15)},
			{Name: "Intervjuer med deltagare", Href: "/a/7", When: "hösten", State: chart.Partly, Text: "på gång", From: d(8, 1), To: d(12, 31), Soft: true},
			{Name: "Deltagarforum i Älvsele", Href: "/a/8", When: "2 december", State: chart.Planned, Text: "planerad", From: d(12, 2), To: d(12, 2)},
			{Name: "Barnrätt i praktiken", Href: "/a/9", When: "december", State: chart.Planned, Text: "planerad", From: d(12, 1), To: d(12, 31), Soft: true},
			{Name: "Ny handlingsplan tas fram", Href: "/a/10", When: "20 november 2026–28 februari 2027", State: chart.Planned, Text: "planerad", From: d(11, 20), To: period.On(2027, 2, 28)},
			{Name: "Sommarkampanj", When: "juli", State: chart.Cancelled, Text: "inställd", From: d(7, 1), To: d(7, 31)},
		},
		NoDay: []chart.Bar{
			{Name: "Demokratidagen, gemensam med Skogsbygden", Href: "/a/11", When: "dag inte satt", State: chart.Planned, Text: "planerad"},
			{Name: "Kaffemöte varannan vecka", Href: "/a/12", When: "pågår löpande", State: chart.Partly, Text: "på gång"},
			{Name: "Studiebesök i Tallviken", Href: "/a/13", When: "dag inte satt", State: chart.Planned, Text: "planerad"},
		},
	}
	for i, m := range months {
		t.Months[i] = m[:3]
	}
	return t
}

func intervals() chart.Intervals {
	return chart.Intervals{
		Frame: chart.Frame{ID: "andelar", Title: "Av 100 kvinnor fick 31 ett steg mot jobb inom ett halvår, av 100 män 45", Desc: "Punkten är andelen, strecket osäkerheten."},
		To:    1, Header: [3]string{"Grupp", "Av 100", "Osäkerhet"}, Scale: [3]string{"0", "50", "100 av 100"},
		Items: []chart.Interval{{Group: "Vägen in", Name: "Kvinnor", Low: 0.24, Value: 0.31, High: 0.39, Words: "31", Uncertainty: "24 till 39"}, {Name: "Män", Low: 0.37, Value: 0.45, High: 0.53, Hollow: true, Words: "45", Uncertainty: "37 till 53"},
			{Name: "Kön inte känt", Hidden: true, Words: "för få för att visas"}},
	}
}

func funnel() chart.Funnel {
	f := chart.Funnel{
		Frame: chart.Frame{ID: "tratt", Title: "Vägen in avviker mer än slumpen förklarar", Desc: "Ju längre till höger, desto fler räknade."},
		Whole: 0.4, Largest: 100, Axes: [2]string{"räknade", "av 100"}, All: "Alla: 40", Header: [4]string{"Insats", "Räknade", "Av 100", "Läge"},
		Points: []chart.Unit{{Name: "Ung kraft", N: 60, Share: 0.45, Words: [3]string{"60", "45", "inom gränserna"}}, {Name: "Vägen in", N: 90, Share: 0.1, Outside: true, Words: [3]string{"90", "10", "utanför gränserna"}}},
	}
	for n := int64(10); n <= 100; n += 10 {
		w := 1 / float64(n)
		f.Limits = append(f.Limits, chart.Limit{N: n, LikelyLow: 0.4 - 3*w, LikelyHigh: 0.4 + 3*w, SureLow: 0.4 - 4*w, SureHigh: 0.4 + 5*w})
	}
	return f
}
