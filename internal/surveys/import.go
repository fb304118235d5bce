package surveys

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/disclosure"
	"samklang/internal/platform/db"
	"samklang/internal/platform/sheet"
)

// Preview is what a table would do, before anything is kept. N are raw sums of the table, for who holds the file and nobody else.
type Preview struct {
	Table
	Places []Seen
}

// Seen is one question by one sort of respondents in a preview.
type Seen struct {
	Place
	N           int64
	Backgrounds []string // that the table crosses it with
	Left        []string // those of them that will not be told of, since a group is small
	Few         bool     // nothing at all will be told
	Again       bool     // replaces what came in earlier
}

// Look reads a table of results of a round and tells what it would do. Nothing is kept.
func (s *Service) Look(ctx context.Context, a actor.Actor, association, instrument, round id.ID, in sheet.Table, words Words) (Preview, error) {
	if err := manages(a, association); err != nil {
		return Preview{}, err
	}
	p, _, err := look(ctx, s.DB.Read(), association, instrument, round, in, words)
	return p, err
}

func look(ctx context.Context, q db.IDB, association, instrument, round id.ID, in sheet.Table, words Words) (p Preview, sums map[Place]Sums, err error) {
	f, err := frameOf(ctx, q, association, instrument)
	if err != nil {
		return p, nil, err
	}
	at, err := f.round(round)
	if err != nil {
		return p, nil, err
	}
	p.Table = ReadTable(in, f, at, words)
	rows, err := countsOf(ctx, q, association, round)
	if err != nil {
		return p, nil, err
	}
	earlier := map[Place]Sums{}
	for place, row := range rows {
		if _, again := p.Sums[place]; !again {
			continue
		}
		if row.CountsJSON == "" {
			return p, nil, errs.E(errs.Refused, "surveys.cleared")
		}
		if earlier[place], err = readSums(row.CountsJSON); err != nil {
			return p, nil, err
		}
	}
	sums = p.Table.With(earlier)
	if len(p.Faults) > 0 {
		return p, nil, nil
	}
	for _, place := range p.Table.Places(f) {
		_, again := earlier[place]
		whole, _, _ := sums[place].whole()
		on := whole.within(*f.Question(place.Question).In(at.FirstDay))
		x := Seen{Place: place, N: whole.N(), Again: again, Few: on.N() < Least}
		_, left := on.told()
		for _, b := range Backgrounds {
			if p.Sums[place].By[b] != nil {
				if x.Backgrounds = append(x.Backgrounds, b); slices.Contains(left, b) {
					x.Left = append(x.Left, b)
				}
			}
		}
		p.Places = append(p.Places, x)
	}
	return p, sums, nil
}

func (f Frame) round(round id.ID) (Round, error) {
	for _, r := range f.Rounds {
		if r.ID == round {
			return r, nil
		}
	}
	return Round{}, errs.E(errs.NotFound, "error.not_found")
}

// Import keeps a table of results and settles what is told of it, everything that was told before counted as known. Nothing is kept of a table with
// faults, or when one question cannot be told of without giving away what is hidden.
func (s *Service) Import(ctx context.Context, a actor.Actor, association, instrument, round id.ID, in sheet.Table, words Words) (Preview, error) {
	if err := manages(a, association); err != nil {
		return Preview{}, err
	}
	var p Preview
	err := s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := hold(ctx, tx, association, round); err != nil {
			return err
		}
		var sums map[Place]Sums
		var err error
		if p, sums, err = look(ctx, tx, association, instrument, round, in, words); err != nil || len(p.Faults) > 0 {
			return err
		}
		f, err := frameOf(ctx, tx, association, instrument)
		if err != nil {
			return err
		}
		at, err := f.round(round)
		if err != nil {
			return err
		}
		told, err := publications(ctx, tx, association, round)
		if err != nil {
			return err
		}
		for _, x := range p.Places {
			earlier := slices.DeleteFunc(slices.Clone(told), func(r publicationRow) bool { return r.Respondents != x.Respondents || r.QuestionID != x.Question })
			if err := s.tell(ctx, tx, a, at, f.Question(x.Question), x.Place, sums[x.Place], earlier); err != nil {
				return err
			}
		}
		return s.trail.Record(ctx, tx, a, association, "surveys.import", "survey", instrument, nil, struct {
			Round  string `json:"round"`
			Tables int    `json:"questions"`
		}{at.Name, len(p.Places)})
	})
	return p, err
}

// tell keeps the sums of one question and what may be told of them.
func (s *Service) tell(ctx context.Context, tx *db.Tx, a actor.Actor, round Round, q Question, at Place, sums Sums, earlier []publicationRow) error {
	w := q.In(round.FirstDay)
	text, err := sums.json()
	if err != nil {
		return err
	}
	row := countsRow{AssociationID: round.AssociationID, RoundID: round.ID, Respondents: at.Respondents, QuestionID: at.Question, Version: w.Version, CountsJSON: text, ImportedAt: s.Clock.Now()}
	if _, err := tx.NewInsert().Model(&row).On("CONFLICT (association_id, round_id, respondents, question_id) DO UPDATE").
		Set("counts_json = EXCLUDED.counts_json").Set("imported_at = EXCLUDED.imported_at").Exec(ctx); err != nil {
		return err
	}
	var history []*disclosure.Result
	for _, e := range earlier {
		list, err := e.results()
		if err != nil {
			return err
		}
		history = append(history, list...)
	}
	composition, result, left, err := protect(sums, *w, history)
	if err != nil {
		return err
	}
	lefts, err := json.Marshal(left)
	if err != nil {
		return err
	}
	p := publicationRow{AssociationID: round.AssociationID, RoundID: round.ID, Respondents: at.Respondents, QuestionID: at.Question, Number: int64(len(earlier) + 1), Version: w.Version,
		ResultJSON: string(result.JSON()), LeftJSON: string(lefts), PublishedBy: a.Account, PublishedOn: s.today()}
	if composition != nil {
		p.CompositionJSON = string(composition.JSON())
	}
	if n := len(earlier); n > 0 && earlier[n-1].ResultJSON == p.ResultJSON && earlier[n-1].CompositionJSON == p.CompositionJSON && earlier[n-1].LeftJSON == p.LeftJSON {
		return nil
	}
	_, err = tx.NewInsert().Model(&p).Exec(ctx)
	return err
}

// asked is the variable of how many were asked.
const asked = "asked"

// SetAsked notes how many of each sort of respondents a round was sent to. What is kept is what may be told of it: fewer than Least are hidden. Sorts that
// are not named stay as they are. Fields are "asked." with the respondents.
func (s *Service) SetAsked(ctx context.Context, a actor.Actor, association, instrument, round id.ID, numbers map[Respondents]int64) error {
	if err := manages(a, association); err != nil {
		return err
	}
	var form errs.Form
	for g, n := range numbers {
		if n < 0 || n > MostInACell || !slices.Contains(Groups[:], g) {
			form.Add("asked."+string(g), "error.not_a_number")
		}
	}
	if err := form.Err(); err != nil {
		return err
	}
	if len(numbers) == 0 {
		return errs.E(errs.Invalid, "surveys.asked_missing")
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		f, err := frameOf(ctx, tx, association, instrument)
		if err != nil {
			return err
		}
		at, err := f.round(round)
		if err != nil {
			return err
		}
		if err := hold(ctx, tx, association, round); err != nil {
			return err
		}
		list, err := askedOf(ctx, tx, association, round)
		if err != nil {
			return err
		}
		rows := map[Respondents][]askedRow{}
		for _, r := range list {
			rows[r.Respondents] = append(rows[r.Respondents], r)
		}
		for _, g := range Groups {
			n, named := numbers[g]
			if !named {
				continue
			}
			var history []*disclosure.Result
			for _, r := range rows[g] {
				past, err := disclosure.ReadResult(strings.NewReader(r.ResultJSON), "publication")
				if err != nil {
					return err
				}
				history = append(history, past)
			}
			result, err := disclosure.Protect(disclosure.Cells{Variables: []string{asked}, Rows: []disclosure.Row{{Values: []string{asked}, N: int(n)}}},
				disclosure.Family{Threshold: Least, Denominator: LeastShare, Variables: []disclosure.Variable{{Name: asked, Frame: true}}, Tables: [][]string{{asked}}}, history, disclosure.Limits{})
			if err != nil {
				return refusal(err)
			}
			if len(rows[g]) > 0 && rows[g][len(rows[g])-1].ResultJSON == string(result.JSON()) {
				continue
			}
			row := askedRow{AssociationID: association, RoundID: round, Respondents: g, Number: int64(len(rows[g]) + 1), ResultJSON: string(result.JSON()), NotedBy: a.Account, NotedOn: s.today()}
			if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
				return err
			}
		}
		return s.trail.Record(ctx, tx, a, association, "surveys.asked", "survey", instrument, nil, struct {
			Round string `json:"round"`
		}{at.Name})
	})
}
