package accounts

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"
)

// A log-in code is eight characters that cannot be taken for each other when they are read aloud or written by hand: no vowels (so
// that no words arise), no 0, 1, I, L and O. 27^8 is 38 bits; a code lives ten minutes and bears five attempts, so that a guess
// succeeds about once in 50 thousand million.
const (
	codeAlphabet = "23456789BCDFGHJKMNPQRSTVWXZ"
	codeLength   = 8
	codeLife     = 10 * time.Minute
	codeAttempts = 5
)

// newCode makes a code as people see it: "K7PM-3XQT".
func newCode() string {
	var b strings.Builder
	for b.Len() < codeLength {
		var r [16]byte
		rand.Read(r[:])
		for _, x := range r {
			// Bytes beyond the last whole multiple would make some characters likelier than others.
			if n := len(codeAlphabet); int(x) < 256/n*n && b.Len() < codeLength {
				b.WriteByte(codeAlphabet[int(x)%n])
			}
		}
	}
	return b.String()[:4] + "-" + b.String()[4:]
}

// plainCode is a code as it was typed, without hyphens, spaces and lower case.
func plainCode(typed string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '-' || r == '–' || r == ' ' || r == '\u00a0' || r == '\t':
			return -1
		}
		return r
	}, strings.ToUpper(typed))
}

func hashCode(salt, typed string) string {
	sum := sha256.Sum256([]byte(salt + "|" + plainCode(typed)))
	return hex.EncodeToString(sum[:])
}

func sameHash(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// newSecret is 128 random bits for an address that only one person may know.
func newSecret() string {
	var b [16]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// hashSecret is what the database keeps of a secret. Its 128 bits need no salt.
func hashSecret(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
