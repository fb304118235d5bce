package reading

import (
	"strings"

	"samklang/internal/platform/document"
	"samklang/internal/platform/swedish"
)

// table reads the table whose first cell is passage i and gives the index of the passage after it.
func (r *reader) table(i int) int {
	number := r.ps[i].block.Table
	next := i
	width := 0
	var rows [][]int // passage by row and column, -1 for no cell
	for ; next < len(r.ps) && (r.ps[next].kind == document.TableCell && r.ps[next].block.Table == number || r.ps[next].kind == document.Running); next++ {
		b := r.ps[next].block
		if r.ps[next].kind == document.Running || b.Row < 0 || b.Col < 0 || b.Col > 60 || b.Row > len(rows)+1000 {
			role := RoleUnread
			if r.ps[next].kind == document.Running {
				role = RoleRunning
			}
			r.mark(r.whole(next), role, -1)
			continue
		}
		for len(rows) <= b.Row {
			rows = append(rows, nil)
		}
		for len(rows[b.Row]) <= b.Col {
			rows[b.Row] = append(rows[b.Row], -1)
		}
		rows[b.Row][b.Col] = next
		width = max(width, b.Col+1)
	}
	for len(rows) > 0 && len(rows[0]) == 0 {
		rows = rows[1:]
	}
	if len(rows) == 0 {
		return next
	}
	columns, header := r.columns(rows, width)
	if columns == nil {
		for k := i; k < next; k++ {
			if r.ps[k].kind == document.TableCell {
				r.other(r.whole(k))
			}
		}
		return next
	}
	if header {
		for _, c := range rows[0] {
			if c >= 0 {
				r.mark(r.whole(c), RoleHeading, -1)
			}
		}
		rows = rows[1:]
	}
	r.rows(rows, columns)
	r.open = -1
	return next
}

// columns finds what each column holds, by its heading or, when there is none, by what stands in it. It gives nil for a table that is
// about something else.
func (r *reader) columns(rows [][]int, width int) (columns []label, header bool) {
	columns = make([]label, width)
	known := 0
	for c, cell := range rows[0] {
		if cell < 0 {
			continue
		}
		columns[c] = columnLabel(r.ps[cell].text)
		if columns[c] == noLabel {
			low := strings.ToLower(r.ps[cell].text)
			switch n := len(strings.Fields(low)); {
			case n > 6:
			case strings.Contains(low, "bidrar till") || strings.Contains(low, "vilket åtagande") || strings.Contains(low, "vilket löfte") || strings.Contains(low, "kopplat till"):
				columns[c] = labelServes
			case strings.Contains(low, "aktivitet"):
				columns[c] = labelActivity
			case strings.Contains(low, "åtagande") || strings.Contains(low, "löfte"):
				columns[c] = labelPromise
			case strings.Contains(low, "datum") || strings.Contains(low, "tidpunkt"):
				columns[c] = labelDate
			case strings.Contains(low, "ansvar"):
				columns[c] = labelResponsible
			case strings.Contains(low, "antal") || strings.Contains(low, "deltagare"):
				columns[c] = labelReach
			case strings.Contains(low, "samverka") || strings.Contains(low, "samarbet"):
				columns[c] = labelPartner
			}
		}
		if columns[c] != noLabel {
			known++
		}
	}
	has := func(l label) bool {
		for _, c := range columns {
			if c == l {
				return true
			}
		}
		return false
	}
	if known >= 2 && known*2 >= width || known == 1 && width == 1 && len(rows) > 1 {
		if has(labelActivity) || has(labelPromise) || has(labelDate) && has(labelKind) {
			r.refine(rows[1:], columns)
			return columns, true
		}
		if has(labelDate) {
			// The first column without a meaning of its own says what is done.
			for c := range columns {
				if columns[c] == noLabel || columns[c] == labelOther {
					columns[c] = labelActivity
					r.refine(rows[1:], columns)
					return columns, true
				}
			}
		}
		return nil, false
	}
	// No headings: look at the cells.
	columns = make([]label, width)
	for c := range columns {
		dates, forms, n, long := 0, 0, 0, 0
		for _, row := range rows {
			if c >= len(row) || row[c] < 0 || r.ps[row[c]].text == "" {
				continue
			}
			n++
			text := r.ps[row[c]].text
			if _, ok := isDateOnly(text); ok || len(findDates(text)) > 0 && len(strings.Fields(text)) < 6 {
				dates++
			}
			if len(headingForms(text)) > 0 && len(strings.Fields(text)) <= 3 {
				forms++
			}
			if len(strings.Fields(text)) >= 3 {
				long++
			}
		}
		switch {
		case n == 0:
		case dates*5 >= n*3 && !has(labelDate):
			columns[c] = labelDate
		case forms*5 >= n*3:
			columns[c] = labelForm
		case long*2 >= n && !has(labelActivity):
			columns[c] = labelActivity
		}
	}
	if has(labelActivity) && has(labelDate) {
		return columns, false
	}
	if has(labelActivity) && has(labelForm) && width == 2 {
		for c := range columns {
			if columns[c] == labelActivity {
				columns[c] = labelPromise
			}
		}
		return columns, false
	}
	return nil, false
}

// refine looks at what stands under a heading that has two meanings: "Åtagande" over numbers tells which promise an activity is for,
// over "internt" and "externt" which form it has.
func (r *reader) refine(rows [][]int, columns []label) {
	for c, l := range columns {
		if l != labelPromise && l != labelForm && l != labelKind {
			continue
		}
		numbers, forms, n := 0, 0, 0
		for _, row := range rows {
			if c >= len(row) || row[c] < 0 || r.ps[row[c]].text == "" {
				continue
			}
			n++
			text := r.ps[row[c]].text
			if len(explicitNumbers("åtagande "+text)) > 0 && len(text) < 24 || allOfThem(text) {
				numbers++
			}
			if len(headingForms(text)) > 0 && len(strings.Fields(text)) <= 4 {
				forms++
			}
		}
		switch {
		case n == 0:
		case l == labelPromise && numbers*2 > n:
			columns[c] = labelServes
		case forms*2 > n:
			columns[c] = labelForm
		case l == labelForm:
			columns[c] = labelKind
		}
	}
}

// rows reads a table's rows. A row with a promise and an activity gives both, joined.
func (r *reader) rows(rows [][]int, columns []label) {
	activity, promise := false, false
	for _, l := range columns {
		activity = activity || l == labelActivity || l == labelKind || l == labelDate && false
		promise = promise || l == labelPromise
	}
	if promise && !activity {
		// "Åtagande | När | Ansvarig": promises with what is said about them.
		activity = false
	}
	current := -1
	for _, row := range rows {
		cells := map[label]int{}
		var filled []int
		for c, cell := range row {
			if cell < 0 || strings.TrimSpace(r.ps[cell].text) == "" {
				continue
			}
			filled = append(filled, cell)
			if l := columns[c]; l != noLabel {
				if _, taken := cells[l]; !taken {
					cells[l] = cell
				}
			}
		}
		if len(filled) == 0 {
			continue
		}
		if len(filled) == 1 && len(columns) > 1 && (cells[labelActivity] == 0 || len(strings.Fields(r.ps[filled[0]].text)) <= 5) {
			text := r.ps[filled[0]].text
			if h, ok := isDateOnly(text); ok {
				r.heading = dateContext{h, text, true}
				r.mark(r.whole(filled[0]), RoleHeading, -1)
				continue
			}
			if f := headingForms(text); len(f) > 0 {
				r.forms = f
				r.mark(r.whole(filled[0]), RoleHeading, -1)
				continue
			}
		}
		if cell, ok := cells[labelPromise]; ok {
			current = r.rowPromise(cell, row, columns, activity)
		}
		if promise && !activity {
			for _, cell := range filled {
				if r.ps[cell].roles[0] == "" {
					if current >= 0 {
						r.promises[current].details = append(r.promises[current].details, r.whole(cell))
						r.mark(r.whole(cell), RoleCommitment, current)
					} else {
						r.other(r.whole(cell))
					}
				}
			}
			continue
		}
		d := activityDraft{promise: -1, fields: map[label]string{}}
		if promise {
			d.promise = current
		}
		for c, cell := range row {
			if cell < 0 || strings.TrimSpace(r.ps[cell].text) == "" || columns[c] == labelPromise {
				continue
			}
			d.refs = append(d.refs, r.whole(cell))
			text := strings.TrimSpace(r.ps[cell].text)
			if d.fields[columns[c]] == "" {
				d.fields[columns[c]] = text
			}
		}
		if len(d.refs) == 0 {
			continue
		}
		if d.fields[labelActivity] == "" && d.fields[labelKind] == "" {
			for _, f := range d.refs {
				r.other(f)
			}
			continue
		}
		d.title = d.fields[labelActivity]
		if f := headingForms(d.fields[labelForm]); len(f) > 0 {
			d.forms = f
		} else if f := formsIn(d.fields[labelKind]); len(f) > 0 {
			d.forms = f
		}
		r.addActivity(d)
	}
}

// rowPromise gives the promise a cell names: one read before, when the words are the same, else a new one.
func (r *reader) rowPromise(cell int, row []int, columns []label, withActivity bool) int {
	text := strings.TrimSpace(r.ps[cell].text)
	number := 0
	if n, own := promiseNumber(text); own {
		number, text = n, strings.TrimSpace(text[promisePrefix(text):])
	} else if t := tokens(text); len(t) > 1 && t[0].digits && is(t[1], ".", ")", ":") {
		number = t[0].num
		text = strings.TrimSpace(text[t[1].end:])
	}
	for c, l := range columns {
		if l == labelNumber && c < len(row) && row[c] >= 0 && number == 0 {
			if t := tokens(r.ps[row[c]].text); len(t) > 0 && t[0].digits {
				number = t[0].num
			}
		}
	}
	var corpus *swedish.Corpus
	own := corpus.Vector(text)
	for k := len(r.promises) - 1; k >= 0 && k >= len(r.promises)-100; k-- {
		if number > 0 && r.promises[k].number == number && text == "" || text != "" && swedish.Cosine(own, corpus.Vector(r.promises[k].text)) >= 0.6 {
			r.mark(r.whole(cell), RoleIntro, -1)
			return k
		}
	}
	d := promiseDraft{refs: []ref{r.whole(cell)}, number: number, text: text, forms: r.forms}
	if text == "" {
		d.text = r.ps[cell].text
	}
	for c, l := range columns {
		if l == labelForm && c < len(row) && row[c] >= 0 {
			if f := headingForms(r.ps[row[c]].text); len(f) > 0 {
				d.forms = f
			}
		}
	}
	d.concrete = !withActivity && read(d.text).concrete()
	r.structured++
	return r.addPromise(d)
}
