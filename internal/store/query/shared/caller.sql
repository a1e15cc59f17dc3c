-- name: CallerByToken :one
-- Who asks, in which workspace, with which rights: one query, so that the
-- rights in one workspace never meet the schema of another. A shortcode that
-- names nothing the caller may know of is served by void; whether a workspace is
-- suspended or behind is told to its members and to superusers only.
SELECT u.id AS user_id, u.is_superuser, u.status AS user_status,
    t.id AS workspace_id, t.key::text AS shortcode, t.schema_name,
    t.state AS workspace_state,
    coalesce(r.name, '')::text AS role,
    NOT EXISTS (
        SELECT 1 FROM public.tenancy_migration m
        WHERE m.tenant_id = t.id AND m.version = @latest_version AND m.state = 'applied') AS behind
FROM public.token k
JOIN public."user" u ON u.id = k.user_id AND u.is_active AND u.deleted IS NULL
LEFT JOIN public.tenancy_tenant named ON named.key = @shortcode::text AND named.state IN ('active', 'suspended')
LEFT JOIN public.organization_user ou ON ou.organization_id = named.id AND ou.user_id = u.id AND ou.deleted IS NULL
LEFT JOIN public.role r ON r.id = ou.role_id
JOIN public.tenancy_tenant t ON t.key = CASE
    WHEN named.id IS NULL THEN 'void'
    WHEN ou.id IS NOT NULL OR u.is_superuser OR named.key = 'plio' THEN named.key
    WHEN named.state = 'active' AND EXISTS (
        SELECT 1 FROM public.tenancy_migration m
        WHERE m.tenant_id = named.id AND m.version = @latest_version AND m.state = 'applied') THEN named.key
    ELSE 'void' END
WHERE k.sha256 = @hash AND k.kind = 'access' AND k.expires_at > @at AND k.used_at IS NULL;

-- name: WorkspaceByShortcode :one
-- The workspace that a guest meets, who is a member of none.
SELECT t.id AS workspace_id, t.key::text AS shortcode, t.schema_name
FROM public.tenancy_tenant t
WHERE t.key IN (@shortcode::text, 'void') AND t.state = 'active' AND EXISTS (
    SELECT 1 FROM public.tenancy_migration m
    WHERE m.tenant_id = t.id AND m.version = @latest_version AND m.state = 'applied')
ORDER BY t.key = 'void'
LIMIT 1;
