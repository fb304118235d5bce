package surveys

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/disclosure"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

type wordingRow struct {
	bun.BaseModel `bun:"table:survey_wordings"`
	AssociationID id.ID `bun:",pk"`
	QuestionID    id.ID `bun:",pk"`
	Version       int64 `bun:",pk"`
	Body          string
	OptionsJSON   string
	ValidFrom     period.Date
}

// askedRow keeps what may be told of how many were asked, and not the number.
type askedRow struct {
	bun.BaseModel `bun:"table:survey_asked"`
	AssociationID id.ID       `bun:",pk"`
	RoundID       id.ID       `bun:",pk"`
	Respondents   Respondents `bun:",pk"`
	Number        int64       `bun:",pk"`
	ResultJSON    string
	NotedBy       id.ID `bun:",nullzero"`
	NotedOn       period.Date
}

// countsRow holds the sums as they came in, until they are cleared.
type countsRow struct {
	bun.BaseModel `bun:"table:survey_counts"`
	AssociationID id.ID       `bun:",pk"`
	RoundID       id.ID       `bun:",pk"`
	Respondents   Respondents `bun:",pk"`
	QuestionID    id.ID       `bun:",pk"`
	Version       int64
	CountsJSON    string
	ImportedAt    time.Time
}

type publicationRow struct {
	bun.BaseModel   `bun:"table:survey_publications"`
	AssociationID   id.ID       `bun:",pk"`
	RoundID         id.ID       `bun:",pk"`
	Respondents     Respondents `bun:",pk"`
	QuestionID      id.ID       `bun:",pk"`
	Number          int64       `bun:",pk"`
	Version         int64
	CompositionJSON string // "" where no background is told of
	ResultJSON      string
	LeftJSON        string // backgrounds that came in and are not told of
	PublishedBy     id.ID  `bun:",nullzero"`
	PublishedOn     period.Date
}

func insertInstrument(ctx context.Context, tx *db.Tx, x Instrument, now time.Time) error {
	_, err := tx.NewInsert().Model(&x).Value("created_at", "?", now).Exec(ctx)
	return err
}

// frames reads all instruments of an association, or the one that is named.
func frames(ctx context.Context, q db.IDB, association id.ID, only ...id.ID) ([]Frame, error) {
	var instruments []Instrument
	sel := q.NewSelect().Model(&instruments).Where("association_id = ?", association)
	if len(only) > 0 {
		sel = sel.Where("id IN (?)", bun.In(only))
	}
	if err := sel.Scan(ctx); err != nil {
		return nil, err
	}
	var indicators []Indicator
	var questions []Question
	var rounds []Round
	var wordings []wordingRow
	var locked []struct {
		QuestionID id.ID
		Version    int64
	}
	if err := q.NewSelect().Model(&indicators).Where("association_id = ?", association).OrderExpr("id").Scan(ctx); err != nil {
		return nil, err
	}
	if err := q.NewSelect().Model(&questions).Where("association_id = ?", association).Scan(ctx); err != nil {
		return nil, err
	}
	if err := q.NewSelect().Model(&rounds).Where("association_id = ?", association).OrderExpr("first_day DESC, name DESC").Scan(ctx); err != nil {
		return nil, err
	}
	if err := q.NewSelect().Model(&wordings).Where("association_id = ?", association).OrderExpr("version").Scan(ctx); err != nil {
		return nil, err
	}
	if err := q.NewSelect().TableExpr("survey_publications").Distinct().Column("question_id", "version").Where("association_id = ?", association).Scan(ctx, &locked); err != nil {
		return nil, err
	}
	answered := map[id.ID][]int64{}
	for _, l := range locked {
		answered[l.QuestionID] = append(answered[l.QuestionID], l.Version)
	}
	words := map[id.ID][]Wording{}
	for _, w := range wordings {
		x := Wording{Version: w.Version, Text: w.Body, From: w.ValidFrom, Locked: slices.Contains(answered[w.QuestionID], w.Version)}
		if err := json.Unmarshal([]byte(w.OptionsJSON), &x.Options); err != nil {
			return nil, err
		}
		words[w.QuestionID] = append(words[w.QuestionID], x)
	}
	slices.SortFunc(questions, func(a, b Question) int { return ByNumber(a.Number, b.Number) })
	slices.SortFunc(instruments, func(a, b Instrument) int { return strings.Compare(lang.SortKey(a.Name), lang.SortKey(b.Name)) })
	out := make([]Frame, len(instruments))
	for i, x := range instruments {
		f := &out[i]
		f.Instrument = x
		for _, y := range questions {
			if y.InstrumentID == x.ID && len(words[y.ID]) > 0 {
				y.Wordings = words[y.ID]
				f.Questions = append(f.Questions, y)
			}
		}
		for _, y := range indicators {
			if y.InstrumentID == x.ID && slices.ContainsFunc(f.Questions, func(q Question) bool { return q.IndicatorID == y.ID }) {
				f.Indicators = append(f.Indicators, y)
			}
		}
		slices.SortStableFunc(f.Indicators, func(a, b Indicator) int { return ByNumber(f.first(a.ID), f.first(b.ID)) })
		for _, y := range rounds {
			if y.InstrumentID == x.ID {
				f.Rounds = append(f.Rounds, y)
			}
		}
	}
	return out, nil
}

// first is the number of an indicator's first question.
func (f Frame) first(indicator id.ID) string {
	for _, q := range f.Questions {
		if q.IndicatorID == indicator {
			return q.Number
		}
	}
	return ""
}

func frameOf(ctx context.Context, q db.IDB, association, instrument id.ID) (Frame, error) {
	list, err := frames(ctx, q, association, instrument)
	if err != nil {
		return Frame{}, err
	}
	if len(list) == 0 {
		return Frame{}, errs.E(errs.NotFound, "error.not_found")
	}
	return list[0], nil
}

// indicatorNamed finds an indicator of an instrument, and makes it when there is none.
func indicatorNamed(ctx context.Context, tx *db.Tx, f Frame, name string) (id.ID, error) {
	for _, x := range f.Indicators {
		if strings.EqualFold(x.Name, name) {
			return x.ID, nil
		}
	}
	x := Indicator{AssociationID: f.AssociationID, InstrumentID: f.ID, Name: name}
	err := tx.NewSelect().Model(&x).Where("association_id = ?", f.AssociationID).Where("instrument_id = ?", f.ID).Where("name = ?", name).Scan(ctx)
	if err == nil || !db.IsNoRows(err) {
		return x.ID, err // one without questions
	}
	x.ID = id.New()
	_, err = tx.NewInsert().Model(&x).Exec(ctx)
	return x.ID, err
}

func putWording(ctx context.Context, tx *db.Tx, association, question id.ID, version int64, d Draft) error {
	options, err := json.Marshal(d.Options)
	if err != nil {
		return err
	}
	row := wordingRow{AssociationID: association, QuestionID: question, Version: version, Body: d.Text, OptionsJSON: string(options), ValidFrom: d.From}
	_, err = tx.NewInsert().Model(&row).On("CONFLICT (association_id, question_id, version) DO UPDATE").Set("body = EXCLUDED.body").Set("options_json = EXCLUDED.options_json").Exec(ctx)
	return err
}

// lastAnswered is the first day of the latest round a question has answers in.
func lastAnswered(ctx context.Context, q db.IDB, association, question id.ID) (period.Date, error) {
	var days []string
	err := q.NewSelect().TableExpr("survey_rounds AS r").Join("JOIN survey_publications AS p ON p.association_id = r.association_id AND p.round_id = r.id").
		ColumnExpr("r.first_day").Where("p.association_id = ?", association).Where("p.question_id = ?", question).OrderExpr("r.first_day DESC").Limit(1).Scan(ctx, &days)
	if err != nil || len(days) == 0 {
		return period.Date{}, err
	}
	return period.ParseDate(days[0])
}

// hold takes hold of a round, so that two tables are not read into it at once.
func hold(ctx context.Context, tx *db.Tx, association, round id.ID) error {
	_, err := tx.NewUpdate().TableExpr("survey_rounds").Set("name = name").Where("association_id = ?", association).Where("id = ?", round).Exec(ctx)
	return err
}

func countsOf(ctx context.Context, q db.IDB, association, round id.ID) (map[Place]countsRow, error) {
	var rows []countsRow
	err := q.NewSelect().Model(&rows).Where("association_id = ?", association).Where("round_id = ?", round).Scan(ctx)
	out := make(map[Place]countsRow, len(rows))
	for _, r := range rows {
		out[Place{r.Respondents, r.QuestionID}] = r
	}
	return out, err
}

// publications gives what has been told of a round, or of all rounds of an association with the zero round; the first of each place first.
func publications(ctx context.Context, q db.IDB, association, round id.ID) ([]publicationRow, error) {
	var rows []publicationRow
	sel := q.NewSelect().Model(&rows).Where("association_id = ?", association).OrderExpr("number")
	if round != id.None {
		sel = sel.Where("round_id = ?", round)
	}
	return rows, sel.Scan(ctx)
}

// results reads what a publication told.
func (p publicationRow) results() (list []*disclosure.Result, err error) {
	for _, text := range []string{p.CompositionJSON, p.ResultJSON} {
		if text == "" {
			continue
		}
		r, err := disclosure.ReadResult(strings.NewReader(text), "publication")
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

// askedOf gives what has been told of how many were asked, in one round or with the zero round in all; the first first.
func askedOf(ctx context.Context, q db.IDB, association, round id.ID) ([]askedRow, error) {
	var rows []askedRow
	sel := q.NewSelect().Model(&rows).Where("association_id = ?", association).OrderExpr("number")
	if round != id.None {
		sel = sel.Where("round_id = ?", round)
	}
	return rows, sel.Scan(ctx)
}
