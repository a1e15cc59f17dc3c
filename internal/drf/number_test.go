package drf_test

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.org/plio/internal/drf"
)

func TestAFloatShowsThatItHasAFraction(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]float64{
		"61.0": 61, "10.5": 10.5, "0.0": 0, "-0.0": math.Copysign(0, -1), "100.0": 100, "0.0001": 0.0001, "1e-05": 0.00001, "1.5e-07": 1.5e-7,
		"9999999999999998.0": 9999999999999998, "1e+16": 1e16, "1.2345e+22": 1.2345e22, "1e+100": 1e100, "1.7976931348623157e+308": math.MaxFloat64, "5e-324": math.SmallestNonzeroFloat64,
	} {
		if got, err := json.Marshal(drf.Float(f)); err != nil || string(got) != want {
			t.Errorf("got %s, %v; want %s", got, err, want)
		}
	}
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got, err := json.Marshal([]drf.Float{drf.Float(f), 1}); err != nil || string(got) != "[null,1.0]" {
			t.Errorf("%v: got %s, %v", f, got, err)
		}
	}
}

func TestAFloatComesBackAsItWas(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64().Draw(t, "f")
		b, err := json.Marshal(drf.Float(f))
		if math.IsNaN(f) || math.IsInf(f, 0) {
			if string(b) != "null" {
				t.Fatalf("%v became %s", f, b)
			}
			return
		}
		got, parseErr := strconv.ParseFloat(string(b), 64)
		if err != nil || parseErr != nil || math.Float64bits(got) != math.Float64bits(f) || !strings.ContainsAny(string(b), ".e") {
			t.Fatalf("%v became %s (%v, %v)", f, b, err, parseErr)
		}
	})
}

func TestATimeHasSixDigitsOrNone(t *testing.T) {
	t.Parallel()
	kolkata := time.FixedZone("", 5*3600+1800)
	for want, at := range map[string]time.Time{
		`"2026-11-23T11:31:41.654534Z"`: time.Date(2026, 11, 23, 17, 1, 41, 654_534_000, kolkata),
		`"2026-11-23T11:31:41.650000Z"`: time.Date(2026, 11, 23, 11, 31, 41, 650_000_999, time.UTC),
		`"2026-11-23T11:31:41Z"`:        time.Date(2026, 11, 23, 11, 31, 41, 999, time.UTC),
	} {
		if got, err := json.Marshal(drf.Time(at)); string(got) != want || err != nil {
			t.Errorf("%v: got %s, %v; want %s", at, got, err, want)
		}
		if got, err := json.Marshal(drf.TimeOrNull(&at)); string(got) != want || err != nil {
			t.Errorf("%v: got %s, %v; want %s", at, got, err, want)
		}
	}
	if got, err := json.Marshal(drf.TimeOrNull(nil)); string(got) != "null" || err != nil {
		t.Errorf("no time: got %s, %v", got, err)
	}
}

func TestATimeComesBackAsItWas(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMicro(rapid.Int64Range(-62135596800e6, 253402300799e6).Draw(t, "micros"))
		b, err := json.Marshal(drf.Time(at))
		if err != nil {
			t.Fatal(err)
		}
		body, err := drf.ReadBody(nil, post(jsonType, `{"at":`+string(b)+`}`))
		if err != nil {
			t.Fatal(err)
		}
		var got drf.Opt[time.Time]
		d := body.Decoder(false)
		if d.Time("at", &got); d.Err() != nil || !got.Value.Equal(at) {
			t.Fatalf("%v became %s became %v (%v)", at, b, got, d.Err())
		}
	})
}
