package localpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// dataMajor returns the major version of a data folder, 0 where there is none.
func dataMajor(data string) (int, error) {
	text, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		if entries, _ := os.ReadDir(data); len(entries) > 0 {
			return 0, fmt.Errorf("%s is not empty, and no PostgreSQL's data: move it away", data)
		}
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}

// create makes the cluster where there is none: beside, then renamed, so that
// it is there whole or not at all.
func (s *Server) create(ctx context.Context) error {
	if major, err := dataMajor(s.data()); err != nil || major != 0 {
		return err
	}
	if err := s.initdb(ctx, s.data()+".new"); err != nil {
		return err
	}
	for _, name := range s.cfg.Databases {
		if err := s.createDatabase(ctx, s.data()+".new", name); err != nil {
			return err
		}
	}
	os.Remove(s.data()) //nolint:errcheck // an empty one would be in the way
	return os.Rename(s.data()+".new", s.data())
}

// initdb makes a cluster in dir, which is emptied first.
func (s *Server) initdb(ctx context.Context, dir string) error {
	var err error
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
		err = s.account.run(ctx, s.bin.Path("initdb"), dir, args...)
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
		builtin := []string{"--locale-provider=builtin", "--builtin-locale=C.UTF-8"}
		return [][]string{append(builtin, "--locale=C.UTF-8"), append(builtin, "--locale=C")}
	}
	return [][]string{
		{"--locale=C.UTF-8", "--lc-messages=C"},
		{"--locale=C", "--lc-ctype=en_US.UTF-8"},
		{"--locale=C"},
	}
}

// configure lets in the system users that own the cluster, as any role that
// asks with no password being the superuser, others with their password.
func (s *Server) configure(dir string) error {
	hba := "local all " + Superuser + " peer map=owner\nlocal all all scram-sha-256\n"
	ident := "owner root " + Superuser + "\n"
	if s.account.name != "root" {
		ident += "owner " + s.account.name + " " + Superuser + "\n"
	}
	conf := filepath.Join(dir, "postgresql.conf")
	old, err := os.ReadFile(conf)
	if err != nil {
		return err
	}
	return errors.Join(
		s.account.write(filepath.Join(dir, "pg_hba.conf"), hba),
		s.account.write(filepath.Join(dir, "pg_ident.conf"), ident),
		s.account.write(conf, "include_if_exists = 'localpg.conf'\n"+uncommented(string(old))))
}

// uncommented drops what initdb itself sets, so that localpg.conf counts.
func uncommented(conf string) string {
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

// write replaces a file of the account's.
func (a account) write(path, text string) error {
	if err := os.WriteFile(path+".tmp", []byte(text), 0o600); err != nil {
		return err
	}
	if err := a.own(path + ".tmp"); err != nil {
		return err
	}
	return os.Rename(path+".tmp", path)
}

// createDatabase makes a database in a cluster that does not run.
func (s *Server) createDatabase(ctx context.Context, dir, name string) error {
	cmd := exec.CommandContext(ctx, s.bin.Path("postgres"), "--single", "-F", "-D", dir, "postgres")
	cmd.Dir, cmd.Env, cmd.SysProcAttr = dir, environment(dir), s.account.attr()
	cmd.Stdin = strings.NewReader(`CREATE DATABASE "` + strings.ReplaceAll(name, `"`, `""`) + "\"\n")
	out := &tail{}
	cmd.Stdout, cmd.Stderr = out, out
	dieWithParent(cmd.SysProcAttr, syscall.SIGKILL)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("create database %s: %w: %s", name, err, out)
	}
	if said := out.String(); strings.Contains(said, "ERROR:") {
		return fmt.Errorf("create database %s: %s", name, said)
	}
	return nil
}
