/** An answer of the API that is not what was asked for. */
export class ApiRefused extends Error {
  constructor(what: string, status: number, body: string) {
    super(`${what} must be taken, got status ${status}: ${body.slice(0, 500)}`);
  }
}

/** The endpoints of an API that plinth serves, as far as a listener needs them. */
export class WebhookApi {
  constructor(
    private readonly url: string,
    private readonly key: string,
  ) {}

  /** Registers a receiver; whatever it is told is signed with the secret. */
  async register(url: string, events: readonly string[]): Promise<{ readonly id: string; readonly secret: string }> {
    const text = await this.call('POST', '/v1/webhooks', { url, events, description: 'plinth listen' });
    const { id, security } = JSON.parse(text) as { readonly id: string; readonly security: { readonly hmac_secret: string } };
    return { id, secret: security.hmac_secret };
  }

  async remove(id: string): Promise<void> {
    await this.call('DELETE', `/v1/webhooks/${id}`);
  }

  private async call(method: string, path: string, body?: object): Promise<string> {
    const headers = { 'x-api-key': this.key, ...(body && { 'content-type': 'application/json' }) };
    const response = await fetch(new URL(path, this.url), { method, headers, body: body && JSON.stringify(body) }).catch(() => undefined);
    if (!response) throw new Error(`${this.url} must answer, got nothing; start it by \`plinth local\`, or name another by --api`);
    const text = await response.text();
    if (!response.ok) throw new ApiRefused(`${method} ${path}`, response.status, text);
    return text;
  }
}
