package tenancy

// channel is where every change of the registry is told, by the key that it
// concerns, when its transaction commits.
const channel = "tenancy_tenant"

// Advisory locks, of this database: the first holds Migrate, the second puts
// creations in a row.
const migrateLock, createLock = int64(0x74656e616e6379_01), int64(0x74656e616e6379_02)
