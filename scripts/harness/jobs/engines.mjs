// DynamoDB and SQS, emulated, in a process of their own; the first line tells where.
import dynalite from 'dynalite';
import { startFauxqs } from 'fauxqs';

const tables = dynalite({ createTableMs: 0 });
tables.listen(0, '127.0.0.1', async () => {
  const queues = await startFauxqs({ port: 0, logger: false });
  const { queueUrl } = queues.createQueue('jobs', { attributes: { VisibilityTimeout: process.env.VISIBILITY_SECONDS ?? '5' } });
  const sqs = `http://127.0.0.1:${queues.port}`;
  console.log(JSON.stringify({ dynamodb: `http://127.0.0.1:${tables.address().port}`, sqs, queueUrl }));
});
process.stdin.on('end', () => process.exit(0)).resume();
