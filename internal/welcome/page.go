package welcome

import (
	"bytes"
	"cmp"
	"crypto/rand"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"

	"example.org/plio/internal/auth"
)

var (
	//go:embed page.html
	pageHTML string
	//go:embed style.css
	styleCSS string
	//go:embed script.js
	scriptJS string

	pages = template.Must(template.New("page").Parse(pageHTML))
)

// page is what page.html shows. Kind names the block: form, done, dead, or one
// of the plain ones.
type page struct {
	Kind, Lang, Nonce string
	T, Other          *text
	OtherLang         string
	Style             template.CSS
	Script            template.JS

	// of a form
	First                     bool
	For                       string // whom the link signs in
	Email, Name               string // as typed
	EmailProblem, NameProblem string
	// of what comes next
	User          string
	Address       string // the user's e-mail, for the command line
	Superuser     bool
	Token         string
	Organizations []auth.Organization
	Steps         []step
}

// step is one command to copy.
type step struct{ Title, Help, Command string }

// form shows the form of a live link, with what was typed and what is wrong.
func (h *handler) form(w http.ResponseWriter, r *http.Request, status int, link auth.Link, email, name string, wrong auth.FormError) {
	p := h.page(r, "form")
	p.First, p.For, p.Email, p.Name = link.First, link.Name, email, name
	p.EmailProblem, p.NameProblem = p.T.problem("email", wrong.Email), p.T.problem("name", wrong.Name)
	h.write(w, r, status, p)
}

// done shows who is signed in now, and what to do next.
func (h *handler) done(w http.ResponseWriter, r *http.Request, got auth.Welcome) {
	p := h.page(r, "done")
	p.User, p.Address, p.Superuser = got.Name(), got.Email(), got.User.IsSuperuser
	p.Token, p.Organizations = got.Tokens.Access, got.Organizations
	p.Steps = steps(p.T, cmp.Or(h.url, base(r)), got)
	h.write(w, r, http.StatusOK, p)
}

func steps(t *text, url string, got auth.Welcome) []step {
	curl := func(path, rest string) string {
		return fmt.Sprintf("curl %s/api/v1/%s/ -H 'Authorization: Bearer %s'%s", url, path, got.Tokens.Access, rest)
	}
	if got.User.IsSuperuser {
		return []step{
			{t.MakeTitle, t.MakeHelp, curl("organizations", ` -H 'Content-Type: application/json' -d '{"name": "My School", "shortcode": "my-school"}'`)},
			{t.PliosTitle, t.PliosHelp, curl("plios", " -H 'Organization: my-school'")},
		}
	}
	mine := step{t.OwnPliosTitle, t.OwnPliosHelp, curl("plios", "")}
	if len(got.Organizations) > 0 {
		first := got.Organizations[0]
		mine = step{fmt.Sprintf(t.TheirPlios, first.Name), t.PliosHelp, curl("plios", " -H 'Organization: "+first.Shortcode+"'")}
	}
	return []step{{t.OrganizationsTitle, t.OrganizationsHelp, curl("organizations", "")}, mine}
}

func (h *handler) dead(w http.ResponseWriter, r *http.Request) {
	h.plain(w, r, http.StatusNotFound, "dead")
}

// plain shows a page that is the same for everybody.
func (h *handler) plain(w http.ResponseWriter, r *http.Request, status int, kind string) {
	h.write(w, r, status, h.page(r, kind))
}

func (h *handler) page(r *http.Request, kind string) page {
	lang, other := language(r), "hi"
	if lang == other {
		other = "en"
	}
	return page{
		Kind: kind, Lang: lang, Nonce: rand.Text(), T: texts[lang], Other: texts[other], OtherLang: other,
		Style: template.CSS(styleCSS), Script: template.JS(scriptJS),
	}
}

func (h *handler) write(w http.ResponseWriter, r *http.Request, status int, p page) {
	var body bytes.Buffer
	if err := pages.Execute(&body, p); err != nil {
		h.log.ErrorContext(r.Context(), "the sign-in page cannot be shown", "err", err)
		http.Error(w, "A server error occurred.", http.StatusInternalServerError)
		return
	}
	header := w.Header()
	for name, value := range map[string]string{
		"Content-Type":     "text/html; charset=utf-8",
		"Content-Language": p.Lang,
		"Vary":             "Accept-Language, Cookie",
		"Cache-Control":    "no-store",
		"Referrer-Policy":  "no-referrer",
		"Content-Security-Policy": fmt.Sprintf("default-src 'none'; style-src 'nonce-%[1]s'; script-src 'nonce-%[1]s'; img-src data:; "+
			"form-action 'self'; base-uri 'none'; frame-ancestors 'none'", p.Nonce),
		"X-Content-Type-Options":     "nosniff",
		"X-Frame-Options":            "DENY",
		"X-Robots-Tag":               "noindex",
		"Cross-Origin-Opener-Policy": "same-origin",
	} {
		header.Set(name, value)
	}
	w.WriteHeader(status)
	w.Write(body.Bytes()) //nolint:errcheck // the reader has gone
}
