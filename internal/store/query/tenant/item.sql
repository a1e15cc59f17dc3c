-- name: ItemsOfPlio :many
-- The items of a plio by their time, each with its question and that one's
-- image, where it has them.
SELECT sqlc.embed(i), q.id AS question_id, q.type AS question_type, q.text AS question_text, q.options, q.correct_answer, q.survey,
    q.has_char_limit, q.max_char_limit, q.created_at AS question_created_at, q.updated_at AS question_updated_at,
    m.id AS image_id, m.file AS image_file, m.alt_text AS image_alt_text,
    m.created_at AS image_created_at, m.updated_at AS image_updated_at
FROM item i
LEFT JOIN question q ON q.item_id = i.id AND q.deleted IS NULL
LEFT JOIN image m ON m.id = q.image_id AND m.deleted IS NULL
WHERE i.plio_id = @plio_id AND i.deleted IS NULL
ORDER BY i."time", i.id, q.id;

-- name: ItemList :many
-- The items of the plios that the reader may see.
SELECT sqlc.embed(i), q.id AS question_id, q.type AS question_type, q.text AS question_text, q.options, q.correct_answer, q.survey,
    q.has_char_limit, q.max_char_limit, q.created_at AS question_created_at, q.updated_at AS question_updated_at,
    m.id AS image_id, m.file AS image_file, m.alt_text AS image_alt_text,
    m.created_at AS image_created_at, m.updated_at AS image_updated_at
FROM item i
JOIN plio p ON p.id = i.plio_id AND p.deleted IS NULL
    AND (@every::boolean OR p.created_by_id = @user_id OR p.is_public AND @member::boolean)
LEFT JOIN question q ON q.item_id = i.id AND q.deleted IS NULL
LEFT JOIN image m ON m.id = q.image_id AND m.deleted IS NULL
WHERE i.deleted IS NULL
ORDER BY i."time", i.id, q.id;

-- name: ItemByID :one
SELECT sqlc.embed(i), sqlc.embed(p) FROM item i
JOIN plio p ON p.id = i.plio_id AND p.deleted IS NULL
WHERE i.id = @id AND i.deleted IS NULL;

-- name: ItemInsert :one
INSERT INTO item (plio_id, type, "time", meta) VALUES (@plio_id, @type, @time, @meta) RETURNING *;
