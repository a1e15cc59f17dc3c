package localpg

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// copyTemplate copies a cluster that was made before, or makes that first:
// initdb takes half a second, a copy less than a tenth of it.
func (s *Server) copyTemplate(ctx context.Context, to string) error {
	dir, err := s.templateDir()
	if err != nil {
		return err
	}
	info, err := os.Stat(dir)
	if err != nil {
		if err = s.makeTemplate(ctx, dir); err == nil {
			info, err = os.Stat(dir)
		}
	}
	if err != nil {
		return err
	}
	if ownerOf(info) != os.Getuid() {
		return fmt.Errorf("%s is somebody else's", dir)
	}
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	return copyTree(os.DirFS(dir), to, s.account)
}

// templateDir names the template by all that has a say in what initdb makes.
func (s *Server) templateDir() (string, error) {
	if s.cfg.Cache == "" {
		return "", errors.New("this user has no cache folder")
	}
	info, err := os.Stat(s.bin.Path("postgres"))
	if err != nil {
		return "", err
	}
	key := sha256.Sum256(fmt.Appendf(nil, "3 %s %d %d %s %s", s.bin.Dir, info.Size(), info.ModTime().UnixNano(), hba, s.account.ident()))
	return filepath.Join(s.cfg.Cache, fmt.Sprintf("%s-%x", s.bin.Version, key[:8])), nil
}

// cacheDir is this user's own, also where sudo has kept another's HOME; "" is
// none.
func cacheDir() string {
	if os.Getuid() == 0 {
		return "/var/cache/localpg"
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(cache, "localpg")
}

// makeTemplate runs initdb where the account can write, and keeps the result.
// Of several who do so at once the first one's is kept.
func (s *Server) makeTemplate(ctx context.Context, dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return err
	}
	made := filepath.Join(s.dir, "template")
	defer os.RemoveAll(made) //nolint:errcheck // goes with s.dir
	if err := s.initdb(ctx, made); err != nil {
		return err
	}
	beside, err := os.MkdirTemp(filepath.Dir(dir), "new-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(beside) //nolint:errcheck // holds what is not kept
	if err := copyTree(os.DirFS(made), filepath.Join(beside, "data"), account{}); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(beside, "data"), dir); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return nil
}

// discardTemplate removes a template from which no server starts, and what was
// made of it.
func (s *Server) discardTemplate() {
	if dir, err := s.templateDir(); err == nil {
		os.RemoveAll(dir) //nolint:errcheck // plain initdb follows
	}
	os.RemoveAll(s.DataDir()) //nolint:errcheck // its failure shows in what follows
}

// copyTree copies folders and files, as a's, four files at a time.
func copyTree(from fs.FS, to string, a account) error {
	var (
		files = make(chan string)
		wg    sync.WaitGroup
		errs  = make([]error, 4)
	)
	for i := range errs {
		wg.Go(func() {
			for path := range files {
				if errs[i] == nil {
					errs[i] = copyFile(from, path, filepath.Join(to, path), a)
				}
			}
		})
	}
	err := fs.WalkDir(from, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return a.mkdir(filepath.Join(to, path))
		case d.Type().IsRegular():
			files <- path
			return nil
		}
		return fmt.Errorf("%s is no file", path)
	})
	close(files)
	wg.Wait()
	return errors.Join(append(errs, err)...)
}

func copyFile(from fs.FS, path, to string, a account) error {
	in, err := from.Open(path)
	if err != nil {
		return err
	}
	defer in.Close() //nolint:errcheck // only read
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close(), a.own(to))
}
