// Package charset turns the bytes of text files into text.
package charset

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Why bytes are not read as text.
var (
	ErrBinary   = errors.New("not text")
	ErrEncoding = errors.New("text in an encoding that is broken or unknown")
)

// Decode turns bytes into text: UTF-8, UTF-16 with a byte order mark, or else Windows-1252, which is what Swedish programs wrote
// before UTF-8. It refuses what no text editor would show as text.
func Decode(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")):
		data = data[3:]
		if !utf8.Valid(data) {
			return "", ErrEncoding
		}
	case bytes.HasPrefix(data, []byte("\xFF\xFE")):
		return decode16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("\xFE\xFF")):
		return decode16(data[2:], binary.BigEndian)
	}
	if Controls(data) {
		return "", ErrBinary
	}
	if utf8.Valid(data) {
		return string(data), nil
	}
	if mixed(data) {
		return "", ErrEncoding
	}
	for _, c := range data {
		switch c {
		case 0x81, 0x8D, 0x8F, 0x90, 0x9D: // mean nothing in Windows-1252
			return "", ErrEncoding
		}
	}
	s, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return "", ErrEncoding
	}
	text := string(s)
	if !mostlyWritten(text) {
		return "", ErrEncoding
	}
	return text, nil
}

func decode16(data []byte, order binary.ByteOrder) (string, error) {
	if len(data)%2 != 0 {
		return "", ErrEncoding
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	text := string(utf16.Decode(units))
	if strings.ContainsRune(text, utf8.RuneError) {
		return "", ErrEncoding
	}
	if Controls([]byte(text)) {
		return "", ErrBinary
	}
	return text, nil
}

// Controls tells whether data holds NUL bytes, or more control characters than stray ones.
func Controls(data []byte) bool {
	n := 0
	for _, c := range data {
		if c == 0 {
			return true
		}
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != '\v' {
			n++
		}
	}
	return n > 4 && n*200 > len(data)
}

// mixed tells whether data that is not valid UTF-8 is nevertheless mostly UTF-8: then something was cut or spliced, and reading
// it as Windows-1252 would turn å into Ã¥.
func mixed(data []byte) bool {
	good, bad := 0, 0
	for i := 0; i < len(data); {
		if data[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			bad++
		} else {
			good++
		}
		i += size
	}
	return good > bad
}

// mostlyWritten tells whether the characters above ASCII are those of Western European writing rather than noise.
func mostlyWritten(text string) bool {
	letters, odd := 0, 0
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf:
		case strings.ContainsRune("åäöÅÄÖéÉüÜèàáæøÆØßëíóúñç§–—•’‘”“„»«·…½°\u00a0\u00ad€´©®", r):
			letters++
		default:
			odd++
		}
	}
	return odd <= letters || odd < 4
}
