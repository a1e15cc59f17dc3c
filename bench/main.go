// Command bench measures package tenancy against raw pgx on one schema.
//
//	go run ./bench          everything: about a quarter of an hour
//	go run ./bench -quick   the cells that the aims are about: about two minutes
//
// Both sides run the same statements on as many connections, in turns; what is
// printed is the median of the ratios of all turns. It starts a PostgreSQL of
// its own. Raw pgx reads a schema of the size of one tenant, or, where a load
// says so, one that holds the rows of all of them: what fits a processor's cache
// is half of the difference.
//
// Beside the ratio stands the CPU time of an operation, the client's and the
// server's: on a machine that others use too, it is what can be compared.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"
)

// options are the flags.
type options struct {
	quick            bool
	tenants, callers numbers
	only             string
	conns, rows      int
	turns            int
	turn             time.Duration
}

// numbers is a flag of numbers with commas between.
type numbers []int

// String implements flag.Value.
func (n numbers) String() string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint([]int(n)), " ", ","), "[]")
}

// Set implements flag.Value.
func (n *numbers) Set(s string) error {
	*n = nil
	for part := range strings.SplitSeq(s, ",") {
		i, err := strconv.Atoi(part)
		if err != nil || i < 1 {
			return fmt.Errorf("%q is no number above zero", part)
		}
		*n = append(*n, i)
	}
	return nil
}

func main() {
	o := options{tenants: numbers{1, 100, 300, 1000}, callers: numbers{1, 8, 32}}
	flag.BoolVar(&o.quick, "quick", false, "300 tenants, 1 and 32 callers, fewer turns")
	flag.Var(&o.tenants, "tenants", "numbers of tenants")
	flag.Var(&o.callers, "callers", "numbers of callers at once")
	flag.StringVar(&o.only, "only", "", "measure only the loads whose name contains this")
	flag.IntVar(&o.conns, "conns", 16, "connections of each side")
	flag.IntVar(&o.rows, "rows", 1000, "lessons of a tenant")
	flag.IntVar(&o.turns, "turns", 25, "turns of each side")
	flag.DurationVar(&o.turn, "turn", 150*time.Millisecond, "how long a turn is")
	flag.Parse()
	if o.quick {
		o.tenants, o.callers, o.turns = numbers{300}, numbers{1, 32}, 15
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}
