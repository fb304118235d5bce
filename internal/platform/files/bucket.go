package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"samklang/internal/core/errs"
	"samklang/internal/platform/clock"
)

// Bucket is a Store in S3-compatible storage. The names are those of a Disk: PREFIX/ab/cdef… holds the file whose sum begins with abcd.
type Bucket struct {
	core  *minio.Core
	place Place
	clock clock.Clock
}

// How long the storage is waited for: until it answers at all, and while nothing comes or goes.
const (
	answers = 15 * time.Second
	stalls  = 30 * time.Second
)

// OpenBucket gets ready to use a bucket. A storage that answers no, because the keys or the bucket are wrong, is an error; one that does not
// answer just now is only logged, so that the program can start without it.
func OpenBucket(ctx context.Context, p Place, k Keys, c clock.Clock, log *slog.Logger) (*Bucket, error) {
	if k.ID == "" || k.Secret == "" {
		return nil, fmt.Errorf("the files lie in the bucket %s, and there are no keys for it; set files-key and files-secret-file", p.Bucket)
	}
	core, err := minio.NewCore(p.Endpoint, &minio.Options{Creds: credentials.NewStaticV4(k.ID, k.Secret, ""), Secure: !p.Plain, Region: p.Region, MaxRetries: 3,
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: answers / 3, KeepAlive: answers}).DialContext,
			TLSHandshakeTimeout: answers / 3, ResponseHeaderTimeout: answers, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 16, DisableCompression: true}})
	if err != nil {
		return nil, fmt.Errorf("the place of the files cannot be used: %w", err)
	}
	b := &Bucket{core, p, c}
	ctx, cancel := context.WithTimeout(ctx, answers)
	defer cancel()
	exists, err := core.BucketExists(ctx, p.Bucket)
	if answer := minio.ToErrorResponse(err); err != nil && answer.StatusCode >= 400 && answer.StatusCode < 500 {
		return nil, fmt.Errorf("the storage at %s refuses the bucket %s: %s", p.Endpoint, p.Bucket, answer.Code)
	}
	if err != nil {
		log.WarnContext(ctx, "the storage of the files does not answer", "endpoint", p.Endpoint, "bucket", p.Bucket, "error", err)
		return b, nil
	}
	if !exists {
		return nil, fmt.Errorf("the storage at %s has no bucket %s", p.Endpoint, p.Bucket)
	}
	return b, nil
}

// Close implements Store.
func (b *Bucket) Close() error { return nil }

func (b *Bucket) name(sum string) string {
	_, path := place(sum)
	return b.place.Prefix + path
}

func (b *Bucket) aside(sum string) string { return b.place.Prefix + nameless + "/" + sum }

// unavailable is an error of the storage, for the reader and for the log.
func unavailable(ctx context.Context, err error) error {
	if err == nil || errors.Is(context.Cause(ctx), context.Canceled) {
		return err
	}
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return missing
	}
	return errs.E(errs.Unavailable, "files.unavailable").Because(err)
}

// Put implements Store. The content goes through a temporary file, since its sum is its name and a bucket cannot rename.
func (b *Bucket) Put(ctx context.Context, r io.Reader, max int64) (s Stored, err error) {
	f, err := os.CreateTemp("", "samklang-upload-*")
	if err != nil {
		return Stored{}, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(cancellable{ctx, r}, max+1))
	if err != nil {
		return Stored{}, err
	}
	if n > max {
		return Stored{}, errs.E(errs.TooLarge, "files.too_large", "max", int(max>>20))
	}
	if n == 0 {
		return Stored{}, errs.E(errs.Invalid, "files.empty")
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return Stored{}, err
	}
	s = Stored{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: n}
	ctx, cancel := context.WithTimeout(ctx, 2*stalls)
	defer cancel()
	info, err := b.core.Client.PutObject(ctx, b.place.Bucket, b.name(s.SHA256), f, n, minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true})
	if err == nil && info.Size != n {
		err = fmt.Errorf("the storage has taken %d of %d bytes", info.Size, n)
	}
	return s, unavailable(ctx, err)
}

// Open implements Store.
func (b *Bucket) Open(ctx context.Context, sum string) (File, Stored, error) {
	if !isSum(sum) {
		return nil, Stored{}, missing
	}
	asking, cancel := context.WithTimeout(ctx, 2*answers)
	defer cancel()
	name := b.name(sum)
	info, err := b.core.StatObject(asking, b.place.Bucket, name, minio.StatObjectOptions{})
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		name = b.aside(sum)
		info, err = b.core.StatObject(asking, b.place.Bucket, name, minio.StatObjectOptions{})
	}
	if err != nil {
		return nil, Stored{}, unavailable(ctx, err)
	}
	return &object{ctx: ctx, bucket: b, name: name, size: info.Size}, Stored{sum, info.Size}, nil
}

// Verify implements Store.
func (b *Bucket) Verify(ctx context.Context, sum string) error { return verify(ctx, b, sum) }

// Each implements Store.
func (b *Bucket) Each(ctx context.Context, fn func(Stored) error) error {
	return b.list(ctx, "", func(o minio.ObjectInfo, sum string, _ bool) error { return fn(Stored{sum, o.Size}) })
}

// list goes through the stored files below a folder.
func (b *Bucket) list(ctx context.Context, folder string, fn func(o minio.ObjectInfo, sum string, aside bool) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for o := range b.core.Client.ListObjects(ctx, b.place.Bucket, minio.ListObjectsOptions{Prefix: b.place.Prefix + folder, Recursive: true}) {
		if o.Err != nil {
			return unavailable(ctx, o.Err)
		}
		name := strings.TrimPrefix(o.Key, b.place.Prefix)
		sum, aside := strings.CutPrefix(name, nameless+"/")
		if !aside {
			if len(name) != 65 || name[2] != '/' {
				continue
			}
			sum = name[:2] + name[3:]
		}
		if !isSum(sum) {
			continue
		}
		if err := fn(o, sum, aside); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// atOnce is how many sums are asked about in one question.
const atOnce = 500

// Sweep implements Store. The thirty days of a file count from when the storage has set it aside.
func (b *Bucket) Sweep(ctx context.Context, named func(context.Context, []string) (map[string]bool, error)) (removed int, err error) {
	var loose, asideOld, asideAll []string
	now := b.clock.Now()
	err = b.list(ctx, "", func(o minio.ObjectInfo, sum string, aside bool) error {
		switch age := now.Sub(o.LastModified); {
		case !aside && age >= fresh:
			loose = append(loose, sum)
		case aside && age >= keepNameless:
			asideOld = append(asideOld, sum)
			fallthrough
		case aside:
			asideAll = append(asideAll, sum)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	has := func(sums []string) (map[string]bool, error) {
		all := map[string]bool{}
		for len(sums) > 0 {
			n := min(atOnce, len(sums))
			some, err := named(ctx, sums[:n])
			if err != nil {
				return nil, err
			}
			for sum, yes := range some {
				all[sum] = yes
			}
			sums = sums[n:]
		}
		return all, nil
	}
	keep, err := has(append(asideAll, loose...))
	if err != nil {
		return 0, err
	}
	for _, sum := range loose {
		if !keep[sum] {
			if err := b.rename(ctx, b.name(sum), b.aside(sum)); err != nil {
				return 0, err
			}
		}
	}
	for _, sum := range asideAll {
		if keep[sum] {
			if err := b.rename(ctx, b.aside(sum), b.name(sum)); err != nil {
				return 0, err
			}
		}
	}
	for _, sum := range asideOld {
		if keep[sum] {
			continue
		}
		if err := b.core.RemoveObject(ctx, b.place.Bucket, b.aside(sum), minio.RemoveObjectOptions{}); err != nil {
			return removed, unavailable(ctx, err)
		}
		removed++
	}
	return removed, nil
}

// rename copies within the bucket and then removes, so that the file is always in one of the two places.
func (b *Bucket) rename(ctx context.Context, from, to string) error {
	_, err := b.core.Client.CopyObject(ctx, minio.CopyDestOptions{Bucket: b.place.Bucket, Object: to}, minio.CopySrcOptions{Bucket: b.place.Bucket, Object: from})
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return nil // another copy of the program was quicker
	}
	if err == nil {
		err = b.core.RemoveObject(ctx, b.place.Bucket, from, minio.RemoveObjectOptions{})
	}
	return unavailable(ctx, err)
}

// object reads a stored file of a bucket from any place, by one request for each place it is read from.
type object struct {
	ctx    context.Context
	bucket *Bucket
	name   string
	size   int64
	at     int64
	body   io.ReadCloser // from at on; nil before the first reading
	cancel context.CancelFunc
	stall  *time.Timer // ends the request when nothing comes
}

func (o *object) Read(p []byte) (int, error) {
	if o.at >= o.size {
		return 0, io.EOF
	}
	if o.body == nil {
		body, cancel, err := o.get(o.at, o.size)
		if err != nil {
			return 0, err
		}
		o.body, o.cancel = body, cancel
		o.stall = time.AfterFunc(stalls, cancel)
	}
	o.stall.Reset(stalls)
	n, err := o.body.Read(p)
	o.at += int64(n)
	if errors.Is(err, io.EOF) && o.at < o.size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = unavailable(o.ctx, err)
	}
	return n, err
}

// get asks for the bytes of [from, to).
func (o *object) get(from, to int64) (io.ReadCloser, context.CancelFunc, error) {
	var opts minio.GetObjectOptions
	if err := opts.SetRange(from, to-1); err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(o.ctx)
	body, _, _, err := o.bucket.core.GetObject(ctx, o.bucket.place.Bucket, o.name, opts)
	if err != nil {
		cancel()
		return nil, nil, unavailable(o.ctx, err)
	}
	return body, cancel, nil
}

func (o *object) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += o.at
	case io.SeekEnd:
		offset += o.size
	}
	if offset < 0 {
		return 0, errors.New("a place before the beginning of the file")
	}
	if offset != o.at {
		o.release()
		o.at = offset
	}
	return offset, nil
}

func (o *object) ReadAt(p []byte, off int64) (int, error) {
	if off >= o.size {
		return 0, io.EOF
	}
	end := min(off+int64(len(p)), o.size)
	body, cancel, err := o.get(off, end)
	if err != nil {
		return 0, err
	}
	defer cancel()
	defer body.Close()
	timer := time.AfterFunc(2*stalls, cancel)
	defer timer.Stop()
	n, err := io.ReadFull(body, p[:end-off])
	if err != nil {
		return n, unavailable(o.ctx, err)
	}
	if int64(n) < int64(len(p)) {
		return n, io.EOF
	}
	return n, nil
}

func (o *object) release() {
	if o.body != nil {
		o.stall.Stop()
		o.cancel()
		o.body.Close()
		o.body = nil
	}
}

func (o *object) Close() error {
	o.release()
	return nil
}
