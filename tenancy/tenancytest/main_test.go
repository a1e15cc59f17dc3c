package tenancytest_test

import (
	"context"
	"testing"

	"example.org/plio/tenancy"
	"example.org/plio/tenancy/tenancytest"
)

var template = tenancytest.Template{
	Setup: func(ctx context.Context, db *tenancy.DB) error {
		_, err := db.Create(ctx, "setup", nil)
		return err
	},
}

func TestMain(m *testing.M) { template.Main(m) }
