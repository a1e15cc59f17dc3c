package store_test

import (
	"testing"

	"example.org/plio/internal/plitest"
	"example.org/plio/tenancy/tenancytest"
)

// TestNothingLeadsFromOneWorkspaceIntoAnother runs tenancy's check on Plio's
// own tables. One key leaves a workspace: its people are users.
func TestNothingLeadsFromOneWorkspaceIntoAnother(t *testing.T) {
	t.Parallel()
	tenancytest.Isolation(t, plitest.New(t).DB, tenancytest.IsolationOptions{ForeignKeys: []string{"person.person_user"}})
}
