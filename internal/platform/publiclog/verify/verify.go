package verify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"samklang/internal/core/id"
	"samklang/internal/platform/publiclog"

	"golang.org/x/mod/sumdb/tlog"
)

// Options say what is known beforehand.
type Options struct {
	Key       string // the log's public key; "" takes the one of State, or the one the site shows
	Known     Known  // what was remembered from the last time; zero for nothing
	Since     string // an earlier checkpoint to be consistent with; "" for none
	Witnesses []publiclog.Cosigner
	Threshold int    // how many of the witnesses must have cosigned
	Save      string // directory to save the log in; "" for none
}

// Known is what one remembers of a log.
type Known struct {
	Origin     string `json:"origin"`
	Key        string `json:"key"`
	Checkpoint string `json:"checkpoint"`
}

// ReadKnown reads what was remembered in a file; zero when it is not there.
func ReadKnown(path string) (Known, error) {
	var k Known
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	if err != nil {
		return k, err
	}
	if err := json.Unmarshal(b, &k); err != nil {
		return k, fmt.Errorf("%s does not hold what was remembered of a log: %w", path, err)
	}
	return k, nil
}

// Write remembers it in a file.
func (k Known) Write(path string) error {
	b, err := json.MarshalIndent(k, "", "  ")
	if err != nil {
		return err
	}
	return publiclog.WriteMark(path, string(b)+"\n")
}

// Entry is an entry of the log that was checked.
type Entry struct {
	Number int64
	publiclog.Leaf
}

// Log is a log that was checked.
type Log struct {
	Checkpoint publiclog.Checkpoint
	Key        string
	Entries    []Entry
	Said       []string // what was checked, in sentences

	latest map[subject]int
	from   Source
	opt    Options
	tree   tree
	hashes []tlog.Hash
}

type subject struct {
	kind string
	id   id.ID
}

// Latest is the entry of a kind that holds for a row.
func (l *Log) Latest(kind string, row id.ID) (Entry, bool) {
	i, ok := l.latest[subject{kind, row}]
	if !ok {
		return Entry{}, false
	}
	return l.Entries[i], true
}

func (l *Log) say(format string, args ...any) { l.Said = append(l.Said, fmt.Sprintf(format, args...)) }

// Source gives the files of a log by their paths below its prefix.
type Source interface {
	Get(ctx context.Context, path string, most int64) ([]byte, error)
}

// Directory is a log that was saved.
type Directory string

// Get reads a file.
func (d Directory) Get(_ context.Context, path string, most int64) ([]byte, error) {
	f, err := os.Open(filepath.Join(string(d), filepath.FromSlash(path)))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return read(f, path, most)
}

// Site is a log that is served below an address.
type Site struct {
	Base   string // without a slash at the end
	Client *http.Client
}

// NewSite reads an address. The client follows few redirects, and none to another host.
func NewSite(address string) (Site, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return Site{}, fmt.Errorf("%q is no address; write one such as https://samklang.example.se", address)
	}
	return Site{Base: u.Scheme + "://" + u.Host + strings.TrimRight(u.Path, "/"), Client: &http.Client{Timeout: time.Minute,
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > 3 || r.URL.Host != via[0].URL.Host {
				return fmt.Errorf("it leads on to %s", r.URL)
			}
			return nil
		}}}, nil
}

// Get fetches a file.
func (s Site) Get(ctx context.Context, path string, most int64) ([]byte, error) {
	return s.Fetch(ctx, s.Base+"/"+strings.TrimLeft(path, "/"), most)
}

// Fetch fetches an address of at most that many bytes.
func (s Site) Fetch(ctx context.Context, address string, most int64) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	res, err := s.Client.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answers %s", address, res.Status)
	}
	return read(res.Body, address, most)
}

func read(r io.Reader, name string, most int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(b)) > most {
		err = fmt.Errorf("%s is longer than %d bytes", name, most)
	}
	return b, err
}

const (
	maxCheckpoint = 64 << 10
	maxBundle     = publiclog.TileWidth * (2 + 1<<16)
	maxStatus     = 1 << 20
)

// StatusOf asks an installation where its log is.
func StatusOf(ctx context.Context, site Site) (publiclog.Status, error) {
	var s publiclog.Status
	b, err := site.Get(ctx, "log/status.json", maxStatus)
	if err != nil {
		return s, fmt.Errorf("no public log was found: %w", err)
	}
	if err := json.Unmarshal(b, &s); err != nil || s.Log != publiclog.Prefix(s.Number) {
		return s, errors.New("the site does not say where its public log is")
	}
	return s, nil
}

// Check checks a log. What Said holds was found in order before the error.
func Check(ctx context.Context, from Source, opt Options) (*Log, error) {
	l := &Log{from: from, opt: opt, Key: opt.Key, latest: map[subject]int{}}
	return l, l.check(ctx)
}

func (l *Log) check(ctx context.Context) error {
	b, err := l.from.Get(ctx, "checkpoint", maxCheckpoint)
	if err != nil {
		return fmt.Errorf("the checkpoint cannot be had: %w", err)
	}
	c, err := publiclog.OpenCheckpoint(string(b), l.Key)
	if err != nil {
		return err
	}
	l.say("The checkpoint of %d entries is signed by the key of the log %s.", c.Size, c.Origin)
	if err := l.cosigned(c); err != nil {
		return err
	}
	earlier := map[int64][]publiclog.Checkpoint{}
	for what, text := range map[string]string{"remembered": l.opt.Known.Checkpoint, "given": l.opt.Since} {
		if text == "" {
			continue
		}
		old, err := publiclog.OpenCheckpoint(text, l.Key)
		if err != nil {
			return fmt.Errorf("the checkpoint that was %s: %w", what, err)
		}
		if old.Size > c.Size {
			return fmt.Errorf("the log has shrunk: it had %d entries when it was seen last, and has %d now", old.Size, c.Size)
		}
		earlier[old.Size] = append(earlier[old.Size], old)
	}
	if err := l.entries(ctx, c, earlier); err != nil {
		return err
	}
	for _, list := range earlier {
		for _, old := range list {
			l.say("The log only grew since it had %d entries: they are the same.", old.Size)
		}
	}
	l.Checkpoint = c
	if l.opt.Save != "" {
		return l.save()
	}
	return nil
}

func (l *Log) cosigned(c publiclog.Checkpoint) error {
	if len(l.opt.Witnesses) == 0 {
		return nil
	}
	list, err := publiclog.Cosignatures(c.Note, l.opt.Witnesses...)
	if err != nil {
		return err
	}
	by := map[string]time.Time{}
	for _, x := range list {
		by[x.By.String()] = x.At
	}
	for _, w := range l.opt.Witnesses {
		if at, ok := by[w.String()]; ok {
			l.say("The witness %s cosigned it at %s.", w.Name(), at.Format(time.RFC3339))
		} else {
			l.say("The witness %s has not cosigned it.", w.Name())
		}
	}
	if len(by) < l.opt.Threshold {
		return fmt.Errorf("%d of %d witnesses have cosigned the checkpoint; %d are asked for", len(by), len(l.opt.Witnesses), l.opt.Threshold)
	}
	return nil
}

// entries fetches the entries from those that are known to the checkpoint, and computes the tree anew.
func (l *Log) entries(ctx context.Context, c publiclog.Checkpoint, earlier map[int64][]publiclog.Checkpoint) error {
	for n := int64(len(l.Entries)) / publiclog.TileWidth; n*publiclog.TileWidth < c.Size; n++ {
		t := publiclog.Tile{Entries: true, Index: n, Width: int(min(publiclog.TileWidth, c.Size-n*publiclog.TileWidth))}
		data, err := l.from.Get(ctx, t.Path(), maxBundle)
		if err != nil {
			return fmt.Errorf("the entries from number %d on cannot be had: %w", n*publiclog.TileWidth, err)
		}
		bodies, err := publiclog.ParseBundle(data, t.Width)
		if err != nil {
			return fmt.Errorf("the entries from number %d on: %w", n*publiclog.TileWidth, err)
		}
		for i, body := range bodies {
			number := n*publiclog.TileWidth + int64(i)
			if number < int64(len(l.Entries)) {
				continue // known; the root below covers it
			}
			if err := l.entry(number, body, earlier); err != nil {
				return err
			}
		}
	}
	if root := l.tree.root(); root != c.Root {
		return l.differs(ctx, c)
	}
	l.say("The %d entries, fetched and hashed anew, are those that were signed.", c.Size)
	return nil
}

func (l *Log) entry(number int64, body string, earlier map[int64][]publiclog.Checkpoint) error {
	h := tlog.RecordHash([]byte(body))
	l.tree.add(h)
	l.hashes = append(l.hashes, h)
	leaf, err := publiclog.ParseLeaf(body)
	if err != nil {
		return fmt.Errorf("entry %d: %w", number, err)
	}
	l.latest[subject{leaf.Kind, leaf.Subject}] = len(l.Entries)
	l.Entries = append(l.Entries, Entry{number, leaf})
	for _, old := range earlier[number+1] {
		if l.tree.root() != old.Root {
			return fmt.Errorf("the log was forked: its first %d entries are not those it had when it was seen last", old.Size)
		}
	}
	return nil
}

// differs says which entry is not the one that was signed, as far as the log's own tiles tell.
func (l *Log) differs(ctx context.Context, c publiclog.Checkpoint) error {
	for n := int64(0); n*publiclog.TileWidth < c.Size; n++ {
		t := publiclog.Tile{Index: n, Width: int(min(publiclog.TileWidth, c.Size-n*publiclog.TileWidth))}
		data, err := l.from.Get(ctx, t.Path(), publiclog.TileWidth*tlog.HashSize)
		if err != nil || len(data) != t.Width*tlog.HashSize {
			break
		}
		for i := range t.Width {
			number := n*publiclog.TileWidth + int64(i)
			if h := l.hashes[number]; string(h[:]) != string(data[i*tlog.HashSize:(i+1)*tlog.HashSize]) {
				return fmt.Errorf("entry %d (%s) is not as it was signed", number, l.Entries[number].Kind)
			}
		}
	}
	return fmt.Errorf("the %d entries are not those that were signed", c.Size)
}

// Again fetches what the log has got since, for what a site shows that is newer than the checkpoint that was checked.
func (l *Log) Again(ctx context.Context) error {
	said := len(l.Said)
	b, err := l.from.Get(ctx, "checkpoint", maxCheckpoint)
	if err != nil {
		return err
	}
	c, err := publiclog.OpenCheckpoint(string(b), l.Key)
	if err != nil {
		return err
	}
	if c.Size < l.Checkpoint.Size {
		return fmt.Errorf("the log has shrunk from %d entries to %d while it was checked", l.Checkpoint.Size, c.Size)
	}
	if c.Size == l.Checkpoint.Size && c.Root != l.Checkpoint.Root {
		return fmt.Errorf("the log showed two checkpoints of %d entries while it was checked", c.Size)
	}
	if c.Size > l.Checkpoint.Size {
		if err := l.entries(ctx, c, nil); err != nil {
			return err
		}
		l.Checkpoint = c
	}
	l.Said = l.Said[:said]
	return nil
}

// Known is what is worth remembering of the log.
func (l *Log) Known() Known { return Known{l.Checkpoint.Origin, l.Key, l.Checkpoint.Note} }

// tree is the right edge of a tree that grows.
type tree struct {
	size int64
	edge []tlog.Hash
}

func (t *tree) add(h tlog.Hash) {
	for n := t.size; n&1 == 1; n >>= 1 {
		h = tlog.NodeHash(t.edge[len(t.edge)-1], h)
		t.edge = t.edge[:len(t.edge)-1]
	}
	t.edge = append(t.edge, h)
	t.size++
}

func (t *tree) root() tlog.Hash {
	if t.size == 0 {
		h, _ := tlog.TreeHash(0, nil) // of nothing
		return h
	}
	root := t.edge[len(t.edge)-1]
	for i := len(t.edge) - 2; i >= 0; i-- {
		root = tlog.NodeHash(t.edge[i], root)
	}
	return root
}
