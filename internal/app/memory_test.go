package app

import "testing"

// Beside little there may be four times as much garbage, beside much as much again, and in between a fixed measure.
func TestSpareMemory(t *testing.T) {
	for _, c := range []struct {
		inUse uint64
		want  int
	}{{0, 400}, {8 << 20, 400}, {12 << 20, 400}, {24 << 20, 200}, {48 << 20, 100}, {1 << 30, 100}} {
		if got := spare(c.inUse); got != c.want {
			t.Errorf("with %d bytes in use %d percent, want %d", c.inUse, got, c.want)
		}
	}
}

// What comes into use between two looks is collected before it has left several times as much garbage.
func TestCeilingOfMemory(t *testing.T) {
	for _, inUse := range []uint64{0, 1 << 20, 12 << 20, 100 << 20, 1 << 30} {
		got := ceiling(inUse)
		if got < int64(2*inUse) || got > int64(2*inUse)+64<<20 {
			t.Errorf("with %d bytes in use at most %d", inUse, got)
		}
	}
}
