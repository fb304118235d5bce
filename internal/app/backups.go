package app

import (
	"os"
	"strings"
	"time"
)

// NewestBackup is when the newest backup in a directory was finished, and what it is called; zero when there is none. A backup that is being
// written has another name.
func NewestBackup(dir string) (at time.Time, name string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return at, "", err
	}
	for _, e := range entries {
		base := strings.TrimSuffix(e.Name(), ".age")
		if !e.Type().IsRegular() || !strings.HasPrefix(base, "samklang-") || !strings.HasSuffix(base, ".backup") {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue // it was removed meanwhile
		}
		if info.ModTime().After(at) {
			at, name = info.ModTime().UTC(), e.Name()
		}
	}
	return at, name, nil
}
