package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"samklang/internal/core/id"
	"samklang/internal/platform/db"
)

const (
	defaultLoad = 5 * time.Second
	association = "alvkusten"
	writers     = 6
	readers     = 4
)

// visitor is a browser.
type visitor struct{ http.Client }

func newVisitor() *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err)
	}
	return &visitor{http.Client{Jar: jar, Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 2},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is what came of a request.
type answer struct {
	status int
	by     string // the copy that answered, as the balancer says
	to     string // where it leads
	page   string
}

func (v *visitor) ask(ctx context.Context, address string, form url.Values) (answer, error) {
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return answer{}, err
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := v.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header.Get("X-Served"), res.Header.Get("Location"), string(page)}, err
}

// begin makes the first administrator and an association, as the address that the program prints at its first start offers, and gives the browser
// in which she is logged in.
func begin(ctx context.Context, c *copyOf, base string) (*visitor, error) {
	at, err := c.says("/start/")
	if err != nil {
		return nil, err
	}
	at = base + at[strings.Index(at, "/start/"):]
	v := newVisitor()
	form := url.Values{"_key": {id.New().String()}, "name": {"Maria Sand"}, "email": {"maria@example.test"}, "language": {"sv"},
		"association_name": {"Samordningsförbundet Älvkusten"}, "association_short_name": {"Älvkusten"}, "association_slug": {association}}
	res, err := v.ask(ctx, at, form)
	if err != nil || res.status != http.StatusSeeOther {
		return nil, fmt.Errorf("the first start is answered with %d, %v", res.status, err)
	}
	return v, nil
}

// load is people at work: some plan activities, each with a number that is used once, others read.
type load struct {
	bases   []string // where requests go, in turn
	patient bool     // a form that was not answered is sent again, as the page asks, until it is
	writer  *visitor
	public  string // a page on which visitors look for each write, if any

	mu       sync.Mutex
	turn     int
	number   int
	done     map[string]time.Time // acknowledged writes, by title
	by       map[string]int       // answers by copy
	reads    int
	failures map[string]int // by what happened
	again    int            // forms sent more than once
	unseen   []string       // what its own writer did not see at once
	stale    []string       // what visitors did not see at once, with the copy that answered
	slowest  time.Duration

	end  context.CancelFunc
	wait sync.WaitGroup
}

func newLoad(v *visitor, bases ...string) *load {
	return &load{bases: bases, writer: v, done: map[string]time.Time{}, by: map[string]int{}, failures: map[string]int{}}
}

func (l *load) begin(ctx context.Context) {
	ctx, l.end = context.WithCancel(ctx)
	for range writers {
		l.wait.Go(func() {
			for ctx.Err() == nil {
				l.write(ctx)
				time.Sleep(10 * time.Millisecond)
			}
		})
	}
	for range readers {
		v := newVisitor()
		l.wait.Go(func() {
			for ctx.Err() == nil {
				for _, path := range []string{"/", "/" + association, "/" + association + "/kalender", "/" + association + "/om"} {
					if l.ask(ctx, v, path, nil).status == http.StatusOK {
						l.mu.Lock()
						l.reads++
						l.mu.Unlock()
					}
				}
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
}

// finish lets everybody come to an end with what they have begun.
func (l *load) finish() {
	l.end()
	l.wait.Wait()
}

func (l *load) next() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn++
	return l.bases[l.turn%len(l.bases)]
}

// ask sends a request and notes what came of it. One that is on its way is not cut off when the load ends.
func (l *load) ask(ctx context.Context, v *visitor, path string, form url.Values) answer {
	begin := time.Now()
	res, err := v.ask(context.WithoutCancel(ctx), l.next()+path, form)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.slowest = max(l.slowest, time.Since(begin))
	switch {
	case err != nil:
		l.failures["no answer: "+reason(err)]++
	case res.status >= 400:
		l.failures[fmt.Sprintf("%d %s", res.status, http.StatusText(res.status))]++
	default:
		l.by[res.by]++
	}
	return res
}

func reason(err error) string {
	text := err.Error()
	return text[strings.LastIndex(text, ": ")+2:]
}

// write plans an activity and looks whether it is there.
func (l *load) write(ctx context.Context) {
	l.mu.Lock()
	l.number++
	title := fmt.Sprintf("Aktivitet %06d", l.number)
	l.mu.Unlock()
	form := url.Values{"_key": {id.New().String()}, "title": {title}, "kind": {"seminar"}, "year": {fmt.Sprint(time.Now().Year())}, "when": {"not_set"}, "public": {"1"}}
	var stop time.Time // when the load ended, which who waits for an answer outlives for a while
	for try := 0; ; try++ {
		res := l.ask(ctx, l.writer, "/"+association+"/plan/ny", form)
		if res.status == http.StatusSeeOther || res.status == http.StatusConflict && try > 0 {
			l.mu.Lock()
			l.done[title] = time.Now()
			l.mu.Unlock()
			if res.to == "" {
				return
			}
			if seen := l.ask(ctx, l.writer, res.to, nil); seen.status == http.StatusOK && !strings.Contains(seen.page, title) {
				l.mu.Lock()
				l.unseen = append(l.unseen, title)
				l.mu.Unlock()
			}
			if l.public != "" { // whichever copy it is, and whichever wrote
				for range 2 {
					if seen := l.ask(ctx, newVisitor(), l.public, nil); seen.status == http.StatusOK && !strings.Contains(seen.page, title) {
						l.mu.Lock()
						l.stale = append(l.stale, title+" at "+seen.by)
						l.mu.Unlock()
					}
				}
			}
			return
		}
		if !l.patient || !stop.IsZero() && time.Since(stop) > 20*time.Second {
			return
		}
		if stop.IsZero() && ctx.Err() != nil {
			stop = time.Now()
		}
		if try == 0 {
			l.mu.Lock()
			l.again++
			l.mu.Unlock()
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// gap is the longest time between two acknowledged writes, whoever made them.
func (l *load) gap() time.Duration {
	var longest time.Duration
	at := slices.SortedFunc(maps.Values(l.done), time.Time.Compare)
	for i := 1; i < len(at); i++ {
		longest = max(longest, at[i].Sub(at[i-1]))
	}
	return longest
}

// check looks in the database for every write that was acknowledged.
func (l *load) check(ctx context.Context, dsn string) (lost, doubled []string, err error) {
	d, err := db.Open(ctx, dsn, db.Options{})
	if err != nil {
		return nil, nil, err
	}
	defer d.Close()
	var rows []struct {
		Title string
		N     int
	}
	if err := d.Read().NewRaw("SELECT title, count(*) AS n FROM activities GROUP BY title").Scan(ctx, &rows); err != nil {
		return nil, nil, err
	}
	there := map[string]int{}
	for _, r := range rows {
		if there[r.Title] = r.N; r.N > 1 {
			doubled = append(doubled, r.Title)
		}
	}
	for title := range l.done {
		if there[title] == 0 {
			lost = append(lost, title)
		}
	}
	slices.Sort(lost)
	return lost, doubled, nil
}

func (l *load) failed() (n int, list string) {
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(l.failures)) {
		n += l.failures[what]
		parts = append(parts, fmt.Sprintf("%d × %s", l.failures[what], what))
	}
	return n, strings.Join(parts, ", ")
}
