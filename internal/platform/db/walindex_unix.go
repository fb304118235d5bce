//go:build unix

package db

import (
	"bytes"
	"encoding/binary"
	"os"
	"sync"
	"syscall"
)

// walIndex is the head of the index that all connections to a SQLite file share in memory (the file's name with -shm). Every commit writes it before it
// is acknowledged, in whichever program, so that it tells at the price of a comparison that nobody has committed anything. See sqlite.org's "WAL-mode File
// Format", 2.1.
type walIndex struct{ shared []byte }

const (
	walIndexHead    = 48      // bytes of the head, which stands there twice: who writes it writes the second first
	walIndexVersion = 3007000 // of the format, in the machine's own order of bytes
)

// mapped are the indexes this program has mapped. They are never let go of: closing any descriptor of a file ends all locks that the program has on it,
// SQLite's as well.
var mapped struct {
	sync.Mutex
	indexes map[[2]uint64]*walIndex
	files   []*os.File
}

// openWALIndex maps the index of a database file that SQLite has open; nil when there is none to read.
func openWALIndex(database string) *walIndex {
	path := database + "-shm"
	mapped.Lock()
	defer mapped.Unlock()
	about, err := os.Stat(path)
	if err != nil {
		return nil
	}
	stat, ok := about.Sys().(*syscall.Stat_t)
	if !ok || about.Size() < 2*walIndexHead {
		return nil
	}
	key := [2]uint64{uint64(stat.Dev), stat.Ino}
	if x := mapped.indexes[key]; x != nil {
		return x
	}
	f, err := os.OpenFile(path, os.O_RDONLY, 0)
	if err != nil {
		return nil
	}
	kept, err := syscall.Mmap(int(f.Fd()), 0, 2*walIndexHead, syscall.PROT_READ, syscall.MAP_SHARED)
	mapped.files = append(mapped.files, f)
	if err != nil {
		return nil
	}
	if mapped.indexes == nil {
		mapped.indexes = map[[2]uint64]*walIndex{}
	}
	x := &walIndex{kept}
	mapped.indexes[key] = x
	return x
}

// read copies the head into head and tells whether it is one that can be compared: both copies of it are alike and of the format known here.
func (x *walIndex) read(head *[walIndexHead]byte) bool {
	if x == nil {
		return false
	}
	copy(head[:], x.shared[:walIndexHead])
	return bytes.Equal(head[:], x.shared[walIndexHead:]) && binary.NativeEndian.Uint32(head[:]) == walIndexVersion && head[12] == 1
}
