package telemetry

import (
	"bufio"
	"cmp"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// Kind is how Prometheus understands a metric.
type Kind string

const (
	Counter   Kind = "counter"
	Gauge     Kind = "gauge"
	Histogram Kind = "histogram"
)

// Desc is a metric: what it is called, what it says, and what it is counted by.
type Desc struct {
	Name   string
	Help   string
	Kind   Kind
	Labels []string
	bounds []float64 // of a histogram's buckets, rising
}

// mostSeries is how many combinations of label values a metric may have. Labels are bounded by what stands in the code, so nothing comes near;
// a fault that would not be bounded ends here, under the value "other", and not in the monitoring's memory.
const mostSeries = 4000

const other = "other"

// family is a metric with its series.
type family struct {
	Desc
	mu     sync.RWMutex
	series map[[3]string]*series
}

// series is the figures of one combination of label values. A counter and a gauge use sum alone.
type series struct {
	values  [3]string
	sum     atomic.Uint64 // bits of a float64
	count   atomic.Uint64
	buckets []atomic.Uint64 // how many fell into each, not cumulated; the last is beyond the last bound
}

func newFamily(d Desc) *family { return &family{Desc: d, series: map[[3]string]*series{}} }

// at is the series of the label values, in the order of Labels.
func (f *family) at(values ...string) *series {
	var key [3]string
	copy(key[:], values)
	f.mu.RLock()
	s := f.series[key]
	f.mu.RUnlock()
	if s != nil {
		return s
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.series[key]; s != nil {
		return s
	}
	if len(f.series) >= mostSeries {
		for i := range f.Labels {
			key[i] = other
		}
		if s := f.series[key]; s != nil {
			return s
		}
	}
	s = &series{values: key}
	if f.Kind == Histogram {
		s.buckets = make([]atomic.Uint64, len(f.bounds)+1)
	}
	f.series[key] = s
	return s
}

func (f *family) add(v float64, values ...string) { f.at(values...).add(v) }

func (f *family) set(v float64, values ...string) {
	f.at(values...).sum.Store(math.Float64bits(v))
}

// observe counts a value in a histogram.
func (f *family) observe(v float64, values ...string) {
	s := f.at(values...)
	i, _ := slices.BinarySearch(f.bounds, v) // the first bound that is not below v
	s.buckets[i].Add(1)
	s.count.Add(1)
	s.add(v)
}

func (s *series) add(v float64) {
	for {
		old := s.sum.Load()
		if s.sum.CompareAndSwap(old, math.Float64bits(math.Float64frombits(old)+v)) {
			return
		}
	}
}

// write writes the family in Prometheus' text format 0.0.4, its series in a fixed order. A family without series writes nothing.
func (f *family) write(w *bufio.Writer) {
	f.mu.RLock()
	list := make([]*series, 0, len(f.series))
	for _, s := range f.series {
		list = append(list, s)
	}
	f.mu.RUnlock()
	if len(list) == 0 {
		return
	}
	slices.SortFunc(list, func(a, b *series) int { return slices.Compare(a.values[:], b.values[:]) })
	w.WriteString("# HELP " + f.Name + " " + escapeHelp.Replace(f.Help) + "\n# TYPE " + f.Name + " " + string(f.Kind) + "\n")
	for _, s := range list {
		sum := math.Float64frombits(s.sum.Load())
		if f.Kind != Histogram {
			f.line(w, "", s, "", sum)
			continue
		}
		// The buckets are read one after the other while others count; the total is their sum, so that the lines agree with each other.
		total := uint64(0)
		for i := range s.buckets {
			total += s.buckets[i].Load()
			le := "+Inf"
			if i < len(f.bounds) {
				le = number(f.bounds[i])
			}
			f.line(w, "_bucket", s, le, float64(total))
		}
		f.line(w, "_sum", s, "", sum)
		f.line(w, "_count", s, "", float64(total))
	}
}

func (f *family) line(w *bufio.Writer, suffix string, s *series, le string, v float64) {
	w.WriteString(f.Name + suffix)
	sep := byte('{')
	label := func(name, value string) {
		w.WriteByte(sep)
		sep = ','
		w.WriteString(name + `="` + escapeValue.Replace(value) + `"`)
	}
	for i, name := range f.Labels {
		label(name, s.values[i])
	}
	if le != "" {
		label("le", le)
	}
	if sep == ',' {
		w.WriteByte('}')
	}
	w.WriteString(" " + number(v) + "\n")
}

var (
	escapeHelp  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	escapeValue = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
)

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// Write writes every metric there is a figure for.
func (m *Metrics) write(out io.Writer) error {
	w := bufio.NewWriter(out)
	list := slices.Clone(m.all)
	slices.SortFunc(list, func(a, b *family) int { return cmp.Compare(a.Name, b.Name) })
	for _, f := range list {
		f.write(w)
	}
	return w.Flush()
}
