package accountweb

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"samklang/internal/commitments"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
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
	Years       []int           `json:"years"` // for each of which there is such a file, by ?ar=
}

type associationData struct {
	Name      string `json:"name"`
	ShortName string `json:"short_name"`
	Address   string `json:"address"`
	ID        id.ID  `json:"id"`
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
	Signs        string               `json:"verifiable_reason"` // what was found in the wording, or missed
	PeriodFrom   period.Date          `json:"period_from"`
	PeriodTo     period.Date          `json:"period_to"`
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
	ID           id.ID               `json:"id"` // the same at every association that holds it
	Title        string              `json:"title"`
	Kind         string              `json:"kind"`
	Forms        commitments.Forms   `json:"forms"`
	Status       commitments.Status  `json:"status"`
	StatusReason string              `json:"status_reason"`
	State        string              `json:"state"`
	PlanYear     int64               `json:"plan_year"`
	Date         period.When         `json:"date"`
	ClockTime    string              `json:"clock_time"`
	Place        string              `json:"place"`
	Digital      bool                `json:"digital"`
	Expected     reachData           `json:"expected"`
	Reached      *int64              `json:"reached"`
	ReachedHow   string              `json:"reached_how"`
	Organisers   int64               `json:"organisers"`
	HeldBy       []string            `json:"held_by"` // associations, the one that planned it first
	Partners     []string            `json:"partners"`
	Speakers     []string            `json:"speakers"`
	Audience     string              `json:"audience"`
	Project      string              `json:"project"`
	Grounds      commitments.Grounds `json:"grounds"`
	Description  string              `json:"description"`
	Serves       []servesData        `json:"serves"`
	Evidence     []evidenceData      `json:"evidence"`
	Address      string              `json:"address"`
}

// servesData is a promise an activity serves, and how.
type servesData struct {
	Number      int64  `json:"number"`
	Declaration string `json:"declaration"` // as in addresses
	Association string `json:"association"`
	Title       string `json:"title"`
	How         string `json:"how"`
	Address     string `json:"address"`
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
	LogEntry  *int64      `json:"log_entry"` // number in the public log; null for the second until it has one
	Proof     string      `json:"proof"`
}

type changeData struct {
	On        period.Date `json:"on"`
	From      string      `json:"from"`
	To        string      `json:"to"`
	Reason    string      `json:"reason"`
	Milestone string      `json:"milestone"`
	LogEntry  *int64      `json:"log_entry"`
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
	Years       []int           `json:"years"` // for each of which there is such a file, by ?ar=
	promiseData
	Plain        string          `json:"plain"`
	Reason       string          `json:"state_reason"` // the rule that gives the state
	ReplacedBy   string          `json:"replaced_by"`  // address, "" when it is in force
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
	Title       string                  `json:"title"`
	Text        string                  `json:"text"`
	Edition     int64                   `json:"edition"`
	PeriodFrom  period.Date             `json:"period_from"`
	PeriodTo    period.Date             `json:"period_to"`
	AdoptedOn   period.Date             `json:"adopted_on"`
	Replaces    *declarationRef         `json:"replaces"`
	ReplacedBy  []declarationRef        `json:"replaced_by"`
	ComputedOn  period.Date             `json:"computed_on"`
	Address     string                  `json:"address"`
	Signatures  []signatureData         `json:"signatures"`
	Commitments []commitmentData        `json:"commitments"`
	Together    togetherData            `json:"together"`
	Next        []jointData             `json:"next"`    // what happens next, at all who signed
	History     []declarationChangeData `json:"history"` // the latest changes; each promise has the rest
	FollowUps   []roundData             `json:"follow_ups"`
	ID          id.ID                   `json:"id"`
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
	Association  string      `json:"association"`
	State        string      `json:"state"`
	StateSince   period.Date `json:"state_since"`
	OverdueSince period.Date `json:"overdue_since"`
	Steps        stepsData   `json:"steps"`
	NextOn       period.Date `json:"next_on"`
	Wording      string      `json:"wording"` // in force at the association
	WordingSince period.Date `json:"wording_since"`
	Version      int64       `json:"wording_version"`
	Address      string      `json:"address"`
}

// declarationChangeData is a change of state, or a later wording when to is "wording".
type declarationChangeData struct {
	On          period.Date `json:"on"`
	Association string      `json:"association"`
	Number      int64       `json:"number"`
	From        string      `json:"from"`
	To          string      `json:"to"`
	Reason      string      `json:"reason"`
}

type togetherData struct {
	Year       int         `json:"year"`
	Activities int64       `json:"activities"`
	Done       int64       `json:"done"`
	Reached    int64       `json:"reached"`
	Joint      int         `json:"joint"`
	Held       []jointData `json:"joint_activities"`
}

// jointData is an activity with every association that holds it.
type jointData struct {
	ID      id.ID              `json:"id"`
	Title   string             `json:"title"`
	Status  commitments.Status `json:"status"`
	Date    period.When        `json:"date"`
	HeldBy  []string           `json:"held_by"`
	Address string             `json:"address"`
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
	return associationData{a.Name, a.ShortName, r.Absolute(r.Path("/")), a.ID}
}

// accountFor reads a year of the account with the wordings in force.
func (s *Pages) accountFor(r *web.Request) (commitments.Account, map[id.ID]commitments.Wording, error) {
	y, err := year(r)
	if err != nil {
		return commitments.Account{}, nil, err
	}
	a, err := s.Ledger.Account(r.Context(), association(r), y)
	if err != nil {
		return a, nil, err
	}
	w, err := s.Ledger.WordingsInForce(r.Context(), association(r))
	return a, w, err
}

// publicActivities is activities with what their pages tell.
type publicActivities struct {
	list    []commitments.ActivityLine
	details map[commitments.Ref]*commitments.PublicDetails
}

func (x publicActivities) of(a commitments.ActivityLine) commitments.PublicDetails {
	if d := x.details[a.Ref()]; d != nil {
		return *d
	}
	return commitments.PublicDetails{}
}

// planFor reads the activities of a year, 0 being this year.
func (s *Pages) planFor(r *web.Request, year int) (publicActivities, error) {
	if year == 0 {
		year = s.Ledger.Today().Year
	}
	list, err := s.Ledger.PublicPlan(r.Context(), association(r), commitments.PlanFilter{Year: year})
	if err != nil {
		return publicActivities{}, err
	}
	return s.detailed(r, list)
}

func (s *Pages) detailed(r *web.Request, list []commitments.ActivityLine) (publicActivities, error) {
	details, err := s.Ledger.PublicDetails(r.Context(), association(r), list)
	return publicActivities{list, details}, err
}

func (s *Pages) accountJSON(w http.ResponseWriter, r *web.Request) error {
	a, wordings, err := s.accountFor(r)
	if err != nil {
		return err
	}
	plan, err := s.planFor(r, a.Year)
	if err != nil {
		return err
	}
	rounds, err := s.Ledger.PublishedRounds(r.Context(), association(r))
	if err != nil {
		return err
	}
	f := a.Figures
	d := accountData{FollowUps: roundsJSON(r, rounds), Years: a.Years, Association: associationOf(r), Year: a.Year, ComputedOn: s.Ledger.Today(), Promises: []promiseData{}, Activities: []activityData{},
		Figures: figuresData{f.Promises, f.Kept, f.Overdue, f.Activities, f.Done, f.Ahead, f.Calledoff, f.Reached, f.ReachedFrom}}
	for _, p := range a.Promises {
		d.Promises = append(d.Promises, promiseJSON(r, p, wordings[p.ID]))
	}
	for _, x := range plan.list {
		d.Activities = append(d.Activities, activityJSON(r, x, plan.of(x)))
	}
	return sendJSON(w, r, d)
}

func promiseJSON(r *web.Request, p commitments.Promise, w commitments.Wording) promiseData {
	d := promiseData{ID: p.ID, Number: p.Number, Declaration: declarationRef{p.Declaration, r.Absolute(r.Top("/deklarationer/" + p.Slug))}, Title: p.TitleIn(r.Lang()),
		Wording: w.Wording, WordingSince: w.AdoptedOn, Version: w.Version, Forms: p.Forms, Grounds: p.Grounds, ExtraGrounds: p.ExtraGrounds, Ambition: p.Ambition, Verifiable: p.Verifiable,
		Signs: p.VerifiableReason, PeriodFrom: p.PeriodFrom, PeriodTo: p.PeriodTo, State: p.State, StateSince: p.StateSince, OverdueSince: p.OverdueSince, Steps: stepsData{p.StepsTotal, p.StepsDone, p.StepsOverdue}, Reached: p.Reached, NextOn: p.NextOn,
		Address: r.Absolute(r.Path(promisePath(p.Slug, p.Number)))}
	for _, m := range p.Months {
		d.Months = append(d.Months, monthData(m))
	}
	return d
}

func activityJSON(r *web.Request, a commitments.ActivityLine, more commitments.PublicDetails) activityData {
	d := activityData{ID: a.ID, Title: a.Title, Kind: a.Kind, Forms: a.Forms, Status: a.Status, StatusReason: a.StatusReason, State: a.State, PlanYear: a.PlanYear, Date: a.When(), ClockTime: a.ClockTime,
		Place: a.Place, Digital: a.Digital, Expected: reachData{a.ReachMin, a.ReachMax, a.ReachText}, Reached: a.CountedReach(), ReachedHow: string(a.CountedHow()), Organisers: a.Organisers,
		HeldBy: []string{}, Partners: listed(more.Partners), Speakers: listed(more.Speakers), Audience: more.Audience, Project: more.Project, Grounds: more.Grounds, Description: more.Description,
		Serves: []servesData{}, Evidence: []evidenceData{}, Address: r.Absolute(r.Path("/aktiviteter/" + a.ID.String()))}
	for _, o := range more.Organisers {
		d.HeldBy = append(d.HeldBy, o.Name)
	}
	for _, x := range more.Serves {
		line := servesData{Number: x.Number, Declaration: x.Slug, Title: servedTitle(r, x), How: x.How}
		if of, held := servedAt(more, x); held {
			line.Association, line.Address = of.Name, r.Absolute(r.Of(of, promisePath(x.Slug, x.Number)))
		}
		d.Serves = append(d.Serves, line)
	}
	for _, e := range more.Proof {
		d.Evidence = append(d.Evidence, evidenceJSON(r, e))
	}
	return d
}

// servedAt is the association whose promise is served, when it holds the activity.
func servedAt(more commitments.PublicDetails, x commitments.ServingView) (scope.Association, bool) {
	i := slices.IndexFunc(more.Organisers, func(o scope.Association) bool { return o.ID == x.PledgeAssociationID })
	if i < 0 {
		return scope.Association{}, false
	}
	return more.Organisers[i], true
}

// listed is the list as JSON has it: [] when it is empty.
func listed(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func evidenceJSON(r *web.Request, e commitments.EvidenceLine) evidenceData {
	d := evidenceData{ID: e.ID, Kind: string(e.Kind), Title: e.Title, Text: e.Body, Address: e.URL, Figure: e.Figure, Unit: e.FigureUnit, Source: e.FigureSource, Of: e.ActivityTitle + e.MilestoneTitle,
		HappenedOn: e.HappenedOn, FiledOn: e.FiledOn, ReviewedOn: e.ReviewedOn, OwnReview: e.OwnReview}
	if e.Kind == commitments.EvidenceFile {
		d.Address = r.Absolute(evidencePath(r, e))
	}
	return d
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
	activities, err := s.detailed(r, p.Activities)
	if err != nil {
		return err
	}
	var rows, changes []id.ID
	for _, x := range p.Wordings {
		rows = append(rows, x.ID)
	}
	for _, c := range history {
		changes = append(changes, c.ID)
	}
	texts, err := s.Log.Places(r.Context(), commitments.LogWording, rows...)
	if err != nil {
		return err
	}
	states, err := s.Log.Places(r.Context(), commitments.LogState, changes...)
	if err != nil {
		return err
	}
	path := r.Absolute(r.Path(promisePath(p.Slug, p.Number)))
	d := onePromiseData{Association: associationOf(r), Year: p.Year, Years: p.Years, ComputedOn: s.Ledger.Today(), promiseData: promiseJSON(r, p.Promise, p.Wording()), Plain: p.Commitment.Plain, Reason: string(p.Reason), SignedOn: p.Signature.SignedOn,
		Decision: p.Signature.Decision, NotPublic: p.Hidden, Wordings: []wordingData{}, Milestones: []milestoneData{}, Activities: []activityData{}, Evidence: []evidenceData{}, History: []changeData{}, Associations: []otherData{}}
	d.Declaration.Title = p.Declaration.Title
	if p.ReplacedBy != nil {
		d.ReplacedBy = r.Absolute(r.Path(promisePath(p.ReplacedBy.Slug, p.ReplacedBy.Number)))
	}
	for _, x := range p.Wordings {
		d.Wordings = append(d.Wordings, wordingData{x.Version, x.Wording, x.AdoptedOn, x.Decision, x.Reason, path + "/lydelse/" + itoa(x.Version), numbered(texts[x.ID]), path + "/lydelse/" + itoa(x.Version) + proofPath})
	}
	for _, m := range p.Milestones {
		d.Milestones = append(d.Milestones, milestoneData{m.ID, m.Title, m.DueOn, m.State, m.StateSince, m.WithdrawnOn})
	}
	for _, a := range activities.list {
		d.Activities = append(d.Activities, activityJSON(r, a, activities.of(a)))
	}
	for _, e := range p.Evidence {
		d.Evidence = append(d.Evidence, evidenceJSON(r, e))
	}
	for _, c := range history {
		d.History = append(d.History, changeData{c.ChangedOn, c.FromState, c.ToState, c.Reason, c.MilestoneTitle, numbered(states[c.ID])})
	}
	for _, o := range p.Others {
		d.Associations = append(d.Associations, otherData{o.Association.Name, o.State, o.Wording, r.Absolute(r.Of(o.Association, promisePath(p.Slug, o.Number)))})
	}
	return sendJSON(w, r, d)
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
