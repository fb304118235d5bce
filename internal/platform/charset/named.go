package charset

import (
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Named is the encoding that a web page or an XML file says it is written in, under the names of the encoding standard that the
// web agrees on. It knows those of European alphabets; the tables of East Asian ones would be half a megabyte of the program.
func Named(name string) (encoding.Encoding, bool) {
	e, ok := named[strings.ToLower(strings.TrimSpace(name))]
	return e, ok
}

var named = map[string]encoding.Encoding{}

func init() {
	for e, names := range map[encoding.Encoding]string{
		unicode.UTF8: "utf-8 utf8 unicode-1-1-utf-8",
		unicode.UTF16(unicode.LittleEndian, unicode.UseBOM): "utf-16 utf-16le ucs-2 unicode iso-10646-ucs-2",
		unicode.UTF16(unicode.BigEndian, unicode.UseBOM):    "utf-16be",
		charmap.Windows1252: "windows-1252 cp1252 x-cp1252 ansi_x3.4-1968 ascii us-ascii iso-8859-1 iso8859-1 iso_8859-1 iso-ir-100 latin1 l1 cp819 ibm819", // the web reads Latin 1 so
		charmap.ISO8859_15:  "iso-8859-15 iso8859-15 iso_8859-15 latin9 l9",
		charmap.ISO8859_10:  "iso-8859-10 iso8859-10 latin6 l6",
		charmap.ISO8859_4:   "iso-8859-4 iso8859-4 latin4 l4",
		charmap.ISO8859_2:   "iso-8859-2 iso8859-2 latin2 l2",
		charmap.ISO8859_13:  "iso-8859-13 iso8859-13",
		charmap.ISO8859_5:   "iso-8859-5 iso8859-5 cyrillic",
		charmap.ISO8859_7:   "iso-8859-7 iso8859-7 greek",
		charmap.Windows1250: "windows-1250 cp1250",
		charmap.Windows1251: "windows-1251 cp1251",
		charmap.Windows1253: "windows-1253 cp1253",
		charmap.Windows1254: "windows-1254 cp1254 iso-8859-9 iso8859-9 latin5 l5",
		charmap.Windows1257: "windows-1257 cp1257",
		charmap.KOI8R:       "koi8-r koi8",
		charmap.Macintosh:   "macintosh mac x-mac-roman",
		charmap.CodePage850: "ibm850 cp850",
		charmap.CodePage865: "ibm865 cp865",
	} {
		for name := range strings.FieldsSeq(names) {
			named[name] = e
		}
	}
}
