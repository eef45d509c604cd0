import { ProviderError } from './errors';

/** The body as text; more than so many bytes ends the connection. */
export async function readAtMost(response: Response, maxBytes: number): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    // Leaving the loop cancels the stream.
    if (bytes > maxBytes) {
      throw new ProviderError('provider_garbage', `the provider must answer in at most ${maxBytes} bytes, got more; ask for less at once`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
