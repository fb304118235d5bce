package initiativesweb

import (
	"net/http"
	"slices"
	"strings"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/scope"
	"samklang/internal/initiatives"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// formView is the form of an initiative.
type formView struct {
	ui.Page
	Title, Back    string
	Tag            ui.Form
	Errors         ui.FormErrors
	In             typed
	Locked         bool // orientation, method and ESF stay
	New            bool
	Orientations   []ui.Option
	Methods        []ui.Option
	Owners         []ui.Option
	Parties        []ui.Option
	Municipalities []ui.Option
	Targets        []ui.Option
	Associations   []ui.Option
	Years          []yearField
	Replaces       ui.Link
}

type yearField struct{ Name, Label, Value string }

// typed is what was typed or is stored.
type typed struct {
	Name, OtherName, About, FromOn, ToOn, TargetOther string
	Orientation, Method, Owner                        string
	ESF                                               bool
	Parties, Municipalities, Targets, Associations    []string
	Planned                                           map[string]string
}

func (s *Pages) newPage(w http.ResponseWriter, r *web.Request) error {
	return s.showForm(w, r, http.StatusOK, formView{New: true, In: typed{Method: string(initiatives.Cards)}}, nil)
}

func (s *Pages) showForm(w http.ResponseWriter, r *web.Request, status int, v formView, fault error) error {
	v.Errors = ui.ErrorsOf(r.Printer, fault)
	v.Title, v.Back = r.T("initiativesweb.new"), r.Path("/insatser")
	way := []ui.Link{list(r)}
	if !v.New {
		v.Title, v.Back = r.T("initiativesweb.edit.title"), r.Path("/insatser/"+r.PathValue("initiative"))
		way = append(way, ui.Link{Label: v.In.Name, Href: v.Back})
	}
	v.Page = s.frame(r, v.Title, way...)
	v.Faulty = len(v.Errors) > 0
	v.Tag = ui.Form{Action: r.Path("/insatser/ny"), Key: id.New().String(), Version: v.Tag.Version, WarnLeave: true}
	if !v.New {
		v.Tag.Action = v.Back + "/andra"
	}
	if err := s.options(r, &v); err != nil {
		return err
	}
	return r.Render(w, status, formPage(v))
}

// options are the answers one can give.
func (s *Pages) options(r *web.Request, v *formView) error {
	orientations := []initiatives.Orientation{initiatives.Individual, initiatives.Structural}
	if v.New {
		orientations = append(orientations, initiatives.Mixed)
	}
	for _, o := range orientations {
		v.Orientations = append(v.Orientations, ui.Option{Value: string(o), Label: i18n.Upper(r.T("initiatives.orientation." + string(o))), Hint: r.T("initiativesweb.orientation." + string(o)), On: v.In.Orientation == string(o)})
	}
	for _, m := range initiatives.Methods(initiatives.Individual) {
		v.Methods = append(v.Methods, ui.Option{Value: string(m), Label: r.T("initiatives.method." + string(m)), Hint: r.T("initiativesweb.method." + string(m)), On: v.In.Method == string(m)})
	}
	members, err := s.Initiatives.Members(r.Context(), s.Initiatives.DB.Read(), r.Scope().ID)
	if err != nil {
		return err
	}
	for _, m := range members {
		key := m.ID.String()
		if !m.Current && v.In.Owner != key && !slices.Contains(v.In.Parties, key) && !slices.Contains(v.In.Municipalities, key) {
			continue
		}
		v.Owners = append(v.Owners, ui.Option{Value: key, Label: m.Name, On: v.In.Owner == key})
		v.Parties = append(v.Parties, ui.Option{Value: key, Label: m.Name, On: slices.Contains(v.In.Parties, key)})
		if m.Kind == "municipality" {
			v.Municipalities = append(v.Municipalities, ui.Option{Value: key, Label: m.Name, On: slices.Contains(v.In.Municipalities, key)})
		}
	}
	for _, g := range initiatives.TargetGroups {
		v.Targets = append(v.Targets, ui.Option{Value: g, Label: i18n.Upper(r.T("initiatives.target." + g)), On: slices.Contains(v.In.Targets, g)})
	}
	others, err := s.Initiatives.Associations(r.Context(), s.Initiatives.DB.Read())
	if err != nil {
		return err
	}
	for _, o := range slices.DeleteFunc(others, func(o scope.Association) bool { return o.ID == r.Scope().ID }) {
		v.Associations = append(v.Associations, ui.Option{Value: o.ID.String(), Label: o.ShortName, On: slices.Contains(v.In.Associations, o.ID.String())})
	}
	first := s.today().Year - 1
	for year := range v.In.Planned {
		if len(year) == 4 && year < itoa(first) {
			first--
		}
	}
	for y := first; y <= s.today().Year+2; y++ {
		v.Years = append(v.Years, yearField{"planned_" + itoa(y), itoa(y), v.In.Planned[itoa(y)]})
	}
	return nil
}

// read reads the form. What was typed is kept for showing it again.
func read(f *web.Form) (typed, initiatives.NewInitiative) {
	const any = 20000
	in := typed{Name: f.Text("name", any), OtherName: f.Text("other_name", any), About: f.Text("about", any), FromOn: f.Values.Get("from_on"), ToOn: f.Values.Get("to_on"), TargetOther: f.Text("target_other", any),
		Orientation: f.Values.Get("orientation"), Method: f.Values.Get("method"), Owner: f.Values.Get("owner"), ESF: f.Bool("esf"),
		Parties: f.Choices("parties"), Municipalities: f.Choices("municipalities"), Targets: f.Choices("target"), Associations: f.Choices("associations"), Planned: map[string]string{}}
	out := initiatives.NewInitiative{OtherName: in.OtherName, Planned: map[int64]int64{}, Facts: initiatives.Facts{Name: in.Name, About: in.About, Orientation: initiatives.Orientation(in.Orientation), Method: initiatives.Method(in.Method), ESF: in.ESF,
		OwnerID: f.ID("owner"), FromOn: f.Date("from_on"), ToOn: f.Date("to_on"), TargetGroups: strings.Join(in.Targets, " "), TargetOther: in.TargetOther}}
	ids := func(name string, values []string) (list []id.ID) {
		for _, s := range values {
			v, err := id.Parse(s)
			if err != nil {
				f.Add(name, "error.not_a_choice")
				return nil
			}
			if !slices.Contains(list, v) {
				list = append(list, v)
			}
		}
		return list
	}
	out.Parties, out.Municipalities, out.Associations = ids("parties", in.Parties), ids("municipalities", in.Municipalities), ids("associations", in.Associations)
	for name := range f.Values {
		year, ok := strings.CutPrefix(name, "planned_")
		if !ok || len(year) != 4 {
			continue
		}
		in.Planned[year] = f.Values.Get(name)
		if n := f.Number(name); n != nil && *n > 0 {
			var y int64
			for _, c := range year {
				y = y*10 + int64(c-'0')
			}
			out.Planned[y] = *n
		}
	}
	return in, out
}

func (s *Pages) add(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	v := formView{New: true}
	var in initiatives.NewInitiative
	v.In, in = read(f)
	var made initiatives.Initiative
	if err = f.Err(); err == nil {
		made, err = s.Initiatives.Add(r.Context(), r.Actor, r.Scope().ID, in)
	}
	if onForm(err) {
		return s.showForm(w, r, web.Status(err), v, err)
	}
	if err != nil {
		return err
	}
	if in.Orientation == initiatives.Mixed {
		return r.SeeOther(w, r.Path("/insatser")+"?klart=initiative_two")
	}
	return r.SeeOther(w, pathOf(r, made.ID)+"?klart=initiative_added")
}

// written is an initiative as its form shows it.
func written(x initiatives.Initiative) typed {
	strs := func(list []id.ID) (out []string) {
		for _, v := range list {
			out = append(out, v.String())
		}
		return out
	}
	in := typed{Name: x.Name, About: x.About, FromOn: x.FromOn.String(), ToOn: x.ToOn.String(), TargetOther: x.TargetOther, Orientation: string(x.Orientation), Method: string(x.Method), ESF: x.ESF,
		Parties: strs(x.Parties), Municipalities: strs(x.Municipalities), Targets: x.Groups(), Associations: strs(x.Associations), Planned: map[string]string{}}
	if x.OwnerID != id.None {
		in.Owner = x.OwnerID.String()
	}
	for y, n := range x.Planned {
		in.Planned[itoa(y)] = itoa(n)
	}
	return in
}

func (s *Pages) current(r *web.Request) (initiatives.Initiative, error) {
	at, err := pathID(r, "initiative")
	if err != nil {
		return initiatives.Initiative{}, err
	}
	return s.Initiatives.Get(r.Context(), r.Actor, r.Scope().ID, at)
}

func (s *Pages) editPage(w http.ResponseWriter, r *web.Request) error {
	x, err := s.current(r)
	if err != nil {
		return err
	}
	return s.showForm(w, r, http.StatusOK, formView{In: written(x), Locked: x.State != initiatives.Draft, Tag: ui.Form{Version: itoa(x.Version)}}, nil)
}

func (s *Pages) edit(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	x, err := s.current(r)
	if err != nil {
		return err
	}
	v := formView{Locked: x.State != initiatives.Draft, Tag: ui.Form{Version: f.Values.Get("_version")}}
	var in initiatives.NewInitiative
	v.In, in = read(f)
	if v.Locked { // the form shows them as text
		in.Orientation, in.Method, in.ESF = x.Orientation, x.Method, x.ESF
		v.In.Orientation, v.In.Method, v.In.ESF = string(x.Orientation), string(x.Method), x.ESF
	}
	if err = f.Err(); err == nil {
		err = s.Initiatives.Edit(r.Context(), r.Actor, r.Scope().ID, x.ID, f.Version(), in)
	}
	if onForm(err) {
		return s.showForm(w, r, web.Status(err), v, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, pathOf(r, x.ID)+"?klart=initiative_saved")
}

// closeView is the form that ends an initiative.
type closeView struct {
	ui.Page
	Tag    ui.Form
	Errors ui.FormErrors
	Back   string
	Lead   string
	ToOn   string
	Again  bool
}

func (s *Pages) closePage(w http.ResponseWriter, r *web.Request) error {
	x, err := s.current(r)
	if err != nil {
		return err
	}
	v := closeView{ToOn: x.ToOn.String()}
	if x.ToOn.IsZero() {
		v.ToOn = s.today().String()
	}
	v.Again = r.URL.Query().Get("ny") != ""
	return s.showClose(w, r, http.StatusOK, x, v, itoa(x.Version), nil)
}

func (s *Pages) showClose(w http.ResponseWriter, r *web.Request, status int, x initiatives.Initiative, v closeView, version string, fault error) error {
	v.Errors = ui.ErrorsOf(r.Printer, fault)
	v.Back = pathOf(r, x.ID)
	v.Page = s.frame(r, r.T("initiativesweb.close.title", "name", x.Name), list(r), ui.Link{Label: x.Name, Href: v.Back})
	v.Faulty = len(v.Errors) > 0
	v.Tag = ui.Form{Action: v.Back + "/avsluta", Key: id.New().String(), Version: version}
	return r.Render(w, status, closePage(v))
}

func (s *Pages) close(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	x, err := s.current(r)
	if err != nil {
		return err
	}
	v := closeView{ToOn: f.Values.Get("to_on"), Again: f.Bool("again")}
	last := f.Date("to_on")
	var made id.ID
	if err = f.Err(); err == nil {
		made, err = s.Initiatives.Close(r.Context(), r.Actor, r.Scope().ID, x.ID, f.Version(), last, v.Again)
	}
	if onForm(err) {
		return s.showClose(w, r, web.Status(err), x, v, f.Values.Get("_version"), err)
	}
	if err != nil {
		return err
	}
	if made != id.None {
		return r.SeeOther(w, pathOf(r, made)+"/andra?klart=initiative_again")
	}
	return r.SeeOther(w, pathOf(r, x.ID)+"?klart=initiative_closed")
}

// teamView is the page on which the office says who works in an initiative.
type teamView struct {
	ui.Page
	Tag     ui.Form
	Errors  ui.FormErrors
	Back    string
	Team    []teamRow
	People  []ui.Option
	Roles   []ui.Option
	Persons string // where roles are given
}

type teamRow struct{ Name, Note, Action string }

func (s *Pages) teamPage(w http.ResponseWriter, r *web.Request) error {
	return s.showTeam(w, r, http.StatusOK, "", "", nil)
}

func (s *Pages) showTeam(w http.ResponseWriter, r *web.Request, status int, account, role string, fault error) error {
	x, err := s.current(r)
	if err != nil {
		return err
	}
	v := teamView{Errors: ui.ErrorsOf(r.Printer, fault), Back: pathOf(r, x.ID), Persons: r.Path("/personer")}
	v.Page = s.frame(r, r.T("initiativesweb.team.title", "name", x.Name), list(r), ui.Link{Label: x.Name, Href: v.Back})
	v.Faulty = len(v.Errors) > 0
	v.Tag = ui.Form{Action: v.Back + "/personer", Key: id.New().String()}
	team, err := s.Initiatives.Team(r.Context(), r.Actor, r.Scope().ID, x.ID)
	if err != nil {
		return err
	}
	for _, m := range team {
		v.Team = append(v.Team, teamRow{m.Name, i18n.Upper(r.T("access.role." + string(m.Role))), v.Tag.Action + "/" + m.ID.String()})
	}
	people, err := s.Initiatives.Candidates(r.Context(), r.Actor, r.Scope().ID)
	if err != nil {
		return err
	}
	for _, p := range people {
		var roles []string
		for _, ro := range p.Roles {
			if ro.Counts() {
				roles = append(roles, r.T("access.role."+string(ro)))
			}
		}
		v.People = append(v.People, ui.Option{Value: p.ID.String(), Label: p.Name + ", " + r.Printer.List(roles), On: p.ID.String() == account})
	}
	for _, ro := range []actor.Role{actor.InitiativeStaff, actor.InitiativeLead} {
		v.Roles = append(v.Roles, ui.Option{Value: string(ro), Label: i18n.Upper(r.T("access.role." + string(ro))), Hint: r.T("initiativesweb.team." + string(ro)), On: string(ro) == role})
	}
	return r.Render(w, status, teamPage(v))
}

func (s *Pages) assign(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	at, err := pathID(r, "initiative")
	if err != nil {
		return err
	}
	account, role := f.Values.Get("account"), f.Values.Get("role")
	who := f.ID("account")
	if err = f.Err(); err == nil {
		err = s.Initiatives.Assign(r.Context(), r.Actor, r.Scope().ID, at, who, actor.Role(role))
	}
	if onForm(err) {
		return s.showTeam(w, r, web.Status(err), account, role, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, pathOf(r, at)+"/personer?klart=initiative_assigned")
}

func (s *Pages) unassign(w http.ResponseWriter, r *web.Request) error {
	if _, err := r.Form(); err != nil {
		return err
	}
	at, err := pathID(r, "initiative")
	if err != nil {
		return err
	}
	which, err := pathID(r, "assignment")
	if err != nil {
		return err
	}
	err = s.Initiatives.Unassign(r.Context(), r.Actor, r.Scope().ID, at, which)
	if errs.Is(err, errs.Conflict) {
		return s.showTeam(w, r, web.Status(err), "", "", err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, pathOf(r, at)+"/personer?klart=initiative_unassigned")
}
