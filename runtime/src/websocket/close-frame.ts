/** The server restarts; the client is to connect again (RFC 6455, registered codes). */
export const SERVICE_RESTART = 1012;

/** An unmasked close frame, as a server sends it. */
export function closeFrame(code: number): Buffer {
  const frame = Buffer.from([0x88, 2, 0, 0]);
  frame.writeUInt16BE(code, 2);
  return frame;
}
