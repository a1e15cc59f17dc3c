package config

import (
	"reflect"
	"slices"
	"strings"
)

// Strays returns the variables of environ (name=value) that look like settings
// and are none: a server that overlooks a misspelt PLIO_DATABASE_URL begins
// with an empty database of its own.
func Strays(environ []string) []string {
	var known, strays []string
	for field := range reflect.TypeFor[Config]().Fields() {
		known = append(known, field.Tag.Get("env"))
	}
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "PLIO_") && !strings.HasPrefix(name, "PLIO_TEST_") && !slices.Contains(known, name) {
			strays = append(strays, name)
		}
	}
	slices.Sort(strays)
	return strays
}
