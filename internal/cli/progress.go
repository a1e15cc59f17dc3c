package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress shows how far long work is: a bar with counts and the time left to
// somebody who looks on, a line now and then to a log. Short work shows nothing.
type progress struct {
	w     io.Writer
	log   *slog.Logger // of a server; nil for a command
	live  bool
	what  string
	start time.Time

	mu   sync.Mutex
	bar  *progressbar.ProgressBar
	last time.Time // of the last line
}

// Work that takes less than silence shows nothing; lines come each pause.
const silence, pause = 300 * time.Millisecond, 5 * time.Second

func (e *env) progress(what string) *progress {
	now := time.Now()
	p := &progress{w: e.stderr, live: e.live, what: what, start: now, last: now}
	if e.log != nil && e.log.Enabled(context.Background(), slog.LevelInfo) {
		p.log = e.log
	}
	return p
}

// set says that done of total are done.
func (p *progress) set(done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if !p.live {
		if now.Sub(p.last) >= pause {
			p.last = now
			p.tell(p.line(done, total, now.Sub(p.start)))
		}
		return
	}
	if now.Sub(p.start) < silence {
		return
	}
	if p.bar == nil {
		p.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(p.w), progressbar.OptionSetDescription(p.what),
			progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true), progressbar.OptionSetWidth(30),
			progressbar.OptionThrottle(65*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionFullWidth())
	}
	p.bar.ChangeMax(total)
	p.bar.Set(done) //nolint:errcheck // the bar is not what the work is for
}

// phase says so of work that comes in stretches.
func (p *progress) phase(done, total int, what string) {
	p.mu.Lock()
	if what != p.what {
		p.clear()
		p.what, p.start = what, time.Now()
	}
	p.mu.Unlock()
	p.set(done, total)
}

// tell writes a line where a program's log has only lines of the log's form.
func (p *progress) tell(line string) {
	if p.log != nil {
		p.log.Info(line)
		return
	}
	fmt.Fprintln(p.w, line) //nolint:errcheck // nobody can be told
}

// line is how far it is, in words.
func (p *progress) line(done, total int, took time.Duration) string {
	line := fmt.Sprintf("%s: %d of %d", p.what, done, total)
	if done > 0 && done < total {
		left := time.Duration(float64(took) / float64(done) * float64(total-done))
		line += fmt.Sprintf(", %s left", max(time.Second, left.Round(time.Second)))
	}
	return line
}

// end takes the bar away.
func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

func (p *progress) clear() {
	if p.bar != nil {
		p.bar.Clear() //nolint:errcheck // as above
		p.bar = nil
	}
}
