package accounts

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"
	"pgregory.net/rapid"
)

func (w *world) ask(t *testing.T, email string) Pending {
	t.Helper()
	p, err := w.RequestCode(t.Context(), email, lang.Swedish)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var codeInMail = regexp.MustCompile(`(?m)^[2-9A-Z]{4}-[2-9A-Z]{4}$`)

// sentCode is the code in the latest mail.
func (w *world) sentCode(t *testing.T) string {
	t.Helper()
	mails := w.outbox.all(t)
	return codeInMail.FindString(mails[len(mails)-1].BodyText)
}

func TestLoggingInWithACode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p := w.ask(t, " Hedda@exempel.se ")
		code := w.sentCode(t)
		if p.Code != code {
			t.Errorf("the example installation would show %q, the mail says %q", p.Code, code)
		}
		if got, err := w.PendingEmailOf(t.Context(), p.Token); err != nil || got != "hedda@exempel.se" {
			t.Errorf("the page would name %q, %v", got, err)
		}
		// Typed as people type: small letters, spaces, no hyphen.
		whose, err := w.EnterCode(t.Context(), p.Token, " "+strings.ToLower(code[:2])+" "+code[2:4]+" "+code[5:]+" ")
		if err != nil || whose != w.head.Account {
			t.Fatalf("%v, %v", whose, err)
		}
		if _, err := w.EnterCode(t.Context(), p.Token, code); key(err) != "accounts.code_over" {
			t.Errorf("used twice: %v", err)
		}
		if got, err := w.PendingEmailOf(t.Context(), p.Token); err != nil || got != "" {
			t.Errorf("afterwards the page would name %q, %v", got, err)
		}
		if a, err := w.Account(t.Context(), whose); err != nil || a.LastLoginAt.IsZero() {
			t.Errorf("%+v, %v", a, err)
		}
	})
}

func TestACodeDoesNotOutliveItsLimits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p := w.ask(t, "hedda@exempel.se")
		for left := codeAttempts - 1; left > 0; left-- {
			if _, err := w.EnterCode(t.Context(), p.Token, "2222-2222"); fields(err) != "code" {
				t.Fatalf("%d left: %v", left, err)
			}
		}
		if _, err := w.EnterCode(t.Context(), p.Token, "2222-2222"); key(err) != "accounts.code_over" {
			t.Errorf("the last attempt: %v", err)
		}
		if _, err := w.EnterCode(t.Context(), p.Token, p.Code); key(err) != "accounts.code_over" {
			t.Errorf("the right code after five wrong ones: %v", err)
		}
		p = w.ask(t, "hedda@exempel.se")
		w.clock.Advance(codeLife)
		if _, err := w.EnterCode(t.Context(), p.Token, p.Code); key(err) != "accounts.code_over" {
			t.Errorf("too late: %v", err)
		}
		// A code works only where it was asked for, and another's does not.
		first, second := w.ask(t, "hedda@exempel.se"), w.ask(t, "ada@exempel.se")
		if _, err := w.EnterCode(t.Context(), first.Token, second.Code); fields(err) != "code" {
			t.Errorf("another's code: %v", err)
		}
		if _, err := w.EnterCode(t.Context(), "nonsense", first.Code); key(err) != "accounts.code_over" {
			t.Errorf("without having asked: %v", err)
		}
		// What somebody else asks for meanwhile does not spoil it.
		if _, err := w.EnterCode(t.Context(), first.Token, first.Code); err != nil {
			t.Error(err)
		}
	})
}

func TestManyGuessesAtOnceAreCounted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p := w.ask(t, "hedda@exempel.se")
		var wg sync.WaitGroup
		var mu sync.Mutex
		wrong := 0
		for range 20 {
			wg.Go(func() {
				_, err := w.EnterCode(t.Context(), p.Token, "2222-2222")
				mu.Lock()
				defer mu.Unlock()
				if errs.Is(err, errs.Invalid) {
					wrong++
				} else if key(err) != "accounts.code_over" {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if wrong != codeAttempts-1 {
			t.Errorf("%d guesses were looked at before the last", wrong)
		}
	})
}

func TestOneCodeLetsOneIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		p := w.ask(t, "hedda@exempel.se")
		var wg sync.WaitGroup
		var mu sync.Mutex
		in := 0
		for range 5 {
			wg.Go(func() {
				if who, err := w.EnterCode(t.Context(), p.Token, p.Code); err == nil && who != id.None {
					mu.Lock()
					defer mu.Unlock()
					in++
				}
			})
		}
		wg.Wait()
		if in != 1 {
			t.Errorf("%d got in with one code", in)
		}
	})
}

func TestCodesAreLimitedPerAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for _, email := range []string{"hedda@exempel.se", "nobody@exempel.se"} {
			for range codesPerAddress {
				w.ask(t, email)
			}
			if _, err := w.RequestCode(t.Context(), strings.ToUpper(email), lang.Swedish); !errs.Is(err, errs.TooMany) {
				t.Errorf("%s, once more: %v", email, err)
			}
		}
	})
}

// watcher notes the statements that run, without their values.
type watcher struct {
	mu   sync.Mutex
	list []string
}

var values = regexp.MustCompile(`'[^']*'|\b\d+\b|\bNULL\b|\bDEFAULT\b`)

func (w *watcher) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = append(w.list, values.ReplaceAllString(e.Query, "?"))
	return ctx
}
func (*watcher) AfterQuery(context.Context, *bun.QueryEvent) {}

// Whoever asks for a code must not learn whether the address has an account: the answer is the same, and so are the statements that
// run, but for the end of the savepoint.
func TestAskingTellsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		olle := w.invite(t, w.here, actor.Office, "Olle Berg", "olle@exempel.se")
		if err := w.CloseAccount(t.Context(), w.admin, olle.ID, 1); err != nil {
			t.Fatal(err)
		}
		watch := &watcher{}
		d.Watch(watch)
		seen := map[string][]string{}
		for _, email := range []string{"hedda@exempel.se", "nobody@exempel.se", "olle@exempel.se"} {
			before := len(w.outbox.all(t))
			watch.list = nil
			p := w.ask(t, email)
			_, err := w.EnterCode(t.Context(), p.Token, "2222-2222")
			seen[email] = watch.list
			if fields(err) != "code" || len(p.Token) != 22 {
				t.Errorf("%s: %v", email, err)
			}
			if sent := len(w.outbox.all(t)) - before; (sent == 1) != (email == "hedda@exempel.se") || sent > 1 {
				t.Errorf("%s: %d mails", email, sent)
			}
			for i, q := range seen[email] {
				if strings.HasSuffix(q, "SAVEPOINT code_mail") {
					seen[email][i] = "end of the savepoint"
				}
			}
		}
		if len(seen["hedda@exempel.se"]) < 6 {
			t.Fatalf("saw only %v", seen["hedda@exempel.se"])
		}
		for _, other := range []string{"nobody@exempel.se", "olle@exempel.se"} {
			if diff := cmp.Diff(seen["hedda@exempel.se"], seen[other]); diff != "" {
				t.Errorf("%s: %s", other, diff)
			}
		}
	})
}

func TestCodesAreReadable(t *testing.T) {
	seen := map[string]bool{}
	for range 2000 {
		c := newCode()
		if !codeInMail.MatchString(c) || strings.ContainsAny(c, "01IOLAEUY") || seen[c] {
			t.Fatalf("%q", c)
		}
		seen[c] = true
	}
	rapid.Check(t, func(t *rapid.T) {
		c := newCode()
		var typed strings.Builder
		for _, r := range c {
			typed.WriteString(rapid.SampledFrom([]string{"", "", " ", "-", "–", "\u00a0", "\t"}).Draw(t, "between"))
			if rapid.Bool().Draw(t, "small") {
				r = []rune(strings.ToLower(string(r)))[0]
			}
			typed.WriteRune(r)
		}
		if !sameHash(hashCode("salt", typed.String()), hashCode("salt", c)) {
			t.Fatalf("%q was not read as %q", typed.String(), c)
		}
		i := rapid.SampledFrom([]int{0, 1, 2, 3, 5, 6, 7, 8}).Draw(t, "place")
		other := []byte(c)
		other[i] = codeAlphabet[(strings.IndexByte(codeAlphabet, c[i])+rapid.IntRange(1, len(codeAlphabet)-1).Draw(t, "by"))%len(codeAlphabet)]
		if sameHash(hashCode("salt", string(other)), hashCode("salt", c)) || sameHash(hashCode("pepper", c), hashCode("salt", c)) {
			t.Fatal("different codes have the same hash")
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		store := func(hash string, who actor.Actor) Session {
			x := Session{TokenHash: hash, ID: id.New(), AccountID: who.Account, Data: []byte("{}"), Device: "Firefox, Linux"}
			if err := w.StoreSession(t.Context(), x); err != nil {
				t.Fatal(err)
			}
			return x
		}
		alive := func(hash string) bool {
			_, ok, err := w.FindSession(t.Context(), hash)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		store("idle", w.head)
		w.clock.Advance(SessionIdle - time.Second)
		if !alive("idle") {
			t.Error("over before the idle limit")
		}
		w.clock.Advance(SessionIdle - time.Second)
		if !alive("idle") {
			t.Error("use does not lengthen it")
		}
		w.clock.Advance(SessionIdle)
		if alive("idle") {
			t.Error("alive after the idle limit")
		}
		store("long", w.head)
		for passed := time.Duration(0); passed < SessionLife-time.Hour; passed += time.Hour {
			w.clock.Advance(time.Hour)
			if !alive("long") {
				t.Fatalf("over after %v", passed)
			}
		}
		w.clock.Advance(time.Hour)
		if alive("long") {
			t.Error("alive after the absolute limit")
		}
		here, phone, tablet, other := store("here", w.head), store("phone", w.head), store("tablet", w.head), store("other", w.admin)
		list, err := w.Sessions(t.Context(), w.head)
		if err != nil || len(list) != 3 || list[0].Device != "Firefox, Linux" {
			t.Fatalf("%+v, %v", list, err)
		}
		if err := w.EndSession(t.Context(), w.head, other.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("another's session: %v", err)
		}
		second := New(w.Needs) // another copy of the program
		if err := second.EndSession(t.Context(), w.head, phone.ID); err != nil {
			t.Fatal(err)
		}
		if alive("phone") || !alive("tablet") {
			t.Error("not that one was ended")
		}
		if err := second.EndOtherSessions(t.Context(), w.head, here.ID); err != nil {
			t.Fatal(err)
		}
		if alive("tablet") || !alive("here") || !alive("other") {
			t.Errorf("after ending the others: tablet %v, here %v, other person %v", alive("tablet"), alive("here"), alive("other"))
		}
		_ = tablet
	})
}

func TestASessionInUseIsWrittenOnceAMinute(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		if err := w.StoreSession(t.Context(), Session{TokenHash: "h", ID: id.New(), AccountID: w.head.Account, Data: []byte("{}")}); err != nil {
			t.Fatal(err)
		}
		written := map[time.Time]bool{}
		for range 120 {
			w.clock.Advance(time.Second)
			if _, ok, err := w.FindSession(t.Context(), "h"); !ok || err != nil {
				t.Fatal(ok, err)
			}
			var row Session
			if err := d.Read().NewSelect().Model(&row).Where("token_hash = ?", "h").Scan(t.Context()); err != nil {
				t.Fatal(err)
			}
			written[row.LastSeenAt] = true
		}
		if n := len(written) - 1; n != 2 { // the first is when it was begun
			t.Errorf("%d writes in two minutes", n)
		}
	})
}

func TestSetupWorksOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		if path, err := w.SetupLink(t.Context()); err != nil || path != "" {
			t.Errorf("with an administrator there: %q, %v", path, err)
		}
	})
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := emptyWorld(d)
		old, err := w.SetupLink(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		path, err := w.SetupLink(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		token := strings.TrimPrefix(path, "/start/")
		if len(token) != 22 || token == path {
			t.Fatalf("path %q", path)
		}
		if err := w.CheckSetup(t.Context(), strings.TrimPrefix(old, "/start/")); err != nil {
			t.Errorf("the link of another copy: %v", err)
		}
		if _, err := w.Setup(t.Context(), token, "", "x", "sv"); fields(err) != "name email" {
			t.Errorf("faulty: %v", err)
		}
		if err := w.CheckSetup(t.Context(), token); err != nil {
			t.Errorf("after a faulty form: %v", err)
		}
		who, err := w.Setup(t.Context(), token, "Ada Mo", "ada@exempel.se", "sv")
		if err != nil {
			t.Fatal(err)
		}
		if a := w.actor(t, who); !a.Admin {
			t.Errorf("acts as %+v", a)
		}
		if _, err := w.Setup(t.Context(), token, "Eve", "eve@exempel.se", "sv"); !errs.Is(err, errs.NotFound) {
			t.Errorf("used twice: %v", err)
		}
		if err := w.CheckSetup(t.Context(), strings.TrimPrefix(old, "/start/")); !errs.Is(err, errs.NotFound) {
			t.Errorf("the link of another copy, when there is an administrator: %v", err)
		}
	})
}

// Whoever uses the links of several copies at the same moment: there is one first administrator, and no link is left.
func TestSeveralSetupsAtOnceMakeOneAdministrator(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := emptyWorld(d)
		var made atomic.Int64
		var wg sync.WaitGroup
		var paths []string
		for range 6 {
			path, err := w.SetupLink(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			paths = append(paths, path)
		}
		for n, path := range paths {
			wg.Go(func() {
				_, err := w.Setup(t.Context(), strings.TrimPrefix(path, "/start/"), "Ada Mo", fmt.Sprintf("ada%d@exempel.se", n), "sv")
				switch {
				case err == nil:
					made.Add(1)
				case !errs.Is(err, errs.NotFound):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var left int
		if err := d.Read().NewRaw("SELECT count(*) FROM setup_links").Scan(t.Context(), &left); err != nil || left != 0 || made.Load() != 1 {
			t.Errorf("%d administrators were made, %d links are left, %v", made.Load(), left, err)
		}
	})
}

func TestASetupLinkDiesAfterADay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := emptyWorld(d)
		path, err := w.SetupLink(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(setupLife)
		if _, err := w.Setup(t.Context(), strings.TrimPrefix(path, "/start/"), "Ada Mo", "ada@exempel.se", "sv"); !errs.Is(err, errs.NotFound) {
			t.Errorf("after a day: %v", err)
		}
	})
}

func TestRescueOnTheCommandLine(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		r, err := w.RescueCode(t.Context(), "hedda@exempel.se")
		if err != nil {
			t.Fatal(err)
		}
		if who, err := w.EnterCode(t.Context(), strings.TrimPrefix(r.Path, "/logga-in/"), r.Code); err != nil || who != w.head.Account {
			t.Errorf("%v, %v", who, err)
		}
		if _, err := w.RescueCode(t.Context(), "nobody@exempel.se"); !errs.Is(err, errs.NotFound) {
			t.Errorf("nobody: %v", err)
		}
		list, err := w.Accounts(t.Context(), actor.SystemActor)
		if err != nil || len(list) != 2 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}
