//go:build !unix

package doctor

import (
	"errors"
	"io/fs"
)

func ownerOf(fs.FileInfo) (int, bool) { return 0, false }

func space(string) (free, total uint64, err error) {
	return 0, 0, errors.New("this system does not tell")
}
