package deskweb_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"samklang/internal/commitments"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/platform/sheet"
)

func (s *site) upload(path, name, content string, fields url.Values) *httptest.ResponseRecorder {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k := range fields {
		m.WriteField(k, fields.Get(k))
	}
	if f, err := m.CreateFormFile("file", name); err == nil {
		f.Write([]byte(content))
	}
	m.Close()
	r := httptest.NewRequest(http.MethodPost, path, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return s.do(r)
}

// From a file to a changed plan by the pages alone: out as Excel and CSV, in again with new, changed and faulty rows.
func TestThePlanGoesOutAndInAsATable(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		for _, ending := range []string{"csv", "xlsx"} {
			w := s.get("/alvkusten/plan." + ending + "?ar=2026")
			table, err := sheet.Read(context.Background(), "plan."+ending, w.Body, sheet.Limits{})
			if w.Code != http.StatusOK || err != nil || len(table.Rows) != 4 {
				t.Fatalf("%s: %d, %d rows, %v", ending, w.Code, len(table.Rows), err)
			}
			if got := w.Header().Get("Content-Disposition"); !strings.Contains(got, "plan-alvkusten-2026."+ending) {
				t.Errorf("%s", got)
			}
		}
		if body := s.get("/en/alvkusten/plan.csv?ar=2026").Body.String(); !strings.Contains(body, "Title;Kind;") || !strings.HasPrefix(body, "\uFEFF") {
			t.Errorf("%.80q", body)
		}
		if body := s.get("/alvkusten/plan/las-in/lista").Body.String(); !strings.Contains(body, "Ingen tabell väntar") {
			t.Error("a list of nothing")
		}
		for name, content := range map[string]string{"plan.xlsx": "PK\x03\x04 broken", "plan.csv": "Namn;Ort\nKurs;Mo\n", "tom.csv": "Titel\n"} {
			w := s.upload("/alvkusten/plan/las-in", name, content, url.Values{"year": {"2026"}})
			if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "data-error-summary") {
				t.Errorf("%s: %d %.200s", name, w.Code, w.Body)
			}
		}
		file := s.get("/alvkusten/plan.csv?ar=2026").Body.String()
		file = strings.Replace(file, "Demokratidag", "Demokratidag för alla", 1) + "Höstmöte;möte;intern;v. 45\r\nKurs;disko;;=cmd|' /C calc'!A0\r\n"
		if w := s.upload("/alvkusten/plan/las-in", "plan.csv", file, url.Values{"year": {"2026"}, "_key": {id.New().String()}}); w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		w := s.get("/alvkusten/plan/las-in/lista")
		body := w.Body.String()
		for _, want := range []string{"En ny aktivitet och en ändrad", "Demokratidag för alla", "Höstmöte", "finns inte bland valen", "Genomför", "Ingenting är sparat än"} {
			if !strings.Contains(body, want) {
				t.Errorf("the list lacks %q", want)
			}
		}
		if faults := s.get("/alvkusten/plan/las-in/fel.csv").Body.String(); !strings.Contains(faults, "Kurs;disko") || !strings.Contains(faults, "'=cmd") || strings.Contains(faults, "Höstmöte") {
			t.Errorf("%q", faults)
		}
		_, seen, found := strings.Cut(body, `name="seen" value="`)
		if !found {
			t.Fatal("no button")
		}
		seen, _, _ = strings.Cut(seen, `"`)
		if w := s.post("/alvkusten/plan/las-in/lista", url.Values{"seen": {"something else"}}); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "har ändrats sedan du såg") {
			t.Errorf("%d", w.Code)
		}
		fields := url.Values{"seen": {seen}, "_key": {id.New().String()}}
		first := s.post("/alvkusten/plan/las-in/lista", fields)
		if first.Code != http.StatusSeeOther || first.Header().Get("Location") != "/alvkusten/plan?ar=2026&klart=plan_imported" {
			t.Fatalf("%d %s %s", first.Code, first.Header().Get("Location"), first.Body)
		}
		if again := s.post("/alvkusten/plan/las-in/lista", fields); again.Header().Get("Location") != first.Header().Get("Location") {
			t.Errorf("pressed twice: %d %q", again.Code, again.Header().Get("Location"))
		}
		list, err := s.Ledger.Plan(t.Context(), actor.SystemActor, s.Coast, commitments.PlanFilter{Year: 2026})
		if err != nil || len(list) != 5 {
			t.Errorf("%d activities, %v", len(list), err)
		}
		s.Activity(t, s.Coast, "Demokratidag för alla")
	})
}
