package mail_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/jobs"
	"samklang/internal/platform/mail"
)

// The two variables turn the test binary into a copy of the program that sends the mails of a database.
const (
	childDB   = "SAMKLANG_MAIL_CHILD_DB"
	childPort = "SAMKLANG_MAIL_CHILD_PORT"
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv(childDB); dsn != "" {
		child(dsn, os.Getenv(childPort))
	}
	os.Exit(m.Run())
}

func child(dsn, port string) {
	ctx := context.Background()
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	d, err := db.Open(ctx, dsn, db.Options{})
	must(err)
	n, err := strconv.Atoi(port)
	must(err)
	tr, err := mail.NewSMTP(mail.Settings{Host: "127.0.0.1", Port: n, Security: mail.Plain, From: "samklang@alvkusten.example"})
	must(err)
	log := slog.New(slog.DiscardHandler)
	q := jobs.New(d, log, clock.System)
	mail.New(d, q, clock.System, log, tr)
	must(q.Start(ctx))
	fmt.Println("works")
	select {}
}

func TestKilledMailRunLosesNoMail(t *testing.T) {
	run := func(t *testing.T, dsn string) {
		const n, kills = 200, 8
		s := serve(t)
		d, err := db.Open(t.Context(), dsn, db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if err := d.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		log := slog.New(slog.DiscardHandler)
		q := jobs.New(d, log, clock.System)
		defer q.Close()
		if err := q.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		out := mail.New(d, q, clock.System, log, smtpTo(t, s))
		if err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for i := range n {
				if err := out.Send(ctx, tx, hello(fmt.Sprintf("run%d@mo.example", i))); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for range kills {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), childDB+"="+dsn, childPort+"="+strconv.Itoa(s.port))
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || line != "works\n" {
				t.Fatalf("child: %q %v", line, err)
			}
			time.Sleep(time.Duration(10+rand.IntN(60)) * time.Millisecond)
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			cmd.Wait() // tells that it was killed
		}
		before := len(s.messages())
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		for left := 1; left > 0; time.Sleep(5 * time.Millisecond) {
			if err := d.Read().NewRaw("SELECT count(*) FROM mails WHERE sent_at IS NULL").Scan(t.Context(), &left); err != nil {
				t.Fatal(err)
			}
			if time.Since(begin) > 30*time.Second {
				t.Fatalf("%d mails are not sent", left)
			}
		}
		if err := q.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := s.messages()
		ids, to := map[string]int{}, map[string]bool{}
		for _, m := range got {
			ids[m.id]++
			to[m.to] = true
		}
		t.Logf("%d arrived during %d killed runs; in all %d mails, %d of them twice; done %s after the last kill", before, kills, len(got), len(got)-len(ids), time.Since(begin).Round(time.Millisecond))
		if len(ids) != n || len(to) != n {
			t.Errorf("%d different Message-IDs, %d recipients, want %d", len(ids), len(to), n)
		}
		if limit := kills * 4; len(got)-n > limit { // at most what the workers of a killed copy had in hand
			t.Errorf("%d repeats, more than the %d that were in hand", len(got)-n, limit)
		}
		if before == 0 || before >= n {
			t.Error("the kills hit nothing, so nothing was shown")
		}
	}
	t.Run("sqlite", func(t *testing.T) { run(t, "sqlite:"+filepath.Join(t.TempDir(), "samklang.db")) })
	t.Run("postgres", func(t *testing.T) { run(t, dbtest.PostgresURL(t)) })
}
