//go:build !linux

package localpg

import "syscall"

// dieWithParent does nothing here: the next Start stops an orphan.
func dieWithParent(*syscall.SysProcAttr, syscall.Signal) {}
