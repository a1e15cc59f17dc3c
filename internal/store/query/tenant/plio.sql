-- name: PlioByUUID :one
SELECT sqlc.embed(p), v.id AS video_id, v.url AS video_url, v.title AS video_title, v.duration AS video_duration,
    v.created_at AS video_created_at, v.updated_at AS video_updated_at
FROM plio p LEFT JOIN video v ON v.id = p.video_id AND v.deleted IS NULL
WHERE p.uuid = @uuid AND p.deleted IS NULL;

-- name: PlioByID :one
SELECT * FROM plio WHERE id = @id AND deleted IS NULL;

-- name: PlioInsert :one
-- A person's first row in the workspace brings the person along.
WITH seen AS (INSERT INTO person (user_id) VALUES (@created_by_id) ON CONFLICT DO NOTHING)
INSERT INTO plio (uuid, name, failsafe_url, status, is_public, config, video_id, created_by_id)
VALUES (@uuid, @name, @failsafe_url, @status, @is_public, @config, @video_id, @created_by_id)
RETURNING *;

-- name: PlioUpdate :one
-- Only what is set changes, so that two changes at once lose nothing.
UPDATE plio SET
    name = coalesce(sqlc.narg('name'), name),
    failsafe_url = coalesce(sqlc.narg('failsafe_url'), failsafe_url),
    status = coalesce(sqlc.narg('status'), status),
    is_public = coalesce(sqlc.narg('is_public'), is_public),
    config = CASE WHEN @set_config::boolean THEN sqlc.narg('config') ELSE config END,
    video_id = CASE WHEN @set_video::boolean THEN sqlc.narg('video_id')::bigint ELSE video_id END,
    updated_at = @at
WHERE id = @id AND deleted IS NULL
RETURNING *;

-- name: PlioDelete :execrows
-- The rows below a plio stay: they are out of sight with it.
WITH seen AS (INSERT INTO person (user_id) VALUES (@deleted_by_id) ON CONFLICT DO NOTHING)
UPDATE plio SET deleted = @at, deleted_by_id = @deleted_by_id WHERE id = @id AND deleted IS NULL;
