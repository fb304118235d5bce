package doctor

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"

	"samklang/internal/platform/web"
)

// settings looks at what the settings say by themselves.
func settings(_ context.Context, p *Patient) []Finding {
	if p.ConfigFault != nil {
		return fault("Change the setting it names; 'samklang config' prints all of them with where they come from.", "The settings cannot work: %v.", p.ConfigFault)
	}
	c := p.Config
	var found []Finding
	if c.External == "" {
		found = append(found, warning("Set external to the address people use, such as https://samklang.example.se.", "The setting external is not set, so only this machine can use the program.")...)
	} else if !strings.HasPrefix(c.External, "https://") && !local(c.External) {
		found = append(found, warning("Put a proxy with TLS in front and write https:// in external.", "People reach the program without TLS (%s): what they send can be read on the way.", c.External)...)
	}
	if c.SMTPPassword != "" && c.SMTPSecret == "" {
		found = append(found, warning("Put the password into a file that only the program can read and name it with smtp-password-file.", "The mail password stands in the settings or the environment.")...)
	}
	if c.FilesSecret != "" && c.FilesSecretFile == "" {
		found = append(found, warning("Put the secret into a file that only the program can read and name it with files-secret-file.", "The secret of the access key for S3 stands in the settings or the environment.")...)
	}
	if host, _, err := net.SplitHostPort(c.MetricsListen); err == nil && !web.Loopback(host) {
		found = append(found, warning("Let the firewall admit the monitoring machine alone.", "The figures for monitoring are offered to other machines, at %s.", c.MetricsListen)...)
	}
	if len(found) == 0 {
		return ok("The settings agree with each other.")
	}
	return found
}

func local(address string) bool {
	host := strings.TrimPrefix(strings.TrimPrefix(address, "https://"), "http://")
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return web.Loopback(host)
}

// mostLooked is how many entries of the data directory are looked at.
const mostLooked = 5000

// dataDirectory looks at who owns what lies in the data directory and who else can read it.
func dataDirectory(_ context.Context, p *Patient) []Finding {
	dir := p.Config.Data
	info, err := os.Stat(dir)
	if err != nil {
		return fault("Start the program once, which makes it, or correct the setting data.", "The data directory %s is not there: %v.", dir, err)
	}
	if !info.IsDir() {
		return fault("Correct the setting data.", "%s is no directory.", dir)
	}
	var found []Finding
	owner, known := ownerOf(info)
	if info.Mode().Perm()&0o077 != 0 {
		found = append(found, warning("chmod 0700 "+dir, "Other users of this machine can look into the data directory %s (%s).", dir, info.Mode().Perm())...)
	}
	if known && p.User != 0 && owner != p.User {
		found = append(found, fault("Run the doctor as the user the program runs as: sudo -u samklang samklang doctor …", "The data directory belongs to user %d, and this is user %d: what only its owner can read cannot be looked at.", owner, p.User)...)
	}
	var strangers []string
	looked := 0
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if looked++; looked > mostLooked {
			return fs.SkipAll
		}
		info, err := d.Info()
		if err != nil {
			return nil // it was removed meanwhile
		}
		if who, ok := ownerOf(info); ok && known && who != owner {
			strangers = append(strangers, path)
		}
		return nil
	})
	if err != nil {
		found = append(found, fault("Run the doctor as the user the program runs as.", "The data directory cannot be read: %v.", err)...)
	}
	if len(strangers) > 0 {
		found = append(found, fault(fmt.Sprintf("chown -R --reference=%s %s; commands such as 'samklang backup' are to be run as the program's user, never as root.", dir, dir),
			"%s in the data directory belong to another user than the directory, %s for one: the program may not be able to write to it.", count(len(strangers), "entry", "entries"), strangers[0])...)
	}
	if len(found) == 0 {
		return ok("The data directory %s belongs to its user and nobody else can look into it.", dir)
	}
	return found
}

// Free space below which the doctor warns, in bytes and as a share of the disk.
const (
	leastBytes = 1 << 30
	leastShare = 0.05
	noBytes    = 100 << 20 // below this, writing is about to fail
)

// disk looks at the space that is left.
func disk(_ context.Context, p *Patient) []Finding {
	free, total, err := space(p.Config.Data)
	if err != nil {
		return skipped("The space on the disk cannot be told: %v.", err)
	}
	return judgeSpace(p.Config.Data, free, total)
}

func judgeSpace(dir string, free, total uint64) []Finding {
	const do = "Make room or enlarge the disk. Old backups are often what fills it."
	left := fmt.Sprintf("%.1f GB of %.0f GB are left", float64(free)/1e9, float64(total)/1e9)
	switch {
	case free < noBytes:
		return fault(do, "The disk of %s is full: %s.", dir, left)
	case free < leastBytes || float64(free) < leastShare*float64(total):
		return warning(do, "The disk of %s is nearly full: %s.", dir, left)
	}
	return ok("On the disk of the data directory %s.", left)
}
