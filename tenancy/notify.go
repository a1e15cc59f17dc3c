package tenancy

// channel is where every change of the registry is told, by the key that it
// concerns, when its transaction commits.
const channel = "tenancy_tenant"

// Advisory locks, of this database.
const (
	migrateLock = int64(0x74656e616e6379_01 + iota) // held by a Migrate
	createLock                                      // puts the ends of creations in a row
	versionLock                                     // shared by creations, from when they looked which version is the latest
)
