-- name: ImportUserNames :exec
-- Names for users without one.
UPDATE public."user" u SET first_name = n.name, updated_at = @at
FROM (SELECT unnest(@ids::bigint[]) AS id, unnest(@names::text[]) AS name) n
WHERE u.id = n.id AND u.first_name = '' AND u.last_name = '';
