package web

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"
)

// OnceField is the hidden field with the key that makes a form take effect once.
const OnceField = "_key"

// Form reads the fields of a sent form and collects what is wrong with them. Its values stay as they were typed, so that a faulty
// form can be shown again.
type Form struct {
	errs.Form
	Values url.Values
	files  map[string][]*multipart.FileHeader
}

// Form reads the body. The whole request then runs at most once for the form's key and content (db.WithOnce).
func (r *Request) Form() (*Form, error) {
	f := &Form{}
	var err error
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		if err = r.ParseMultipartForm(1 << 20); err == nil {
			f.files = r.MultipartForm.File
		}
	} else {
		err = r.ParseForm()
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, errs.E(errs.TooLarge, "error.too_large", "max", int(r.route.bodyLimit()>>20)).Because(err)
	}
	if err != nil {
		return nil, errs.E(errs.Invalid, "error.unreadable_form").Because(err)
	}
	f.Values = r.PostForm
	if len(f.Values.Get(OnceField)) == 36 {
		if r.once, err = f.print(r.route.Path + " " + r.URL.Path); err != nil {
			return nil, err
		}
		r.Request = r.Request.WithContext(db.WithOnce(r.Context(), r.once))
	}
	return f, nil
}

// print is the form's key together with where it was sent and everything that was filled in, the content of files with it. Who goes back in the browser and sends the same form with
// other words means something new by it; only the same form with the same words is a repetition.
func (f *Form) print(where string) (string, error) {
	h := sha256.New()
	io.WriteString(h, where+"\n"+f.Values.Encode())
	for _, name := range slices.Sorted(maps.Keys(f.files)) {
		for _, x := range f.files[name] {
			fmt.Fprintf(h, "\n%s %q %d ", name, x.Filename, x.Size)
			content, err := x.Open()
			if err != nil {
				return "", err
			}
			_, err = io.Copy(h, content)
			if err := errors.Join(err, content.Close()); err != nil {
				return "", err
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Text is the field's text without surrounding white space and control characters. It may hold at most max characters.
func (f *Form) Text(name string, max int) string {
	s := clean(f.Values.Get(name))
	if n := utf8.RuneCountInString(s); n > max {
		f.Add(name, "error.too_long", "max", max, "now", n)
	}
	return s
}

// Required is Text that must not be empty; the message key says what to do.
func (f *Form) Required(name string, max int, key string) string {
	s := f.Text(name, max)
	if s == "" {
		f.Add(name, key)
	}
	return s
}

func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, s))
}

// Bool tells whether a checkbox is ticked.
func (f *Form) Bool(name string) bool { return f.Values.Get(name) != "" }

// Number is a whole number of at least zero, nil when the field is empty.
func (f *Form) Number(name string) *int64 {
	s := strings.NewReplacer(" ", "", "\u00a0", "").Replace(clean(f.Values.Get(name)))
	if s == "" {
		return nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > 1e9 {
		f.Add(name, "error.not_a_number")
		return nil
	}
	return &n
}

// Version is the hidden field with the version of the row that the form shows.
func (f *Form) Version() int64 {
	n, _ := strconv.ParseInt(f.Values.Get("_version"), 10, 64)
	return n
}

// Date reads 2026-09-24, 24 september 2026, 24/9 2026 and what comes near; none is the zero Date.
func (f *Form) Date(name string) period.Date {
	d, err := period.ParseTyped(clean(f.Values.Get(name)))
	if err != nil {
		f.Add(name, "error.not_a_date")
	}
	return d
}

// ID is an id chosen from a list, None when nothing is chosen.
func (f *Form) ID(name string) id.ID {
	s := f.Values.Get(name)
	if s == "" {
		return id.None
	}
	v, err := id.Parse(s)
	if err != nil {
		f.Add(name, "error.not_a_choice")
	}
	return v
}

// Choice is one of the allowed values.
func (f *Form) Choice(name string, allowed ...string) string {
	s := f.Values.Get(name)
	for _, a := range allowed {
		if s == a {
			return s
		}
	}
	f.Add(name, "error.not_a_choice")
	return ""
}

// Choices are all values of a group of checkboxes.
func (f *Form) Choices(name string) []string { return f.Values[name] }

// File is an uploaded file, nil when none was chosen.
func (f *Form) File(name string) *multipart.FileHeader {
	if l := f.files[name]; len(l) > 0 && l[0].Size > 0 {
		return l[0]
	}
	return nil
}
