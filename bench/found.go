package bench

import (
	"fmt"
	"strings"
	"time"

	"samklang/internal/accounts"
	"samklang/internal/associations"
	"samklang/internal/commitments"
	"samklang/internal/commitments/progress"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
)

// inCounty is how many associations work in one county and hold a declaration together.
const inCounty = 4

var brands = []string{"spruce", "moss", "sea", "slate", "heather", "plum", "rowan", "copper"}

var staff = []struct {
	role  actor.Role
	count int
}{{actor.Head, 1}, {actor.Office, 2}, {actor.ActivityOwner, 3}, {actor.BoardMember, 3}, {actor.PrepGroup, 1}, {actor.Auditor, 1}}

// found makes the associations with their members, bodies and people.
func (n *nation) found() {
	since := period.On(n.first, time.January, 2)
	for i := range n.Associations {
		short := prefixes[i%len(prefixes)] + endings[(i%len(prefixes)+i/len(prefixes))%len(endings)]
		at := n.someDay(since)
		a := associations.Association{ID: n.id(at), Slug: associations.SuggestSlug(short), SortKey: lang.SortKey(short), Version: 1, CreatedAt: at, Facts: associations.Facts{
			Name: "Samordningsförbundet " + short, ShortName: short, Seat: pick(n, municipalities), County: prefixes[i/inCounty] + "tuna län", Brand: brands[i%len(brands)],
			FoundedOn: period.On(2005, time.Month(1+i%12), 1), LapseAfterDays: associations.DefaultLapseAfterDays, AboutSv: n.text(3), Email: "kansli@" + string(associations.SuggestSlug(short)) + ".example"}}
		add(n.rows, a)
		n.houses = append(n.houses, &house{Association: a.Scope(), at: i, since: since})
	}
	for _, h := range n.houses {
		n.parts(h)
		n.hire(h)
	}
}

func (n *nation) parts(h *house) {
	part := func(name string) associations.Part {
		return associations.Part{AssociationID: h.ID, ID: n.id(n.someDay(h.since)), Name: name, SortKey: lang.SortKey(name), Version: 1}
	}
	add(n.rows, associations.Member{Kind: associations.FK, Part: part("Försäkringskassan")})
	add(n.rows, associations.Member{Kind: associations.AF, Part: part("Arbetsförmedlingen")})
	add(n.rows, associations.Member{Kind: associations.Region, Part: part("Region " + prefixes[h.at/inCounty])})
	for _, m := range municipalities[:3] {
		add(n.rows, associations.Member{Kind: associations.Municipality, Part: part(m + " kommun")})
	}
	add(n.rows, associations.Body{Kind: associations.Board, Part: part("Styrelsen")})
	add(n.rows, associations.Body{Kind: associations.Prep, Part: part("Beredningsgruppen")})
}

func (n *nation) hire(h *house) {
	for _, s := range staff {
		for range s.count {
			at := n.someDay(h.since)
			first, last := pick(n, firstNames), pick(n, lastNames)
			p := person{n.id(at), first + " " + last}
			email := fmt.Sprintf("%s.%d@%s.example", associations.SuggestSlug(p.name), len(h.people)+1, h.Slug)
			add(n.rows, accounts.Account{ID: p.account, Email: accounts.Email(email), Name: p.name, SortKey: lang.SortKey(p.name), Language: "sv", Reminders: true, Version: 1, CreatedAt: at})
			h.people = append(h.people, p)
			add(n.rows, accounts.Role{AssociationID: h.ID, ID: n.id(at), AccountID: p.account, Role: s.role, Organisation: pick(n, municipalities) + " kommun", ValidFrom: h.since, Version: 1})
		}
	}
}

func (n *nation) text(sentenceCount int) string {
	var list []string
	for range sentenceCount {
		list = append(list, pick(n, sentences))
	}
	return strings.Join(list, " ")
}

// adopt lets every association sign what it promises. In a long history the first declaration of each has been replaced by another, and the
// associations of a county have found together.
func (n *nation) adopt() error {
	later, joint := n.first, n.first
	if n.Years > 3 {
		later, joint = n.first+n.Years*6/10, n.first+n.Years/2
	}
	for i, h := range n.houses {
		var old, own []*pledge
		var before id.ID
		if later > n.first {
			before, old = n.declare("Deklaration för "+h.ShortName, h.Slug, n.first, promiseTexts[8:11], id.None, h)
		}
		_, own = n.declare("Deklaration om likabehandling i "+h.ShortName, h.Slug, later, promiseTexts[:4], before, h)
		for k, p := range old {
			p.ReplacedByID, p.ReplacedOn = own[k].ID, own[k].AdoptedOn
			p.in.ReplacedOn = p.ReplacedOn
		}
		if i%inCounty == 0 {
			_, shared := n.declare("Gemensam deklaration i "+prefixes[i/inCounty]+"tuna län", "gemensam-"+h.Slug, joint, promiseTexts[4:8], id.None, n.houses[i:min(i+inCounty, len(n.houses))]...)
			for _, p := range shared {
				p.joint = len(n.houses) > 1
			}
		}
	}
	for _, h := range n.houses { // a successor goes in before what it replaces
		for i := len(h.pledges) - 1; i >= 0; i-- {
			add(n.rows, h.pledges[i].Pledge)
		}
	}
	for _, h := range n.houses {
		for _, p := range h.pledges {
			n.word(p)
		}
	}
	return nil
}

// declare lets the first of the associations adopt a declaration, and all of them sign it.
func (n *nation) declare(title, slug string, year int, texts []promiseText, supersedes id.ID, by ...*house) (declaration id.ID, made []*pledge) {
	home, on := by[0], period.On(year, time.January, 14).AddDays(n.rand.IntN(14))
	at := n.someDay(on)
	d := commitments.Declaration{AssociationID: home.ID, ID: n.id(at), Slug: fmt.Sprintf("%s-%d", slug, year), Title: title, Preamble: n.text(4), AboutSimple: n.text(1), AboutEn: "What we promise each other and everybody else.",
		Edition: 1, Version: 1, SupersedesID: supersedes, PeriodFrom: period.On(year, time.January, 1), AdoptedOn: on, CreatedAt: at}
	if supersedes != id.None {
		d.Edition = 2
	}
	add(n.rows, d)
	var list []commitments.Commitment
	for i, t := range texts {
		c := commitments.Commitment{AssociationID: home.ID, ID: n.id(at), DeclarationID: d.ID, Number: int64(i + 1), Wording: t.wording, Title: t.title, TitleSimple: t.simple, TitleEn: t.english, Plain: t.plain,
			Forms: commitments.Forms(1 + n.rand.IntN(7)), Grounds: commitments.Grounds(n.rand.IntN(128)), Version: 1}
		add(n.rows, c)
		list = append(list, c)
	}
	for _, h := range by {
		add(n.rows, commitments.Signature{AssociationID: h.ID, ID: n.id(at), HomeID: home.ID, DeclarationID: d.ID, SignedOn: on, Decision: fmt.Sprintf("§ %d/%d", 1+n.rand.IntN(60), year), AdoptedBy: h.people[0].account, AdoptedAt: at})
		for i, c := range list {
			verdict := commitments.CheckWording(c.Wording)
			p := &pledge{house: h, title: c.Title, slug: d.Slug, text: c.Wording, Pledge: commitments.Pledge{AssociationID: h.ID, ID: n.id(at), HomeID: home.ID, DeclarationID: d.ID, CommitmentID: c.ID, Number: c.Number,
				ResponsibleID: pick(n, h.people[:6]).account, PeriodFrom: d.PeriodFrom, Ambition: verdict.Ambition, Verifiable: verdict.Verifiable, VerifiableReason: verdict.Code(), Forms: c.Forms, Grounds: c.Grounds,
				AdoptedOn: on, WordingVersion: 1, State: string(progress.NotStarted), Reason: progress.BecauseNothing, StateSince: on, RecomputeOn: n.Today, Version: 1}}
			p.in = progress.Pledge{Adopted: on, LapseAfter: associations.DefaultLapseAfterDays}
			if i == 1 && year < n.Today.Year {
				p.WordingVersion = 2
			}
			h.pledges = append(h.pledges, p)
			made = append(made, p)
		}
	}
	return d.ID, made
}

// word adds the wordings of a pledge.
func (n *nation) word(p *pledge) {
	at := n.someDay(p.AdoptedOn)
	w := commitments.Wording{AssociationID: p.AssociationID, ID: n.id(at), PledgeID: p.ID, Version: 1, Wording: p.text, AdoptedOn: p.AdoptedOn, AdoptedBy: p.house.people[0].account, AdoptedAt: at}
	add(n.rows, w)
	if p.WordingVersion > 1 {
		on := p.AdoptedOn.AddDays(200)
		at = n.someDay(on)
		p.text += " Det gäller också möten på distans."
		add(n.rows, commitments.Wording{AssociationID: p.AssociationID, ID: n.id(at), PledgeID: p.ID, Version: 2, Wording: p.text, Reason: "Möten hålls numera ofta på distans.", Decision: "§ 12", AdoptedOn: on, AdoptedBy: w.AdoptedBy, AdoptedAt: at})
	}
}

// inForce lists what an association promises in a year.
func (h *house) inForce(year int) (list []*pledge) {
	for _, p := range h.pledges {
		if p.AdoptedOn.Year <= year && (p.ReplacedOn.IsZero() || p.ReplacedOn.Year > year) {
			list = append(list, p)
		}
	}
	return list
}

// county are the associations that an association shares a declaration with.
func (n *nation) county(h *house) (list []*house) {
	from := h.at / inCounty * inCounty
	for _, x := range n.houses[from:min(from+inCounty, len(n.houses))] {
		if x != h {
			list = append(list, x)
		}
	}
	return list
}
