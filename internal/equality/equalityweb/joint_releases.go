package equalityweb

import (
	"encoding/json"
	"net/http"

	"samklang/internal/access"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/equality"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

func (s *Pages) findJoint(r *web.Request) (equality.JointRelease, equality.JointContent, equality.JointBasis, error) {
	release, err := pathed(r, "release")
	if err != nil {
		return equality.JointRelease{}, equality.JointContent{}, equality.JointBasis{}, err
	}
	x, err := s.Equality.JointRelease(r.Context(), r.Actor, r.Scope().ID, release)
	if err != nil {
		return x, equality.JointContent{}, equality.JointBasis{}, err
	}
	c, err := x.Content()
	if err != nil {
		return x, c, equality.JointBasis{}, err
	}
	b, err := c.Basis()
	return x, c, b, err
}

func (s *Pages) jointRelease(w http.ResponseWriter, r *web.Request) error {
	return s.showJointRelease(w, r, http.StatusOK, nil)
}

func (s *Pages) showJointRelease(w http.ResponseWriter, r *web.Request, status int, fault error) error {
	x, c, b, err := s.findJoint(r)
	if err != nil {
		return err
	}
	here := jointPath(r, x.ID)
	v := releaseView{Page: s.frame(r, x.Title, ui.Link{Label: r.T("equalityweb.releases"), Href: r.Path("/statistik")}), Head: ui.PageHead{Kicker: jointState(r, x), Title: x.Title}, Errors: ui.ErrorsOf(r.Printer, fault)}
	v.Faulty, v.Withdrawn = len(v.Errors) > 0, x.WithdrawnReason
	v.of(r, c.Content, b.Basis, b.Examine())
	var shorts, waiting []string
	facts := []ui.Answer{}
	for _, p := range c.Associations {
		shorts = append(shorts, p.Short)
	}
	facts = append(facts, ui.Answer{Question: r.T("equalityweb.joint.members"), Answer: r.Printer.List(shorts)})
	scopes, err := s.Scopes(r)
	if err != nil {
		return err
	}
	for _, p := range x.Parts {
		if p.ApprovedBy == id.None {
			waiting = append(waiting, scopes[p.MemberID])
		}
	}
	if x.WithdrawnFor != id.None {
		facts = append(facts, ui.Answer{Question: r.T("equalityweb.joint.withdrawn_by"), Answer: scopes[x.WithdrawnFor]})
	}
	v.Facts = append(append(facts, v.Facts...), ui.Answer{Question: r.T("equalityweb.release.sum"), Answer: x.SHA256})
	v.Files = []ui.Link{{Label: r.T("equalityweb.release.csv"), Href: here + "/tabeller.csv"}, {Label: r.T("equalityweb.release.json"), Href: here + "/tabeller.json"}, {Label: r.T("equalityweb.release.catalogue"), Href: r.Path("/statistik/katalog.rdf")}}
	switch x.State {
	case equality.Prepared:
		v.Robots = "noindex"
		v.Waits = r.T("equalityweb.joint.waits", "names", r.Printer.List(waiting))
		if may(r, access.EqualityApprove, id.None) && x.MayApprove(r.Actor.Account, r.Scope().ID) {
			v.Approve = &ui.Form{Action: here + "/godkann", Key: id.New().String()}
		}
	case equality.Public:
		if may(r, access.EqualityManage, id.None) {
			v.Withdraw = &ui.Form{Action: here + "/dra-tillbaka", Key: id.New().String()}
		}
	}
	return r.Render(w, status, releasePage(v))
}

func (s *Pages) jointApprove(w http.ResponseWriter, r *web.Request) error {
	return s.moveJoint(w, r, "joint_approved", func(_ *web.Form, release id.ID) error {
		return s.Equality.ApproveTogether(r.Context(), r.Actor, r.Scope().ID, release)
	})
}

func (s *Pages) jointWithdraw(w http.ResponseWriter, r *web.Request) error {
	return s.moveJoint(w, r, "equality_withdrawn", func(f *web.Form, release id.ID) error {
		return s.Equality.WithdrawTogether(r.Context(), r.Actor, r.Scope().ID, release, f.Values.Get("reason"))
	})
}

func (s *Pages) moveJoint(w http.ResponseWriter, r *web.Request, done string, do func(f *web.Form, release id.ID) error) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	release, err := pathed(r, "release")
	if err != nil {
		return err
	}
	err = do(f, release)
	if onForm(err) {
		return s.showJointRelease(w, r, web.Status(err), err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, jointPath(r, release)+"?klart="+done)
}

// openJoint gives a joint release that everybody may have the files of.
func (s *Pages) openJoint(r *web.Request) (equality.JointRelease, equality.JointContent, equality.JointBasis, error) {
	x, c, b, err := s.findJoint(r)
	if err == nil && x.State == equality.Prepared {
		err = errs.E(errs.NotFound, "error.not_found")
	}
	return x, c, b, err
}

func (s *Pages) jointCSV(w http.ResponseWriter, r *web.Request) error {
	x, c, b, err := s.openJoint(r)
	if err != nil {
		return err
	}
	body, err := tablesCSV(c.Content, b.Basis)
	if err != nil {
		return err
	}
	return send(w, "text/csv; charset=utf-8", "gemensam-statistik-"+itoa(x.Number)+".csv", body)
}

func (s *Pages) jointJSON(w http.ResponseWriter, r *web.Request) error {
	x, c, _, err := s.openJoint(r)
	if err != nil {
		return err
	}
	body, err := json.MarshalIndent(struct {
		Release   id.ID       `json:"release"`
		Number    int64       `json:"number"`
		Title     string      `json:"title"`
		State     string      `json:"state"`
		Published period.Date `json:"published"`
		Withdrawn period.Date `json:"withdrawn,omitzero"`
		Reason    string      `json:"reason,omitempty"`
		SHA256    string      `json:"sha256"`
		equality.JointContent
	}{x.ID, x.Number, x.Title, string(x.State), x.PublishedOn, x.WithdrawnOn, x.WithdrawnReason, x.SHA256, c}, "", "  ")
	if err != nil {
		return err
	}
	return send(w, "application/json; charset=utf-8", "", append(body, '\n'))
}

// groups lists those the association looks together with, for the overview.
func (s *Pages) groups(r *web.Request) ([]ui.Entry, error) {
	list, err := s.Groups(r)
	var entries []ui.Entry
	for _, g := range list {
		entries = append(entries, ui.Entry{Title: g.Label, Href: g.Href, Note: i18n.Upper(r.T("equalityweb.joint"))})
	}
	return entries, err
}
