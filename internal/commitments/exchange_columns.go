package commitments

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/sheet"
)

// ExchangeActivity is an activity as a row of the plan's table.
type ExchangeActivity struct {
	Ref
	ActivityFields
	Version   int64
	Status    Status
	Reached   *int64
	OwnerName string // of an owner who is no colleague any more
}

// Exchange is what the cells of a plan's table are written and read with: whose plan it is, and the names that stand in cells for
// people, promises and associations.
type Exchange struct {
	Home         scope.Association
	Year         int          // of activities that say none
	Printer      i18n.Printer // language of headings and cells; those of every language are read
	Promises     []Promise    // of the association, replaced ones too
	People       []Colleague
	Associations []scope.Association
}

// column is one column of the table. Its heading is the message "exchange.col.<code>".
type column struct {
	code  string
	kind  sheet.Kind
	line  bool // line breaks are not kept
	max   int  // characters; 0 is no limit of its own
	write func(x *Exchange, a ExchangeActivity) string
	// read changes the activity by a cell that differs from what write gives. nil: the column is not for writing, or is read with others.
	read func(x *Exchange, a *ExchangeActivity, cell string) error
}

const (
	colTitle   = "title"
	colWhen    = "when"
	colFrom    = "from"
	colTo      = "to"
	colYear    = "year"
	colStatus  = "status"
	colReached = "reached"
	colHome    = "home"
	colID      = "id"
	colVersion = "version"
	colRow     = "row"   // of the table of faults
	colFault   = "fault" // of the table of faults
)

// columns are in the order of the file. What nobody should change comes last.
var columns = []column{
	text(colTitle, 200, func(a *ExchangeActivity) *string { return &a.Title }),
	{code: "kind", write: func(x *Exchange, a ExchangeActivity) string { return x.word("kind.", a.Kind) }, read: readKind},
	{code: "forms", write: func(x *Exchange, a ExchangeActivity) string { return x.words("form.", a.Forms.Codes()) }, read: func(x *Exchange, a *ExchangeActivity, cell string) (err error) {
		list, err := x.codesOf(cell, "form.", formCodes)
		a.Forms = ParseForms(list)
		return err
	}},
	{code: colWhen, line: true, write: func(x *Exchange, a ExchangeActivity) string { return x.when(a.When) }},
	{code: colFrom, kind: sheet.Date, line: true, write: func(_ *Exchange, a ExchangeActivity) string { return a.When.From.String() }},
	{code: colTo, kind: sheet.Date, line: true, write: func(_ *Exchange, a ExchangeActivity) string { return a.When.To.String() }},
	{code: colYear, kind: sheet.Number, line: true, write: func(_ *Exchange, a ExchangeActivity) string { return strconv.Itoa(a.PlanYear) }},
	text("clock", 60, func(a *ExchangeActivity) *string { return &a.ClockTime }),
	text("place", 200, func(a *ExchangeActivity) *string { return &a.Place }),
	yesNo("digital", func(a *ExchangeActivity) *bool { return &a.Digital }),
	{code: colStatus, write: func(x *Exchange, a ExchangeActivity) string { return x.word("status.", string(a.Status)) }, read: readStatus},
	{code: "serves", write: writeServes, read: readServes},
	{code: "grounds", write: func(x *Exchange, a ExchangeActivity) string { return x.words("ground.", a.Grounds.Codes()) }, read: func(x *Exchange, a *ExchangeActivity, cell string) (err error) {
		list, err := x.codesOf(cell, "ground.", groundCodes)
		a.Grounds = ParseGrounds(list)
		return err
	}},
	{code: "organisers", write: writeOrganisers, read: readOrganisers},
	names("partners", func(a *ExchangeActivity) *[]string { return &a.Partners }),
	names("speakers", func(a *ExchangeActivity) *[]string { return &a.Speakers }),
	text("audience", 500, func(a *ExchangeActivity) *string { return &a.Audience }),
	text("project", 200, func(a *ExchangeActivity) *string { return &a.Project }),
	number("reach_min", func(a *ExchangeActivity) **int64 { return &a.ReachMin }),
	number("reach_max", func(a *ExchangeActivity) **int64 { return &a.ReachMax }),
	text("reach_text", 200, func(a *ExchangeActivity) *string { return &a.ReachText }),
	{code: "owner", line: true, write: writeOwner, read: readOwner},
	{code: "follow_up", kind: sheet.Date, line: true, write: func(_ *Exchange, a ExchangeActivity) string { return a.FollowUpOn.String() }, read: func(x *Exchange, a *ExchangeActivity, cell string) (err error) {
		a.FollowUpOn, err = readDay(cell)
		return err
	}},
	long("description", func(a *ExchangeActivity) *string { return &a.Description }),
	long("notes", func(a *ExchangeActivity) *string { return &a.Notes }),
	yesNo("public", func(a *ExchangeActivity) *bool { return &a.Public }),
	{code: colReached, kind: sheet.Number, write: func(_ *Exchange, a ExchangeActivity) string { return digits(a.Reached) }},
	{code: colHome, write: func(x *Exchange, a ExchangeActivity) string { return x.associationName(a.Home) }},
	{code: colID, write: func(_ *Exchange, a ExchangeActivity) string { return a.ID.String() }},
	{code: colVersion, kind: sheet.Number, write: func(_ *Exchange, a ExchangeActivity) string { return strconv.FormatInt(a.Version, 10) }},
}

func columnOf(code string) (column, bool) {
	i := slices.IndexFunc(columns, func(c column) bool { return c.code == code })
	if i < 0 {
		return column{}, false
	}
	return columns[i], true
}

// Table writes activities as a table.
func (x *Exchange) Table(list []ExchangeActivity) sheet.Table {
	var t sheet.Table
	for _, c := range columns {
		t.Columns = append(t.Columns, sheet.Column{Name: x.Printer.T("exchange.col." + c.code), Kind: c.kind})
	}
	for i, a := range list {
		row := sheet.Row{Number: i + 2}
		for _, c := range columns {
			row.Cells = append(row.Cells, c.cell(x, a))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (c column) cell(x *Exchange, a ExchangeActivity) string { return c.tidy(c.write(x, a)) }

var (
	lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")
	dividers = strings.NewReplacer(";", "\n", ",", "\n")
	spaces   = strings.NewReplacer(" ", "", "\u00a0", "")
)

// tidy is a cell as it is compared: what spreadsheet programs change by themselves makes no difference.
func (c column) tidy(s string) string {
	s = lineEnds.Replace(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == '\uFEFF' {
			return -1
		}
		return r
	}, s))
	if c.line {
		s = strings.Join(strings.Fields(s), " ")
	}
	return s
}

// ask is a fault of a cell: the words are the message key.
func ask(key string, args ...any) error { return errs.E(errs.Invalid, "exchange.fault."+key, args...) }

// shown is a cell in a message.
func shown(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}

func text(code string, most int, field func(a *ExchangeActivity) *string) column {
	return column{code: code, line: true, max: most, write: func(_ *Exchange, a ExchangeActivity) string { return *field(&a) }, read: func(_ *Exchange, a *ExchangeActivity, cell string) error {
		*field(a) = cell
		return nil
	}}
}

func long(code string, field func(a *ExchangeActivity) *string) column {
	c := text(code, maxText, field)
	c.line = false
	return c
}

func yesNo(code string, field func(a *ExchangeActivity) *bool) column {
	return column{code: code, line: true, write: func(x *Exchange, a ExchangeActivity) string {
		if *field(&a) {
			return x.Printer.T("exchange.yes")
		}
		return x.Printer.T("exchange.no")
	}, read: func(x *Exchange, a *ExchangeActivity, cell string) error {
		switch strings.ToLower(cell) {
		case "ja", "j", "yes", "y", "x", "1", "sant", "true":
			*field(a) = true
		case "nej", "n", "no", "0", "falskt", "false", "":
			*field(a) = false
		default:
			return ask("yes_no", "value", shown(cell))
		}
		return nil
	}}
}

func number(code string, field func(a *ExchangeActivity) **int64) column {
	return column{code: code, kind: sheet.Number, line: true, write: func(_ *Exchange, a ExchangeActivity) string { return digits(*field(&a)) }, read: func(_ *Exchange, a *ExchangeActivity, cell string) error {
		if cell == "" {
			*field(a) = nil
			return nil
		}
		n, err := strconv.ParseInt(spaces.Replace(cell), 10, 64)
		if err != nil || n < 0 || n > 1e9 {
			return ask("number", "value", shown(cell))
		}
		*field(a) = &n
		return nil
	}}
}

func digits(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

// names is a list with a name on each line.
func names(code string, field func(a *ExchangeActivity) *[]string) column {
	return column{code: code, max: 2000, write: func(_ *Exchange, a ExchangeActivity) string { return strings.Join(*field(&a), "\n") }, read: func(_ *Exchange, a *ExchangeActivity, cell string) error {
		*field(a) = linesOf(cell)
		return nil
	}}
}

func linesOf(s string) []string {
	var list []string
	for l := range strings.SplitSeq(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			list = append(list, l)
		}
	}
	return list
}

// parts divides a cell at line breaks, semicolons and commas.
func parts(s string) []string {
	return linesOf(dividers.Replace(s))
}

// word is a code in the language of the table, the code itself when it has no word.
func (x *Exchange) word(prefix, code string) string {
	if x.Printer.Has(prefix + code) {
		return x.Printer.T(prefix + code)
	}
	return code
}

func (x *Exchange) words(prefix string, codes []string) string {
	list := make([]string, len(codes))
	for i, c := range codes {
		list[i] = x.word(prefix, c)
	}
	return strings.Join(list, ", ")
}

// code is the code a word stands for, in any language; the code itself is understood too.
func (x *Exchange) code(word, prefix string, codes []string) (string, bool) {
	for _, c := range codes {
		if strings.EqualFold(word, c) {
			return c, true
		}
		for _, l := range lang.All {
			if strings.EqualFold(word, x.Printer.In(l).T(prefix+c)) {
				return c, true
			}
		}
	}
	return "", false
}

func (x *Exchange) codesOf(cell, prefix string, codes []string) ([]string, error) {
	var list []string
	for _, w := range parts(cell) {
		c, ok := x.code(w, prefix, codes)
		if !ok {
			return nil, ask("not_a_choice", "value", shown(w))
		}
		list = append(list, c)
	}
	return list, nil
}

func readKind(x *Exchange, a *ExchangeActivity, cell string) error {
	c, ok := x.code(cell, "kind.", Kinds)
	if !ok {
		return ask("not_a_choice", "value", shown(cell))
	}
	a.Kind = c
	return nil
}

// readStatus lets a plan be confirmed or not. What was done, put off or cancelled is said on the activity's own page, where reasons and
// evidence belong.
func readStatus(x *Exchange, a *ExchangeActivity, cell string) error {
	c, ok := x.code(cell, "status.", []string{string(Planned), string(Confirmed), string(Done), string(Postponed), string(Cancelled)})
	switch {
	case cell == "" && a.ID == id.None:
		return nil
	case !ok:
		return ask("not_a_choice", "value", shown(cell))
	case Status(c) != Planned && Status(c) != Confirmed, a.Status != Planned && a.Status != Confirmed:
		return ask("status")
	}
	a.Status, a.Confirmed = Status(c), Status(c) == Confirmed
	return nil
}

// promiseLabel is how a promise is named in a cell: by its number, with its declaration when another promise in force has the same.
func (x *Exchange) promiseLabel(pledge id.ID) (string, bool) {
	i := slices.IndexFunc(x.Promises, func(p Promise) bool { return p.ID == pledge })
	if i < 0 {
		return "", false
	}
	p := x.Promises[i]
	label := strconv.FormatInt(p.Number, 10)
	if p.ReplacedByID != id.None {
		return p.Slug + "/" + label, true
	}
	for _, o := range x.Promises {
		if o.ID != p.ID && o.Number == p.Number && o.ReplacedByID == id.None {
			return p.Slug + "/" + label, true
		}
	}
	return label, true
}

// writeServes is a line for each promise: its number, and how it is served after a colon.
func writeServes(x *Exchange, a ExchangeActivity) string {
	var list []string
	for _, v := range a.Serves {
		label, ok := x.promiseLabel(v.Pledge)
		if !ok || v.PledgeAssociation != x.Home.ID {
			continue
		}
		if how := strings.Join(strings.Fields(v.How), " "); how != "" {
			label += ": " + how
		}
		list = append(list, label)
	}
	return strings.Join(list, "\n")
}

func readServes(x *Exchange, a *ExchangeActivity, cell string) error {
	var serves []ServingFields
	for _, v := range a.Serves {
		if v.PledgeAssociation != x.Home.ID {
			serves = append(serves, v) // what it serves of another organiser's, that one says
		}
	}
	for _, line := range linesOf(cell) {
		label, how, explained := strings.Cut(line, ":")
		labels := []string{strings.TrimSpace(label)}
		if !explained {
			labels = parts(line)
		}
		for _, label := range labels {
			pledge, ok := x.promise(label)
			if !ok {
				return x.unknownPromise(label)
			}
			v := ServingFields{PledgeAssociation: x.Home.ID, Pledge: pledge, How: strings.TrimSpace(how)}
			if len([]rune(v.How)) > 500 {
				return ask("too_long", "max", 500)
			}
			for _, old := range a.Serves {
				if old.Pledge == pledge && old.PledgeAssociation == x.Home.ID {
					v.Score = old.Score
				}
			}
			if slices.ContainsFunc(serves, func(o ServingFields) bool { return o.Pledge == pledge && o.PledgeAssociation == x.Home.ID }) {
				return ask("promise_twice", "value", shown(label))
			}
			serves = append(serves, v)
		}
	}
	a.Serves = serves
	return nil
}

// unknownPromise is the fault of a label that names no promise, or more than one.
func (x *Exchange) unknownPromise(label string) error {
	for _, p := range x.Promises {
		if p.ReplacedByID == id.None && strconv.FormatInt(p.Number, 10) == label {
			full, _ := x.promiseLabel(p.ID)
			return ask("promise_several", "value", shown(label), "example", full)
		}
	}
	return ask("promise", "value", shown(label))
}

func (x *Exchange) promise(label string) (id.ID, bool) {
	for _, p := range x.Promises {
		if l, _ := x.promiseLabel(p.ID); l == label || strings.EqualFold(label, p.Slug+"/"+strconv.FormatInt(p.Number, 10)) {
			return p.ID, true
		}
	}
	return id.None, false
}

func (x *Exchange) associationName(of id.ID) string {
	i := slices.IndexFunc(x.Associations, func(a scope.Association) bool { return a.ID == of })
	if i < 0 {
		return ""
	}
	for j, a := range x.Associations {
		if j != i && strings.EqualFold(a.ShortName, x.Associations[i].ShortName) {
			return x.Associations[i].Slug
		}
	}
	return x.Associations[i].ShortName
}

func writeOrganisers(x *Exchange, a ExchangeActivity) string {
	var list []string
	for _, o := range a.Organisers {
		list = append(list, x.associationName(o))
	}
	slices.Sort(list)
	return strings.Join(list, "\n")
}

func readOrganisers(x *Exchange, a *ExchangeActivity, cell string) error {
	var list []id.ID
	for _, name := range parts(cell) {
		i := slices.IndexFunc(x.Associations, func(o scope.Association) bool {
			return strings.EqualFold(name, x.associationName(o.ID)) || strings.EqualFold(name, o.Name) || strings.EqualFold(name, o.Slug)
		})
		switch {
		case i < 0:
			return ask("association", "value", shown(name))
		case x.Associations[i].ID == a.Home, slices.Contains(list, x.Associations[i].ID):
			continue
		}
		list = append(list, x.Associations[i].ID)
	}
	a.Organisers = list
	return nil
}

// personLabel is a colleague's name, with her address when another has the same.
func (x *Exchange) personLabel(c Colleague) string {
	for _, o := range x.People {
		if o.ID != c.ID && strings.EqualFold(o.Name, c.Name) {
			return c.Name + " (" + c.Email + ")"
		}
	}
	return c.Name
}

func writeOwner(x *Exchange, a ExchangeActivity) string {
	for _, c := range x.People {
		if c.ID == a.OwnerID {
			return x.personLabel(c)
		}
	}
	return a.OwnerName
}

func readOwner(x *Exchange, a *ExchangeActivity, cell string) error {
	if cell == "" {
		a.OwnerID, a.OwnerName = id.None, ""
		return nil
	}
	var found []Colleague
	for _, c := range x.People {
		if strings.EqualFold(cell, x.personLabel(c)) || c.Email != "" && strings.EqualFold(cell, c.Email) {
			a.OwnerID, a.OwnerName = c.ID, c.Name
			return nil
		}
		if strings.EqualFold(cell, c.Name) {
			found = append(found, c)
		}
	}
	if len(found) > 1 {
		return ask("person_several", "value", shown(cell))
	}
	return ask("person", "value", shown(cell))
}

func readDay(cell string) (period.Date, error) {
	if d, err := period.ParseTyped(cell); err == nil {
		return d, nil
	}
	if w, err := period.ParseTyped(unabbreviated(cell)); err == nil {
		return w, nil
	}
	return period.Date{}, ask("day", "value", shown(cell))
}

// faultOf is what a reader of cells found, as a fault of the column.
func faultOf(code string, err error) errs.Field {
	if e, ok := errors.AsType[*errs.Error](err); ok {
		return errs.Field{Name: code, Key: e.Key, Args: e.Args}
	}
	return errs.Field{Name: code, Key: "error.form"}
}
