package cli

import (
	"github.com/prometheus/client_golang/prometheus"

	"example.org/plio/tenancy"
)

// connections measures what the connections to the database do.
type connections struct {
	db                          *tenancy.DB
	now, acquired, waited, home *prometheus.Desc
	waitTime, retried           *prometheus.Desc
}

func newConnections(db *tenancy.DB) *connections {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("plio_database_"+name, help, labels, nil)
	}
	return &connections{
		db:       db,
		now:      desc("connections", "Connections to the database: those that may be open, are open, are in use, and callers who wait for one.", "pool", "state"),
		acquired: desc("acquired_total", "How often a connection was taken.", "pool"),
		waited:   desc("waited_total", "How often it was waited for.", "pool"),
		waitTime: desc("wait_seconds_total", "How long connections were waited for, in all.", "pool"),
		home:     desc("home_total", "How often a workspace got one of the connections that it prefers."),
		retried:  desc("retried_total", "Transactions that ran once more, as a plan or a statement was gone."),
	}
}

// Describe implements prometheus.Collector.
func (c *connections) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

// Collect implements prometheus.Collector.
func (c *connections) Collect(ch chan<- prometheus.Metric) {
	gauge := func(pool, state string, n int) {
		ch <- prometheus.MustNewConstMetric(c.now, prometheus.GaugeValue, float64(n), pool, state)
	}
	counter := func(desc *prometheus.Desc, n float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(desc, prometheus.CounterValue, n, labels...)
	}
	const workspaces, shared = "workspaces", "shared"
	w, s := c.db.Stats(), c.db.Shared().Stat()
	gauge(workspaces, "max", w.MaxConns)
	gauge(workspaces, "open", w.Open)
	gauge(workspaces, "in_use", w.InUse)
	gauge(workspaces, "waiting", w.Waiting)
	gauge(shared, "max", int(s.MaxConns()))
	gauge(shared, "open", int(s.TotalConns()))
	gauge(shared, "in_use", int(s.AcquiredConns()))
	counter(c.acquired, float64(w.Acquired), workspaces)
	counter(c.acquired, float64(s.AcquireCount()), shared)
	counter(c.waited, float64(w.Waited), workspaces)
	counter(c.waited, float64(s.EmptyAcquireCount()), shared)
	counter(c.waitTime, w.WaitTime.Seconds(), workspaces)
	counter(c.waitTime, s.EmptyAcquireWaitTime().Seconds(), shared)
	counter(c.home, float64(w.Home))
	counter(c.retried, float64(w.Retried))
}
