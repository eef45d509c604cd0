import { type Proof, shownBy } from './proof';

/** What shows the demands of the gateway. */
export const gatewayProofs: readonly Proof[] = [
  shownBy('REC-1.11', {
    'test/gateway/health.test.ts': [
      'health is live when the app answers 200: 200',
      'health is live when the app answers silent: 503',
      'health is ready when the app answers 200: 200',
      'health is ready when the app answers 503: 503',
      'health is ready when the app answers silent: 503',
      'health is neither live nor ready without an app',
      'health stays live but unready while it drains',
    ],
    'test/examples/recommendation-api/health.test.ts': [
      'REC-1.11 lives and is not ready until all categories are stored',
      'REC-1.11 becomes ready by itself when the database comes',
      'REC-1.11 stays ready without its database, as cached answers go on, and warns',
    ],
  }),
  shownBy('REC-4.8', {
    'test/gateway/deadline.test.ts': [
      'the deadline of a route answers 504 when the app has sent nothing',
      'the deadline of a route cuts the connection when the answer has begun',
      'the deadline of a route counts a body that trickles in',
    ],
  }),
];
