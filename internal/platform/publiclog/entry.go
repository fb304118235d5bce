package publiclog

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"samklang/internal/core/id"

	"golang.org/x/mod/sumdb/tlog"
)

// Fact is something that the log is to prove: what an operation did, or what a row that it wrote says.
type Fact struct {
	Kind        string            // "wording"; never changes after a release
	Association id.ID             // whose it is
	Subject     id.ID             // the row it tells of; the latest entry of a kind and subject is what holds
	At          time.Time         // when it happened
	Public      map[string]string // open to everybody for ever; empty values are left out
	Hidden      map[string]string // what individuals wrote, and who they are: enters as salted hashes; empty values are left out
	Revises     bool              // an earlier entry of this kind and subject may be there; the caller holds the row, so that there is one at a time
	Later       bool              // entered after the fact, as what an installation did before it had a log
	Name        string            // what to call the row in a message to the administrator; never stored
}

// leafFormat is the version of Leaf. Fields are only ever added.
const leafFormat = 1

// Leaf is an entry of the log as it is hashed: JSON on one line, keys in this order and those of maps sorted, no escapes beyond what JSON asks for.
type Leaf struct {
	Format      int               `json:"format"`
	Entry       id.ID             `json:"entry"`
	Kind        string            `json:"kind"`
	Association string            `json:"association,omitempty"` // "" for what concerns the log itself
	Subject     id.ID             `json:"subject"`
	At          string            `json:"at"` // RFC 3339, UTC, microseconds
	Later       bool              `json:"entered_later,omitempty"`
	Public      map[string]string `json:"public,omitempty"`
	Digests     map[string]string `json:"digests,omitempty"` // SHA-256 of public texts that are too long for a leaf
	Hidden      map[string]string `json:"hidden,omitempty"`  // SHA-256 of the field's salt and then the text, in hexadecimal
	Salt        string            `json:"salt,omitempty"`    // SHA-256 of what the fields' salts are made from, in hexadecimal
}

// A leaf's length must fit 16 bits (tlog-tiles). What is longer than longText as JSON is there as its hash.
const (
	longText = 12 << 10
	maxLeaf  = 1<<16 - 1
)

// Time writes a time as leaves hold it.
func Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}

// newLeaf makes the leaf of a fact. salt is what the hidden fields are salted with.
func newLeaf(entry id.ID, f Fact, salt []byte) Leaf {
	l := Leaf{Format: leafFormat, Entry: entry, Kind: f.Kind, Subject: f.Subject, At: Time(f.At), Later: f.Later}
	if f.Association != id.None {
		l.Association = f.Association.String()
	}
	l.Public, l.Digests = sorted(f.Public)
	for name, text := range f.Hidden {
		if text != "" {
			if l.Hidden == nil {
				l.Hidden = map[string]string{}
			}
			l.Hidden[name] = HiddenHash(FieldSalt(salt, name), text)
			l.Salt = saltHash(hex.EncodeToString(salt))
		}
	}
	return l
}

// sorted tells what of a fact's public fields stands in the leaf as it is, and what as a hash.
func sorted(fields map[string]string) (short, digests map[string]string) {
	for name, text := range fields {
		if text == "" {
			continue
		}
		encoded, err := compact(text)
		if err != nil {
			panic(err) // a string always has JSON
		}
		into, value := &short, text
		if len(encoded) > longText {
			sum := sha256.Sum256([]byte(text))
			into, value = &digests, hex.EncodeToString(sum[:])
		}
		if *into == nil {
			*into = map[string]string{}
		}
		(*into)[name] = value
	}
	return short, digests
}

// FieldSalt is the salt of one hidden field, so that showing one does not open the others.
func FieldSalt(salt []byte, field string) []byte {
	m := hmac.New(sha256.New, salt)
	m.Write([]byte(field))
	return m.Sum(nil)
}

// HiddenHash is what stands in the log for a hidden text.
func HiddenHash(fieldSalt []byte, text string) string {
	h := sha256.New()
	h.Write(fieldSalt)
	h.Write([]byte(text))
	return hex.EncodeToString(h.Sum(nil))
}

func newSalt() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// saltHash is what the entry says of its salt, so that nobody can put another in its place.
func saltHash(salt string) string {
	sum := sha256.Sum256([]byte(salt))
	return hex.EncodeToString(sum[:])
}

// compact is JSON on one line without escapes for HTML.
func compact(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

// Text is the leaf as it is hashed.
func (l Leaf) Text() (string, error) {
	s, err := compact(l)
	if err == nil && len(s) > maxLeaf {
		err = fmt.Errorf("an entry of kind %s would have %d bytes; %d are possible", l.Kind, len(s), maxLeaf)
	}
	return s, err
}

// ParseLeaf reads a leaf. It refuses what this package would have written otherwise, so that one leaf has one reading.
func ParseLeaf(text string) (Leaf, error) {
	var l Leaf
	if len(text) > maxLeaf {
		return l, errors.New("an entry is longer than a leaf can be")
	}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return l, fmt.Errorf("an entry is not what the log writes: %w", err)
	}
	if again, err := l.Text(); err != nil || again != text {
		return l, errors.New("an entry is not written as the log writes it")
	}
	if l.Format != leafFormat {
		return l, fmt.Errorf("an entry has format %d; this program knows %d", l.Format, leafFormat)
	}
	return l, nil
}

// hash is the leaf's hash in the tree.
func leafHash(text string) tlog.Hash { return tlog.RecordHash([]byte(text)) }

// Differs names the first field by which the leaf says something else than the fact, "" when it says the same. What a destroyed salt would be
// needed for is passed over: salt is then nil.
func (l Leaf) Differs(f Fact, salt []byte) string {
	association := ""
	if f.Association != id.None {
		association = f.Association.String()
	}
	switch {
	case l.Kind != f.Kind:
		return "kind"
	case l.Association != association:
		return "association"
	case l.Subject != f.Subject:
		return "subject"
	}
	short, digests := sorted(f.Public)
	if name := unlike(l.Public, short); name != "" {
		return name
	}
	if name := unlike(l.Digests, digests); name != "" {
		return name
	}
	for name := range l.Hidden {
		if salt != nil && f.Hidden[name] == "" { // without the salt, the text was erased as well
			return name
		}
	}
	for _, name := range names(f.Hidden) {
		if f.Hidden[name] == "" {
			continue
		}
		if _, there := l.Hidden[name]; !there || salt != nil && l.Hidden[name] != HiddenHash(FieldSalt(salt, name), f.Hidden[name]) {
			return name
		}
	}
	return ""
}

func unlike(a, b map[string]string) string {
	for _, name := range names(a, b) {
		if x, y := a[name], b[name]; x != y {
			return name
		}
	}
	return ""
}

func names(maps ...map[string]string) []string {
	var list []string
	for _, m := range maps {
		for name := range m {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
