package reading

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"samklang/internal/platform/document"
)

// parts lays out the whole text by role, so that a page can show what was understood as what and a test can see that nothing fell
// between.
func (r *reader) parts(promiseAt []int) {
	var list []Part
	r.out.Unread = []Passage{}
	for i := range r.ps {
		p := &r.ps[i]
		for k, s := range p.sentences {
			role, n := p.roles[k], -1
			switch role {
			case RoleCommitment:
				n = promiseAt[p.items[k]]
			case RoleActivity:
				n = p.items[k]
			}
			sp := p.from.Span(s.start, s.end)
			if k == 0 {
				sp.Start = min(sp.Start, p.block.Start)
			}
			if k == len(p.sentences)-1 {
				sp.End = max(sp.End, p.block.End)
			}
			list = append(list, Part{role, n, sp})
			if role == RoleUnread {
				text := p.text[s.start:s.end]
				if last := len(r.out.Unread) - 1; last >= 0 && k > 0 && p.roles[k-1] == RoleUnread {
					r.out.Unread[last].Text += " " + text
					r.out.Unread[last].Source.End = sp.End
				} else {
					r.out.Unread = append(r.out.Unread, Passage{text, p.from.Span(s.start, s.end)})
				}
			}
		}
		if len(p.sentences) == 0 && p.block.End > p.block.Start {
			list = append(list, Part{RoleMarkup, -1, Span{Start: p.block.Start, End: p.block.End}})
		}
	}
	slices.SortStableFunc(list, func(a, b Part) int { return a.Source.Start - b.Source.Start })
	r.out.Parts = fillGaps(r.doc, list)
}

// fillGaps makes what stands between the parts, bullets and other signs, parts of their own, and joins neighbours of one role.
func fillGaps(doc document.Document, list []Part) []Part {
	out := make([]Part, 0, len(list))
	at := 0
	gap := func(to int) {
		from := -1
		last := at
		for i := at; i < to; {
			c, n := utf8.DecodeRuneInString(doc.Text[i:])
			if !unicode.IsSpace(c) {
				if from < 0 {
					from = i
				}
				last = i + n
			}
			i += n
		}
		if from >= 0 {
			out = append(out, Part{RoleMarkup, -1, Span{Start: from, End: min(last, to)}})
		}
	}
	for _, p := range list {
		if p.Source.End <= at {
			continue
		}
		p.Source.Start = max(p.Source.Start, at)
		gap(p.Source.Start)
		at = p.Source.End
		if n := len(out) - 1; n >= 0 && out[n].Role == p.Role && out[n].Item == p.Item && onlySpace(doc.Text[out[n].Source.End:p.Source.Start]) {
			out[n].Source.End = p.Source.End
			continue
		}
		out = append(out, p)
	}
	gap(len(doc.Text))
	return out
}

func onlySpace(s string) bool {
	for _, r := range s {
		if !unicode.IsSpace(r) {
			return false
		}
	}
	return true
}
