import { readAtMost } from './body';
import { ProviderError, type ProviderErrorCode } from './errors';
import { retryAfterMs } from './retry-after';

/** An error's body names a code; more than this is no error of a provider's. */
const MAX_ERROR_BYTES = 16_384;

/** The error that an answer other than 200 is. */
export async function faultOf(response: Response, now: number): Promise<ProviderError> {
  const { status, headers } = response;
  const said = await reasonOf(response);
  return new ProviderError(codeOf(status), `the provider answered ${status}${said && ` (${said})`}; ${adviceOn(status)}`, {
    status,
    retryAfterMs: retryAfterMs(headers.get('retry-after'), now),
  });
}

function codeOf(status: number): ProviderErrorCode {
  if (status === 429) return 'provider_limited';
  if (status === 401 || status === 403) return 'provider_unauthorized';
  return status === 408 || status === 409 || status >= 500 ? 'provider_failed' : 'provider_refused';
}

function adviceOn(status: number): string {
  if (status === 429) return 'send fewer requests or raise the limit of the account';
  if (status === 401 || status === 403) return 'put the key of the provider into its secret';
  return status >= 500 ? 'look at its status page' : 'look at the model and the settings';
}

/** The code that the provider gives, never its message, which may repeat the key or the text. */
async function reasonOf(response: Response): Promise<string> {
  try {
    const { error } = JSON.parse(await readAtMost(response, MAX_ERROR_BYTES)) as { error?: { code?: unknown; type?: unknown } };
    return [error?.code, error?.type].find((word): word is string => typeof word === 'string' && /^[a-z_]{1,64}$/.test(word)) ?? '';
  } catch {
    return '';
  }
}
