-- +goose Up
-- Who there is. id, key and schema are three things: requests know the key, a
-- rename changes it, and a tenant that is put away gives it up (old_key keeps
-- it); the schema's name and the id stay.
CREATE TABLE public.tenancy_tenant (
    id          bigserial PRIMARY KEY,
    key         text,
    schema_name text NOT NULL,
    state       text NOT NULL,
    old_key     text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    state_at    timestamptz NOT NULL DEFAULT now(),
    state_by    text NOT NULL DEFAULT ''
);
ALTER TABLE public.tenancy_tenant ADD CONSTRAINT tenancy_tenant_key UNIQUE (key);
ALTER TABLE public.tenancy_tenant ADD CONSTRAINT tenancy_tenant_schema_name UNIQUE (schema_name);
ALTER TABLE public.tenancy_tenant ADD CONSTRAINT tenancy_tenant_schema_name_form
    CHECK (schema_name ~ '^[a-z][a-z0-9_]{0,62}$' AND schema_name <> 'public');
ALTER TABLE public.tenancy_tenant ADD CONSTRAINT tenancy_tenant_state
    CHECK (state IN ('spare', 'active', 'suspended', 'trashed', 'gone'));
ALTER TABLE public.tenancy_tenant ADD CONSTRAINT tenancy_tenant_key_of_state
    CHECK ((key IS NOT NULL) = (state IN ('active', 'suspended')));

-- What ran where. tenant_id 0 is schema public, -1 these two tables. A row that
-- says failed is the last try, and is replaced by the next.
CREATE TABLE public.tenancy_migration (
    tenant_id   bigint NOT NULL,
    version     bigint NOT NULL,
    checksum    text NOT NULL,
    state       text NOT NULL,
    error       text NOT NULL DEFAULT '',
    started_at  timestamptz NOT NULL,
    finished_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, version)
);
ALTER TABLE public.tenancy_migration ADD CONSTRAINT tenancy_migration_state CHECK (state IN ('applied', 'failed'));
