package app

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/web"

	"github.com/PuerkitoBio/goquery"
	"github.com/emersion/go-smtp"
)

// childEnv names the variable that turns the test binary into the program itself, with the settings the variable holds.
const childEnv = "SAMKLANG_APP_CHILD"

func TestMain(m *testing.M) {
	if s := os.Getenv(childEnv); s != "" {
		if err := serveAsChild(s); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func serveAsChild(settings string) error {
	var c Config
	if err := json.Unmarshal([]byte(settings), &c); err != nil {
		return err
	}
	a, err := New(context.Background(), c, slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})), clock.System)
	if err != nil {
		return err
	}
	return a.Run(context.Background(), func(base string) { fmt.Println(base) })
}

// child is a running program that can be killed and started again.
type child struct {
	t        *testing.T
	settings string
	base     atomic.Pointer[string] // where it answers, "" while it is dead
	inFlight atomic.Int64           // requests that wait for an answer
	cmd      *exec.Cmd
	stderr   *bytes.Buffer
	kills    int
	hits     int             // kills that met a request in flight
	killed   time.Time       // the last time
	ready    []time.Duration // from each kill to the first answer that says it is ready
}

func newChild(t *testing.T, c Config) *child {
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	p := &child{t: t, settings: string(b)}
	dead := ""
	p.base.Store(&dead)
	return p
}

func (p *child) start() {
	p.t.Helper()
	p.cmd, p.stderr = exec.Command(os.Args[0]), &bytes.Buffer{}
	p.cmd.Env = append(os.Environ(), childEnv+"="+p.settings)
	p.cmd.Stderr = p.stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		p.t.Fatalf("the program did not start: %v %s", err, p.stderr)
	}
	base := strings.TrimSpace(line)
	for {
		res, err := http.Get(base + "/readyz")
		if err != nil {
			p.t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode == http.StatusOK {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if !p.killed.IsZero() {
		p.ready = append(p.ready, time.Since(p.killed))
	}
	p.base.Store(&base)
}

// take implements target.
func (p *child) take() (base string, done func()) {
	base = *p.base.Load()
	if base == "" {
		return "", nil
	}
	p.inFlight.Add(1)
	return base, func() { p.inFlight.Add(-1) }
}

// kill ends the program without a word, as the kernel does when the memory is out.
func (p *child) kill() {
	p.t.Helper()
	if p.inFlight.Load() > 0 {
		p.hits++
	}
	p.kills++
	p.killed = time.Now()
	if err := p.cmd.Process.Kill(); err != nil {
		p.t.Fatal(err)
	}
	dead := ""
	p.base.Store(&dead)
	p.cmd.Wait() // tells that it was killed
	if p.stderr.Len() > 0 {
		p.t.Errorf("the program complained before it was killed:\n%s", p.stderr)
	}
}

// fleet is several copies of the program on one database.
type fleet []*child

func newFleet(t *testing.T, c Config, copies int) fleet {
	f := make(fleet, copies)
	for i := range f {
		f[i] = newChild(t, c)
	}
	return f
}

// start starts all copies at once.
func (f fleet) start() {
	var wg sync.WaitGroup
	for _, p := range f {
		wg.Go(p.start)
	}
	wg.Wait()
}

// kill kills all copies.
func (f fleet) kill() {
	for _, p := range f {
		p.kill()
	}
}

// torment kills copies n times, each some random moment after the last one began to answer, and leaves all running. One kill in four takes all of
// them, as a power cut does.
func (f fleet) torment(n int, longest time.Duration) {
	for i := 0; i < n; i++ {
		time.Sleep(5*time.Millisecond + rand.N(longest))
		if len(f) > 1 && rand.IntN(4) == 0 {
			f.kill()
			f.start()
			i += len(f) - 1
			continue
		}
		p := f[rand.IntN(len(f))]
		p.kill()
		p.start()
	}
}

func (f fleet) kills() (all, hits int) {
	for _, p := range f {
		all, hits = all+p.kills, hits+p.hits
	}
	return all, hits
}

// ready is how long it took until a killed copy was ready again: half of them at most the first, all at most the second.
func (f fleet) ready() (median, longest time.Duration) {
	var all []time.Duration
	for _, p := range f {
		all = append(all, p.ready...)
	}
	if len(all) == 0 {
		return 0, 0
	}
	slices.Sort(all)
	return all[len(all)/2], all[len(all)-1]
}

// take implements target: as a load balancer does, it gives any copy that answers.
func (f fleet) take() (base string, done func()) {
	for _, i := range rand.Perm(len(f)) {
		if base, done := f[i].take(); base != "" {
			return base, done
		}
	}
	return "", nil
}

// target is where requests are sent.
type target interface {
	// take gives an address that answers, "" when there is none, and what to call when the answer has come.
	take() (base string, done func())
}

// person is somebody logged in, who sends a form again and again until it is answered, as the page asks her to.
type person struct {
	at       target
	cookie   string
	repeated string // what the program says of a form whose effect is there already
	client   *http.Client
}

func (a *App) person(t *testing.T, at target, account id.ID) *person {
	t.Helper()
	return &person{at: at, cookie: a.cookie(t, account), repeated: a.catalog.Printer(lang.Swedish).T("error.repeated"), client: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// cookie logs somebody in and gives what her browser then sends.
func (a *App) cookie(t *testing.T, account id.ID) string {
	t.Helper()
	rec := httptest.NewRecorder()
	a.sessions.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := a.sessions.Start(&web.Request{Request: r}, account); err != nil {
			t.Error(err)
		}
	})).ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil))
	cookies := rec.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("log-in gave %d cookies", len(cookies))
	}
	return cookies[0].Name + "=" + cookies[0].Value
}

type reply struct {
	status   int
	location string
	page     *goquery.Document
	again    int // how often it had to be sent
}

func (x *person) send(ctx context.Context, method, path, kind string, body []byte) (reply, error) {
	for again := 0; ctx.Err() == nil; again++ {
		if base, done := x.at.take(); base != "" {
			r, err := x.try(ctx, method, base+path, kind, body)
			done()
			if err == nil {
				r.again = again
				return r, nil
			}
		}
		time.Sleep(2 * time.Millisecond)
	}
	return reply{}, ctx.Err()
}

func (x *person) try(ctx context.Context, method, address, kind string, body []byte) (reply, error) {
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	r.Header.Set("Cookie", x.cookie)
	r.Header.Set("Content-Type", kind)
	res, err := x.client.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body) // to its end: an answer that was cut off is none
	if err != nil {
		return reply{}, err
	}
	page, err := goquery.NewDocumentFromReader(bytes.NewReader(text))
	return reply{status: res.StatusCode, location: res.Header.Get("Location"), page: page}, err
}

func (x *person) get(ctx context.Context, path string) (*goquery.Document, error) {
	r, err := x.send(ctx, http.MethodGet, path, "", nil)
	if err == nil && r.status != http.StatusOK {
		err = fmt.Errorf("GET %s: %d %s", path, r.status, strings.Join(strings.Fields(r.page.Find("main").Text()), " "))
	}
	return r.page, err
}

// submit sends the form of the page whose action ends with suffix. It is acknowledged when it leads on, or when the program says that it
// was sent before.
func (x *person) submit(ctx context.Context, page *goquery.Document, suffix string, change url.Values) error {
	form := page.Find(`form[action$="` + suffix + `"]`).First()
	v := url.Values{}
	form.Find("input, textarea").Each(func(_ int, f *goquery.Selection) {
		name, kind := f.AttrOr("name", ""), f.AttrOr("type", "")
		if _, checked := f.Attr("checked"); checked || kind != "checkbox" && kind != "radio" {
			v.Set(name, f.AttrOr("value", f.Text()))
		}
	})
	if len(v.Get(web.OnceField)) != 36 {
		return fmt.Errorf("the form to %q has no key that lets it take effect once", suffix)
	}
	for name, values := range change {
		v[name] = values
	}
	return x.acknowledged(ctx, form.AttrOr("action", ""), "application/x-www-form-urlencoded", []byte(v.Encode()))
}

func (x *person) acknowledged(ctx context.Context, path, kind string, body []byte) error {
	r, err := x.send(ctx, http.MethodPost, path, kind, body)
	if err != nil {
		return err
	}
	text := strings.Join(strings.Fields(r.page.Find("main").Text()), " ")
	if r.status == http.StatusSeeOther || r.status == http.StatusConflict && r.again > 0 && strings.Contains(text, x.repeated) {
		return nil
	}
	if r.status == http.StatusTooManyRequests { // a form that a killed program took counts, too, and she sends it again and again
		return errTooMany
	}
	return fmt.Errorf("POST %s: %d (sent %d times) %s", path, r.status, r.again+1, text)
}

// errTooMany says that somebody has sent more than she may in an hour.
var errTooMany = errors.New("too many in an hour")

// upload sends a document; the import it became is found on the list of imports by its name.
func (x *person) upload(ctx context.Context, association, name, content string) (at string, err error) {
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	m.WriteField("year", "2026")
	m.WriteField(web.OnceField, id.New().String())
	part, err := m.CreateFormFile("file", name)
	if err != nil {
		return "", err
	}
	io.WriteString(part, content)
	if err := m.Close(); err != nil {
		return "", err
	}
	if err := x.acknowledged(ctx, "/"+association+"/las-in", m.FormDataContentType(), body.Bytes()); err != nil {
		return "", err
	}
	list, err := x.get(ctx, "/"+association+"/las-in")
	if err != nil {
		return "", err
	}
	at = list.Find("a").FilterFunction(func(_ int, a *goquery.Selection) bool { return strings.TrimSpace(a.Text()) == name }).AttrOr("href", "")
	if at == "" {
		return "", fmt.Errorf("the upload of %s was acknowledged, and it is not there", name)
	}
	return at, nil
}

// postOffice is a mail server that takes everything and remembers which mails came.
type postOffice struct {
	port int
	mu   sync.Mutex
	ids  map[string]int // by Message-ID
	all  int
}

func openPostOffice(t *testing.T) *postOffice {
	t.Helper()
	o := &postOffice{ids: map[string]int{}}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return letter{o}, nil }))
	srv.Domain = "mail.example"
	srv.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.port = l.Addr().(*net.TCPAddr).Port
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	return o
}

func (o *postOffice) count() (all, different int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all, len(o.ids)
}

type letter struct{ office *postOffice }

func (letter) Reset()                               {}
func (letter) Logout() error                        { return nil }
func (letter) Mail(string, *smtp.MailOptions) error { return nil }
func (letter) Rcpt(string, *smtp.RcptOptions) error { return nil }

func (l letter) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(strings.ToLower(string(b)), "\nmessage-id:")
	name, _, _ := strings.Cut(rest, "\n")
	l.office.mu.Lock()
	defer l.office.mu.Unlock()
	l.office.all++
	l.office.ids[strings.TrimSpace(name)]++
	return nil
}
