package files

import (
	"bytes"
	"encoding/binary"
	"io"
	"path"
	"strings"

	"samklang/internal/core/errs"
	"samklang/internal/platform/charset"
)

// Largest is the most bytes Inspect looks at; a file is read whole, because what is hidden is hidden at the end.
const Largest = 64 << 20

// kind is a type of file that may be stored.
type kind struct {
	media string
	check func(data []byte, depth int) error
}

// kinds by the ending of the name. An ending that is not here is refused, whatever the content.
var kinds map[string]kind

func init() {
	text := func(media string) kind { return kind{media, checkText} }
	kinds = map[string]kind{
		"pdf":  {"application/pdf", checkPDF},
		"docx": {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", checkOffice("wordprocessingml.document.main+xml")},
		"xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", checkOffice("spreadsheetml.sheet.main+xml")},
		"pptx": {"application/vnd.openxmlformats-officedocument.presentationml.presentation", checkOffice("presentationml.presentation.main+xml")},
		"odt":  {"application/vnd.oasis.opendocument.text", checkODT},
		"png":  {"image/png", checkPNG},
		"jpg":  {"image/jpeg", checkJPEG},
		"jpeg": {"image/jpeg", checkJPEG},
		"webp": {"image/webp", checkWebP},
		"txt":  text("text/plain"),
		"md":   text("text/markdown"),
		"csv":  text("text/csv"),
		"ics":  {"text/calendar", checkCalendar},
	}
}

// Endings lists what may be uploaded, for the accept attribute of a file field.
const Endings = ".pdf,.docx,.xlsx,.pptx,.odt,.png,.jpg,.jpeg,.webp,.txt,.md,.csv,.ics"

// Inspect tells the media type of an uploaded file, judged by its content and its name together, or says why it is not accepted
// and what to do instead: another type than those in Endings, content that does not fit the name, anything that runs or fetches
// something when the file is opened, two formats in one file, an archive that unpacks to far more than it seems, a picture too
// large to show.
//
// What it cannot see: faults of the programs that open a file; formulas and fields in an Office file that ask their reader before
// they do something; text and pictures of a PDF, which are not searched for anything.
func Inspect(name string, r io.ReaderAt, size int64) (string, error) {
	return inspect(name, r, size, 0)
}

func inspect(name string, r io.ReaderAt, size int64, depth int) (string, error) {
	if size == 0 {
		return "", errs.E(errs.Invalid, "files.empty")
	}
	if size > Largest {
		return "", errs.E(errs.TooLarge, "files.too_large", "max", Largest>>20)
	}
	data := make([]byte, size)
	if n, err := r.ReadAt(data, 0); int64(n) < size {
		return "", err
	}
	ending := strings.ToLower(strings.TrimPrefix(path.Ext(strings.TrimRight(name, ". ")), "."))
	if program(data) {
		return "", errs.E(errs.Invalid, "files.program")
	}
	k, ok := kinds[ending]
	if !ok {
		return "", errs.E(errs.Invalid, refusal(ending, data))
	}
	if bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) { // old Office, and new Office with a password
		return "", errs.E(errs.Invalid, "files.locked_or_old")
	}
	if err := k.check(data, depth); err != nil {
		return "", err
	}
	return k.media, nil
}

// refusal is the message for an ending that is not accepted.
func refusal(ending string, data []byte) string {
	switch ending {
	case "docm", "dotm", "xlsm", "xltm", "xlsb", "xlam", "pptm", "potm", "ppsm":
		return "files.macros"
	case "doc", "dot", "xls", "ppt", "pps", "rtf":
		return "files.old_office"
	case "svg", "svgz", "html", "htm", "xhtml", "mht", "mhtml", "xml", "js", "mjs", "css", "swf":
		return "files.active"
	case "exe", "dll", "msi", "com", "scr", "bat", "cmd", "ps1", "vbs", "sh", "jar", "app", "apk", "lnk", "iso", "dmg", "deb", "hta":
		return "files.program"
	case "zip", "rar", "7z", "gz", "tar", "tgz", "bz2", "xz":
		return "files.archive"
	case "heic", "heif", "avif", "gif", "bmp", "tif", "tiff":
		return "files.picture_type"
	case "":
		if bytes.HasPrefix(data, []byte("%PDF-")) {
			return "files.no_ending"
		}
	}
	return "files.type"
}

var mismatch = errs.E(errs.Invalid, "files.mismatch")

// program tells whether data is something a computer runs.
func program(data []byte) bool {
	for _, magic := range []string{"MZ", "\x7fELF", "\xfe\xed\xfa\xce", "\xfe\xed\xfa\xcf", "\xce\xfa\xed\xfe", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe", "\x00asm", "dex\n", "!<arch>\n", "L\x00\x00\x00\x01\x14\x02\x00"} {
		if bytes.HasPrefix(data, []byte(magic)) {
			return magic != "MZ" || bytes.IndexByte(data, 0) >= 0 // a text may begin with these two letters
		}
	}
	return bytes.HasPrefix(data, []byte("#!/"))
}

// zipAtEnd tells whether data ends as a zip archive does. Zip programs look there first, so a picture or PDF that ends so is two
// files in one.
func zipAtEnd(data []byte) bool {
	tail := data[max(0, len(data)-(22+1<<16)):]
	for at := len(tail); ; {
		at = bytes.LastIndex(tail[:at], []byte("PK\x05\x06"))
		if at < 0 {
			return false
		}
		if len(tail)-at >= 22 && at+22+int(binary.LittleEndian.Uint16(tail[at+20:])) == len(tail) {
			return true
		}
	}
}

func checkText(data []byte, _ int) error {
	text, err := charset.Decode(data)
	if err != nil {
		return errs.E(errs.Invalid, "files.not_text").Because(err)
	}
	start := strings.ToLower(strings.TrimSpace(text[:min(len(text), 1024)]))
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body", "<script", "<iframe", "<svg", "<?xml", "%pdf-", "{\\rtf"} {
		if strings.HasPrefix(start, tag) {
			return mismatch
		}
	}
	return nil
}

func checkCalendar(data []byte, depth int) error {
	if err := checkText(data, depth); err != nil {
		return err
	}
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	if len(data) < 15 || !strings.EqualFold(string(data[:15]), "BEGIN:VCALENDAR") {
		return mismatch
	}
	return nil
}
