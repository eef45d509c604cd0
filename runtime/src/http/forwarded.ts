/** The peer's address in the form logs and X-Forwarded-For use. */
export function plainAddress(address: string | undefined): string {
  if (address === undefined) return 'unknown';
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

/** X-Forwarded-For as every hop writes it: what came, and the address it came from. */
export function extendForwardedFor(came: string | undefined, peer: string): string {
  return came === undefined || came === '' ? peer : `${came}, ${peer}`;
}

/** The client as the load balancer saw it: it appends that address last; whatever stands before is the client's own word. */
export function clientAddress(came: string | undefined, peer: string): string {
  if (came === undefined) return peer;
  const last = came.slice(came.lastIndexOf(',') + 1).trim();
  return last === '' ? peer : last;
}
