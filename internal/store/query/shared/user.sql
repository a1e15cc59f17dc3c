-- name: UserByID :one
SELECT * FROM public."user" WHERE id = @id AND deleted IS NULL;

-- name: UserByAccessToken :one
SELECT u.* FROM public."user" u
JOIN public.token k ON k.user_id = u.id
WHERE k.sha256 = @hash AND k.kind = 'access' AND k.expires_at > @at AND k.used_at IS NULL
    AND u.is_active AND u.deleted IS NULL;

-- name: UserByIdentity :one
SELECT u.* FROM public."user" u
JOIN public.user_identity i ON i.user_id = u.id
WHERE i.kind = @kind AND i.value = @value AND i.issuer = @issuer AND u.deleted IS NULL;

-- name: UserKeyInsert :one
INSERT INTO public.user_key DEFAULT VALUES RETURNING id;

-- name: UserInsert :one
INSERT INTO public."user" (id, email, mobile, first_name, last_name, status, is_superuser, is_staff)
VALUES (@id, @email, @mobile, @first_name, @last_name, @status, @is_superuser, @is_superuser)
RETURNING *;

-- name: UserIdentityInsert :exec
INSERT INTO public.user_identity (kind, value, issuer, user_id) VALUES (@kind, @value, @issuer, @user_id);

-- name: UserList :many
SELECT u.*, (SELECT count(*) FROM public.organization_user ou
    JOIN public.tenancy_tenant t ON t.id = ou.organization_id AND t.state IN ('active', 'suspended')
    WHERE ou.user_id = u.id AND ou.deleted IS NULL) AS organization_count
FROM public."user" u WHERE u.deleted IS NULL ORDER BY u.id;

-- name: UserSuperuserUpdate :exec
UPDATE public."user" SET is_superuser = @is_superuser, is_staff = @is_superuser, updated_at = @at WHERE id = @id;

-- name: UserLastLoginUpdate :exec
UPDATE public."user" SET last_login = @at WHERE id = @id;

-- name: SuperuserExists :one
SELECT EXISTS (SELECT 1 FROM public."user" WHERE is_superuser AND is_active AND deleted IS NULL);
