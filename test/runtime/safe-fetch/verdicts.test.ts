import { UrlRules } from '../../../runtime/src/safe-fetch/url-rules';
import { Verdicts } from '../../../runtime/src/safe-fetch/verdicts';

test('an answer is looked for once, whether it is a fault or not', () => {
  const verdicts = new Verdicts<string>();
  const asked: string[] = [];
  const ask = (text: string, fault?: string) =>
    verdicts.of(text, () => {
      asked.push(text);
      return fault;
    });

  expect([ask('good'), ask('good', 'changed'), ask('bad', 'fault'), ask('bad')]).toEqual([undefined, undefined, 'fault', 'fault']);
  expect(asked).toEqual(['good', 'bad']);
});

test('at most 1,000 answers are kept, and none of what is longer than 4,096 characters', () => {
  const verdicts = new Verdicts<string>();
  let looks = 0;
  const ask = (text: string) => verdicts.of(text, () => String((looks += 1)));
  for (let nth = 0; nth <= 1000; nth += 1) ask(`https://a${nth}.example`);

  expect(ask('https://a1000.example')).toBe('1001');
  expect(ask('https://a0.example')).toBe('1002');
  expect([ask('x'.repeat(4097)), ask('x'.repeat(4097))]).toEqual(['1003', '1004']);
});

test('an address is refused again and again, and for the URL it was asked for only', () => {
  const rules = new UrlRules({ allowLoopback: true });
  const ask = (url: string) => rules.addressFault('127.0.0.1', new URL(url));

  expect(ask('http://localhost:8080/hook')).toBeUndefined();
  for (let nth = 0; nth < 2; nth += 1) {
    expect(ask('https://hooks.example/hook')).toBe('127.0.0.1, which is not a public address');
    expect(rules.fault('https://10.0.0.1/hook')?.given).toBe('the host "10.0.0.1"');
  }
});
