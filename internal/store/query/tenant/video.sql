-- A video is its creator's, and everybody's who may see a plio that shows it:
-- every plio for a superuser (every), public ones for a member.

-- name: VideoList :many
SELECT v.* FROM video v
WHERE v.deleted IS NULL AND (v.created_by_id = @user_id OR EXISTS (
    SELECT 1 FROM plio p WHERE p.video_id = v.id AND p.deleted IS NULL
        AND (p.created_by_id = @user_id OR p.is_public AND @member::boolean)))
ORDER BY v.id;

-- name: VideoByID :one
SELECT v.* FROM video v
WHERE v.id = @id AND v.deleted IS NULL AND (@every::boolean OR v.created_by_id = @user_id OR EXISTS (
    SELECT 1 FROM plio p WHERE p.video_id = v.id AND p.deleted IS NULL
        AND (p.created_by_id = @user_id OR p.is_public AND @member::boolean)));

-- name: VideoInsert :one
WITH seen AS (INSERT INTO person (user_id) VALUES (@created_by_id) ON CONFLICT DO NOTHING)
INSERT INTO video (url, title, duration, created_by_id) VALUES (@url, @title, @duration, @created_by_id)
RETURNING *;

-- name: VideoUpdate :one
UPDATE video SET
    url = coalesce(sqlc.narg('url'), url),
    title = CASE WHEN @set_title::boolean THEN sqlc.narg('title') ELSE title END,
    duration = CASE WHEN @set_duration::boolean THEN sqlc.narg('duration')::double precision ELSE duration END,
    updated_at = @at
WHERE id = @id AND deleted IS NULL
RETURNING *;

-- name: VideoDelete :execrows
UPDATE video SET deleted = @at, updated_at = @at WHERE id = @id AND deleted IS NULL;
