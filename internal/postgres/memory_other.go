//go:build !linux && !darwin

package postgres

func physical() int64 { return 0 }
