package period

import (
	"fmt"
	"strconv"
	"time"
)

// Every is how long a Block is. Codes are stored.
type Every string

const (
	HalfYear  Every = "half_year"
	EachMonth Every = "month"
)

// Block is the time that something is counted for in one sum: a half-year or a month. It is stored as the text 2026-H1 or 2026-M03. Blocks of one
// length sort as their texts do. The zero Block is none.
type Block struct {
	Year  int
	Every Every
	N     int // 1 or 2 of half-years, 1 to 12 of months
}

// BlockOf is the block that holds the day.
func BlockOf(d Date, e Every) Block {
	if e == EachMonth {
		return Block{d.Year, e, int(d.Month)}
	}
	return Block{d.Year, HalfYear, (int(d.Month)-1)/6 + 1}
}

// ParseBlock reads the stored text and nothing else.
func ParseBlock(s string) (Block, error) {
	fault := fmt.Errorf("not a half-year or month: %q", s)
	if len(s) < 7 || s[4] != '-' {
		return Block{}, fault
	}
	year, err := strconv.Atoi(s[:4])
	if err != nil || !plausible(year) {
		return Block{}, fault
	}
	n, err := strconv.Atoi(s[6:])
	if err != nil {
		return Block{}, fault
	}
	b := Block{year, HalfYear, n}
	if s[5] == 'M' {
		b.Every = EachMonth
	}
	if n < 1 || n > b.in() || b.String() != s {
		return Block{}, fault
	}
	return b, nil
}

// in is how many such blocks a year has.
func (b Block) in() int {
	if b.Every == EachMonth {
		return 12
	}
	return 2
}

// IsZero tells whether there is none.
func (b Block) IsZero() bool { return b == Block{} }

func (b Block) String() string {
	switch {
	case b.IsZero():
		return ""
	case b.Every == EachMonth:
		return fmt.Sprintf("%04d-M%02d", b.Year, b.N)
	}
	return fmt.Sprintf("%04d-H%d", b.Year, b.N)
}

// First is the first day.
func (b Block) First() Date {
	months := 12 / b.in()
	return On(b.Year, time.Month((b.N-1)*months+1), 1)
}

// Last is the last day.
func (b Block) Last() Date { return b.Next().First().AddDays(-1) }

// Next is the block after.
func (b Block) Next() Block {
	if b.N == b.in() {
		return Block{b.Year + 1, b.Every, 1}
	}
	return Block{b.Year, b.Every, b.N + 1}
}

// Previous is the block before.
func (b Block) Previous() Block {
	if b.N == 1 {
		return Block{b.Year - 1, b.Every, b.in()}
	}
	return Block{b.Year, b.Every, b.N - 1}
}
