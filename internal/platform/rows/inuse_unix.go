//go:build !windows

package rows

import (
	"os"
	"syscall"
)

// servedFile tells the number of a process that has a SQLite file open, 0 when none has. SQLite holds a shared lock on these bytes of the file
// for as long as a connection to a database with a write-ahead log lives. It must be asked before this process opens the file.
func servedFile(path string) (int, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	const sharedFirst, sharedSize = 0x40000000 + 2, 510
	lock := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: 0, Start: sharedFirst, Len: sharedSize}
	if err := syscall.FcntlFlock(f.Fd(), syscall.F_GETLK, &lock); err != nil {
		return 0, err
	}
	if lock.Type == syscall.F_UNLCK {
		return 0, nil
	}
	return int(lock.Pid), nil
}
