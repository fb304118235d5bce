package commitments

import (
	"encoding/json"
	"maps"
	"os"
	"testing"
	"time"

	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/publiclog"

	"github.com/google/go-cmp/cmp"
)

// What entries were made from is made again for each check, from the rows and types of the program that checks. So what a row of an earlier release
// says must stay the same, byte for byte: a field that is added is left out where it is empty, and nothing is renamed. The files in testdata/log were
// written by the first release with a log and never change; a new kind, or a new field that these rows do not fill, gets a file of its own.
func golden(t *testing.T, name, got string) {
	t.Helper()
	want, err := os.ReadFile("testdata/log/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s: entries that installations already have would no longer agree with their rows (-before +now):\n%s", name, diff)
	}
}

func TestEntriesAreMadeAsTheyWereMadeBefore(t *testing.T) {
	n := byte(0)
	next := func() id.ID { n++; return id.ID{15: n} }
	at, day, number := time.Date(2026, 1, 12, 9, 30, 15, 123456000, time.UTC), period.On(2026, 1, 9), int64(52)
	for kind, rows := range map[string][2]fact{
		LogDeclaration: {declarationFact{}, declarationFact{Declaration{AssociationID: next(), ID: next(), Slug: "var", Title: "Vår <deklaration>", Preamble: "Vi lovar & håller.", AboutSimple: "Om oss.", AboutEn: "About us.", Edition: 2, Version: 3, SupersedesID: next(), PeriodFrom: day, PeriodTo: day, AdoptedOn: day, CreatedAt: at}}},
		LogPromise:     {promiseFact{}, promiseFact{Commitment{AssociationID: next(), ID: next(), DeclarationID: next(), Number: 4, Wording: "Vi håller fyra seminarier."}, "var", at}},
		LogSignature:   {signatureFact{}, signatureFact{Signature{AssociationID: next(), ID: next(), HomeID: next(), DeclarationID: next(), SignedOn: day, Decision: "§ 3", FileID: next(), ImportID: next(), AdoptedBy: next(), AdoptedAt: at}, "var", "ab12"}},
		LogWording: {wordingFact{}, wordingFact{Wording: Wording{AssociationID: next(), ID: next(), PledgeID: next(), Version: 2, Wording: "Vi håller fem seminarier.", Reason: "fler vill komma", Decision: "§ 8", AdoptedOn: day, AdoptedBy: next(), AdoptedAt: at},
			HomeID: next(), DeclarationID: next(), CommitmentID: next(), Number: 4, Slug: "var", ReplacesID: next()}},
		LogReplacement: {replacementFact{}, replacementFact{AssociationID: next(), ID: next(), ReplacedByID: next(), ReplacedOn: day, Number: 4, Slug: "var"}},
		LogState:       {stateFact{}, stateFact{StateChange{AssociationID: next(), ID: next(), PledgeID: next(), MilestoneID: next(), FromState: "not_started", ToState: "started", Reason: "evidence", ChangedOn: day, At: at}, 4, "var"}},
		LogFollowUp:    {followUpFact{}, followUpFact{SnapshotRow: SnapshotRow{AssociationID: next(), ID: next(), RoundID: next(), ContentJSON: "{}", SHA256: "cd34", At: at}, Title: "Första tertialet", PeriodFrom: day, PeriodTo: day, FrozenBy: next(), FrozenAt: at}},
		LogPublication: {publicationFact{ContentJSON: "{}"}, publicationFact{AssociationID: next(), ID: next(), Title: "Första tertialet", Public: true, PublishedAt: at, ContentJSON: `{"format":1,"title":"Första tertialet","frozen_by":"Karin","promises":[{"number":1,"activities":[{"title":"Frukost","public":true},{"title":"Möte"}]}]}`}},
		LogFigure: {figureFact{}, figureFact{Evidence{AssociationID: next(), ID: next(), ActivityHomeID: next(), ActivityID: next(), MilestoneID: next(), PledgeID: next(), Kind: EvidenceFigure, Title: "Deltagare", Body: "Räknade i dörren.", URL: "https://x.example", Figure: &number, FigureUnit: "personer", FigureSource: "lista",
			FileID: next(), HappenedOn: day, Completes: true, Public: true, Status: Accepted, FiledBy: next(), FiledOn: day, FiledAt: at, ReviewedBy: next(), ReviewedOn: day, ReviewedAt: at, ReviewComment: "Bra.", OwnReview: true, Version: 2}}},
	} {
		var said [2]struct {
			Association, Subject id.ID
			At                   string
			Public, Hidden       map[string]string
		}
		for i, row := range rows {
			f, err := row.fact()
			if err != nil {
				t.Fatal(err)
			}
			if f.Kind != kind {
				t.Errorf("%s is of kind %s", kind, f.Kind)
			}
			for _, fields := range []map[string]string{f.Public, f.Hidden} {
				maps.DeleteFunc(fields, func(_, text string) bool { return text == "" }) // left out of an entry
			}
			said[i].Association, said[i].Subject, said[i].At, said[i].Public, said[i].Hidden = f.Association, f.Subject, publiclog.Time(f.At), f.Public, f.Hidden
		}
		b, err := json.MarshalIndent(said, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, kind+".json", string(b)+"\n")
	}
}

// The text of a frozen follow-up is read and written again when it is shown and proven: its checksum is over every byte.
func TestAFollowUpIsWrittenAsItWasWrittenBefore(t *testing.T) {
	for _, name := range []string{"frozen.json", "frozen-empty.json"} {
		before, err := os.ReadFile("testdata/log/" + name)
		if err != nil {
			t.Fatal(err)
		}
		var s Snapshot
		if err := json.Unmarshal(before, &s); err != nil {
			t.Fatal(err)
		}
		text, _, err := s.canonical()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, text)
	}
}
