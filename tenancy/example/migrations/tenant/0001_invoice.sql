-- +goose Up
CREATE TABLE member (
    login_id bigint PRIMARY KEY,
    name     text NOT NULL
);

CREATE TABLE invoice (
    id           bigserial PRIMARY KEY,
    number       text NOT NULL,
    cents        bigint NOT NULL,
    booked_by_id bigint
);
ALTER TABLE invoice ADD CONSTRAINT invoice_number UNIQUE (number);
ALTER TABLE invoice ADD CONSTRAINT invoice_booked_by FOREIGN KEY (booked_by_id) REFERENCES member (login_id);

-- The only key that leaves the schema, and the last statement: sign-ups wait
-- from here until the transaction commits.
ALTER TABLE member ADD CONSTRAINT member_login FOREIGN KEY (login_id) REFERENCES public.login (id);
