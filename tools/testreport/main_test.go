package main

import (
	"strings"
	"testing"
)

const run = `{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:3: no PgBouncer\n"}
{"Action":"skip","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Test":"TestB"}
{"Action":"output","Package":"p","Test":"TestC","Output":"boom\n"}
{"Action":"fail","Package":"p","Test":"TestC"}
{"Action":"fail","Package":"p","Elapsed":1.2}
`

func TestReportTellsWhatFailedAndWhatDidNotRun(t *testing.T) {
	var out strings.Builder
	r := report{out: &out, output: map[string]*strings.Builder{}, skips: []string{"no C compiler, so no -race"}}
	if err := r.read(strings.NewReader(run)); err != nil {
		t.Fatal(err)
	}
	if r.close(false) {
		t.Error("a failed test is a good run")
	}
	want := "boom\nFAIL\tp\t1.2s\n\n1 passed, 1 failed, 1 skipped\nnot run: no C compiler, so no -race; no PgBouncer (TestA)\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestASkipFailsOnlyInCI(t *testing.T) {
	for ci, want := range map[bool]bool{true: false, false: true} {
		r := report{out: &strings.Builder{}, passed: 1, skips: []string{"x"}}
		if r.close(ci) != want {
			t.Errorf("CI %t: good is %t", ci, !want)
		}
	}
	none := report{out: &strings.Builder{}}
	if none.close(false) {
		t.Error("a run without a test is a good run")
	}
}
