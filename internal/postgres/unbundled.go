//go:build !bundled

package postgres

// bundled returns nothing: this is no release build.
func bundled() (*wheel, error) { return nil, nil }
