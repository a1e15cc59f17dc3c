package store

import (
	"context"
	"time"

	"example.org/plio/internal/store/shareddb"
)

// Rows of logging in, and what makes them.
type (
	OneTimePassword  = shareddb.OneTimePassword
	SignInLink       = shareddb.SignInLinkByHashRow
	NewTokenPair     = shareddb.TokenPairInsertParams
	UserOrganization = shareddb.OrganizationsOfUserRow
)

// PurgeLogins deletes at most batch rows each of the tokens, one-time passwords
// and sign-in links that have expired at at, and returns how many were deleted
// and whether there may be more.
func (s Shared) PurgeLogins(ctx context.Context, at time.Time, batch int32) (deleted int64, more bool, err error) {
	for _, purge := range []func(context.Context, time.Time, int32) (int64, error){
		s.TokenPurge, s.OneTimePasswordPurge, s.SignInLinkPurge,
	} {
		n, err := purge(ctx, at, batch)
		if err != nil {
			return deleted, false, err
		}
		deleted += n
		more = more || n == int64(batch)
	}
	return deleted, more, nil
}
