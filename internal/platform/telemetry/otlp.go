package telemetry

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// Traces says where traces go.
type Traces struct {
	Endpoint string            // http(s) address of an OTLP receiver; /v1/traces is added when it does not end so
	Headers  map[string]string // sent along, such as a key
	Share    float64           // of the traces that begin here, how many are kept: 0 to 1
	Parent   bool              // believe a caller's traceparent header
	Service  string            // what the program is called there
	Version  string
	Instance string // tells the copies of the program apart
}

// Check tells what is wrong with the settings.
func (c Traces) Check() error {
	u, err := url.Parse(c.Endpoint)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return fmt.Errorf("traces-endpoint is not an address of an OTLP receiver, such as http://127.0.0.1:4318")
	}
	if !(c.Share >= 0 && c.Share <= 1) {
		return fmt.Errorf("traces-share is %v; write a number from 0 to 1, such as 0.1 for one trace in ten", c.Share)
	}
	return nil
}

// ParseHeaders reads "name=value,name=value", in which values are percent-encoded, as the OpenTelemetry variables have it.
func ParseHeaders(s string) (map[string]string, error) {
	headers := map[string]string{}
	for pair := range strings.SplitSeq(s, ",") {
		if strings.TrimSpace(pair) == "" {
			continue
		}
		name, value, ok := strings.Cut(pair, "=")
		value, err := url.PathUnescape(strings.TrimSpace(value))
		if !ok || err != nil || strings.TrimSpace(name) == "" {
			return nil, fmt.Errorf("traces-headers is not written as name=value,name=value")
		}
		headers[strings.TrimSpace(name)] = value
	}
	return headers, nil
}

// NewTracer begins to send traces. count hears how many spans were sent or dropped.
func NewTracer(c Traces, log *slog.Logger, now func() time.Time, count func(n int, sent bool)) (*Tracer, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	u, err := url.Parse(c.Endpoint)
	if err != nil {
		return nil, err
	}
	if !strings.HasSuffix(u.Path, "/v1/traces") {
		u.Path = strings.TrimRight(u.Path, "/") + "/v1/traces"
	}
	e := &exporter{to: u.String(), headers: c.Headers, resource: resource(c), log: log, client: &http.Client{
		Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	t := &Tracer{share: c.Share, parent: c.Parent, now: now, send: e.send, lost: count, wake: make(chan struct{}, 1), end: make(chan struct{}), ended: make(chan struct{})}
	go t.run()
	return t, nil
}

// exporter speaks OTLP/HTTP with binary messages (opentelemetry.io/docs/specs/otlp, trace_service.proto).
type exporter struct {
	to       string
	headers  map[string]string
	resource []byte
	client   *http.Client
	log      *slog.Logger
	faulty   atomic.Bool // so that a receiver that is down is one line in the log and not thousands
}

func (e *exporter) send(ctx context.Context, spans []*Span) error {
	err := e.post(ctx, message(e.resource, spans))
	if err != nil && ctx.Err() == nil {
		select { // a receiver that restarts is back in a moment; longer than that is not waited for
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
			err = e.post(ctx, message(e.resource, spans))
		}
	}
	if was := e.faulty.Swap(err != nil); err != nil && !was {
		e.log.Warn("traces are not received; the program goes on without", "error", err)
	} else if err == nil && was {
		e.log.Info("traces are received again")
	}
	return err
}

func (e *exporter) post(ctx context.Context, body []byte) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.to, bytes.NewReader(body))
	if err != nil {
		return err
	}
	for name, value := range e.headers {
		r.Header.Set(name, value)
	}
	r.Header.Set("Content-Type", "application/x-protobuf")
	r.Header.Set("User-Agent", "samklang")
	res, err := e.client.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("the receiver answers %s", res.Status)
	}
	return nil
}

// What follows writes protocol buffers: a field's number and wire type, then a varint, eight bytes, or a length and that many bytes.

type fields []byte

func (p *fields) key(field, wire uint64) { *p = binary.AppendUvarint(*p, field<<3|wire) }

func (p *fields) uint(field, v uint64) {
	if v != 0 {
		p.key(field, 0)
		*p = binary.AppendUvarint(*p, v)
	}
}

func (p *fields) fixed(field, v uint64) {
	p.key(field, 1)
	*p = binary.LittleEndian.AppendUint64(*p, v)
}

func (p *fields) bytes(field uint64, b []byte) {
	p.key(field, 2)
	*p = append(binary.AppendUvarint(*p, uint64(len(b))), b...)
}

func (p *fields) text(field uint64, s string) {
	p.key(field, 2)
	*p = append(binary.AppendUvarint(*p, uint64(len(s))), s...)
}

func attribute(a Attribute) []byte {
	var value, p fields
	if a.Text != "" {
		value.text(1, a.Text)
	} else {
		value.key(3, 0) // written even when it is 0: an attribute has a value
		value = binary.AppendUvarint(value, uint64(a.Number))
	}
	p.text(1, a.Key)
	p.bytes(2, value)
	return p
}

func resource(c Traces) []byte {
	var p fields
	for _, a := range []Attribute{{Key: "service.name", Text: c.Service}, {Key: "service.version", Text: c.Version}, {Key: "service.instance.id", Text: c.Instance}} {
		if a.Text != "" {
			p.bytes(1, attribute(a))
		}
	}
	return p
}

// message is an ExportTraceServiceRequest with one resource and one scope.
func message(resource []byte, spans []*Span) []byte {
	var scope, scopeSpans, resourceSpans, request fields
	scope.text(1, "samklang")
	scopeSpans.bytes(1, scope)
	var p fields
	for _, s := range spans {
		p = s.encode(p[:0])
		scopeSpans.bytes(2, p)
	}
	resourceSpans.bytes(1, resource)
	resourceSpans.bytes(2, scopeSpans)
	request.bytes(1, resourceSpans)
	return request
}

func (s *Span) encode(p fields) fields {
	p.bytes(1, s.trace[:])
	p.bytes(2, s.id[:])
	if s.parent != [8]byte{} {
		p.bytes(4, s.parent[:])
	}
	p.text(5, s.name)
	p.uint(6, uint64(s.kind))
	p.fixed(7, uint64(s.begin.UnixNano()))
	p.fixed(8, uint64(s.end.UnixNano()))
	for _, a := range s.attributes {
		p.bytes(9, attribute(a))
	}
	if s.failed {
		var status fields
		status.uint(3, 2) // STATUS_CODE_ERROR
		p.bytes(15, status)
	}
	return p
}
