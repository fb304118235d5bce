package publiclog_test

import (
	"strings"
	"testing"

	"samklang/internal/core/id"
	"samklang/internal/platform/publiclog"
)

const someCheckpoint = "samklang.example/log\n3\nFczsZX6Uh19G1CK3N1RAWmASsuM956fYwUKkG82Fh80=\n\n— samklang.example/log uf+aX/1KOErvJ9vALqsDTtPBsHqJOC39Vqhe8F5RiwZOcmE7toTNx/hcRsnT54a+bXzNxSOpbq8OLTxONj6cKvd7Sgc=\n"

func FuzzCheckpoint(f *testing.F) {
	f.Add(someCheckpoint)
	f.Add("a\n0\n\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := publiclog.ParseCheckpoint(text)
		if err == nil && (c.Size < 0 || c.Origin == "" || !strings.HasPrefix(text, c.Origin+"\n")) {
			t.Errorf("%+v", c)
		}
		publiclog.OpenCheckpoint(text, "localhost/log+b9ff9a5f+AYL4ZaXfUJOs9xINjtnRTT5BUtQ5tQrXMRfdsl9yf/KD")
	})
}

func FuzzProof(f *testing.F) {
	p := publiclog.Proof{Leaf: "{}", Index: 2, Open: map[string]publiclog.Opened{"by": {Salt: "00", Text: "<å>"}}, Checkpoint: someCheckpoint}
	text, err := p.Text()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := publiclog.ParseProof(text)
		if err != nil {
			return
		}
		again, err := p.Text()
		if err != nil || again != text {
			t.Errorf("%q became %q, %v", text, again, err)
		}
		p.Check("localhost/log+b9ff9a5f+AYL4ZaXfUJOs9xINjtnRTT5BUtQ5tQrXMRfdsl9yf/KD")
	})
}

func FuzzTile(f *testing.F) {
	for _, s := range []string{"tile/0/000", "tile/entries/x001/234.p/17", "tile/63/999.p/255", "tile/0/x000/000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		tile, err := publiclog.ParseTile(path)
		if err == nil && (tile.Path() != path || tile.Index < 0 || tile.Width < 1 || tile.Width > 256 || tile.Level < 0 || tile.Level > 63) {
			t.Errorf("%q became %+v", path, tile)
		}
	})
}

func FuzzLeaf(f *testing.F) {
	l := publiclog.Leaf{Format: 1, Entry: id.New(), Kind: "note", Subject: id.New(), At: "2026-01-12T11:00:00.000000Z", Public: map[string]string{"wording": "Vi <lovar> & \u2028 å"}, Hidden: map[string]string{"by": "00"}}
	text, err := l.Text()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text string) {
		l, err := publiclog.ParseLeaf(text)
		if err != nil {
			return
		}
		if again, err := l.Text(); err != nil || again != text || strings.Contains(text, "\n") {
			t.Errorf("%q became %q, %v", text, again, err)
		}
	})
}

func FuzzSubmission(f *testing.F) {
	f.Add("old 3\nFczsZX6Uh19G1CK3N1RAWmASsuM956fYwUKkG82Fh80=\n\n" + someCheckpoint)
	f.Add("old 0\n\n" + someCheckpoint)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := publiclog.ParseSubmission([]byte(text))
		if err == nil && (s.Text() != text || s.Old < 0 || len(s.Proof) > 63) {
			t.Errorf("%q became %q", text, s.Text())
		}
	})
}

func FuzzBundle(f *testing.F) {
	f.Add([]byte("\x00\x02{}\x00\x00"), 2)
	f.Fuzz(func(t *testing.T, data []byte, width int) {
		list, err := publiclog.ParseBundle(data, width)
		if err == nil && len(list) != width {
			t.Errorf("%d of %d", len(list), width)
		}
	})
}

func FuzzKeys(f *testing.F) {
	f.Add("witness.example/log/witness+7be1b1c2+BIL4ZaXfUJOs9xINjtnRTT5BUtQ5tQrXMRfdsl9yf/KD")
	f.Add("https://witness.example/log witness.example/log/witness+7be1b1c2+BIL4ZaXfUJOs9xINjtnRTT5BUtQ5tQrXMRfdsl9yf/KD")
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := publiclog.ParseCosigner(s); err == nil && c.String() != s {
			t.Errorf("%q became %q", s, c)
		}
		if w, err := publiclog.ParseWitness(s); err == nil && (w.Key.Name() == "" || !strings.HasPrefix(w.URL, "http")) {
			t.Errorf("%q became %+v", s, w)
		}
		publiclog.ParseVerifier(s)
	})
}
