package app

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"samklang/internal/platform/clock"
)

// Told to stop, a program behind a load balancer says so where the balancer asks, and goes on answering until the balancer has noticed; each
// answer gives its connection up. Then it takes nothing more.
func TestAProgramThatLeavesRefusesNobody(t *testing.T) {
	onEach(t, func(t *testing.T, fresh func() (dir, database string)) {
		dir, database := fresh()
		drain := 400 * time.Millisecond
		a, err := New(t.Context(), Config{Listen: "127.0.0.1:0", Data: dir, Database: database, External: "https://samklang.example.se", Drain: &drain}, slog.New(slog.DiscardHandler), clock.System)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		address, ended := make(chan string, 1), make(chan error, 1)
		go func() { ended <- a.Run(ctx, func(base string) { address <- base }) }()
		base := <-address
		client := &http.Client{Transport: &http.Transport{}}
		get := func(path string) (status int, closes bool, err error) {
			res, err := client.Get(base + path)
			if err != nil {
				return 0, false, err
			}
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
			return res.StatusCode, res.Close, nil
		}
		if status, closes, err := get("/readyz"); status != http.StatusOK || closes || err != nil {
			t.Fatalf("before: %d, closes %v, %v", status, closes, err)
		}
		stop()
		for !a.leaving.Load() {
			time.Sleep(time.Millisecond)
		}
		if status, closes, err := get("/readyz"); status != http.StatusServiceUnavailable || !closes || err != nil {
			t.Errorf("readyz while leaving: %d, closes %v, %v", status, closes, err)
		}
		for range 3 {
			if status, closes, err := get("/logga-in"); status != http.StatusOK || !closes || err != nil {
				t.Errorf("a page while leaving: %d, closes %v, %v", status, closes, err)
			}
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if _, _, err := get("/healthz"); err == nil {
			t.Error("it answers after it has ended")
		}
	})
}

func TestHowLongItTakesToLeave(t *testing.T) {
	minute := time.Minute
	for name, c := range map[string]struct {
		in   Config
		want time.Duration
	}{
		"on this machine":        {Config{Listen: "127.0.0.1:0"}, 0},
		"the example":            {Config{Listen: "127.0.0.1:0", Demo: true}, 0},
		"where people reach it":  {Config{Listen: ":0", External: "https://samklang.example.se"}, 5 * time.Second},
		"as the settings say it": {Config{Listen: ":0", External: "https://samklang.example.se", Drain: &minute}, time.Minute},
	} {
		if err := c.in.Check(); err != nil || *c.in.Drain != c.want {
			t.Errorf("%s: %v %v", name, c.in.Drain, err)
		}
	}
	for _, faulty := range []time.Duration{-time.Second, 2 * time.Hour} {
		c := Config{Listen: "127.0.0.1:0", Drain: &faulty}
		if c.Check() == nil {
			t.Errorf("%s is taken", faulty)
		}
	}
}
