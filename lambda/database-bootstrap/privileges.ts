import { APPLICATION, AUDITOR, OWNER, READ_ONLY } from './roles';
import { identifier, runAll, type Session } from './session';

export const SCHEMA = 'app';
export const LEDGER_SCHEMA = 'app_migrations';

/** What a role may do with everything of a kind in a schema, now and later. */
interface Wanted {
  readonly role: string;
  readonly schema: string;
  /** As pg_default_acl has it: relations that hold rows, or sequences. */
  readonly of: 'r' | 'S';
  readonly privilege: string;
}

const WANTED: readonly Wanted[] = [
  ...wanted(APPLICATION, SCHEMA, 'r', ['SELECT', 'INSERT', 'UPDATE', 'DELETE']),
  ...wanted(APPLICATION, SCHEMA, 'S', ['USAGE', 'SELECT', 'UPDATE']),
  ...wanted(READ_ONLY, SCHEMA, 'r', ['SELECT']),
  // What was changed and when; who may do what stands in catalogs that everybody reads.
  ...wanted(AUDITOR, LEDGER_SCHEMA, 'r', ['SELECT']),
];

function wanted(role: string, schema: string, of: 'r' | 'S', privileges: readonly string[]): Wanted[] {
  return privileges.map((privilege) => ({ role, schema, of, privilege }));
}

/** Makes the schema, puts back what was taken away, and hands what others made in it to its owner. */
export async function ensurePrivileges(session: Session): Promise<string[]> {
  const done: string[] = [];
  const run = async (statements: readonly string[]) => {
    await runAll(session, statements);
    done.push(...statements);
  };
  await run(await schemaStatements(session));
  await run(await ownershipStatements(session));
  await run(await usageStatements(session));
  await run(await defaultStatements(session));
  await run(await grantStatements(session));
  return done;
}

async function schemaStatements(session: Session): Promise<string[]> {
  const [found] = await session.query<{ owner: string }>(
    'SELECT pg_get_userbyid(nspowner)::text AS owner FROM pg_namespace WHERE nspname = $1',
    [SCHEMA],
  );
  if (!found) return [`CREATE SCHEMA ${SCHEMA} AUTHORIZATION ${identifier(OWNER)}`];
  return found.owner === OWNER ? [] : [`ALTER SCHEMA ${SCHEMA} OWNER TO ${identifier(OWNER)}`];
}

/** ALTER TABLE is for all of these; what belongs to a table, or to an extension, follows it. */
async function ownershipStatements(session: Session): Promise<string[]> {
  const rows = await session.query<{ relation: string }>(
    `SELECT format('%I.%I', $1::text, relname) AS relation FROM pg_class c
      WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND pg_get_userbyid(relowner) <> $2
        AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype IN ('a', 'i', 'e'))`,
    [SCHEMA, OWNER],
  );
  return rows.map(({ relation }) => `ALTER TABLE ${relation} OWNER TO ${identifier(OWNER)}`);
}

async function usageStatements(session: Session): Promise<string[]> {
  const missing = await session.query<{ role: string; schema: string }>(
    `SELECT DISTINCT role, schema FROM jsonb_to_recordset($1) AS w(role text, schema text)
      WHERE NOT has_schema_privilege(role, schema, 'USAGE') ORDER BY schema, role`,
    [JSON.stringify(WANTED)],
  );
  return missing.map(({ role, schema }) => `GRANT USAGE ON SCHEMA ${schema} TO ${identifier(role)}`);
}

async function defaultStatements(session: Session): Promise<string[]> {
  const missing = await session.query<Wanted>(
    `SELECT w.* FROM jsonb_to_recordset($1) AS w(role text, schema text, "of" text, privilege text)
      WHERE schema = $2 AND NOT EXISTS (
        SELECT FROM pg_default_acl d, aclexplode(d.defaclacl) a
          WHERE d.defaclrole = to_regrole($3) AND d.defaclnamespace = to_regnamespace(w.schema) AND d.defaclobjtype::text = w."of"
            AND a.grantee = to_regrole(w.role) AND a.privilege_type = w.privilege)`,
    [JSON.stringify(WANTED), SCHEMA, OWNER],
  );
  return missing.map(({ role, schema, of, privilege }) => {
    const kind = of === 'S' ? 'SEQUENCES' : 'TABLES';
    return `ALTER DEFAULT PRIVILEGES FOR ROLE ${identifier(OWNER)} IN SCHEMA ${schema} GRANT ${privilege} ON ${kind} TO ${identifier(role)}`;
  });
}

async function grantStatements(session: Session): Promise<string[]> {
  const missing = await session.query<Wanted & { relation: string }>(
    `SELECT w.*, format('%I.%I', w.schema, c.relname) AS relation
      FROM jsonb_to_recordset($1) AS w(role text, schema text, "of" text, privilege text)
      JOIN pg_class c ON c.relnamespace = to_regnamespace(w.schema)
      -- One condition: the functions refuse each other's relations and privileges, and joins may ask them of any pair.
      WHERE CASE WHEN c.relkind = 'S' AND w."of" = 'S' THEN NOT has_sequence_privilege(w.role, c.oid, w.privilege)
        WHEN c.relkind IN ('r', 'p', 'v', 'm', 'f') AND w."of" = 'r' THEN NOT has_table_privilege(w.role, c.oid, w.privilege)
        ELSE false END
      ORDER BY relation, role, privilege`,
    [JSON.stringify(WANTED)],
  );
  return missing.map(({ role, of, privilege, relation }) => {
    return `GRANT ${privilege} ON ${of === 'S' ? 'SEQUENCE' : 'TABLE'} ${relation} TO ${identifier(role)}`;
  });
}
