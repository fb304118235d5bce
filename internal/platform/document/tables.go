package document

import "strings"

// isTableRow tells whether line i has cells: it stands between bars, or is a row of a table in bars.
func (p *parser) isTableRow(i int) bool {
	s := p.content(i)
	if p.marked && strings.HasPrefix(s, "|") && strings.Count(s, "|") >= 2 {
		return true
	}
	return p.marked && strings.Contains(s, "|") && i+1 < len(p.lines) && p.lines[i+1].gap == 0 && delimiter(p.content(i+1))
}

// delimiter recognises the row of dashes under a table's head.
func delimiter(s string) bool {
	return strings.Contains(s, "-") && strings.Contains(s, "|") && strings.Trim(s, "|-: \t") == ""
}

// tableRows reads a table in bars, or lines that tabs divide into equally many cells.
func (p *parser) tableRows(i *int) bool {
	if p.isTableRow(*i) {
		p.tables++
		row := 0
		for n := *i; n < len(p.lines); n++ {
			s := p.content(n)
			if n > *i && p.lines[n].gap > 0 || !strings.Contains(s, "|") {
				break
			}
			*i = n + 1
			if delimiter(s) {
				continue
			}
			p.cells(n, row, bars(s))
			row++
		}
		return true
	}
	l := p.lines[*i]
	if !strings.Contains(p.content(*i), "\t") || l.mark.width > 0 {
		return false
	}
	n, end := p.tabbed(*i), *i+1
	for end < len(p.lines) && p.lines[end].gap == 0 && p.tabbed(end) == n {
		end++
	}
	if end-*i < 2 {
		return false
	}
	p.tables++
	for row := 0; *i < end; *i, row = *i+1, row+1 {
		cells := tabs(p.content(*i))
		for range p.lines[*i].tabsBefore {
			cells = append([]Span{{}}, cells...)
		}
		p.cells(*i, row, cells)
	}
	return true
}

// tabbed is the number of cells that tabs divide line i into, empty ones at its ends included.
func (p *parser) tabbed(i int) int {
	return p.lines[i].tabsBefore + 1 + strings.Count(p.content(i), "\t") + p.lines[i].tabsAfter
}

func (p *parser) cells(i, row int, cells []Span) {
	p.lists = nil
	at := p.lines[i].start
	for col, c := range cells {
		start, end := c.Start, c.End
		s := p.content(i)[start:end]
		start += spaceAt(s)
		end = start + len(strings.TrimSpace(s))
		if start < end {
			p.add(Block{Kind: TableCell, Start: at + start, End: at + end, Row: row, Col: col, Table: p.tables}, shape{lines: 1, gap: p.lines[i].gap, sure: true})
		}
	}
}

// bars are the stretches between the bars of a Markdown row.
func bars(s string) []Span {
	var cells []Span
	from := 0
	if strings.HasPrefix(s, "|") {
		from = 1
	}
	for i := from; i < len(s); i++ {
		if s[i] == '\\' {
			i++
		} else if s[i] == '|' {
			cells = append(cells, Span{from, i})
			from = i + 1
		}
	}
	if from < len(s) {
		cells = append(cells, Span{from, len(s)})
	}
	return cells
}

// tabs are the stretches between rows of tabs.
func tabs(s string) []Span {
	var cells []Span
	from := 0
	for i := 0; i <= len(s); i++ {
		if i == len(s) || s[i] == '\t' {
			cells = append(cells, Span{from, i})
			from = i + 1
		}
	}
	return cells
}
