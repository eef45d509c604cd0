/** Said of each data key that seals what endpoints hold: the key's grants ask for it, and the trail shows it. */
export const WEBHOOK_KEY_CONTEXT = { 'plinth:use': 'webhooks' } as const;
