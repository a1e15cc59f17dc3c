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

-- name: UserList :many
SELECT u.*, (SELECT count(*) FROM public.organization_user ou
    JOIN public.tenancy_tenant t ON t.id = ou.organization_id AND t.state IN ('active', 'suspended')
    WHERE ou.user_id = u.id AND ou.deleted IS NULL) AS organization_count
FROM public."user" u WHERE u.deleted IS NULL ORDER BY u.id;

-- name: UserSuperuserUpdate :exec
UPDATE public."user" SET is_superuser = @is_superuser, is_staff = @is_superuser, updated_at = @at WHERE id = @id;

-- name: SuperuserExists :one
SELECT EXISTS (SELECT 1 FROM public."user" WHERE is_superuser AND is_active AND deleted IS NULL);

-- name: UserIdentityFree :exec
-- Whoever is deleted is known by nothing any more.
DELETE FROM public.user_identity i USING public."user" u
WHERE u.id = i.user_id AND u.deleted IS NOT NULL AND i.kind = @kind AND i.value = ANY (@vals::text[]);

-- name: UserClaim :one
-- Makes the user whom an identity belongs to, or returns no row when somebody
-- has it: keys of other tables are looked at when the whole statement is done.
WITH new AS MATERIALIZED (SELECT nextval('public.user_key_id_seq') AS id),
claimed AS (
    INSERT INTO public.user_identity (kind, value, user_id)
    SELECT @kind, @value, new.id FROM new
    ON CONFLICT (kind, value, issuer) DO NOTHING
    RETURNING user_id),
key AS (INSERT INTO public.user_key (id) SELECT user_id FROM claimed RETURNING id)
INSERT INTO public."user" (id, email, mobile, first_name, last_name, status)
SELECT key.id, sqlc.narg('email'), sqlc.narg('mobile'), @first_name, @last_name, 'approved' FROM key
RETURNING *;

-- name: UserCreate :one
-- Makes a user with all identities, or fails when somebody has one of them.
WITH key AS (INSERT INTO public.user_key DEFAULT VALUES RETURNING id),
identity AS (
    INSERT INTO public.user_identity (kind, value, user_id)
    SELECT unnest(@kinds::text[]), unnest(@vals::text[]), key.id FROM key)
INSERT INTO public."user" (id, email, mobile, first_name, last_name, status, is_superuser, is_staff)
SELECT key.id, sqlc.narg('email'), sqlc.narg('mobile'), @first_name, @last_name, @status, @is_superuser, @is_superuser FROM key
RETURNING *;

-- name: UsersByMobile :many
SELECT i.value AS mobile, i.user_id FROM public.user_identity i
JOIN public."user" u ON u.id = i.user_id AND u.deleted IS NULL
WHERE i.kind = 'mobile' AND i.issuer = 0 AND i.value = ANY (@mobiles::text[]);

-- name: UsersClaimByMobile :execrows
-- As UserClaim, for many: always in one order, so that two at once cannot wait
-- for each other.
WITH new AS MATERIALIZED (
    SELECT nextval('public.user_key_id_seq') AS id, m.mobile FROM unnest(@mobiles::text[]) AS m (mobile)),
claimed AS (
    INSERT INTO public.user_identity (kind, value, user_id)
    SELECT 'mobile', new.mobile, new.id FROM new ORDER BY new.mobile COLLATE "C"
    ON CONFLICT (kind, value, issuer) DO NOTHING
    RETURNING user_id, value),
key AS (INSERT INTO public.user_key (id) SELECT user_id FROM claimed RETURNING id)
INSERT INTO public."user" (id, mobile, status)
SELECT claimed.user_id, claimed.value, 'approved' FROM claimed;

-- name: UserNameFill :exec
-- A name that is there stays.
UPDATE public."user" SET first_name = @first_name, last_name = @last_name, updated_at = @at
WHERE id = @id AND first_name = '' AND last_name = '';
