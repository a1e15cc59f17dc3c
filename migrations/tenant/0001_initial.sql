-- +goose Up
-- Everyone who ever acted in the workspace. Other tables refer to person, never
-- to public: one foreign key leaves the schema, whatever it grows to. profile is
-- what the workspace knows of somebody: grade, school and the like.
CREATE TABLE person (
    user_id       bigint PRIMARY KEY,
    profile       jsonb,
    import_key    text,
    first_seen_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE person ADD CONSTRAINT person_import_key UNIQUE (import_key);

-- Everywhere: deleted is when a row was put away, extra what an import brought
-- that has no column, import_key which entity of the old store a row came from.
CREATE TABLE video (
    id            bigserial PRIMARY KEY,
    url           text NOT NULL,
    title         text,
    duration      double precision,
    created_by_id bigint NOT NULL,
    deleted       timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE video ADD CONSTRAINT video_created_by FOREIGN KEY (created_by_id) REFERENCES person (user_id);
CREATE INDEX video_created_by_id ON video (created_by_id);

CREATE TABLE image (
    id            bigserial PRIMARY KEY,
    file          text NOT NULL,
    alt_text      text NOT NULL DEFAULT 'Image',
    created_by_id bigint NOT NULL,
    deleted       timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE image ADD CONSTRAINT image_created_by FOREIGN KEY (created_by_id) REFERENCES person (user_id);
CREATE INDEX image_created_by_id ON image (created_by_id);

-- A deleted plio keeps its items, sessions and answers: they are out of sight
-- with it, and come back with it.
CREATE TABLE plio (
    id            bigserial PRIMARY KEY,
    uuid          text NOT NULL,
    name          text NOT NULL DEFAULT '',
    failsafe_url  text NOT NULL DEFAULT '',
    status        text NOT NULL DEFAULT 'draft',
    is_public     boolean NOT NULL DEFAULT true,
    config        jsonb,
    video_id      bigint,
    created_by_id bigint NOT NULL,
    extra         jsonb,
    import_key    text,
    deleted       timestamptz,
    deleted_by_id bigint,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE plio ADD CONSTRAINT plio_uuid UNIQUE (uuid);
ALTER TABLE plio ADD CONSTRAINT plio_import_key UNIQUE (import_key);
ALTER TABLE plio ADD CONSTRAINT plio_status CHECK (status IN ('draft', 'published'));
ALTER TABLE plio ADD CONSTRAINT plio_video FOREIGN KEY (video_id) REFERENCES video (id);
ALTER TABLE plio ADD CONSTRAINT plio_created_by FOREIGN KEY (created_by_id) REFERENCES person (user_id);
ALTER TABLE plio ADD CONSTRAINT plio_deleted_by FOREIGN KEY (deleted_by_id) REFERENCES person (user_id);
CREATE INDEX plio_created_by_id ON plio (created_by_id) WHERE deleted IS NULL;
CREATE INDEX plio_updated_at ON plio (updated_at DESC) WHERE deleted IS NULL;
CREATE INDEX plio_video_id ON plio (video_id);

CREATE TABLE item (
    id         bigserial PRIMARY KEY,
    plio_id    bigint NOT NULL,
    type       text NOT NULL DEFAULT 'question',
    "time"     double precision NOT NULL,
    meta       jsonb,
    deleted    timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE item ADD CONSTRAINT item_type CHECK (type IN ('question'));
ALTER TABLE item ADD CONSTRAINT item_plio FOREIGN KEY (plio_id) REFERENCES plio (id);
CREATE INDEX item_plio_id ON item (plio_id) WHERE deleted IS NULL;

CREATE TABLE question (
    id             bigserial PRIMARY KEY,
    item_id        bigint NOT NULL,
    type           text NOT NULL DEFAULT 'mcq',
    text           text NOT NULL DEFAULT '',
    options        jsonb,
    correct_answer jsonb,
    survey         boolean NOT NULL DEFAULT false,
    image_id       bigint,
    has_char_limit boolean NOT NULL DEFAULT false,
    max_char_limit double precision,
    extra          jsonb,
    deleted        timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE question ADD CONSTRAINT question_type CHECK (type IN ('mcq', 'checkbox', 'subjective'));
ALTER TABLE question ADD CONSTRAINT question_item FOREIGN KEY (item_id) REFERENCES item (id);
ALTER TABLE question ADD CONSTRAINT question_image FOREIGN KEY (image_id) REFERENCES image (id);
CREATE INDEX question_item_id ON question (item_id) WHERE deleted IS NULL;
CREATE INDEX question_image_id ON question (image_id);

CREATE TABLE experiment (
    id            bigserial PRIMARY KEY,
    name          text NOT NULL,
    description   text NOT NULL DEFAULT '',
    is_test       boolean NOT NULL DEFAULT false,
    type          text NOT NULL DEFAULT 'split_url',
    created_by_id bigint NOT NULL,
    extra         jsonb,
    import_key    text,
    deleted       timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE experiment ADD CONSTRAINT experiment_import_key UNIQUE (import_key);
ALTER TABLE experiment ADD CONSTRAINT experiment_type CHECK (type IN ('split_url'));
ALTER TABLE experiment ADD CONSTRAINT experiment_created_by FOREIGN KEY (created_by_id) REFERENCES person (user_id);
CREATE INDEX experiment_created_by_id ON experiment (created_by_id);

CREATE TABLE experiment_plio (
    id               bigserial PRIMARY KEY,
    experiment_id    bigint NOT NULL,
    plio_id          bigint NOT NULL,
    split_percentage double precision NOT NULL,
    deleted          timestamptz,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE experiment_plio ADD CONSTRAINT experiment_plio_experiment FOREIGN KEY (experiment_id) REFERENCES experiment (id);
ALTER TABLE experiment_plio ADD CONSTRAINT experiment_plio_plio FOREIGN KEY (plio_id) REFERENCES plio (id);
CREATE INDEX experiment_plio_experiment_id ON experiment_plio (experiment_id);
CREATE INDEX experiment_plio_plio_id ON experiment_plio (plio_id);

-- retention counts, per second of the video, how often it was watched: "1,0,…".
CREATE TABLE session (
    id               bigserial PRIMARY KEY,
    plio_id          bigint NOT NULL,
    user_id          bigint NOT NULL,
    experiment_id    bigint,
    is_first         boolean NOT NULL DEFAULT true,
    retention        text NOT NULL DEFAULT '',
    has_video_played boolean NOT NULL DEFAULT false,
    watch_time       double precision NOT NULL DEFAULT 0,
    extra            jsonb,
    import_key       text,
    deleted          timestamptz,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE session ADD CONSTRAINT session_import_key UNIQUE (import_key);
ALTER TABLE session ADD CONSTRAINT session_plio FOREIGN KEY (plio_id) REFERENCES plio (id);
ALTER TABLE session ADD CONSTRAINT session_person FOREIGN KEY (user_id) REFERENCES person (user_id);
ALTER TABLE session ADD CONSTRAINT session_experiment FOREIGN KEY (experiment_id) REFERENCES experiment (id);
CREATE UNIQUE INDEX session_first ON session (plio_id, user_id) WHERE is_first AND deleted IS NULL;
CREATE INDEX session_plio_user ON session (plio_id, user_id, id) WHERE deleted IS NULL;
CREATE INDEX session_user_id ON session (user_id, id) WHERE deleted IS NULL;
CREATE INDEX session_experiment_id ON session (experiment_id);

CREATE TABLE session_answer (
    id         bigserial PRIMARY KEY,
    session_id bigint NOT NULL,
    item_id    bigint NOT NULL,
    answer     jsonb,
    deleted    timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE session_answer ADD CONSTRAINT session_answer_session FOREIGN KEY (session_id) REFERENCES session (id);
ALTER TABLE session_answer ADD CONSTRAINT session_answer_item FOREIGN KEY (item_id) REFERENCES item (id);
CREATE UNIQUE INDEX session_answer_once ON session_answer (session_id, item_id) WHERE deleted IS NULL;
CREATE INDEX session_answer_item_id ON session_answer (item_id);

CREATE TABLE event (
    id          bigserial PRIMARY KEY,
    session_id  bigint NOT NULL,
    type        text NOT NULL,
    player_time double precision NOT NULL,
    details     jsonb,
    deleted     timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE event ADD CONSTRAINT event_type CHECK (type IN ('ready', 'played', 'paused', 'enter_fullscreen', 'exit_fullscreen', 'option_selected', 'item_opened', 'question_skipped', 'question_answered', 'question_revised', 'question_proceed', 'video_seeking', 'video_seeked', 'watching'));
ALTER TABLE event ADD CONSTRAINT event_session FOREIGN KEY (session_id) REFERENCES session (id);
CREATE INDEX event_session_id ON event (session_id, updated_at DESC) WHERE deleted IS NULL;

CREATE TABLE tag (
    id         bigserial PRIMARY KEY,
    name       text NOT NULL,
    slug       text NOT NULL,
    extra      jsonb,
    import_key text,
    deleted    timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE tag ADD CONSTRAINT tag_import_key UNIQUE (import_key);
CREATE UNIQUE INDEX tag_slug ON tag (slug) WHERE deleted IS NULL;

CREATE TABLE plio_tag (
    plio_id    bigint NOT NULL,
    tag_id     bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (plio_id, tag_id)
);
ALTER TABLE plio_tag ADD CONSTRAINT plio_tag_plio FOREIGN KEY (plio_id) REFERENCES plio (id);
ALTER TABLE plio_tag ADD CONSTRAINT plio_tag_tag FOREIGN KEY (tag_id) REFERENCES tag (id);
CREATE INDEX plio_tag_tag_id ON plio_tag (tag_id);

-- A write that a phone repeats is answered with what it was answered before.
CREATE TABLE idempotency (
    key        text NOT NULL,
    user_id    bigint NOT NULL,
    status     integer NOT NULL,
    answer     jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, key)
);
ALTER TABLE idempotency ADD CONSTRAINT idempotency_user FOREIGN KEY (user_id) REFERENCES person (user_id);
CREATE INDEX idempotency_created_at ON idempotency (created_at);

-- Last, because sign-ups wait from here until the transaction commits.
ALTER TABLE person ADD CONSTRAINT person_user FOREIGN KEY (user_id) REFERENCES public.user_key (id);
