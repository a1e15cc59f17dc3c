package auth_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"example.org/plio/internal/auth"
)

// slowed returns how many of n tries are let through.
func slowed(t *testing.T, n int, try func(i int) error) (passed int) {
	t.Helper()
	for i := range n {
		err := try(i)
		e, throttled := errors.AsType[*auth.ThrottledError](err)
		switch {
		case throttled && e.Wait <= 0:
			t.Errorf("wait %v", e.Wait)
		case throttled:
		case err == nil || errors.Is(err, auth.ErrWrongCode):
			passed++
		default:
			t.Fatal(err)
		}
	}
	return passed
}

func TestRequestsAndGuessesAreSlowedDown(t *testing.T) {
	t.Parallel()
	number := func(i int) string { return "+91981234" + strconv.Itoa(1000+i) }
	address := func(i int) string { return "2001:db8:0:" + strconv.FormatInt(int64(i), 16) + "::1" }
	for _, tt := range []struct {
		rule string
		want int
		try  func(w *world, i int) error
	}{
		{"5 codes to one number from anywhere", 5, func(w *world, i int) error {
			_, err := w.RequestCode(context.Background(), adas, address(i))
			return err
		}},
		{"200 codes from one address to anybody", 200, func(w *world, i int) error {
			_, err := w.RequestCode(context.Background(), number(i), client)
			return err
		}},
		{"10 guesses at one number from anywhere", 10, func(w *world, i int) error {
			_, err := w.VerifyCode(context.Background(), adas, "x", address(i))
			return err
		}},
		{"100 guesses from one address at anybody", 100, func(w *world, i int) error {
			_, err := w.VerifyCode(context.Background(), number(i), "x", client)
			return err
		}},
	} {
		t.Run(tt.rule, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if got := slowed(t, 210, func(i int) error { return tt.try(w, i) }); got != tt.want {
				t.Errorf("%d are let through", got)
			}
			w.at = w.at.Add(5 * time.Minute)
			if slowed(t, 1, func(i int) error { return tt.try(w, i) }) != 1 {
				t.Error("five minutes later nobody is let through")
			}
		})
	}
}

func TestWhoGuessesTooOftenIsNotToldTheRightCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	code := w.request(adas, client)
	slowed(t, 11, func(int) error { _, err := w.VerifyCode(t.Context(), adas, "x", client); return err })
	if _, err := w.VerifyCode(t.Context(), adas, code, client); errors.Is(err, auth.ErrWrongCode) || err == nil {
		t.Errorf("error %v", err)
	}
}

func TestAWholeSchoolSignsInFromOneAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 150 {
		mobile := "+91981234" + strconv.Itoa(1000+i)
		if w.verify(mobile, w.request(mobile, client), client) == 0 {
			t.Fatalf("pupil %d is left out", i)
		}
	}
}
