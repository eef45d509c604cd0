// What the tests of queues have work: it writes down each receive, and fails or crashes as a message tells it to.
const put = (id, attempt) =>
  fetch(process.env.AWS_ENDPOINT_URL_DYNAMODB, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.PutItem',
      'x-amz-date': '20000101T000000Z',
      authorization: 'AWS4-HMAC-SHA256 Credential=local/20000101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify({
      TableName: process.env.TABLE,
      Item: { id: { S: id }, attempt: { N: String(attempt) }, pid: { N: String(process.pid) } },
    }),
  });

exports.handler = async ({ Records, tick }) => {
  if (tick) await put(tick, 0);
  const batchItemFailures = [];
  for (const { messageId, body, attributes } of Records ?? []) {
    const { id, does } = JSON.parse(body);
    const attempt = Number(attributes.ApproximateReceiveCount);
    await put(id, attempt);
    if (does === 'crash' && attempt === 1) process.exit(9);
    if (does === 'fail') batchItemFailures.push({ itemIdentifier: messageId });
  }
  console.info({ done: tick ?? Records.map(({ body }) => JSON.parse(body).id), pid: process.pid });
  return { batchItemFailures };
};
