package backup

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"filippo.io/age"
)

// Keys are what a backup is encrypted to, or opened with. Without any it is not encrypted.
type Keys struct {
	recipients []age.Recipient
	identities []age.Identity
}

// Encrypted tells whether a backup is written encrypted.
func (k Keys) Encrypted() bool { return len(k.recipients) > 0 }

// To reads public keys (age1…) and files of them, one a line.
func To(recipients []string, files []string) (k Keys, err error) {
	add := func(r io.Reader, what string) error {
		list, err := age.ParseRecipients(r)
		if err != nil {
			return fmt.Errorf("%s is no public key of age, such as age1…: %w", what, err)
		}
		k.recipients = append(k.recipients, list...)
		return nil
	}
	for _, s := range recipients {
		if err := add(strings.NewReader(s), fmt.Sprintf("%.70q", s)); err != nil {
			return Keys{}, err
		}
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return Keys{}, err
		}
		err = add(f, name)
		f.Close()
		if err != nil {
			return Keys{}, err
		}
	}
	return k, nil
}

// With reads a file of private keys (AGE-SECRET-KEY-1…).
func With(file string) (Keys, error) {
	f, err := os.Open(file)
	if err != nil {
		return Keys{}, err
	}
	defer f.Close()
	list, err := age.ParseIdentities(f)
	if err != nil {
		return Keys{}, fmt.Errorf("%s is no file of private keys of age", file) // the cause may quote the key
	}
	return Keys{identities: list}, nil
}

// least is how long a passphrase must be.
const least = 12

// Passphrase reads a passphrase from the first line of a file, to encrypt with or to open with.
func Passphrase(file string) (Keys, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return Keys{}, err
	}
	line, _, _ := strings.Cut(string(b), "\n")
	line = strings.TrimSpace(line)
	if len([]rune(line)) < least {
		return Keys{}, fmt.Errorf("the passphrase in %s has fewer than %d characters", file, least)
	}
	r, err := age.NewScryptRecipient(line)
	if err != nil {
		return Keys{}, err
	}
	i, err := age.NewScryptIdentity(line)
	if err != nil {
		return Keys{}, err
	}
	return Keys{[]age.Recipient{r}, []age.Identity{i}}, nil
}

// seal encrypts what is written to w, if there are keys, and gives what opens it again: the key of this one file, kept in the memory alone, so that
// the backup can be read back though nobody here has the private keys.
func (k Keys) seal(w io.Writer) (io.WriteCloser, Keys, error) {
	if !k.Encrypted() {
		return nothingToClose{w}, Keys{}, nil
	}
	first := &remembering{Recipient: k.recipients[0]}
	out, err := age.Encrypt(w, append([]age.Recipient{first}, k.recipients[1:]...)...)
	if err != nil {
		return nil, Keys{}, fmt.Errorf("the backup cannot be encrypted to these keys: %w", err)
	}
	return out, Keys{identities: []age.Identity{age.NewInjectedFileKeyIdentity(first.key)}}, nil
}

type nothingToClose struct{ io.Writer }

func (nothingToClose) Close() error { return nil }

// remembering is a recipient that remembers the key of the file.
type remembering struct {
	age.Recipient
	key []byte
}

func (r *remembering) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	r.key = append([]byte(nil), fileKey...)
	return r.Recipient.Wrap(fileKey)
}

func (r *remembering) WrapWithLabels(fileKey []byte) ([]*age.Stanza, []string, error) {
	r.key = append([]byte(nil), fileKey...)
	if l, ok := r.Recipient.(age.RecipientWithLabels); ok {
		return l.WrapWithLabels(fileKey)
	}
	s, err := r.Recipient.Wrap(fileKey)
	return s, nil, err
}

// begins is how a file of age begins.
const begins = "age-encryption.org/v1\n"

// open reads what seal has written, or what was never encrypted.
func (k Keys) open(r io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	start, err := b.Peek(len(begins))
	if err != nil || string(start) != begins {
		return b, nil // which an archive says itself, when it is none
	}
	if len(k.identities) == 0 {
		return nil, errors.New("the backup is encrypted: name the file of the key with --identity, or of the passphrase with --passphrase-file")
	}
	plain, err := age.Decrypt(b, k.identities...)
	if _, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		return nil, errors.New("this key does not open the backup: it was encrypted to another")
	}
	if err != nil {
		return nil, damaged("%v", err)
	}
	return plain, nil
}
