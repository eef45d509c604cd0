import type { KeySealer } from '../../signing/envelope-sealer';
import { type Jwks, jwks } from '../../signing/jwks';
import { generateSecret } from '../../signing/secrets';
import { DEFAULT_LIMITS, DEFAULT_RETRY_POLICY, type Endpoint } from '../endpoint';
import type { Message } from '../message';
import type { WebhookContext } from '../webhook-context';
import { newWebhookId } from '../webhook-id';
import type { Webhooks } from '../webhooks';
import { type Edited, editEndpoint } from './edit-endpoint';
import { changed, ENDPOINT_BOUNDS, type EndpointChanges, type EndpointDraft } from './endpoint-draft';
import { EndpointKeys, isLive, type RevealedSecret, rotated } from './endpoint-keys';
import { implicitEndpoint } from './implicit-endpoint';
import { writeOwner } from './owners';
import { leaveTombstone } from './tombstones';

export type Created =
  { readonly type: 'created'; readonly endpoint: Endpoint; readonly secret: string } | { readonly type: 'full'; readonly bound: number };

export interface Rotation {
  /** Generated where it is absent. */
  readonly secret?: string;
  /**
   * How long the secrets before it go on signing, 0 to 7 days.
   * @default 24 hours
   */
  readonly overlapMs?: number;
}

/** How long whoever edits an endpoint waits for what follows of it; the sweeper does the rest. */
const WAKE_MS = 2000;
const DAY_MS = 86_400_000;

/**
 * A tenant's endpoints: registered, edited, stopped and deleted, and the secrets they sign with.
 *
 * @example
 * const endpoints = new WebhookEndpoints({ webhooks, sealer });
 * const created = await endpoints.create('acme', { url: 'https://example.com/hook', events: ['document.*'] });
 */
export class WebhookEndpoints {
  private readonly context: WebhookContext;
  private readonly keys: EndpointKeys;

  constructor(private readonly options: { readonly webhooks: Webhooks; readonly sealer: KeySealer }) {
    this.context = options.webhooks.context;
    this.keys = new EndpointKeys(options.sealer, () => this.context.token(9));
  }

  /** Registers an endpoint; its secret is told here and by `secrets` alone. */
  async create(tenantId: string, draft: EndpointDraft): Promise<Created> {
    const { endpoints } = this.context.store;
    const bound = ENDPOINT_BOUNDS.perTenant;
    if ((await endpoints.list(tenantId)).length >= bound) return { type: 'full', bound };
    const now = this.context.clock.now();
    const id = newWebhookId('whe', now, this.context.randomBytes);
    const { url, events, description, retryPolicy, limits, signatureHeader, secret = generateSecret() } = draft;
    const endpoint: Endpoint = {
      id,
      tenantId,
      url,
      description,
      events,
      state: 'enabled',
      retryPolicy: { ...DEFAULT_RETRY_POLICY, ...retryPolicy },
      limits: { ...DEFAULT_LIMITS, ...limits },
      signatureHeader,
      ...(await this.keys.headers({ tenantId, id }, draft.headers)),
      keys: await this.keys.first({ tenantId, id }, secret, now),
      isImplicit: false,
      createdAt: now,
      updatedAt: now,
      revision: this.context.token(),
    };
    await writeOwner(this.context, { endpointId: id, tenantId });
    await endpoints.create(endpoint);
    // Of any number that are made at once, the last to look sees all: none stays above the bound.
    if ((await endpoints.list(tenantId)).length <= bound) return { type: 'created', endpoint, secret };
    await this.delete(tenantId, id);
    return { type: 'full', bound };
  }

  /** A tenant's endpoint as last written; another tenant's is as absent as none. */
  get(tenantId: string, id: string): Promise<Endpoint | undefined> {
    return this.context.store.endpoints.read({ tenantId, id });
  }

  list(tenantId: string, options?: { readonly withImplicit?: boolean }): Promise<readonly Endpoint[]> {
    return this.context.store.endpoints.list(tenantId, options);
  }

  /**
   * Changes what is named. What waits goes by the new settings, at once where it may. Refused when the header of signatures would be a custom one
   * too, as it stands when it is written: nothing could be sent with both.
   */
  async update(tenantId: string, id: string, changes: EndpointChanges): Promise<Edited<'header-clash'>> {
    const headers = changes.headers === undefined ? {} : await this.keys.headers({ tenantId, id }, changes.headers ?? {});
    const edited = await editEndpoint<'header-clash'>(this.context, { tenantId, id }, (standing) => {
      const endpoint = { ...changed(standing, changes), ...headers };
      return endpoint.headerNames.includes(endpoint.signatureHeader?.toLowerCase() ?? '') ? 'header-clash' : endpoint;
    });
    if (edited.type === 'edited' && edited.endpoint.state === 'enabled') await this.wake(tenantId, id);
    return edited;
  }

  /** Deletes an endpoint; what waits for it ends as cancelled. False when there is none. */
  async delete(tenantId: string, id: string): Promise<boolean> {
    let standing = await this.get(tenantId, id);
    if (!standing) return false;
    await leaveTombstone(this.context, { tenantId, id }, this.context.clock.now());
    // Refused when it was edited meanwhile, or deleted: by another, or by this try, whose answer was lost and which was sent again.
    while (standing && !(await this.context.store.endpoints.delete({ tenantId, id }, standing.revision)))
      standing = await this.get(tenantId, id);
    await this.forgetOwner(tenantId, id);
    await this.wake(tenantId, id);
    return true;
  }

  /** Lets deliveries wait until `resume`. One that is disabled stays so. */
  pause(tenantId: string, id: string): Promise<Edited> {
    return editEndpoint<never>(this.context, { tenantId, id }, (endpoint) =>
      endpoint.state === 'enabled' ? { ...endpoint, state: 'paused' } : endpoint,
    );
  }

  /** Enables an endpoint, whoever stopped it; what waits is tried at once. */
  async resume(tenantId: string, id: string): Promise<Edited> {
    const edited = await editEndpoint<never>(this.context, { tenantId, id }, (endpoint) => ({
      ...endpoint,
      state: 'enabled',
      disabledReason: undefined,
    }));
    if (edited.type === 'edited') await this.wake(tenantId, id);
    return edited;
  }

  /** Puts a secret in the place of the one that signs. */
  async rotateSecret(
    tenantId: string,
    id: string,
    { secret = generateSecret(), overlapMs = ENDPOINT_BOUNDS.overlapMs.otherwise }: Rotation = {},
  ): Promise<Edited<'too-many-secrets'>> {
    const fresh = await this.keys.secret({ tenantId, id }, secret, this.context.clock.now());
    return editEndpoint<'too-many-secrets'>(this.context, { tenantId, id }, (endpoint, now) => {
      const keys = rotated(endpoint.keys, fresh, overlapMs, now);
      return keys.filter(({ version }) => version === 'v1').length > ENDPOINT_BOUNDS.secrets ? 'too-many-secrets' : { ...endpoint, keys };
    });
  }

  /** The secrets an endpoint signs with, newest first. */
  secrets(endpoint: Endpoint): Promise<RevealedSecret[]> {
    return this.keys.reveal(endpoint, this.context.clock.now());
  }

  /** The public keys of an endpoint, which are anybody's to know. */
  async keySet(id: string): Promise<Jwks | undefined> {
    const owner = await this.context.store.owners.read(id);
    const endpoint = owner && (await this.get(owner.tenantId, id));
    if (!endpoint) return undefined;
    const now = this.context.clock.now();
    return jwks(endpoint.keys.flatMap((key) => (key.publicKey !== undefined && isLive(key, now) ? [key.publicKey] : [])));
  }

  /** Who is posted to at a job's URL: the endpoint that is registered with exactly it, else an implicit one. */
  async targetFor(tenantId: string, url: string): Promise<NonNullable<Message['target']>> {
    const endpoints = await this.list(tenantId, { withImplicit: true });
    const registered = endpoints.find((endpoint) => !endpoint.isImplicit && endpoint.url === url);
    return { endpointId: registered?.id ?? (await implicitEndpoint(this.context, this.keys, { tenantId, url, endpoints })), url };
  }

  /** Looks at what waits now: after an edit the wait for the next probe is over. */
  private wake(tenantId: string, id: string): Promise<void> {
    const until = this.context.clock.now() + WAKE_MS;
    return this.context.leave('release', id, () => this.options.webhooks.wake(tenantId, id, until));
  }

  private forgetOwner(tenantId: string, id: string): Promise<void> {
    const ttl = Math.ceil((this.context.clock.now() + DAY_MS) / 1000);
    return this.context.leave('release', id, () => writeOwner(this.context, { endpointId: id, tenantId, ttl }));
  }
}
