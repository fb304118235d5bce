package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"samklang/internal/accounts"
	"samklang/internal/associations"
	"samklang/internal/commitments"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
)

// killed is an installation whose program is killed while people work in it.
type killed struct {
	t      *testing.T
	config Config
	office *postOffice
	fleet
	places []place

	acknowledged, lost, doubled int // writes that were answered as done, and what became of them
	cut                         int // kills while mails were on their way
}

type place struct {
	scope  scope.Association
	people []*person
	actors []actor.Actor
}

// The whole program is killed with SIGKILL at random moments while several people adopt documents, review evidence, and while the mails
// that follow are sent. What was acknowledged is there, whole and once; what was not is there whole or not at all.
func TestKilledProgramLosesNothingAndDoublesNothing(t *testing.T) {
	run := func(t *testing.T, dsn string, copies int) {
		k := &killed{t: t, office: openPostOffice(t)}
		k.config = Config{Listen: "127.0.0.1:0", Data: t.TempDir(), Database: dsn, SMTPHost: "127.0.0.1", SMTPPort: k.office.port, SMTPSecurity: "none", MailFrom: "samklang@alvkusten.example"}
		k.fleet = newFleet(t, k.config, copies)
		k.found()
		k.start()
		n := kills(t)
		k.imports(n / 3)
		k.reviews(n / 3)
		k.mails(n - 2*(n/3))
		all, hits := k.fleet.kills()
		median, longest := k.ready()
		t.Logf("%d kills of %d copies, %d of them with a request in flight; %d acknowledged writes, %d lost, %d doubled; ready again after %s (median), %s (longest)",
			all, copies, hits, k.acknowledged, k.lost, k.doubled, median.Round(time.Millisecond), longest.Round(time.Millisecond))
		if hits < all/4 {
			t.Error("too few kills hit anything, so too little was shown")
		}
	}
	t.Run("sqlite", func(t *testing.T) { run(t, "sqlite:"+filepath.Join(t.TempDir(), "samklang.db"), 1) })
	t.Run("postgres", func(t *testing.T) { run(t, dbtest.PostgresURL(t), 3) })
}

// kills is how often the program is killed on each engine. scripts/drill-kill asks for more.
func kills(t *testing.T) int {
	s := os.Getenv("SAMKLANG_KILLS")
	if s == "" {
		return 15
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 6 || n > 10_000 {
		t.Fatalf("SAMKLANG_KILLS is %q; write a number from 6 to 10000", s)
	}
	return n
}

// open opens the installation beside the program, whose jobs it leaves alone.
func (k *killed) open(fn func(a *App)) {
	k.t.Helper()
	a, err := New(k.t.Context(), k.config, slog.New(slog.DiscardHandler), clock.System)
	if err != nil {
		k.t.Fatal(err)
	}
	defer a.Close()
	fn(a)
}

// miss and twice say that a write that was acknowledged is not there, or there more than once.
func (k *killed) miss(format string, args ...any) {
	k.t.Helper()
	k.lost++
	k.t.Errorf(format, args...)
}

func (k *killed) twice(format string, args ...any) {
	k.t.Helper()
	k.doubled++
	k.t.Errorf(format, args...)
}

func (k *killed) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

// found makes three associations with four people each who may read in documents and review.
func (k *killed) found() {
	k.open(func(a *App) {
		ctx := k.t.Context()
		for _, short := range []string{"Älvkusten", "Skogsbygden", "Sjölandet"} {
			x, err := a.associations.Create(ctx, actor.SystemActor, associations.NewAssociation{Slug: string(associations.SuggestSlug(short)), Facts: associations.Facts{Name: "Samordningsförbundet " + short, ShortName: short, Email: "kansli@example.test"}})
			k.must(err)
			p := place{scope: x.Scope()}
			for i := range 4 {
				who, err := a.accounts.Invite(ctx, actor.SystemActor, p.scope, accounts.NewPerson{Name: fmt.Sprint("Person ", i), Email: fmt.Sprintf("person%d.%s@example.test", i, p.scope.Slug), Language: "sv",
					NewRole: accounts.NewRole{Role: actor.Office}})
				k.must(err)
				acting, err := a.accounts.Actor(ctx, who.ID)
				k.must(err)
				p.people, p.actors = append(p.people, a.person(k.t, k.fleet, who.ID)), append(p.actors, acting)
			}
			k.places = append(k.places, p)
		}
	})
}

// signedPaper is a document whose promises are those of the documents with the same number alone: the associations that read them in are
// offered to hold them together when one of them has adopted first.
func signedPaper(number int, title string) string {
	word := func(i int) string {
		var b strings.Builder
		for n := 10_000 + number*13 + i; n > 0; n /= 10 {
			b.WriteString([]string{"ba", "ke", "di", "fo", "gu", "hy", "ja", "lo", "mi", "nu"}[n%10])
		}
		return b.String()
	}
	return fmt.Sprintf(`# %s

Vi lovar att:

1. Öppna %s, %s och %s.
2. Rita %s, %s och %s.
3. Sjunga %s, %s och %s.

## Externt åtagande

- Den 12 mars håller vi ett seminarium om %s tillsammans med Region Älvsjö.
- Den 24 september bjuder vi in till en föreläsning om %s i Sjöhamn.
`, title, word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7), word(8), word(0), word(5))
}

// uploadsPerPerson stays below what one account may upload in an hour.
const uploadsPerPerson = 25

// imports lets everybody adopt documents while the program is killed.
func (k *killed) imports(kills int) {
	ctx, cancel := context.WithTimeout(k.t.Context(), 2*time.Minute+time.Duration(kills)*15*time.Second)
	defer cancel()
	var enough atomic.Bool
	var mu sync.Mutex
	acknowledged := map[string]scope.Association{} // by title
	var wg sync.WaitGroup
	for _, p := range k.places {
		for j, x := range p.people {
			wg.Go(func() {
				for n := 0; n < uploadsPerPerson && !enough.Load(); n++ {
					number := j*100 + n
					title := fmt.Sprintf("Åtagande nummer %d i %s", number, p.scope.ShortName)
					if err := adopt(ctx, x, p.scope.Slug, number, title); errors.Is(err, errTooMany) {
						return
					} else if err != nil {
						k.t.Errorf("%s: %v", title, err)
						return
					}
					mu.Lock()
					acknowledged[title] = p.scope
					mu.Unlock()
				}
			})
		}
	}
	k.torment(kills, 300*time.Millisecond)
	enough.Store(true)
	wg.Wait()
	k.kill()
	k.open(func(a *App) {
		var joint int
		k.must(a.db.Read().NewRaw("SELECT count(*) FROM signatures WHERE association_id <> home_id").Scan(ctx, &joint))
		k.t.Logf("%d documents adopted by %d people over %d kills, %d of them jointly", len(acknowledged), 12, kills, joint)
		k.checkImports(a, acknowledged)
	})
	k.start()
}

func adopt(ctx context.Context, x *person, association string, number int, title string) error {
	at, err := x.upload(ctx, association, title+".md", signedPaper(number, title))
	if err != nil {
		return err
	}
	page, err := x.get(ctx, at)
	if err != nil {
		return err
	}
	if err := x.submit(ctx, page, "/alla", nil); err != nil {
		return err
	}
	if page, err = x.get(ctx, at+"/anta"); err != nil {
		return err
	}
	return x.submit(ctx, page, "/anta", nil)
}

func (k *killed) checkImports(a *App, acknowledged map[string]scope.Association) {
	k.t.Helper()
	ctx, q := k.t.Context(), a.db.Read()
	k.acknowledged += len(acknowledged)
	if len(acknowledged) < 3 {
		k.t.Error("too few documents were adopted to show anything")
	}
	var imports []struct {
		AssociationID, ID, FileID, DeclarationID id.ID
		FileName, Status                         string
	}
	k.must(q.NewSelect().TableExpr("imports").Column("association_id", "id", "file_id", "declaration_id", "file_name", "status").Scan(ctx, &imports))
	seen := map[string]int{}
	for _, imp := range imports {
		title := strings.TrimSuffix(imp.FileName, ".md")
		seen[title]++
		_, acked := acknowledged[title]
		if acked && imp.Status != string(commitments.ImportAdopted) {
			k.miss("%s was acknowledged as adopted and is %s", title, imp.Status)
		}
		count := func(query string, args ...any) (n int) {
			k.must(q.NewRaw("SELECT count(*) FROM "+query, args...).Scan(ctx, &n))
			return n
		}
		got := map[string]int{
			"signatures": count("signatures WHERE association_id = ? AND import_id = ?", imp.AssociationID, imp.ID),
			"activities": count("activities WHERE association_id = ? AND import_id = ?", imp.AssociationID, imp.ID),
			"pledges":    count("pledges WHERE association_id = ? AND declaration_id = ?", imp.AssociationID, imp.DeclarationID),
			"wordings":   count("wordings AS w JOIN pledges AS p ON p.association_id = w.association_id AND p.id = w.pledge_id WHERE p.association_id = ? AND p.declaration_id = ?", imp.AssociationID, imp.DeclarationID),
			"log":        count("audit_entries WHERE association_id = ? AND action = 'declaration.adopt' AND subject_id = ?", imp.AssociationID, imp.DeclarationID),
		}
		want := map[string]int{"signatures": 1, "activities": 2, "pledges": 3, "wordings": 3, "log": 1}
		if imp.Status != string(commitments.ImportAdopted) {
			want = map[string]int{}
		}
		for what, n := range got {
			if n != want[what] {
				say := k.miss
				if n > want[what] {
					say = k.twice
				}
				say("%s, %s: %d %s, want %d", title, imp.Status, n, what, want[what])
			}
		}
		var sha string
		k.must(q.NewRaw("SELECT sha256 FROM files WHERE association_id = ? AND id = ?", imp.AssociationID, imp.FileID).Scan(ctx, &sha))
		if content := k.stored(sha); !strings.HasPrefix(content, "# "+title+"\n") {
			k.t.Errorf("the document of %s is not on disk as it was sent", title)
		}
	}
	for what, query := range map[string]string{
		"declarations nobody signed":  "SELECT count(*) FROM declarations AS d WHERE NOT EXISTS (SELECT 1 FROM signatures AS s WHERE s.home_id = d.association_id AND s.declaration_id = d.id)",
		"commitments nobody made":     "SELECT count(*) FROM commitments AS c WHERE NOT EXISTS (SELECT 1 FROM pledges AS p WHERE p.home_id = c.association_id AND p.commitment_id = c.id)",
		"activities nobody organises": "SELECT count(*) FROM activities AS a WHERE NOT EXISTS (SELECT 1 FROM activity_organisers AS o WHERE o.association_id = a.association_id AND o.activity_id = a.id)",
		"declarations of one title":   "SELECT count(*) - count(DISTINCT title) FROM declarations",
	} {
		var n int
		k.must(q.NewRaw(query).Scan(ctx, &n))
		if n != 0 {
			k.t.Errorf("%d %s", n, what)
		}
	}
	for title := range acknowledged {
		if seen[title] == 0 {
			k.miss("%s was uploaded and is not there", title)
		}
	}
	for title, n := range seen {
		if n > 1 {
			k.twice("%s is there %d times", title, n)
		}
	}
	k.checkStates(a)
}

// stored finds a file of the installation by its sum.
func (k *killed) stored(sum string) (content string) {
	k.t.Helper()
	k.must(filepath.WalkDir(filepath.Join(k.config.Data, "files"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(strings.ReplaceAll(path, string(filepath.Separator), ""), sum) {
			return err
		}
		b, err := os.ReadFile(path)
		content = string(b)
		return err
	}))
	return content
}

// checkStates computes every state anew: nothing changes, the history of each promise leads without a gap from not started to where it
// stands, and every change of it has its job.
func (k *killed) checkStates(a *App) {
	k.t.Helper()
	ctx := k.t.Context()
	k.must(a.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("UPDATE pledges SET recompute_on = ? WHERE recompute_on IS NOT NULL", clock.Today(a.clock)).Exec(ctx)
		return err
	}))
	if n, err := a.commitments.Recompute(ctx); err != nil || n != 0 {
		k.t.Errorf("computed anew, %d states change, %v", n, err)
	}
	var pledges []struct {
		ID    id.ID
		State string
	}
	k.must(a.db.Read().NewSelect().TableExpr("pledges").Column("id", "state").Scan(ctx, &pledges))
	for _, p := range pledges {
		var changes []struct {
			ID                 id.ID
			FromState, ToState string
		}
		k.must(a.db.Read().NewSelect().TableExpr("state_changes").Column("id", "from_state", "to_state").Where("pledge_id = ?", p.ID).Where("milestone_id IS NULL").OrderExpr("id").Scan(ctx, &changes))
		state := "not_started"
		for _, c := range changes {
			if c.FromState != state || c.ToState == state {
				k.t.Errorf("a promise goes from %s to %s when it is %s", c.FromState, c.ToState, state)
			}
			state = c.ToState
			var jobs int
			k.must(a.db.Read().NewRaw("SELECT count(*) FROM job_keys WHERE unique_key = ?", commitments.JobStateChanged+"/"+c.ID.String()).Scan(ctx, &jobs))
			if jobs != 1 {
				k.t.Errorf("a change of state has %d jobs", jobs)
			}
		}
		if state != p.State {
			k.t.Errorf("the history of a promise ends with %s, and it is %s", state, p.State)
		}
	}
}

const (
	evidencePerKill = 6 // in each association
	followers       = 3
)

// reviews lets two people in each association accept what two others filed, while the program is killed.
func (k *killed) reviews(kills int) {
	ctx, cancel := context.WithTimeout(k.t.Context(), 2*time.Minute+time.Duration(kills)*15*time.Second)
	defer cancel()
	k.kill()
	waiting := k.file(evidencePerKill * kills)
	k.start()
	var left atomic.Int64
	done := make(chan struct{})
	var wg sync.WaitGroup
	for i, p := range k.places {
		queue := make(chan id.ID, len(waiting[i]))
		for _, e := range waiting[i] {
			queue <- e
		}
		close(queue)
		left.Add(int64(len(waiting[i])))
		for _, x := range p.people[2:] {
			wg.Go(func() {
				for e := range queue {
					path := "/" + p.scope.Slug + "/granska/" + e.String()
					page, err := x.get(ctx, path)
					if err == nil {
						err = x.submit(ctx, page, path, url.Values{"verdict": {"accept"}, "public": {"1"}})
					}
					if err != nil {
						k.t.Error(err)
						return
					}
					if left.Add(-1) == 0 {
						close(done)
					}
				}
			})
		}
	}
	hit := 0
	for ; hit < kills; hit++ {
		select {
		case <-done:
		default:
			k.tormentMails(120 * time.Millisecond)
			continue
		}
		break
	}
	wg.Wait()
	k.kill()
	k.t.Logf("%d reviews over %d kills", len(k.places)*evidencePerKill*kills, hit)
	if hit < kills {
		k.t.Errorf("the reviews were done after %d kills, want %d", hit, kills)
	}
	k.open(func(a *App) {
		q := a.db.Read()
		for i, p := range k.places {
			var rows []struct {
				ID      id.ID
				Status  string
				Version int
			}
			k.must(q.NewSelect().TableExpr("evidence").Column("id", "status", "version").Where("association_id = ?", p.scope.ID).Scan(ctx, &rows))
			k.acknowledged += len(waiting[i])
			if len(rows) != len(waiting[i]) {
				k.miss("%d pieces of evidence, want %d", len(rows), len(waiting[i]))
			}
			for _, r := range rows {
				var log int
				k.must(q.NewRaw("SELECT count(*) FROM audit_entries WHERE association_id = ? AND action = 'evidence.review' AND subject_id = ?", p.scope.ID, r.ID).Scan(ctx, &log))
				if r.Status != string(commitments.Accepted) || r.Version != 2 || log != 1 {
					say := k.miss
					if log > 1 || r.Version > 2 {
						say = k.twice
					}
					say("acknowledged as accepted once: it is %s, version %d, %d lines in the log", r.Status, r.Version, log)
				}
			}
		}
		k.checkStates(a)
	})
	k.start()
}

// file adopts, in each association, a declaration whose activities were held and reported, and lets some people follow it. It gives what
// waits for review.
func (k *killed) file(n int) (waiting [][]id.ID) {
	ctx := k.t.Context()
	k.open(func(a *App) {
		today := clock.Today(a.clock)
		for i, p := range k.places {
			for f := range followers {
				k.must(a.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
					_, err := tx.NewRaw("INSERT INTO subscriptions (association_id, id, email, language, confirmed_at, created_at) VALUES (?, ?, ?, 'sv', ?, ?)", p.scope.ID, id.New(), fmt.Sprintf("follower%d.%d@example.test", i, f), a.clock.Now(), a.clock.Now()).Exec(ctx)
					return err
				}))
			}
			ad := commitments.Adoption{Title: "Deklaration " + p.scope.ShortName, SignedOn: today}
			for n := range n {
				ad.Promises = append(ad.Promises, commitments.AdoptedPromise{Number: n + 1, Wording: fmt.Sprintf("Löfte nummer %d om något som ska hända i år.", n+1)})
				ad.Activities = append(ad.Activities, commitments.AdoptedActivity{ServesNumbers: []commitments.ServedNumber{{Number: n + 1}},
					ActivityFields: commitments.ActivityFields{Title: fmt.Sprintf("Möte %d", n), Kind: "seminar", When: period.OnDay(today.AddDays(-3)), PlanYear: today.Year, Public: true}})
			}
			_, err := a.commitments.Adopt(ctx, p.actors[0], p.scope, ad)
			k.must(err)
			list, err := a.commitments.Plan(ctx, actor.SystemActor, p.scope, commitments.PlanFilter{Year: today.AddDays(-3).Year})
			k.must(err)
			for j, l := range list {
				if strings.HasPrefix(l.Title, "Möte ") {
					k.must(a.commitments.ReportActivity(ctx, p.actors[j%2], p.scope, l.ID, l.Version, commitments.Report{Account: "Mötet hölls.", Completes: true, Public: true}))
				}
			}
			var ids []id.ID // all of them, which is more than the page of the review queue shows
			k.must(a.db.Read().NewRaw("SELECT id FROM evidence WHERE association_id = ? AND status = 'filed'", p.scope.ID).Scan(ctx, &ids))
			rand.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
			waiting = append(waiting, ids)
		}
	})
	return waiting
}

// mails goes on killing while the mails of all those changes are sent.
func (k *killed) mails(kills int) {
	for range kills {
		k.tormentMails(250 * time.Millisecond)
	}
	var missing, unsent, mails int
	k.open(func(a *App) {
		begin, before := time.Now(), -1 // since when as many are to be sent as now
		for missing, unsent = k.missingMails(a); missing > 0 || unsent > 0; missing, unsent = k.missingMails(a) {
			if missing+unsent != before {
				begin, before = time.Now(), missing+unsent
			}
			if time.Since(begin) > 2*time.Minute {
				failed, err := a.queue.Failed(k.t.Context())
				k.t.Fatalf("%d mails are missing and %d not sent; failed jobs: %v %v", missing, unsent, failed, err)
			}
			time.Sleep(200 * time.Millisecond)
		}
		k.must(a.db.Read().NewRaw("SELECT count(*) FROM mails").Scan(k.t.Context(), &mails))
	})
	all, different := k.office.count()
	killed, _ := k.fleet.kills()
	k.t.Logf("%d mails; %d handed over, %d of them twice; %d kills in the middle of sending", mails, all, all-different, k.cut)
	k.acknowledged += mails
	if different != mails {
		k.miss("%d different mails arrived, want %d", different, mails)
	}
	if limit := killed * 4; all-different > limit { // at most what the workers of a killed program had in hand
		k.t.Errorf("%d mails came twice, more than the %d that were in hand", all-different, limit)
	}
	if k.cut == 0 {
		k.t.Error("no kill came in the middle of sending, so nothing was shown")
	}
	k.kill()
}

// tormentMails kills once and notes whether mails were on their way.
func (k *killed) tormentMails(longest time.Duration) {
	before, _ := k.office.count()
	k.torment(1, longest)
	if after, _ := k.office.count(); after > before {
		k.cut++
	}
}

// missingMails counts the mails that changes of state call for and that are not there, and those that were not sent. No follower gets two of
// one change.
func (k *killed) missingMails(a *App) (missing, unsent int) {
	k.t.Helper()
	ctx, q := k.t.Context(), a.db.Read()
	var mails []struct {
		UniqueKey string
		Sent      bool
	}
	k.must(q.NewSelect().TableExpr("mails").ColumnExpr("unique_key, sent_at IS NOT NULL AS sent").Where("kind = 'follow.change'").Scan(ctx, &mails))
	told := map[string]int{} // by change
	seen := map[string]bool{}
	for _, m := range mails {
		if seen[m.UniqueKey] {
			k.twice("two mails have the key %s", m.UniqueKey)
		}
		seen[m.UniqueKey] = true
		if !m.Sent {
			unsent++
		}
		told[strings.Split(m.UniqueKey, "/")[1]]++
	}
	var changes []id.ID
	k.must(q.NewRaw("SELECT id FROM state_changes AS c WHERE milestone_id IS NULL AND at >= (SELECT max(confirmed_at) FROM subscriptions AS s WHERE s.association_id = c.association_id)").Scan(ctx, &changes))
	for _, c := range changes {
		missing += followers - told[c.String()]
		if told[c.String()] > followers {
			k.twice("%d mails of one change to %d followers", told[c.String()], followers)
		}
	}
	if len(changes) == 0 {
		k.t.Error("no state changed, so no mail was called for")
	}
	return missing, unsent
}
