import { newPassword } from '../../../lambda/database-rotation/password';
import { scramVerifier } from '../../../lambda/database-rotation/scram';

test('a new password has forty letters and digits', () => {
  let next = 0;
  expect(newPassword((below) => next++ % below)).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn');
});

test('a new password can have any of 62 characters at any place', () => {
  const asked: number[] = [];
  newPassword((below) => asked.push(below) && 0);
  expect(asked).toEqual(Array.from({ length: 40 }, () => 62));
});

test('a verifier is the one of the example of RFC 7677', () => {
  expect(scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'))).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});
