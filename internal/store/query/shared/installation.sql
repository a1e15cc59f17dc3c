-- name: KeyFingerprint :one
SELECT key_fingerprint FROM public.installation WHERE id = 1;

-- name: KeyFingerprintInsert :exec
INSERT INTO public.installation (id, key_fingerprint) VALUES (1, @key_fingerprint) ON CONFLICT DO NOTHING;

-- name: OAuthClient :one
SELECT * FROM public.oauth_client ORDER BY created_at LIMIT 1;

-- name: OAuthClientUpsert :exec
INSERT INTO public.oauth_client (id, client_secret) VALUES (@id, @client_secret)
ON CONFLICT (id) DO UPDATE SET client_secret = @client_secret;
