package publiclog

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"samklang/internal/platform/db"

	"golang.org/x/mod/sumdb/tlog"
)

// Prefix is the path under which a log of the installation is served: the first at /log, one that was begun anew by its number.
func Prefix(epoch int64) string {
	if epoch == 1 {
		return "/log"
	}
	return "/log/anew/" + strconv.FormatInt(epoch, 10)
}

// TileWidth is how many hashes or entries a full tile has (C2SP tlog-tiles).
const TileWidth = 256

// Tile names a part of a log as it is served.
type Tile struct {
	Entries bool  // a bundle of entries; otherwise hashes
	Level   int   // of hashes
	Index   int64 // among those of its level
	Width   int   // 1 to 256
}

// Path is where the tile is served, below the log's prefix: "tile/0/x001/067.p/12".
func (t Tile) Path() string {
	level := "entries"
	if !t.Entries {
		level = strconv.Itoa(t.Level)
	}
	n := fmt.Sprintf("%03d", t.Index%1000)
	for rest := t.Index / 1000; rest > 0; rest /= 1000 {
		n = fmt.Sprintf("x%03d/%s", rest%1000, n)
	}
	if t.Width < TileWidth {
		n += ".p/" + strconv.Itoa(t.Width)
	}
	return "tile/" + level + "/" + n
}

var errNoTile = errors.New("no tile has this path")

// ParseTile reads a path. One tile has one path.
func ParseTile(path string) (Tile, error) {
	t := Tile{Width: TileWidth}
	rest, ok := strings.CutPrefix(path, "tile/")
	if !ok || len(path) > 100 {
		return t, errNoTile
	}
	level, rest, ok := strings.Cut(rest, "/")
	if !ok {
		return t, errNoTile
	}
	if level == "entries" {
		t.Entries = true
	} else if t.Level = number(level, 63); t.Level < 0 {
		return t, errNoTile
	}
	rest, width, partial := strings.Cut(rest, ".p/")
	if partial {
		if t.Width = number(width, TileWidth-1); t.Width < 1 {
			return t, errNoTile
		}
	}
	parts := strings.Split(rest, "/")
	if len(parts) > 5 { // 10^15 tiles are more than a log can have
		return t, errNoTile
	}
	for i, p := range parts {
		if i < len(parts)-1 {
			if p, ok = strings.CutPrefix(p, "x"); !ok {
				return t, errNoTile
			}
		}
		if len(p) != 3 {
			return t, errNoTile
		}
		for _, c := range []byte(p) {
			if c < '0' || c > '9' {
				return t, errNoTile
			}
			t.Index = 10*t.Index + int64(c-'0')
		}
	}
	if t.Path() != path {
		return t, errNoTile
	}
	return t, nil
}

// number reads a decimal number up to most, without leading zeroes; -1 when it is none.
func number(s string, most int) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > most || strconv.Itoa(n) != s {
		return -1
	}
	return n
}

// in tells whether a log of the size has the tile.
func (t Tile) in(size int64) bool {
	have := size
	if !t.Entries {
		if have = 0; t.Level < 8 { // beyond, no log is large enough
			have = size >> (8 * t.Level)
		}
	}
	return t.Index < have && t.Index*TileWidth+int64(t.Width) <= have
}

// data reads a tile of a log of the database that has size entries.
func (t Tile) data(ctx context.Context, q db.IDB, epoch, size int64) ([]byte, error) {
	if !t.in(size) {
		return nil, errNoTile
	}
	first := t.Index * TileWidth
	if t.Entries {
		var bodies []string
		err := q.NewSelect().TableExpr("log_leaves AS l").ColumnExpr("e.body").Join("JOIN log_entries AS e ON e.id = l.entry_id").Where("l.epoch = ?", epoch).
			Where("l.seq BETWEEN ? AND ?", first, first+int64(t.Width)-1).OrderExpr("l.seq").Scan(ctx, &bodies)
		if err != nil {
			return nil, err
		}
		if len(bodies) != t.Width {
			return nil, broken("entries from number %d on are missing", first)
		}
		var out []byte
		for _, b := range bodies {
			out = append(binary.BigEndian.AppendUint16(out, uint16(len(b))), b...)
		}
		return out, nil
	}
	indexes := make([]int64, t.Width)
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(8*t.Level, first+int64(i))
	}
	hashes, err := stored(ctx, q, epoch).ReadHashes(indexes)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(hashes)*tlog.HashSize)
	for _, h := range hashes {
		out = append(out, h[:]...)
	}
	return out, nil
}

// ParseBundle reads a bundle of entries.
func ParseBundle(data []byte, width int) ([]string, error) {
	var list []string
	for len(data) > 0 {
		if len(data) < 2 {
			return nil, errors.New("a bundle of entries ends in the middle of a length")
		}
		n := int(binary.BigEndian.Uint16(data))
		if len(data) < 2+n {
			return nil, errors.New("a bundle of entries ends in the middle of an entry")
		}
		list = append(list, string(data[2:2+n]))
		data = data[2+n:]
	}
	if len(list) != width {
		return nil, fmt.Errorf("a bundle has %d entries instead of %d", len(list), width)
	}
	return list, nil
}
