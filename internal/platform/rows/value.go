package rows

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// encode appends the line of a row to b. The values are what a driver gave: nil, bool, int64, float64, string, []byte or time.Time.
func encode(b []byte, columns []Column, values []any) ([]byte, error) {
	b = append(b, '[')
	for i, c := range columns {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendValue(b, c.Type, values[i]); err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
	}
	return append(b, ']'), nil
}

func appendValue(b []byte, t Type, v any) ([]byte, error) {
	if v == nil {
		return append(b, "null"...), nil
	}
	if raw, ok := v.([]byte); ok && t != Bytes {
		v = string(raw)
	}
	switch t {
	case UUID:
		if s, ok := v.(string); ok && len(s) == 36 {
			if u, err := uuid.Parse(s); err == nil {
				return appendString(b, u.String()), nil
			}
		}
	case Text:
		switch v := v.(type) {
		case string:
			if !utf8.ValidString(v) {
				return appendBytes(b, []byte(v)), nil
			}
			return appendString(b, v), nil
		case time.Time:
			return nil, errors.New("the driver took a text for a time")
		}
	case Integer:
		if n, ok := v.(int64); ok {
			return strconv.AppendInt(b, n, 10), nil
		}
	case Boolean:
		switch v := v.(type) {
		case bool:
			return strconv.AppendBool(b, v), nil
		case int64:
			if v == 0 || v == 1 {
				return strconv.AppendBool(b, v == 1), nil
			}
		}
	case Float:
		switch v := v.(type) {
		case float64:
			return appendFloat(b, v), nil
		case int64:
			return appendFloat(b, float64(v)), nil
		}
	case Timestamp:
		switch v := v.(type) {
		case time.Time:
			return appendTime(b, v)
		case string:
			at, err := parseTime(v)
			if err != nil {
				return nil, err
			}
			return appendTime(b, at)
		}
	case JSON:
		switch v := v.(type) {
		case string:
			return appendJSON(b, []byte(v))
		case int64:
			return strconv.AppendInt(b, v, 10), nil
		case float64:
			return appendJSON(b, appendFloat(nil, v))
		}
	case Bytes:
		switch v := v.(type) {
		case []byte:
			return appendBytes(b, v), nil
		case string:
			return appendBytes(b, []byte(v)), nil
		}
	}
	return nil, fmt.Errorf("%.40q is no %s", fmt.Sprint(v), t)
}

// appendBytes writes bytes, and the rare text that is none: {"base64":"…"}.
func appendBytes(b, v []byte) []byte {
	b = append(b, `{"base64":"`...)
	b = base64.StdEncoding.AppendEncode(b, v)
	return append(b, `"}`...)
}

func appendFloat(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, `"NaN"`...)
	case math.IsInf(f, 1):
		return append(b, `"Infinity"`...)
	case math.IsInf(f, -1):
		return append(b, `"-Infinity"`...)
	case f == 0:
		f = 0 // SQLite keeps no negative zero
	}
	return strconv.AppendFloat(b, f, 'g', -1, 64)
}

// timeForm has microseconds, which is what PostgreSQL keeps.
const timeForm = "2006-01-02T15:04:05.999999Z"

func appendTime(b []byte, t time.Time) ([]byte, error) {
	t = t.UTC()
	if y := t.Year(); y < 1 || y > 9999 {
		return nil, fmt.Errorf("the year %d is none the program can have written", y)
	}
	b = append(b, '"')
	b = t.AppendFormat(b, timeForm)
	return append(b, '"'), nil
}

// sqliteTime is how the program keeps a time on SQLite (bun's way), where times are compared as texts. PostgreSQL reads it as well.
const sqliteTime = "2006-01-02 15:04:05.999999-07:00"

// The first form is the program's own, the others are River's and Go's.
var timeForms = []string{"2006-01-02 15:04:05.999999999-07:00", "2006-01-02 15:04:05.999999999", "2006-01-02 15:04:05.999999999 -0700 MST", time.RFC3339Nano, "2006-01-02 15:04:05.999999999-07"}

func parseTime(s string) (time.Time, error) {
	for _, form := range timeForms {
		if t, err := time.Parse(form, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%.40q is no time", s)
}

func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, `\n`...)
		case '\r':
			b = append(b, `\r`...)
		case '\t':
			b = append(b, `\t`...)
		default:
			b = append(b, `\u00`...)
			b = append(b, "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		}
		from = i + 1
	}
	b = append(b, s[from:]...)
	return append(b, '"')
}

// deepest is how far a JSON value may be nested.
const deepest = 100

// appendJSON writes a JSON value in the one way in which both engines' copies of it are the same: keys in order, the last of two with the same
// name, no spaces, numbers without what does not count.
func appendJSON(b, v []byte) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(v))
	dec.UseNumber()
	var x any
	if err := dec.Decode(&x); err != nil {
		return nil, fmt.Errorf("no JSON: %w", err)
	}
	if dec.More() {
		return nil, errors.New("more than one JSON value")
	}
	return appendTree(b, x, 0)
}

func appendTree(b []byte, x any, depth int) ([]byte, error) {
	if depth > deepest {
		return nil, errors.New("the JSON is nested too deeply")
	}
	var err error
	switch x := x.(type) {
	case nil:
		return append(b, "null"...), nil
	case bool:
		return strconv.AppendBool(b, x), nil
	case string:
		return appendString(b, x), nil
	case json.Number:
		return appendNumber(b, string(x)), nil
	case []any:
		b = append(b, '[')
		for i, y := range x {
			if i > 0 {
				b = append(b, ',')
			}
			if b, err = appendTree(b, y, depth+1); err != nil {
				return nil, err
			}
		}
		return append(b, ']'), nil
	case map[string]any:
		keys := make([]string, 0, len(x))
		for k := range x {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		b = append(b, '{')
		for i, k := range keys {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, k), ':')
			if b, err = appendTree(b, x[k], depth+1); err != nil {
				return nil, err
			}
		}
		return append(b, '}'), nil
	}
	return nil, fmt.Errorf("%T in JSON", x)
}

// appendNumber writes a decimal number in full; one with an exponent beyond reason stays as it was written.
func appendNumber(b []byte, s string) []byte {
	if at := strings.IndexAny(s, "eE"); at >= 0 {
		if n, err := strconv.Atoi(s[at+1:]); err != nil || n > 400 || n < -400 {
			return append(b, s...)
		}
	} else if !strings.Contains(s, ".") {
		if s == "-0" {
			s = "0"
		}
		return append(b, s...)
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return append(b, s...)
	}
	if r.IsInt() {
		return append(b, r.Num().String()...)
	}
	digits, exact := r.FloatPrec()
	if !exact {
		return append(b, s...)
	}
	return append(b, r.FloatString(digits)...)
}

// ErrLine is the fault of a line that this package has not written.
var ErrLine = errors.New("the line of a row is not as it is written")

// decode reads a line back: nil, bool, int64, float64, string, []byte for BYTEA, time.Time for TIMESTAMPTZ. It refuses whatever encode would have
// written otherwise.
func decode(columns []Column, line []byte) ([]any, error) {
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLine, err)
	}
	if len(raw) != len(columns) {
		return nil, fmt.Errorf("%w: %d values for %d columns", ErrLine, len(raw), len(columns))
	}
	values := make([]any, len(raw))
	for i, c := range columns {
		v, err := decodeValue(c.Type, raw[i])
		if err != nil {
			return nil, fmt.Errorf("%w: column %s: %w", ErrLine, c.Name, err)
		}
		values[i] = v
	}
	again, err := encode(make([]byte, 0, len(line)), columns, values)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLine, err)
	}
	if !bytes.Equal(again, line) {
		return nil, ErrLine
	}
	return values, nil
}

func decodeValue(t Type, raw json.RawMessage) (any, error) {
	if string(raw) == "null" {
		return nil, nil
	}
	if raw[0] == '{' && (t == Bytes || t == Text) {
		var v struct {
			Base64 []byte `json:"base64"`
		}
		if err := json.Unmarshal(raw, &v); err != nil {
			return nil, err
		}
		if t == Text {
			return string(v.Base64), nil
		}
		if v.Base64 == nil {
			v.Base64 = []byte{}
		}
		return v.Base64, nil
	}
	if t == JSON {
		return string(raw), nil
	}
	var s string
	if raw[0] == '"' {
		if err := json.Unmarshal(raw, &s); err != nil {
			return nil, err
		}
	}
	switch {
	case t == Boolean:
		return string(raw) == "true", nil // anything else than true and false is not written again as it was
	case t == Integer:
		return strconv.ParseInt(string(raw), 10, 64)
	case t == Float && s != "":
		return strconv.ParseFloat(s, 64)
	case t == Float:
		return strconv.ParseFloat(string(raw), 64)
	case raw[0] != '"':
		return nil, ErrLine
	case t == Timestamp:
		return time.Parse(time.RFC3339Nano, s)
	}
	return s, nil
}

// CheckLine tells whether a line is a row of a table as it is written.
func CheckLine(t Table, line []byte) error {
	_, err := decode(t.Columns, line)
	return err
}

// TextOf is the value of a text column in the line of a row.
func TextOf(t Table, line []byte, column string) (string, error) {
	for i, c := range t.Columns {
		if c.Name != column {
			continue
		}
		var values []json.RawMessage
		if err := json.Unmarshal(line, &values); err != nil {
			return "", err
		}
		v, err := decodeValue(Text, values[i])
		s, ok := v.(string)
		if err == nil && !ok {
			err = ErrLine
		}
		return s, err
	}
	return "", fmt.Errorf("the table %s has no column %s", t.Name, column)
}
