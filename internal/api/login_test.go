package api_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"example.org/plio/internal/plitest"
)

func TestEveryBadAuthorizationIsToldApart(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	const realm = `Bearer realm="api"`
	const invalid = realm + `,error="invalid_token",error_description="The access token is invalid."`
	for _, tt := range []struct{ authorization, detail, challenge string }{
		{"", "Authentication credentials were not provided.", realm},
		{"Basic YTpi", "Authentication credentials were not provided.", realm},
		{"Token ann", "Authentication credentials were not provided.", realm},
		{"Bearer", "Invalid token header. No backend provided.", realm},
		{"Bearer nobody", "Invalid token header. No credentials provided.", invalid},
		{"Bearer old", "Invalid token header. No credentials provided.", invalid},
		{"Bearer a b c", "Invalid token header. Token string should not contain spaces.", realm},
		{"Bearer a b", "", ""},
	} {
		for _, path := range []string{"plios/", "organizations/", "plios/x/play/", "otp/request/"} {
			open := strings.Contains(path, "play") || strings.Contains(path, "otp")
			if open && !strings.HasPrefix(tt.authorization, "Bearer") {
				continue
			}
			method := "GET"
			if strings.Contains(path, "otp") {
				method = "POST"
			}
			r := httptest.NewRequest(method, v1+path, nil)
			if tt.authorization != "" {
				r.Header.Set("Authorization", tt.authorization)
			}
			a := w.Do(r)
			if a.Status != 401 || tt.detail != "" && (a.Fields["detail"] != tt.detail || a.Header.Get("WWW-Authenticate") != tt.challenge) {
				t.Errorf("%q: %s: %d %s %s", tt.authorization, path, a.Status, a.Raw, a.Header.Get("WWW-Authenticate"))
			}
		}
	}
	r := httptest.NewRequest("GET", v1+"plios/", nil)
	r.Header.Set("Authorization", "bEARER ann")
	if a := w.Do(r); a.Status != 200 {
		t.Errorf("the scheme has a case: %d", a.Status)
	}
}

func TestADeactivatedUserIsOutAtOnce(t *testing.T) {
	t.Parallel()
	for _, change := range []string{"is_active = false", "deleted = now()"} {
		w := plitest.New(t)
		w.Must(200, "ann", "af", "GET", v1+"plios/", "")
		if _, err := w.DB.Shared().Exec(t.Context(), `UPDATE public."user" SET `+change+` WHERE id = 3`); err != nil {
			t.Fatal(err)
		}
		w.Must(401, "ann", "af", "GET", v1+"plios/", "")
	}
}

func TestTheProfileOfAToken(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	a := w.Must(200, "ann", "", "GET", v1+"users/token/?token=ann", "")
	wantKeys(t, a.Raw, "id last_login is_superuser first_name last_name is_staff is_active date_joined email mobile avatar_url config created_at updated_at organizations status unique_id auth_org")
	if a.Fields["email"] != "ann@example.org" || fmt.Sprint(a.Fields["config"]) != "map[]" || a.Fields["status"] != "approved" || a.Fields["last_login"] != nil {
		t.Errorf("%s", a.Raw)
	}
	org := a.Fields["organizations"].([]any)[0].(map[string]any)
	if org["role"] != "org-admin" || org["shortcode"] != "af" || org["api_key"] != plitest.APIKey("af") || len(org) != 9 {
		t.Errorf("%v", org)
	}
	if a := w.Must(200, "ann", "", "GET", v1+"users/token/?token=ken", ""); strings.Contains(a.Raw, "Kala Club") {
		t.Errorf("ann is told of an organization that she is not in: %s", a.Raw)
	}
	if a := w.Must(400, "ann", "", "GET", v1+"users/token/", ""); a.Fields["detail"] != "token not provided" {
		t.Errorf("%s", a.Raw)
	}
	if a := w.Must(404, "ann", "", "GET", v1+"users/token/?token=old", ""); a.Fields["detail"] != "User not found." {
		t.Errorf("%s", a.Raw)
	}
	w.Must(401, "", "", "GET", v1+"users/token/?token=ann", "")
}

const ada = "+919812345678"

func TestACodeSignsIn(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	a := w.Must(200, "", "", "POST", v1+"otp/request/", `{"mobile": " +919812345678 "}`)
	wantKeys(t, a.Raw, "id mobile expires_at created_at updated_at")
	code := w.SMS.Codes(ada)[0]
	if a.Fields["mobile"] != ada || strings.Contains(a.Raw, code) || len(code) != 6 {
		t.Errorf("%s", a.Raw)
	}
	w.Must(401, "", "", "POST", v1+"otp/verify/", `{"mobile": "+919812345678", "otp": "x"}`)
	w.Must(401, "", "", "POST", v1+"otp/verify/", fmt.Sprintf(`{"mobile": "+919812345679", "otp": %q}`, code))
	w.Must(200, "", "", "POST", v1+"otp/verify/", fmt.Sprintf(`{"mobile": "9812345678", "otp": %q}`, code))
}

func TestTheTokensOfALogin(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	login := func() plitest.Answer {
		w.Must(200, "", "", "POST", v1+"otp/request/", `{"mobile": "+919812345678"}`)
		codes := w.SMS.Codes(ada)
		return w.Must(200, "", "", "POST", v1+"otp/verify/", fmt.Sprintf(`{"mobile": "+919812345678", "otp": %q}`, codes[len(codes)-1]))
	}
	a := login()
	wantKeys(t, a.Raw, "access_token token_type expires_in refresh_token scope")
	if a.Fields["token_type"] != "Bearer" || a.Fields["expires_in"] != 86400.0 || a.Fields["scope"] != "read write" {
		t.Errorf("%s", a.Raw)
	}
	token := a.Fields["access_token"].(string)
	profile := w.Must(200, token, "", "GET", v1+"users/token/?token="+token, "")
	if profile.Fields["mobile"] != ada || profile.Fields["email"] != nil || profile.Fields["status"] != "approved" || profile.Fields["last_login"] == nil || profile.Fields["first_name"] != "" {
		t.Errorf("%s", profile.Raw)
	}
	again := login().Fields["access_token"].(string)
	if second := w.Must(200, again, "", "GET", v1+"users/token/?token="+again, ""); second.Fields["id"] != profile.Fields["id"] {
		t.Errorf("the second login makes another user: %s", second.Raw)
	}
	refresh := a.Fields["refresh_token"].(string)
	w.Must(401, refresh, "", "GET", v1+"plios/", "")
	later := time.Now().Add(24*time.Hour + time.Second)
	w.Clock = &later
	w.Must(401, token, "", "GET", v1+"plios/", "")
}

func TestWhatIsMissingForALoginIsTold(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	for _, tt := range []struct{ path, body, detail string }{
		{"request", ``, "mobile not provided"},
		{"request", `{"mobile": ""}`, "mobile not provided"},
		{"verify", `{}`, "mobile not provided"},
		{"verify", `{"otp": "1"}`, "mobile not provided"},
		{"verify", `{"mobile": "+919812345678"}`, "otp not provided"},
	} {
		if a := w.As("", "", "POST", v1+"otp/"+tt.path+"/", tt.body); a.Status != 400 || a.Fields["detail"] != tt.detail {
			t.Errorf("%s %s: %d %s", tt.path, tt.body, a.Status, a.Raw)
		}
	}
	wantErrors(t, w.As("", "", "POST", v1+"otp/request/", `{"mobile": "+9198123456789812345678"}`), map[string]string{"mobile": "Ensure this field has no more than 20 characters."})
	if a := w.As("", "", "POST", v1+"otp/request/", `{"mobile": "hello"}`); a.Status != 400 || a.Fields["mobile"] == nil {
		t.Errorf("%d %s", a.Status, a.Raw)
	}
}

func TestAnExpiredOrSpentCodeIsWrong(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	now := time.Now()
	w.Clock = &now
	w.Must(200, "", "", "POST", v1+"otp/request/", `{"mobile": "+919812345678"}`)
	w.Must(200, "", "", "POST", v1+"otp/request/", `{"mobile": "+919812345678"}`)
	verify := func(n, want int) {
		t.Helper()
		a := w.As("", "", "POST", v1+"otp/verify/", fmt.Sprintf(`{"mobile": "+919812345678", "otp": %q}`, w.SMS.Codes(ada)[n]))
		if a.Status != want || want == 401 && a.Fields["detail"] != "unauthorized" {
			t.Errorf("%d %s, want %d", a.Status, a.Raw, want)
		}
	}
	verify(0, 200)
	verify(0, 401)
	later := now.Add(301 * time.Second)
	w.Clock = &later
	verify(1, 401)
}

func TestOneCodeAtOnceIsOneLogin(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	w.Must(200, "", "", "POST", v1+"otp/request/", `{"mobile": "+919812345678"}`)
	body := fmt.Sprintf(`{"mobile": "+919812345678", "otp": %q}`, w.SMS.Codes(ada)[0])
	var mu sync.Mutex
	var wg sync.WaitGroup
	good := 0
	for range 10 {
		wg.Go(func() {
			if a := w.As("", "", "POST", v1+"otp/verify/", body); a.Status == 200 {
				mu.Lock()
				good++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if good != 1 {
		t.Errorf("%d logins", good)
	}
}

func TestAskingForCodesAndGuessingIsSlowedDown(t *testing.T) {
	t.Parallel()
	w := plitest.New(t)
	now := time.Now()
	w.Clock = &now
	slowed := func(path, body string) plitest.Answer {
		for range 200 {
			if a := w.As("", "", "POST", v1+path, body); a.Status == 429 {
				return a
			}
		}
		t.Fatalf("%s is never slowed down", path)
		return plitest.Answer{}
	}
	w.Must(200, "", "", "POST", v1+"otp/request/", `{"mobile": "+919812345678"}`)
	a := slowed("otp/verify/", `{"mobile": "+919812345678", "otp": "x"}`)
	if a.Header.Get("Retry-After") == "" || !strings.HasPrefix(fmt.Sprint(a.Fields["detail"]), "Request was throttled.") {
		t.Errorf("%s", a.Raw)
	}
	slowed("otp/request/", `{"mobile": "+919812345678"}`)
}
