-- +goose Up
-- A tenant of an ordinary application: 14 tables, 25 indexes.
CREATE TABLE member (id bigserial PRIMARY KEY, name text NOT NULL, email text NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
ALTER TABLE member ADD CONSTRAINT member_email UNIQUE (email);
CREATE TABLE course (id bigserial PRIMARY KEY, title text NOT NULL, owner_id bigint NOT NULL, settings jsonb, updated_at timestamptz NOT NULL DEFAULT now());
ALTER TABLE course ADD CONSTRAINT course_owner FOREIGN KEY (owner_id) REFERENCES member (id);
CREATE INDEX course_owner_id ON course (owner_id);
CREATE TABLE asset (id bigserial PRIMARY KEY, url text NOT NULL, title text, seconds double precision, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE lesson (
    id         bigserial PRIMARY KEY,
    slug       text NOT NULL,
    title      text NOT NULL,
    status     text NOT NULL DEFAULT 'draft',
    is_public  boolean NOT NULL DEFAULT true,
    settings   jsonb,
    course_id  bigint NOT NULL,
    asset_id   bigint,
    deleted    timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE lesson ADD CONSTRAINT lesson_slug UNIQUE (slug);
ALTER TABLE lesson ADD CONSTRAINT lesson_status CHECK (status IN ('draft', 'published'));
ALTER TABLE lesson ADD CONSTRAINT lesson_course FOREIGN KEY (course_id) REFERENCES course (id);
ALTER TABLE lesson ADD CONSTRAINT lesson_asset FOREIGN KEY (asset_id) REFERENCES asset (id);
CREATE INDEX lesson_updated_at ON lesson (updated_at DESC, id DESC) WHERE deleted IS NULL;
CREATE INDEX lesson_course_id ON lesson (course_id);
CREATE TABLE quiz (id bigserial PRIMARY KEY, lesson_id bigint NOT NULL, at double precision NOT NULL);
ALTER TABLE quiz ADD CONSTRAINT quiz_lesson FOREIGN KEY (lesson_id) REFERENCES lesson (id);
CREATE INDEX quiz_lesson_id ON quiz (lesson_id);
CREATE TABLE question (id bigserial PRIMARY KEY, quiz_id bigint NOT NULL, text text NOT NULL, options jsonb);
ALTER TABLE question ADD CONSTRAINT question_quiz FOREIGN KEY (quiz_id) REFERENCES quiz (id);
CREATE INDEX question_quiz_id ON question (quiz_id);
CREATE TABLE attempt (id bigserial PRIMARY KEY, lesson_id bigint NOT NULL, member_id bigint NOT NULL, seconds double precision NOT NULL DEFAULT 0);
ALTER TABLE attempt ADD CONSTRAINT attempt_lesson FOREIGN KEY (lesson_id) REFERENCES lesson (id);
ALTER TABLE attempt ADD CONSTRAINT attempt_member FOREIGN KEY (member_id) REFERENCES member (id);
CREATE INDEX attempt_lesson_id ON attempt (lesson_id);
CREATE TABLE reply (id bigserial PRIMARY KEY, attempt_id bigint NOT NULL, question_id bigint NOT NULL, answer jsonb);
ALTER TABLE reply ADD CONSTRAINT reply_attempt FOREIGN KEY (attempt_id) REFERENCES attempt (id);
CREATE INDEX reply_attempt_id ON reply (attempt_id);
CREATE TABLE visit (
    id         bigserial PRIMARY KEY,
    lesson_id  bigint NOT NULL,
    kind       text NOT NULL,
    at         double precision NOT NULL,
    details    jsonb,
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE visit ADD CONSTRAINT visit_lesson FOREIGN KEY (lesson_id) REFERENCES lesson (id);
CREATE INDEX visit_lesson_id ON visit (lesson_id, created_at DESC);
CREATE TABLE note (id bigserial PRIMARY KEY, member_id bigint NOT NULL, text text NOT NULL);
CREATE INDEX note_member_id ON note (member_id);
CREATE TABLE comment (id bigserial PRIMARY KEY, lesson_id bigint NOT NULL, text text NOT NULL);
CREATE INDEX comment_lesson_id ON comment (lesson_id);
CREATE TABLE tag (id bigserial PRIMARY KEY, name text NOT NULL);
CREATE TABLE lesson_tag (lesson_id bigint NOT NULL, tag_id bigint NOT NULL, PRIMARY KEY (lesson_id, tag_id));
CREATE TABLE setting (name text PRIMARY KEY, value jsonb);
