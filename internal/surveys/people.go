package surveys

import (
	"regexp"
	"slices"
	"strings"

	"samklang/internal/platform/sheet"
)

// A table with a row for each person is not to come in, and nothing of it may be said back.
var (
	email = regexp.MustCompile(`[^\s@;,]+@[^\s@;,]+\.[\pL]{2,}`)
	// personal is a Swedish personal identity number, or one that is coordinated or reserved, with the year in two figures or four.
	personal = regexp.MustCompile(`(^|[^0-9])([0-9]{2})?[0-9]{2}(0[0-9]|1[0-9]|[2-9][0-9])[0-9]{2}[-+ ]?[0-9TRSUWXJKLMN][0-9]{3}($|[^0-9])`)
	// moment is a time of day: when somebody answered.
	moment = regexp.MustCompile(`[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}[T ]+[0-9]{1,2}[:.][0-9]{2}`)
)

// ofPeople are heads of columns that tell of one person.
var ofPeople = []string{"id", "respondent", "respondent id", "respondentid", "respondent_id", "svarande", "svarsid", "svars-id", "svarsnummer", "löpnummer", "lopnummer", "deltagarid", "participant id",
	"e-post", "epost", "email", "e-mail", "mail", "mejl", "namn", "name", "förnamn", "efternamn", "first name", "last name", "personnummer", "personnr", "pnr", "födelsedatum", "födelsedag", "date of birth",
	"telefon", "mobil", "phone", "adress", "address", "ip", "ip-adress", "ip address", "tidsstämpel", "timestamp", "tidpunkt", "inskickat", "submitted", "started", "completed", "startad", "avslutad", "token", "uuid", "guid"}

// leastRows is how many rows of one each a table has before it is taken for one of persons.
const leastRows = 5

// ofPersons finds what tells that a table has a row for each person, nil for nothing. Numbers is the column with counts, -1 for none. The fault holds no
// word of the table.
func ofPersons(t sheet.Table, numbers int) *Fault {
	for i, c := range t.Columns {
		name := strings.ToLower(strings.Join(strings.Fields(c.Name), " "))
		if slices.Contains(ofPeople, name) {
			return &Fault{Row: 1, Column: i + 1, Key: "surveys.table.person_column"}
		}
		if email.MatchString(name) || personal.MatchString(name) {
			return &Fault{Row: 1, Column: i + 1, Key: "surveys.table.person_cell"}
		}
	}
	for _, r := range t.Rows {
		for i, cell := range r.Cells {
			if email.MatchString(cell) || personal.MatchString(cell) || moment.MatchString(cell) {
				return &Fault{Row: r.Number, Column: i + 1, Key: "surveys.table.person_cell"}
			}
		}
	}
	if numbers < 0 {
		return nil
	}
	ones, more := 0, 0
	for _, r := range t.Rows {
		switch n := strings.TrimSpace(cellAt(r, numbers)); n {
		case "1":
			ones++
		case "", "0":
		default:
			more++
		}
	}
	if more == 0 && ones >= leastRows {
		return &Fault{Column: numbers + 1, Key: "surveys.table.rows_of_one"}
	}
	return nil
}

// Personal tells whether a table was refused because it has a row for each person.
func (t Table) Personal() bool {
	return slices.ContainsFunc(t.Faults, func(x Fault) bool {
		return slices.Contains([]string{"surveys.table.person_column", "surveys.table.person_cell", "surveys.table.rows_of_one"}, x.Key)
	})
}

func cellAt(r sheet.Row, i int) string {
	if i < 0 || i >= len(r.Cells) {
		return ""
	}
	return strings.TrimSpace(r.Cells[i])
}
