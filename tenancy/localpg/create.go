package localpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// dataMajor returns the major version of a data folder, 0 where there is none.
func dataMajor(data string) (int, error) {
	text, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		if entries, _ := os.ReadDir(data); len(entries) > 0 {
			return 0, fmt.Errorf("%s is not empty, and not PostgreSQL's data: move it away", data)
		}
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}

// create makes the cluster where there is none: beside, then renamed, so that
// it is there whole or not at all. It tells whether it was copied from a
// template, which it is not unless that is allowed.
func (s *Server) create(ctx context.Context, copying bool) (copied bool, err error) {
	if major, err := dataMajor(s.DataDir()); err != nil || major != 0 {
		return false, err
	}
	beside := s.DataDir() + ".new"
	if copying {
		copied = s.copyTemplate(ctx, beside) == nil
	}
	if !copied {
		err = s.initdb(ctx, beside)
	}
	for _, name := range s.cfg.Databases {
		if err == nil {
			err = s.createDatabase(ctx, beside, name)
		}
	}
	if err != nil {
		return false, err
	}
	if err := os.Remove(s.DataDir()); err != nil && !os.IsNotExist(err) {
		return false, err // an empty one was in the way
	}
	return copied, os.Rename(beside, s.DataDir())
}

// initdb makes a cluster in dir, which is emptied first.
func (s *Server) initdb(ctx context.Context, dir string) (err error) {
	for _, locale := range locales(s.bin.Major) {
		if err = os.RemoveAll(dir); err != nil {
			return err
		}
		if err = s.account.mkdir(dir); err != nil {
			return err
		}
		args := append([]string{"-D", dir, "-U", Superuser, "-E", "UTF8", "-T", "simple", "-A", "peer", "--no-instructions"}, locale...)
		if s.cfg.Durable {
			args = append(args, "--data-checksums")
		} else {
			args = append(args, "--no-sync", "--wal-segsize=4")
		}
		_, err = s.account.run(ctx, command{path: s.bin.Path("initdb"), dir: dir, args: args, lock: s.lock})
		if err == nil || !strings.Contains(err.Error(), "invalid locale") {
			break
		}
	}
	if err != nil {
		return err
	}
	return s.configure(dir)
}

// locales are what to try in turn, for the order and case rules of C.UTF-8:
// from 17 on PostgreSQL has them itself. Before, the system must, and where it
// does not (old macOS) case rules are English, or ASCII's alone.
func locales(major int) [][]string {
	if major >= 17 {
		builtin := func(libc string) []string {
			return []string{"--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=" + libc, "--lc-messages=C"}
		}
		return [][]string{builtin("C.UTF-8"), builtin("C")}
	}
	return [][]string{
		{"--locale=C.UTF-8", "--lc-messages=C"},
		{"--locale=C", "--lc-ctype=en_US.UTF-8"},
		{"--locale=C"},
	}
}

// hba lets in the superuser by what the kernel says of the system user, and
// other roles by password.
const hba = "local all " + Superuser + " peer map=owner\nlocal all all scram-sha-256\n"

// ident says which system users are the superuser.
func (a account) ident() string {
	return fmt.Sprintf("owner root %s\nowner \"%s\" %[1]s\n", Superuser, a.name)
}

// configure says who is let in, and where the settings are.
func (s *Server) configure(dir string) error {
	conf := filepath.Join(dir, "postgresql.conf")
	old, err := os.ReadFile(conf)
	if err != nil {
		return err
	}
	return errors.Join(
		s.account.write(filepath.Join(dir, "pg_hba.conf"), hba),
		s.account.write(filepath.Join(dir, "pg_ident.conf"), s.account.ident()),
		s.account.write(conf, "include_if_exists = 'localpg.conf'\n"+withoutInitdbs(string(old))))
}

// withoutInitdbs comments out what initdb sets by itself, so that what
// localpg.conf says counts, and what somebody adds later goes before that.
func withoutInitdbs(conf string) string {
	var b strings.Builder
	for line := range strings.Lines(conf) {
		switch name, _, _ := strings.Cut(line, " "); name {
		case "max_connections", "shared_buffers", "dynamic_shared_memory_type", "max_wal_size", "min_wal_size", "log_timezone", "timezone":
			b.WriteString("#")
		}
		b.WriteString(line)
	}
	return b.String()
}

// createDatabase makes a database in a cluster that does not run.
func (s *Server) createDatabase(ctx context.Context, dir, name string) error {
	said, err := s.account.run(ctx, command{
		path: s.bin.Path("postgres"), dir: dir, lock: s.lock,
		args:  []string{"--single", "-F", "-D", dir, "postgres"},
		stdin: strings.NewReader(`CREATE DATABASE "` + strings.ReplaceAll(name, `"`, `""`) + "\"\n"),
	})
	if err == nil && strings.Contains(said, "ERROR:") {
		err = errors.New(said)
	}
	if err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	return nil
}
