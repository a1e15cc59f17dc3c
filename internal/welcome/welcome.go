// Package welcome is the page behind a sign-in link: who am I, what next.
package welcome

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"example.org/plio/internal/auth"
)

const (
	maxBody  = 8 << 10
	maxWait  = 15 * time.Second
	codeSize = 52
)

// Options are what the page needs to know.
type Options struct {
	PublicURL string       // where people reach the server; defaults to where the request came to
	Log       *slog.Logger // defaults to none
}

type handler struct {
	auth *auth.Auth
	url  string
	log  *slog.Logger
	desk desk
}

// New returns the handler of /start/{code}. GET shows what the link is for and
// spends nothing, since previews of messages do that; POST uses it.
func New(a *auth.Auth, opt Options) http.Handler {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	h := &handler{auth: a, url: opt.PublicURL, log: opt.Log, desk: newDesk(time.Now)}
	mux := http.NewServeMux()
	for _, path := range []string{"/start/{code}", "/start/{code}/{$}"} {
		mux.HandleFunc("GET "+path, h.show)
		mux.HandleFunc("POST "+path, h.use)
	}
	mux.HandleFunc("GET /start/", func(w http.ResponseWriter, r *http.Request) { h.dead(w, r) })
	return mux
}

// show is the form of a live link, or what the same browser got for it.
func (h *handler) show(w http.ResponseWriter, r *http.Request) {
	code, browser := r.PathValue("code"), browserOf(r)
	if got, ok := h.desk.find(code, browser); ok {
		h.done(w, r, got)
		return
	}
	link, err := h.look(r.Context(), code)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	if browser == "" {
		http.SetCookie(w, &http.Cookie{
			Name: cookie, Value: rand.Text(), Path: "/start/", MaxAge: 3600,
			HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: isHTTPS(r),
		})
	}
	h.form(w, r, http.StatusOK, link, "", "", auth.FormError{})
}

// use spends the link. The same browser gets the same answer again, so that a
// double click does not end in an error.
func (h *handler) use(w http.ResponseWriter, r *http.Request) {
	if isForeign(r) {
		h.plain(w, r, http.StatusForbidden, "foreign")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		h.plain(w, r, http.StatusBadRequest, "unreadable")
		return
	}
	code, email, name := r.PathValue("code"), r.PostForm.Get("email"), r.PostForm.Get("name")
	got, link, err := h.once(r.Context(), code, browserOf(r), email, name)
	if wrong, ok := errors.AsType[*auth.FormError](err); ok {
		h.form(w, r, http.StatusUnprocessableEntity, link, email, name, *wrong)
		return
	}
	if err != nil {
		h.fail(w, r, err)
		return
	}
	h.done(w, r, got)
}

// once uses a link, or returns what the same browser got for it.
func (h *handler) once(ctx context.Context, code, browser, email, name string) (auth.Welcome, auth.Link, error) {
	link, err := h.look(ctx, code)
	if errors.Is(err, auth.ErrLinkDead) {
		if got, ok := h.desk.find(code, browser); ok {
			return got, link, nil
		}
	}
	if err != nil {
		return auth.Welcome{}, link, err
	}
	got, err := h.desk.once(code, browser, func() (auth.Welcome, error) {
		// whoever clicks again goes away from the first answer: it must be made all the same
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), maxWait)
		defer cancel()
		return h.auth.UseLink(ctx, code, email, name)
	})
	return got, link, err
}

// look asks what a link is for. What cannot be a code is not looked up.
func (h *handler) look(ctx context.Context, code string) (auth.Link, error) {
	if len(code) != codeSize {
		return auth.Link{}, auth.ErrLinkDead
	}
	return h.auth.Link(ctx, code)
}

func (h *handler) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, auth.ErrLinkDead) {
		h.dead(w, r)
		return
	}
	h.log.ErrorContext(r.Context(), "the sign-in page failed", "err", err)
	h.plain(w, r, http.StatusInternalServerError, "trouble")
}
