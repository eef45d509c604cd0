// PGlite over its socket, in a process of its own: inside jest it would need a flag of Node's, and its memory goes with the process.
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

const db = await PGlite.create({ extensions: { vector, pg_trgm } });
if (process.argv.includes('--rds-iam')) await db.exec('CREATE ROLE rds_iam NOLOGIN');
const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: 20 });
await server.start();
// Its address: the one it was asked for holds 0.
console.log(server.getServerConn());
// Ends with whoever started it.
process.stdin.on('end', () => process.exit(0)).resume();
