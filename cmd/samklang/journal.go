package main

import (
	"bytes"
	"io"
	"os"
	"regexp"
)

// journal writes for systemd's journal, which takes the importance of a line from a number before it (sd-daemon(3)); without one, journalctl -p
// warning would show nothing of the program.
type journal struct{ io.Writer }

// forJournal is errOut, with importance when it is the journal that reads there.
func forJournal(errOut io.Writer) io.Writer {
	if f, ok := errOut.(*os.File); ok && os.Getenv("JOURNAL_STREAM") != "" && os.Getenv("JOURNAL_STREAM") == identity(f) {
		return journal{errOut}
	}
	return errOut
}

// Write takes one record of the log, or one message, at a time.
func (j journal) Write(p []byte) (int, error) {
	var b bytes.Buffer
	number := importance(p)
	for line := range bytes.Lines(p) {
		b.WriteString(number)
		b.Write(line)
	}
	if _, err := j.Writer.Write(b.Bytes()); err != nil {
		return 0, err
	}
	return len(p), nil
}

// level is how a record of the log begins, as text and as JSON.
var level = regexp.MustCompile(`^(?:time=\S+ level=|\{"time":"[^"]*","level":")([A-Z]+)`)

// importance is the number for a record, by its level; what the program says when it ends is an error.
func importance(p []byte) string {
	if bytes.HasPrefix(p, []byte("samklang: ")) {
		return "<3>"
	}
	if m := level.FindSubmatch(p); m != nil {
		switch string(m[1]) {
		case "ERROR":
			return "<3>"
		case "WARN":
			return "<4>"
		case "DEBUG":
			return "<7>"
		}
	}
	return "<6>"
}
