package followupweb

import (
	"net/http"

	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/followup"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

func periodOf(s string) (period.Block, error) { return period.ParseBlock(s) }

// settingsView is how an association counts.
type settingsView struct {
	ui.Page
	Errors    ui.FormErrors
	Now       string
	UnitTag   ui.Form
	UnitLabel string
	Units     []ui.Option
	CodesTag  ui.Form
	Groups    []settingGroup
}

type settingGroup struct {
	Label string
	Codes []settingRow
}

// used is how many of the answers are used.
func (g settingGroup) used() (n int) {
	for _, c := range g.Codes {
		if c.On {
			n++
		}
	}
	return n
}

type settingRow struct {
	Used, Label string // names of the fields
	Words, Own  string
	On          bool
}

func (s *Pages) settingsPage(w http.ResponseWriter, r *web.Request) error {
	return s.showSettings(w, r, http.StatusOK, nil, "", nil)
}

func (s *Pages) showSettings(w http.ResponseWriter, r *web.Request, status int, typed []followup.Setting, unit string, fault error) error {
	now, err := s.Followup.Settings(r.Context(), r.Actor, r.Scope().ID)
	if err != nil {
		return err
	}
	v := settingsView{Page: s.frame(r, r.T("followupweb.settings.title")), Errors: ui.ErrorsOf(r.Printer, fault)}
	v.Faulty, v.Printed = len(v.Errors) > 0, ""
	here := r.Path("/insatser/installningar")
	v.Now = r.T("followupweb.settings.now."+string(now.Now), "year", itoa(s.today().Year))
	v.UnitTag, v.CodesTag = ui.Form{Action: here + "/perioder", Key: id.New().String()}, ui.Form{Action: here, Key: id.New().String(), WarnLeave: true}
	v.UnitLabel = r.T("followupweb.settings.next", "year", itoa(now.Year))
	for _, u := range []period.Every{period.HalfYear, period.EachMonth} {
		v.Units = append(v.Units, ui.Option{Value: string(u), Label: r.T("followupweb.settings.unit." + string(u)), On: unit == string(u) || unit == "" && now.Next == u})
	}
	codes := now.Codes
	if typed != nil {
		codes = typed
	}
	for _, c := range codes {
		name := r.T("followupweb.variable." + c.Variable)
		if c.Variable == followup.SupportStart {
			name = r.T("followupweb.settings.support")
		}
		if n := len(v.Groups); n == 0 || v.Groups[n-1].Label != name {
			v.Groups = append(v.Groups, settingGroup{Label: name})
		}
		g := &v.Groups[len(v.Groups)-1]
		g.Codes = append(g.Codes, settingRow{Used: "used." + c.Variable + "." + c.Code, Label: "label." + c.Variable + "." + c.Code, Words: i18n.Upper(label(r.Printer, c.Variable, followup.Code{Code: c.Code})), Own: c.Label, On: c.Used})
	}
	return r.Render(w, status, settingsPage(v))
}

func (s *Pages) saveSettings(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	now, err := s.Followup.Settings(r.Context(), r.Actor, r.Scope().ID)
	if err != nil {
		return err
	}
	list := now.Codes
	for i, c := range list {
		list[i].Used, list[i].Label = f.Bool("used."+c.Variable+"."+c.Code), f.Text("label."+c.Variable+"."+c.Code, 1000)
	}
	if err = f.Err(); err == nil {
		err = s.Followup.SetCodes(r.Context(), r.Actor, r.Scope().ID, list)
	}
	if onForm(err) {
		return s.showSettings(w, r, web.Status(err), list, "", err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, r.Path("/insatser/installningar")+"?klart=codes_saved")
}

func (s *Pages) saveUnit(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	unit := f.Values.Get("unit")
	err = s.Followup.SetUnit(r.Context(), r.Actor, r.Scope().ID, period.Every(unit))
	if onForm(err) {
		return s.showSettings(w, r, web.Status(err), nil, unit, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, r.Path("/insatser/installningar")+"?klart=unit_saved")
}
