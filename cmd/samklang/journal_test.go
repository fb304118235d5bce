package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// journalctl -p warning finds what the program warns of, in either way of writing the log.
func TestTheJournalLearnsHowImportantALineIs(t *testing.T) {
	var b bytes.Buffer
	out := journal{&b}
	for _, h := range []slog.Handler{slog.NewTextHandler(out, nil), slog.NewJSONHandler(out, nil)} {
		log := slog.New(h)
		log.Info("level=ERROR is in the message")
		log.Warn("one\ntwo")
		log.With("a", 1).Error("broken")
	}
	if n, err := out.Write([]byte("samklang: it ends\nfor this reason\n")); err != nil || n != 34 {
		t.Error(n, err)
	}
	out.Write([]byte("The backup is whole.\n"))
	var got string
	for _, m := range regexp.MustCompile(`(?m)^<(\d)>`).FindAllStringSubmatch(b.String(), -1) {
		got += m[1]
	}
	if want := "643" + "643" + "33" + "6"; got != want {
		t.Errorf("%s, want %s:\n%s", got, want, b.String())
	}
}

func TestOnlyTheJournalIsToldHowImportantALineIs(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "stream"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for stream, told := range map[string]bool{"": false, "1:2": false, identity(f): true} {
		t.Setenv("JOURNAL_STREAM", stream)
		if _, is := forJournal(f).(journal); is != told {
			t.Errorf("%q: %v", stream, is)
		}
	}
}
