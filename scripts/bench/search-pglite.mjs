// PGlite over its socket, its data in the folder given.
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

const db = await PGlite.create({ dataDir: process.argv[2], extensions: { vector }, relaxedDurability: true });
const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: 4 });
await server.start();
console.log(server.getServerConn());
process.stdin.on('end', () => process.exit(0)).resume();
