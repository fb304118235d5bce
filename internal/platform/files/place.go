package files

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"

	"samklang/internal/platform/clock"
)

// Place says where files lie: a directory, or a bucket of an S3-compatible storage.
type Place struct {
	Dir      string // of a Disk, "" for a bucket
	Bucket   string
	Prefix   string // of the names in the bucket, "" or with a slash at its end
	Endpoint string // host and port of the storage
	Plain    bool   // without TLS
	Region   string
}

// Keys let the program into a bucket.
type Keys struct {
	ID     string
	Secret string
}

// LogValue keeps the secret out of every log.
func (k Keys) LogValue() slog.Value { return slog.StringValue("(keys)") }

// String keeps the secret out of every message.
func (k Keys) String() string { return "(keys)" }

// GoString keeps the secret out of what is printed to find faults.
func (k Keys) GoString() string { return "(keys)" }

// ParsePlace reads the setting: a directory, with or without disk: before it, or s3://BUCKET/PREFIX?endpoint=https://…&region=….
func ParsePlace(s string) (Place, error) {
	if dir, ok := strings.CutPrefix(s, "disk:"); ok || !strings.Contains(s, "://") {
		if !ok {
			dir = s
		}
		if dir == "" {
			return Place{}, errors.New("the place of the files is empty; write a directory, or s3://BUCKET/PREFIX?endpoint=https://…")
		}
		return Place{Dir: dir}, nil
	}
	fault := func(what string) (Place, error) {
		return Place{}, fmt.Errorf("the place of the files %s; write a directory, or s3://BUCKET/PREFIX?endpoint=https://s3.example.se&region=eu-north-1", what)
	}
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return fault("is no address")
	case u.Scheme != "s3":
		return fault("begins with " + u.Scheme)
	case u.User != nil:
		return fault("holds a key, which belongs in files-key and files-secret-file")
	case u.Host == "" || u.Port() != "" || u.Fragment != "":
		return fault("has no bucket")
	}
	p := Place{Bucket: u.Host, Prefix: strings.Trim(u.Path, "/")}
	if p.Prefix != "" {
		p.Prefix += "/"
	}
	if strings.Contains(p.Prefix, "//") || strings.Contains(p.Prefix, "..") {
		return fault("has an odd prefix")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return fault("has an odd query")
	}
	for name, values := range query {
		if len(values) != 1 {
			return fault("says " + name + " twice")
		}
		switch value := values[0]; name {
		case "region":
			p.Region = value
		case "endpoint":
			if !strings.Contains(value, "://") {
				value = "https://" + value
			}
			e, err := url.Parse(value)
			if err != nil || e.Host == "" || e.Hostname() == "" || e.User != nil || strings.Trim(e.Path, "/") != "" || e.RawQuery != "" || e.Fragment != "" || e.Scheme != "https" && e.Scheme != "http" {
				return fault("has an odd endpoint")
			}
			p.Endpoint, p.Plain = e.Host, e.Scheme == "http"
		default:
			return fault("says " + name + ", which means nothing")
		}
	}
	if p.Endpoint == "" {
		return fault("has no endpoint")
	}
	return p, nil
}

// String is the setting that ParsePlace reads.
func (p Place) String() string {
	if p.Dir != "" {
		return p.Dir
	}
	scheme := "https://"
	if p.Plain {
		scheme = "http://"
	}
	q := url.Values{"endpoint": {scheme + p.Endpoint}}
	if p.Region != "" {
		q.Set("region", p.Region)
	}
	return (&url.URL{Scheme: "s3", Host: p.Bucket, Path: "/" + strings.TrimSuffix(p.Prefix, "/"), RawQuery: q.Encode()}).String()
}

// Open opens the store at a place.
func Open(ctx context.Context, p Place, k Keys, c clock.Clock, log *slog.Logger) (Store, error) {
	if p.Dir != "" {
		return OpenDisk(p.Dir, c)
	}
	return OpenBucket(ctx, p, k, c, log)
}
