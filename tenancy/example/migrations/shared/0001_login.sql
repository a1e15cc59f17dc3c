-- +goose Up
CREATE TABLE public.login (
    id    bigserial PRIMARY KEY,
    email text NOT NULL
);
ALTER TABLE public.login ADD CONSTRAINT login_email UNIQUE (email);

CREATE TABLE public.company (
    id   bigint PRIMARY KEY,
    name text NOT NULL
);
ALTER TABLE public.company ADD CONSTRAINT company_tenant FOREIGN KEY (id) REFERENCES public.tenancy_tenant (id);
