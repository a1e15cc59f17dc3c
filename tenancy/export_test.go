package tenancy

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
