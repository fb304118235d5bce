package commitments

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"samklang/internal/commitments/progress"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// Account is the public account of an association for a year: what it promised, what it did, what is late.
type Account struct {
	Year     int
	Years    []int // years with a plan, the newest first
	Promises []Promise
	Others   int64 // associations besides this one that have signed one of the declarations
	Figures  Figures
	Next     []ActivityLine // the next days, then some whose day is not set
}

// Promise is a pledge as lists show it.
type Promise struct {
	Pledge
	Title, TitleSimple, TitleEn string
	Slug                        string // of the declaration
	Declaration                 string
	Months                      [12]Month
	Done, Planned               int64 // activities of the year
	Reached                     int64
}

// TitleIn is the short title in a language.
func (p Promise) TitleIn(l lang.Lang) string { return titleIn(l, p.Title, p.TitleSimple, p.TitleEn) }

// Month is what happened for a promise in one month, by number of steps.
type Month struct{ Shown, Partly, Planned, Missed int }

// Figures are the sums of the account. An activity held with others is counted once.
type Figures struct {
	Promises, Kept, Overdue            int
	Activities, Done, Ahead, Calledoff int64
	Reached                            int64
	ReachedFrom                        int64 // number of activities the sum comes from
}

// ActivityLine is an activity as lists show it.
type ActivityLine struct {
	AssociationID id.ID
	ID            id.ID
	Title         string
	Kind          string
	Forms         Forms
	Status        Status
	StatusReason  string
	State         string
	PlanYear      int64
	DatePrecision period.Precision
	FromOn        period.Date
	ToOn          period.Date
	DateText      string
	ClockTime     string
	Place         string
	Digital       bool
	ReachMin      *int64
	ReachMax      *int64
	ReachText     string
	Reached       *int64
	ReachedHow    ReachedHow
	OwnerID       id.ID `bun:",nullzero"`
	Public        bool
	UpdatedAt     time.Time
	Version       int64
	Organisers    int64 // how many associations hold it
}

// When is the activity's date with its precision.
func (a ActivityLine) When() period.When {
	return period.When{Precision: a.DatePrecision, From: a.FromOn, To: a.ToOn, Text: a.DateText}
}

// Ref names the activity.
func (a ActivityLine) Ref() Ref { return Ref{a.AssociationID, a.ID} }

const lineColumns = "a.association_id, a.id, a.title, a.kind, a.forms, a.status, a.status_reason, a.state, a.plan_year, a.date_precision, a.from_on, a.to_on, a.date_text, a.clock_time, a.place, a.digital, a.reach_min, a.reach_max, a.reach_text, a.reached, a.reached_how, a.owner_id, a.public, a.updated_at, a.version"

// lines selects the activities an association holds, alone or with others, in the order of the calendar.
func lines(q db.IDB, organiser id.ID, inside bool) *bun.SelectQuery {
	return anyLines(q, organiser, inside).OrderExpr("o.plan_year, o.sort_on, a.id")
}

// anyLines is lines in no order, for few of many years: an order that an index gives tempts SQLite to go through all that the association ever held.
func anyLines(q db.IDB, organiser id.ID, inside bool) *bun.SelectQuery {
	return heldActivities(q.NewSelect().TableExpr("activity_organisers AS o").ColumnExpr(lineColumns).
		ColumnExpr(holders).
		Join("JOIN activities AS a ON a.association_id = o.association_id AND a.id = o.activity_id").
		Where("o.organiser_id = ?", organiser), inside)
}

// Account reads the public account of a year; year 0 is this year. Promises come with what is owed first.
func (s *Service) Account(ctx context.Context, assoc scope.Association, year int) (Account, error) {
	q, today := s.db.Read(), s.Today()
	if year == 0 {
		year = today.Year
	}
	a := Account{Year: year}
	var err error
	if a.Promises, err = promises(ctx, q, assoc.ID); err != nil {
		return a, err
	}
	activities, err := heldIn(ctx, q, assoc.ID, year)
	if err != nil {
		return a, err
	}
	if err := tracks(ctx, q, assoc.ID, year, activities, a.Promises); err != nil {
		return a, err
	}
	if a.Others, err = cosigners(ctx, q, assoc.ID); err != nil {
		return a, err
	}
	a.Figures = figures(activities, a.Promises)
	if a.Next, err = nextDates(ctx, q, assoc.ID, today, 5); err != nil {
		return a, err
	}
	a.Years, err = planYears(ctx, q, assoc.ID, year)
	return a, err
}

// PublicPlanYears lists the years with a plan, the newest first, and the year given with them.
func (s *Service) PublicPlanYears(ctx context.Context, assoc scope.Association, year int) ([]int, error) {
	return planYears(ctx, s.db.Read(), assoc.ID, year)
}

// planYears goes from each year to the next below it by the index, since reading every activity for the few years costs more.
func planYears(ctx context.Context, q db.IDB, association id.ID, year int) (years []int, err error) {
	err = q.NewRaw(`WITH RECURSIVE y (year) AS (
			SELECT max(plan_year) FROM activity_organisers WHERE organiser_id = ? AND confirmed_at IS NOT NULL
			UNION ALL
			SELECT (SELECT max(plan_year) FROM activity_organisers WHERE organiser_id = ? AND confirmed_at IS NOT NULL AND plan_year < y.year) FROM y WHERE y.year IS NOT NULL)
		SELECT year FROM y WHERE year IS NOT NULL ORDER BY year DESC`, association, association).Scan(ctx, &years)
	if !slices.Contains(years, year) {
		years = append(years, year)
		slices.SortFunc(years, func(x, y int) int { return y - x })
	}
	return years, err
}

func cosigners(ctx context.Context, q db.IDB, association id.ID) (n int64, err error) {
	err = q.NewSelect().TableExpr("signatures AS s").ColumnExpr("count(DISTINCT x.association_id)").
		Join("JOIN signatures AS x ON x.home_id = s.home_id AND x.declaration_id = s.declaration_id").
		Where("s.association_id = ?", association).Where("x.association_id <> ?", association).Scan(ctx, &n)
	return n, err
}

func promises(ctx context.Context, q db.IDB, association id.ID) ([]Promise, error) {
	list := make([]Promise, 0, 16) // of large rows, which growing would copy
	err := q.NewSelect().Model(&list).ModelTableExpr("pledges AS promise").
		ColumnExpr("promise.*, c.title, c.title_simple, c.title_en, d.slug, d.title AS declaration").
		Join("JOIN commitments AS c ON c.association_id = promise.home_id AND c.id = promise.commitment_id").
		Join("JOIN declarations AS d ON d.association_id = promise.home_id AND d.id = promise.declaration_id").
		Where("promise.association_id = ?", association).OrderExpr("d.adopted_on DESC, d.id, promise.number").Scan(ctx)
	slices.SortStableFunc(list, func(a, b Promise) int {
		ra, rb := progress.State(a.State), progress.State(b.State)
		switch {
		case ra.Overdue() != rb.Overdue() && ra.Overdue():
			return -1
		case ra.Overdue() != rb.Overdue():
			return 1
		case ra == progress.Replaced != (rb == progress.Replaced):
			if ra == progress.Replaced {
				return 1
			}
			return -1
		case ra.Overdue() && a.OverdueSince != b.OverdueSince:
			return a.OverdueSince.Compare(b.OverdueSince)
		}
		return 0 // as the query has them: by declaration, the latest first, and number
	})
	return list, err
}

// held is what the figures of a year need of an activity.
type held struct {
	month   string // "09" of the month it ends in, "" when its day is not set
	state   progress.State
	status  Status
	reached sql.NullInt64 // as CountedReach
}

func (a ActivityLine) held() held {
	h := held{state: progress.State(a.State), status: a.Status}
	if !a.ToOn.IsZero() {
		h.month = a.ToOn.String()[5:7]
	}
	if n := a.CountedReach(); n != nil {
		h.reached = sql.NullInt64{Int64: *n, Valid: true}
	}
	return h
}

// heldIn reads the public activities of a year that the association holds, alone or with others.
func heldIn(ctx context.Context, q db.IDB, association id.ID, year int) (map[id.ID]held, error) {
	all := make(map[id.ID]held, 64)
	sel := q.NewSelect().TableExpr("activity_organisers AS o").ColumnExpr("a.id, coalesce(substr(a.to_on, 6, 2), ''), a.state, a.status, a.reached").
		Join("JOIN activities AS a ON a.association_id = o.association_id AND a.id = o.activity_id").
		Where("o.organiser_id = ?", association).Where("o.plan_year = ?", year)
	err := db.Rows(ctx, heldActivities(sel, false), func(rows *sql.Rows) error {
		var activity id.ID
		var h held
		var reached sql.NullInt64
		err := rows.Scan(&activity, &h.month, &h.state, &h.status, &reached)
		if h.state.Kept() {
			h.reached = reached
		}
		all[activity] = h
		return err
	})
	return all, err
}

// tracks counts the steps of a year by promise and month. An association holds every activity that serves one of its promises.
func tracks(ctx context.Context, q db.IDB, association id.ID, year int, activities map[id.ID]held, list []Promise) error {
	at := make(map[id.ID]*Promise, len(list))
	for i := range list {
		at[list[i].ID] = &list[i]
	}
	served := q.NewSelect().TableExpr("activity_serves").Column("pledge_id", "activity_id").Where("pledge_association_id = ?", association).Where("plan_year = ?", year)
	err := db.Rows(ctx, served, func(rows *sql.Rows) error {
		var pledge, activity id.ID
		err := rows.Scan(&pledge, &activity)
		if p := at[pledge]; p != nil {
			if h, ok := activities[activity]; ok {
				p.count(h)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	from, to := period.On(year, time.January, 1), period.On(year, time.December, 31)
	milestones := q.NewSelect().TableExpr("milestones").ColumnExpr("pledge_id, substr(due_on, 6, 2), state").
		Where("association_id = ?", association).Where("due_on BETWEEN ? AND ?", from, to).Where("withdrawn_on IS NULL")
	return db.Rows(ctx, milestones, func(rows *sql.Rows) error {
		var pledge id.ID
		var month string
		var state progress.State
		err := rows.Scan(&pledge, &month, &state)
		if p := at[pledge]; p != nil {
			p.note(month, state)
		}
		return err
	})
}

// count adds an activity that serves the promise.
func (p *Promise) count(h held) {
	if h.status == Cancelled {
		return
	}
	p.Reached += h.reached.Int64
	if h.status == Done {
		p.Done++
	} else {
		p.Planned++
	}
	p.note(h.month, h.state)
}

// note adds a step to its month.
func (p *Promise) note(month string, s progress.State) {
	if m := monthIndex(month); m >= 0 {
		p.Months[m].add(s)
	}
}

func monthIndex(s string) int {
	if len(s) != 2 {
		return -1
	}
	if m := int(s[0]-'0')*10 + int(s[1]-'0') - 1; m >= 0 && m < 12 {
		return m
	}
	return -1
}

func (m *Month) add(s progress.State) {
	switch {
	case s == progress.Complete:
		m.Shown++
	case s.Overdue():
		m.Missed++
	case s == progress.NotStarted:
		m.Planned++
	default:
		m.Partly++
	}
}

func figures(activities map[id.ID]held, list []Promise) Figures {
	f := Figures{Activities: int64(len(activities))}
	for _, p := range list {
		s := progress.State(p.State)
		if s == progress.Replaced {
			continue
		}
		f.Promises++
		if s.Kept() {
			f.Kept++
		}
		if s.Overdue() {
			f.Overdue++
		}
	}
	for _, h := range activities {
		switch h.status {
		case Done:
			f.Done++
			f.Reached += h.reached.Int64
			if h.reached.Valid {
				f.ReachedFrom++
			}
		case Cancelled:
			f.Calledoff++
		default:
			f.Ahead++
		}
	}
	return f
}

// nextDates lists public activities from today on; those whose day is not set come after the dated ones of their year.
func nextDates(ctx context.Context, q db.IDB, association id.ID, today period.Date, limit int64) ([]ActivityLine, error) {
	list := make([]ActivityLine, 0, limit)
	err := lines(q, association, false).Where("o.plan_year IN (?, ?)", today.Year, today.Year+1).Where("o.sort_on >= ?", today.String()).
		Where("a.status IN (?)", bun.In([]Status{Planned, Confirmed, Postponed})).Limit(limit).Scan(ctx, &list)
	return list, err
}

// byNumber sorts promises as a declaration lists them.
func byNumber(list []Promise) {
	slices.SortStableFunc(list, func(a, b Promise) int {
		return cmp.Or(strings.Compare(a.Slug, b.Slug), cmp.Compare(a.Number, b.Number))
	})
}
