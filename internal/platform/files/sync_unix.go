//go:build !windows

package files

import "os"

func syncDir(f *os.File) error { return f.Sync() }
