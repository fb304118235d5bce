// Package clock is the only source of "now". Go programs cannot be given a faked system time, and both tests and the example
// installation need to move it.
package clock

import (
	"sync"
	"time"
	_ "time/tzdata" // the program must know Swedish time on machines without zone files

	"samklang/internal/core/period"
)

// Stockholm is the time zone of every date a person reads or writes.
var Stockholm = func() *time.Location {
	l, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		panic(err) // the zone is linked in above
	}
	return l
}()

// Clock tells the time.
type Clock interface {
	Now() time.Time // UTC, whole microseconds, as both engines keep it
}

// System is the machine's clock.
var System Clock = systemClock{}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Today is the calendar day in Sweden.
func Today(c Clock) period.Date { return period.DateOf(c.Now().In(Stockholm)) }

// Set is a clock that stands still until it is moved. It is safe for concurrent use.
type Set struct {
	mu sync.Mutex
	t  time.Time
}

// At makes a Set clock that shows noon, Swedish time, of the day.
func At(d period.Date) *Set {
	return &Set{t: time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, Stockholm).UTC()}
}

func (s *Set) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.t
}

// Advance moves the clock.
func (s *Set) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.t = s.t.Add(d)
}

// MoveTo sets the clock to noon, Swedish time, of the day.
func (s *Set) MoveTo(d period.Date) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.t = At(d).t
}
