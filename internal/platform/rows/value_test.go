package rows

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var everyType = []Column{{"u", UUID}, {"t", Text}, {"i", Integer}, {"b", Boolean}, {"f", Float}, {"at", Timestamp}, {"j", JSON}, {"x", Bytes}}

// drawRow makes a row of everyType, any value of which may be missing.
func drawRow(r *rapid.T, texts *rapid.Generator[string]) []any {
	row := []any{
		rapid.StringMatching(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`).Draw(r, "uuid"),
		texts.Draw(r, "text"),
		rapid.Int64().Draw(r, "integer"),
		rapid.Bool().Draw(r, "boolean"),
		rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, 0.1, 1e300, -5e-324, math.Inf(1), math.Inf(-1)})).Draw(r, "float"),
		time.UnixMicro(rapid.Int64Range(-62135596800000000, 253402300799999999).Draw(r, "microseconds")).UTC(),
		string(drawJSON(r, texts)),
		rapid.SliceOf(rapid.Byte()).Draw(r, "bytes"),
	}
	for i := range row {
		if rapid.IntRange(0, 9).Draw(r, "missing") == 0 {
			row[i] = nil
		}
	}
	if f, ok := row[4].(float64); ok && f == 0 {
		row[4] = 0.0 // not the negative one
	}
	return row
}

func drawJSON(r *rapid.T, texts *rapid.Generator[string]) []byte {
	tree := map[string]any{
		texts.Draw(r, "key"): texts.Draw(r, "value"), "list": rapid.SliceOfN(rapid.Int(), 0, 3).Draw(r, "list"), "none": nil, "number": json.Number(rapid.StringMatching(`-?[1-9][0-9]{0,20}(\.[0-9]{1,9})?`).Draw(r, "number")),
	}
	b, err := json.Marshal(tree)
	if err != nil {
		r.Fatal(err)
	}
	b, err = appendJSON(nil, b)
	if err != nil {
		r.Fatal(err)
	}
	return b
}

// What is written can be read, means the same, and is written the same way again; two different rows never have the same line.
func TestARowSurvivesItsLine(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		one, other := drawRow(r, rapid.String()), drawRow(r, rapid.String())
		line, err := encode(nil, everyType, one)
		if err != nil {
			r.Fatal(err)
		}
		if !json.Valid(line) || bytes.IndexByte(line, '\n') >= 0 {
			r.Fatalf("%q is no line of JSON", line)
		}
		got, err := decode(everyType, line)
		if err != nil || !reflect.DeepEqual(got, one) {
			r.Fatalf("%q: got %#v want %#v (%v)", line, got, one, err)
		}
		second, err := encode(nil, everyType, other)
		if err != nil || bytes.Equal(line, second) != reflect.DeepEqual(one, other) {
			r.Fatalf("%#v and %#v: %q %q %v", one, other, line, second, err)
		}
	})
}

func TestValuesInTheirOneForm(t *testing.T) {
	for _, c := range []struct {
		kind Type
		in   any
		want string
	}{
		{UUID, "0198C1A2-0000-7000-8000-00000000000A", `"0198c1a2-0000-7000-8000-00000000000a"`},
		{UUID, []byte("0198c1a2-0000-7000-8000-00000000000a"), `"0198c1a2-0000-7000-8000-00000000000a"`},
		{UUID, "0198c1a2", ""},
		{Text, "å\t\"\\\n\x00\u2028<", `"å\t\"\\\n\u0000` + "\u2028" + `<"`},
		{Text, "\xff", `{"base64":"/w=="}`},
		{Integer, int64(-7), `-7`},
		{Integer, "7", ""},
		{Boolean, int64(1), `true`},
		{Boolean, false, `false`},
		{Boolean, int64(2), ""},
		{Float, int64(3), `3`},
		{Float, 0.1, `0.1`},
		{Float, math.Copysign(0, -1), `0`},
		{Float, math.NaN(), `"NaN"`},
		{Timestamp, "2026-11-22 12:00:00.5+00:00", `"2026-11-22T12:00:00.5Z"`},
		{Timestamp, "2026-11-22 13:00:00.123456789+01:00", `"2026-11-22T12:00:00.123456Z"`},
		{Timestamp, "2026-11-22 12:00:00", `"2026-11-22T12:00:00Z"`},
		{Timestamp, "2026-11-22 12:00:00.12 +0000 UTC", `"2026-11-22T12:00:00.12Z"`},
		{Timestamp, time.Date(2026, 11, 22, 13, 0, 0, 0, time.FixedZone("CET", 3600)), `"2026-11-22T12:00:00Z"`},
		{Timestamp, "soon", ""},
		{JSON, `{"b": 1.50, "a": [1e2, -0, 0.0], "b": null}`, `{"a":[100,0,0],"b":null}`},
		{JSON, int64(12), `12`},
		{JSON, `1e999999`, `1e999999`},
		{JSON, `{"a":`, ""},
		{JSON, `1 2`, ""},
		{Bytes, []byte{0, 255}, `{"base64":"AP8="}`},
	} {
		got, err := appendValue(nil, c.kind, c.in)
		if (err != nil) != (c.want == "") || string(got) != c.want {
			t.Errorf("%s %v: %s %v, want %s", c.kind, c.in, got, err, c.want)
		}
	}
}

// Whatever is not written in the one way is refused, and nothing makes reading fail otherwise than with an error.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`["0198c1a2-0000-7000-8000-00000000000a","å",1,true,0.5,"2026-11-22T12:00:00Z",{"a":1},{"base64":""}]`))
	f.Add([]byte(`[null,null,null,null,null,null,null,null]`))
	f.Add([]byte(`[ null,{"base64":"/w=="},1e3,1,"NaN","2026-11-22T12:00:00.000Z",[[[1.0]]],""]`))
	f.Fuzz(func(t *testing.T, line []byte) {
		values, err := decode(everyType, line)
		if err != nil {
			return
		}
		again, err := encode(nil, everyType, values)
		if err != nil || !bytes.Equal(again, line) {
			t.Errorf("%q was read and is written %q (%v)", line, again, err)
		}
	})
}
