package publiclog_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"samklang/internal/core/id"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/publiclog"
)

// childEnv names the variable that turns the test binary into a copy of the program that sequences the database it holds.
const childEnv = "SAMKLANG_LOG_CHILD"

func TestMain(m *testing.M) {
	if dsn := os.Getenv(childEnv); dsn != "" {
		child(dsn)
	}
	os.Exit(m.Run())
}

func child(dsn string) {
	d, err := db.Open(context.Background(), dsn, db.Options{})
	if err != nil {
		panic(err)
	}
	l := publiclog.New(d, clock.System, slog.New(slog.DiscardHandler), publiclog.Settings{Host: func() string { return "samklang.example" }, Mark: os.Getenv(childEnv + "_MARK")})
	fmt.Println("works")
	for {
		if err := l.Begin(context.Background()); err != nil {
			panic(err)
		}
		if _, err := l.Sequence(context.Background()); err != nil {
			panic(err)
		}
		if _, err := l.Shown(context.Background()); err != nil { // a visitor looks
			panic(err)
		}
	}
}

// However often the program is killed while it gives entries their places, each has one in the end, and no checkpoint that was shown is lost.
func TestKilledSequencersLeaveAWholeLog(t *testing.T) {
	run := func(t *testing.T, dsn string) {
		const kills = 20
		d, err := db.Open(t.Context(), dsn, db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		if err := d.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		mark := filepath.Join(t.TempDir(), publiclog.MarkFile)
		rows := &facts{}
		l := publiclog.New(d, clock.System, slog.New(slog.DiscardHandler), publiclog.Settings{Host: func() string { return "samklang.example" }, Mark: mark, Sources: []publiclog.Source{rows.source()}})
		stop := make(chan struct{})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				f := publiclog.Fact{Kind: "note", Subject: id.New(), At: clock.System.Now(), Public: map[string]string{"n": fmt.Sprint(n)}}
				if err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return l.Enter(ctx, tx, f) }); err != nil {
					t.Error(err)
					return
				}
				rows.add(f)
				time.Sleep(time.Millisecond)
			}
		}()
		var sizes []int64
		for range kills {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), childEnv+"="+dsn, childEnv+"_MARK="+mark)
			cmd.Stderr = os.Stderr
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "works\n" {
				t.Fatalf("child: %q %v", line, err)
			}
			time.Sleep(time.Duration(20+rand.IntN(120)) * time.Millisecond)
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			cmd.Wait() // tells that it was killed
			if c, err := publiclog.Latest(t.Context(), d.Read()); err == nil {
				sizes = append(sizes, c.Size)
			}
			if err := l.Guard(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		close(stop)
		<-ended
		waiting, err := l.Sequence(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		r, err := l.Check(t.Context())
		if err != nil || r.Missing != 0 || r.Waiting != 0 || r.Latest.Size != r.Facts+1 {
			t.Errorf("%+v %v", r, err)
		}
		t.Logf("%d entries over %d kills, %d checkpoints; %d waited at the end", r.Facts, kills, r.Checkpoints, waiting)
		if len(sizes) < kills/2 || sizes[0] == sizes[len(sizes)-1] {
			t.Error("the kills hit nothing, so nothing was shown")
		}
	}
	t.Run("sqlite", func(t *testing.T) { run(t, "sqlite:"+filepath.Join(t.TempDir(), "samklang.db")) })
	t.Run("postgres", func(t *testing.T) { run(t, dbtest.PostgresURL(t)) })
}
