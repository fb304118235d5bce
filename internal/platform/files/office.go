package files

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"samklang/internal/core/errs"
)

// Bounds of an archive. A long report with many pictures stays far below.
const (
	maxEntries  = 5000
	maxUnpacked = 256 << 20
	maxPart     = 128 << 20
)

var (
	damaged = errs.E(errs.Invalid, "files.damaged")
	packed  = errs.E(errs.Invalid, "files.packed")
	macros  = errs.E(errs.Invalid, "files.macros")
	reaches = errs.E(errs.Invalid, "files.external")
	carries = errs.E(errs.Invalid, "files.embedded")
	locked  = errs.E(errs.Invalid, "files.locked")
	twofold = errs.E(errs.Invalid, "files.twofold")
)

// part is an unpacked file of an archive.
type part struct {
	name string // in small letters
	data []byte // only of parts that keep asks for
}

// unpack reads every part of an archive, so that none is larger than it says, and keeps the content of those that keep names.
func unpack(data []byte, keep func(name string) bool) ([]part, error) {
	if !bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return nil, mismatch
	}
	if !zipAtEnd(data) { // cut off, or something follows
		return nil, damaged
	}
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, damaged.Because(err)
	}
	if len(r.File) > maxEntries {
		return nil, packed
	}
	seen := map[string]bool{}
	var parts []part
	left := int64(maxUnpacked)
	for _, f := range r.File {
		name := strings.ToLower(f.Name)
		if f.Flags&1 != 0 {
			return nil, locked
		}
		// Two parts of one name, or one outside the archive's own tree, are read differently by different programs.
		if seen[name] || strings.ContainsAny(name, "\\\x00") || path.IsAbs(name) || strings.HasPrefix(name, "..") || name != "" && !strings.HasSuffix(name, "/") && path.Clean(name) != name {
			return nil, damaged
		}
		seen[name] = true
		if f.UncompressedSize64 > uint64(min(left, maxPart)) {
			return nil, packed
		}
		rc, err := f.Open()
		if err != nil {
			return nil, damaged.Because(err)
		}
		p := part{name: name}
		limited := io.LimitReader(rc, min(left, maxPart)+1)
		var n int64
		if keep(name) {
			p.data, err = io.ReadAll(limited)
			n = int64(len(p.data))
		} else {
			n, err = io.Copy(io.Discard, limited)
		}
		rc.Close()
		if n > min(left, maxPart) {
			return nil, packed
		}
		if err != nil {
			return nil, damaged.Because(err)
		}
		left -= n
		parts = append(parts, p)
	}
	return parts, nil
}

// harmful judges a part by its name.
func harmful(name string) error {
	base := path.Base(name)
	switch ext := path.Ext(name); {
	case strings.HasPrefix(base, "vbaproject") || strings.HasPrefix(base, "vbadata") || ext == ".docm" || ext == ".xlsm" || ext == ".pptm" || ext == ".xlsb",
		strings.Contains(name, "/macrosheets/"), strings.Contains(name, "/dialogsheets/"):
		return macros
	case strings.Contains(name, "activex"), strings.HasPrefix(base, "oleobject"), strings.Contains(name, "/customui"),
		refusal(strings.TrimPrefix(ext, "."), nil) == "files.program", ext == ".js", ext == ".html", ext == ".htm", ext == ".swf", ext == ".svg" && !strings.Contains(name, "media/"):
		return carries
	}
	return nil
}

// checkOffice makes the check of an Office Open XML file whose main part has that content type.
func checkOffice(main string) func([]byte, int) error {
	return func(data []byte, depth int) error {
		keep := func(name string) bool {
			return name == "[content_types].xml" || strings.HasSuffix(name, ".rels") || strings.Contains(name, "/embeddings/")
		}
		parts, err := unpack(data, keep)
		if err != nil {
			return err
		}
		typed := false
		for _, p := range parts {
			if err := harmful(p.name); err != nil {
				return err
			}
			switch {
			case p.name == "[content_types].xml":
				if bytes.Contains(bytes.ToLower(p.data), []byte("macroenabled")) {
					return macros
				}
				typed = bytes.Contains(p.data, []byte(main))
			case strings.HasSuffix(p.name, ".rels"):
				if err := relations(p.data); err != nil {
					return err
				}
			case strings.Contains(p.name, "/embeddings/") && len(p.data) > 0:
				// Charts carry the table they were drawn from.
				if depth > 0 {
					return carries
				}
				if _, err := inspect(p.name, bytes.NewReader(p.data), int64(len(p.data)), depth+1); err != nil {
					if e, ok := errors.AsType[*errs.Error](err); ok && e.Key == macros.Key {
						return err
					}
					return carries.Because(err)
				}
			}
		}
		if !typed {
			return mismatch
		}
		return nil
	}
}

// relations refuses references to things elsewhere that are fetched when the file is opened; links a person follows are not.
func relations(data []byte) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("not UTF-8") }
	for {
		t, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return damaged.Because(err)
		}
		e, ok := t.(xml.StartElement)
		if !ok || e.Name.Local != "Relationship" {
			continue
		}
		var kind, mode string
		for _, a := range e.Attr {
			switch a.Name.Local {
			case "Type":
				kind = a.Value
			case "TargetMode":
				mode = a.Value
			}
		}
		if strings.EqualFold(mode, "External") && !strings.HasSuffix(kind, "/hyperlink") {
			return reaches
		}
		if strings.HasSuffix(kind, "/vbaProject") {
			return macros
		}
	}
}

func checkODT(data []byte, _ int) error {
	const own = "application/vnd.oasis.opendocument.text"
	parts, err := unpack(data, func(name string) bool { return name == "mimetype" || name == "meta-inf/manifest.xml" })
	if err != nil {
		return err
	}
	typed := false
	for _, p := range parts {
		if err := harmful(p.name); err != nil {
			return err
		}
		switch {
		case p.name == "mimetype":
			typed = string(p.data) == own
		case strings.HasPrefix(p.name, "basic/") || strings.HasPrefix(p.name, "scripts/"):
			return macros
		case p.name == "meta-inf/manifest.xml" && bytes.Contains(p.data, []byte("encryption-data")):
			return locked
		}
	}
	if !typed {
		return mismatch
	}
	return nil
}
