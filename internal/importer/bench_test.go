package importer_test

import "testing"

// BenchmarkSessions brings 2,000 sessions of 100 plios into an empty workspace.
func BenchmarkSessions(b *testing.B) {
	const sessions = 2000
	dir := large(5, 100, 500, sessions).write(b)
	w := newWorld(b)
	for b.Loop() {
		b.StopTimer()
		w := w.emptied(b)
		b.StartTimer()
		w.bring(dir)
	}
	b.ReportMetric(float64(b.N)*sessions/b.Elapsed().Seconds(), "sessions/s")
}
