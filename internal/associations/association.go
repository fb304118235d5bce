package associations

import (
	"net/mail"
	"strings"
	"time"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"

	"github.com/uptrace/bun"
)

// Facts are what an office keeps up to date about its association. About is shown to visitors, in the three languages.
type Facts struct {
	Name           string      `json:"name"`       // "Samordningsförbundet Älvkusten"
	ShortName      string      `json:"short_name"` // "Älvkusten"
	OrgNumber      OrgNumber   `json:"org_number"`
	Seat           string      `json:"seat"` // municipality
	County         string      `json:"county"`
	AboutSv        string      `json:"about_sv"`
	AboutSimple    string      `json:"about_simple"`
	AboutEn        string      `json:"about_en"`
	Email          string      `json:"email"`
	Phone          string      `json:"phone"`
	Website        string      `json:"website"`
	Brand          string      `json:"brand"` // code of the brand colour
	FoundedOn      period.Date `json:"founded_on"`
	EndedOn        period.Date `json:"ended_on"`
	LapseAfterDays int64       `json:"lapse_after_days"` // days without work after which a promise counts as lapsed
}

// Association is a coordination association in this installation.
type Association struct {
	bun.BaseModel `bun:"table:associations" json:"-"`
	ID            id.ID `bun:",pk" json:"-"`
	Slug          Slug  `json:"slug"`
	Host          Host  `bun:",nullzero" json:"host"`
	Facts
	SortKey   string    `json:"-"`
	Version   int64     `json:"-"`
	CreatedAt time.Time `json:"-"`
}

// Scope is the association as operations and pages carry it.
func (a Association) Scope() scope.Association {
	return scope.Association{ID: a.ID, Slug: string(a.Slug), Host: string(a.Host), Name: a.Name, ShortName: a.ShortName, Brand: a.Brand, Email: a.Email}
}

// DefaultLapseAfterDays is the patience with a promise that nobody works on, unless the association sets another.
const DefaultLapseAfterDays = 180

// DefaultBrand is the brand colour of an association that has chosen none.
const DefaultBrand = "spruce"

// check completes and checks facts. The error names the form fields, which have the names of the JSON.
func (f *Facts) check(known func(brand string) bool) error {
	var form errs.Form
	f.Name, f.ShortName = strings.TrimSpace(f.Name), strings.TrimSpace(f.ShortName)
	if f.Name == "" {
		form.Add("name", "associations.name_missing")
	}
	if f.ShortName == "" {
		form.Add("short_name", "associations.short_name_missing")
	}
	for _, l := range []struct {
		name, value string
		max         int
	}{{"name", f.Name, 120}, {"short_name", f.ShortName, 40}, {"seat", f.Seat, 80}, {"county", f.County, 80}, {"phone", f.Phone, 40}, {"website", f.Website, 200}, {"email", f.Email, 200}, {"about_sv", f.AboutSv, 4000}, {"about_simple", f.AboutSimple, 4000}, {"about_en", f.AboutEn, 4000}} {
		if n := len([]rune(l.value)); n > l.max {
			form.Add(l.name, "error.too_long", "max", l.max, "now", n)
		}
	}
	if f.Email != "" {
		if a, err := mail.ParseAddress(f.Email); err != nil || a.Address != f.Email {
			form.Add("email", "associations.email_invalid")
		}
	}
	if f.Website != "" && !strings.HasPrefix(f.Website, "https://") && !strings.HasPrefix(f.Website, "http://") {
		form.Add("website", "associations.website_invalid")
	}
	if !f.FoundedOn.IsZero() && !f.EndedOn.IsZero() && f.EndedOn.Before(f.FoundedOn) {
		form.Add("ended_on", "associations.ends_before_start")
	}
	if f.LapseAfterDays == 0 {
		f.LapseAfterDays = DefaultLapseAfterDays
	}
	if f.LapseAfterDays < 30 || f.LapseAfterDays > 730 {
		form.Add("lapse_after_days", "associations.lapse_out_of_range")
	}
	if f.Brand == "" {
		f.Brand = DefaultBrand
	}
	if !known(f.Brand) {
		form.Add("brand", "error.not_a_choice")
	}
	return form.Err()
}

// Span is from which to which day something holds. A zero From is "as long as anybody remembers", a zero To "until further notice".
type Span struct {
	ValidFrom period.Date `json:"valid_from"`
	ValidTo   period.Date `json:"valid_to"` // the last day
}

// On tells whether the span covers the day.
func (s Span) On(d period.Date) bool {
	return (s.ValidFrom.IsZero() || !d.Before(s.ValidFrom)) && (s.ValidTo.IsZero() || !d.After(s.ValidTo))
}

func (s Span) check(form *errs.Form) {
	if !s.ValidFrom.IsZero() && !s.ValidTo.IsZero() && s.ValidTo.Before(s.ValidFrom) {
		form.Add("valid_to", "associations.ends_before_start")
	}
}

// Part is what members and bodies have in common: each belongs to an association for as long as its span says.
type Part struct {
	AssociationID id.ID  `bun:",pk" json:"-"`
	ID            id.ID  `bun:",pk" json:"-"`
	Name          string `json:"name"`
	Span
	SortKey string `json:"-"`
	Version int64  `json:"-"`
}

func (p *Part) part() *Part { return p }

// MemberKind is which of the four parties of the act a member is.
type MemberKind string

const (
	FK           MemberKind = "fk" // Försäkringskassan
	AF           MemberKind = "af" // Arbetsförmedlingen
	Region       MemberKind = "region"
	Municipality MemberKind = "municipality"
)

// MemberKinds lists the parties in the order the act names them.
var MemberKinds = [...]MemberKind{FK, AF, Region, Municipality}

// Member is an owner of the association, for as long as it is.
type Member struct {
	bun.BaseModel `bun:"table:members" json:"-"`
	Kind          MemberKind `json:"kind"`
	Part
}

// MissingParties tells which parties an association lacks on a day: the act asks for at least one of each kind.
func MissingParties(members []Member, on period.Date) []MemberKind {
	has := map[MemberKind]bool{}
	for _, m := range members {
		has[m.Kind] = has[m.Kind] || m.On(on)
	}
	var missing []MemberKind
	for _, k := range MemberKinds {
		if !has[k] {
			missing = append(missing, k)
		}
	}
	return missing
}

// BodyKind is what a body is for.
type BodyKind string

const (
	Board     BodyKind = "board"    // styrelse
	Prep      BodyKind = "prep"     // beredningsgrupp
	Office    BodyKind = "office"   // kansli
	Auditors  BodyKind = "auditors" // revisorer
	OtherBody BodyKind = "other"
)

// BodyKinds lists the kinds, the one that decides first.
var BodyKinds = [...]BodyKind{Board, Prep, Office, Auditors, OtherBody}

// Body is a group of the association in which people have roles.
type Body struct {
	bun.BaseModel `bun:"table:bodies" json:"-"`
	Kind          BodyKind `json:"kind"`
	Part
}
