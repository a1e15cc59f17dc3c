-- name: ImportLock :exec
-- One import at a time in a workspace, until the transaction ends.
SELECT pg_advisory_xact_lock(@class::integer, @workspace::integer);

-- name: ImportPlanAnew :exec
-- Until the transaction ends, every statement is planned for the tables as they
-- are: a plan that was made while they were empty would scan them whole.
SELECT set_config('plan_cache_mode', 'force_custom_plan', true);

-- name: ImportPlios :many
-- What is there of plios: those with one of the uuids, deleted ones too.
SELECT id, uuid, import_key FROM plio WHERE uuid = ANY (@uuids::text[]);

-- name: ImportItems :many
-- Imported items come first by id: they were made with their plio.
SELECT id, plio_id FROM item WHERE plio_id = ANY (@plio_ids::bigint[]) ORDER BY plio_id, id;

-- name: ImportPersons :many
-- What is there of people with one of the numbers.
SELECT i.value AS mobile, p.import_key, p.profile IS NOT NULL AS has_profile FROM public.user_identity i
JOIN person p ON p.user_id = i.user_id
WHERE i.kind = 'mobile' AND i.issuer = 0 AND i.value = ANY (@mobiles::text[]);

-- name: ImportProfiles :many
SELECT import_key::text FROM person WHERE import_key = ANY (@keys::text[]);

-- name: ImportSessions :many
SELECT import_key::text FROM session WHERE import_key = ANY (@keys::text[]);

-- name: ImportVisitors :many
-- Who of these learners has a session on these plios, paired one by one.
SELECT DISTINCT s.plio_id, s.user_id FROM session s
JOIN (SELECT unnest(@plio_ids::bigint[]) AS plio_id, unnest(@user_ids::bigint[]) AS user_id) v
    ON v.plio_id = s.plio_id AND v.user_id = s.user_id
WHERE s.deleted IS NULL;

-- name: ImportExperiments :many
SELECT id, import_key::text FROM experiment WHERE import_key = ANY (@keys::text[]);

-- name: ImportExperimentPlios :many
-- The arms of experiments, deleted ones too.
SELECT experiment_id, plio_id FROM experiment_plio WHERE experiment_id = ANY (@experiment_ids::bigint[]);

-- name: ImportTags :many
SELECT id, import_key::text, extra FROM tag WHERE import_key = ANY (@keys::text[]);

-- name: ImportTagExtra :exec
UPDATE tag SET extra = @extra, updated_at = @at WHERE id = @id;

-- name: ImportTagSlugs :many
SELECT slug FROM tag WHERE deleted IS NULL;

-- name: ImportVideoIDs :many
-- Numbers for rows to come, in their order.
SELECT nextval('video_id_seq') FROM generate_series(1, @n::integer);

-- name: ImportPlioIDs :many
SELECT nextval('plio_id_seq') FROM generate_series(1, @n::integer);

-- name: ImportItemIDs :many
SELECT nextval('item_id_seq') FROM generate_series(1, @n::integer);

-- name: ImportSessionIDs :many
SELECT nextval('session_id_seq') FROM generate_series(1, @n::integer);

-- name: ImportPersonAdd :exec
INSERT INTO person (user_id) SELECT unnest(@user_ids::bigint[]) ON CONFLICT (user_id) DO NOTHING;

-- name: ImportPersonProfiles :exec
-- A profile that is there stays.
INSERT INTO person (user_id, profile, import_key)
SELECT unnest(@user_ids::bigint[]), unnest(@profiles::text[])::jsonb, unnest(@import_keys::text[])
ON CONFLICT (user_id) DO UPDATE SET profile = excluded.profile, import_key = excluded.import_key
WHERE person.profile IS NULL AND person.import_key IS NULL;

-- name: ImportVideoAdd :exec
INSERT INTO video (id, url, duration, created_by_id, created_at, updated_at)
SELECT unnest(@ids::bigint[]), unnest(@urls::text[]), NULLIF(unnest(@durations::double precision[]), 0), @created_by_id, @at, @at;

-- name: ImportPlioAdd :exec
INSERT INTO plio (id, uuid, name, failsafe_url, status, is_public, video_id, created_by_id, extra, import_key, created_at, updated_at)
SELECT unnest(@ids::bigint[]), unnest(@uuids::text[]), unnest(@names::text[]), unnest(@failsafe_urls::text[]), 'published', true,
    NULLIF(unnest(@video_ids::bigint[]), 0), @created_by_id, NULLIF(unnest(@extras::text[]), '')::jsonb, unnest(@import_keys::text[]), @at, @at;

-- name: ImportItemAdd :exec
INSERT INTO item (id, plio_id, type, "time", meta, created_at, updated_at)
SELECT unnest(@ids::bigint[]), unnest(@plio_ids::bigint[]), 'question', unnest(@times::double precision[]), NULLIF(unnest(@metas::text[]), '')::jsonb, @at, @at;

-- name: ImportQuestionAdd :exec
INSERT INTO question (item_id, type, text, options, correct_answer, extra, created_at, updated_at)
SELECT unnest(@item_ids::bigint[]), unnest(@types::text[]), unnest(@texts::text[]), NULLIF(unnest(@options::text[]), '')::jsonb,
    NULLIF(unnest(@correct_answers::text[]), '')::jsonb, NULLIF(unnest(@extras::text[]), '')::jsonb, @at, @at;

-- name: ImportSessionAdd :exec
INSERT INTO session (id, plio_id, user_id, experiment_id, is_first, retention, has_video_played, watch_time, extra, import_key, created_at, updated_at)
SELECT unnest(@ids::bigint[]), unnest(@plio_ids::bigint[]), unnest(@user_ids::bigint[]), NULLIF(unnest(@experiment_ids::bigint[]), 0),
    unnest(@firsts::boolean[]), unnest(@retentions::text[]), unnest(@played::boolean[]), unnest(@watch_times::double precision[]),
    NULLIF(unnest(@extras::text[]), '')::jsonb, unnest(@import_keys::text[]), unnest(@created::timestamptz[]), unnest(@updated::timestamptz[]);

-- name: ImportAnswerAdd :exec
INSERT INTO session_answer (session_id, item_id, answer, created_at, updated_at)
SELECT unnest(@session_ids::bigint[]), unnest(@item_ids::bigint[]), NULLIF(unnest(@answers::text[]), '')::jsonb,
    unnest(@created::timestamptz[]), unnest(@updated::timestamptz[]);

-- name: ImportEventAdd :exec
INSERT INTO event (session_id, type, player_time, details, created_at, updated_at)
SELECT e.session_id, e.type, e.player_time, NULLIF(e.details, '')::jsonb, e.at, e.at FROM (
    SELECT unnest(@session_ids::bigint[]) AS session_id, unnest(@types::text[]) AS type, unnest(@player_times::double precision[]) AS player_time,
        unnest(@details::text[]) AS details, unnest(@happened::timestamptz[]) AS at) e;

-- name: ImportExperimentAdd :one
INSERT INTO experiment (name, created_by_id, extra, import_key, created_at, updated_at)
VALUES (@name, @created_by_id, @extra, @import_key, @at, @at) RETURNING id;

-- name: ImportExperimentPlioAdd :exec
INSERT INTO experiment_plio (experiment_id, plio_id, split_percentage, created_at, updated_at)
SELECT @experiment_id, unnest(@plio_ids::bigint[]), unnest(@split_percentages::double precision[]), @at, @at;

-- name: ImportTagAdd :one
INSERT INTO tag (name, slug, extra, import_key, created_at, updated_at)
VALUES (@name, @slug, @extra, @import_key, @at, @at) RETURNING id;

-- name: ImportTagPlioAdd :exec
INSERT INTO plio_tag (plio_id, tag_id, created_at) SELECT unnest(@plio_ids::bigint[]), @tag_id, @at ON CONFLICT (plio_id, tag_id) DO NOTHING;
