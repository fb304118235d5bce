//go:build !linux

package db

import "syscall"

func giveUp(string, string, syscall.RawConn) error { return nil }
