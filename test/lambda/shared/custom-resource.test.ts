import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { answer, type Dependencies, type Outcome, Unfinished } from '../../../lambda/shared/custom-resource';

const URL = 'https://responses.example.com/signed?Signature=secret';
const common = {
  ServiceToken: 'arn:aws:lambda:eu-central-1:111111111111:function:closer',
  ResponseURL: URL,
  StackId: 'arn:aws:cloudformation:eu-central-1:111111111111:stack/s/1',
  RequestId: 'request-1',
  LogicalResourceId: 'Closed',
  ResourceType: 'Custom::ClosedSecurityGroup',
  ResourceProperties: { ServiceToken: 'arn' },
};
const create: CloudFormationCustomResourceEvent = { ...common, RequestType: 'Create' };
const update: CloudFormationCustomResourceEvent = {
  ...common,
  RequestType: 'Update',
  PhysicalResourceId: 'before',
  OldResourceProperties: common.ResourceProperties,
};

type Sent = { url: string; method: string; headers: Record<string, string>; body: Record<string, unknown> };

/** Answers and tells what was sent; `statuses` are what the far side says to one try after the other. */
async function answering(
  event: CloudFormationCustomResourceEvent,
  work: () => Promise<Outcome>,
  { statuses = [200], deadline = new AbortController().signal }: { statuses?: (number | Error)[]; deadline?: AbortSignal } = {},
) {
  const sent: Sent[] = [];
  const lines: string[] = [];
  const fetch: Dependencies['fetch'] = async (url, init) => {
    const status = statuses[sent.length] ?? 500;
    const body: Record<string, unknown> = JSON.parse(init.body);
    sent.push({ url, method: init.method, headers: init.headers, body });
    if (status instanceof Error) throw status;
    return { status };
  };
  const fault = await answer(event, work, { fetch, deadline, log: (line) => lines.push(JSON.stringify(line)) }).then(
    () => undefined,
    (error: Error) => error.message,
  );
  return { sent, lines, fault };
}

const done = async () => ({ physicalResourceId: 'sg-1' });
const failing = (error: unknown) => async () => {
  throw error;
};

test('puts the answer to the URL of the event with an empty content type', async () => {
  const { sent } = await answering(create, done);
  expect(sent).toEqual([expect.objectContaining({ url: URL, method: 'PUT', headers: { 'content-type': '' } })]);
});

test('answers success with the name that the work gave', async () => {
  const { sent } = await answering(create, done);
  expect(sent[0].body).toEqual({
    Status: 'SUCCESS',
    Reason: '',
    PhysicalResourceId: 'sg-1',
    StackId: common.StackId,
    RequestId: 'request-1',
    LogicalResourceId: 'Closed',
  });
});

test('passes on the attributes of the work', async () => {
  const { sent } = await answering(create, async () => ({ physicalResourceId: 'x', data: { Version: '17' } }));
  expect(sent[0].body.Data).toEqual({ Version: '17' });
});

test('answers failure with the reason', async () => {
  const { sent } = await answering(create, failing(new TypeError('no such group')));
  expect(sent[0].body).toMatchObject({ Status: 'FAILED', Reason: 'TypeError: no such group' });
});

test('answers failure with what was thrown, if it is no error', async () => {
  const { sent } = await answering(create, failing('odd'));
  expect(sent[0].body.Reason).toBe('odd');
});

test('names a resource that could not be created by its logical id', async () => {
  const { sent } = await answering(create, failing(new Error('no')));
  expect(sent[0].body.PhysicalResourceId).toBe('Closed');
});

test('keeps the name of a resource whose update failed', async () => {
  const { sent } = await answering(update, failing(new Error('no')));
  expect(sent[0].body.PhysicalResourceId).toBe('before');
});

test('cuts a reason that CloudFormation would refuse', async () => {
  const { sent } = await answering(create, failing(new Error('x'.repeat(9_000))));
  expect(String(sent[0].body.Reason)).toHaveLength(1_000);
});

test('answers failure when the time runs out', async () => {
  const clock = new AbortController();
  const answered = answering(create, () => new Promise(() => {}), { deadline: clock.signal });
  clock.abort();
  expect((await answered).sent[0].body).toMatchObject({
    Status: 'FAILED',
    Reason: 'Error: the work did not finish in the time of the function',
  });
});

test('answers failure when there was no time to begin with', async () => {
  const { sent } = await answering(create, () => new Promise(() => {}), { deadline: AbortSignal.abort() });
  expect(sent[0].body.Status).toBe('FAILED');
});

test('tries again when the answer is refused', async () => {
  const { sent, fault } = await answering(create, done, { statuses: [503, new TypeError('socket'), 200] });
  expect([sent.length, fault]).toEqual([3, undefined]);
});

test('throws after three tries, so that the function runs again', async () => {
  const { fault } = await answering(create, done, { statuses: [503, 503, 503] });
  expect(fault).toBe('CloudFormation must be answered, got status 503 3 times');
});

test('answers nothing when the work is unfinished, and throws, so that the function runs again', async () => {
  const { sent, fault } = await answering(create, failing(new Unfinished('more to do')));
  expect([sent, fault]).toEqual([[], 'more to do']);
});

test('throws without the signed URL', async () => {
  const { fault } = await answering(create, done, { statuses: [new Error(URL), new Error(URL), new Error(URL)] });
  expect(fault).toBe('CloudFormation must be answered, got Error 3 times');
});

test('logs what became of the request, and not the signed URL', async () => {
  const { lines } = await answering(create, failing(new Error('no')));
  expect(lines).toEqual(['{"event":"custom-resource","request":"Create","resource":"Closed","status":"FAILED","reason":"Error: no"}']);
});
