// Package migrations holds the SQL that builds the database: shared/ runs once,
// in public; tenant/ runs once in every workspace's schema. sqlc reads it too.
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed shared/*.sql tenant/*.sql
var files embed.FS

// Shared returns the migrations of schema public.
func Shared() fs.FS { return sub("shared") }

// Tenant returns the migrations of every workspace's schema.
func Tenant() fs.FS { return sub("tenant") }

func sub(dir string) fs.FS {
	f, err := fs.Sub(files, dir)
	if err != nil {
		panic(err) // the name is a constant
	}
	return f
}
