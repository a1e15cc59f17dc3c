package importer

import (
	"cmp"
	"maps"
	"slices"
)

// setDuration takes the commonest number of seconds that sessions count, of
// several the greatest. Sessions that count none say nothing.
func (p *plio) setDuration(lengths map[int]int) {
	most, ties := 0, []int(nil)
	for _, seconds := range slices.SortedFunc(maps.Keys(lengths), func(a, b int) int { return cmp.Compare(b, a) }) {
		switch n := lengths[seconds]; {
		case seconds == 0:
		case n > most:
			most, ties = n, []int{seconds}
		case n == most:
			ties = append(ties, seconds)
		}
	}
	if len(ties) == 0 {
		return
	}
	p.duration = float64(ties[0])
	if len(ties) > 1 {
		p.note("sessions count %v seconds equally often: the video's duration is the greatest, %d", ties, ties[0])
	}
}
