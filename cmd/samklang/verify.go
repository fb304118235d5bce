package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"samklang/internal/app"
	"samklang/internal/commitments"
	"samklang/internal/commitments/shown"
	"samklang/internal/platform/publiclog"
	"samklang/internal/platform/publiclog/verify"
)

type verifying struct {
	Where     string        `arg:"" optional:"" help:"Address of an installation, such as https://samklang.example.se; or a data directory, a database address, or a directory a log was saved in."`
	Proof     string        `type:"path" help:"Check a proof that was downloaded from a page; with --key, --state or an address to know the key."`
	Key       string        `help:"Public key of the log, name+hash+key. Without it, the one that --state remembers, or the one the site shows."`
	State     string        `type:"path" help:"File that remembers the log from one time to the next: then it is seen when the log was rewritten in between."`
	Since     string        `type:"path" help:"File with an earlier checkpoint that the log must go on from."`
	Witness   []string      `placeholder:"KEY" help:"Key of a witness, name+hash+key. May be given several times."`
	Threshold int           `default:"-1" help:"How many of the witnesses must have cosigned; all of them when not given."`
	Save      string        `type:"path" help:"Directory to save the log in."`
	LogOnly   bool          `name:"log-only" help:"Check the log alone, not what the site shows."`
	JSON      bool          `name:"json" help:"Print JSON."`
	Within    time.Duration `default:"10m" help:"How long it may take."`
}

// outcome is what a check found.
type outcome struct {
	OK      bool     `json:"ok"`
	Checked []string `json:"checked"`
	Fault   string   `json:"fault,omitempty"`
	Origin  string   `json:"log,omitempty"`
	Size    int64    `json:"entries,omitempty"`
	Root    string   `json:"root,omitempty"`
	Key     string   `json:"key,omitempty"`
}

func (o *outcome) say(format string, args ...any) {
	o.Checked = append(o.Checked, fmt.Sprintf(format, args...))
}

// errNotVerified ends the program with status 1; what is wrong has been printed.
var errNotVerified = errors.New("not verified")

// Run checks and prints what was found in sentences.
func (v *verifying) Run(ctx context.Context, t terminal) error {
	ctx, cancel := context.WithTimeout(ctx, v.Within)
	defer cancel()
	var o outcome
	err := v.check(ctx, &o)
	o.OK = err == nil
	if err != nil {
		o.Fault = err.Error()
	}
	if v.JSON {
		e := json.NewEncoder(t.out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(o); err != nil {
			return err
		}
	} else {
		for _, s := range o.Checked {
			fmt.Fprintln(t.out, "-", s)
		}
		if err == nil {
			fmt.Fprintln(t.out, "Everything that was checked is in order.")
		}
	}
	if err != nil && v.JSON {
		return errNotVerified
	}
	return err
}

func (v *verifying) check(ctx context.Context, o *outcome) error {
	opt := verify.Options{Key: v.Key, Threshold: v.Threshold, Save: v.Save}
	for _, s := range v.Witness {
		w, err := publiclog.ParseCosigner(s)
		if err != nil {
			return err
		}
		opt.Witnesses = append(opt.Witnesses, w)
	}
	if opt.Threshold < 0 {
		opt.Threshold = len(opt.Witnesses)
	}
	if opt.Threshold > len(opt.Witnesses) {
		return fmt.Errorf("%d cosignatures are asked for, and %d witnesses are given", opt.Threshold, len(opt.Witnesses))
	}
	if v.State != "" {
		var err error
		if opt.Known, err = verify.ReadKnown(v.State); err != nil {
			return err
		}
	}
	if v.Since != "" {
		b, err := os.ReadFile(v.Since)
		if err != nil {
			return err
		}
		opt.Since = string(b)
	}
	if opt.Key == "" {
		opt.Key = opt.Known.Key
	}
	remote := strings.HasPrefix(v.Where, "https://") || strings.HasPrefix(v.Where, "http://")
	switch {
	case v.Where == "" && v.Proof == "":
		return errors.New("say what to verify: the address of an installation, a directory, or --proof with a file")
	case remote:
		return v.site(ctx, o, opt)
	case v.Proof != "":
		return v.proof(o, opt)
	case strings.HasPrefix(v.Where, "postgres"), strings.HasPrefix(v.Where, "sqlite:"):
		return v.database(ctx, o, v.Where, "")
	}
	if name := filepath.Join(v.Where, "samklang.db"); exists(name) {
		return v.database(ctx, o, "sqlite:"+name, filepath.Join(v.Where, publiclog.MarkFile))
	}
	if exists(filepath.Join(v.Where, "checkpoint")) {
		return v.saved(ctx, o, opt)
	}
	return fmt.Errorf("%s holds neither a database nor a saved log", v.Where)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (v *verifying) site(ctx context.Context, o *outcome, opt verify.Options) error {
	site, err := verify.NewSite(v.Where)
	if err != nil {
		return err
	}
	status, err := verify.StatusOf(ctx, site)
	if err != nil {
		return err
	}
	if opt.Key == "" {
		opt.Key = status.Key
		o.say("The key was taken from the site itself: %s. Compare it with one you got in another way.", opt.Key)
	} else if opt.Key != status.Key {
		if opt.Known.Origin != "" && status.Origin != opt.Known.Origin {
			return fmt.Errorf("the installation has begun its log anew as %s; it says why: %q. The log before, %s, ended so:\n%s\nCompare that with what you remember of it, and ask the associations. To go on with the new log, begin a new --state file",
				status.Origin, status.Reason, opt.Known.Origin, status.Previous)
		}
		return fmt.Errorf("the site signs its log with another key than the one that is known: %s", status.Key)
	}
	if v.Proof != "" {
		return v.proof(o, opt)
	}
	base := site
	base.Base += status.Log
	log, err := verify.Check(ctx, base, opt)
	o.Checked = append(o.Checked, log.Said...)
	if err != nil {
		return err
	}
	if !v.LogOnly {
		said, err := shown.Compare(ctx, site, log)
		o.Checked = append(o.Checked, said...)
		if err != nil {
			return err
		}
	}
	return v.done(o, log)
}

func (v *verifying) saved(ctx context.Context, o *outcome, opt verify.Options) error {
	if opt.Key == "" {
		return errors.New("say by --key or --state whose signature the saved log must have")
	}
	log, err := verify.Check(ctx, verify.Directory(v.Where), opt)
	o.Checked = append(o.Checked, log.Said...)
	if err != nil {
		return err
	}
	return v.done(o, log)
}

// done remembers the log for the next time.
func (v *verifying) done(o *outcome, log *verify.Log) error {
	c := log.Checkpoint
	o.Origin, o.Size, o.Root, o.Key = c.Origin, c.Size, c.Root.String(), log.Key
	if v.State == "" {
		return nil
	}
	o.say("The log is remembered in %s.", v.State)
	return log.Known().Write(v.State)
}

func (v *verifying) proof(o *outcome, opt verify.Options) error {
	b, err := os.ReadFile(v.Proof)
	if err != nil {
		return err
	}
	p, err := publiclog.ParseProof(string(b))
	if err != nil {
		return err
	}
	if opt.Key == "" {
		return errors.New("say by --key, --state or the address of the installation whose signature the proof must have")
	}
	leaf, c, err := p.Check(opt.Key)
	if err != nil {
		return err
	}
	o.Origin, o.Size, o.Root, o.Key = c.Origin, c.Size, c.Root.String(), opt.Key
	o.say("The log %s was signed with %d entries, and this is entry %d of it.", c.Origin, c.Size, p.Index)
	when := leaf.At
	if leaf.Later {
		when += ", entered later than that"
	}
	o.say("It is a %s of %s.", leaf.Kind, when)
	if leaf.Kind == commitments.LogWording {
		o.say("It is wording %s of promise number %s, adopted on %s: %s", leaf.Public["version"], leaf.Public["number"], leaf.Public["adopted_on"], leaf.Public["wording"])
	}
	for _, name := range []string{"decision", "reason"} {
		if x, ok := p.Open[name]; ok {
			o.say("The %s is the one that was entered: %s", name, x.Text)
		}
	}
	return nil
}

// database checks the database of an installation as the program itself does when it starts, and changes nothing in it.
func (v *verifying) database(ctx context.Context, o *outcome, dsn, mark string) error {
	r, err := app.VerifyDatabase(ctx, dsn, mark)
	if err != nil {
		return err
	}
	c := r.Latest
	o.Origin, o.Size, o.Root = c.Origin, c.Size, c.Root.String()
	o.say("The log %s has %d entries, and each is as it was entered.", c.Origin, c.Size)
	o.say("The hashes of the tree and %d signed checkpoints belong to them.", r.Checkpoints)
	o.say("%d rows – declarations, promises, wordings, signatures, states, follow-ups, figures – say what their entries say.", r.Facts)
	if mark != "" {
		o.say("The log goes on from the checkpoint that was shown last.")
	}
	if r.Waiting > 0 {
		o.say("%d entries wait for their place; the running program gives it to them.", r.Waiting)
	}
	if r.Missing > 0 {
		o.say("%d rows have no entry yet; they get one when the program starts, marked as entered later.", r.Missing)
	}
	if r.Destroyed > 0 {
		o.say("%d entries have parts that were erased and can no longer be compared.", r.Destroyed)
	}
	return nil
}
