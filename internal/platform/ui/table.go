package ui

import "github.com/a-h/templ"

func (s Sort) or() Sort {
	if s == "" {
		return Unsorted
	}
	return s
}

func sortAttrs(c Column) templ.Attributes {
	if c.Href == "" {
		return nil
	}
	return templ.Attributes{"aria-sort": string(c.Sort.or())}
}

// scrollAttrs makes a table that scrolls sideways reachable by keyboard and gives it a name.
func scrollAttrs(p Printer, t Table) templ.Attributes {
	if !t.Wide && !t.Many {
		return nil
	}
	return templ.Attributes{"role": "region", "tabindex": "0", "aria-label": t.Caption + ". " + p.T("ui.table.scroll")}
}

// shown lists the page numbers to show, 0 standing for a gap: 1 … 4 5 6 … 20.
func (n Pages) shown() []int {
	var list []int
	for i := 1; i <= n.Pages; i++ {
		if i == 1 || i == n.Pages || (i >= n.Page-1 && i <= n.Page+1) {
			list = append(list, i)
		} else if list[len(list)-1] != 0 {
			list = append(list, 0)
		}
	}
	return list
}
