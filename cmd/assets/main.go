// Command assets bundles the style sheets, scripts and the typeface into web/dist under names that carry a hash of the content,
// and writes manifest.json beside them. It needs the packages of package-lock.json in node_modules; "make assets" sees to both.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

const dist = "web/dist"

// entries maps a manifest name to its source. The typeface is found through the style sheet that uses it.
var entries = map[string]string{
	"style":   "web/style/main.css",
	"work":    "web/style/work.css",
	"script":  "web/script/main.js",
	"passkey": "web/script/passkey.js",
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

func run() error {
	if _, err := os.Stat("node_modules/@digdir/designsystemet-css"); err != nil {
		return errors.New("node_modules is missing; run: npm ci")
	}
	files, manifest, err := bundle()
	if err != nil {
		return err
	}
	if err := check(files); err != nil {
		return err
	}
	return write(files, manifest)
}

// bundle builds everything in memory, so that a fault leaves web/dist as it was.
func bundle() ([]api.OutputFile, map[string]string, error) {
	var points []api.EntryPoint
	for name, src := range entries {
		points = append(points, api.EntryPoint{InputPath: src, OutputPath: name})
	}
	out := api.Build(api.BuildOptions{
		EntryPointsAdvanced: points,
		Bundle:              true,
		Outdir:              dist,
		EntryNames:          "[name]-[hash]",
		AssetNames:          "[name]-[hash]",
		Loader:              map[string]api.Loader{".woff2": api.LoaderFile},
		Format:              api.FormatESModule,
		MinifyWhitespace:    true,
		MinifySyntax:        true,
		MinifyIdentifiers:   true,
		LegalComments:       api.LegalCommentsNone,
		Sourcemap:           api.SourceMapNone,
		Metafile:            true,
		LogLevel:            api.LogLevelWarning,
		// Browsers of spring 2023 and later: cascade layers, :has() and nesting stay as written.
		Engines: []api.Engine{
			{Name: api.EngineChrome, Version: "112"},
			{Name: api.EngineFirefox, Version: "121"},
			{Name: api.EngineSafari, Version: "16.5"},
		},
	})
	if len(out.Errors) > 0 {
		return nil, nil, fmt.Errorf("%d faults in web/style or web/script", len(out.Errors))
	}
	manifest, err := manifestOf(out.Metafile)
	return out.OutputFiles, manifest, err
}

// manifestOf reads from esbuild's own record which hashed file came of which source.
func manifestOf(meta string) (map[string]string, error) {
	var m struct {
		Outputs map[string]struct {
			EntryPoint string         `json:"entryPoint"`
			Inputs     map[string]any `json:"inputs"`
		} `json:"outputs"`
	}
	if err := json.Unmarshal([]byte(meta), &m); err != nil {
		return nil, err
	}
	manifest := map[string]string{}
	for path, o := range m.Outputs {
		for name, src := range entries {
			if o.EntryPoint == src {
				manifest[name] = filepath.Base(path)
			}
		}
		if strings.HasSuffix(path, ".woff2") {
			if other, twice := manifest["font"]; twice {
				return nil, fmt.Errorf("one typeface file is loaded ahead, but the style sheet uses two: %s and %s", other, path)
			}
			manifest["font"] = filepath.Base(path)
		}
	}
	for _, name := range []string{"style", "work", "script", "passkey", "font"} {
		if manifest[name] == "" {
			return nil, fmt.Errorf("the bundle has no %s", name)
		}
	}
	return manifest, nil
}

// write replaces what lay in web/dist; the manifest comes last, so that a broken run is seen as "no assets".
func write(files []api.OutputFile, manifest map[string]string) error {
	old, err := filepath.Glob(dist + "/*")
	if err != nil {
		return err
	}
	for _, f := range old {
		if filepath.Base(f) == ".keep" { // committed, so that embedding works before the first build
			continue
		}
		if err := os.Remove(f); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(f.Path, f.Contents, 0o644); err != nil {
			return err
		}
	}
	b, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(dist+"/manifest.json", append(b, '\n'), 0o644)
}
