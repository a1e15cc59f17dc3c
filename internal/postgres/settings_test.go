package postgres

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

func TestSettingsFitTheMachineAndTheFleet(t *testing.T) {
	t.Parallel()
	const gigabyte = 1024 * megabyte
	for _, rule := range []struct {
		memory                                    int64
		relations                                 int
		buffers, cache, maintenance, workers, nap string
	}{
		{0, 0, "64MB", "128MB", "32MB", "3", "60s"},
		{gigabyte, 300, "128MB", "512MB", "32MB", "3", "60s"},
		{8 * gigabyte, 90_000, "1024MB", "4096MB", "256MB", "4", "150s"},
		{1024 * gigabyte, 470_000, "4096MB", "65536MB", "512MB", "8", "300s"},
	} {
		got := settings(rule.memory, rule.relations)
		for name, want := range map[string]string{
			"shared_buffers": rule.buffers, "effective_cache_size": rule.cache, "maintenance_work_mem": rule.maintenance,
			"autovacuum_max_workers": rule.workers, "autovacuum_naptime": rule.nap,
		} {
			if got[name] != want {
				t.Errorf("%d MB, %d relations: %s is %s, want %s", rule.memory/megabyte, rule.relations, name, got[name], want)
			}
		}
	}
}

func TestMemoryIsThisMachines(t *testing.T) {
	t.Parallel()
	if physical() < 64*megabyte || memory() < 16*megabyte || memory() > physical() {
		t.Errorf("%d of %d", memory(), physical())
	}
}

func TestRelationsAreCountedByTheirFiles(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	for _, database := range []string{"1", "5"} {
		dir := filepath.Join(data, "base", database)
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for i := range 20 {
			if err := os.WriteFile(filepath.Join(dir, strconv.Itoa(i)), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := relations(data); n != 40 {
		t.Errorf("counted %d", n)
	}
	if n := relations(filepath.Join(data, "nowhere")); n != 0 {
		t.Errorf("counted %d where nothing is", n)
	}
}
