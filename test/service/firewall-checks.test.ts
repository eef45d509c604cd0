import { App, Stack, Token } from 'aws-cdk-lib';
import { Firewall, type FirewallProps } from '../../lib/service/firewall';

const make = (props: FirewallProps) => () => new Firewall(new Stack(new App(), 'Service'), 'Firewall', props);

const ranges = 'must be CIDR ranges such as 203.0.113.0/24 or 2001:db8::/32, of at least one prefix bit';

test.each<[string, FirewallProps, string]>([
  [
    'REC-8.7 refuses an address without a prefix length',
    { allowList: ['203.0.113.9'] },
    `Service/Firewall: allowList ${ranges}, got 203.0.113.9; write 203.0.113.9/32`,
  ],
  [
    'REC-8.7 refuses an IPv6 address without a prefix length',
    { denyList: ['2001:db8::1'] },
    `Service/Firewall: denyList ${ranges}, got 2001:db8::1; write 2001:db8::1/128`,
  ],
  [
    'REC-8.7 refuses an IPv4 prefix over 32',
    { denyList: ['203.0.113.0/33'] },
    `Service/Firewall: denyList ${ranges}, got 203.0.113.0/33; correct the range`,
  ],
  [
    'REC-8.7 refuses a range of every address',
    { allowList: ['0.0.0.0/0'] },
    `Service/Firewall: allowList ${ranges}, got 0.0.0.0/0; correct the range`,
  ],
  [
    'REC-8.7 refuses a name for a range',
    { denyList: ['office/24'] },
    `Service/Firewall: denyList ${ranges}, got office/24; correct the range`,
  ],
  [
    'REC-8.7 refuses a country by name',
    { countries: ['Germany'] },
    'Service/Firewall: countries must be ISO 3166-1 codes of two capitals such as DE, got Germany; correct the code',
  ],
  [
    'REC-8.7 refuses an empty list of countries',
    { countries: [] },
    'Service/Firewall: countries must be 1 to 50 codes, got 0; leave it out to let every country call',
  ],
  [
    'REC-8.6 refuses a rate under what AWS WAF can count',
    { rateLimits: { withoutKey: 9 } },
    'Service/Firewall: rateLimits.withoutKey must be an integer of 10 to 2,000,000,000 requests a minute, got 9; lower rates belong to the gateway',
  ],
  [
    'REC-8.6 refuses a rate without a key above the rate in all',
    { rateLimits: { withoutKey: 500, perAddress: 400 } },
    'Service/Firewall: rateLimits.withoutKey must be at most perAddress (400), got 500; lower it or raise perAddress',
  ],
  [
    'REC-8.6 refuses no key header at all',
    { keyHeaders: [] },
    "Service/Firewall: keyHeaders must be at least one header, got none; leave it out for 'x-api-key' and 'authorization'",
  ],
  [
    'REC-8.6 refuses a key header that is no header name',
    { keyHeaders: ['api key'] },
    'Service/Firewall: keyHeaders must be header names of letters, digits and hyphens, got api key; write it as x-api-key',
  ],
  [
    'REC-8.7 refuses an exception for a rule that AWS does not have',
    { exceptions: [{ rule: 'SQLi_Body', paths: ['/a'] }] },
    'Service/Firewall: exceptions must be for a rule of the managed groups, spelled as AWS does, got SQLi_Body; copy the name from the log',
  ],
  [
    'REC-8.7 refuses an exception for a rule that only counts',
    { exceptions: [{ rule: 'SizeRestrictions_BODY', paths: ['/a'] }] },
    'Service/Firewall: exceptions must be for a rule that blocks, got SizeRestrictions_BODY; remove the exception: the firewall only counts this rule',
  ],
  [
    'REC-8.7 refuses an exception without a path',
    { exceptions: [{ rule: 'SQLi_BODY', paths: [] }] },
    'Service/Firewall: exceptions must be for at least one path of SQLi_BODY, got none; name the paths',
  ],
  [
    'REC-8.7 refuses an exception on half a path segment',
    { exceptions: [{ rule: 'SQLi_BODY', paths: ['/api/q*'] }] },
    'Service/Firewall: exceptions must be for absolute paths or prefixes that end in /*, got /api/q*; write it as /api/queries/*',
  ],
])('%s', (_fact, props, message) => {
  expect(make(props)).toThrow(new Error(message));
});

test('REC-8.7 takes a range that is known at deploy time only', () => {
  expect(make({ denyList: [Token.asString({ Ref: 'OfficeRange' })] })).not.toThrow();
});

test.each(['203.0.113.9/32', '128.0.0.0/1', '2001:db8::/32', '::1/128'])('REC-8.7 takes the range %s', (range) => {
  expect(make({ denyList: [range] })).not.toThrow();
});
