package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/equality/equalityweb"
	"samklang/internal/followup/followupweb"
	"samklang/internal/initiatives/initiativesweb"
	"samklang/internal/platform/web"
	"samklang/internal/surveys/surveysweb"
)

// sees are the packages that may import what knows of participants, and what for.
var sees = map[string]map[string]string{
	"samklang/internal/followup": {
		"samklang/internal/followup/followupweb": "counting, and the figures that were published to the office",
		"samklang/internal/app":                  "plugs it in",
		"samklang/internal/app/example":          "the invented counts of the example",
	},
	"samklang/internal/equality": {
		"samklang/internal/equality/equalityweb": "comparisons and releases",
		"samklang/internal/app":                  "plugs it in",
		"samklang/internal/app/example":          "the release of the example",
	},
	"samklang/internal/surveys": {
		"samklang/internal/surveys/surveysweb": "tables that are read in, and what may be told of them",
		"samklang/internal/app":                "plugs it in",
		"samklang/internal/app/example":        "the invented answers of the example",
	},
	"samklang/internal/disclosure": {
		"samklang/internal/surveys":              "protects what is told of answers",
		"samklang/internal/surveys/surveysweb":   "shows figures",
		"samklang/internal/followup":             "protects what is published",
		"samklang/internal/followup/followupweb": "shows figures",
		"samklang/internal/equality":             "reads figures",
		"samklang/internal/equality/equalityweb": "shows figures",
		"samklang/cmd/samklang":                  "samklang protect, for analysts with counts of their own",
	},
	"samklang/internal/stats": {
		"samklang/internal/surveys":              "intervals of shares that are shown",
		"samklang/internal/equality":             "estimates from figures that are shown",
		"samklang/internal/equality/equalityweb": "intervals to draw",
		"samklang/cmd/samklang":                  "samklang compare, for analysts with counts of their own",
	},
}

// Nobody gets at a figure about participants but by the packages that are known to, so that no feed, mail, search or export can print one unseen.
func TestFiguresOfParticipantsHaveFewDoors(t *testing.T) {
	for _, p := range packages(t) {
		if strings.HasPrefix(p.ImportPath, "samklang/bench") {
			continue // measures, and serves nobody
		}
		for _, imp := range p.Imports {
			if by, guarded := sees[imp]; guarded && by[p.ImportPath] == "" {
				t.Errorf("%s imports %s: figures about participants come by internal/disclosure; say here what it is for, or ask internal/equality", p.ImportPath, imp)
			}
		}
	}
}

// raw are names by which counts are reached that have not passed disclosure, and the packages that may use them.
var raw = map[string][]string{
	"disclosure.Cells":   {"internal/followup", "internal/surveys", "cmd/samklang"},
	"disclosure.Row":     {"internal/followup", "internal/surveys"},
	"disclosure.Protect": {"internal/followup", "internal/surveys", "cmd/samklang"},
	"surveys.Sums":       nil,
	"surveys.Table":      nil,
	"surveys.ReadTable":  nil,
	"surveys.Preview":    {"internal/surveys/surveysweb"},
	"followup.Counts":    {"internal/followup/followupweb"},
	"followup.Cell":      {"internal/followup/followupweb", "internal/app/example"},
	"followup.Query":     nil,
}

// methods are those of the follow-up that give raw counts.
var methods = map[string][]string{
	"Cells": {"internal/followup"},
	"Entry": {"internal/followup", "internal/followup/followupweb"},
}

// Raw counts are named in the follow-up alone; the equality work and everything else has figures that have passed.
func TestRawCountsAreNamedInTheFollowUpAlone(t *testing.T) {
	seen := map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if slices.Contains([]string{"node_modules", ".git", "dist", "testdata"}, d.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		room := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../../")
		if room == "internal/disclosure" || room == "internal/stats" || strings.HasPrefix(room, "bench") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			x, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if of, ok := x.X.(*ast.Ident); ok {
				name := of.Name + "." + x.Sel.Name
				if by, guarded := raw[name]; guarded {
					seen[name] = true
					if !slices.Contains(by, room) {
						t.Errorf("%s uses %s", path, name)
					}
				}
			}
			if by, guarded := methods[x.Sel.Name]; guarded && followsUp(x.X) {
				seen[x.Sel.Name] = true
				if !slices.Contains(by, room) {
					t.Errorf("%s asks the follow-up for %s", path, x.Sel.Name)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"disclosure.Cells", "disclosure.Protect", "Entry"} {
		if !seen[name] {
			t.Errorf("%s was found nowhere: this test looks for something that is gone", name)
		}
	}
}

// followsUp tells whether an expression ends in what holds the follow-up: s.Followup, a.followup, b.Followup.
func followsUp(x ast.Expr) bool {
	s, ok := x.(*ast.SelectorExpr)
	return ok && strings.EqualFold(s.Sel.Name, "followup")
}

// What stands between a route and the counts.
const (
	nothing  = "prints no number of participants"
	team     = "raw counts, for those who counted them"
	grade    = "coverage in broad words, raw totals for those who counted them"
	sheetOf  = "the sheet for the national system, for those who counted and those who have the right to it"
	result   = "a disclosure.Result"
	imported = "numbers of a file that is being read, for those who counted them"
	own      = "numbers of a file that is being read, for the office that holds it, in the answer to sending it and nowhere else"
)

// gates are all routes about initiatives, counts and equality.
var gates = map[string]string{
	"GET /insatser": nothing, "GET /insatser/ny": nothing, "POST /insatser/ny": nothing, "GET /insatser/{initiative}": grade, "GET /insatser/{initiative}/andra": nothing, "POST /insatser/{initiative}/andra": nothing,
	"POST /insatser/{initiative}/bekrafta": nothing, "GET /insatser/{initiative}/avsluta": nothing, "POST /insatser/{initiative}/avsluta": nothing, "GET /insatser/{initiative}/personer": nothing, "POST /insatser/{initiative}/personer": nothing,
	"POST /insatser/{initiative}/personer/{assignment}": nothing, "POST /gemensamma-insatser/{association_id}/{initiative}": nothing,

	"GET /insatser/{initiative}/rakna": team, "POST /insatser/{initiative}/rakna": team, "POST /insatser/{initiative}/rakna/angra": team, "GET /insatser/{initiative}/perioder/{period}": grade, "POST /insatser/{initiative}/perioder/{period}/steg": grade,
	"POST /insatser/{initiative}/perioder/{period}/kommentar": team, "GET /insatser/{initiative}/perioder/{period}/tabell": team, "POST /insatser/{initiative}/perioder/{period}/tabell": team, "GET /insatser/{initiative}/perioder/{period}/blankett": team,
	"GET /insatser/{initiative}/perioder/{period}/klistra": imported, "POST /insatser/{initiative}/perioder/{period}/klistra": imported, "POST /insatser/{initiative}/perioder/{period}/klistra/spara": imported,
	"GET /insatser/{initiative}/nationellt": sheetOf, "POST /insatser/{initiative}/nationellt": sheetOf, "GET /siffror": result, "POST /siffror": result,
	"GET /siffror/tillsammans": nothing, "POST /siffror/tillsammans": nothing, "GET /siffror/tillsammans/{group}": nothing, "POST /siffror/tillsammans/{group}/svar": nothing, "POST /siffror/tillsammans/{group}/rakna": nothing,
	"GET /insatser/installningar": nothing, "POST /insatser/installningar": nothing, "POST /insatser/installningar/perioder": nothing,

	"GET /jamlikhet/jamforelser": nothing, "GET /jamlikhet/jamforelser/ny": nothing, "POST /jamlikhet/jamforelser/ny": nothing, "POST /jamlikhet/jamforelser/{comparison}/ta-bort": nothing, "GET /jamlikhet/arenden/{case}/filer/{note}": nothing,
	"GET /jamlikhet": result, "GET /jamlikhet/publicera": nothing, "POST /jamlikhet/publicera": nothing, "GET /jamlikhet/arenden/{case}": result, "POST /jamlikhet/arenden/{case}": result, "POST /jamlikhet/arenden/{case}/underlag": result,
	"GET /jamlikhet/{comparison}": result, "POST /jamlikhet/{comparison}": result, "GET /statistik": nothing, "GET /statistik/katalog.jsonld": nothing, "GET /statistik/katalog.rdf": nothing, "GET /statistik/{number}": result, "POST /statistik/{number}/godkann": result,
	"POST /statistik/{number}/dra-tillbaka": result, "GET /statistik/{number}/tabeller.csv": result, "GET /statistik/{number}/tabeller.json": result,

	"GET /enkater": result, "POST /enkater": result, "GET /enkater/{instrument}": result, "POST /enkater/{instrument}/omgangar": result, "GET /enkater/{instrument}/indikatorer/{indicator}": result,
	"GET /enkater/{instrument}/fragor/ny": nothing, "POST /enkater/{instrument}/fragor/ny": nothing, "GET /enkater/{instrument}/fragor/las-in": nothing, "POST /enkater/{instrument}/fragor/las-in": nothing,
	"GET /enkater/{instrument}/fragor/{question}": nothing, "POST /enkater/{instrument}/fragor/{question}": nothing, "GET /enkater/{instrument}/omgangar/{round}": result, "POST /enkater/{instrument}/omgangar/{round}/tillfragade": result,
	"GET /enkater/{instrument}/omgangar/{round}/las-in": nothing, "POST /enkater/{instrument}/omgangar/{round}/las-in": own, "POST /enkater/{instrument}/omgangar/{round}/las-in/spara": own,
	"GET /jamlikhet/tillsammans/{group}": result, "GET /jamlikhet/tillsammans/{group}/publicera": nothing, "POST /jamlikhet/tillsammans/{group}/publicera": nothing, "GET /jamlikhet/tillsammans/{group}/{comparison}": result,
	"GET /gemensam-statistik/{release}": result, "POST /gemensam-statistik/{release}/godkann": result, "POST /gemensam-statistik/{release}/dra-tillbaka": result,
	"GET /gemensam-statistik/{release}/tabeller.csv": result, "GET /gemensam-statistik/{release}/tabeller.json": result,
}

// asks are the rights that a gate asks for; a gate that is not named asks for none of its own.
var asks = map[string][]actor.Action{
	team: {access.FollowupEnter}, imported: {access.FollowupEnter}, sheetOf: {access.FollowupSheet}, own: {access.SurveyManage}, grade: {access.InitiativeRead},
}

func TestEveryRouteAboutParticipantsNamesItsGate(t *testing.T) {
	there := map[string]bool{}
	for _, list := range [][]web.Route{initiativesweb.New(initiativesweb.Needs{}).Routes(), followupweb.New(followupweb.Needs{}).Routes(), equalityweb.New(equalityweb.Needs{}).Routes(), surveysweb.New(surveysweb.Needs{}).Routes()} {
		for _, r := range list {
			name := r.Method + " " + r.Path
			there[name] = true
			gate := gates[name]
			if gate == "" {
				t.Errorf("%s has no gate: say in this test what stands between it and raw counts", name)
			}
			if need := asks[gate]; need != nil && !slices.Contains(need, r.Allow) {
				t.Errorf("%s shows %s and asks for %s", name, gate, r.Allow)
			}
			if r.Allow == access.Public && gate != result && gate != nothing {
				t.Errorf("%s is for everybody and shows %s", name, gate)
			}
		}
	}
	for name := range gates {
		if !there[name] {
			t.Errorf("there is no route %s", name)
		}
	}
}
