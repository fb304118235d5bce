package app

import (
	"context"
	"io"
	"slices"
	"strconv"
	"strings"

	"samklang/internal/access"
	"samklang/internal/commitments"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/scope"
	"samklang/internal/equality"
	"samklang/internal/equality/equalityweb"
	"samklang/internal/followup"
	"samklang/internal/platform/db"
	"samklang/internal/platform/publiclog"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// equalityNeeds plugs the equality work into the rest of the house. The figures are those of the follow-up's publications and no others.
func (a *App) equalityNeeds() equality.Needs {
	return equality.Needs{DB: a.db, Clock: a.clock,
		Figures: func(ctx context.Context, who actor.Actor, association id.ID, s equality.Source, number int64) (*equality.Published, error) {
			p, err := a.followup.Publication(ctx, who, association, followup.Moment(s), number)
			if err != nil || p == nil {
				return nil, err
			}
			all, err := a.followup.Initiatives(ctx, a.db.Read(), association)
			if err != nil {
				return nil, err
			}
			coverage := map[string]string{} // of those who ask more than sex: the others stand in no comparison
			for _, x := range all {
				if g, ok := p.Coverage[x.ID]; ok && x.Method == followup.Cards {
					coverage[x.ID.String()] = string(g)
				}
			}
			return &equality.Published{Source: s, Number: p.Number, Through: p.Through.String(), On: p.On, Family: []byte(p.Declared), Result: p.Result, Coverage: coverage}, nil
		},
		GroupOf: func(ctx context.Context, who actor.Actor, association, group id.ID) (equality.Group, error) {
			g, err := a.followup.Group(ctx, who, association, group)
			return equality.Group{Home: g.Home, ID: g.ID, Name: g.Name}, err
		},
		Joint: func(ctx context.Context, who actor.Actor, association, group id.ID, s equality.Source, number int64) (*equality.Published, []scope.Association, error) {
			j, err := a.followup.Jointly(ctx, who, association, group, followup.Moment(s), number)
			if err != nil || j == nil {
				return nil, nil, err
			}
			var members []scope.Association
			for _, m := range j.Group.Members { // in the order people read them
				if slices.Contains(j.Members, m.Association.ID) {
					members = append(members, m.Association)
				}
			}
			coverage := map[string]string{}
			for x, g := range j.Coverage {
				coverage[x.String()] = string(g)
			}
			return &equality.Published{Source: s, Number: j.Number, Through: j.Through.String(), On: j.On, Family: []byte(j.Declared), Result: j.Result, Coverage: coverage}, members, nil
		},
		Hear: func(ctx context.Context, who actor.Actor, association id.ID) ([]equality.Heard, error) {
			list, err := a.surveys.Voices(ctx, who, association)
			var out []equality.Heard
			for _, x := range list {
				o := x.Outcome
				t := equality.Heard{Path: "/enkater/" + x.Instrument.String() + "/indikatorer/" + x.Indicator.ID.String() + "?vem=" + string(o.Respondents), Topic: x.Indicator.Name, Number: x.Question.Number, Question: x.Question.Version(o.Version).Text, Round: o.Round.Name, Answered: o.Answered, Asked: o.Asked, Result: o.Result}
				for _, c := range o.Crossed {
					t.Backgrounds = append(t.Backgrounds, c.Background)
				}
				out = append(out, t)
			}
			return out, err
		},
		Names: func(ctx context.Context, association id.ID) (equality.Names, error) {
			all, err := a.followup.Initiatives(ctx, a.db.Read(), association)
			n := equality.Names{equality.Initiative: {}, equality.Municipality: {}}
			for _, x := range all {
				n[equality.Initiative][x.ID.String()] = x.Name
				for _, p := range x.Places {
					n[equality.Municipality][p.Code] = p.Name
				}
			}
			return n, err
		},
		People: func(ctx context.Context, association id.ID) ([]equality.Colleague, error) {
			list, err := a.accounts.Colleagues(ctx, a.db.Read(), association)
			var out []equality.Colleague
			for _, p := range list {
				if slices.ContainsFunc(p.Roles, func(r actor.Role) bool { return access.For(access.EqualityWrite, r) != access.No }) {
					out = append(out, equality.Colleague{ID: p.ID, Name: p.Name})
				}
			}
			return out, err
		},
		Promises: func(ctx context.Context, association id.ID) ([]equality.Promise, error) {
			list, err := a.commitments.PromisesInForce(ctx, scope.Association{ID: association})
			var out []equality.Promise
			for _, p := range list {
				out = append(out, equality.Promise{ID: p.ID, Label: p.TitleIn(lang.Swedish)})
			}
			return out, err
		},
		NameOf: func(ctx context.Context, account id.ID) (string, error) {
			return a.accounts.NameOf(ctx, a.db.Read(), account)
		},
		Store: func(ctx context.Context, association id.ID, by actor.Actor, name string, r io.Reader, max int64) (func(context.Context, *db.Tx) (id.ID, error), error) {
			return a.keep(ctx, association, by, name, r, max)
		},
		FileName: func(ctx context.Context, association, file id.ID) (string, error) {
			row, err := a.upload(ctx, association, file)
			return row.Name, err
		},
		Enter: func(ctx context.Context, tx *db.Tx, facts ...publiclog.Fact) error {
			return a.publicLog.Enter(ctx, tx, facts...)
		},
		Associations: func(ctx context.Context, q db.IDB) (map[id.ID]string, error) {
			list, err := a.associations.ScopesIn(ctx, q)
			names := make(map[id.ID]string, len(list))
			for _, x := range list {
				names[x.ID] = x.ShortName
			}
			return names, err
		},
	}
}

func (a *App) equalityPages() equalityweb.Needs {
	return equalityweb.Needs{Equality: a.equality, Frame: a.frame,
		Groups: func(r *web.Request) ([]ui.Link, error) {
			list, err := a.followup.Groups(r.Context(), r.Actor, r.Scope().ID)
			var links []ui.Link
			for _, g := range list {
				path := "/jamlikhet/tillsammans/"
				if of := g.Of(r.Scope().ID); of == followup.Invited || of == followup.Declined {
					path = "/siffror/tillsammans/"
				}
				links = append(links, ui.Link{Label: g.Name, Href: r.Path(path + g.ID.String())})
			}
			return links, err
		},
		Scopes: func(r *web.Request) (map[id.ID]string, error) {
			return a.equality.Associations(r.Context(), a.db.Read())
		},
		File: a.serveFile,
		OrgNumber: func(r *web.Request) (string, error) {
			x, err := a.associations.ByID(r.Context(), r.Scope().ID)
			return strings.ReplaceAll(string(x.OrgNumber), "-", ""), err
		},
		Serve: func(r *web.Request, association scope.Association, promise id.ID, title string, note equality.CaseNote, public bool) error {
			f := commitments.EvidenceFields{Target: commitments.Target{Pledge: promise}, Kind: commitments.EvidenceAccount, Title: title, Body: note.Body, HappenedOn: note.WrittenOn, Public: public}
			switch {
			case note.FileID != id.None:
				row, err := a.upload(r.Context(), association.ID, note.FileID)
				if err != nil {
					return err
				}
				content, _, err := a.files.Open(r.Context(), row.SHA256)
				if err != nil {
					return err
				}
				defer content.Close()
				f.Kind = commitments.EvidenceFile
				return a.commitments.FileEvidence(r.Context(), r.Actor, association, f, row.Name, content)
			case note.URL != "":
				f.Kind, f.URL = commitments.EvidenceLink, note.URL
			}
			return a.commitments.FileEvidence(r.Context(), r.Actor, association, f, "", nil)
		},
		Evidence: func(r *web.Request, promise id.ID) ui.Link {
			list, err := a.commitments.PromisesInForce(r.Context(), r.Scope())
			for _, p := range list {
				if err == nil && p.ID == promise {
					return ui.Link{Label: p.TitleIn(r.Lang()), Href: r.Path("/loften/" + p.Slug + "/" + strconv.FormatInt(p.Number, 10) + "/skot#underlag")}
				}
			}
			return ui.Link{}
		},
	}
}
