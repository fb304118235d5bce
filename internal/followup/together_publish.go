package followup

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/disclosure"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// OfAssociation is the variable that tells whose initiative somebody is in. It stands in what is published jointly.
const OfAssociation = "association"

// together is what may be published of several associations: one family for each moment, over the same cells as those of each of them. Municipality, support
// and period are left to each by itself, since every further table hides something in the others.
var together = map[Moment][][]string{
	Began: {
		{OfAssociation, Sex},
		{OfInitiative, Sex},
		{Sex, Age},
	},
	Left: {
		{OfAssociation, Sex, JobStep},
		{OfAssociation, Sex, OccupationEnd},
		{OfInitiative, Sex, JobStep},
		{OfInitiative, Sex, OccupationEnd},
		{Sex, Age, OccupationEnd},
	},
}

// PublishedTogether lists the moments that have a joint family.
var PublishedTogether = [...]Moment{Began, Left}

type jointRow struct {
	bun.BaseModel `bun:"table:followup_joint_publications"`
	AssociationID id.ID  `bun:",pk"`
	GroupID       id.ID  `bun:",pk"`
	Family        Moment `bun:",pk"`
	Number        int64  `bun:",pk"`
	Members       string
	FamilyJSON    string
	ResultJSON    string
	CoverageJSON  string
	Through       string
	PublishedFor  id.ID
	PublishedBy   id.ID
	PublishedOn   period.Date
}

func (r jointRow) members() ([]id.ID, error) {
	var list []id.ID
	for s := range strings.FieldsSeq(r.Members) {
		x, err := id.Parse(s)
		if err != nil {
			return nil, err
		}
		list = append(list, x)
	}
	return list, nil
}

// past is everything that was published of a moment that people of some associations can be in: by each of them, by several together, by those who were
// together with them, and so on. The people of all of these are what an outsider reasons about.
type past struct {
	associations []id.ID
	joint        bool
	history      []*disclosure.Result
	// names lists the publications, so that it shows when one has come since.
	names string
}

// past looks for it from the associations given.
func (s *Service) past(ctx context.Context, q db.IDB, m Moment, of ...id.ID) (past, error) {
	p := past{associations: slices.Clone(of)}
	var joint []jointRow
	for known := 0; known < len(p.associations); {
		known = len(p.associations)
		joint = nil
		err := q.NewSelect().Model(&joint).Where("family = ?", m).Where("EXISTS (SELECT 1 FROM followup_group_members AS m WHERE m.association_id = joint_row.association_id AND m.group_id = joint_row.group_id AND m.member_id IN (?))", bun.In(p.associations)).
			OrderExpr("published_on, group_id, number").Scan(ctx)
		if err != nil {
			return p, err
		}
		mine := joint[:0]
		for _, r := range joint {
			members, err := r.members()
			if err != nil {
				return p, err
			}
			if !slices.ContainsFunc(members, func(x id.ID) bool { return slices.Contains(p.associations, x) }) {
				continue // a group that one of them is in and had no people in then
			}
			mine = append(mine, r)
			for _, x := range members {
				if !slices.Contains(p.associations, x) {
					p.associations = append(p.associations, x)
				}
			}
		}
		joint = mine
	}
	slices.SortFunc(p.associations, func(x, y id.ID) int { return strings.Compare(x.String(), y.String()) })
	p.joint = len(joint) > 0
	add := func(name, text string) error {
		r, err := disclosure.ReadResult(strings.NewReader(text), "publication")
		p.history = append(p.history, r)
		p.names += name + "\n"
		return err
	}
	for _, x := range p.associations {
		rows, err := publications(ctx, q, x, m)
		if err != nil {
			return p, err
		}
		for _, r := range rows {
			if err := add(fmt.Sprint(x, " ", r.Number), r.ResultJSON); err != nil {
				return p, err
			}
		}
	}
	for _, r := range joint {
		if err := add(fmt.Sprint(r.GroupID, " ", r.Number), r.ResultJSON); err != nil {
			return p, err
		}
	}
	return p, nil
}

// unchanged refuses when something has been published since past was read, by any of them. It holds their places in every group, so that two who publish at
// the same time come one after the other.
func (s *Service) unchanged(ctx context.Context, tx *db.Tx, m Moment, then past, of ...id.ID) error {
	_, err := tx.NewUpdate().Model((*memberRow)(nil)).Set("state = state").Where("member_id IN (?)", bun.In(then.associations)).Exec(ctx)
	if err != nil {
		return err
	}
	now, err := s.past(ctx, tx, m, of...)
	if err == nil && now.names != then.names {
		err = errs.E(errs.Conflict, "followup.published_meanwhile")
	}
	return err
}

// everybody gives the cells of several associations, of the initiatives that ask more than sex or, of those who took part, of all; and how many each
// initiative has in some periods.
func (s *Service) everybody(ctx context.Context, q db.IDB, m Moment, of []id.ID, in map[string]bool) (disclosure.Cells, map[string]int, error) {
	var all disclosure.Cells
	sums := map[string]int{}
	for _, x := range of {
		raw, err := s.cells(ctx, q, x, Query{Moment: m})
		if err != nil {
			return all, nil, err
		}
		initiatives, err := s.Initiatives(ctx, q, x)
		if err != nil {
			return all, nil, err
		}
		asks := map[string]bool{}
		for _, i := range initiatives {
			asks[i.ID.String()] = i.Method == Cards || m == TookPart
		}
		all.Variables = append([]string{OfAssociation}, raw.Variables...)
		for _, r := range raw.Rows {
			if !asks[r.Values[0]] {
				continue
			}
			if in[r.Values[2]] {
				sums[r.Values[0]] += r.N
			}
			all.Rows = append(all.Rows, disclosure.Row{Values: append([]string{x.String()}, r.Values...), N: r.N})
		}
	}
	return all, sums, nil
}

// amid declares tables about some of the people that others were published together with. Parties and associations each know their own.
func amid(m Moment, tables [][]string, c disclosure.Cells, about []id.ID, in map[string]bool, sums map[string]int) (disclosure.Family, disclosure.Cells) {
	f := disclosure.Family{Tables: tables, Contributor: OfParty, Also: []string{OfAssociation}, Within: map[string][]string{}}
	need := []string{OfAssociation, OfInitiative, OfParty, OfPeriod}
	for _, t := range slices.Concat(families[m], together[m]) {
		for _, v := range t {
			if !slices.Contains(need, v) {
				need = append(need, v)
			}
		}
	}
	c = onto(c, need)
	for _, v := range need {
		f.Variables = append(f.Variables, disclosure.Variable{Name: v, Frame: v == OfAssociation || v == OfInitiative || v == OfPeriod || v == OfParty})
	}
	for _, x := range about {
		f.Within[OfAssociation] = append(f.Within[OfAssociation], x.String())
	}
	f.Within[OfPeriod] = slices.Sorted(maps.Keys(in))
	for _, i := range slices.Sorted(maps.Keys(sums)) {
		if sums[i] >= LeastOfAnInitiative {
			f.Within[OfInitiative] = append(f.Within[OfInitiative], i)
		}
	}
	return f, c
}

// whose tells how many associations have people in the tables of a family.
func whose(c disclosure.Cells, f disclosure.Family) int {
	association, initiative, with := slices.Index(c.Variables, OfAssociation), slices.Index(c.Variables, OfInitiative), map[string]bool{}
	for _, r := range c.Rows {
		if slices.Contains(f.Within[OfAssociation], r.Values[association]) && slices.Contains(f.Within[OfInitiative], r.Values[initiative]) {
			with[r.Values[association]] = true
		}
	}
	return len(with)
}

// Common lists the periods that every one of some associations has accepted whole, the latest last.
func (s *Service) Common(ctx context.Context, of []id.ID) ([]period.Block, error) {
	var common []period.Block
	for n, x := range of {
		whole, err := s.Accepted(ctx, x)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			common = whole
			continue
		}
		common = slices.DeleteFunc(common, func(b period.Block) bool { return !slices.Contains(whole, b) })
	}
	return common, nil
}

// PublishTogether freezes what may be told of all who take part in a group, of the periods that each of them has locked, and gives how many families have
// something new. Nobody sees another's counts: they meet within package disclosure, with everything that was published of any of them as known.
func (s *Service) PublishTogether(ctx context.Context, a actor.Actor, association, group id.ID) (int, error) {
	if err := access.Check(a, access.FollowupAccept, access.Object{Association: association}); err != nil {
		return 0, err
	}
	g, err := s.Group(ctx, a, association, group)
	if err != nil {
		return 0, err
	}
	if g.Of(association) != Joined {
		return 0, errs.E(errs.Refused, "followup.group_not_in")
	}
	taking := g.Taking()
	if len(taking) < LeastTogether {
		return 0, errs.E(errs.Refused, "followup.group_too_few", "least", LeastTogether)
	}
	slices.SortFunc(taking, func(x, y id.ID) int { return strings.Compare(x.String(), y.String()) })
	common, err := s.Common(ctx, taking)
	if err != nil {
		return 0, err
	}
	if len(common) == 0 {
		return 0, errs.E(errs.Refused, "followup.group_no_period")
	}
	done := 0
	for _, m := range PublishedTogether {
		row, then, err := s.protectTogether(ctx, g, m, taking, common)
		if err != nil {
			return done, err
		}
		if row == nil {
			continue
		}
		row.PublishedFor, row.PublishedBy, row.PublishedOn = association, a.Account, s.today()
		err = s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			if err := s.unchanged(ctx, tx, m, then, taking...); err != nil {
				return err
			}
			still, err := tx.NewSelect().Model((*memberRow)(nil)).Where("association_id = ?", g.Home).Where("group_id = ?", g.ID).Where("state = ?", Joined).Count(ctx)
			if err != nil {
				return err
			}
			if int(still) != len(taking) {
				return errs.E(errs.Conflict, "followup.published_meanwhile")
			}
			if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
				return err
			}
			for _, x := range taking {
				if err := s.trail.Record(ctx, tx, a, x, "followup.publish_together", "followup_group", g.ID, nil, struct {
					Moment Moment `json:"family"`
					Number int64  `json:"number"`
					Period string `json:"period"`
				}{m, row.Number, row.Through}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return done, err
		}
		done++
	}
	if done == 0 {
		return 0, errs.E(errs.Refused, "followup.group_nothing_new", "least", LeastTogether, "people", LeastOfAnInitiative)
	}
	return done, nil
}

// protectTogether makes the next joint publication of a family, nil when the last one says all there is.
func (s *Service) protectTogether(ctx context.Context, g Group, m Moment, taking []id.ID, common []period.Block) (*jointRow, past, error) {
	q := s.DB.Read()
	then, err := s.past(ctx, q, m, taking...)
	if err != nil {
		return nil, then, err
	}
	in := map[string]bool{}
	for _, b := range common {
		in[b.String()] = true
	}
	cells, _, err := s.everybody(ctx, q, m, then.associations, in)
	if err != nil {
		return nil, then, err
	}
	_, sums, err := s.everybody(ctx, q, m, taking, in)
	if err != nil {
		return nil, then, err
	}
	family, cells := amid(m, together[m], cells, taking, in, sums)
	if whose(cells, family) < LeastTogether {
		return nil, then, nil // too few have anybody to tell of
	}
	result, err := disclosure.Protect(cells, family, then.history, disclosure.Limits{})
	if err != nil {
		return nil, then, refusal(err)
	}
	var last jointRow
	err = q.NewSelect().Model(&last).Where("association_id = ?", g.Home).Where("group_id = ?", g.ID).Where("family = ?", m).OrderExpr("number DESC").Limit(1).Scan(ctx)
	if err != nil && !db.IsNoRows(err) {
		return nil, then, err
	}
	text := string(result.JSON())
	shows := slices.ContainsFunc(result.Cells, func(c disclosure.Cell) bool { _, shown := c.Figure.Count(); return shown })
	if last.ResultJSON == text || !shows {
		return nil, then, nil
	}
	names, grades := make([]string, len(taking)), map[id.ID]Grade{}
	for i, x := range taking {
		names[i] = x.String()
		cover, err := s.Coverage(ctx, scope.Association{ID: x}, Query{Moment: m, From: common[0], To: common[len(common)-1]})
		if err != nil {
			return nil, then, err
		}
		for initiative, c := range cover {
			if slices.Contains(result.Categories[OfInitiative], initiative.String()) {
				grades[initiative] = c.Grade()
			}
		}
	}
	cover, err := json.Marshal(grades)
	if err != nil {
		return nil, then, err
	}
	return &jointRow{AssociationID: g.Home, GroupID: g.ID, Family: m, Number: last.Number + 1, Members: strings.Join(names, " "), FamilyJSON: string(family.JSON()), ResultJSON: text, CoverageJSON: string(cover), Through: common[len(common)-1].String()}, then, nil
}

// Joint is what was published of several associations together.
type Joint struct {
	Group   Group
	Family  Moment
	Number  int64
	Through period.Block
	On      period.Date
	For     id.ID   // the association that had it made
	Members []id.ID // whose people it is about
	Result  *disclosure.Result
	// Declared is the family as it was declared, in JSON.
	Declared string
	Coverage map[id.ID]Grade // of the initiatives that stand in the figures
}

// Jointly gives what was published of a group last (number 0), or by its number; nil when nothing has been. It is for those of an association whose people
// it is about, whether or not the association has left since.
func (s *Service) Jointly(ctx context.Context, a actor.Actor, association, group id.ID, m Moment, number int64) (*Joint, error) {
	g, err := s.Group(ctx, a, association, group)
	if err != nil {
		return nil, err
	}
	var rows []jointRow
	if err := s.DB.Read().NewSelect().Model(&rows).Where("association_id = ?", g.Home).Where("group_id = ?", g.ID).Where("family = ?", m).OrderExpr("number DESC").Scan(ctx); err != nil {
		return nil, err
	}
	for _, r := range rows {
		members, err := r.members()
		if err != nil {
			return nil, err
		}
		if !slices.Contains(members, association) || number != 0 && r.Number != number {
			continue
		}
		j := &Joint{Group: g, Family: m, Number: r.Number, On: r.PublishedOn, For: r.PublishedFor, Members: members, Declared: r.FamilyJSON}
		if j.Through, err = period.ParseBlock(r.Through); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(r.CoverageJSON), &j.Coverage); err != nil {
			return nil, err
		}
		j.Result, err = disclosure.ReadResult(strings.NewReader(r.ResultJSON), "publication")
		return j, err
	}
	return nil, nil
}
