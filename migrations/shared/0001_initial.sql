-- +goose Up
-- Ids alone: every workspace's person refers to them, and no request reads
-- them, so the table that every request reads carries no workspace's trigger.
CREATE TABLE public.user_key (id bigserial PRIMARY KEY);

-- People are erased by blanking their row, never by deleting it.
CREATE TABLE public."user" (
    id           bigint PRIMARY KEY,
    email        text,
    mobile       text,
    first_name   text NOT NULL DEFAULT '',
    last_name    text NOT NULL DEFAULT '',
    password     text NOT NULL DEFAULT '',
    status       text NOT NULL DEFAULT 'waitlist',
    is_active    boolean NOT NULL DEFAULT true,
    is_staff     boolean NOT NULL DEFAULT false,
    is_superuser boolean NOT NULL DEFAULT false,
    avatar_url   text,
    config       jsonb NOT NULL DEFAULT '{}',
    unique_id    text,
    auth_org_id  bigint,
    last_login   timestamptz,
    date_joined  timestamptz NOT NULL DEFAULT now(),
    deleted      timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE public."user" ADD CONSTRAINT user_user_key FOREIGN KEY (id) REFERENCES public.user_key (id);
ALTER TABLE public."user" ADD CONSTRAINT user_status CHECK (status IN ('waitlist', 'approved'));
CREATE INDEX user_email ON public."user" (lower(email));

-- Who somebody is, once: the value of an email is in small letters, of a mobile
-- E.164; issuer is the organization for sso, and 0 elsewhere.
CREATE TABLE public.user_identity (
    kind    text NOT NULL,
    value   text NOT NULL,
    issuer  bigint NOT NULL DEFAULT 0,
    user_id bigint NOT NULL,
    PRIMARY KEY (kind, value, issuer)
);
ALTER TABLE public.user_identity ADD CONSTRAINT user_identity_kind CHECK (kind IN ('email', 'mobile', 'sso', 'google'));
ALTER TABLE public.user_identity ADD CONSTRAINT user_identity_value CHECK (value <> '');
ALTER TABLE public.user_identity ADD CONSTRAINT user_identity_user FOREIGN KEY (user_id) REFERENCES public."user" (id);
CREATE INDEX user_identity_user_id ON public.user_identity (user_id);

-- An organization is a tenant with a name: shortcode and schema are read from
-- there. The key must be shown again, so it is encrypted; the hash finds it.
CREATE TABLE public.organization (
    id             bigint PRIMARY KEY,
    name           text NOT NULL,
    api_key_enc    bytea NOT NULL,
    api_key_sha256 bytea NOT NULL,
    config         jsonb,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE public.organization ADD CONSTRAINT organization_tenant FOREIGN KEY (id) REFERENCES public.tenancy_tenant (id);
ALTER TABLE public.organization ADD CONSTRAINT organization_api_key UNIQUE (api_key_sha256);

ALTER TABLE public."user" ADD CONSTRAINT user_auth_org FOREIGN KEY (auth_org_id) REFERENCES public.organization (id);

CREATE TABLE public.role (
    id         bigserial PRIMARY KEY,
    name       text NOT NULL,
    deleted    timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX role_name ON public.role (name) WHERE deleted IS NULL;
INSERT INTO public.role (name) VALUES ('super-admin'), ('org-admin'), ('org-view');

CREATE TABLE public.organization_user (
    id              bigserial PRIMARY KEY,
    organization_id bigint NOT NULL,
    user_id         bigint NOT NULL,
    role_id         bigint NOT NULL,
    is_owner        boolean NOT NULL DEFAULT false,
    deleted         timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE public.organization_user ADD CONSTRAINT organization_user_organization FOREIGN KEY (organization_id) REFERENCES public.organization (id);
ALTER TABLE public.organization_user ADD CONSTRAINT organization_user_user FOREIGN KEY (user_id) REFERENCES public."user" (id);
ALTER TABLE public.organization_user ADD CONSTRAINT organization_user_role FOREIGN KEY (role_id) REFERENCES public.role (id);
CREATE UNIQUE INDEX organization_user_once ON public.organization_user (user_id, organization_id) WHERE deleted IS NULL;
CREATE INDEX organization_user_organization_id ON public.organization_user (organization_id) WHERE deleted IS NULL;

-- The token itself is nowhere: who reads this table cannot log in with it. The
-- tokens of one login, and those that renew them, are a family: it dies whole.
CREATE TABLE public.token (
    sha256     bytea PRIMARY KEY,
    kind       text NOT NULL,
    family     bytea NOT NULL,
    user_id    bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE public.token ADD CONSTRAINT token_kind CHECK (kind IN ('access', 'refresh'));
ALTER TABLE public.token ADD CONSTRAINT token_user FOREIGN KEY (user_id) REFERENCES public."user" (id);
CREATE INDEX token_family ON public.token (family);
CREATE INDEX token_user_id ON public.token (user_id);
CREATE INDEX token_expires_at ON public.token (expires_at);

-- mobile is E.164, whatever way it was typed: a code belongs to the number.
CREATE TABLE public.one_time_password (
    id          bigserial PRIMARY KEY,
    mobile      text NOT NULL,
    code_sha256 bytea NOT NULL,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX one_time_password_mobile ON public.one_time_password (mobile, expires_at);

-- A link without a user is the one that makes the first super-admin.
CREATE TABLE public.sign_in_link (
    sha256     bytea PRIMARY KEY,
    user_id    bigint,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE public.sign_in_link ADD CONSTRAINT sign_in_link_user FOREIGN KEY (user_id) REFERENCES public."user" (id);
CREATE INDEX sign_in_link_user_id ON public.sign_in_link (user_id);

-- Id and secret are in every copy of the web app, so the secret is no secret.
CREATE TABLE public.oauth_client (
    id            text PRIMARY KEY,
    client_secret text NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now()
);

-- One row: which encryption key this database was written with, so that a
-- server with another one refuses to start.
CREATE TABLE public.installation (
    id              integer PRIMARY KEY,
    key_fingerprint bytea NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE public.installation ADD CONSTRAINT installation_one CHECK (id = 1);

CREATE TABLE public.bigquery_job (
    id                 bigserial PRIMARY KEY,
    schema             text NOT NULL,
    table_to_sync      text NOT NULL,
    last_updated_at    timestamptz,
    last_synced_at     timestamptz,
    last_synced_row_id bigint,
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE public.bigquery_job ADD CONSTRAINT bigquery_job_row CHECK (last_synced_row_id >= 0);
