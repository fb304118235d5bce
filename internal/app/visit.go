package app

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"samklang/internal/platform/db"
)

// Whoever asks /healthz is told that the program answers, and no more. The doctor proves with a key that lies in the database that he belongs to
// the installation; a copy that can check the proof belongs to it as well, and says how the request reached it.

// VisitHeader carries a nonce and its proof.
const VisitHeader = "Samklang-Doctor"

const visitKey = "doctor"

// Visit is what a copy of the program tells the doctor of itself and of his own request.
type Visit struct {
	Copy           string    `json:"copy"` // tells copies apart, as long as they run
	Version        string    `json:"version"`
	Now            time.Time `json:"now"`
	TrustProxy     bool      `json:"trust_proxy"`
	Host           string    `json:"host"`
	Remote         string    `json:"remote"` // who opened the connection
	ForwardedFor   string    `json:"forwarded_for"`
	ForwardedProto string    `json:"forwarded_proto"`
	Counted        string    `json:"counted"` // the address the request is counted by
}

// makeVisitKey makes the key of an installation that has none.
func (a *App) makeVisitKey(ctx context.Context) error {
	if key, err := VisitKey(ctx, a.db); err != nil || key != "" {
		return err
	}
	return a.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("INSERT INTO installation_keys (name, value, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING", visitKey, rand.Text(), a.clock.Now()).Exec(ctx)
		return err
	})
}

// VisitKey is the key by which the doctor is known, "" when the installation has not been started yet.
func VisitKey(ctx context.Context, d *db.DB) (key string, err error) {
	err = d.Read().NewRaw("SELECT value FROM installation_keys WHERE name = ?", visitKey).Scan(ctx, &key)
	if db.IsNoRows(err) {
		err = nil
	}
	return key, err
}

// VisitProof is the header of a visit.
func VisitProof(key string) string {
	nonce := rand.Text()
	return nonce + "." + visitSum(key, nonce)
}

func visitSum(key, nonce string) string {
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte("samklang visit " + nonce))
	return hex.EncodeToString(m.Sum(nil))
}

// healthz says that the process answers.
func (a *App) healthz(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if !a.visited(r) {
		fmt.Fprintln(w, "ok")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(Visit{Copy: a.copy, Version: a.config.Version, Now: a.clock.Now(), TrustProxy: a.config.TrustProxy, Host: r.Host, Remote: r.RemoteAddr,
		ForwardedFor: strings.Join(r.Header.Values("X-Forwarded-For"), ", "), ForwardedProto: r.Header.Get("X-Forwarded-Proto"), Counted: a.server.Address(r)})
}

func (a *App) visited(r *http.Request) bool {
	nonce, sum, ok := strings.Cut(r.Header.Get(VisitHeader), ".")
	if !ok || len(nonce) > 64 || len(sum) != 64 {
		return false
	}
	key, err := VisitKey(r.Context(), a.db)
	return err == nil && key != "" && hmac.Equal([]byte(sum), []byte(visitSum(key, nonce)))
}
