import { webhookUrlFault } from '../../../api/jobs/webhook-url';

test.each([
  'https://example.com',
  'https://example.com:443/a?b#c',
  'https://8.8.8.8/',
  'https://[2606:4700:4700::1111]/',
  'https://bücher.example/',
])('takes %s', (url) => {
  expect(webhookUrlFault(url)).toBeUndefined();
});

test.each([
  ['http://example.com', '"http://example.com"'],
  ['ftp://example.com', '"ftp://example.com"'],
  ['https://', '"https://"'],
  ['example.com', '"example.com"'],
  [7, '7'],
  [null, 'null'],
  ['https://user:secret@example.com', 'a URL with user or password'],
  ['https://user@example.com', 'a URL with user or password'],
  ['https://127.0.0.1/', 'the host "127.0.0.1"'],
  ['https://2130706433/', 'the host "127.0.0.1"'],
  ['https://0x7f.1/', 'the host "127.0.0.1"'],
  ['https://0251.0376.0251.0376/', 'the host "169.254.169.254"'],
  ['https://①②⑦.⓪.⓪.①/', 'the host "127.0.0.1"'],
  ['https://0.0.0.0/', 'the host "0.0.0.0"'],
  ['https://10.1.2.3/', 'the host "10.1.2.3"'],
  ['https://172.31.255.255/', 'the host "172.31.255.255"'],
  ['https://192.168.0.1/', 'the host "192.168.0.1"'],
  ['https://100.64.0.1/', 'the host "100.64.0.1"'],
  ['https://169.254.169.254/', 'the host "169.254.169.254"'],
  ['https://255.255.255.255/', 'the host "255.255.255.255"'],
  ['https://[::1]/', 'the host "[::1]"'],
  ['https://[::]/', 'the host "[::]"'],
  ['https://[::ffff:10.0.0.1]/', 'the host "[::ffff:a00:1]"'],
  ['https://[64:ff9b::a00:1]/', 'the host "[64:ff9b::a00:1]"'],
  ['https://[2002:a00:1::]/', 'the host "[2002:a00:1::]"'],
  ['https://[fd00:ec2::254]/', 'the host "[fd00:ec2::254]"'],
  ['https://[fe80::1]/', 'the host "[fe80::1]"'],
  ['https://localhost/', 'the host "localhost"'],
  ['https://a.localhost./', 'the host "a.localhost."'],
  ['https://db.internal/', 'the host "db.internal"'],
  ['https://printer.local/', 'the host "printer.local"'],
  ['https://database/', 'the host "database"'],
])('refuses %s', (url, given) => {
  expect(webhookUrlFault(url)).toEqual({
    field: 'webhook_url',
    given,
    allowed: 'an https URL of a public host, without user and password',
  });
});

test('refuses one that is too long', () => {
  expect(webhookUrlFault(`https://example.com/${'a'.repeat(2029)}`)).toEqual({
    field: 'webhook_url',
    given: '2049 characters',
    allowed: 'at most 2048 characters',
  });
});

test('refuses a port that nothing is sent to', () => {
  expect(webhookUrlFault('https://example.com:8443/')).toEqual({ field: 'webhook_url', given: 'port 8443', allowed: 'port 443' });
});
