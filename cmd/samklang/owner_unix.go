//go:build unix

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// dropTo makes this process run as the user whom dir belongs to, and tells who that is. Where dir is not there, it goes on as it is.
func dropTo(dir string) (user int, err error) {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return os.Geteuid(), nil
	}
	if err != nil {
		return 0, err
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok || s.Uid == 0 {
		return os.Geteuid(), nil
	}
	if err := errors.Join(syscall.Setgroups([]int{int(s.Gid)}), syscall.Setgid(int(s.Gid)), syscall.Setuid(int(s.Uid))); err != nil {
		return 0, err
	}
	return int(s.Uid), nil
}

// identity is device and number of an open file, as systemd names the journal's in JOURNAL_STREAM.
func identity(f *os.File) string {
	info, err := f.Stat()
	if err != nil {
		return ""
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%d:%d", s.Dev, s.Ino)
}
