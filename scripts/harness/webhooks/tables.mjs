// DynamoDB, emulated, in a process of its own; the first line tells where.
import dynalite from 'dynalite';

const tables = dynalite({ createTableMs: 0 });
tables.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${tables.address().port}`));
process.stdin.on('end', () => process.exit(0)).resume();
