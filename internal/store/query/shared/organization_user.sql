-- name: MembershipByID :one
SELECT sqlc.embed(ou), u.first_name, u.last_name, u.email, u.mobile, u.avatar_url, u.status, r.name AS role_name
FROM public.organization_user ou
JOIN public.tenancy_tenant t ON t.id = ou.organization_id AND t.state IN ('active', 'suspended')
JOIN public."user" u ON u.id = ou.user_id AND u.deleted IS NULL
JOIN public.role r ON r.id = ou.role_id
WHERE ou.id = @id AND ou.deleted IS NULL;

-- name: MembershipList :many
-- Those of the organizations that the reader administers; all for a superuser.
SELECT sqlc.embed(ou), u.first_name, u.last_name, u.email, u.mobile, u.avatar_url, u.status, r.name AS role_name
FROM public.organization_user ou
JOIN public.tenancy_tenant t ON t.id = ou.organization_id AND t.state IN ('active', 'suspended')
JOIN public."user" u ON u.id = ou.user_id AND u.deleted IS NULL
JOIN public.role r ON r.id = ou.role_id
WHERE ou.deleted IS NULL
    AND (@every::boolean OR EXISTS (
        SELECT 1 FROM public.organization_user mine
        JOIN public.role mr ON mr.id = mine.role_id AND mr.name IN ('org-admin', 'super-admin')
        WHERE mine.organization_id = ou.organization_id AND mine.user_id = @reader_id AND mine.deleted IS NULL))
    AND (sqlc.narg('organization_id')::bigint IS NULL OR ou.organization_id = sqlc.narg('organization_id'))
    AND (sqlc.narg('shortcode')::text IS NULL OR t.key = sqlc.narg('shortcode'))
ORDER BY ou.id;

-- name: RoleInOrganization :one
-- The name of the role that somebody has in an organization.
SELECT r.name FROM public.organization_user ou
JOIN public.tenancy_tenant t ON t.id = ou.organization_id AND t.state IN ('active', 'suspended')
JOIN public.role r ON r.id = ou.role_id
WHERE ou.organization_id = @organization_id AND ou.user_id = @user_id AND ou.deleted IS NULL;

-- name: MembershipInsert :one
INSERT INTO public.organization_user (organization_id, user_id, role_id, is_owner)
VALUES (@organization_id, @user_id, @role_id, @is_owner)
RETURNING *;

-- name: MembershipUpdate :one
UPDATE public.organization_user SET
    organization_id = coalesce(sqlc.narg('organization_id'), organization_id),
    user_id = coalesce(sqlc.narg('user_id'), user_id),
    role_id = coalesce(sqlc.narg('role_id'), role_id),
    is_owner = coalesce(sqlc.narg('is_owner'), is_owner),
    updated_at = @at
WHERE id = @id AND deleted IS NULL
RETURNING *;

-- name: MembershipDelete :execrows
UPDATE public.organization_user SET deleted = @at, updated_at = @at WHERE id = @id AND deleted IS NULL;
