/** The bytes of standard base64 with its padding; nothing when a character is not as an encoder would write it. */
export function base64Bytes(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
