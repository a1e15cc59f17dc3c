//go:build race

package cli_test

// Where the tests look for races, so does the program that they run.
func init() { buildFlags = append(buildFlags, "-race") }
