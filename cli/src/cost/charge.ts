import type { Component } from './budget';
import type { Price } from './price';

/** What one resource costs a month for one reason. */
export interface Charge {
  readonly service: string;
  readonly component: Component;
  readonly usd: number;
  /** The multiplication that gives `usd`, price last. */
  readonly basis: string;
  readonly unverified: boolean;
}

/** What a resource costs besides, which cannot be said. */
export interface Gap {
  readonly reason: string;
}

/** A quantity and what it counts. */
export type Factor = readonly [quantity: number, unit: string];

/** So many of something. */
export function counted(quantity: number, one: string, many = `${one}s`): Factor {
  return [quantity, quantity === 1 ? one : many];
}

/** The service and the component of some charges, given once. */
export function charges(service: string, component: Component) {
  return (price: Price, ...factors: readonly Factor[]): Charge => {
    const rounded = factors.map(([quantity, unit]): Factor => [Number(quantity.toPrecision(6)), unit]);
    return {
      service,
      component,
      usd: rounded.reduce((product, [quantity]) => product * quantity, price.usd),
      basis: [...rounded.map(([quantity, unit]) => `${quantity} ${unit}`), decimal(price.usd)].join(' x '),
      unverified: price.unverified === true,
    };
  };
}

export function isGap(one: Charge | Gap): one is Gap {
  return 'reason' in one;
}

/** Without an exponent, which small prices would get. */
function decimal(usd: number): string {
  return usd < 1e-4 ? usd.toFixed(10).replace(/0+$/, '') : String(usd);
}
