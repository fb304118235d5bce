package document

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// untable rewrites the tables in the text of a PDF that was laid out as on paper: what stands side by side, divided by wide gaps
// at the same columns, becomes rows of cells divided by tabs, each cell in one piece. It reports false when there are none, when
// what stands side by side is running text in columns, which has to be read down and not across, and when part of a table does not
// keep to its columns, because half a table is worse than none.
func untable(text string) (string, bool) {
	lines := strings.SplitAfter(text, "\n")
	var out strings.Builder
	found := false
	stray, table := false, false // since the last empty line
	for i := 0; i < len(lines); {
		n, starts := gutters(lines[i:])
		if n == 0 {
			if strings.TrimSpace(lines[i]) == "" {
				stray, table = false, false
			} else if cells := stretches(lines[i]); len(cells) > 1 && !bulleted(cells[0].text) {
				stray = true
			}
			if stray && table {
				return text, false
			}
			out.WriteString(lines[i])
			i++
			continue
		}
		rows, prose := tableOf(lines[i:i+n], starts)
		if prose || stray {
			return text, false
		}
		found, table = true, true
		out.WriteString("\n")
		for _, r := range rows {
			out.WriteString(strings.Join(r, "\t") + "\n")
		}
		out.WriteString("\n")
		i += n
	}
	return out.String(), found
}

// piece of a laid out line: its first column and its text.
type stretch struct {
	at, width int
	text      string
}

// stretches divides a line at gaps of three spaces or more.
func stretches(line string) []stretch {
	line = strings.TrimRight(line, " \n\r")
	if strings.ContainsAny(line, "\t\f") {
		return nil
	}
	var all []stretch
	at, from, spaces := 0, -1, 0
	start := 0
	flush := func(end int) {
		if from >= 0 {
			s := strings.TrimRight(line[from:end], " ")
			all = append(all, stretch{start, utf8.RuneCountInString(s), s})
		}
		from = -1
	}
	for i, r := range line {
		if r == ' ' {
			if spaces++; spaces == 3 {
				flush(i)
			}
		} else {
			if from < 0 {
				from, start = i, at
			}
			spaces = 0
		}
		at++
	}
	flush(len(line))
	return all
}

// gutters tells how many of the lines, from the first, form a table, and at which columns its cells begin. The first line is the
// head: every later line keeps to its columns, and at least two have more than one cell.
func gutters(lines []string) (n int, starts []int) {
	head := stretches(lines[0])
	if len(head) < 2 || len(head) > 12 || bulleted(head[0].text) {
		return 0, nil
	}
	for _, s := range head {
		starts = append(starts, s.at)
	}
	full, empty := 0, 0
	for k := 1; k < len(lines); k++ {
		if strings.TrimSpace(lines[k]) == "" && !strings.Contains(lines[k], "\f") {
			if empty++; empty > 1 {
				break
			}
			continue
		}
		cells := stretches(lines[k])
		if full == 0 && k > 40 {
			break // no row so far: what looked like a head is none
		}
		if len(cells) == 0 || len(cells) > len(starts) || !fit(cells, starts, head) {
			break
		}
		if len(cells) == 1 && empty > 0 && columnOf(cells[0], starts) == 0 {
			break // the text goes on after the table
		}
		if len(cells) > 1 {
			full++
		} else if columnOf(cells[0], starts) == 0 && cells[0].at+cells[0].width > starts[1] {
			break
		}
		n, empty = k+1, 0
	}
	if full < 1 || n < 2 {
		return 0, nil
	}
	return n, starts
}

func bulleted(s string) bool { return markerOf(s, line{end: len(s)}).bullet }

// fit tells whether every cell lies in a column of its own.
func fit(cells []stretch, starts []int, head []stretch) bool {
	last := -1
	for _, c := range cells {
		col := columnOf(c, starts)
		if col <= last {
			return false
		}
		if col+1 < len(starts) && c.at+c.width > starts[col+1]+head[col+1].width {
			return false
		}
		last = col
	}
	return true
}

// columnOf is the column whose beginning is nearest before the cell's middle.
func columnOf(c stretch, starts []int) int {
	col := 0
	for i, s := range starts {
		if s <= c.at+2 {
			col = i
		}
	}
	return col
}

// tableOf puts the lines of a table together into rows: a new one begins after air, or where the first column has text and
// either begins anew or every other column does. It tells
// whether the columns are prose: long lines on both sides throughout.
func tableOf(lines []string, starts []int) (rows [][]string, prose bool) {
	long, cells := 0, 0
	air := true
	var row []string
	for _, l := range lines {
		parts := stretches(l)
		if len(parts) == 0 {
			air = true
			continue
		}
		if row == nil || air || columnOf(parts[0], starts) == 0 && (!small(parts[0].text) || len(parts) == len(starts)) {
			row = make([]string, len(starts))
			rows = append(rows, row)
		}
		air = false
		for _, c := range parts {
			col := columnOf(c, starts)
			cells++
			if c.width > 35 {
				long++
			}
			row[col] = under(row[col], c.text)
		}
	}
	return rows, len(lines) > 6 && long*2 > cells
}

func small(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLower(r)
}

// under joins a cell's next line to those over it.
func under(s, next string) string {
	if s == "" {
		return next
	}
	last, size := utf8.DecodeLastRuneInString(s)
	switch joint([]rune(s[strings.LastIndexByte(s, ' ')+1:]), last, next, gap{line: true}) {
	case heal:
		return s[:len(s)-size] + next
	case glue:
		return s + next
	}
	return s + " " + next
}
