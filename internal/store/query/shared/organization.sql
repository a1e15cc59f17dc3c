-- name: OrganizationList :many
-- All of them for a superuser, one's own for everybody else.
SELECT o.*, t.key::text AS shortcode, t.schema_name
FROM public.organization o
JOIN public.tenancy_tenant t ON t.id = o.id AND t.state IN ('active', 'suspended')
WHERE @every::boolean OR EXISTS (
    SELECT 1 FROM public.organization_user ou
    WHERE ou.organization_id = o.id AND ou.user_id = @user_id AND ou.deleted IS NULL)
ORDER BY o.id;

-- name: OrganizationByID :one
SELECT o.*, t.key::text AS shortcode, t.schema_name
FROM public.organization o
JOIN public.tenancy_tenant t ON t.id = o.id AND t.state IN ('active', 'suspended')
WHERE o.id = @id;

-- name: OrganizationInsert :one
INSERT INTO public.organization (id, name, api_key_enc, api_key_sha256, config)
VALUES (@id, @name, @api_key_enc, @api_key_sha256, @config)
RETURNING *;

-- name: OrganizationUpdate :one
-- Only what is set changes, so that two changes at once lose nothing.
UPDATE public.organization SET
    name = coalesce(sqlc.narg('name'), name),
    api_key_enc = coalesce(sqlc.narg('api_key_enc'), api_key_enc),
    api_key_sha256 = coalesce(sqlc.narg('api_key_sha256'), api_key_sha256),
    config = CASE WHEN @set_config::boolean THEN sqlc.narg('config') ELSE config END,
    updated_at = @at
WHERE id = @id
RETURNING *;

-- name: OrganizationSettingUpdate :one
UPDATE public.organization SET
    config = CASE WHEN jsonb_typeof(config) = 'object' THEN config ELSE '{}' END || jsonb_build_object('settings', @settings::jsonb),
    updated_at = @at
WHERE id = @id
RETURNING config;

-- name: OrganizationsOfUser :many
-- Those of a user that the reader may know of.
SELECT o.*, t.key::text AS shortcode, t.schema_name, r.name AS role
FROM public.organization_user ou
JOIN public.organization o ON o.id = ou.organization_id
JOIN public.tenancy_tenant t ON t.id = o.id AND t.state IN ('active', 'suspended')
JOIN public.role r ON r.id = ou.role_id
WHERE ou.user_id = @user_id AND ou.deleted IS NULL AND (@every::boolean OR EXISTS (
    SELECT 1 FROM public.organization_user mine
    WHERE mine.organization_id = o.id AND mine.user_id = @reader_id AND mine.deleted IS NULL))
ORDER BY ou.id;
