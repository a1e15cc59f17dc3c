// Package tenancytest gives each test a database of its own, on a PostgreSQL
// that it starts where none is given, and checks that no tenant's tables can be
// reached from another.
package tenancytest
