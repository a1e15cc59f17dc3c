-- +goose Up
-- The latest version that any tenant has: a program that does not know it makes
-- no tenants.
CREATE INDEX tenancy_migration_version ON public.tenancy_migration (version) WHERE tenant_id > 0 AND state = 'applied';
