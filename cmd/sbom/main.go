// Command sbom prints what a built program is made of, as a CycloneDX 1.6 bill of materials in JSON: the Go modules the linker wrote into it and
// the npm packages whose files it carries, each with its version, its checksum and, where it can be told, its licence.
//
//	go run ./cmd/sbom BINARY VERSION > samklang.cdx.json
package main

import (
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: sbom BINARY VERSION")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "sbom:", err)
		os.Exit(1)
	}
}

// The parts of CycloneDX that are used here (cyclonedx.org/docs/1.6/json).
type (
	bom struct {
		Format      string      `json:"bomFormat"`
		SpecVersion string      `json:"specVersion"`
		Version     int         `json:"version"`
		Metadata    metadata    `json:"metadata"`
		Components  []component `json:"components"`
		DependsOn   []depends   `json:"dependencies"`
	}
	metadata struct {
		Component component `json:"component"`
	}
	component struct {
		Type       string     `json:"type"`
		Ref        string     `json:"bom-ref"`
		Name       string     `json:"name"`
		Version    string     `json:"version"`
		PURL       string     `json:"purl,omitempty"`
		Hashes     []hash     `json:"hashes,omitempty"`
		Licenses   []licensed `json:"licenses,omitempty"`
		Properties []property `json:"properties,omitempty"`
	}
	hash struct {
		Algorithm string `json:"alg"`
		Content   string `json:"content"`
	}
	licensed struct {
		License license `json:"license"`
	}
	license struct {
		ID string `json:"id"`
	}
	property struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	depends struct {
		Ref string   `json:"ref"`
		On  []string `json:"dependsOn"`
	}
)

func run(binary, version string, out io.Writer) error {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return err
	}
	lock, err := os.ReadFile("package-lock.json")
	if err != nil {
		return err
	}
	packages, err := npm(lock)
	if err != nil {
		return err
	}
	b := assemble(info, version, packages, moduleLicences())
	e := json.NewEncoder(out)
	e.SetIndent("", " ")
	e.SetEscapeHTML(false)
	return e.Encode(b)
}

// assemble puts the bill together. licence names a module's licence, "" when it cannot be told.
func assemble(info *buildinfo.BuildInfo, version string, packages []component, licence func(path, version string) string) bom {
	b := bom{Format: "CycloneDX", SpecVersion: "1.6", Version: 1, Metadata: metadata{component{
		Type: "application", Ref: "samklang", Name: "samklang", Version: version, Licenses: licences("EUPL-1.2")}}}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	b.Metadata.Component.Properties = []property{{"go:version", info.GoVersion}, {"go:os", settings["GOOS"]}, {"go:arch", settings["GOARCH"]}}
	b.Components = append(b.Components, component{Type: "framework", Ref: "golang-std", Name: "std", Version: strings.TrimPrefix(info.GoVersion, "go"),
		PURL: "pkg:golang/std@" + strings.TrimPrefix(info.GoVersion, "go"), Licenses: licences("BSD-3-Clause")})
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		b.Components = append(b.Components, module(m, licence(m.Path, m.Version)))
	}
	b.Components = append(b.Components, packages...)
	refs := []string{}
	for _, c := range b.Components {
		refs = append(refs, c.Ref)
	}
	b.DependsOn = []depends{{"samklang", refs}}
	return b
}

func module(m *debug.Module, licence string) component {
	purl := "pkg:golang/" + m.Path + "@" + m.Version
	c := component{Type: "library", Ref: purl, Name: m.Path, Version: m.Version, PURL: purl, Licenses: licences(licence)}
	if m.Sum != "" { // of the module's files, as go.sum has it, and not of one file as CycloneDX means a hash
		c.Properties = []property{{"go:sum", m.Sum}}
	}
	return c
}

func licences(id string) []licensed {
	if id == "" {
		return nil
	}
	return []licensed{{license{id}}}
}

// npm reads the packages of a package-lock.json that go into the program: all but those for developing.
func npm(lock []byte) (list []component, err error) {
	var file struct {
		Packages map[string]struct {
			Version, Integrity, License string
			Dev, Optional, Peer         bool
		}
	}
	if err := json.Unmarshal(lock, &file); err != nil {
		return nil, fmt.Errorf("package-lock.json: %w", err)
	}
	for path, p := range file.Packages {
		i := strings.LastIndex(path, "node_modules/")
		if i < 0 || p.Dev || p.Optional || p.Peer {
			continue
		}
		name := path[i+len("node_modules/"):]
		purl := "pkg:npm/" + strings.Replace(name, "@", "%40", 1) + "@" + p.Version
		c := component{Type: "library", Ref: purl, Name: name, Version: p.Version, PURL: purl, Licenses: licences(p.License)}
		if sum, ok := strings.CutPrefix(p.Integrity, "sha512-"); ok {
			b, err := base64.StdEncoding.DecodeString(sum)
			if err != nil {
				return nil, fmt.Errorf("the checksum of %s: %w", name, err)
			}
			c.Hashes = []hash{{"SHA-512", hex.EncodeToString(b)}}
		}
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b component) int { return strings.Compare(a.Ref, b.Ref) })
	return list, nil
}

// moduleLicences finds a module's licence in the module cache.
func moduleLicences() func(path, version string) string {
	cache, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		return func(string, string) string { return "" }
	}
	return func(path, version string) string {
		return licenceOf(filepath.Join(strings.TrimSpace(string(cache)), escaped(path)+"@"+escaped(version)))
	}
}

// escaped is a path as the module cache writes it: a capital letter as ! and the small one.
func escaped(path string) string {
	var b strings.Builder
	for _, r := range path {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('!')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// licenceOf reads the licence text in a module's folder.
func licenceOf(dir string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return ""
	}
	for _, e := range entries {
		name := strings.ToUpper(e.Name())
		if e.IsDir() || !strings.HasPrefix(name, "LICENSE") && !strings.HasPrefix(name, "LICENCE") && !strings.HasPrefix(name, "COPYING") {
			continue
		}
		if text, err := os.ReadFile(filepath.Join(dir, e.Name())); err == nil {
			if id := recognise(string(text)); id != "" {
				return id
			}
		}
	}
	return ""
}

// recognise tells a licence by sentences that stand in it and in no other of those known here.
func recognise(text string) string {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	has := func(parts ...string) bool {
		for _, p := range parts {
			if !strings.Contains(text, p) {
				return false
			}
		}
		return true
	}
	switch {
	case has("apache license", "version 2.0"):
		return "Apache-2.0"
	case has("mozilla public license", "2.0"):
		return "MPL-2.0"
	case has("redistribution and use in source and binary forms", "neither the name") || has("redistribution and use in source and binary forms", "endorse or promote"):
		return "BSD-3-Clause"
	case has("redistribution and use in source and binary forms"):
		return "BSD-2-Clause"
	case has("permission is hereby granted, free of charge", "the above copyright notice and this permission notice"):
		return "MIT"
	case has("permission to use, copy, modify, and/or distribute this software"), has("permission to use, copy, modify, and distribute this software"):
		return "ISC"
	case has("this is free and unencumbered software"):
		return "Unlicense"
	case has("cc0 1.0 universal"):
		return "CC0-1.0"
	}
	return ""
}
