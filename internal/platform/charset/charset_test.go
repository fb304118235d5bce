package charset

import (
	"errors"
	"testing"
	"unicode/utf8"
)

func TestDecode(t *testing.T) {
	for in, want := range map[string]string{
		"åäö":                         "åäö",
		"\xEF\xBB\xBFåäö":             "åäö",
		"\xE5\xE4\xF6 \x96 \x93x\x94": "åäö – “x”",
		"\xFF\xFE\xE5\x00":            "å",
		"\xFE\xFF\x00\xE5":            "å",
		"":                            "",
	} {
		if got, err := Decode([]byte(in)); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for in, want := range map[string]error{
		"a\x00b":                   ErrBinary,
		"\x01\x02\x03\x04\x05\x06": ErrBinary,
		"å å å \xE5":               ErrEncoding,
		"\xFF\xFEa":                ErrEncoding,
		"\xE5\x81":                 ErrEncoding,
	} {
		if _, err := Decode([]byte(in)); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", in, err, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("\xE5tar sig å"))
	f.Add([]byte("\xFF\xFE\xE5\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Decode(data)
		if !utf8.ValidString(s) || err != nil && s != "" {
			t.Errorf("%q, %v", s, err)
		}
	})
}

func TestNamedEncodings(t *testing.T) {
	for name, bytes := range map[string]string{
		"iso-8859-1": "F\xf6rm\xf6te \x93r\xf6st\x94", "Windows-1252": "F\xf6rm\xf6te \x93r\xf6st\x94", " UTF-8 ": "Förmöte “röst”", "macintosh": "F\x9arm\x9ate \xd2r\x9ast\xd3",
		"utf-16": "F\x00\xf6\x00r\x00m\x00\xf6\x00t\x00e\x00 \x00\x1c r\x00\xf6\x00s\x00t\x00\x1d ",
	} {
		enc, ok := Named(name)
		if !ok {
			t.Errorf("%s is not known", name)
			continue
		}
		if got, err := enc.NewDecoder().String(bytes); err != nil || got != "Förmöte “röst”" {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "shift_jis", "utf-7", "x-user-defined"} {
		if _, ok := Named(name); ok {
			t.Errorf("%s is known", name)
		}
	}
}
