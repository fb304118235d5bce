package followup

import (
	"context"
	"maps"
	"slices"

	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/disclosure"
	"samklang/internal/platform/db"
)

// Names of the variables that cells for publication have besides those of the moment.
const (
	OfInitiative = "initiative" // its id
	OfPeriod     = "period"     // 2026-H1
	OfParty      = "party"      // the party that answers for the initiative, and so knows what it counted
)

// Query tells which accepted counts are asked for. Zero fields do not narrow.
type Query struct {
	Moment      Moment // must be set
	From, To    period.Block
	Initiatives []id.ID
}

func (x Query) wants(initiative id.ID, b period.Block) bool {
	return (len(x.Initiatives) == 0 || slices.Contains(x.Initiatives, initiative)) &&
		(x.From.IsZero() || !b.First().Before(x.From.First())) && (x.To.IsZero() || !b.Last().After(x.To.Last()))
}

// Cells gives the inner cells of a moment from accepted periods, for what goes through package disclosure and for nothing else: they are raw. The
// variables are initiative, party, period and those of the moment, in the classes that are published, so that whatever is published of them later
// knows what was published before; what an initiative does not ask is unknown. Misregistrations are left out
// and so are structural initiatives, whose totals are of no persons in particular.
func (s *Service) Cells(ctx context.Context, association scope.Association, x Query) (disclosure.Cells, error) {
	return s.cells(ctx, s.DB.Read(), association.ID, x)
}

func (s *Service) cells(ctx context.Context, q db.IDB, association id.ID, x Query) (disclosure.Cells, error) {
	variables, _ := Asked(Cards, x.Moment)
	out := disclosure.Cells{Variables: append([]string{OfInitiative, OfParty, OfPeriod}, variables...)}
	all, err := s.Initiatives(ctx, q, association)
	if err != nil {
		return out, err
	}
	kept, err := accepted(ctx, q, association)
	if err != nil {
		return out, err
	}
	for _, i := range all {
		if i.Structural {
			continue
		}
		for _, p := range slices.Sorted(maps.Keys(kept[i.ID])) {
			b, err := period.ParseBlock(p)
			if err != nil {
				return out, err
			}
			if !x.wants(i.ID, b) {
				continue
			}
			counts := kept[i.ID][p][x.Moment]
			for _, key := range slices.Sorted(maps.Keys(counts)) {
				cell, err := ParseCell(key)
				if err != nil {
					return out, err
				}
				if cell[EndReason] == Misregistered {
					continue
				}
				row := disclosure.Row{Values: []string{i.ID.String(), party(i), p}, N: int(counts[key])}
				for _, v := range variables {
					row.Values = append(row.Values, class(v, known(cell[v])))
				}
				out.Rows = append(out.Rows, row)
			}
		}
	}
	return onto(out, out.Variables), nil
}

func known(code string) string {
	if code == "" {
		return Unknown
	}
	return code
}

func party(i Initiative) string {
	if i.Owner == "" {
		return "–"
	}
	return i.Owner
}

// Coverage tells how much is known of what was counted and accepted, by initiative. It is shown beside every outcome, as a Grade where the
// numbers themselves have not passed package disclosure.
func (s *Service) Coverage(ctx context.Context, association scope.Association, x Query) (map[id.ID]Coverage, error) {
	q := s.DB.Read()
	all, err := s.Initiatives(ctx, q, association.ID)
	if err != nil {
		return nil, err
	}
	kept, err := accepted(ctx, q, association.ID)
	if err != nil {
		return nil, err
	}
	out := map[id.ID]Coverage{}
	for _, i := range all {
		if i.Structural {
			continue
		}
		for p, counts := range kept[i.ID] {
			b, err := period.ParseBlock(p)
			if err != nil {
				return nil, err
			}
			if x.wants(i.ID, b) {
				out[i.ID] = out[i.ID].And(counts[x.Moment].Cover())
			}
		}
	}
	return out, nil
}

// Accepted lists the periods of which the office has accepted every initiative that ran, the latest last: those that can be published whole.
func (s *Service) Accepted(ctx context.Context, association id.ID) ([]period.Block, error) {
	return s.whole(ctx, s.DB.Read(), association)
}

func (s *Service) whole(ctx context.Context, q db.IDB, association id.ID) ([]period.Block, error) {
	all, err := s.Initiatives(ctx, q, association)
	if err != nil {
		return nil, err
	}
	kept, err := accepted(ctx, q, association)
	if err != nil {
		return nil, err
	}
	missing, has := map[period.Block]bool{}, map[period.Block]bool{}
	for _, i := range all {
		if i.Structural {
			continue
		}
		blocks, err := s.blocks(ctx, q, association, i)
		if err != nil {
			return nil, err
		}
		for _, b := range blocks {
			if _, ok := kept[i.ID][b.String()]; ok {
				has[b] = true
			} else {
				missing[b] = true
			}
		}
	}
	var list []period.Block
	for b := range has {
		if !missing[b] {
			list = append(list, b)
		}
	}
	slices.SortFunc(list, func(a, b period.Block) int { return a.First().Compare(b.First()) })
	return list, nil
}
