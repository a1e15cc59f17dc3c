-- name: RoleList :many
SELECT * FROM public.role WHERE deleted IS NULL ORDER BY id;

-- name: RoleByID :one
SELECT * FROM public.role WHERE id = @id AND deleted IS NULL;

-- name: RoleByName :one
SELECT * FROM public.role WHERE name = @name AND deleted IS NULL;

-- name: RoleInsert :one
INSERT INTO public.role (name) VALUES (@name) RETURNING *;

-- name: RoleUpdate :one
UPDATE public.role SET name = coalesce(sqlc.narg('name'), name), updated_at = @at
WHERE id = @id AND deleted IS NULL RETURNING *;

-- name: RoleDelete :execrows
-- A role that somebody has stays.
UPDATE public.role SET deleted = @at, updated_at = @at
WHERE role.id = @id AND role.deleted IS NULL AND NOT EXISTS (
    SELECT 1 FROM public.organization_user ou WHERE ou.role_id = @id AND ou.deleted IS NULL);
