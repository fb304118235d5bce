package associationsweb

import (
	"net/http"
	"strconv"

	"samklang/internal/access"
	"samklang/internal/associations"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// settingsView is the page with an association's facts, members and bodies.
type settingsView struct {
	Page     ui.Page
	Errors   ui.FormErrors
	Action   string
	Version  string
	In       factsForm
	Brands   []ui.Option
	Theirs   []ui.Answer // what somebody else saved meanwhile, where it differs from what was typed
	Address  string
	Missing  []string // parties the act asks for
	Members  []namedRow
	Bodies   []namedRow
	Past     []namedRow  // members and bodies that are over
	NewOther [2]string   // addresses of the pages for a new member and a new body
	Facts    []ui.Answer // instead of the form, for those who only read
}

type namedRow struct {
	Kind, Name, About, Href string
}

// note is what the list says under the name: the kind when the name does not say it, and what there is to know.
func (x namedRow) note() string {
	switch {
	case x.About == "":
		return x.Kind
	case x.Kind == x.Name:
		return upper(x.About)
	}
	return x.Kind + ", " + x.About
}

// factsForm is the facts as typed.
type factsForm struct {
	Name, ShortName, OrgNumber, Seat, County, AboutSv, AboutSimple, AboutEn, Email, Phone, Website, Brand, FoundedOn, EndedOn, Lapse string
}

func factsOf(f associations.Facts) factsForm {
	return factsForm{f.Name, f.ShortName, string(f.OrgNumber), f.Seat, f.County, f.AboutSv, f.AboutSimple, f.AboutEn, f.Email, f.Phone, f.Website, f.Brand, iso(f.FoundedOn), iso(f.EndedOn), strconv.FormatInt(f.LapseAfterDays, 10)}
}

// readFacts reads the fields; lengths are checked by the operation, which knows them.
func readFacts(f *web.Form) (factsForm, associations.Facts) {
	const any = 20000
	in := factsForm{f.Text("name", any), f.Text("short_name", any), f.Values.Get("org_number"), f.Text("seat", any), f.Text("county", any), f.Text("about_sv", any), f.Text("about_simple", any), f.Text("about_en", any),
		f.Text("email", any), f.Text("phone", any), f.Text("website", any), f.Values.Get("brand"), f.Values.Get("founded_on"), f.Values.Get("ended_on"), f.Values.Get("lapse_after_days")}
	out := associations.Facts{Name: in.Name, ShortName: in.ShortName, Seat: in.Seat, County: in.County, AboutSv: in.AboutSv, AboutSimple: in.AboutSimple, AboutEn: in.AboutEn,
		Email: in.Email, Phone: in.Phone, Website: in.Website, Brand: in.Brand, FoundedOn: f.Date("founded_on"), EndedOn: f.Date("ended_on")}
	var err error
	if out.OrgNumber, err = associations.ParseOrgNumber(in.OrgNumber); err != nil {
		f.Add("org_number", err.(*errs.Error).Key)
	}
	if n := f.Number("lapse_after_days"); n != nil {
		out.LapseAfterDays = *n
	}
	return in, out
}

func (h *Handlers) settingsPage(w http.ResponseWriter, r *web.Request) error {
	a, err := h.Associations.ByID(r.Context(), r.Scope().ID)
	if err != nil {
		return err
	}
	return h.showSettings(w, r, http.StatusOK, settingsView{In: factsOf(a.Facts), Version: versionOf(a.Version)}, nil)
}

func (h *Handlers) showSettings(w http.ResponseWriter, r *web.Request, status int, v settingsView, fault error) error {
	ctx, sc := r.Context(), r.Scope()
	v.Errors = ui.ErrorsOf(r.Printer, fault)
	v.Page = h.frame(r, r.T("associationsweb.settings.title"), v.Errors)
	v.Action, v.Address = r.Path("/installningar"), r.Absolute(r.Path("/"))
	v.NewOther = [2]string{r.Path("/installningar/medlemmar/ny"), r.Path("/installningar/organ/nytt")}
	for _, b := range ui.Brands {
		v.Brands = append(v.Brands, ui.Option{Value: string(b), Label: r.T("ui.brand." + string(b)), On: string(b) == v.In.Brand})
	}
	changes := access.May(r.Actor, access.AssociationEdit, access.Object{Association: sc.ID})
	if !changes {
		v.Facts = facts(r, v.In)
	}
	href := func(path string) string {
		if !changes {
			return ""
		}
		return r.Path(path)
	}
	today := clock.Today(h.Clock)
	members, err := h.Associations.Members(ctx, sc.ID)
	if err != nil {
		return err
	}
	for _, k := range associations.MissingParties(members, today) {
		v.Missing = append(v.Missing, r.T("associations.member."+string(k)))
	}
	for _, m := range members {
		row := namedRow{r.T("associations.member." + string(m.Kind)), m.Name, since(r, m.Span), href("/installningar/medlemmar/" + m.ID.String())}
		if !m.ValidTo.IsZero() && m.ValidTo.Before(today) {
			v.Past = append(v.Past, row)
		} else {
			v.Members = append(v.Members, row)
		}
	}
	bodies, err := h.Associations.Bodies(ctx, sc.ID)
	if err != nil {
		return err
	}
	for _, b := range bodies {
		row := namedRow{r.T("associations.body." + string(b.Kind)), b.Name, since(r, b.Span), href("/installningar/organ/" + b.ID.String())}
		if !b.ValidTo.IsZero() && b.ValidTo.Before(today) {
			v.Past = append(v.Past, row)
		} else {
			v.Bodies = append(v.Bodies, row)
		}
	}
	return r.Render(w, status, settingsPage(v))
}

func (h *Handlers) saveFacts(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	v := settingsView{Version: versionOf(f.Version())}
	var in associations.Facts
	v.In, in = readFacts(f)
	if err = f.Err(); err == nil {
		err = h.Associations.Edit(r.Context(), r.Actor, r.Scope().ID, f.Version(), in)
	}
	if errs.Is(err, errs.Conflict) {
		now, e := h.Associations.ByID(r.Context(), r.Scope().ID)
		if e != nil {
			return e
		}
		v.Version, v.Theirs = versionOf(now.Version), differing(r, v.In, factsOf(now.Facts))
	}
	if onForm(err) {
		return h.showSettings(w, r, web.Status(err), v, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, done(r.Path("/installningar"), "association_saved"))
}

// differing lists the fields where what somebody else saved is not what was typed here.
func differing(r *web.Request, mine, theirs factsForm) []ui.Answer {
	var list []ui.Answer
	for _, x := range []struct{ field, mine, theirs string }{
		{"name", mine.Name, theirs.Name}, {"short_name", mine.ShortName, theirs.ShortName}, {"org_number", mine.OrgNumber, theirs.OrgNumber}, {"seat", mine.Seat, theirs.Seat}, {"county", mine.County, theirs.County},
		{"about_sv", mine.AboutSv, theirs.AboutSv}, {"about_simple", mine.AboutSimple, theirs.AboutSimple}, {"about_en", mine.AboutEn, theirs.AboutEn}, {"email", mine.Email, theirs.Email}, {"phone", mine.Phone, theirs.Phone},
		{"website", mine.Website, theirs.Website}, {"brand", mine.Brand, theirs.Brand}, {"founded_on", mine.FoundedOn, theirs.FoundedOn}, {"ended_on", mine.EndedOn, theirs.EndedOn}, {"lapse_after_days", mine.Lapse, theirs.Lapse},
	} {
		if x.mine != x.theirs {
			list = append(list, ui.Answer{Question: upper(r.T("audit.field." + x.field)), Answer: x.theirs})
		}
	}
	return list
}

// facts is what is kept of the association, to read.
func facts(r *web.Request, in factsForm) []ui.Answer {
	brand := ""
	if in.Brand != "" {
		brand = r.T("ui.brand." + in.Brand)
	}
	var list []ui.Answer
	for _, x := range []struct{ field, now string }{
		{"name", in.Name}, {"short_name", in.ShortName}, {"org_number", in.OrgNumber}, {"seat", in.Seat}, {"county", in.County}, {"about_sv", in.AboutSv}, {"about_simple", in.AboutSimple}, {"about_en", in.AboutEn},
		{"email", in.Email}, {"phone", in.Phone}, {"website", in.Website}, {"brand", brand}, {"founded_on", in.FoundedOn}, {"ended_on", in.EndedOn}, {"lapse_after_days", in.Lapse},
	} {
		list = append(list, ui.Answer{Question: upper(r.T("audit.field." + x.field)), Answer: x.now})
	}
	return list
}

// partView is the form of one member or one body.
type partView struct {
	Page    ui.Page
	Errors  ui.FormErrors
	Action  string
	Back    string
	Version string
	Title   string
	Labels  [2]string // of the kind and of the name
	Hint    string
	Kinds   []ui.Option
	Name    string
	Span    spanForm
	Theirs  string // what somebody else saved meanwhile
}

func (h *Handlers) showPart(w http.ResponseWriter, r *web.Request, status int, v partView, fault error) error {
	v.Errors = ui.ErrorsOf(r.Printer, fault)
	v.Page = h.frame(r, v.Title, v.Errors)
	v.Back = r.Path("/installningar")
	v.Page.Crumbs = []ui.Link{{Label: r.T("associationsweb.settings.title"), Href: v.Back}}
	return r.Render(w, status, partPage(v))
}

func (h *Handlers) memberView(r *web.Request, kind associations.MemberKind) partView {
	v := partView{Action: r.Path("/installningar/medlemmar/" + r.PathValue("member")), Title: r.T("associationsweb.member.title"), Labels: [2]string{r.T("associationsweb.member.kind"), r.T("associationsweb.member.name")}, Hint: r.T("associationsweb.member.hint")}
	if r.PathValue("member") == "ny" {
		v.Title = r.T("associationsweb.member.new")
	}
	for _, k := range associations.MemberKinds {
		v.Kinds = append(v.Kinds, ui.Option{Value: string(k), Label: r.T("associations.member." + string(k)), On: k == kind})
	}
	return v
}

// member finds the member that the address names.
func (h *Handlers) member(r *web.Request) (associations.Member, error) {
	list, err := h.Associations.Members(r.Context(), r.Scope().ID)
	if err != nil {
		return associations.Member{}, err
	}
	for _, m := range list {
		if m.ID.String() == r.PathValue("member") {
			return m, nil
		}
	}
	return associations.Member{}, errs.E(errs.NotFound, "error.not_found")
}

func (h *Handlers) memberPage(w http.ResponseWriter, r *web.Request) error {
	if r.PathValue("member") == "ny" {
		return h.showPart(w, r, http.StatusOK, h.memberView(r, ""), nil)
	}
	m, err := h.member(r)
	if err != nil {
		return err
	}
	v := h.memberView(r, m.Kind)
	v.Name, v.Span, v.Version = m.Name, written(m.Span), versionOf(m.Version)
	return h.showPart(w, r, http.StatusOK, v, nil)
}

func (h *Handlers) saveMember(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	in := associations.MemberFacts{Kind: associations.MemberKind(f.Values.Get("kind")), Name: f.Text("name", 2000)}
	v := h.memberView(r, in.Kind)
	v.Name, v.Version = in.Name, f.Values.Get("_version")
	v.Span, in.Span = readSpan(f)
	switch {
	case f.Err() != nil:
		err = f.Err()
	case r.PathValue("member") == "ny":
		_, err = h.Associations.AddMember(r.Context(), r.Actor, r.Scope().ID, in)
	default:
		var m associations.Member
		if m, err = h.member(r); err != nil {
			return err
		}
		if err = h.Associations.EditMember(r.Context(), r.Actor, r.Scope().ID, m.ID, f.Version(), in); errs.Is(err, errs.Conflict) {
			v.Version, v.Theirs = versionOf(m.Version), r.T("associations.member."+string(m.Kind))+", "+m.Name+". "+since(r, m.Span)
		}
	}
	if onForm(err) {
		return h.showPart(w, r, web.Status(err), v, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, done(r.Path("/installningar"), "member_saved"))
}

func (h *Handlers) bodyView(r *web.Request, kind associations.BodyKind) partView {
	v := partView{Action: r.Path("/installningar/organ/" + r.PathValue("body")), Title: r.T("associationsweb.body.title"), Labels: [2]string{r.T("associationsweb.body.kind"), r.T("associationsweb.body.name")}, Hint: r.T("associationsweb.body.hint")}
	if r.PathValue("body") == "nytt" {
		v.Title = r.T("associationsweb.body.new")
	}
	for _, k := range associations.BodyKinds {
		v.Kinds = append(v.Kinds, ui.Option{Value: string(k), Label: r.T("associations.body." + string(k)), On: k == kind})
	}
	return v
}

// body finds the body that the address names.
func (h *Handlers) body(r *web.Request) (associations.Body, error) {
	list, err := h.Associations.Bodies(r.Context(), r.Scope().ID)
	if err != nil {
		return associations.Body{}, err
	}
	for _, b := range list {
		if b.ID.String() == r.PathValue("body") {
			return b, nil
		}
	}
	return associations.Body{}, errs.E(errs.NotFound, "error.not_found")
}

func (h *Handlers) bodyPage(w http.ResponseWriter, r *web.Request) error {
	if r.PathValue("body") == "nytt" {
		return h.showPart(w, r, http.StatusOK, h.bodyView(r, ""), nil)
	}
	b, err := h.body(r)
	if err != nil {
		return err
	}
	v := h.bodyView(r, b.Kind)
	v.Name, v.Span, v.Version = b.Name, written(b.Span), versionOf(b.Version)
	return h.showPart(w, r, http.StatusOK, v, nil)
}

func (h *Handlers) saveBody(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	in := associations.BodyFacts{Kind: associations.BodyKind(f.Values.Get("kind")), Name: f.Text("name", 2000)}
	v := h.bodyView(r, in.Kind)
	v.Name, v.Version = in.Name, f.Values.Get("_version")
	v.Span, in.Span = readSpan(f)
	switch {
	case f.Err() != nil:
		err = f.Err()
	case r.PathValue("body") == "nytt":
		_, err = h.Associations.AddBody(r.Context(), r.Actor, r.Scope().ID, in)
	default:
		var b associations.Body
		if b, err = h.body(r); err != nil {
			return err
		}
		if err = h.Associations.EditBody(r.Context(), r.Actor, r.Scope().ID, b.ID, f.Version(), in); errs.Is(err, errs.Conflict) {
			v.Version, v.Theirs = versionOf(b.Version), r.T("associations.body."+string(b.Kind))+", "+b.Name+". "+since(r, b.Span)
		}
	}
	if onForm(err) {
		return h.showPart(w, r, web.Status(err), v, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, done(r.Path("/installningar"), "body_saved"))
}

// adminView lists the associations of the installation.
type adminView struct {
	Page  ui.Page
	Table ui.Table
	To    func(path string) string
	Told  int // what visitors told that waits
}

func (h *Handlers) listPage(w http.ResponseWriter, r *web.Request) error {
	list, err := h.Associations.List(r.Context())
	if err != nil {
		return err
	}
	v := adminView{Page: h.frame(r, r.T("associationsweb.admin.title"), nil), To: r.Top}
	if h.Barriers != nil {
		if v.Told, err = h.Barriers(r.Context()); err != nil {
			return err
		}
	}
	v.Table = ui.Table{Caption: r.T("associationsweb.admin.caption"), Columns: []ui.Column{{Label: upper(r.T("audit.field.name"))}, {Label: upper(r.T("audit.field.slug"))}, {Label: r.T("associationsweb.admin.people")}, {Label: r.T("associationsweb.admin.facts")}, {Label: upper(r.T("audit.field.host"))}}}
	for _, a := range list {
		sc := a.Scope()
		host := ui.Cell{Text: r.T("associationsweb.admin.no_host"), Href: r.Top("/administration/forbund/" + a.ID.String())}
		if a.Host != "" {
			host.Text = string(a.Host)
		}
		v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: []ui.Cell{
			{Text: a.Name, Href: r.Of(sc, "/")}, {Text: "/" + string(a.Slug)}, {Text: r.T("associationsweb.admin.people_open"), Href: r.Of(sc, "/personer")}, {Text: r.T("associationsweb.admin.facts_open"), Href: r.Of(sc, "/installningar")}, host}})
	}
	return r.Render(w, http.StatusOK, adminPage(v))
}

// createView is the form of a new association; the rest of the facts is filled in on its own page.
type createView struct {
	Page                        ui.Page
	Errors                      ui.FormErrors
	Action, Back                string
	Name, ShortName, Slug, Host string
	Version                     string // set on the form that changes the host of an existing association
	Title                       string
	Theirs                      string
}

func (h *Handlers) createPage(w http.ResponseWriter, r *web.Request) error {
	return h.showCreate(w, r, http.StatusOK, createView{}, nil)
}

func (h *Handlers) showCreate(w http.ResponseWriter, r *web.Request, status int, v createView, fault error) error {
	v.Errors = ui.ErrorsOf(r.Printer, fault)
	v.Title = r.T("associationsweb.create.title")
	v.Page = h.frame(r, v.Title, v.Errors)
	v.Action, v.Back = r.Top("/administration/forbund"), r.Top("/administration")
	v.Page.Crumbs = []ui.Link{{Label: r.T("associationsweb.admin.title"), Href: v.Back}}
	return r.Render(w, status, createPage(v))
}

func (h *Handlers) create(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	v := createView{Name: f.Text("name", 2000), ShortName: f.Text("short_name", 2000), Slug: f.Text("slug", 200), Host: f.Text("host", 300)}
	slug := v.Slug
	if slug == "" {
		slug = string(associations.SuggestSlug(v.ShortName))
	}
	var made associations.Association
	if err = f.Err(); err == nil {
		made, err = h.Associations.Create(r.Context(), r.Actor, associations.NewAssociation{Slug: slug, Host: v.Host, Facts: associations.Facts{Name: v.Name, ShortName: v.ShortName}})
	}
	if onForm(err) {
		return h.showCreate(w, r, web.Status(err), v, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, done(r.Of(made.Scope(), "/personer"), "association_created"))
}

// ofPath finds the association that an address of the installation names.
func (h *Handlers) ofPath(r *web.Request) (associations.Association, error) {
	x, err := id.Parse(r.PathValue("association"))
	if err != nil {
		return associations.Association{}, errs.E(errs.NotFound, "error.not_found")
	}
	return h.Associations.ByID(r.Context(), x)
}

func (h *Handlers) hostPage(w http.ResponseWriter, r *web.Request) error {
	a, err := h.ofPath(r)
	if err != nil {
		return err
	}
	return h.showHost(w, r, http.StatusOK, a, createView{Host: string(a.Host)}, nil)
}

func (h *Handlers) showHost(w http.ResponseWriter, r *web.Request, status int, a associations.Association, v createView, fault error) error {
	v.Errors = ui.ErrorsOf(r.Printer, fault)
	v.Title = r.T("associationsweb.host.title", "name", a.ShortName)
	v.Page = h.frame(r, v.Title, v.Errors)
	v.Action, v.Back = r.Top("/administration/forbund/"+a.ID.String()), r.Top("/administration")
	v.Version = versionOf(a.Version)
	v.Page.Crumbs = []ui.Link{{Label: r.T("associationsweb.admin.title"), Href: v.Back}}
	if errs.Is(fault, errs.Conflict) {
		v.Theirs = string(a.Host)
	}
	return r.Render(w, status, hostPage(v))
}

func (h *Handlers) saveHost(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	a, err := h.ofPath(r)
	if err != nil {
		return err
	}
	v := createView{Host: f.Text("host", 300)}
	if err = f.Err(); err == nil {
		err = h.Associations.Rehost(r.Context(), r.Actor, a.ID, f.Version(), v.Host)
	}
	if onForm(err) {
		return h.showHost(w, r, web.Status(err), a, v, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, done(r.Top("/administration"), "host_saved"))
}
