package doctor

import (
	"context"
	"errors"
	"slices"
	"time"

	"samklang/internal/platform/publiclog"
)

// logWaits is how long an entry may wait for its checkpoint.
const logWaits = 10 * time.Minute

// publicLog compares everything that the public log proves with what the database holds.
func publicLog(ctx context.Context, p *Patient) []Finding {
	r, err := p.Log.Check(ctx)
	if errors.Is(err, publiclog.ErrNoLog) {
		return warning("Start this version of the program: it begins the log.", "The installation has no public log yet.")
	}
	if broken, is := errors.AsType[*publiclog.Broken](err); is {
		if broken.Fork {
			return fault("Put the newer database back; if it is lost, begin the log anew: docs/operations.md tells how, and what that tells the public.", "The public log would fork: %v.", broken.Fault)
		}
		return fault("Stop the program, keep a copy for the investigation, and restore the latest backup that is whole. docs/operations.md has the steps.", "The records are not what the public log proves: %v.", broken.Fault)
	}
	if ctx.Err() != nil {
		return skipped("The public log is too large to be checked in %s; the program checks it when it starts and every night.", ago(patience))
	}
	if err != nil {
		return unread(err)
	}
	if r.Waiting > 0 {
		var oldest time.Time
		if err := p.DB.Read().NewRaw("SELECT at FROM log_waiting ORDER BY at, entry_id LIMIT 1").Scan(ctx, &oldest); err == nil && p.Now().Sub(oldest) > logWaits {
			return fault("See that the program runs; if it does, look into its log: journalctl -u samklang -p warning.", "The public log has entries that are not signed yet (%d); the oldest has waited for %s.", r.Waiting, ago(p.Now().Sub(oldest)))
		}
	}
	return ok("The records are what the public log proves: %s, the last checkpoint of %s.", count(int(r.Entries), "entry", "entries"), r.Latest.At.UTC().Format("2006-01-02 15:04 UTC"))
}

// witnessSilent is how long a witness may give no cosignature before the doctor says so.
const witnessSilent = 24 * time.Hour

// witnesses looks at whether those who should cosign the public log do.
func witnesses(ctx context.Context, p *Patient) []Finding {
	if len(p.Config.LogWitness) == 0 {
		return skipped("No witness cosigns the public log. Another association's installation could: docs/operations.md.")
	}
	var rows []struct {
		Verifier     string
		RefusedSince *time.Time
		CosignedAt   *time.Time
		Fault        string
	}
	if err := p.DB.Read().NewRaw("SELECT verifier, refused_since, cosigned_at, fault FROM log_witnesses ORDER BY verifier").Scan(ctx, &rows); err != nil {
		return unread(err)
	}
	var found []Finding
	var set []string
	for _, s := range p.Config.LogWitness {
		if w, err := publiclog.ParseWitness(s); err == nil { // the settings were checked
			set = append(set, w.Key.String())
		}
	}
	asked := 0
	for _, r := range rows {
		if !slices.Contains(set, r.Verifier) {
			continue // it was a witness once
		}
		asked++
		name := r.Verifier
		if len(name) > 60 {
			name = name[:60] + "…"
		}
		switch {
		case r.RefusedSince != nil:
			found = append(found, fault("Ask those who run it. A witness that refuses because it has seen another history is the sign of a log that forked: find out why before anything else.",
				"The witness %s has refused to cosign since %s: %s", name, r.RefusedSince.UTC().Format("2006-01-02 15:04"), firstLine(r.Fault))...)
		case r.CosignedAt == nil || r.Fault != "" && p.Now().Sub(*r.CosignedAt) > witnessSilent:
			found = append(found, warning("Ask those who run it whether it is well, and whether it lists our key under witness-for.", "The witness %s has not cosigned lately: %s", name, firstLine(orNothing(r.Fault)))...)
		}
	}
	if asked < len(set) {
		found = append(found, warning("The running program asks them every minute; look again in a moment.", "%d of %d witnesses have not been asked yet.", len(set)-asked, len(set))...)
	}
	if len(found) == 0 {
		return ok("%s.", map[bool]string{true: "The witness cosigns", false: "All witnesses cosign"}[len(set) == 1])
	}
	return found
}
