package reading

import (
	"time"

	"samklang/internal/core/period"
)

// The tables of date words. Everything is in lower case.

var monthNames = map[string]time.Month{
	"januari": 1, "februari": 2, "mars": 3, "april": 4, "maj": 5, "juni": 6, "juli": 7, "augusti": 8, "september": 9, "oktober": 10, "november": 11, "december": 12,
	"januarimånad": 1, "februarimånad": 2, "marsmånad": 3, "aprilmånad": 4, "majmånad": 5, "junimånad": 6, "julimånad": 7, "augustimånad": 8,
	"septembermånad": 9, "oktobermånad": 10, "novembermånad": 11, "decembermånad": 12,
	"january": 1, "february": 2, "march": 3, "june": 6, "july": 7, "august": 8, "october": 10,
}

// monthShort are months only beside a day, a year, or alone in a cell or heading: "jul" is Christmas and "Jan" is a man.
var monthShort = map[string]time.Month{
	"jan": 1, "feb": 2, "febr": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "okt": 10, "nov": 11, "dec": 12,
}

var weekdays = map[string]time.Weekday{
	"måndag": 1, "tisdag": 2, "onsdag": 3, "torsdag": 4, "fredag": 5, "lördag": 6, "söndag": 0,
	"måndagen": 1, "tisdagen": 2, "onsdagen": 3, "torsdagen": 4, "fredagen": 5, "lördagen": 6, "söndagen": 0,
	"mån": 1, "tis": 2, "ons": 3, "tors": 4, "tor": 4, "fre": 5, "lör": 6, "sön": 0, "må": 1, "ti": 2, "on": 3, "to": 4, "fr": 5,
}

// seasons in the forms that mean a time of the year and nothing else.
var seasons = map[string]period.Term{
	"våren": period.Spring, "vårens": period.Spring, "vårterminen": period.Spring, "vårtermin": period.Spring, "vårterminens": period.Spring, "försommaren": period.Spring,
	"sommaren": period.Summer, "sommarens": period.Summer, "sensommaren": period.Summer,
	"hösten": period.Autumn, "höstens": period.Autumn, "höstterminen": period.Autumn, "hösttermin": period.Autumn, "höstterminens": period.Autumn, "senhösten": period.Autumn,
	"förhösten": period.Autumn, "vintern": period.Winter, "vinterns": period.Winter, "senvåren": period.Spring, "vårvintern": period.Spring,
	"autumn": period.Autumn,
}

// bareSeasons count after "i" or "till" at the end of a phrase, before a year, or alone in a cell or heading.
var bareSeasons = map[string]period.Term{
	"vår": period.Spring, "sommar": period.Summer, "höst": period.Autumn, "vinter": period.Winter, "vt": period.Spring, "ht": period.Autumn,
	"spring": period.Spring, "summer": period.Summer,
}

var (
	quarterWords = words("kvartal kvartalet kv q")
	tertialWords = words("tertial tertialet t")
	halfWords    = words("halvår halvåret halva h")

	// Words that bind two dates to a stretch, and words that only list them.
	rangeWords = words("till tom t")
	listWords  = words("och samt respektive eller")

	// Words that stand before a date and say it is a last day.
	deadlineWords = words("senast före innan")

	partOfMonth = words("början mitten slutet inledningen")

	ongoingWords = words(`löpande kontinuerligt kontinuerlig kontinuerliga fortlöpande regelbundet regelbundna återkommande ständigt veckovis månadsvis kvartalsvis
		terminsvis tertialvis årligen årlig årligt dagligen veckovisa fortlöper ongoing`)
	everyWords = words("varje varannan vartannat varenda")
	unitWords  = words(`dag vecka månad kvartal termin halvår tertial år veckan månaden kvartalet terminen halvåret tertialet året dagen måndag tisdag onsdag torsdag
		fredag lördag söndag månads årsvis`)

	// "Datum ej satt ännu": a word for the day, then only words of the second and third kind, at least one of the third.
	dayNouns    = words("datum datumet datumen dag dagen tid tiden tidpunkt tidpunkten tidplan startdatum tider dagar")
	unsetFill   = words("är har och plats lokal exakt för ännu kommer att under hand vi med nu så form ort detta")
	unsetWords  = words("satt satta sätts satts bestämd bestämt bestämda bestäms bestämts fastställt fastställd fastställs fastställts klart klar klara spikat spikad spikas meddelas beslutat beslutad beslutas saknas återkommer oklart oklar tbd tba planeras preliminärt kommuniceras")
	unsetNo     = words("ej inte senare ännu oklart oklar saknas återkommer tbd tba bestäms meddelas fastställs")
	unsetSingle = words("tbd tba tbc")
)
