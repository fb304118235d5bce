package example

import (
	"context"

	"slices"
	"strings"

	"samklang/internal/core/actor"
	"samklang/internal/core/period"
	"samklang/internal/followup"
)

// counted is what an initiative counts in a half-year, roughly; the numbers swing a little from one to the next. Three things are planted in the
// content. In Vägen in women get the first job-focused step more seldom and later than men. Of all who left, women come to work or studies more
// often than men, though in each initiative it is the other way round (Simpson's reversal): most women are in Ung kraft, where most people do.
// And Stegen i Mo is too small for anything to be shown.
type counted struct {
	Initiative  string   `json:"initiative"`
	Association string   `json:"association"`
	Staff       string   `json:"staff"`
	Lead        string   `json:"lead"`
	Office      string   `json:"office"`
	From        int      `json:"from"`  // years ago
	Waits       string   `json:"waits"` // the step that nobody has taken for the latest half-year that is over
	Places      []string `json:"places"`
	Ages        []string `json:"ages"`
	Support     []string `json:"support"`
	Referrers   []string `json:"referrers"`
	SexOnly     bool     `json:"sex_only"`
	Total       int      `json:"total"` // of a structural initiative
	Female      cohort   `json:"female"`
	Male        cohort   `json:"male"`
}

// cohort is the women or the men.
type cohort struct {
	Began int      `json:"began"`
	Left  int      `json:"left"`
	Work  int      `json:"work"` // of a hundred who left, how many came to work or studies
	Steps []string `json:"steps"`
}

// counts puts what is counted on the agenda: entered and marked as complete when a half-year is over, then approved and accepted.
func (b *builder) counts(context.Context) error {
	var list []counted
	if err := read("counts.json", &list); err != nil {
		return err
	}
	now := period.BlockOf(b.today, period.HalfYear)
	published := map[string]string{}
	for _, x := range list {
		published[x.Association] = x.Office
		first := period.Block{Year: b.today.Year - x.From, Every: period.HalfYear, N: 1}
		i := 0
		for blk := first; !blk.First().After(b.today); blk = blk.Next() {
			cells := x.cells(i)
			i++
			if blk == now {
				if day := b.today.AddDays(-3); !day.Before(blk.First()) {
					b.on(day, x.Initiative+" counts", func(ctx context.Context) error { return b.enter(ctx, x, blk, some(cells)) })
				}
				break
			}
			b.on(blk.Last().AddDays(8), x.Initiative+" counts", func(ctx context.Context) error { return b.enter(ctx, x, blk, cells) })
			for _, step := range []struct {
				move  followup.Move
				by    string
				after int
			}{{followup.MarkComplete, x.Staff, 10}, {followup.Approve, x.Lead, 15}, {followup.Accept, x.Office, 22}} {
				if blk == now.Previous() && x.Waits == string(step.move) {
					break
				}
				b.on(blk.Last().AddDays(step.after), x.Initiative+" "+string(step.move), func(ctx context.Context) error {
					return b.asParty(ctx, x, step.by, func(a actor.Actor) error {
						return b.Followup.Step(ctx, a, b.associations[x.Association].ID, b.projects[x.Initiative], blk, step.move, "")
					})
				})
			}
		}
	}
	for slug, office := range published { // each year that is over, but not the latest half-year, which somebody waits for
		for _, ago := range []int{2, 1} {
			blk := period.Block{Year: b.today.Year - ago, Every: period.HalfYear, N: 2}
			if blk == now.Previous() {
				blk = blk.Previous()
			}
			b.on(blk.Last().AddDays(25), slug+" publishes", func(ctx context.Context) error { return b.publishCounts(ctx, slug, office) })
		}
	}
	return nil
}

func (b *builder) publishCounts(ctx context.Context, slug, office string) error {
	a, err := b.as(ctx, office)
	if err != nil {
		return err
	}
	if whole, err := b.Followup.Accepted(ctx, b.associations[slug].ID); err != nil || len(whole) == 0 {
		return err
	}
	_, err = b.Followup.Publish(ctx, a, b.associations[slug])
	return err
}

func (b *builder) asParty(ctx context.Context, x counted, who string, do func(actor.Actor) error) error {
	a, err := b.as(ctx, who)
	if err != nil {
		return err
	}
	return do(a)
}

func (b *builder) enter(ctx context.Context, x counted, blk period.Block, cells map[followup.Moment]map[string]int64) error {
	return b.asParty(ctx, x, x.Staff, func(a actor.Actor) error {
		var changes []followup.Change
		for m, list := range cells {
			for s, n := range list {
				cell, err := followup.ParseCell(s)
				if err != nil {
					return err
				}
				changes = append(changes, followup.Change{Moment: m, Cell: cell, N: n})
			}
		}
		slices.SortFunc(changes, func(p, q followup.Change) int {
			return strings.Compare(string(p.Moment)+p.Cell.String(), string(q.Moment)+q.Cell.String())
		})
		return b.Followup.Enter(ctx, a, b.associations[x.Association].ID, b.projects[x.Initiative], blk, changes, "")
	})
}

// swing is how much more or less than usual a half-year has.
var swing = [...]int{0, 1, -1, 0, 2, -1, 1}

// cells are the numbers of a half-year, the i-th of the initiative.
func (x counted) cells(i int) map[followup.Moment]map[string]int64 {
	out := map[followup.Moment]map[string]int64{followup.Began: {}, followup.TookPart: {}, followup.Left: {}}
	if x.Total > 0 {
		return map[followup.Moment]map[string]int64{followup.TookPart: {"": int64(x.Total + 3*swing[i%len(swing)])}}
	}
	for _, sex := range []struct {
		code string
		cohort
	}{{"female", x.Female}, {"male", x.Male}} {
		d := swing[(i+len(sex.code))%len(swing)]
		if sex.Began < 5 {
			d = max(0, d-1)
		}
		began, left := max(sex.Began+d, 0), sex.Left
		for k := range began {
			out[followup.Began][x.beginner(sex.code, i*sex.Began+k).String()]++
		}
		for k := range began + sex.Left/2 {
			c := followup.Cell{followup.Sex: sex.code}
			if !x.SexOnly {
				c[followup.Municipality] = turn(x.Places, k)
			}
			out[followup.TookPart][c.String()]++
		}
		for k := range left {
			out[followup.Left][x.leaver(sex.code, sex.cohort, i*left+k).String()]++
		}
	}
	return out
}

// beginner is the k-th of the initiative's women or men who began. One in thirteen has something nobody knows.
func (x counted) beginner(sex string, k int) followup.Cell {
	c := followup.Cell{followup.Sex: sex}
	if x.SexOnly {
		return c
	}
	c[followup.Age], c[followup.Municipality] = turn(x.Ages, k), turn(x.Places, k)
	c[followup.SupportStart], c[followup.Referrer] = turn(x.Support, k), turn(x.Referrers, k)
	if k%13 == 7 {
		c[followup.Referrer] = followup.Unknown
	}
	return c
}

// leaver is the k-th of those who left. Exactly so many of a hundred as is planted came to work or studies.
func (x counted) leaver(sex string, of cohort, k int) followup.Cell {
	c := followup.Cell{followup.Sex: sex}
	if x.SexOnly {
		return c
	}
	c[followup.Age], c[followup.Municipality], c[followup.JobStep] = turn(x.Ages, k), turn(x.Places, k), turn(of.Steps, k)
	if (k+1)*of.Work/100 > k*of.Work/100 {
		c[followup.OccupationEnd] = turn([]string{"work_unsubsidised", "studies", "work_subsidised"}, k)
		c[followup.SupportEnd] = turn([]string{"none_public", "student_aid"}, k)
		c[followup.EndReason] = turn([]string{"work", "studies", "completed_plan"}, k)
	} else {
		c[followup.OccupationEnd] = turn([]string{"active_job_search", "other_occupation", "other_occupation"}, k)
		c[followup.SupportEnd] = turn(x.Support, k)
		c[followup.EndReason] = turn([]string{"completed_plan", "continued_rehab", "illness", "own_choice"}, k)
	}
	if k%17 == 11 {
		c[followup.SupportEnd] = followup.Unknown
	}
	return c
}

func turn(list []string, k int) string { return list[k%len(list)] }

// some is about a third of the numbers: a half-year that is under way.
func some(cells map[followup.Moment]map[string]int64) map[followup.Moment]map[string]int64 {
	out := map[followup.Moment]map[string]int64{}
	for m, list := range cells {
		out[m] = map[string]int64{}
		keys := make([]string, 0, len(list))
		for s := range list {
			keys = append(keys, s)
		}
		slices.Sort(keys)
		for i, s := range keys {
			if i%3 == 0 {
				out[m][s] = list[s]
			}
		}
	}
	return out
}
