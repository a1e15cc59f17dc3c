// Command plio serves Plio, and looks after what it serves.
package main

import (
	"os"

	"example.org/plio/internal/cli"
)

func main() { os.Exit(cli.Run(os.Args[1:])) }
