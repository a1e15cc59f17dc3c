package main

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"example.org/plio/tenancy/tenancytest"
)

var template = tenancytest.Template{Config: config("")}

func TestMain(m *testing.M) { template.Main(m) }

func TestNoCompanyReachesAnother(t *testing.T) {
	t.Parallel()
	tenancytest.Isolation(t, template.Open(t), tenancytest.IsolationOptions{
		ForeignKeys: []string{"member.member_login"},
	})
}

func TestACompanySeesItsOwnInvoices(t *testing.T) {
	t.Parallel()
	app := routes(template.Open(t))
	send := func(method, path, company string, form url.Values) (int, string) {
		r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Company", company)
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		return w.Code, strings.TrimSpace(w.Body.String())
	}
	for _, tt := range []struct {
		method, path, company string
		form                  url.Values
		status                int
		body                  string
	}{
		{"POST", "/companies", "", url.Values{"key": {"acme"}, "name": {"Acme"}}, 201, ""},
		{"POST", "/companies", "", url.Values{"key": {"globex"}, "name": {"Globex"}}, 201, ""},
		{"POST", "/companies", "", url.Values{"key": {"acme"}, "name": {"Acme"}}, 409, "there is such a company"},
		{"POST", "/companies", "", url.Values{"key": {"WWW"}, "name": {"Web"}}, 400, `tenancy: the key is reserved: "WWW"`},
		{"POST", "/invoices", "acme", url.Values{"number": {"1"}, "cents": {"9900"}}, 201, ""},
		{"POST", "/invoices", "acme", url.Values{"number": {"2"}}, 400, "number and cents are needed"},
		{"GET", "/invoices", "acme", nil, 200, `[{"number":"1","cents":9900}]`},
		{"GET", "/invoices", "globex", nil, 200, `[]`},
		{"GET", "/invoices", "nobody", nil, 404, "Not Found"},
		{"GET", "/invoices", "", nil, 404, "Not Found"},
	} {
		if status, body := send(tt.method, tt.path, tt.company, tt.form); status != tt.status || body != tt.body {
			t.Errorf("%s %s of %q with %v: %d %s; want %d %s", tt.method, tt.path, tt.company, tt.form, status, body, tt.status, tt.body)
		}
	}
}
