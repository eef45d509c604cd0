import { identifier, runAll, type Session } from './session';

/** A role as it should be. None has any power over others. */
interface Role {
  readonly name: string;
  readonly login: boolean;
  readonly memberOf: readonly string[];
  readonly searchPath?: string;
}

export const OWNER = 'owner';
export const APPLICATION = 'application';
export const READ_ONLY = 'read_only';
export const AUDITOR = 'auditor';
export const EXPORTER = 'exporter';

const ROLES: readonly Role[] = [
  { name: OWNER, login: false, memberOf: [] },
  // By token of IAM alone: RDS takes no password of a member of rds_iam.
  { name: APPLICATION, login: true, memberOf: ['rds_iam'], searchPath: 'app, public' },
  { name: READ_ONLY, login: false, memberOf: [], searchPath: 'app, public' },
  { name: AUDITOR, login: false, memberOf: [] },
  { name: EXPORTER, login: true, memberOf: ['rds_iam', READ_ONLY], searchPath: 'app, public' },
];

const POWERS = ['SUPERUSER', 'CREATEROLE', 'CREATEDB', 'REPLICATION', 'BYPASSRLS'];

/** A role as it is. */
export interface RoleState {
  readonly name: string;
  /** Which of LOGIN and the powers it has. */
  readonly attributes: readonly string[];
  readonly memberOf: readonly string[];
  /** Its settings in all databases, such as `search_path=app, public`. */
  readonly settings: readonly string[];
}

/** What it takes to have the roles as they should be. What a role has too much of is an error: somebody gave it, and may use it. */
export function roleStatements(states: readonly RoleState[]): string[] {
  const faults = ROLES.flatMap((role) => excess(role, states));
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return ROLES.flatMap((role) => {
    const state = states.find(({ name }) => name === role.name);
    const name = identifier(role.name);
    const setting = role.searchPath && `search_path=${role.searchPath}`;
    return [
      ...(state ? [] : [`CREATE ROLE ${name} ${role.login ? 'LOGIN' : 'NOLOGIN'}`]),
      ...(state && role.login && !state.attributes.includes('LOGIN') ? [`ALTER ROLE ${name} LOGIN`] : []),
      ...role.memberOf.filter((other) => !state?.memberOf.includes(other)).map((other) => `GRANT ${identifier(other)} TO ${name}`),
      ...(setting && !state?.settings.includes(setting) ? [`ALTER ROLE ${name} SET search_path = ${role.searchPath}`] : []),
    ];
  });
}

function excess(role: Role, states: readonly RoleState[]): string[] {
  const known = [...states, ...ROLES].map((one) => one.name);
  const missing = role.memberOf.filter((other) => !known.includes(other));
  const state = states.find(({ name }) => name === role.name);
  const name = identifier(role.name);
  const attributes = state?.attributes.filter((attribute) => POWERS.includes(attribute) || !role.login) ?? [];
  return [
    ...missing.map((other) => `role ${other} must exist on the server, as RDS makes it, got none; connect to a database of RDS`),
    ...attributes.map(
      (found) => `role ${role.name} must have no ${found}, got it; find out who gave it, and ALTER ROLE ${name} NO${found}`,
    ),
    ...(state?.memberOf ?? [])
      .filter((other) => !role.memberOf.includes(other))
      .map((other) => `role ${role.name} must not be a member of ${other}, got it; find out who made it, and REVOKE ${other} FROM ${name}`),
  ];
}

export async function ensureRoles(session: Session): Promise<string[]> {
  const statements = roleStatements(await roleStates(session));
  await runAll(session, statements);
  const [{ member }] = await session.query<{ member: boolean }>(`SELECT pg_has_role(current_user, $1, 'USAGE') AS member`, [OWNER]);
  // From PostgreSQL 16 on, who makes a role may only give it away.
  const own = member ? [] : [`GRANT ${identifier(OWNER)} TO CURRENT_USER`];
  await runAll(session, own);
  return [...statements, ...own];
}

async function roleStates(session: Session): Promise<RoleState[]> {
  return session.query<RoleState>(
    `SELECT rolname AS name,
        array_remove(ARRAY[
          CASE WHEN rolcanlogin THEN 'LOGIN' END, CASE WHEN rolsuper THEN 'SUPERUSER' END, CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
          CASE WHEN rolcreatedb THEN 'CREATEDB' END, CASE WHEN rolreplication THEN 'REPLICATION' END,
          CASE WHEN rolbypassrls THEN 'BYPASSRLS' END], NULL) AS attributes,
        ARRAY(SELECT DISTINCT pg_get_userbyid(roleid)::text FROM pg_auth_members WHERE member = role.oid) AS "memberOf",
        COALESCE((SELECT setconfig FROM pg_db_role_setting WHERE setrole = role.oid AND setdatabase = 0), '{}') AS settings
      FROM pg_roles role WHERE rolname = ANY($1)`,
    [[...ROLES.map(({ name }) => name), ...ROLES.flatMap(({ memberOf }) => memberOf)]],
  );
}
