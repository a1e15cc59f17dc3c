package postgres_test

import (
	"testing"
	"time"
)

func TestACommandUsesTheServersPostgreSQL(t *testing.T) {
	t.Parallel()
	dir := home(t)
	first := run(t, "serve", dir)
	command := join(t, dir)
	if got := ask(t, command, "SELECT answer FROM kept"); got != "42" || command.PID() != first.pid {
		t.Errorf("%s by %d, want %d", got, command.PID(), first.pid)
	}
	closed(t, command)
	if !alive(first.pid) {
		t.Error("the command has stopped the server's PostgreSQL")
	}
}

func TestACommandAloneStartsItForItsOwnDuration(t *testing.T) {
	t.Parallel()
	dir := home(t)
	command := join(t, dir)
	if got := ask(t, command, "SELECT answer FROM kept"); got != "42" {
		t.Error(got)
	}
	closed(t, command)
	if alive(command.PID()) {
		t.Error("it still runs")
	}
}

func TestACommandThatOthersHaveJoinedWaitsForThem(t *testing.T) {
	t.Parallel()
	dir := home(t)
	first := run(t, "join", dir)
	second := join(t, dir)
	first.stdin.Close() //nolint:errcheck // it goes on to Close
	time.Sleep(300 * time.Millisecond)
	if got := ask(t, second, "SELECT answer FROM kept"); got != "42" {
		t.Errorf("the first command's end was the second's: %s", got)
	}
	closed(t, second)
	eventually(t, "the first command ends", func() bool { return !alive(first.pid) })
}

func TestAServerWaitsForACommandThatIsThere(t *testing.T) {
	t.Parallel()
	dir := home(t)
	command := run(t, "join", dir)
	time.AfterFunc(500*time.Millisecond, func() { command.stdin.Close() }) //nolint:errcheck // it goes on to Close
	server := serve(t, dir)
	if got := ask(t, server, "SELECT answer FROM kept"); got != "42" || server.PID() == command.pid {
		t.Errorf("%s by %d", got, server.PID())
	}
}

func TestCommandsStartedAtOnceAllComeThrough(t *testing.T) {
	t.Parallel()
	dir := home(t)
	for range 6 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			for range 3 {
				command := join(t, dir)
				if got := ask(t, command, "SELECT answer FROM kept"); got != "42" {
					t.Error(got)
				}
				closed(t, command)
			}
		})
	}
}

func TestACommandThatJoinedAServerIsToldOfItsEnd(t *testing.T) {
	t.Parallel()
	dir := home(t)
	first := run(t, "serve", dir)
	command := join(t, dir)
	first.kill()
	select {
	case <-command.Done():
	case <-time.After(10 * time.Second):
		t.Error("nobody told")
	}
	closed(t, command)
}
