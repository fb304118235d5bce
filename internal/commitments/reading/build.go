package reading

import (
	"cmp"
	"slices"
	"strings"

	"samklang/internal/platform/document"
)

// result makes the reading out of the drafts.
func (r *reader) result() Reading {
	promiseAt := r.buildPromises()
	r.findAssociations()
	r.buildActivities(promiseAt)
	r.out.Declaration.Year, r.out.Declaration.YearFrom = r.year.year, r.year.from
	r.lateRoles()
	r.findDecision()
	r.parts(promiseAt)
	return r.out
}

func (r *reader) start(refs []ref) int {
	if len(refs) == 0 {
		return -1
	}
	return r.source(refs[0]).Start
}

func (r *reader) sourceOf(refs []ref) Span {
	s := r.source(refs[0])
	for _, f := range refs[1:] {
		o := r.source(f)
		s.Start, s.End = min(s.Start, o.Start), max(s.End, o.End)
	}
	return s
}

// buildPromises puts the promises in the text's order and numbers them. It gives for each draft its index, -1 for none.
func (r *reader) buildPromises() []int {
	order := make([]int, len(r.promises))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(r.start(r.promises[a].refs), r.start(r.promises[b].refs))
	})
	at := make([]int, len(r.promises))
	r.out.Commitments = []Commitment{}
	numbers := map[int]bool{}
	own := true
	for _, k := range order {
		d := r.promises[k]
		at[k] = len(r.out.Commitments)
		c := Commitment{Number: d.number, Title: d.title, Text: d.text, Forms: orEmpty(d.forms), Source: r.sourceOf(d.refs)}
		own = own && d.number > 0 && !numbers[d.number]
		numbers[d.number] = true
		c.Grounds, c.ExtraGrounds = findGrounds(d.title + " " + d.text)
		c.Details = []string{}
		for _, f := range d.details {
			c.Details = append(c.Details, r.textOf(f))
		}
		r.out.Commitments = append(r.out.Commitments, c)
	}
	if !own {
		for i := range r.out.Commitments {
			r.out.Commitments[i].Number = i + 1
		}
	}
	// The opening words may name the grounds for the whole document.
	var opening []string
	for i := range r.ps {
		for k, role := range r.ps[i].roles {
			if role == RolePreamble || role == RoleIntro && len(opening) < 20 && len(r.activities) == 0 {
				s := r.ps[i].sentences[k]
				opening = append(opening, r.ps[i].text[s.start:s.end])
			}
		}
	}
	r.out.Declaration.Grounds, r.out.Declaration.ExtraGrounds = findGrounds(strings.Join(opening, " "))
	return at
}

func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// buildActivities makes the activities in the text's order and scores which promises they are for.
func (r *reader) buildActivities(promiseAt []int) {
	order := []int{}
	for i, d := range r.activities {
		if len(d.refs) > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(r.start(r.activities[a].refs), r.start(r.activities[b].refs))
	})
	r.out.Activities = make([]Activity, 0, len(order))
	at := make([]int, len(r.activities))
	for _, k := range order {
		at[k] = len(r.out.Activities)
		r.out.Activities = append(r.out.Activities, r.build(&r.activities[k]))
	}
	for i := range r.ps {
		for k, role := range r.ps[i].roles {
			if role == RoleActivity {
				r.ps[i].items[k] = at[r.ps[i].items[k]]
			}
		}
	}
	m := newMatcher(r.out.Commitments, r.out.Activities)
	for n, k := range order {
		d := &r.activities[k]
		a := &r.out.Activities[n]
		placed := -1
		if d.promise >= 0 {
			placed = promiseAt[d.promise]
		}
		explicit := a.Text
		if s := d.fields[labelServes]; s != "" {
			explicit = "åtagande " + s
			if allOfThem(s) {
				explicit = s
			}
		}
		purpose := d.fields[labelPurpose]
		if purpose != "" {
			purpose = "för att " + purpose
		}
		if purpose == "" && d.fields[labelServes] != "" {
			purpose = "bidrar till " + d.fields[labelServes]
		}
		if purpose == "" && d.section != "" {
			purpose = "bidrar till " + d.section
		}
		if placed >= 0 {
			explicit = ""
		}
		a.Serves = m.serves(*a, purpose, placed, explicit)
		if (len(a.Serves) == 0 || a.Serves[0].Score < servesThreshold) && d.frame != nil && r.takes(d.frame, a) {
			s := m.serves(Activity{Text: d.frame.text, Forms: a.Forms}, "", -1, d.frame.text)
			if len(s) > 0 && (len(a.Serves) == 0 || s[0].Score > a.Serves[0].Score) {
				a.Serves = s
				a.Inherited = append(a.Inherited, "serves")
			}
		}
	}
}

// takes tells whether an activity is one of those its list's lead speaks of: of its kind, or the lead names no kind.
func (r *reader) takes(fr *frame, a *Activity) bool {
	named := false
	for _, k := range fr.kinds {
		if channelKinds[k.kind] || !eventKinds[k.kind] {
			continue
		}
		named = true
		if slices.Contains(a.Kinds, k.kind) {
			return true
		}
	}
	return !named
}

// build reads one activity out of its text and surroundings.
func (r *reader) build(d *activityDraft) Activity {
	a := Activity{Forms: orEmpty(d.forms), Status: Planned, Inherited: []string{}, Source: r.sourceOf(d.refs)}
	var plain, whole []string
	for _, f := range d.refs {
		s := strings.TrimSpace(r.textOf(f))
		plain = append(plain, s)
		if s != "" && !strings.ContainsAny(s[len(s)-1:], ".!?:") {
			s += "."
		}
		whole = append(whole, s)
	}
	a.Text = strings.Join(plain, " ")
	text := strings.Join(whole, " ")
	if v := d.fields[labelActivity]; v != "" && d.fields[labelDate] == "" {
		text = strings.TrimPrefix(text, "Aktivitet: ")
	}
	t := tokens(text)
	hits := findKinds(t)
	a.Kinds, a.Count = chooseKinds(text, t, hits, d)
	a.Kind = a.Kinds[0]

	used := false
	if d.frame != nil && r.takes(d.frame, &a) {
		used = true
	}
	if d.frame != nil && len(d.frame.kinds) > 0 && a.Kind == Other && d.kind == "" {
		// "Tre seminarier: – 4 mars om tillit": the item leaves out what it is.
		for _, k := range d.frame.kinds {
			if eventKinds[k.kind] {
				a.Kind, a.Kinds = k.kind, []Kind{k.kind}
				a.Inherited = append(a.Inherited, "kind")
				used = true
				break
			}
		}
	}
	if used {
		d.frame.used = true
	}

	r.buildDate(&a, d, text, used)
	r.buildReach(&a, d, text, used)
	r.buildWho(&a, d, text, used)

	if f := headingForms(d.fields[labelForm]); len(f) > 0 {
		a.Forms = f
	}
	if len(a.Forms) == 0 {
		a.Forms = impliedForms(text, a.Kinds)
	}
	a.Status = statusOf(text, d.fields[labelStatus])
	a.Time = clockTime(text)
	a.Title = titleOf(d, text, a.Kind)
	return a
}

// lateRoles settles what could only be known at the end: text after the first promise or activity that was taken for preamble was not.
func (r *reader) lateRoles() {
	first := -1
	for i := range r.ps {
		for _, role := range r.ps[i].roles {
			if role == RoleCommitment || role == RoleActivity {
				first = i
			}
		}
		if first >= 0 {
			break
		}
	}
	inAside := false
	for i := range r.ps {
		if r.ps[i].kind == document.Heading || r.ps[i].level == 6 {
			m, ok := headingMode(r.ps[i].text)
			inAside = ok && m == aside
		}
		for k, role := range r.ps[i].roles {
			switch {
			case role == "":
				r.ps[i].roles[k] = RoleUnread
				if r.ps[i].kind == document.Running {
					r.ps[i].roles[k] = RoleRunning
				} else if i < first {
					r.ps[i].roles[k] = RolePreamble
				}
			case role == RolePreamble && first < 0:
				// Without promises or activities nothing is introduced by it.
				r.ps[i].roles[k] = RoleUnread
			case role == RolePreamble && first >= 0 && i > first && !inAside:
				r.ps[i].roles[k] = RoleUnread
				s := r.ps[i].sentences[k]
				if r.isSignature(ref{i, s.start, s.end}) {
					r.ps[i].roles[k] = RoleSignature
				}
			}
		}
	}
}
