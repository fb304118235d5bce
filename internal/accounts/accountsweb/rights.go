package accountsweb

import (
	"net/http"
	"strconv"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// rightsView is the page "Vem får göra vad", drawn from the very table that decides.
type rightsView struct {
	Page  ui.Page
	Table ui.Table
	Roles []ui.Answer
}

func (h *Handlers) rightsPage(w http.ResponseWriter, r *web.Request) error {
	v := rightsView{Page: h.Frame(r, r.T("accountsweb.rights.title")), Table: ui.Table{Caption: r.T("accountsweb.rights.caption"), Many: true, Columns: []ui.Column{{Label: r.T("accountsweb.rights.action")}}}}
	v.Page.Description = r.T("accountsweb.rights.lead")
	for _, x := range actor.Roles {
		name := upper(r.T("access.role." + string(x)))
		v.Table.Columns = append(v.Table.Columns, ui.Column{Label: name})
		v.Roles = append(v.Roles, ui.Answer{Question: name, Answer: r.T("accountsweb.role_hint." + string(x))})
	}
	v.Table.Columns = append(v.Table.Columns, ui.Column{Label: upper(r.T("access.role.admin"))})
	v.Roles = append(v.Roles, ui.Answer{Question: upper(r.T("access.role.admin")), Answer: r.T("accountsweb.role_hint.admin")})
	for _, act := range access.Actions {
		row := ui.Row{Cells: []ui.Cell{{Text: upper(r.T("access.action." + string(act)))}}}
		for _, x := range actor.Roles {
			row.Cells = append(row.Cells, reach(r, access.For(act, x)))
		}
		v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: append(row.Cells, reach(r, access.ForAdmin(act)))})
	}
	return r.Render(w, http.StatusOK, rightsPage(v))
}

func reach(r *web.Request, x access.Reach) ui.Cell {
	n := strconv.Itoa(int(x))
	return ui.Cell{Body: reachCell(n, r.T("access.reach."+n))}
}
