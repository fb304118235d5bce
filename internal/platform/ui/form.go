package ui

import (
	"errors"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"samklang/internal/core/errs"
)

// Form is one form: it is sent with POST, checked by the server, and answers with itself and its errors or with a redirect.
type Form struct {
	Action    string
	Key       string // idempotency key; sent as "_key", so that a form that is sent twice does its work once
	Version   string // what the person saw when she began; sent as "_version", "" when the thing is new
	Files     bool   // holds a FileUpload
	Autosave  string // address that takes drafts of the same fields; "" saves only by the button
	WarnLeave bool   // ask before text that is not saved is left; for long forms
}

// FormErrors are what is wrong with a form, in the order of its fields, in the page's language.
type FormErrors []FormError

// FormError is one fault. Name "" concerns the form as a whole.
type FormError struct{ Name, Text string }

// ErrorsOf translates the field faults of an errs.Error. An error without fields becomes one line of its own; nil gives nil.
func ErrorsOf(p Printer, err error) FormErrors {
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		return nil
	}
	if len(e.Fields) == 0 {
		return FormErrors{{Text: p.TMap(e.Key, e.Args)}}
	}
	var list FormErrors
	for _, f := range e.Fields {
		list = append(list, FormError{Name: f.Name, Text: p.TMap(f.Key, f.Args)})
	}
	return list
}

// For is the first fault of the field, "" when there is none.
func (list FormErrors) For(name string) string {
	for _, e := range list {
		if e.Name == name {
			return e.Text
		}
	}
	return ""
}

// Field is what every form field has.
type Field struct {
	Name     string
	Label    string
	Hint     string
	Error    string // FormErrors.For(Name); the same words as in the summary
	Optional bool   // optional fields are marked, required ones are not
}

// TextField is one line of text.
type TextField struct {
	Field
	Value    string
	Type     string // "text" when ""; "email", "tel", "url", "search"
	Mode     string // inputmode: "numeric", "decimal"
	Complete string // autocomplete token, when the field asks for something about the person herself
	Size     int    // width in characters when a short answer is expected; 0 fills the column
	Max      int    // hard limit; 0 is none
	Lang     string // language of the answer when it is not the page's
}

// TextArea is a text of several lines. Max shows how much is left; more can be typed and is refused with words by the server.
type TextArea struct {
	Field
	Value string
	Rows  int // 5 when 0
	Max   int
	Lang  string
}

// DateField is a day, typed as one likes: 2026-09-24, 24 september, 24/9. With a script there is a calendar beside it as well.
type DateField struct {
	Field
	Value string
}

// Option is one answer of a Select, Radios or Checkboxes.
type Option struct {
	Value, Label, Hint string
	On                 bool
}

// Choice is a question with given answers.
type Choice struct {
	Field
	Options []Option
	Blank   bool // a Select begins with "Välj" and no answer
	First   int  // how many options stand before these, where a question lies in two parts
}

// FileUpload takes one file.
type FileUpload struct {
	Field
	Accept string // ".pdf,.docx"
	Now    string // name of the file that is there already
}

// Answer is one line of a SummaryList.
type Answer struct {
	Question string
	Answer   string // "" shows that there is none
	Change   string // address of the page with the question, with its anchor
}

func (f Field) hintID() string  { return id(f.Name) + "-hint" }
func (f Field) errorID() string { return id(f.Name) + "-error" }

// describe is the attributes that tie hint and error to a control.
func (f Field) describe(extra ...string) templ.Attributes {
	var by []string
	if f.Hint != "" {
		by = append(by, f.hintID())
	}
	by = append(by, extra...)
	if f.Error != "" {
		by = append(by, f.errorID())
	}
	a := attrs("aria-describedby", strings.Join(by, " "))
	if f.Error != "" {
		a["aria-invalid"] = "true"
	}
	return a
}

func (f TextField) control() templ.Attributes {
	t := f.Type
	if t == "" {
		t = "text"
	}
	a := attrs("type", t, "inputmode", f.Mode, "autocomplete", f.Complete, "lang", f.Lang)
	if f.Size > 0 {
		a["size"] = strconv.Itoa(f.Size)
	}
	if f.Max > 0 {
		a["maxlength"] = strconv.Itoa(f.Max)
	}
	return a
}

func (f TextArea) counter(p Printer) templ.Attributes {
	if f.Max == 0 {
		return nil
	}
	return templ.Attributes{
		"data-max":        strconv.Itoa(f.Max),
		"data-left-one":   p.T("ui.form.count", "n", 1),
		"data-left-other": p.T("ui.form.count"),
		"data-over-one":   p.T("ui.form.over", "n", 1),
		"data-over-other": p.T("ui.form.over"),
	}
}

func (f TextArea) described() templ.Attributes {
	if f.Max == 0 {
		return f.describe()
	}
	return f.describe(id(f.Name) + "-count")
}

func (f TextArea) rows() string {
	if f.Rows == 0 {
		return "5"
	}
	return strconv.Itoa(f.Rows)
}

func (f Form) attrs(p Printer) templ.Attributes {
	a := templ.Attributes{}
	if f.Files {
		a["enctype"] = "multipart/form-data"
	}
	if f.Autosave != "" {
		a["data-autosave"] = f.Autosave
		a["data-saved"] = p.T("ui.form.saved")
		a["data-failed"] = p.T("ui.form.unsaved.failed")
		a["data-conflict"] = p.T("ui.form.unsaved.conflict")
	}
	if f.WarnLeave || f.Autosave != "" {
		a["data-warn"] = p.T("ui.form.unsaved")
	}
	return a
}

// optionID is the element id of answer i; the first has the field's own, so that the summary's link lands on it.
func optionID(name string, i int) string {
	if i == 0 {
		return id(name)
	}
	return id(name) + "-" + strconv.Itoa(i+1)
}
