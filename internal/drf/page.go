package drf

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Page is one page of a list. Count is of what matches the search, RawCount of
// what there is without one.
type Page[T any] struct {
	Count    int64   `json:"count"`
	PageSize int64   `json:"page_size"`
	Next     *string `json:"next"`
	Previous *string `json:"previous"`
	Results  []T     `json:"results"`
	RawCount int64   `json:"raw_count"`
}

// NewPage returns page number (from 1) of the list that r asks for, with its
// links. results must not be nil.
func NewPage[T any](r *http.Request, results []T, number, size, count, rawCount int64) Page[T] {
	p := Page[T]{Count: count, PageSize: size, Results: results, RawCount: rawCount}
	if number < pages(count, size) {
		p.Next = new(pageLink(r, number+1))
	}
	if number > 1 {
		p.Previous = new(pageLink(r, number-1))
	}
	return p
}

// pages is how many pages there are: an empty list has one.
func pages(count, size int64) int64 { return max(1, (count+size-1)/size) }

// PageNumber reads the number of a page of size out of count things: from 1, "last",
// or nothing for the first. The error is the answer 404.
func PageNumber(text string, count, size int64) (int64, error) {
	switch text {
	case "":
		return 1, nil
	case "last":
		return pages(count, size), nil
	}
	n, ok, _ := parseInt(text)
	if !ok || n < 1 || n > pages(count, size) {
		return 0, Refuse(http.StatusNotFound, "Invalid page.")
	}
	return n, nil
}

// pageLink is the absolute address of another page. It keeps all parameters,
// sorted by name; that of page 1 has no page.
func pageLink(r *http.Request, number int64) string {
	pairs := slices.DeleteFunc(splitQuery(r.URL.RawQuery), func(p pair) bool { return p.name == "page" })
	if number > 1 {
		pairs = append(pairs, pair{"page", strconv.FormatInt(number, 10)})
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return cmp.Compare(a.name, b.name) })
	query := make([]string, len(pairs))
	for i, p := range pairs {
		query[i] = url.QueryEscape(p.name) + "=" + url.QueryEscape(p.value)
	}
	link := AbsoluteURL(r, r.URL.EscapedPath())
	if len(query) > 0 {
		link += "?" + strings.Join(query, "&")
	}
	return link
}

// AbsoluteURL is path on the host that the client asked. It believes
// X-Forwarded-Proto and X-Forwarded-Host: whoever serves takes them away from
// requests that come by no trusted proxy.
func AbsoluteURL(r *http.Request, path string) string {
	scheme := "http"
	if forwarded := first(r.Header.Get("X-Forwarded-Proto")); r.TLS != nil && forwarded == "" || strings.EqualFold(forwarded, "https") {
		scheme = "https"
	}
	return scheme + "://" + cmp.Or(first(r.Header.Get("X-Forwarded-Host")), r.Host) + path
}

func first(list string) string {
	one, _, _ := strings.Cut(list, ",")
	return strings.TrimSpace(one)
}
