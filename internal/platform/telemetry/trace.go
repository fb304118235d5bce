package telemetry

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	mrand "math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// A Tracer makes spans and sends them away in batches. A nil *Tracer makes none.
type Tracer struct {
	share  float64 // of the traces that begin here, how many are kept: 0 to 1
	parent bool    // whether a caller's traceparent is believed
	now    func() time.Time
	send   func(context.Context, []*Span) error
	lost   func(n int, sent bool)

	mu    sync.Mutex
	done  []*Span
	wake  chan struct{}
	end   chan struct{}
	ended chan struct{}
}

const (
	batch    = 256             // spans in one message
	mostHeld = 4096            // spans that wait; what comes beyond is dropped rather than kept in memory
	patience = 5 * time.Second // the longest a finished span waits for others
)

// kind is who asks whom, as the protocol numbers it.
type kind uint64

const (
	server   kind = 2
	client   kind = 3
	consumer kind = 5
)

// Attribute is something a span says: a text, or a number when Text is "".
type Attribute struct {
	Key    string
	Text   string
	Number int64
}

// Keys are the only attributes a span may have.
var Keys = []string{
	"http.request.method", "http.route", "http.response.status_code", "samklang.association",
	"db.system.name", "db.operation.name", "db.collection.name",
	"samklang.job.kind", "samklang.job.attempt", "error.type",
}

// Span is one piece of work. Its methods do nothing on nil.
type Span struct {
	tracer     *Tracer
	trace      [16]byte
	id, parent [8]byte
	kind       kind
	name       string
	begin, end time.Time
	attributes []Attribute
	failed     bool
}

type spanKey struct{}

// leftOut stands in a context below a trace that is not kept, so that what happens in it begins none of its own.
var leftOut = &Span{}

func traced(ctx context.Context) bool {
	s, _ := ctx.Value(spanKey{}).(*Span)
	return s != nil && s != leftOut
}

// begin opens a span below the one in ctx, or one of a new trace.
func (t *Tracer) begin(ctx context.Context, k kind, name string) (context.Context, *Span) {
	above, _ := ctx.Value(spanKey{}).(*Span)
	switch {
	case above == leftOut:
		return ctx, nil
	case above == nil && t.share < 1 && mrand.Float64() >= t.share:
		return context.WithValue(ctx, spanKey{}, leftOut), nil
	}
	s := &Span{tracer: t, kind: k, name: name, begin: t.now(), attributes: make([]Attribute, 0, 5)}
	if above != nil {
		s.trace, s.parent = above.trace, above.id
	} else {
		rand.Read(s.trace[:])
	}
	for s.id == [8]byte{} {
		binary.LittleEndian.PutUint64(s.id[:], mrand.Uint64())
	}
	return context.WithValue(ctx, spanKey{}, s), s
}

func (s *Span) text(key, value string) {
	if s != nil && value != "" {
		s.attributes = append(s.attributes, Attribute{Key: key, Text: value})
	}
}

func (s *Span) number(key string, value int64) {
	if s != nil {
		s.attributes = append(s.attributes, Attribute{Key: key, Number: value})
	}
}

func (s *Span) fail(why string) {
	if s != nil {
		s.failed = true
		s.text("error.type", why)
	}
}

// End closes the span and hands it to those that send.
func (s *Span) End() {
	if s == nil {
		return
	}
	t := s.tracer
	s.end = t.now()
	t.mu.Lock()
	full := len(t.done) >= mostHeld
	if !full {
		t.done = append(t.done, s)
	}
	n := len(t.done)
	t.mu.Unlock()
	if full {
		t.lost(1, false)
	}
	if n >= batch {
		select {
		case t.wake <- struct{}{}:
		default:
		}
	}
}

// Request opens the span of a request. What it is about is known when it has been routed; see EndRequest.
func (t *Tracer) Request(r *http.Request) (context.Context, *Span) {
	ctx := r.Context()
	if t.parent {
		if above, ok := parseParent(r.Header.Get("traceparent")); ok {
			ctx = context.WithValue(ctx, spanKey{}, above)
		}
	}
	return t.begin(ctx, server, "")
}

// EndRequest says what the request was and closes the span.
func (s *Span) EndRequest(method, route, association string, status int) {
	if s == nil {
		return
	}
	s.name = method + " " + route
	s.text("http.request.method", method)
	s.text("http.route", route)
	s.text("samklang.association", association)
	s.number("http.response.status_code", int64(status))
	if status >= 500 {
		s.fail(statusText(status))
	}
	s.End()
}

// Job opens the span of a run of a job; end closes it.
func (t *Tracer) Job(ctx context.Context, kindOfJob string, attempt int) (_ context.Context, end func(error)) {
	ctx, s := t.begin(ctx, consumer, "job "+kindOfJob)
	s.text("samklang.job.kind", kindOfJob)
	s.number("samklang.job.attempt", int64(attempt))
	return ctx, func(err error) {
		if err != nil {
			s.fail(errorType(err))
		}
		s.End()
	}
}

// parseParent reads a W3C traceparent header: 00-32 hexadecimal digits-16 digits-2 digits. A trace that its caller does not keep is left out here
// as well. Anything else is as if it were not there.
func parseParent(h string) (*Span, bool) {
	if len(h) < 55 || h[2] != '-' || h[35] != '-' || h[52] != '-' || h[:2] == "ff" || h[:2] == "00" && len(h) != 55 || len(h) > 55 && h[55] != '-' {
		return nil, false
	}
	for _, c := range []byte(h[:2] + h[3:35] + h[36:52] + h[53:55]) {
		if c < '0' || c > '9' && c < 'a' || c > 'f' {
			return nil, false
		}
	}
	s, flags := &Span{}, [1]byte{}
	hex.Decode(s.trace[:], []byte(h[3:35]))
	hex.Decode(s.id[:], []byte(h[36:52]))
	hex.Decode(flags[:], []byte(h[53:55]))
	if s.trace == [16]byte{} || s.id == [8]byte{} {
		return nil, false
	}
	if flags[0]&1 == 0 {
		return leftOut, true
	}
	return s, true
}

// run sends what is done until the tracer is stopped.
func (t *Tracer) run() {
	defer close(t.ended)
	tick := time.NewTicker(patience)
	defer tick.Stop()
	for {
		stop := false
		select {
		case <-t.wake:
		case <-tick.C:
		case <-t.end:
			stop = true
		}
		t.flush(stop)
		if stop {
			return
		}
	}
}

func (t *Tracer) flush(all bool) {
	for {
		t.mu.Lock()
		n := min(len(t.done), batch)
		list := t.done[:n:n]
		t.done = t.done[n:]
		if len(t.done) == 0 {
			t.done = nil
		}
		t.mu.Unlock()
		if n == 0 {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		err := t.send(ctx, list)
		cancel()
		t.lost(n, err == nil)
		if n < batch || err != nil && all {
			return
		}
	}
}

// Stop sends what is left, for at most a few seconds.
func (t *Tracer) Stop() {
	if t == nil {
		return
	}
	close(t.end)
	<-t.ended
}
