import type { SettingsReader } from '../settings/settings-reader';
import { type Price, PRICES, UNITS_PER_USD } from './cost';

const LOOPBACK = /^(localhost|127\.[\d.]+|\[::1\])$/;
const USD = /^\d{1,6}(\.\d{1,8})?(,\d{1,6}(\.\d{1,8})?)?$/;

/** An address without a slash at its end. */
export function addressOf(reader: SettingsReader, name: string, otherwise: string): string {
  const given = reader.text(name) ?? otherwise;
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (url && secure && url.username === '' && url.search === '' && url.hash === '') return given.replace(/\/+$/, '');
  // Not what was given: an address may hold a password.
  reader.faults.push(`${name} must be an https address without user or query (http on loopback only), got another; change it`);
  return otherwise;
}

/** The price of a model that is known, or as `0.02` or `0.4,1.6`: USD for a million tokens in and out. */
export function priceOf(reader: SettingsReader, model: string, name: string): Price {
  const given = reader.text(name);
  const known = Object.hasOwn(PRICES, model) ? PRICES[model] : undefined;
  if (given === undefined && known) return known;
  if (given !== undefined && USD.test(given)) {
    const [input, output] = given.split(',').map((part) => Math.round(Number(part) * UNITS_PER_USD));
    return { input, output };
  }
  const got = given ?? `nothing, and the price of ${model} is not known`;
  reader.faults.push(`${name} must be USD for a million tokens such as 0.02 or 0.4,1.6 for input and output, got ${got}; set it`);
  return { input: 0 };
}
