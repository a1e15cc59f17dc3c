package server

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// Pace is how slow a client may be. A body or an answer has no fixed time: what
// moves goes on, so a slow phone gets through, and what hardly moves is cut.
type Pace struct {
	Header  time.Duration // for the head of a request
	Idle    time.Duration // between two requests of a connection
	Grace   time.Duration // before a body, or a piece of an answer, has to move
	Rate    int64         // bytes a second that it has to move at from then on
	Longest time.Duration // for a body at all
	Body    int64         // bytes of a body; a handler may allow less
}

// DefaultPace lets through a phone on the slowest mobile network: 1 KiB a
// second, and a body of 16 MiB, which nobody brings in 15 minutes at that.
var DefaultPace = Pace{
	Header: 15 * time.Second, Idle: 2 * time.Minute, Grace: 20 * time.Second,
	Rate: 1 << 10, Longest: 15 * time.Minute, Body: 16 << 20,
}

// after is how long n bytes may take.
func (p Pace) after(n int64) time.Duration {
	return p.Grace + time.Duration(n)*time.Second/time.Duration(p.Rate)
}

// paced holds every request to the pace.
func (s *Server) paced(next http.Handler) http.Handler {
	pace := s.opts.Pace
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn := http.NewResponseController(w)
		conn.SetWriteDeadline(time.Now().Add(pace.after(0))) //nolint:errcheck // a test's writer has none
		if r.Body != http.NoBody {
			conn.SetReadDeadline(time.Now().Add(pace.after(0))) //nolint:errcheck // as above
			r.Body = &pacedBody{ReadCloser: http.MaxBytesReader(w, r.Body, pace.Body), conn: conn, pace: pace}
		}
		// What is still in a buffer goes out after the handler.
		defer func() { conn.SetWriteDeadline(time.Now().Add(pace.after(pieceSize))) }() //nolint:errcheck // as above
		next.ServeHTTP(&pacedWriter{w, conn, pace}, r)
	})
}

// pacedBody moves the deadline as the bytes come in.
type pacedBody struct {
	io.ReadCloser
	conn  *http.ResponseController
	pace  Pace
	start time.Time // of the first read: the handler may have done other things before
	n     int64
}

func (b *pacedBody) Read(p []byte) (int, error) {
	if b.start.IsZero() {
		b.start = time.Now()
	}
	b.conn.SetReadDeadline(b.start.Add(min(b.pace.after(b.n), b.pace.Longest))) //nolint:errcheck // a test's writer has none
	n, err := b.ReadCloser.Read(p)
	b.n += int64(n)
	if errors.Is(err, io.EOF) {
		// From here net/http waits for the client to hang up, and would take
		// a deadline for that.
		b.conn.SetReadDeadline(time.Time{}) //nolint:errcheck // as above
	}
	return n, err
}

// pacedWriter gives every piece of an answer a time of its own.
type pacedWriter struct {
	http.ResponseWriter
	conn *http.ResponseController
	pace Pace
}

const pieceSize = 32 << 10

func (w *pacedWriter) Write(p []byte) (written int, err error) {
	for first := true; first || len(p) > 0; first = false {
		piece := p[:min(len(p), pieceSize)]
		w.conn.SetWriteDeadline(time.Now().Add(w.pace.after(int64(len(piece))))) //nolint:errcheck // a test's writer has none
		n, err := w.ResponseWriter.Write(piece)
		written += n
		if err != nil {
			return written, err
		}
		p = p[len(piece):]
	}
	return written, nil
}

// Unwrap is for http.ResponseController.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
