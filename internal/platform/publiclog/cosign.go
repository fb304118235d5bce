package publiclog

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// Cosignatures are Ed25519 signatures with a time (C2SP tlog-cosignature, cosignature/v1). Their keys look like those of notes, with this type.
const cosignatureType = 4

// Cosigner is the public key of a witness.
type Cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

var _ note.Verifier = Cosigner{}

// Name, KeyHash and Verify make it a verifier of notes.
func (c Cosigner) Name() string    { return c.name }
func (c Cosigner) KeyHash() uint32 { return c.hash }
func (c Cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(sig)
	return at < 1<<63 && ed25519.Verify(c.key, cosigned(int64(at), string(msg)), sig[8:])
}

// String is the key as settings hold it: name+hash+key.
func (c Cosigner) String() string {
	return fmt.Sprintf("%s+%08x+%s", c.name, c.hash, base64.StdEncoding.EncodeToString(append([]byte{cosignatureType}, c.key...)))
}

func cosigned(at int64, text string) []byte {
	return fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text)
}

// NewCosigner is the public key of a witness with a name.
func NewCosigner(name string, key ed25519.PublicKey) Cosigner {
	sum := sha256.Sum256(append(append([]byte(name+"\n"), cosignatureType), key...))
	return Cosigner{name, binary.BigEndian.Uint32(sum[:]), key}
}

// ParseCosigner reads the public key of a witness: name+hash+key.
func ParseCosigner(s string) (Cosigner, error) {
	fault := errors.New("the key of a witness is written name+hash+key, as its own page about the log shows it")
	parts := strings.SplitN(s, "+", 3)
	if len(parts) != 3 || !validName(parts[0]) || len(parts[1]) != 8 {
		return Cosigner{}, fault
	}
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(raw) != 1+ed25519.PublicKeySize || raw[0] != cosignatureType {
		return Cosigner{}, fault
	}
	c := NewCosigner(parts[0], ed25519.PublicKey(raw[1:]))
	if hash, err := strconv.ParseUint(parts[1], 16, 32); err != nil || uint32(hash) != c.hash || c.String() != s {
		return Cosigner{}, fault
	}
	return c, nil
}

// CosignatureLine is what a witness puts under a checkpoint: its name, and its signature under the checkpoint's text.
func CosignatureLine(name string, key ed25519.PrivateKey, at time.Time, checkpoint string) string {
	text := noteText(checkpoint)
	c := NewCosigner(name, key.Public().(ed25519.PublicKey))
	sig := binary.BigEndian.AppendUint32(nil, c.hash)
	sig = binary.BigEndian.AppendUint64(sig, uint64(at.Unix()))
	sig = append(sig, ed25519.Sign(key, cosigned(at.Unix(), text))...)
	return "— " + name + " " + base64.StdEncoding.EncodeToString(sig) + "\n"
}

// Cosignature is what a witness has said of a checkpoint.
type Cosignature struct {
	By   Cosigner
	At   time.Time // by the witness's clock
	Line string
}

// Cosignatures finds the cosignatures of the known witnesses under a signed note.
func Cosignatures(text string, known ...Cosigner) ([]Cosignature, error) {
	verifiers := make([]note.Verifier, len(known))
	for i, c := range known {
		verifiers[i] = c
	}
	n, err := note.Open([]byte(text), note.VerifierList(verifiers...))
	if unverified, ok := errors.AsType[*note.UnverifiedNoteError](err); ok {
		n, err = unverified.Note, nil // signed, but by none of them
		n.Sigs = nil
	}
	if err != nil {
		return nil, err
	}
	var list []Cosignature
	for _, s := range n.Sigs {
		raw, err := base64.StdEncoding.DecodeString(s.Base64)
		if err != nil {
			return nil, err
		}
		for _, c := range known {
			if c.name == s.Name && c.hash == s.Hash {
				list = append(list, Cosignature{c, time.Unix(int64(binary.BigEndian.Uint64(raw[4:])), 0).UTC(), "— " + s.Name + " " + s.Base64 + "\n"})
			}
		}
	}
	return list, nil
}

// noteText is the part of a note that is signed.
func noteText(text string) string {
	head, _, _ := strings.Cut(text, "\n\n")
	return head + "\n"
}
