package cli

import (
	"context"
	"errors"
	"fmt"
)

// The exit codes of every command. They are told by its help.
const (
	codeOK          = 0
	codeFailed      = 1 // nothing was done
	codeUsage       = 2
	codePartly      = 3 // done, but for what was named
	codeCut         = 4 // some of it was done
	codeInterrupted = 130
)

// exit is an error with the code that it ends the program with.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string { return e.err.Error() }
func (e *exit) Unwrap() error { return e.err }

// partly is the end of work that is done but for what has been named.
func partly(format string, args ...any) error {
	return &exit{codePartly, fmt.Errorf(format, args...)}
}

// usage is a mistake in what was typed.
func usage(format string, args ...any) error {
	return &exit{codeUsage, fmt.Errorf(format, args...)}
}

func codeOf(err error) int {
	if err == nil {
		return codeOK
	}
	if e, ok := errors.AsType[*exit](err); ok {
		return e.code
	}
	if errors.Is(err, context.Canceled) {
		return codeInterrupted
	}
	return codeFailed
}
