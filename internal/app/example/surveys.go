package example

import (
	"context"
	"fmt"
	"strconv"

	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/sheet"
	"samklang/internal/surveys"
)

// questionnaire is an invented questionnaire with three rounds. Three things are planted in the tables under content/surveys: those who say that they
// have a disability chose their next step themselves more seldom than others; the words of question 3 changed before the latest round; and the board, and those who
// told of their ethnicity, are too few for anything to be shown.
type questionnaire struct {
	Association string `json:"association"`
	By          string `json:"by"`
	Name        string `json:"name"`
	Owner       string `json:"owner"`
	Questions   []struct {
		Number    string           `json:"number"`
		Indicator string           `json:"indicator"`
		Text      string           `json:"text"`
		Options   []surveys.Option `json:"options"`
		Reworded  *struct {
			YearsAgo int    `json:"years_ago"`
			Text     string `json:"text"`
		} `json:"reworded"`
	} `json:"questions"`
	Rounds []struct {
		YearsAgo int                           `json:"years_ago"`
		Asked    map[surveys.Respondents]int64 `json:"asked"`
	} `json:"rounds"`
}

// inCodes understands the tables of the example, which are written in codes.
func inCodes() surveys.Words {
	w := surveys.Words{Columns: map[string]string{}, Respondents: map[string]string{}, Groups: map[string]map[string]string{surveys.Sex: {"female": "female", "male": "male"}}}
	for _, c := range append([]string{surveys.RespondentsColumn, surveys.QuestionColumn, surveys.AnswerColumn, surveys.NumberColumn}, surveys.Backgrounds[:]...) {
		w.Columns[c] = c
	}
	for _, g := range surveys.Groups {
		w.Respondents[string(g)] = string(g)
	}
	return w
}

func (b *builder) surveys(context.Context) error {
	var x questionnaire
	if err := read("surveys.json", &x); err != nil {
		return err
	}
	var instrument id.ID
	first := b.today.Year
	for _, r := range x.Rounds {
		first = min(first, b.today.Year-r.YearsAgo)
	}
	b.on(period.On(first, 3, 14), "the questionnaire is written in", func(ctx context.Context) error {
		a, err := b.as(ctx, x.By)
		if err != nil {
			return err
		}
		at := b.associations[x.Association].ID
		if instrument, err = b.Surveys.AddInstrument(ctx, a, at, x.Name, x.Owner); err != nil {
			return err
		}
		var list []surveys.Draft
		for _, q := range x.Questions {
			list = append(list, surveys.Draft{Number: q.Number, Indicator: q.Indicator, Text: q.Text, Options: q.Options})
		}
		return b.Surveys.PutQuestions(ctx, a, at, instrument, list)
	})
	for _, q := range x.Questions {
		if q.Reworded == nil {
			continue
		}
		day := period.On(b.today.Year-q.Reworded.YearsAgo, 5, 6)
		b.on(day, "a question gets new words", func(ctx context.Context) error {
			a, err := b.as(ctx, x.By)
			if err != nil {
				return err
			}
			return b.Surveys.PutQuestion(ctx, a, b.associations[x.Association].ID, instrument, surveys.Draft{Number: q.Number, Indicator: q.Indicator, Text: q.Reworded.Text, Options: q.Options, From: day})
		})
	}
	for _, r := range x.Rounds {
		year := b.today.Year - r.YearsAgo
		b.on(period.On(year, 12, 4), "answers are read in", func(ctx context.Context) error {
			a, err := b.as(ctx, x.By)
			if err != nil {
				return err
			}
			at := b.associations[x.Association].ID
			round, err := b.Surveys.AddRound(ctx, a, at, instrument, strconv.Itoa(year), period.On(year, 9, 15))
			if err != nil {
				return err
			}
			name := fmt.Sprintf("surveys/%d.csv", r.YearsAgo)
			f, err := content.Open("content/" + name)
			if err != nil {
				return err
			}
			defer f.Close()
			table, err := sheet.Read(ctx, name, f, surveys.TableLimits)
			if err != nil {
				return err
			}
			p, err := b.Surveys.Import(ctx, a, at, instrument, round, table, inCodes())
			if err != nil {
				return err
			}
			if len(p.Faults) > 0 {
				return fmt.Errorf("%s: %+v", name, p.Faults)
			}
			return b.Surveys.SetAsked(ctx, a, at, instrument, round, r.Asked)
		})
	}
	return nil
}
