package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

type goPackage struct {
	ImportPath string
	Imports    []string
	Standard   bool
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Standard", "samklang/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

// room is the part of the house a package belongs to: core, platform, access, app, cmd, a domain, a domain's web folder, or the pure
// packages about numbers, which everybody above core may use.
func room(path string) (kind, domain string) {
	path = strings.TrimPrefix(path, "samklang/")
	parts := strings.Split(strings.TrimPrefix(path, "internal/"), "/")
	switch {
	case strings.HasPrefix(path, "cmd/"), path == "web", strings.HasPrefix(path, "bench"):
		return parts[0], ""
	case parts[0] == "core", parts[0] == "platform", parts[0] == "access", parts[0] == "app":
		return parts[0], ""
	case parts[0] == "stats", parts[0] == "disclosure":
		return "pure", parts[0]
	}
	for _, p := range parts[1:] {
		if strings.HasSuffix(p, "web") {
			return "face", parts[0]
		}
	}
	return "domain", parts[0]
}

// Imports go downwards only: CONTRIBUTING.md says which way.
func TestImportsGoDownwards(t *testing.T) {
	for _, p := range packages(t) {
		kind, domain := room(p.ImportPath)
		for _, imp := range p.Imports {
			if why := forbidden(kind, domain, imp); why != "" {
				t.Errorf("%s imports %s: %s", strings.TrimPrefix(p.ImportPath, "samklang/"), strings.TrimPrefix(imp, "samklang/"), why)
			}
		}
	}
}

func forbidden(kind, domain, imp string) string {
	if !strings.HasPrefix(imp, "samklang/") {
		third := strings.Contains(strings.SplitN(imp, "/", 2)[0], ".")
		if kind == "core" && third && !strings.HasPrefix(imp, "golang.org/x/text/") && imp != "github.com/google/uuid" {
			return "core stays with the standard library, x/text and uuid"
		}
		if kind == "pure" && third && !strings.HasPrefix(imp, "gonum.org/v1/gonum/") {
			return "rules and statistics stay with the standard library and gonum"
		}
		return ""
	}
	to, toDomain := room(imp)
	web := imp == "samklang/internal/platform/web" || imp == "samklang/internal/platform/ui" || imp == "samklang/internal/platform/chart"
	switch {
	case to == "cmd":
		return "nobody imports a command"
	case to == "app" && kind != "cmd" && kind != "app" && kind != "bench":
		return "only commands import app"
	case kind == "pure":
		return "rules and statistics know nothing of the house"
	case kind == "core" && to != "core":
		return "core imports core alone"
	case kind == "platform" && to != "core" && to != "platform" && to != "web":
		return "platform knows no part of the work"
	case kind == "access" && to != "core" && to != "access":
		return "access imports core alone"
	case kind == "domain" && (to == "domain" || to == "face") && toDomain != domain:
		return "a part never imports another; it states what it needs"
	case kind == "domain" && to == "face":
		return "a part does not know its pages"
	case kind == "domain" && web:
		return "a part does not know pages"
	case kind == "face" && (to == "domain" || to == "face") && toDomain != domain:
		return "pages belong to one part"
	}
	return ""
}

// Where a method is called by a name that is known only when the program runs, the linker keeps every exported method of every type there is: 6 MB,
// found for one package that does it. docs/adr/0035 says what to use instead.
func TestNothingCallsMethodsByName(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-dumpdep", "-o", filepath.Join(t.TempDir(), "samklang"), "samklang/cmd/samklang")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	edges, found := 0, map[string]bool{}
	for line := range strings.Lines(string(out)) {
		from, to, ok := strings.Cut(strings.TrimSpace(line), " -> ")
		if !ok {
			continue
		}
		edges++
		for _, s := range []string{from, to} {
			if name, ok := strings.CutSuffix(s, " <ReflectMethod>"); ok {
				found[name] = true
			}
		}
	}
	if edges < 10_000 {
		t.Fatalf("the linker told of %d references only; has the form of -dumpdep changed?", edges)
	}
	for name := range found {
		t.Errorf("%s calls methods by name", name)
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", "{{if not .Doc}}{{.ImportPath}}{{end}}", "samklang/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	if s := strings.TrimSpace(string(out)); s != "" {
		t.Errorf("without a package comment:\n%s", s)
	}
}
