package files

import (
	"bytes"
	"compress/zlib"
	"io"

	"samklang/internal/core/errs"
)

var (
	pdfActive   = errs.E(errs.Invalid, "files.pdf_active")
	pdfAttached = errs.E(errs.Invalid, "files.pdf_attached")
	pdfLocked   = errs.E(errs.Invalid, "files.pdf_locked")
	pdfObscure  = errs.E(errs.Invalid, "files.pdf_obscure")
)

// maxStreams bounds the work; a book has some thousands.
const maxStreams = 200_000

// pdfNames are the names in a PDF that make it do something when it is opened or clicked, or carry another file.
var pdfNames = map[string]*errs.Error{
	"JavaScript": pdfActive, "Launch": pdfActive, "RichMedia": pdfActive, "SubmitForm": pdfActive, "ImportData": pdfActive, "GoToE": pdfActive,
	"Rendition": pdfActive, "XFA": pdfActive,
	"EmbeddedFile": pdfAttached, "EmbeddedFiles": pdfAttached,
	"Encrypt": pdfLocked,
}

// checkPDF looks for those names everywhere: in the file as it stands and in every stream that Flate unpacks, since objects may lie
// in such streams and readers find objects by addresses anywhere in the file. Object streams packed in another way are refused,
// because nothing can be seen in them.
func checkPDF(data []byte, _ int) error {
	if !bytes.HasPrefix(data, []byte("%PDF-")) {
		return mismatch
	}
	if !bytes.Contains(data[max(0, len(data)-2048):], []byte("%%EOF")) {
		return damaged
	}
	if zipAtEnd(data) {
		return twofold
	}
	if err := searchPDF(data); err != nil {
		return err
	}
	u := unpacker{left: maxUnpacked}
	for at, streams := 0, 0; ; streams++ {
		i := bytes.Index(data[at:], []byte("stream"))
		if i < 0 {
			return nil
		}
		if streams > maxStreams {
			return packed
		}
		before := at
		at += i + len("stream")
		if bytes.HasSuffix(data[:at-len("stream")], []byte("end")) {
			continue
		}
		if obscure(data[before : at-len("stream")]) {
			return pdfObscure
		}
		body := bytes.TrimPrefix(data[at:], []byte("\r"))
		if err := u.search(bytes.TrimPrefix(body, []byte("\n"))); err != nil {
			return err
		}
	}
}

// obscure tells whether the dictionary of a stream, which ends what stands before it, says that the stream holds objects and is
// packed in a way that is not looked into.
func obscure(before []byte) bool {
	if i := bytes.LastIndex(before, []byte("obj")); i >= 0 {
		before = before[i:]
	}
	objects, other := false, false
	eachName(before, func(name string) bool {
		switch name {
		case "ObjStm":
			objects = true
		case "ASCIIHexDecode", "AHx", "ASCII85Decode", "A85", "LZWDecode", "LZW", "RunLengthDecode", "RL", "Crypt", "Predictor", "F", "FFilter":
			other = true
		}
		return true
	})
	return objects && other
}

// unpacker searches packed streams, in pieces and up to a limit for all of them together.
type unpacker struct {
	left int64
	z    io.ReadCloser
	buf  []byte
}

const (
	step    = 1 << 20
	overlap = 128 // longer than any name that is looked for, with every letter written as a number
)

func (u *unpacker) search(body []byte) error {
	if len(body) < 2 || body[0]&0x0f != 8 || (int(body[0])<<8|int(body[1]))%31 != 0 {
		return nil
	}
	src := bytes.NewReader(body)
	if u.z == nil {
		z, err := zlib.NewReader(src)
		if err != nil {
			return nil // no Flate after all
		}
		u.z, u.buf = z, make([]byte, 0, step+overlap)
	} else if u.z.(zlib.Resetter).Reset(src, nil) != nil {
		return nil
	}
	buf := u.buf[:0]
	for total := 0; ; {
		n, err := io.ReadFull(u.z, buf[len(buf):len(buf)+step])
		buf = buf[:len(buf)+n]
		total += n
		if u.left -= int64(n); u.left < 0 || total > maxPart {
			return packed
		}
		if err := searchPDF(buf); err != nil {
			return err
		}
		if err != nil { // the end, or damage that a reader would stop at too
			return nil
		}
		buf = append(buf[:0], buf[len(buf)-overlap:]...)
	}
}

func searchPDF(data []byte) (found error) {
	eachName(data, func(name string) bool {
		if err, ok := pdfNames[name]; ok {
			found = err
			return false
		}
		return true
	})
	return found
}

// eachName calls f for the names in data, a name being what follows a slash, until f returns false. Letters may be written as
// numbers: /J#61vaScript. Longer names than any that is looked for are passed over.
func eachName(data []byte, f func(string) bool) {
	var name [32]byte
	for {
		i := bytes.IndexByte(data, '/')
		if i < 0 {
			return
		}
		data = data[i+1:]
		n, j := 0, 0
		for ; j < len(data) && n < len(name) && !delimiter[data[j]]; j++ {
			c := data[j]
			if c == '#' && j+2 < len(data) {
				hi, lo := unhex[data[j+1]], unhex[data[j+2]]
				if hi < 16 && lo < 16 {
					c, j = hi<<4|lo, j+2
				}
			}
			name[n] = c
			n++
		}
		if n > 0 && n < len(name) && !f(string(name[:n])) {
			return
		}
		data = data[j:]
	}
}

var delimiter, unhex = func() (d [256]bool, h [256]byte) {
	for _, c := range []byte("\x00\t\n\f\r ()<>[]{}/%") {
		d[c] = true
	}
	for i := range h {
		h[i] = 16
	}
	for i, c := range []byte("0123456789abcdef") {
		h[c] = byte(i)
	}
	for i, c := range []byte("ABCDEF") {
		h[c] = byte(10 + i)
	}
	return d, h
}()
