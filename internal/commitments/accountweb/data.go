package accountweb

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"samklang/internal/commitments"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/web"
)

// The JSON of the account. Fields are added but never renamed or removed; the page "Öppna data" describes them.

type accountData struct {
	Association associationData `json:"association"`
	Year        int             `json:"year"`
	ComputedOn  period.Date     `json:"computed_on"`
	Figures     figuresData     `json:"figures"`
	Promises    []promiseData   `json:"promises"`
	Activities  []activityData  `json:"activities"`
	FollowUps   []roundData     `json:"follow_ups"`
}

type associationData struct {
	Name      string `json:"name"`
	ShortName string `json:"short_name"`
	Address   string `json:"address"`
}

type figuresData struct {
	Promises    int   `json:"promises"`
	Kept        int   `json:"kept"`
	Overdue     int   `json:"overdue"`
	Activities  int64 `json:"activities"`
	Done        int64 `json:"done"`
	Ahead       int64 `json:"ahead"`
	Cancelled   int64 `json:"cancelled"`
	Reached     int64 `json:"reached"`
	ReachedFrom int64 `json:"reached_from_activities"`
}

type promiseData struct {
	ID           id.ID                `json:"id"`
	Number       int64                `json:"number"`
	Declaration  declarationRef       `json:"declaration"`
	Title        string               `json:"title"`
	Wording      string               `json:"wording"`
	WordingSince period.Date          `json:"wording_since"`
	Version      int64                `json:"wording_version"`
	Forms        commitments.Forms    `json:"forms"`
	Grounds      commitments.Grounds  `json:"grounds"`
	ExtraGrounds string               `json:"extra_grounds"`
	Ambition     commitments.Ambition `json:"ambition"`
	Verifiable   bool                 `json:"verifiable"`
	State        string               `json:"state"`
	StateSince   period.Date          `json:"state_since"`
	OverdueSince period.Date          `json:"overdue_since"`
	Steps        stepsData            `json:"steps"`
	Reached      int64                `json:"reached"`
	NextOn       period.Date          `json:"next_on"`
	Months       []monthData          `json:"months"`
	Address      string               `json:"address"`
}

type declarationRef struct {
	Title   string `json:"title"`
	Address string `json:"address"`
}

type stepsData struct {
	Total   int64 `json:"total"`
	Done    int64 `json:"done"`
	Overdue int64 `json:"overdue"`
}

type monthData struct {
	Shown   int `json:"shown"`
	Partly  int `json:"partly"`
	Planned int `json:"planned"`
	Missed  int `json:"missed"`
}

type activityData struct {
	ID           id.ID              `json:"id"` // the same at every association that holds it
	Title        string             `json:"title"`
	Kind         string             `json:"kind"`
	Forms        commitments.Forms  `json:"forms"`
	Status       commitments.Status `json:"status"`
	StatusReason string             `json:"status_reason"`
	State        string             `json:"state"`
	PlanYear     int64              `json:"plan_year"`
	Date         period.When        `json:"date"`
	ClockTime    string             `json:"clock_time"`
	Place        string             `json:"place"`
	Digital      bool               `json:"digital"`
	Expected     reachData          `json:"expected"`
	Reached      *int64             `json:"reached"`
	ReachedHow   string             `json:"reached_how"`
	Organisers   int64              `json:"organisers"`
	Address      string             `json:"address"`
}

type reachData struct {
	Min  *int64 `json:"min"`
	Max  *int64 `json:"max"`
	Text string `json:"text"`
}

type evidenceData struct {
	ID         id.ID       `json:"id"`
	Kind       string      `json:"kind"`
	Title      string      `json:"title"`
	Text       string      `json:"text"`
	Address    string      `json:"address"`
	Figure     *int64      `json:"figure"`
	Unit       string      `json:"unit"`
	Source     string      `json:"source"`
	Of         string      `json:"of"`
	HappenedOn period.Date `json:"happened_on"`
	FiledOn    period.Date `json:"filed_on"`
	ReviewedOn period.Date `json:"reviewed_on"`
	OwnReview  bool        `json:"own_review"`
}

type wordingData struct {
	Version   int64       `json:"version"`
	Text      string      `json:"text"`
	AdoptedOn period.Date `json:"adopted_on"`
	Decision  string      `json:"decision"`
	Reason    string      `json:"reason"`
	Address   string      `json:"address"`
}

type changeData struct {
	On        period.Date `json:"on"`
	From      string      `json:"from"`
	To        string      `json:"to"`
	Reason    string      `json:"reason"`
	Milestone string      `json:"milestone"`
}

type milestoneData struct {
	ID          id.ID       `json:"id"`
	Title       string      `json:"title"`
	DueOn       period.Date `json:"due_on"`
	State       string      `json:"state"`
	StateSince  period.Date `json:"state_since"`
	WithdrawnOn period.Date `json:"withdrawn_on"`
}

type otherData struct {
	Association string `json:"association"`
	State       string `json:"state"`
	Wording     string `json:"wording"`
	Address     string `json:"address"`
}

type onePromiseData struct {
	Association associationData `json:"association"`
	Year        int             `json:"year"`
	ComputedOn  period.Date     `json:"computed_on"`
	promiseData
	Plain        string          `json:"plain"`
	SignedOn     period.Date     `json:"signed_on"`
	Decision     string          `json:"decision"`
	Wordings     []wordingData   `json:"wordings"`
	Milestones   []milestoneData `json:"milestones"`
	Activities   []activityData  `json:"activities"`
	NotPublic    int             `json:"activities_not_public"`
	Evidence     []evidenceData  `json:"evidence"`
	History      []changeData    `json:"history"`
	Associations []otherData     `json:"other_associations"`
}

type declarationData struct {
	Title       string           `json:"title"`
	Text        string           `json:"text"`
	ComputedOn  period.Date      `json:"computed_on"`
	Address     string           `json:"address"`
	Signatures  []signatureData  `json:"signatures"`
	Commitments []commitmentData `json:"commitments"`
	Together    togetherData     `json:"together"`
	FollowUps   []roundData      `json:"follow_ups"`
}

type signatureData struct {
	Association associationData `json:"association"`
	SignedOn    period.Date     `json:"signed_on"`
	Decision    string          `json:"decision"`
}

type commitmentData struct {
	Number  int64         `json:"number"`
	Title   string        `json:"title"`
	Wording string        `json:"wording"`
	Pledges []pledgeState `json:"pledges"`
}

type pledgeState struct {
	Association string      `json:"association"`
	State       string      `json:"state"`
	StateSince  period.Date `json:"state_since"`
	Address     string      `json:"address"`
}

type togetherData struct {
	Year       int   `json:"year"`
	Activities int64 `json:"activities"`
	Done       int64 `json:"done"`
	Reached    int64 `json:"reached"`
	Joint      int   `json:"joint"`
}

func sendJSON(w http.ResponseWriter, r *web.Request, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return answer(w, r, "application/json; charset=utf-8", append(b, '\n'))
}

func associationOf(r *web.Request) associationData {
	a := association(r)
	return associationData{a.Name, a.ShortName, r.Absolute(r.Path("/"))}
}

// account reads a year of the account with what its files need besides.
func (s *Pages) accountFor(r *web.Request) (commitments.Account, map[id.ID]commitments.Wording, []commitments.ActivityLine, error) {
	y, err := year(r)
	if err != nil {
		return commitments.Account{}, nil, nil, err
	}
	a, err := s.Ledger.Account(r.Context(), association(r), y)
	if err != nil {
		return a, nil, nil, err
	}
	w, err := s.Ledger.WordingsInForce(r.Context(), association(r))
	if err != nil {
		return a, nil, nil, err
	}
	plan, err := s.Ledger.PublicPlan(r.Context(), association(r), commitments.PlanFilter{Year: a.Year})
	return a, w, plan, err
}

func (s *Pages) accountJSON(w http.ResponseWriter, r *web.Request) error {
	a, wordings, plan, err := s.accountFor(r)
	if err != nil {
		return err
	}
	rounds, err := s.Ledger.PublishedRounds(r.Context(), association(r))
	if err != nil {
		return err
	}
	f := a.Figures
	d := accountData{FollowUps: roundsJSON(r, rounds), Association: associationOf(r), Year: a.Year, ComputedOn: s.Ledger.Today(), Promises: []promiseData{}, Activities: []activityData{},
		Figures: figuresData{f.Promises, f.Kept, f.Overdue, f.Activities, f.Done, f.Ahead, f.Calledoff, f.Reached, f.ReachedFrom}}
	for _, p := range a.Promises {
		d.Promises = append(d.Promises, promiseJSON(r, p, wordings[p.ID]))
	}
	for _, x := range plan {
		d.Activities = append(d.Activities, activityJSON(r, x))
	}
	return sendJSON(w, r, d)
}

func promiseJSON(r *web.Request, p commitments.Promise, w commitments.Wording) promiseData {
	d := promiseData{ID: p.ID, Number: p.Number, Declaration: declarationRef{p.Declaration, r.Absolute(r.Top("/deklarationer/" + p.Slug))}, Title: p.TitleIn(r.Lang()),
		Wording: w.Wording, WordingSince: w.AdoptedOn, Version: w.Version, Forms: p.Forms, Grounds: p.Grounds, ExtraGrounds: p.ExtraGrounds, Ambition: p.Ambition, Verifiable: p.Verifiable,
		State: p.State, StateSince: p.StateSince, OverdueSince: p.OverdueSince, Steps: stepsData{p.StepsTotal, p.StepsDone, p.StepsOverdue}, Reached: p.Reached, NextOn: p.NextOn,
		Address: r.Absolute(r.Path(promisePath(p.Slug, p.Number)))}
	for _, m := range p.Months {
		d.Months = append(d.Months, monthData(m))
	}
	return d
}

func activityJSON(r *web.Request, a commitments.ActivityLine) activityData {
	return activityData{ID: a.ID, Title: a.Title, Kind: a.Kind, Forms: a.Forms, Status: a.Status, StatusReason: a.StatusReason, State: a.State, PlanYear: a.PlanYear, Date: a.When(), ClockTime: a.ClockTime,
		Place: a.Place, Digital: a.Digital, Expected: reachData{a.ReachMin, a.ReachMax, a.ReachText}, Reached: a.CountedReach(), ReachedHow: string(a.CountedHow()), Organisers: a.Organisers,
		Address: r.Absolute(r.Path("/aktiviteter/" + a.ID.String()))}
}

func (s *Pages) promiseJSON(w http.ResponseWriter, r *web.Request) error {
	p, err := s.promise(r)
	if err != nil {
		return err
	}
	history, err := s.Ledger.PromiseHistory(r.Context(), association(r), p.Pledge)
	if err != nil {
		return err
	}
	path := r.Absolute(r.Path(promisePath(p.Slug, p.Number)))
	d := onePromiseData{Association: associationOf(r), Year: p.Year, ComputedOn: s.Ledger.Today(), promiseData: promiseJSON(r, p.Promise, p.Wording()), Plain: p.Commitment.Plain, SignedOn: p.Signature.SignedOn,
		Decision: p.Signature.Decision, NotPublic: p.Hidden, Wordings: []wordingData{}, Milestones: []milestoneData{}, Activities: []activityData{}, Evidence: []evidenceData{}, History: []changeData{}, Associations: []otherData{}}
	d.Declaration.Title = p.Declaration.Title
	for _, x := range p.Wordings {
		d.Wordings = append(d.Wordings, wordingData{x.Version, x.Wording, x.AdoptedOn, x.Decision, x.Reason, path + "/lydelse/" + itoa(x.Version)})
	}
	for _, m := range p.Milestones {
		d.Milestones = append(d.Milestones, milestoneData{m.ID, m.Title, m.DueOn, m.State, m.StateSince, m.WithdrawnOn})
	}
	for _, a := range p.Activities {
		d.Activities = append(d.Activities, activityJSON(r, a))
	}
	for _, e := range p.Evidence {
		x := evidenceData{ID: e.ID, Kind: string(e.Kind), Title: e.Title, Text: e.Body, Address: e.URL, Figure: e.Figure, Unit: e.FigureUnit, Source: e.FigureSource, Of: e.ActivityTitle + e.MilestoneTitle,
			HappenedOn: e.HappenedOn, FiledOn: e.FiledOn, ReviewedOn: e.ReviewedOn, OwnReview: e.OwnReview}
		if e.Kind == commitments.EvidenceFile {
			x.Address = r.Absolute(evidencePath(r, e))
		}
		d.Evidence = append(d.Evidence, x)
	}
	for _, c := range history {
		d.History = append(d.History, changeData{c.ChangedOn, c.FromState, c.ToState, c.Reason, c.MilestoneTitle})
	}
	for _, o := range p.Others {
		d.Associations = append(d.Associations, otherData{o.Association.Name, o.State, o.Wording, r.Absolute(r.Of(o.Association, promisePath(p.Slug, o.Number)))})
	}
	return sendJSON(w, r, d)
}

func (s *Pages) declarationJSON(w http.ResponseWriter, r *web.Request) error {
	d, err := s.Ledger.DeclarationBySlug(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	today := s.Ledger.Today()
	t, err := s.Ledger.Together(r.Context(), d.Ref(), today.Year)
	if err != nil {
		return err
	}
	rounds, err := s.Ledger.PublishedRounds(r.Context(), d.Signatories()...)
	if err != nil {
		return err
	}
	x := declarationData{FollowUps: roundsJSON(r, rounds), Title: d.Title, Text: d.Preamble, ComputedOn: today, Address: r.Absolute(r.Top("/deklarationer/" + d.Slug)), Signatures: []signatureData{}, Commitments: []commitmentData{},
		Together: togetherData{today.Year, t.Activities, t.Done, t.Reached, len(t.Joint)}}
	for _, g := range d.Signatures {
		x.Signatures = append(x.Signatures, signatureData{associationData{g.Association.Name, g.Association.ShortName, r.Absolute(r.Of(g.Association, "/"))}, g.SignedOn, g.Decision})
	}
	for _, c := range d.Commitments {
		line := commitmentData{Number: c.Number, Title: c.TitleIn(r.Lang()), Wording: c.Wording, Pledges: []pledgeState{}}
		for _, p := range c.Pledges {
			line.Pledges = append(line.Pledges, pledgeState{p.Association.Name, p.State, p.StateSince, r.Absolute(r.Of(p.Association, promisePath(d.Slug, p.Number)))})
		}
		x.Commitments = append(x.Commitments, line)
	}
	return sendJSON(w, r, x)
}

// sortedByNumber puts promises in the order of their declarations, which is what a table is read by.
func sortedByNumber(list []commitments.Promise) []commitments.Promise {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b commitments.Promise) int {
		if a.Slug != b.Slug {
			if a.Slug < b.Slug {
				return -1
			}
			return 1
		}
		return int(a.Number - b.Number)
	})
	return list
}

func optional(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}
