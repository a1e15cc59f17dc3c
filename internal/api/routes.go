package api

import (
	"context"
	"net/http"

	"example.org/plio/internal/drf"
)

const login, open = true, false

// routes registers the API's routes.
type routes struct {
	drf.Routes
	api  *API
	open map[string]bool // paths that need no login
}

func (r *routes) handle(method, path string, login bool, open opening, h handler) {
	r.open[path] = r.open[path] || !login
	r.Handle(method, path, r.api.route(login, open, h))
}

// notAllowed answers the methods that a path lacks, to whoever has signed in
// where that is needed.
func (r *routes) notAllowed(path string, allow []string) http.Handler {
	return r.api.route(!r.open[path], shared, func(_ context.Context, c *call) (drf.Response, error) {
		if c.Method != http.MethodOptions {
			return drf.Response{}, drf.MethodNotAllowed(c.Method, allow)
		}
		return drf.OK(struct{}{}), nil // with Allow, like every answer
	})
}

// routes is the table of contents: path, method, who is let in (login or open),
// what is opened (a workspace for reading or writing, or the shared tables), and
// the handler.
func (a *API) routes() http.Handler {
	r := &routes{drf.Routes{Mux: http.NewServeMux()}, a, map[string]bool{}}
	r.NotAllowed = r.notAllowed
	r.handle("POST", "/api/v1/otp/request/", open, shared, a.otpRequest)
	r.handle("POST", "/api/v1/otp/verify/", open, shared, a.otpVerify)
	r.handle("GET", "/api/v1/users/token/", login, shared, a.userToken)

	r.handle("GET", "/api/v1/organizations/", login, shared, a.organizationList)
	r.handle("POST", "/api/v1/organizations/", login, shared, a.organizationCreate)
	r.handle("GET", "/api/v1/organizations/{id}/", login, shared, a.organizationRetrieve)
	r.handle("PUT", "/api/v1/organizations/{id}/", login, shared, a.organizationUpdate)
	r.handle("PATCH", "/api/v1/organizations/{id}/", login, shared, a.organizationUpdate)
	r.handle("DELETE", "/api/v1/organizations/{id}/", login, shared, a.organizationDelete)
	r.handle("PATCH", "/api/v1/organizations/{id}/setting/", login, shared, a.organizationSetting)

	r.handle("GET", "/api/v1/organization-users/", login, shared, a.membershipList)
	r.handle("POST", "/api/v1/organization-users/", login, shared, a.membershipCreate)
	r.handle("GET", "/api/v1/organization-users/{id}/", login, shared, a.membershipRetrieve)
	r.handle("PUT", "/api/v1/organization-users/{id}/", login, shared, a.membershipUpdate)
	r.handle("PATCH", "/api/v1/organization-users/{id}/", login, shared, a.membershipUpdate)
	r.handle("DELETE", "/api/v1/organization-users/{id}/", login, shared, a.membershipDelete)

	r.handle("GET", "/api/v1/roles/", login, shared, a.roleList)
	r.handle("POST", "/api/v1/roles/", login, shared, a.roleCreate)
	r.handle("GET", "/api/v1/roles/{id}/", login, shared, a.roleRetrieve)
	r.handle("PUT", "/api/v1/roles/{id}/", login, shared, a.roleUpdate)
	r.handle("PATCH", "/api/v1/roles/{id}/", login, shared, a.roleUpdate)
	r.handle("DELETE", "/api/v1/roles/{id}/", login, shared, a.roleDelete)

	r.handle("GET", "/api/v1/videos/", login, reading, videoList)
	r.handle("POST", "/api/v1/videos/", login, writing, videoCreate)
	r.handle("GET", "/api/v1/videos/{id}/", login, reading, videoRetrieve)
	r.handle("PUT", "/api/v1/videos/{id}/", login, writing, videoUpdate)
	r.handle("PATCH", "/api/v1/videos/{id}/", login, writing, videoUpdate)
	r.handle("DELETE", "/api/v1/videos/{id}/", login, writing, videoDelete)

	r.handle("GET", "/api/v1/plios/", login, reading, plioList)
	r.handle("POST", "/api/v1/plios/", login, writing, a.plioCreate)
	r.handle("GET", "/api/v1/plios/{uuid}/", login, reading, a.plioRetrieve)
	r.handle("PATCH", "/api/v1/plios/{uuid}/", login, writing, a.plioUpdate)
	r.handle("DELETE", "/api/v1/plios/{uuid}/", login, writing, plioDelete)
	r.handle("GET", "/api/v1/plios/{uuid}/play/", open, reading, a.plioPlay)

	r.handle("GET", "/api/v1/items/", login, reading, itemList)
	r.handle("POST", "/api/v1/items/", login, writing, itemCreate)
	r.handle("GET", "/api/v1/items/{id}/", login, reading, itemRetrieve)
	r.handle("GET", "/api/v1/questions/", login, reading, questionList)
	r.handle("POST", "/api/v1/questions/", login, writing, questionCreate)
	r.handle("GET", "/api/v1/questions/{id}/", login, reading, questionRetrieve)
	r.Close()
	return drf.Handler(r.Mux)
}
