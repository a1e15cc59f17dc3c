package tenancy

import "time"

// CheckServing is Open's check, for a test of its own.
var CheckServing = checkServing

// NameSchemas makes Create take schemas' names from next.
func NameSchemas(db *DB, next func() string) {
	f, err := db.registry()
	if err != nil {
		panic(err)
	}
	f.newSchema = next
}

// TryListening makes the middleware try its connection after idle, and wait for
// answer.
func TryListening(db *DB, idle, answer time.Duration) {
	f, err := db.registry()
	if err != nil {
		panic(err)
	}
	f.listener.idle, f.listener.answer = idle, answer
}
