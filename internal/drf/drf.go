// Package drf speaks HTTP the way Django REST framework 3.16 does: bodies and
// their fields, answers and errors, pages, times, redirects, CORS. It knows
// nothing of plios. Clients see its every byte, so each rule is one that they
// depend on, except where the framework would crash or store what cannot be
// read again: there it refuses.
package drf
