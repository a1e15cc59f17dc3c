-- name: QuestionList :many
-- The questions of the plios that the reader may see, by their items' time.
SELECT sqlc.embed(q), m.id AS image_id, m.file AS image_file, m.alt_text AS image_alt_text,
    m.created_at AS image_created_at, m.updated_at AS image_updated_at
FROM question q
JOIN item i ON i.id = q.item_id AND i.deleted IS NULL
JOIN plio p ON p.id = i.plio_id AND p.deleted IS NULL
    AND (@every::boolean OR p.created_by_id = @user_id OR p.is_public AND @member::boolean)
LEFT JOIN image m ON m.id = q.image_id AND m.deleted IS NULL
WHERE q.deleted IS NULL
ORDER BY i."time", i.id, q.id;

-- name: QuestionByID :one
SELECT sqlc.embed(q), sqlc.embed(p), m.id AS image_id, m.file AS image_file, m.alt_text AS image_alt_text,
    m.created_at AS image_created_at, m.updated_at AS image_updated_at
FROM question q
JOIN item i ON i.id = q.item_id AND i.deleted IS NULL
JOIN plio p ON p.id = i.plio_id AND p.deleted IS NULL
LEFT JOIN image m ON m.id = q.image_id AND m.deleted IS NULL
WHERE q.id = @id AND q.deleted IS NULL;

-- name: QuestionInsert :one
INSERT INTO question (item_id, type, text, options, correct_answer, survey, image_id, has_char_limit, max_char_limit)
VALUES (@item_id, @type, @text, @options, @correct_answer, @survey, @image_id, @has_char_limit, @max_char_limit)
RETURNING *;

-- name: ImageByID :one
-- An image is its creator's, and everybody's who may see a plio that shows it.
SELECT m.* FROM image m
WHERE m.id = @id AND m.deleted IS NULL AND (@every::boolean OR m.created_by_id = @user_id OR EXISTS (
    SELECT 1 FROM question q
    JOIN item i ON i.id = q.item_id AND i.deleted IS NULL
    JOIN plio p ON p.id = i.plio_id AND p.deleted IS NULL
    WHERE q.image_id = m.id AND q.deleted IS NULL
        AND (p.created_by_id = @user_id OR p.is_public AND @member::boolean)));
