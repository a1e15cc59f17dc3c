package tenancy

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

// again reports whether the transaction that failed so may run once more: the
// server refused a prepared statement before it did anything, and by now it has
// been let go of.
func again(err error) bool { return planChanged(err) || nameGone(err) }

// planChanged: the columns of a prepared statement are no longer those that it
// was prepared with, as a migration has changed them. The code alone means much
// else.
func planChanged(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pg.Code == "0A000" && pg.Routine == "RevalidateCachedQuery"
}

// nameGone: somebody has let the server forget its prepared statements.
func nameGone(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pg.Code == "26000" && (pg.Routine == "FetchPreparedStatement" || pg.Routine == "exec_bind_message")
}
