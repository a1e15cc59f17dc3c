package drf

import (
	"cmp"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Page is one page of a list. Count is what the search has left of RawCount.
type Page[T any] struct {
	Count    int64   `json:"count"`
	PageSize int64   `json:"page_size"`
	Next     *string `json:"next"`
	Previous *string `json:"previous"`
	Results  []T     `json:"results"`
	RawCount int64   `json:"raw_count"`
}

// PageNumber returns the page that a query names, from 1 on, of a list of count.
// An empty list has one page.
func PageNumber(named string, count, size int64) (int64, error) {
	last := max(1, (count+size-1)/size)
	switch named {
	case "":
		return 1, nil
	case "last":
		return last, nil
	}
	n, err := strconv.ParseInt(strings.TrimSpace(named), 10, 64)
	if err != nil || n < 1 || n > last {
		return 0, Refuse(http.StatusNotFound, "Invalid page.")
	}
	return n, nil
}

// NewPage is the page number of a list, with links to its neighbours.
func NewPage[T any](r *http.Request, results []T, number, size, count, rawCount int64) Page[T] {
	p := Page[T]{Count: count, PageSize: size, Results: results, RawCount: rawCount}
	if number*size < count {
		p.Next = pageLink(r, number+1)
	}
	if number > 1 {
		p.Previous = pageLink(r, number-1)
	}
	return p
}

// pageLink is the absolute address of a page: the request's with another page
// in it, the first page without one, and the parameters in order. The server has
// taken away what no trusted proxy has forwarded.
func pageLink(r *http.Request, number int64) *string {
	query := r.URL.Query()
	query.Set("page", strconv.FormatInt(number, 10))
	if number == 1 {
		query.Del("page")
	}
	u := url.URL{Scheme: "http", Host: cmp.Or(r.Header.Get("X-Forwarded-Host"), r.Host), Path: r.URL.Path, RawQuery: query.Encode()}
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		u.Scheme = "https"
	}
	link := u.String()
	return &link
}
