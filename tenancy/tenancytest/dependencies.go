package tenancytest

// dependencies lists what in the schemas $1 depends on another schema, and what
// in another schema depends on one of them: who, on whom, the foreign key as
// table.constraint if it is one, and the other object's name. The catalog's own
// schemas and what extensions brought are left out.
const dependencies = `
WITH object (classid, objid, schema, rel) AS (
	SELECT 'pg_catalog.pg_class'::regclass, oid, relnamespace, oid FROM pg_catalog.pg_class
	UNION ALL SELECT 'pg_catalog.pg_type'::regclass, oid, typnamespace, 0 FROM pg_catalog.pg_type
	UNION ALL SELECT 'pg_catalog.pg_proc'::regclass, oid, pronamespace, 0 FROM pg_catalog.pg_proc
	UNION ALL SELECT 'pg_catalog.pg_constraint'::regclass, oid, connamespace, conrelid FROM pg_catalog.pg_constraint
	UNION ALL SELECT 'pg_catalog.pg_attrdef'::regclass, d.oid, c.relnamespace, c.oid FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_class c ON c.oid = d.adrelid
	UNION ALL SELECT 'pg_catalog.pg_rewrite'::regclass, r.oid, c.relnamespace, c.oid FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
	UNION ALL SELECT 'pg_catalog.pg_trigger'::regclass, g.oid, c.relnamespace, c.oid FROM pg_catalog.pg_trigger g JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid
		WHERE NOT g.tgisinternal
	UNION ALL SELECT 'pg_catalog.pg_policy'::regclass, p.oid, c.relnamespace, c.oid FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
), place AS (
	SELECT o.*, n.nspname::text AS name FROM object o JOIN pg_catalog.pg_namespace n ON n.oid = o.schema
)
SELECT DISTINCT pg_describe_object(d.classid, d.objid, 0), pg_describe_object(d.refclassid, d.refobjid, 0),
	CASE WHEN k.contype = 'f' THEN (SELECT relname FROM pg_catalog.pg_class WHERE oid = k.conrelid) || '.' || k.conname ELSE '' END,
	coalesce(b.name || '.' || coalesce(
		(SELECT relname FROM pg_catalog.pg_class WHERE oid = b.rel),
		(SELECT proname FROM pg_catalog.pg_proc WHERE d.refclassid = 'pg_catalog.pg_proc'::regclass AND oid = d.refobjid),
		(SELECT typname FROM pg_catalog.pg_type WHERE d.refclassid = 'pg_catalog.pg_type'::regclass AND oid = d.refobjid)), '')
FROM pg_catalog.pg_depend d
JOIN place a ON a.classid = d.classid AND a.objid = d.objid
JOIN place b ON b.classid = d.refclassid AND b.objid = d.refobjid
LEFT JOIN pg_catalog.pg_constraint k ON d.classid = 'pg_catalog.pg_constraint'::regclass AND k.oid = d.objid
WHERE a.schema <> b.schema AND (a.name = ANY ($1) OR b.name = ANY ($1))
	AND b.name NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND a.name <> 'pg_toast'
	AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
		WHERE e.classid = d.refclassid AND e.objid = d.refobjid AND e.deptype = 'e')
ORDER BY 1, 2`
