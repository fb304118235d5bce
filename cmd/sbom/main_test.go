package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"os"
	"runtime/debug"
	"testing"
)

const lock = `{"packages": {
	"": {"name": "samklang"},
	"node_modules/@a/style": {"version": "1.2.3", "integrity": "sha512-AAEC", "license": "MIT"},
	"node_modules/font": {"version": "4.0.0", "license": "OFL-1.1"},
	"node_modules/font/node_modules/glyphs": {"version": "0.1.0"},
	"node_modules/tester": {"version": "1.0.0", "dev": true}}}`

func TestWhatTheProgramIsMadeOf(t *testing.T) {
	packages, err := npm([]byte(lock))
	if err != nil {
		t.Fatal(err)
	}
	info := &buildinfo.BuildInfo{GoVersion: "go1.26.8", Deps: []*debug.Module{
		{Path: "example.test/One", Version: "v1.0.0", Sum: "h1:x"},
		{Path: "example.test/old", Version: "v1.0.0", Replace: &debug.Module{Path: "example.test/new", Version: "v2.0.0"}},
	}}
	b := assemble(info, "0.2.0", packages, func(path, version string) string {
		return map[string]string{"example.test/One": "MIT"}[path]
	})
	got := map[string]component{}
	for _, c := range b.Components {
		got[c.Ref] = c
	}
	if len(got) != 6 || len(b.DependsOn) != 1 || len(b.DependsOn[0].On) != 6 || b.Metadata.Component.Version != "0.2.0" {
		t.Fatalf("%+v", b)
	}
	if c := got["pkg:golang/example.test/One@v1.0.0"]; len(c.Licenses) != 1 || c.Licenses[0].License.ID != "MIT" || c.Properties[0].Value != "h1:x" {
		t.Errorf("%+v", c)
	}
	if c := got["pkg:golang/example.test/new@v2.0.0"]; c.Name == "" || c.Licenses != nil {
		t.Errorf("%+v", c)
	}
	if c := got["pkg:npm/%40a/style@1.2.3"]; c.Name != "@a/style" || c.Hashes[0] != (hash{"SHA-512", "000102"}) {
		t.Errorf("%+v", c)
	}
	if c := got["pkg:npm/glyphs@0.1.0"]; c.Name != "glyphs" {
		t.Errorf("%+v", c)
	}
	if _, err := npm([]byte("{")); err == nil {
		t.Error("a broken lock file is read")
	}
}

// This very test is a program with modules in it.
func TestABuiltProgramIsRead(t *testing.T) {
	t.Chdir("../..")
	var out bytes.Buffer
	if err := run(os.Args[0], "test", &out); err != nil {
		t.Fatal(err)
	}
	var b bom
	if err := json.Unmarshal(out.Bytes(), &b); err != nil || b.Format != "CycloneDX" || len(b.Components) < 3 {
		t.Errorf("%v %+v", err, b)
	}
}

func TestLicencesAreRecognised(t *testing.T) {
	for text, want := range map[string]string{
		"Apache License\n Version 2.0, January 2004": "Apache-2.0",
		"Permission is hereby granted, free of\ncharge, to any person ... The above copyright notice and this permission notice shall": "MIT",
		"Redistribution and use in source and binary forms ... Neither the name of X nor":                                              "BSD-3-Clause",
		"Redistribution and use in source and binary forms, with or without":                                                           "BSD-2-Clause",
		"All rights reserved": "",
	} {
		if got := recognise(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
