package verify

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"

	"samklang/internal/platform/publiclog"

	"golang.org/x/mod/sumdb/tlog"
)

// save writes the log as files that a web server may serve and Directory reads: checkpoint, entries, and the tiles that follow from them.
func (l *Log) save() error {
	dir := l.opt.Save
	write := func(path string, data []byte) error {
		name := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		return os.WriteFile(name, data, 0o644)
	}
	for first := 0; first < len(l.Entries); first += publiclog.TileWidth {
		part := l.Entries[first:min(first+publiclog.TileWidth, len(l.Entries))]
		var data []byte
		for _, e := range part {
			text, err := e.Leaf.Text()
			if err != nil {
				return err
			}
			data = append(binary.BigEndian.AppendUint16(data, uint16(len(text))), text...)
		}
		if err := write(publiclog.Tile{Entries: true, Index: int64(first / publiclog.TileWidth), Width: len(part)}.Path(), data); err != nil {
			return err
		}
	}
	for level, hashes := 0, l.hashes; len(hashes) > 0; level++ {
		var above []tlog.Hash
		for first := 0; first < len(hashes); first += publiclog.TileWidth {
			part := hashes[first:min(first+publiclog.TileWidth, len(hashes))]
			var data []byte
			for _, h := range part {
				data = append(data, h[:]...)
			}
			if err := write(publiclog.Tile{Level: level, Index: int64(first / publiclog.TileWidth), Width: len(part)}.Path(), data); err != nil {
				return err
			}
			if len(part) == publiclog.TileWidth {
				var t tree
				for _, h := range part {
					t.add(h)
				}
				above = append(above, t.root())
			}
		}
		hashes = above
	}
	if err := write("checkpoint", []byte(l.Checkpoint.Note)); err != nil { // last: whoever sees it finds the rest
		return err
	}
	l.say("The log was saved in %s.", strings.TrimRight(dir, "/"))
	return nil
}
