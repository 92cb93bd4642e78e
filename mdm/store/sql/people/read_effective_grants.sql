-- The roles a principal holds at an instant: by itself, by its groups, by its token, and by those it stands in for.
WITH holder (id, only_roles, claimed_roles, claimed_groups, delegated_by) AS (
    SELECT CAST(:principal AS uuid), NULL::text[], CAST(:claimed_roles AS text[]), CAST(:claimed_groups AS text[]),
        NULL::varchar
    UNION ALL
    SELECT p.id, d.roles, p.claimed_roles, p.claimed_groups, p.name
    FROM delegation d JOIN principal p ON p.id = d.from_id
    WHERE d.to_id = :principal AND d.begins_at <= :now AND :now < d.ends_at AND p.deactivated_at IS NULL
), granted AS (
    SELECT h.delegated_by, h.only_roles, g.role, g.domains, g.sites
    FROM holder h JOIN role_grant g ON g.principal_id = h.id
    UNION ALL
    SELECT h.delegated_by, h.only_roles, g.role, g.domains, g.sites
    FROM holder h
    JOIN principal_group pg ON pg.external_name = ANY (h.claimed_groups)
        OR EXISTS (SELECT FROM group_member m WHERE m.group_id = pg.id AND m.principal_id = h.id)
    JOIN role_grant g ON g.group_id = pg.id
    UNION ALL
    SELECT h.delegated_by, h.only_roles, claimed.role, '{*}', '{*}'
    FROM holder h CROSS JOIN unnest(h.claimed_roles) AS claimed (role)
)
SELECT DISTINCT role, domains, sites, delegated_by
FROM granted
WHERE only_roles IS NULL OR role = ANY (only_roles)
ORDER BY role, delegated_by NULLS FIRST, domains, sites
