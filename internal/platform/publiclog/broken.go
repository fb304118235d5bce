package publiclog

import "fmt"

// Broken says that what the database holds is not what the log proves. The program must not go on with it.
type Broken struct {
	Fault error
	Fork  bool // the database may be whole, but it is not the one that was shown last
}

// ExitBroken is the status a program ends with that found its records changed. A supervisor does not start it again.
const ExitBroken = 3

func (b *Broken) Error() string {
	if b.Fork {
		return fmt.Sprintf("the public log would fork: %v. The database is older than what visitors have been shown, as after a restore from a backup. "+
			"Put the newer database back; or, when it is lost, run: samklang restore --new-log \"REASON\", which begins a new log that names the old one and the reason, for everybody to read.", b.Fault)
	}
	return fmt.Sprintf("the records are not what the public log proves: %v. Somebody or something changed the database past the program. "+
		"Stop, keep a copy for the investigation, and restore the latest backup that is whole: samklang verify DIRECTORY tells whether one is.", b.Fault)
}

func (b *Broken) Unwrap() error { return b.Fault }

// ExitCode is the status to end with.
func (b *Broken) ExitCode() int { return ExitBroken }

func broken(format string, args ...any) error { return &Broken{Fault: fmt.Errorf(format, args...)} }

func forked(format string, args ...any) error {
	return &Broken{Fault: fmt.Errorf(format, args...), Fork: true}
}
