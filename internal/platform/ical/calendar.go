package ical

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"time"

	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
)

// ContentType is what a feed is served as.
const ContentType = "text/calendar; charset=utf-8"

// Calendar is one feed.
type Calendar struct {
	Name        string
	Description string
	Language    lang.Lang     // of every text in it
	URL         string        // the page that shows the same to people; http or https, or ""
	Refresh     time.Duration // how often to ask again, whole minutes; 0 says nothing
	Events      []Event
}

// Status of an event; what is cancelled stays in the feed, or it would stay in people's calendars.
type Status string

const (
	Tentative Status = "TENTATIVE"
	Confirmed Status = "CONFIRMED"
	Cancelled Status = "CANCELLED"
)

// Event is one entry. It lasts either whole days, from From to To inclusive (To may be zero for a single day), or from Start to End
// by the clock; exactly one of From and Start is set. Months and seasons do not fit a calendar: the caller chooses the days and says
// in the text that they are not decided.
type Event struct {
	UID          string // the same for ever, "…@host"
	Sequence     int    // grows when time, place or status changes
	From, To     period.Date
	Start, End   time.Time // shown in Swedish time whatever zone they are in; a zero End is the moment of Start
	Summary      string
	Description  string
	Location     string
	URL          string // http or https, or ""
	Status       Status
	Organizer    string // name of the organiser
	Categories   []string
	LastModified time.Time // also the time stamp of the entry, which makes the feed repeatable; not zero
}

const zone = "Europe/Stockholm"

// Swedish time since 1996, when summer time began to end in October. Earlier events do not occur here.
const vtimezone = "BEGIN:VTIMEZONE\r\nTZID:Europe/Stockholm\r\n" +
	"BEGIN:DAYLIGHT\r\nDTSTART:19960331T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\n" +
	"TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nTZNAME:CEST\r\nEND:DAYLIGHT\r\n" +
	"BEGIN:STANDARD\r\nDTSTART:19961027T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\n" +
	"TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"

// Write writes the calendar. An event that breaks its contract gives an error and nothing is written.
func (c Calendar) Write(w io.Writer) error {
	var b bytes.Buffer
	p := printer{&b}
	language := param{"LANGUAGE", c.Language.Tag()}
	p.line("BEGIN", "VCALENDAR")
	p.line("VERSION", "2.0")
	p.line("PRODID", "-//Samklang//Samklang//SV")
	p.line("CALSCALE", "GREGORIAN")
	p.line("METHOD", "PUBLISH")
	p.text("NAME", c.Name, language)
	p.text("X-WR-CALNAME", c.Name)
	p.text("DESCRIPTION", c.Description, language)
	p.text("X-WR-CALDESC", c.Description)
	p.line("X-WR-TIMEZONE", zone)
	if err := p.url(c.URL); err != nil {
		return fmt.Errorf("calendar %q: %w", c.Name, err)
	}
	if c.Refresh > 0 {
		every := "PT" + strconv.Itoa(max(1, int(c.Refresh/time.Minute))) + "M"
		if c.Refresh%time.Hour == 0 {
			every = "PT" + strconv.Itoa(int(c.Refresh/time.Hour)) + "H"
		}
		p.line("REFRESH-INTERVAL", every, param{"VALUE", "DURATION"})
		p.line("X-PUBLISHED-TTL", every)
	}
	for _, e := range c.Events {
		if !e.Start.IsZero() {
			b.WriteString(vtimezone)
			break
		}
	}
	for _, e := range c.Events {
		if err := e.print(p, language); err != nil {
			return fmt.Errorf("event %q: %w", e.UID, err)
		}
	}
	p.line("END", "VCALENDAR")
	_, err := w.Write(b.Bytes())
	return err
}

func (e Event) print(p printer, language param) error {
	if e.UID == "" || e.LastModified.IsZero() || e.From.IsZero() == e.Start.IsZero() {
		return fmt.Errorf("needs an id, a time of change and either days or clock times")
	}
	p.line("BEGIN", "VEVENT")
	p.text("UID", e.UID)
	p.line("DTSTAMP", utc(e.LastModified))
	p.line("LAST-MODIFIED", utc(e.LastModified))
	p.line("SEQUENCE", strconv.Itoa(e.Sequence))
	if e.Start.IsZero() {
		last := e.To
		if last.IsZero() {
			last = e.From
		}
		if last.Before(e.From) {
			return fmt.Errorf("ends %v before it starts %v", last, e.From)
		}
		p.line("DTSTART", day(e.From), param{"VALUE", "DATE"})
		p.line("DTEND", day(last.AddDays(1)), param{"VALUE", "DATE"})
		p.line("TRANSP", "TRANSPARENT") // days in a plan do not make the subscriber busy
	} else {
		if !e.End.IsZero() && e.End.Before(e.Start) {
			return fmt.Errorf("ends %v before it starts %v", e.End, e.Start)
		}
		p.line("DTSTART", local(e.Start), param{"TZID", zone})
		if e.End.After(e.Start) {
			p.line("DTEND", local(e.End), param{"TZID", zone})
		}
		p.line("TRANSP", "OPAQUE")
	}
	p.text("SUMMARY", e.Summary, language)
	p.text("DESCRIPTION", e.Description, language)
	p.text("LOCATION", e.Location, language)
	switch e.Status {
	case Tentative, Confirmed, Cancelled:
		p.line("STATUS", string(e.Status))
	case "":
	default:
		return fmt.Errorf("unknown status %q", e.Status)
	}
	if e.Organizer != "" {
		p.line("ORGANIZER", "invalid:nomail", param{"CN", e.Organizer}) // an address is required, and no reply wanted
	}
	for _, c := range e.Categories {
		p.text("CATEGORIES", c, language)
	}
	if err := p.url(e.URL); err != nil {
		return err
	}
	p.line("END", "VEVENT")
	return nil
}

func day(d period.Date) string { return d.Time().Format("20060102") }
func utc(t time.Time) string   { return t.UTC().Format("20060102T150405Z") }
func local(t time.Time) string { return t.In(clock.Stockholm).Format("20060102T150405") }

// url prints a web address; another kind of address, or one with characters that an address cannot hold, is refused.
func (p printer) url(s string) error {
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return fmt.Errorf("not a web address: %q", s)
	}
	p.line("URL", u.String())
	return nil
}
