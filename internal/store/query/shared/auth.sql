-- name: TokenPairInsert :execrows
-- Nobody who may not sign in gets a row, and last_login says that it happened.
WITH who AS (
    UPDATE public."user" SET last_login = @at
    WHERE id = @user_id AND is_active AND deleted IS NULL
    RETURNING id)
INSERT INTO public.token (sha256, kind, family, user_id, expires_at)
SELECT t.sha256, t.kind, @family::bytea, who.id, t.expires_at
FROM who, (VALUES
    (@access::bytea, 'access', @access_until::timestamptz),
    (@refresh::bytea, 'refresh', @refresh_until::timestamptz)) AS t (sha256, kind, expires_at);

-- name: AccessTokenInsert :execrows
INSERT INTO public.token (sha256, kind, family, user_id, expires_at)
SELECT @access::bytea, 'access', @family::bytea, u.id, @access_until::timestamptz
FROM public."user" u
WHERE u.id = @user_id AND u.is_active AND u.deleted IS NULL;

-- name: TokenPurge :execrows
-- Spent refresh tokens stay until they expire: one that comes back tells that
-- it was stolen.
DELETE FROM public.token WHERE sha256 IN (
    SELECT k.sha256 FROM public.token k WHERE k.expires_at < @at ORDER BY k.expires_at LIMIT @batch FOR UPDATE SKIP LOCKED);

-- name: OneTimePasswordInsert :one
INSERT INTO public.one_time_password (mobile, code_sha256, expires_at, created_at, updated_at)
VALUES (@mobile, @code_sha256, @expires_at, @at, @at)
RETURNING *;

-- name: OneTimePasswordUse :execrows
-- Of many who come at once, one finds it unused.
UPDATE public.one_time_password SET used_at = @at::timestamptz, updated_at = @at::timestamptz
WHERE mobile = @mobile AND code_sha256 = @code_sha256 AND used_at IS NULL AND expires_at > @at::timestamptz;

-- name: OneTimePasswordPurge :execrows
DELETE FROM public.one_time_password WHERE id IN (
    SELECT p.id FROM public.one_time_password p WHERE p.expires_at < @at LIMIT @batch FOR UPDATE SKIP LOCKED);

-- name: FirstLinkLock :exec
-- One server at a time makes the first link, until its transaction ends.
SELECT pg_advisory_xact_lock(hashtext('plio first link'));

-- name: FirstLinkDelete :exec
DELETE FROM public.sign_in_link WHERE user_id IS NULL AND used_at IS NULL;

-- name: FirstLinkInsert :exec
INSERT INTO public.sign_in_link (sha256, expires_at) VALUES (@hash, @expires_at);

-- name: SignInLinkInsert :execrows
INSERT INTO public.sign_in_link (sha256, user_id, expires_at)
SELECT @hash::bytea, u.id, @expires_at::timestamptz
FROM public."user" u
WHERE u.id = @user_id AND u.is_active AND u.deleted IS NULL;

-- name: SignInLinkByHash :one
-- A live link with whom it is for. The first link dies with the first
-- superuser, however that one came to be.
SELECT l.user_id, coalesce(u.first_name, '')::text AS first_name, coalesce(u.last_name, '')::text AS last_name,
    coalesce(u.email, '')::text AS email, coalesce(u.mobile, '')::text AS mobile
FROM public.sign_in_link l
LEFT JOIN public."user" u ON u.id = l.user_id
WHERE l.sha256 = @hash AND l.used_at IS NULL AND l.expires_at > @at
    AND CASE WHEN l.user_id IS NULL
        THEN NOT EXISTS (SELECT 1 FROM public."user" s WHERE s.is_superuser AND s.is_active AND s.deleted IS NULL)
        ELSE u.is_active AND u.deleted IS NULL END;

-- name: SignInLinkUse :one
-- Of many who come at once, one finds it unused.
UPDATE public.sign_in_link SET used_at = @at::timestamptz
WHERE sha256 = @hash AND used_at IS NULL AND expires_at > @at::timestamptz
RETURNING user_id;

-- name: SignInLinkPurge :execrows
DELETE FROM public.sign_in_link WHERE sha256 IN (
    SELECT l.sha256 FROM public.sign_in_link l WHERE l.expires_at < @at LIMIT @batch FOR UPDATE SKIP LOCKED);

-- name: OAuthClientInsert :exec
INSERT INTO public.oauth_client (id, client_secret) VALUES (@id, @client_secret) ON CONFLICT (id) DO NOTHING;
