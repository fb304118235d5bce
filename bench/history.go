package bench

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"samklang/internal/accounts"
	"samklang/internal/commitments"
	"samklang/internal/commitments/progress"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"
)

// noMilestone stands for a step that is an activity or was not planned.
var noMilestone = id.None

// on computes what became of a promise by a day, from what was known then.
func (p *pledge) on(day period.Date) progress.Verdict {
	in := p.in
	known, _ := slices.BinarySearch(p.years, day.Year+1)
	in.Steps = in.Steps[:known]
	return progress.Promise(in, day)
}

// history writes down how every state changed, month by month, and what it is today.
func (n *nation) history(ctx context.Context) error {
	var changes []commitments.StateChange
	for _, h := range n.houses {
		for _, p := range h.pledges {
			changes = append(changes, n.historyOf(p)...)
		}
	}
	slices.SortStableFunc(changes, func(a, b commitments.StateChange) int { return a.At.Compare(b.At) })
	for _, c := range changes {
		add(n.rows, c)
	}
	for _, h := range n.houses {
		for _, p := range h.pledges {
			if err := n.rows.exec(ctx, "UPDATE pledges SET state = ?, reason = ?, state_since = ? WHERE association_id = ? AND id = ?", p.State, string(p.Reason), p.StateSince.String(), p.AssociationID, p.ID); err != nil {
				return err
			}
			for _, m := range p.stones {
				if err := n.rows.exec(ctx, "UPDATE milestones SET state = ?, state_since = ? WHERE association_id = ? AND id = ?", m.State, m.StateSince.String(), m.AssociationID, m.ID); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (n *nation) historyOf(p *pledge) (changes []commitments.StateChange) {
	note := func(day period.Date, milestone id.ID, from, to, reason string) {
		at := time.Date(day.Year, day.Month, day.Day, 0, 5, 0, 0, time.UTC)
		changes = append(changes, commitments.StateChange{AssociationID: p.AssociationID, ID: n.id(at), PledgeID: p.ID, MilestoneID: milestone, FromState: from, ToState: to, ChangedOn: day, Reason: reason, At: at})
	}
	look := func(day period.Date) {
		v := p.on(day)
		if p.State != string(v.State) {
			note(day, id.None, p.State, string(v.State), string(v.Reason))
			p.State, p.Reason, p.StateSince = string(v.State), v.Reason, day
		}
		for i, m := range p.stones {
			if at := p.slots[i]; at < len(v.Steps) && m.State != string(v.Steps[at]) {
				note(day, m.ID, m.State, string(v.Steps[at]), "")
				m.State, m.StateSince = string(v.Steps[at]), day
			}
		}
	}
	for day := p.AdoptedOn.AddMonths(1); day.Before(n.Today); day = day.AddMonths(1) {
		look(day)
	}
	look(n.Today)
	return changes
}

// canonical is a snapshot's text and sum as the program writes them.
func canonical(s commitments.Snapshot) (content, sum string) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // plain values
	}
	text := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	h := sha256.Sum256(text)
	return string(text), hex.EncodeToString(h[:])
}

// SignIn logs an account in and gives the cookie to send ("samklang=…").
func SignIn(ctx context.Context, d *db.DB, account id.ID, now time.Time) (cookie string, err error) {
	random := make([]byte, 32)
	if _, err := rand.Read(random); err != nil {
		return "", err
	}
	token := base64.RawURLEncoding.EncodeToString(random)
	hash := sha256.Sum256([]byte(token))
	session := id.New()
	data, err := json.Marshal(map[string]any{"deadline": now.Add(accounts.SessionLife), "values": map[string]string{"account": account.String(), "session": session.String(), "device": "bench"}})
	if err != nil {
		return "", err
	}
	row := accounts.Session{TokenHash: base64.RawURLEncoding.EncodeToString(hash[:]), ID: session, AccountID: account, Data: data, Device: "bench", CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(accounts.SessionLife)}
	return "samklang=" + token, d.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&row).Exec(ctx)
		return err
	})
}
